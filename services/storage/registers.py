"""What people keep: one way to store and find homes, residents, workers, grids, teams, shifts, devices and
logins. A clash of a unique key is found before the write: only one transaction writes at a time, so nobody
can slip between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, delete, func, select, update

from services.domain.devices import Device, DeviceState
from services.domain.homes import Grid, Home
from services.domain.people import Resident, Shift, Team, User, Worker
from services.domain.ports import AlreadyThere, Filters, Page
from services.storage.among import among, keys
from services.storage.codec import Json
from services.storage.lists import Listing, equals
from services.storage.numbers import Numbers
from services.storage.prepared import change, change_each, fetch, fetch_one
from services.storage.rows import Shape
from services.storage.tables import devices, grids, homes, residents, shifts, teams, users, workers

N = TypeVar("N")

HOME = Shape(Home, homes)
RESIDENT = Shape(Resident, residents)
WORKER = Shape(Worker, workers)
GRID = Shape(Grid, grids)
TEAM = Shape(Team, teams)
SHIFT = Shape(Shift, shifts)
DEVICE = Shape(Device, devices)
USER = Shape(User, users)


class SqlRegister(Generic[N]):
    """A register over one table."""

    def __init__(self, connection: Connection, numbers: Numbers, shape: Shape[N]) -> None:
        self._connection = connection
        self._numbers = numbers
        self._shape = shape
        self._table = shape.table
        self._all = _in_order(shape)

    def add(self, thing: N) -> N:
        values = self._shape.named(thing)
        if self._found(self._table.c.id == values["id"]):
            raise AlreadyThere("id")
        self._refuse_clash(values)
        number = self._numbers.take(self._table)
        self._connection.execute(self._table.insert(), values | {"number": number})
        return thing

    def save(self, thing: N) -> N:
        values = self._shape.named(thing)
        self._refuse_clash(values)
        saved = self._connection.execute(
            update(self._table).where(self._table.c.id == bindparam("of")), values | {"of": values["id"]}
        )
        if saved.rowcount != 1:
            raise LookupError(f"{self._table.name} holds no {values['id']}")
        return thing

    def get(self, thing_id: str) -> N | None:
        row = fetch_one(self._connection, by_id(self._shape), {"of": thing_id})
        return None if row is None else self._shape.thing(row)

    def all(self) -> list[N]:
        return self._shape.things(fetch(self._connection, self._all))

    def page(self, filters: Filters, after: int, limit: int) -> Page[N]:
        return _listing(self._shape).page(self._connection, filters, after, limit)

    def having(self, field: str, values: Iterable[str]) -> list[N]:
        asked = {"keys": keys(values)}
        return self._shape.things(fetch(self._connection, _having(self._shape, field), asked))

    def _unique(self, values: dict[str, Any]) -> Sequence[tuple[str, ColumnElement[bool]]]:
        """Beside the id: the field that a clash is told by, and the condition of the rows it would clash
        with.
        """
        del values
        return ()

    def _refuse_clash(self, values: dict[str, Any]) -> None:
        for field, clash in self._unique(values):
            if self._found(clash & (self._table.c.id != values["id"])):
                raise AlreadyThere(field)

    def _found(self, condition: ColumnElement[bool]) -> bool:
        return self._connection.execute(select(self._table.c.id).where(condition)).first() is not None

    def _one(self, condition: ColumnElement[bool]) -> N | None:
        return next(iter(self._where(condition)), None)

    def _where(self, condition: ColumnElement[bool]) -> list[N]:
        return self._shape.things(self._connection.execute(self._all.where(condition)))


@cache
def _in_order(shape: Shape[Any]) -> Select[Any]:
    return select(*shape.columns).order_by(shape.table.c.number)


@cache
def _listing(shape: Shape[N]) -> Listing[N]:
    plain = {column.name: equals(column) for column in shape.stored if not isinstance(column.type, Json)}
    return Listing(shape, shape.table.c.number, plain)


@cache
def _having(shape: Shape[Any], field: str) -> Select[Any]:
    return _in_order(shape).where(among(shape.table.c[field], "keys"))


@cache
def by_id(shape: Shape[Any]) -> Select[Any]:
    """One thing of a shape, by the parameter ``of``."""
    return select(*shape.columns).where(shape.table.c.id == bindparam("of"))


class SqlRemovable(SqlRegister[N]):
    def remove(self, thing_id: str) -> bool:
        removed = self._connection.execute(delete(self._table).where(self._table.c.id == thing_id))
        return removed.rowcount == 1


class SqlUsers(SqlRegister[User]):
    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        super().__init__(connection, numbers, USER)

    def by_username(self, username: str) -> User | None:
        return self._one(users.c.username == username)

    def _unique(self, values: dict[str, Any]) -> Sequence[tuple[str, ColumnElement[bool]]]:
        return [("username", users.c.username == values["username"])]


_BY_EXTERNAL_ID = (
    select(*DEVICE.columns)
    .where(devices.c.ecosystem == bindparam("system"), devices.c.external_id == bindparam("name"))
    .order_by(devices.c.state == DeviceState.RETIRED, devices.c.number.desc())
    .limit(1)
)
_NAMED = (
    select(*DEVICE.columns)
    .where(devices.c.ecosystem == bindparam("system"), among(devices.c.external_id, "keys"))
    .order_by(devices.c.state != DeviceState.RETIRED, devices.c.number)
)
_WITH_CREDENTIALS = (
    select(*DEVICE.columns)
    .where(devices.c.ecosystem == bindparam("system"), devices.c.credential_hash.is_not(None))
    .order_by(devices.c.number)
)
_IN_TEST = select(*DEVICE.columns).where(devices.c.test_window.is_not(None)).order_by(devices.c.number)
_END_TEST_WINDOW = update(devices).where(devices.c.id == bindparam("of")).values(test_window=None)
_TESTED = _END_TEST_WINDOW.values(last_test_id=bindparam("alert"))
_BATTERY = update(devices).where(devices.c.id == bindparam("of")).values(battery_percent=bindparam("percent"))
# A device that speaks is live, whether it was never heard before or silent for long; a retired one stays
# retired.
_AT = bindparam("at", type_=devices.c.last_seen_at.type)
_SEEN = (
    update(devices)
    .where(devices.c.id == bindparam("of"))
    .values(
        last_seen_at=case(
            (
                func.coalesce(devices.c.last_seen_at, _AT) > _AT,
                devices.c.last_seen_at,
            ),
            else_=_AT,
        ),
        state=case((devices.c.state == DeviceState.RETIRED, devices.c.state), else_=DeviceState.LIVE),
    )
)


class SqlDevices(SqlRegister[Device]):
    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        super().__init__(connection, numbers, DEVICE)

    def by_external_id(self, ecosystem: str, external_id: str) -> Device | None:
        values = {"system": ecosystem, "name": external_id}
        row = fetch_one(self._connection, _BY_EXTERNAL_ID, values)
        return None if row is None else DEVICE.thing(row)

    def named(self, ecosystem: str, external_ids: Iterable[str]) -> dict[str, Device]:
        rows = fetch(self._connection, _NAMED, {"system": ecosystem, "keys": keys(external_ids)})
        # In the order of the query the one that counts comes last and stays.
        return {device.external_id: device for device in DEVICE.things(rows)}

    def of_resident(self, resident_id: str) -> list[Device]:
        return self._where(devices.c.resident_id == resident_id)

    def seen(self, signs: Mapping[str, datetime]) -> None:
        change_each(self._connection, _SEEN, [{"of": one, "at": at} for one, at in signs.items()])

    def with_credentials(self, ecosystem: str) -> list[Device]:
        return DEVICE.things(fetch(self._connection, _WITH_CREDENTIALS, {"system": ecosystem}))

    def in_test(self) -> list[Device]:
        return DEVICE.things(fetch(self._connection, _IN_TEST))

    def end_test_window(self, device_id: str) -> None:
        change(self._connection, _END_TEST_WINDOW, {"of": device_id})

    def tested(self, device_id: str, alert_id: str) -> None:
        change(self._connection, _TESTED, {"of": device_id, "alert": alert_id})

    def battery(self, device_id: str, percent: float) -> None:
        change(self._connection, _BATTERY, {"of": device_id, "percent": percent})

    def _unique(self, values: dict[str, Any]) -> Sequence[tuple[str, ColumnElement[bool]]]:
        if values["state"] is DeviceState.RETIRED:
            return []
        same_name = (devices.c.ecosystem == values["ecosystem"]) & (
            devices.c.external_id == values["external_id"]
        )
        return [("external_id", same_name & (devices.c.state != DeviceState.RETIRED))]
