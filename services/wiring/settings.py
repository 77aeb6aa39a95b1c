"""Settings: what an administrator can set, each with its meaning, checked at the start with a clear error.

Every field is read from ``ANXIN_<NAME>``; the options of the commands go before the environment.
"""

from __future__ import annotations

import secrets
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import SettingsConfigDict

from services.domain.crash_points import CrashPoint
from services.domain.instants import NotAWallTime, parse_wall, zone_named
from services.domain.people import Language
from services.wiring.channel_settings import ChannelSettings, broker_address, web_address
from services.wiring.data_folder import kept


class BadSettings(Exception):
    """Settings that cannot be used; each fault names the variable, what was found and what was expected."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def _zone(name: str) -> str:
    zone_named(name)
    return name


MOST_PORT = 65535


def _host_and_port(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > MOST_PORT:
        raise ValueError("expected HOST:PORT, e.g. 127.0.0.1:8080 (port 0 picks a free one)")
    return text


def _last_resort(address: str) -> str:
    kind, _, rest = address.partition(":")
    if address and (kind not in ("http", "https", "mailto") or not rest.strip("/")):
        raise ValueError("expected an http://, https:// or mailto: address")
    return address


def _addresses(addresses: str) -> str:
    for each in addresses.split(",") if addresses else ():
        _last_resort(each.strip() or "-")
    return addresses


def _wall_time(text: str) -> str:
    if text:
        try:
            parse_wall(text)
        except NotAWallTime as error:
            raise ValueError("expected HH:MM, e.g. 21:30") from error
    return text


def _web_address(address: str) -> str:
    kind, _, rest = address.partition("://")
    if address and (kind not in ("http", "https") or not rest):
        raise ValueError("expected an http:// or https:// address")
    return address


def _proxies(proxies: str) -> str:
    for each in proxies.split(",") if proxies not in ("", "*") else ():
        try:
            ip_network(each.strip())
        except ValueError as error:
            raise ValueError("expected addresses or networks with commas between them, or *") from error
    return proxies


def _crash_at(text: str) -> str:
    point, _, count = text.partition(":")
    if text and (point not in list(CrashPoint) or not count.isdigit() or int(count) < 1):
        raise ValueError(f"expected POINT:N with N from 1 and POINT one of {', '.join(CrashPoint)}")
    return text


class Settings(ChannelSettings):
    """The settings of one installation."""

    model_config = SettingsConfigDict(env_prefix="ANXIN_", extra="ignore", frozen=True)

    data_dir: Path = Field(
        default=Path("anxin-data"), description="Folder of the database, broker, rulebooks, policies."
    )
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite in the data folder.")
    sqlite_most_mb: int = Field(
        default=0, ge=0, description="Largest size of the SQLite file in MiB; 0: as large as the disk."
    )
    http_bind: Annotated[str, AfterValidator(_host_and_port)] = Field(
        default="127.0.0.1:8080", description="Address of the console and the API; port 0 picks a free one."
    )
    mqtt_url: Annotated[str, AfterValidator(broker_address)] = Field(
        default="", description="Broker of its own, with the house's account; empty: the embedded one."
    )
    mqtt_admin_url: Annotated[str, AfterValidator(broker_address)] = Field(
        default="", description="The same broker with the account that makes accounts; empty: ANXIN_MQTT_URL."
    )
    mqtt_public_url: Annotated[str, AfterValidator(broker_address)] = Field(
        default="", description="Address of the broker as devices reach it; empty: as connected."
    )
    mqtt_shared: bool = Field(
        default=True, description="Whether `anxin ingest` shares the load with others by $share."
    )
    health_bind: Annotated[str, AfterValidator(_host_and_port)] = Field(
        default="127.0.0.1:0", description="Address of the health of ingest, rules, notify; port 0 picks one."
    )
    mqtt_bind: Annotated[str, AfterValidator(_host_and_port)] = Field(
        default="127.0.0.1:1883", description="Address of the embedded broker; port 0 picks a free one."
    )
    public_url: Annotated[str, AfterValidator(web_address)] = Field(
        default="", description="Address of the console as people reach it; empty: as bound."
    )
    link_days: int = Field(
        default=7,
        ge=1,
        le=365,
        description="How many days the one-tap link of a message holds; a later message brings a new one.",
    )
    trusted_proxies: Annotated[str, AfterValidator(_proxies)] = Field(
        default="127.0.0.1,::1",
        description="Proxies whose X-Forwarded-For is believed: addresses, networks, or *; empty: none.",
    )
    secret_key: str = Field(
        default="",
        repr=False,
        description="Key of webhook signatures and one-tap links; empty: made once, kept in the data folder.",
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        default="Asia/Shanghai", description="Zone of homes and residents that have none of their own."
    )
    language: Language = Field(default=Language.ZH_CN, description="Language of the house: zh-CN, bo or en.")
    last_resort: Annotated[str, AfterValidator(_last_resort)] = Field(
        default="", description="Webhook or mailto: address that is told when nobody at all can be told."
    )
    self_watch_every: int = Field(
        default=60, ge=0, le=60, description="Seconds between two presses of the house's own; 0: none."
    )
    self_watch_within: int = Field(
        default=20, ge=1, le=30, description="Seconds in which such a press must be back."
    )
    self_watch_days: int = Field(
        default=7, ge=1, le=366, description="Days for which what comes of them is kept."
    )
    watch_tell: Annotated[str, AfterValidator(_addresses)] = Field(
        default="",
        description="Webhooks and mailto: addresses, with commas between them, that are told when the house "
        "itself is not well; empty: ANXIN_LAST_RESORT.",
    )
    watch_after: int = Field(
        default=60, ge=1, le=90, description="Seconds for which something is wrong before they are told."
    )
    watch_over_after: int = Field(
        default=60, ge=1, description="Seconds for which all must be well before it is said to be over."
    )
    watch_again: int = Field(
        default=1800, ge=1, description="Seconds after which it is said again while it lasts."
    )
    ping_url: Annotated[str, AfterValidator(_web_address)] = Field(
        default="", description="Address of an outside monitor, asked while all is well; empty: none."
    )
    ping_every: int = Field(default=60, ge=1, description="Seconds between two such calls.")
    path_check_at: Annotated[str, AfterValidator(_wall_time)] = Field(
        default="21:30",
        description="Local time of the nightly test of the channels of those on duty; empty: none.",
    )
    crash_at: Annotated[str, AfterValidator(_crash_at)] = Field(
        default="",
        description="POINT:N kills the house when it reaches a point for the N-th time (the soak).",
    )

    @property
    def store_url(self) -> str:
        """The database: as set, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'anxin.db'}"

    @property
    def store_named(self) -> str:
        """How the database is called in words; its address may hold a password."""
        return "ANXIN_DATABASE_URL" if self.database_url else str(self.data_dir)

    @property
    def sqlite_most_bytes(self) -> int | None:
        """How large the file of SQLite may grow; None: as large as the disk."""
        return self.sqlite_most_mb * 1024 * 1024 or None

    @property
    def watch_addresses(self) -> tuple[str, ...]:
        """Who is told when the house itself is not well, each once."""
        asked = self.watch_tell.split(",") if self.watch_tell else [self.last_resort]
        return tuple(dict.fromkeys(each.strip() for each in asked if each.strip()))

    @property
    def http_host(self) -> str:
        return self.http_bind.rpartition(":")[0]

    @property
    def http_port(self) -> int:
        return int(self.http_bind.rpartition(":")[2])

    @property
    def mqtt_host(self) -> str:
        return self.mqtt_bind.rpartition(":")[0]

    @property
    def mqtt_port(self) -> int:
        return int(self.mqtt_bind.rpartition(":")[2])

    @property
    def health_host(self) -> str:
        return self.health_bind.rpartition(":")[0]

    @property
    def health_port(self) -> int:
        return int(self.health_bind.rpartition(":")[2])

    @property
    def is_shared(self) -> bool:
        """Whether several processes may work on the store: PostgreSQL, and not SQLite."""
        return self.database_url.startswith("postgresql")

    def key(self) -> str:
        """The signing key: as set, else made once and kept in the data folder, readable by its owner only."""
        if self.secret_key:
            return self.secret_key
        return kept(self.data_dir / "secret.key", lambda: secrets.token_urlsafe(32))


def read_settings(**options: object) -> Settings:
    """The settings from the environment, with a command's options before it; `BadSettings` lists every
    fault.
    """
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        raise BadSettings([_fault(dict(fault)) for fault in error.errors()]) from error


def _fault(fault: dict[str, Any]) -> str:
    name = "_".join(map(str, fault["loc"]))
    field = Settings.model_fields.get(name)
    is_told = field is not None and field.repr and not name.endswith("_url")
    found = repr(fault.get("input")) if is_told else "something else"
    return f"ANXIN_{name.upper()}: {fault['msg'].removeprefix('Value error, ')}, found {found:.80}"
