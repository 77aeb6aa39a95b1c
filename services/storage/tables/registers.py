"""What people keep, as tables: homes, residents, workers, grids, teams, rosters, devices, logins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Float, Index, Table

from services.domain.devices import DeviceState, DeviceType, Ecosystem
from services.domain.people import Absence, Channel, Contact, Language, Role
from services.domain.testing import TestWindow
from services.storage.codec import Day
from services.storage.tables.columns import (
    flag,
    index_where,
    instant,
    instant_or_none,
    json,
    json_or_none,
    member,
    member_or_none,
    metadata,
    number,
    words,
    words_or_none,
)

homes = Table(
    "homes",
    metadata,
    number(),
    words("id", unique=True),
    words("address"),
    words_or_none("key_place"),
    words_or_none("phone"),
    words_or_none("grid_id"),
    words_or_none("neighbour_id"),
    json("places", tuple[str, ...]),
    words_or_none("timezone"),
)

residents = Table(
    "residents",
    metadata,
    number(),
    words("id", unique=True),
    words("home_id"),
    words("name"),
    instant("enrolled_at"),
    Column("birth_date", Day),
    json("tags", tuple[str, ...]),
    member_or_none("language", Language),
    words_or_none("timezone"),
    words_or_none("phone"),
    json("contacts", tuple[Contact, ...]),
    words_or_none("assigned_worker_id"),
    words_or_none("backup_worker_id"),
    instant_or_none("left_at"),
    words_or_none("left_reason"),
    json_or_none("away", Absence),
    flag("synthetic"),
)
Index(None, residents.c.home_id)

workers = Table(
    "workers",
    metadata,
    number(),
    words("id", unique=True),
    words("name"),
    member("role", Role),
    member("language", Language),
    words_or_none("team_id"),
    json("grid_ids", tuple[str, ...]),
    json("channels", tuple[Channel, ...]),
    flag("active"),
)

grids = Table(
    "grids",
    metadata,
    number(),
    words("id", unique=True),
    words("name"),
    words_or_none("team_id"),
    json("neighbouring_ids", tuple[str, ...]),
)

teams = Table("teams", metadata, number(), words("id", unique=True), words("name"))

shifts = Table(
    "shifts",
    metadata,
    number(),
    words("id", unique=True),
    words("team_id"),
    words("worker_id"),
    instant("starts_at"),
    instant("ends_at"),
)
Index(None, shifts.c.team_id, shifts.c.number)
Index(None, shifts.c.ends_at)

devices = Table(
    "devices",
    metadata,
    number(),
    words("id", unique=True),
    words("external_id"),
    member("ecosystem", Ecosystem),
    member("type", DeviceType),
    words_or_none("home_id"),
    words_or_none("place"),
    words_or_none("resident_id"),
    words_or_none("gateway_id"),
    json("mapping", Mapping[str, Any]),
    member("state", DeviceState),
    instant_or_none("registered_at"),
    instant_or_none("last_seen_at"),
    Column("battery_percent", Float(53)),
    words_or_none("credential_hash"),
    json_or_none("test_window", TestWindow),
    words_or_none("last_test_id"),
    flag("synthetic"),
)
index_where(
    devices.c.state != DeviceState.RETIRED,
    devices.c.ecosystem,
    devices.c.external_id,
    name="uq_devices_name_on_the_wire",
    unique=True,
)
index_where(devices.c.test_window.is_not(None), devices.c.number, name="ix_devices_in_test")
Index(None, devices.c.external_id)
Index(None, devices.c.resident_id)

users = Table(
    "users",
    metadata,
    number(),
    words("id", unique=True),
    words("username", unique=True),
    member("role", Role),
    words("password_hash"),
    words_or_none("worker_id"),
    flag("active"),
)

tokens = Table(
    "tokens",
    metadata,
    number(),
    words("id", unique=True),
    words("secret_hash", unique=True),
    member("role", Role),
    instant("created_at"),
    words("name"),
    words_or_none("worker_id"),
    instant_or_none("revoked_at"),
)

sessions = Table(
    "sessions",
    metadata,
    number(),
    words("id", unique=True),
    words("secret_hash", unique=True),
    words("user_id"),
    instant("created_at"),
    instant("expires_at"),
)
Index(None, sessions.c.user_id)
