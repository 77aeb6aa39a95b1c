"""What the house keeps about itself: quarantine, audit, remembered answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection, Executable, delete, select, update

from services.domain.ports import AlreadyThere, Filters, Page
from services.domain.records import AuditEntry, Quarantined, RememberedAnswer
from services.storage.lists import Listing, equals, span
from services.storage.numbered import Numbered
from services.storage.numbers import Numbers
from services.storage.rows import Shape
from services.storage.tables import answers, audit, quarantine
from services.storage.upsert import insert_into

REMEMBERED_FOR = timedelta(days=1)
"""How long an answer is kept for whoever asks again."""

_QUARANTINED = Shape(Quarantined, quarantine)
_ENTRY = Shape(AuditEntry, audit)
_ANSWER = Shape(RememberedAnswer, answers)

_AUDIT = Numbered(_ENTRY)
_QUARANTINE_LIST = Listing(
    _QUARANTINED,
    quarantine.c.number,
    {name: equals(quarantine.c[name]) for name in ("topic", "reason", "external_id")},
)
_AUDIT_LIST = Listing(
    _ENTRY,
    audit.c.number,
    {name: equals(audit.c[name]) for name in ("actor", "action", "object_id")} | span(audit.c.at),
)


class SqlQuarantine:
    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers

    def add(self, entries: Iterable[Quarantined]) -> None:
        new = list(entries)
        if not new:
            return
        first = self._numbers.take(quarantine, len(new))
        rows = [
            _QUARANTINED.named(entry, number=first + place, fingerprint=_fingerprint(entry))
            for place, entry in enumerate(new)
        ]
        self._connection.execute(_count_up(self._connection.dialect.name), rows)

    def get(self, entry_id: str) -> Quarantined | None:
        query = select(*_QUARANTINED.columns).where(quarantine.c.id == entry_id)
        row = self._connection.execute(query).first()
        return None if row is None else _QUARANTINED.thing(row)

    def save(self, entry: Quarantined) -> None:
        self._connection.execute(
            update(quarantine).where(quarantine.c.id == entry.id).values(_QUARANTINED.named(entry))
        )

    def page(self, filters: Filters, after: int, limit: int) -> Page[Quarantined]:
        return _QUARANTINE_LIST.page(self._connection, filters, after, limit)

    def lately(self, since: datetime, limit: int) -> list[Quarantined]:
        query = (
            select(*_QUARANTINED.columns)
            .where(quarantine.c.last_at >= since)
            .order_by(quarantine.c.last_at.desc(), quarantine.c.number.desc())
            .limit(limit)
        )
        return _QUARANTINED.things(self._connection.execute(query))


class SqlAudit:
    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers

    def add(self, entry: AuditEntry) -> None:
        _AUDIT.add(self._connection, self._numbers, [entry])

    def page(self, filters: Filters, after: int, limit: int) -> Page[AuditEntry]:
        return _AUDIT_LIST.page(self._connection, filters, after, limit)

    def last_number(self) -> int:
        return self._numbers.last(audit)


class SqlRemembered:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> RememberedAnswer | None:
        row = self._connection.execute(select(*_ANSWER.columns).where(answers.c.key == key)).first()
        return None if row is None else _ANSWER.thing(row)

    def add(self, answer: RememberedAnswer) -> None:
        self._connection.execute(delete(answers).where(answers.c.at < answer.at - REMEMBERED_FOR))
        if self.get(answer.key) is not None:
            raise AlreadyThere("key")
        self._connection.execute(answers.insert(), _ANSWER.named(answer))


def _fingerprint(entry: Quarantined) -> str:
    """One key for (topic, reason, payload): a payload of 64 KiB fits into no index."""
    topic = entry.topic.encode("utf-8", "surrogatepass")
    parts = (topic, entry.reason.value.encode(), entry.payload)
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()


@cache
def _count_up(dialect: str) -> Executable:
    asked = insert_into(quarantine, dialect)
    return asked.on_conflict_do_update(
        index_elements=[quarantine.c.fingerprint],
        set_={
            "count": quarantine.c.count + asked.excluded.count,
            "last_at": asked.excluded.last_at,
        },
    )
