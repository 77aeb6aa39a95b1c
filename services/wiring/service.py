"""One service in a process of its own, on a shared store and a broker of its own; several such processes do
together what `up` does in one.

It puts the service's part on its ground and takes it down again. On SQLite it refuses: one process alone
may write there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from services.domain.ports import Clock
from services.wiring.beats import Beats
from services.wiring.clock import SystemClock
from services.wiring.console_service import console_service
from services.wiring.ground import READY_SECONDS, STOP_SECONDS, CannotStart, Ground
from services.wiring.health import health_app
from services.wiring.ingest_service import ingest_service
from services.wiring.notify_service import notify_service
from services.wiring.part import Part, one_beat
from services.wiring.rules_service import rules_service
from services.wiring.settings import Settings
from services.wiring.version import version
from services.wiring.web import WebServer, bind, http_address


class ServiceName(StrEnum):
    """The services that may have a process of their own."""

    INGEST = "ingest"
    RULES = "rules"
    NOTIFY = "notify"
    CONSOLE = "console"


SERVICES: Mapping[ServiceName, Callable[[Ground, Clock], Part]] = {
    ServiceName.INGEST: ingest_service,
    ServiceName.RULES: rules_service,
    ServiceName.NOTIFY: notify_service,
    ServiceName.CONSOLE: console_service,
}
SPEAKS_MQTT = frozenset(ServiceName) - {ServiceName.RULES}


class Service:
    """One process of one service; `start` once, `stop` once."""

    def __init__(self, settings: Settings, name: ServiceName) -> None:
        self._name = name
        self._settings = settings
        self._ground = Ground(settings, name)

    def start(self) -> Mapping[str, str]:
        """Start it; where it is to be found. `CannotStart` says why not, and then nothing is left running."""
        self._refuse_what_cannot_be_shared()
        with self._ground.starting():
            return self._start()

    def stop(self) -> list[str]:
        """End it; the names of parts that did not end in time."""
        return self._ground.end()

    def _refuse_what_cannot_be_shared(self) -> None:
        if not self._settings.is_shared:
            raise CannotStart(
                f"'anxin {self._name}' works on PostgreSQL only: set ANXIN_DATABASE_URL, or run 'anxin up', "
                "which does everything in one process",
                code=2,
            )
        if self._name in SPEAKS_MQTT and not self._settings.mqtt_url:
            raise CannotStart(
                f"'anxin {self._name}' needs a broker of its own: set ANXIN_MQTT_URL, or run 'anxin up', "
                "which brings one",
                code=2,
            )

    def _start(self) -> Mapping[str, str]:
        ground = self._ground
        ground.hold_folder()
        part = SERVICES[self._name](ground, SystemClock())
        watched = [part.observing.watched(rooms) for rooms in (part.rooms, part.aside) if rooms]
        beats = Beats([one_beat(rooms, ground.signals) for rooms in watched])
        if part.rooms:
            part.wakers.append(beats.beats[0].waker())
        said = dict(part.says)
        if "http" not in said:
            said["health"] = self._serve_health(part)
        part.begin()
        ground.start_beats(beats, part.observing)
        if part.watching is not None:
            ground.start_watching(part.watching)
        return {"service": self._name.value, **said, "data_dir": str(self._settings.data_dir)}

    def _serve_health(self, part: Part) -> str:
        ground = self._ground
        host = self._settings.health_host
        listener = bind(host, self._settings.health_port)
        web = WebServer(health_app(version(), part.observing), listener)
        ground.ends_with("health", web.stop, STOP_SECONDS)
        web.start(READY_SECONDS)
        return http_address(host, listener.getsockname()[1])
