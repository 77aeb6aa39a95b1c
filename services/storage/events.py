"""The event log: stores each event once, in the order of commit, and answers what was stored. It never
changes and never deletes an event.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, not_, or_, select

from services.domain.events import Event
from services.domain.kinds import ALARM_KINDS, DEVICE_KINDS, KINDS, REGISTER_KINDS
from services.domain.ports import Filters, Page, Stored
from services.storage.among import among, asked_pairs, keys
from services.storage.codec import storable
from services.storage.flags import is_set
from services.storage.lists import Listing, equals, span
from services.storage.numbers import Numbers
from services.storage.prepared import fetch, scalar
from services.storage.recent import Recent
from services.storage.rows import Batch, Shape, Values
from services.storage.tables import events
from services.storage.tables.facts import NOT_FROM_DEVICES

_COLUMNS = events.c
EVENT = Shape(
    Event, events, read_as={"dedupe_key": func.coalesce(_COLUMNS.dedupe_key, _COLUMNS.id).label("key")}
)

_BATCH = Batch((*EVENT.stored, _COLUMNS.is_alarm))
_ID, _KEY, _SEQ = (EVENT.names.index(name) for name in ("id", "dedupe_key", "seq"))
_ALL = select(*EVENT.columns).order_by(_COLUMNS.seq)
_SAME_ID = select(*EVENT.columns).where(among(_COLUMNS.id, "keys"), _COLUMNS.dedupe_key.is_(None))
_SAME_KEY = select(*EVENT.columns).where(among(_COLUMNS.dedupe_key, "keys"), _COLUMNS.dedupe_key.is_not(None))
_AFTER = _ALL.where(_COLUMNS.seq > bindparam("after")).limit(bindparam("most"))
_ALARMS_AFTER = _AFTER.where(is_set(_COLUMNS.is_alarm))
_MANY = select(*EVENT.columns).where(among(_COLUMNS.id, "keys"))
_WITH_DEVICE_EVENT_ID = _ALL.where(
    _COLUMNS.device_id == bindparam("device"), _COLUMNS.device_event_id == bindparam("event")
)
_NEWEST_OF_KIND = (
    select(*EVENT.columns)
    .where(_COLUMNS.device_id == bindparam("device"), _COLUMNS.kind == bindparam("kind_of_event"))
    .order_by(_COLUMNS.seq.desc())
    .limit(1)
)
_NO_DEVICE_SENDS = KINDS.keys() - DEVICE_KINDS
_NEWEST_OF_RESIDENT = (
    select(*EVENT.columns)
    .where(
        _COLUMNS.resident_id == bindparam("resident"),
        _COLUMNS.kind == bindparam("kind_of_event"),
        _COLUMNS.occurred_at >= bindparam("since"),
        _COLUMNS.occurred_at < bindparam("until"),
    )
    .order_by(_COLUMNS.occurred_at.desc(), _COLUMNS.seq.desc())
    .limit(bindparam("most"))
)
"""Of one kind: the index then leads to the newest and stops there, which it cannot for several at once."""
_FIRST_RECEIVED = _ALL.where(_COLUMNS.received_at >= bindparam("since")).limit(1)
_BETWEEN = _ALL.where(
    _COLUMNS.seq > bindparam("after"), _COLUMNS.seq <= bindparam("last"), among(_COLUMNS.kind, "kinds")
).limit(bindparam("most"))
_BETWEEN_OF_PEOPLE = _BETWEEN.where(NOT_FROM_DEVICES)
_BETWEEN_WITHOUT = _BETWEEN.where(
    or_(_COLUMNS.resident_id.is_(None), not_(among(_COLUMNS.resident_id, "others")), NOT_FROM_DEVICES)
)
_LAST = select(func.coalesce(func.max(_COLUMNS.seq), 0))
_LIST = Listing(
    EVENT,
    _COLUMNS.seq,
    {name: equals(_COLUMNS[name]) for name in ("resident_id", "device_id", "kind", "origin", "synthetic")}
    | span(_COLUMNS.occurred_at),
)


class SqlEventLog:
    def __init__(self, connection: Connection, numbers: Numbers, recent: Recent) -> None:
        self.appended: list[Event] = []
        """What this transaction stored, in order."""
        self._connection = connection
        self._numbers = numbers
        self._recent = recent

    def append(self, new: Sequence[Event]) -> list[Stored]:
        if not new:
            return []
        wanted = [storable(event.dedupe_key or event.id) for event in new]
        known = self._known(new, wanted)
        unknown = len(set(wanted) - known.keys())
        seq = self._numbers.take(events, unknown) if unknown else 0
        rows: list[Values] = []
        answer: list[Stored] = []
        for key, event in zip(wanted, new, strict=True):
            stored = known.get(key)
            if stored is None:
                values = [*EVENT.values(event), event.kind in ALARM_KINDS]
                values[_SEQ], values[_KEY] = seq + len(rows), key
                stored = Event(*values[:-1])
                rows.append(_row(values))
                known[key] = stored
                self.appended.append(stored)
                answer.append(Stored(stored, is_new=True))
            else:
                answer.append(Stored(stored, is_new=False))
        _BATCH.insert(self._connection, rows)
        return answer

    def after(self, seq: int, limit: int, *, only_alarms: bool = False) -> list[Event]:
        if only_alarms:
            recent, last_known = self._recent.alarms_after(seq, self.appended)
        else:
            recent = [*self._recent.after(seq, limit, self.appended)]
            last_known = recent[-1].seq if recent else seq
        if len(recent) >= limit:
            return recent[:limit]
        # Another process may have stored what follows, and who reads less than the limit takes it for all.
        query = _ALARMS_AFTER if only_alarms else _AFTER
        return [*recent, *self._read(query, after=last_known, most=limit - len(recent))]

    def get(self, event_id: str) -> Event | None:
        return self.many([event_id]).get(event_id)

    def many(self, event_ids: Iterable[str]) -> dict[str, Event]:
        return {event.id: event for event in self._read(_MANY, keys=keys(event_ids))}

    def with_device_event_id(self, device_id: str, device_event_id: str) -> list[Event]:
        return self._read(_WITH_DEVICE_EVENT_ID, device=device_id, event=device_event_id)

    def bearing(self, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[Event]]:
        found: dict[tuple[str, str], list[Event]] = {}
        for event in self._read(_bearing(self._connection.dialect.name), keys=keys(pairs)):
            if event.device_id is not None and event.device_event_id is not None:
                found.setdefault((event.device_id, event.device_event_id), []).append(event)
        return found

    def newest_of_kind(self, device_id: str, kind: str) -> Event | None:
        return next(iter(self._read(_NEWEST_OF_KIND, device=device_id, kind_of_event=kind)), None)

    def of_key(
        self,
        since: datetime,
        *,
        resident_id: str | None = None,
        device_id: str | None = None,
        kinds: Iterable[str] | None = None,
    ) -> list[Event]:
        if resident_id is None and device_id is None:
            raise ValueError("of_key needs a resident or a device")
        query = _ALL.where(_COLUMNS.received_at >= since)
        if resident_id is not None:
            query = query.where(_COLUMNS.resident_id == resident_id)
        if device_id is not None:
            query = query.where(_COLUMNS.device_id == device_id)
        if kinds is not None:
            query = query.where(_COLUMNS.kind.in_(sorted(kinds)))
        return EVENT.things(self._connection.execute(query))

    def of_resident(
        self, resident_id: str, kinds: Iterable[str], since: datetime, until: datetime, limit: int
    ) -> list[Event]:
        asked = {"resident": resident_id, "since": since, "until": until, "most": limit}
        found = [
            event
            for kind in dict.fromkeys(kinds)
            for event in self._read(_NEWEST_OF_RESIDENT, kind_of_event=kind, **asked)
        ]
        return sorted(found, key=lambda event: (event.occurred_at, event.seq))

    def last_seq(self) -> int:
        last: int = scalar(self._connection, _LAST)
        return last

    def first_received(self, since: datetime) -> Event | None:
        return next(iter(self._read(_FIRST_RECEIVED, since=since)), None)

    def between(
        self, after: int, last: int, kinds: Iterable[str], limit: int, without: Collection[str] = ()
    ) -> list[Event]:
        asked = sorted(kinds)
        given: dict[str, object] = {"after": after, "last": last, "kinds": keys(asked), "most": limit}
        if _NO_DEVICE_SENDS.issuperset(asked):
            return self._read(_BETWEEN_OF_PEOPLE, **given)
        if not without:
            return self._read(_BETWEEN, **given)
        return self._read(_BETWEEN_WITHOUT, **given, others=keys(without))

    def page(self, filters: Filters, after: int, limit: int) -> Page[Event]:
        asked = "kind" in filters or "origin" in filters
        where: list[ColumnElement[bool]] = []
        if not asked:
            where.append(_COLUMNS.kind.not_in(sorted(REGISTER_KINDS)))
        if filters.get("kind") in _NO_DEVICE_SENDS:
            where.append(NOT_FROM_DEVICES)
        return _LIST.page(self._connection, filters, after, limit, where=where)

    def _known(self, new: Sequence[Event], wanted: Sequence[str]) -> dict[str, Event]:
        found = self._read(_SAME_ID, keys=keys(wanted))
        others = [key for key, event in zip(wanted, new, strict=True) if key != event.id]
        if others:
            found += self._read(_SAME_KEY, keys=keys(others))
        return {event.dedupe_key: event for event in found}

    def _read(self, query: Select[Any], **values: object) -> list[Event]:
        return EVENT.things(fetch(self._connection, query, values))


def _row(row: list[Any]) -> list[Any]:
    """A key that is the id as well, as nearly all are, is not stored twice: a second index of random keys
    would cost as much as all the rest of the row.
    """
    if row[_KEY] == row[_ID]:
        row[_KEY] = None
    return row


@cache
def _bearing(dialect: str) -> Select[Any]:
    """Led by what is asked for: led by the events, SQLite would read every one of the devices in question."""
    device, own_id, asked = asked_pairs("keys", dialect)
    return (
        select(*EVENT.columns)
        .select_from(asked)
        .join(events, (_COLUMNS.device_id == device) & (_COLUMNS.device_event_id == own_id))
        .order_by(_COLUMNS.seq)
    )
