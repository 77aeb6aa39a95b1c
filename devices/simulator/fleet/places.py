"""Where a fleet is played: a service of its own that ends with it, or one that somebody else started, where
it enrols its homes through the API and leaves again. `admit` has been asked before anything is written there.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from devices.simulator import clock
from devices.simulator.api import Api
from devices.simulator.attaching import MARK, Guests, admit, farewell
from devices.simulator.fleet import packets
from devices.simulator.fleet.child import Child, ChildSilent
from devices.simulator.fleet.mix import TYPES, device_name
from devices.simulator.own_service import Service, without_settings

READY_SECONDS = 120.0
MQTT_PORT = 1883
AT_ONCE = 4
"""Connections over which homes are enrolled."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
STEPPING = "/api/v1/clock"
"""The route that moves the time; served by a service on stepped time alone."""
ROLES = {"worker": "grid_worker", "desk": "duty_desk", "manager": "manager"}


class CannotPlay(Exception):
    """The fleet cannot be played there; the words say why."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the generators connect, and as whom; without a name, without credentials."""

    host: str
    port: int
    username: str = ""
    password: str = ""

    @classmethod
    def of(cls, url: str) -> Broker:
        parts = urlsplit(url)
        return cls(
            parts.hostname or "127.0.0.1", parts.port or MQTT_PORT, parts.username or "", parts.password or ""
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A broker with homes to play there; without a service nobody stores what is said. ``residents`` says
    which home each resident lives in.
    """

    broker: Broker
    prefix: str
    homes: int
    service: Service | None = None
    residents: Mapping[str, int] | None = None
    rings_here: bool = True
    """Whether the service can reach the telephones that are served here."""


Settle = Callable[[Path, Callable[[str], str]], Mapping[str, int]]
"""Puts the homes into an empty data folder and says where each resident lives; is given the folder, and the
address of each worker's telephone.
"""


@contextmanager
def own_house(
    up: Sequence[str], anxin: Sequence[str], settle: Settle, address_of: Callable[[str], str], homes: int
) -> Iterator[Place]:
    """A service on the wall clock with the homes in it, for as long as the context lasts. ``up`` is the
    command that starts it, but for its options; ``anxin`` the one that makes a token.
    """
    with tempfile.TemporaryDirectory(prefix="anxin-fleet-") as folder:
        data_dir, log = Path(folder) / "data", Path(folder) / "log"
        residents = settle(data_dir, lambda worker: address_of(f"{MARK}/{worker}"))
        options = ["--open-mqtt", "--data-dir", str(data_dir), "--http-port", "0", "--mqtt-port", "0"]
        house = Child([*up, *options], log, without_settings(os.environ))
        try:
            ready = house.hear(READY_SECONDS)
            service = Service(str(ready["http"]), _token(anxin, data_dir))
            yield Place(Broker.of(str(ready["mqtt"])), "fleet", homes, service, residents)
        finally:
            house.end(by_signal=True)


def _token(anxin: Sequence[str], data_dir: Path) -> str:
    made = subprocess.run(
        [*anxin, "token", "add", "--role", "admin", "--data-dir", str(data_dir)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=READY_SECONDS,
        env=without_settings(os.environ),
    )
    if made.returncode:
        raise ChildSilent(f"no token was to be had: {made.stderr.decode(errors='replace').strip()[-2000:]}")
    return made.stdout.decode().strip()


@contextmanager
def attached_house(
    service: Service,
    mqtt: str | None,
    homes: int,
    address_of: Callable[[str], str],
    enrolled: Callable[[], None],
) -> Iterator[Place]:
    """Homes at a service that runs already, which leave it with the context. ``mqtt`` names the broker and an
    account that may speak for all devices; None: the one that the service names, without credentials.
    """
    api = Api(service.url, service.token)
    try:
        admit(api, service.url)
        if STEPPING in api.get(f"{service.url.rstrip('/')}/openapi.json")["paths"]:
            raise CannotPlay(f"time stands still at {service.url}, and a fleet speaks by the wall clock")
        rings_here = urlsplit(service.url).hostname in LOOPBACK
        newcomers = Newcomers(service, f"fleet{clock.now():%m%d%H%M%S}")
        try:
            newcomers.hire((lambda worker: address_of(f"{MARK}/{worker}")) if rings_here else None)
            newcomers.move_in(range(1))  # the first shows which broker it is, before all others come
            broker = Broker.of(mqtt or newcomers.mqtt_url)
            _try(broker)
            enrolled()
            newcomers.move_in(range(1, homes), enrolled)
            yield Place(broker, newcomers.prefix, homes, service, newcomers.residents, rings_here)
        finally:
            farewell(api, newcomers.guests, clock.now())
    finally:
        api.close()


def _try(broker: Broker) -> None:
    """Whether one client may speak for all devices there."""
    try:
        packets.Line(broker.port, f"{MARK}-asks", broker.host, broker.username, broker.password).close()
    except (packets.BrokerRefuses, OSError) as error:
        raise CannotPlay(
            f"{error}; a fleet speaks for all its devices over few connections: start the service with "
            "--open-mqtt, or name an account that may with --mqtt mqtt://NAME:PASSWORD@HOST:PORT"
        ) from error


class Newcomers:
    """Whoever is enrolled through the API for one fleet."""

    def __init__(self, service: Service, prefix: str) -> None:
        self.prefix = prefix
        self.residents: dict[str, int] = {}
        self.mqtt_url = ""
        self._service = service
        self._devices: list[str] = []
        self._workers: dict[str, str] = {}

    @property
    def guests(self) -> Guests:
        return Guests(frozenset(self.residents), frozenset(self._devices), frozenset(self._workers.values()))

    def hire(self, address_of: Callable[[str], str] | None) -> None:
        """Somebody who is told, and those who are told when nobody comes; without addresses nobody rings."""
        api = Api(self._service.url, self._service.token)
        try:
            for name, role in ROLES.items():
                channels = [{"kind": "webhook", "address": address_of(name)}] if address_of else []
                made = api.make("workers", name=f"{self.prefix} {name}", role=role, channels=channels)
                self._workers[name] = str(made["id"])
        finally:
            api.close()

    def move_in(self, homes: range, enrolled: Callable[[], None] = lambda: None) -> None:
        """Enrol homes over several connections at once; ``enrolled`` is told of each."""
        if not homes:
            return
        with ThreadPoolExecutor(AT_ONCE) as pool:
            parts = [homes[part::AT_ONCE] for part in range(AT_ONCE)]
            for done in [pool.submit(self._move_in, part, enrolled) for part in parts]:
                done.result()

    def _move_in(self, homes: range, enrolled: Callable[[], None]) -> None:
        api = Api(self._service.url, self._service.token)
        try:
            for home in homes:
                self._enrol(api, home)
                enrolled()
        finally:
            api.close()

    def _enrol(self, api: Api, home: int) -> None:
        resident = api.make(
            "residents",
            name=f"住户{home + 1}",
            tags=[MARK],
            assigned_worker_id=self._workers["worker"],
        )
        self.residents[str(resident["id"])] = home
        for device_type in TYPES:
            made = api.make(
                "devices",
                external_id=device_name(self.prefix, device_type, home),
                ecosystem="native",
                type=device_type,
                resident_id=resident["id"],
            )
            self._devices.append(str(made["id"]))
            self.mqtt_url = str(made["mqtt"]["url"])
