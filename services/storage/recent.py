"""Recent: the newest events that this process stored, so that whoever reads on from there need not ask the
database for what was in memory a moment ago.

It holds one run of events without a gap, all of them committed. What it does not hold it does not answer;
then the database is asked. It must never answer less than is stored of the span it answers for.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from services.domain.events import Event
from services.domain.kinds import ALARM_KINDS

MOST = 4000
"""Events that are kept: some batches, so that loops which follow closely find all they ask for."""


class Recent:
    """One for a store, used by all its transactions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._alarms: list[Event] = []
        """The alarms among them: few, and asked for with every batch."""

    def committed(self, events: Sequence[Event]) -> None:
        """These are stored now, in this order."""
        if not events:
            return
        with self._lock:
            if self._events and self._events[-1].seq + 1 != events[0].seq:
                self._events.clear()  # another process stored in between
                self._alarms.clear()
            self._events.extend(events)
            self._alarms.extend(event for event in events if event.kind in ALARM_KINDS)
            if len(self._events) > 2 * MOST:
                del self._events[:-MOST]
                first = self._events[0].seq
                self._alarms = [event for event in self._alarms if event.seq >= first]

    def after(self, seq: int, most: int, beside: Sequence[Event] = ()) -> Sequence[Event]:
        """Up to ``most`` events with a greater ``seq``, known without a gap from there on; none where that
        cannot be said. ``beside`` are those that the asking transaction stored itself.
        """
        with self._lock:
            known = _from(self._events, seq + 1, most)
        if not known:
            return _from(beside, seq + 1, most)
        if len(known) < most and beside and known[-1].seq + 1 == beside[0].seq:
            return [*known, *beside[: most - len(known)]]
        return known

    def alarms_after(self, seq: int, beside: Sequence[Event] = ()) -> tuple[list[Event], int]:
        """All alarms with a greater ``seq``, and up to which number they are all; ``seq`` where that cannot
        be said. ``beside`` as in `after`.
        """
        with self._lock:
            is_known = bool(_from(self._events, seq + 1, 1))
            last = self._events[-1].seq if is_known else seq
            alarms = [event for event in self._alarms if event.seq > seq] if is_known else []
        own = _from(beside, last + 1, len(beside))
        alarms += [event for event in own if event.kind in ALARM_KINDS]
        return alarms, own[-1].seq if own else last


def _from(events: Sequence[Event], first: int, most: int) -> Sequence[Event]:
    if not events or not events[0].seq <= first <= events[-1].seq:
        return ()
    place = first - events[0].seq
    return events[place : place + most]
