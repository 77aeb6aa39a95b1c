"""People: residents, those who answer for them, and who may sign in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Role(StrEnum):
    """What somebody does here; rights follow from it."""

    GRID_WORKER = "grid_worker"
    NEIGHBOUR = "neighbour"
    CAREGIVER = "caregiver"
    DUTY_DESK = "duty_desk"
    TECHNICIAN = "technician"
    MANAGER = "manager"
    ADMIN = "admin"
    MESSENGER = "messenger"
    """A program that brings what people replied; no person is one."""


PERSONS_ROLES = frozenset(Role) - {Role.MESSENGER}
"""What somebody can be who works here or signs in."""


class Language(StrEnum):
    """The languages that the house speaks, Chinese first."""

    ZH_CN = "zh-CN"
    BO = "bo"
    EN = "en"


class ChannelKind(StrEnum):
    """A way to reach a person."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    WECOM_BOT = "wecom_bot"
    WECOM_APP = "wecom_app"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    SMS_ALIYUN = "sms_aliyun"
    SMS_TENCENT = "sms_tencent"
    SMS_GATEWAY = "sms_gateway"
    VOICE = "voice"
    NTFY = "ntfy"
    MQTT = "mqtt"
    APPRISE = "apprise"
    LOOPBACK = "loopback"
    """Of the house to itself; nobody can be registered with it."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach one person; a list of them is in order of preference. Addresses of some kinds are
    keys by themselves, and no repr shows one.
    """

    kind: ChannelKind
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody of the family or the neighbourhood whom an emergency contact step may tell."""

    name: str
    relation: str = ""
    channels: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True)
class Absence:
    """Since when, and as far as known until when, somebody is away."""

    since: datetime
    until: datetime | None = None
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Resident:
    """An elder who lives at home. Only the name is required; without a zone the home's counts, then the
    house's.
    """

    id: str
    home_id: str
    name: str
    enrolled_at: datetime
    birth_date: date | None = None
    tags: tuple[str, ...] = ()
    language: Language | None = None
    timezone: str | None = None
    phone: str | None = None
    contacts: tuple[Contact, ...] = ()
    assigned_worker_id: str | None = None
    backup_worker_id: str | None = None
    left_at: datetime | None = None
    left_reason: str | None = None
    away: Absence | None = None
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who can be told: grid worker, neighbour, caregiver, duty desk, technician, manager, admin."""

    id: str
    name: str
    role: Role
    language: Language = Language.ZH_CN
    team_id: str | None = None
    grid_ids: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True)
class Team:
    """A care team; its grids and its roster hang on it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Shift:
    """One worker on duty for one team, from ``starts_at`` up to but not at ``ends_at``."""

    id: str
    team_id: str
    worker_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class User:
    """A login. ``password_hash`` is argon2; a user who acts as a worker names them."""

    id: str
    username: str
    role: Role
    password_hash: str
    worker_id: str | None = None
    active: bool = True
