"""The revisions of the rulebooks, and what is wrong with them now."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, delete, func, select

from services.domain.ports import Page
from services.domain.records import RulebookRevision, StandingFault
from services.storage.prepared import fetch
from services.storage.rows import Shape
from services.storage.tables import rule_faults, rulebooks

_REVISION = Shape(RulebookRevision, rulebooks)
_FAULT = Shape(StandingFault, rule_faults)

_ALL = select(*_REVISION.columns)
_HEADS = select(rulebooks.c.rulebook, func.max(rulebooks.c.revision)).group_by(rulebooks.c.rulebook)
_ONE = _ALL.where(rulebooks.c.rulebook == bindparam("book"), rulebooks.c.revision == bindparam("number"))
_BEARING = (
    _ALL.where(rulebooks.c.rulebook == bindparam("book"), rulebooks.c.content_hash == bindparam("hash"))
    .order_by(rulebooks.c.revision.desc())
    .limit(1)
)
_PAGE = (
    _ALL.where(rulebooks.c.rulebook == bindparam("book"), rulebooks.c.revision > bindparam("after"))
    .order_by(rulebooks.c.revision)
    .limit(bindparam("most"))
)


class SqlRulebooks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def latest(self) -> list[RulebookRevision]:
        newest = (
            select(rulebooks.c.rulebook, func.max(rulebooks.c.revision).label("revision"))
            .group_by(rulebooks.c.rulebook)
            .subquery()
        )
        query = _ALL.join(
            newest,
            (rulebooks.c.rulebook == newest.c.rulebook) & (rulebooks.c.revision == newest.c.revision),
        ).order_by(rulebooks.c.rulebook)
        return _REVISION.things(self._connection.execute(query))

    def add(self, revision: RulebookRevision) -> None:
        self._connection.execute(rulebooks.insert(), _REVISION.named(revision))

    def heads(self) -> dict[str, int]:
        return {name: newest for name, newest in fetch(self._connection, _HEADS)}  # noqa: C416 - a row is a sequence

    def get(self, rulebook: str, revision: int) -> RulebookRevision | None:
        found = fetch(self._connection, _ONE, {"book": rulebook, "number": revision})
        return next(iter(_REVISION.things(found)), None)

    def bearing(self, rulebook: str, content_hash: str) -> RulebookRevision | None:
        found = fetch(self._connection, _BEARING, {"book": rulebook, "hash": content_hash})
        return next(iter(_REVISION.things(found)), None)

    def page(self, rulebook: str, after: int, limit: int) -> Page[RulebookRevision]:
        asked = {"book": rulebook, "after": after, "most": limit + 1}
        found = _REVISION.things(fetch(self._connection, _PAGE, asked))
        items = tuple(found[:limit])
        return Page(items, items[-1].revision if len(found) > limit else None)

    def faults(self) -> list[StandingFault]:
        query = select(*_FAULT.columns).order_by(rule_faults.c.number)
        return _FAULT.things(self._connection.execute(query))

    def set_faults(self, faults: Iterable[StandingFault]) -> None:
        self._connection.execute(delete(rule_faults))
        rows = [_FAULT.named(fault, number=number) for number, fault in enumerate(faults, start=1)]
        if rows:
            self._connection.execute(rule_faults.insert(), rows)
