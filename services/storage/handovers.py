"""Hand-overs of the duty desk, and the notes of its shifts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from services.domain.handovers import Handover, ShiftNote
from services.domain.ports import Filters, Page
from services.storage.lists import Listing, equals, span
from services.storage.numbers import Numbers
from services.storage.prepared import fetch, scalar
from services.storage.registers import SqlRegister
from services.storage.rows import Shape
from services.storage.tables import handovers, shift_notes

_HANDOVER = Shape(Handover, handovers)
_NOTE = Shape(ShiftNote, shift_notes)

_NEWEST = (
    select(*_HANDOVER.columns)
    .order_by(handovers.c.taken_over_at.desc(), handovers.c.number.desc())
    .limit(bindparam("most"))
)
_NOTES = (
    select(*_NOTE.columns)
    .where(shift_notes.c.at >= bindparam("since"))
    .order_by(shift_notes.c.number.desc())
    .limit(bindparam("most"))
)
_BEFORE = select(func.max(handovers.c.taken_over_at)).where(handovers.c.taken_over_at < bindparam("at"))
_NOTES_TAKEN = (
    select(*_NOTE.columns)
    .where(shift_notes.c.at >= bindparam("since"), shift_notes.c.at < bindparam("until"))
    .order_by(shift_notes.c.number.desc())
    .limit(bindparam("most"))
)
_HANDOVER_LIST = Listing(
    _HANDOVER,
    handovers.c.number,
    {name: equals(handovers.c[name]) for name in ("from_worker_id", "taken_over_by")}
    | span(handovers.c.taken_over_at),
)
_NOTE_LIST = Listing(
    _NOTE, shift_notes.c.number, {"author": equals(shift_notes.c.author)} | span(shift_notes.c.at)
)


class SqlHandovers:
    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._handovers = SqlRegister(connection, numbers, _HANDOVER)
        self._notes = SqlRegister(connection, numbers, _NOTE)

    def add(self, handover: Handover) -> Handover:
        return self._handovers.add(handover)

    def get(self, handover_id: str) -> Handover | None:
        return self._handovers.get(handover_id)

    def newest(self, limit: int) -> list[Handover]:
        return _HANDOVER.things(fetch(self._connection, _NEWEST, {"most": limit}))

    def page(self, filters: Filters, after: int, limit: int) -> Page[Handover]:
        return _HANDOVER_LIST.page(self._connection, filters, after, limit)

    def add_note(self, note: ShiftNote) -> ShiftNote:
        return self._notes.add(note)

    def notes(self, since: datetime, limit: int) -> list[ShiftNote]:
        found = fetch(self._connection, _NOTES, {"since": since, "most": limit})
        return _NOTE.things(found)[::-1]

    def notes_taken(self, handover: Handover, since: datetime, limit: int) -> list[ShiftNote]:
        until = handover.taken_over_at
        began = scalar(self._connection, _BEFORE, {"at": until}) or since
        found = fetch(self._connection, _NOTES_TAKEN, {"since": began, "until": until, "most": limit})
        return _NOTE.things(found)[::-1]

    def page_of_notes(self, filters: Filters, after: int, limit: int) -> Page[ShiftNote]:
        return _NOTE_LIST.page(self._connection, filters, after, limit)
