"""Silences and absences as time and the home move on: warned of, ended by their time, or ended by themselves
because somebody lay down or pressed.

A chore of the alert loop. How far the log was looked through is remembered in memory only; a new process
looks again from where the oldest of those that run began, and ends nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from services.domain.events import Event
from services.domain.ports import Store, UnitOfWork
from services.domain.silences import Ending, Silence
from services.escalation.gathering import Gathering
from services.escalation.silence_keeping import end_by_itself, meet
from services.escalation.silencing import ACTIVITY, ended_by
from services.notify.conflicts import again_on_conflict

BATCH = 500
"""Events that are looked through at once."""
MOST_DUE = 50
"""Deadlines that are met in one step."""


class SilencesEnd:
    """Meets the deadlines of silences, and watches what happens in silenced homes."""

    def __init__(self, store: Store, gathering: Gathering) -> None:
        self._store = store
        self._gathering = gathering
        self._looked_until = 0

    def look(self, uow: UnitOfWork, now: datetime) -> Callable[[], bool] | None:
        """What is to end, and to be warned of because it ends soon."""
        newest = uow.events.last_seq()
        if newest > self._looked_until:
            ended, looked_until = self._ended(uow, newest)
        else:
            ended, looked_until = [], newest
        nearest = uow.silences.next_due_at()
        is_due = nearest is not None and nearest <= now
        due = [each.id for each in uow.silences.due(now, MOST_DUE)] if is_due else []
        if not ended and not due:
            self._looked_until = looked_until
            return None if looked_until >= newest else _goes_on

        def end() -> bool:
            for silence_id, ending, event in ended:
                again_on_conflict(lambda a=silence_id, b=ending, c=event: self._end(a, b, c, now))  # type: ignore[misc]
            self._looked_until = looked_until
            for silence_id in due:
                again_on_conflict(lambda a=silence_id: self._meet(a, now))  # type: ignore[misc]
            return True

        return end

    def next_due_at(self, uow: UnitOfWork) -> datetime | None:
        """The nearest deadline of them all."""
        return uow.silences.next_due_at()

    def _ended(self, uow: UnitOfWork, newest: int) -> tuple[list[tuple[str, Ending, Event]], int]:
        """What ended by itself, each by its first reason; and up to where that is known."""
        running = uow.silences.running()
        if not running:
            return [], newest
        after = max(self._looked_until, min(each.after_seq for each in running))
        events = uow.events.between(after, newest, ACTIVITY, BATCH)
        looked_until = events[-1].seq if len(events) == BATCH else newest
        policy = self._gathering.silencing()
        found: list[tuple[str, Ending, Event]] = []
        for silence in running if events else ():
            home = _alone_in(uow, silence)
            for event in events:
                ending = ended_by(silence, event, policy, home)
                if ending is not None:
                    found.append((silence.id, ending, event))
                    break
        return found, looked_until

    def _end(self, silence_id: str, ending: Ending, event: Event, now: datetime) -> None:
        with self._store.writing() as uow:
            silence = uow.silences.get(silence_id)
            if silence is not None and silence.is_running:
                end_by_itself(uow, self._gathering, silence, ending, event, now)

    def _meet(self, silence_id: str, now: datetime) -> None:
        with self._store.writing() as uow:
            silence = uow.silences.get(silence_id)
            if silence is not None and silence.due_at is not None and silence.due_at <= now:
                meet(uow, self._gathering, silence, now)


def _goes_on() -> bool:
    """More events are to be looked through."""
    return True


def _alone_in(uow: UnitOfWork, silence: Silence) -> str | None:
    """The home of its resident, where nobody else lives."""
    if silence.home_id is None:
        return None
    living: Iterable[str] = (
        each.id for each in uow.residents.having("home_id", [silence.home_id]) if each.left_at is None
    )
    return silence.home_id if list(living) == [silence.resident_id] else None
