"""The watch of the house over itself, put together for one process.

Each process watches its own loops. The one that lets devices in at the broker may press the house's own
button as well, one of all at a time; it speaks for store, disk and the way of a press, so that one fault is
not told by everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.console.parts import DeviceCredentials
from services.domain.instants import parse_wall
from services.domain.ports import Clock, Store
from services.domain.stepping import Room
from services.escalation.gathering import Gathering
from services.ingest.mqtt_session import BrokerAddress
from services.notify.own_presses import OwnPresses, Pace, Sight
from services.notify.path_checks import PathChecks
from services.wiring import ways_out
from services.wiring.clock import stopwatch
from services.wiring.figures.self_watch import SelfWatchFigures
from services.wiring.ground import Ground
from services.wiring.leading import Led, Own, Runner, Shared
from services.wiring.observing import STORE_AND_DISK, Observing
from services.wiring.self_watch.button import OwnButton
from services.wiring.self_watch.outside import House, Outside
from services.wiring.self_watch.ping import Pinger
from services.wiring.self_watch.presser_alive import ROLE, PresserAlive
from services.wiring.self_watch.watcher import Patience, Sign
from services.wiring.self_watch.watching import Watching
from services.wiring.senders import Senders
from services.wiring.settings import Settings

TWO = 2
"""Presses in a row that must have stayed away: of one a restart may be the cause."""
SLACK_SECONDS = 5.0
"""By how much the loop that presses may be late itself."""


@dataclass(frozen=True, slots=True)
class Presser:
    """What a process needs that presses the house's own button."""

    gathering: Gathering
    door: DeviceCredentials
    address: Callable[[], BrokerAddress]
    roles: Shared | None


class SelfWatch:
    """What of it a process needs: its room, the watcher's thread, and what is wrong."""

    def __init__(
        self,
        ground: Ground,
        store: Store,
        clock: Clock,
        observing: Observing,
        http: str,
        presser: Presser | None = None,
        alive: PresserAlive | None = None,
    ) -> None:
        """``alive`` sees from elsewhere whether the process that presses is."""
        settings = ground.settings
        self._pace = pace_of(settings)
        self._observing = observing
        self._alive = alive
        self._patience = settings.watch_after
        self._sight = Sight(stopwatch()) if presser is not None else None
        channels = ways_out.channels(settings, http)
        house = House(
            f"{ground.service} {settings.public_url or http}",
            settings.language,
            ground.zone,
            f"{settings.public_url or http}/readyz",
        )
        pool = Senders()
        addresses = [ways_out.channel_of(each) for each in settings.watch_addresses]
        self.watching = Watching(
            self._signs,
            self._further,
            Patience(settings.watch_after, settings.watch_over_after, settings.watch_again),
            Outside(addresses, channels, house, clock, stopwatch, pool),
            Pinger(settings.ping_url if presser is not None else "", settings.ping_every, stopwatch, pool),
            clock,
            stopwatch,
        )
        figures = SelfWatchFigures(self._sight, self.watching, stopwatch)
        observing.registry.register(figures)
        observing.because(self.watching.reasons, "watcher", is_watched=False)
        self.room = self._room(ground, store, clock, presser, figures) if presser is not None else None

    def _room(
        self, ground: Ground, store: Store, clock: Clock, presser: Presser, figures: SelfWatchFigures
    ) -> Room | None:
        settings, sight = ground.settings, self._sight
        if sight is None or not (settings.self_watch_every or settings.path_check_at):
            return None
        button = OwnButton(store, clock, presser.door, presser.address, f"{ground.name}-own-button")
        ground.ending.callback(button.rest)

        def make(on: Store) -> Both:
            presses = (
                OwnPresses(on, clock, presser.gathering, button, self._pace, sight, stopwatch, figures.ended)
                if settings.self_watch_every
                else None
            )
            wall = settings.path_check_at
            checks = PathChecks(on, clock, presser.gathering, parse_wall(wall)) if wall else None
            return Both(presses, checks)

        roles = presser.roles
        runner: Runner[Both] = Own(make(store)) if roles is None else roles.led(ROLE, make)
        return Pressing(runner, sight, button)

    # ------------------------------------------------------------------ what is wrong

    def _signs(self) -> Mapping[str, Sign]:
        """What this process says of itself; of store and disk one speaks for all."""
        signs = self._observing.signs()
        if self._sight is None:
            signs.pop(STORE_AND_DISK, None)
        return signs

    def _further(self) -> Mapping[str, Sign]:
        signs = {
            f"{queue} of {loop}": Sign(
                f"What waits for the {loop} loop ({queue}) has waited for {waits:.0f} s."
            )
            for (loop, queue), waits in self._observing.waiting().items()
            if waits > self._patience
        }
        if self._alive is not None:
            signs |= self._alive.signs(self._patience)
        sight = self._sight
        if sight is not None and sight.is_watching:
            still = stopwatch() - sight.well_at
            if sight.missed >= TWO or still > self._pace.longest_without.total_seconds() + SLACK_SECONDS:
                signs["way"] = Sign(
                    f"The way of a press is broken: the last {sight.missed} presses of the house's own did "
                    f"not come back, the last that did was {still:.0f} s ago.",
                    at_once=True,
                )
        return signs


class Both:
    """The two loops of the role; either may be switched off."""

    def __init__(self, presses: OwnPresses | None, checks: PathChecks | None) -> None:
        self._loops: tuple[Room, ...] = tuple(each for each in (presses, checks) if each is not None)

    def step(self) -> bool:
        return any([loop.step() for loop in self._loops])  # noqa: C419 - each has its turn

    def next_due_at(self) -> datetime | None:
        due = [due_at for loop in self._loops if (due_at := loop.next_due_at()) is not None]
        return min(due, default=None)


class Pressing:
    """The room of the role: while another process has it, the button here has no connection."""

    def __init__(self, runner: Runner[Both], sight: Sight, button: OwnButton) -> None:
        self._runner = runner
        self._sight = sight
        self._button = button

    def step(self) -> bool:
        worked = self._runner.step()
        if isinstance(self._runner, Led) and self._runner.current is None and self._sight.is_watching:
            self._sight.is_watching = False
            self._button.rest()
        return worked

    def next_due_at(self) -> datetime | None:
        return self._runner.next_due_at()


def pace_of(settings: Settings) -> Pace:
    """How often the house presses its own button, by its settings."""
    return Pace(
        timedelta(seconds=settings.self_watch_every),
        timedelta(seconds=settings.self_watch_within),
        timedelta(days=settings.self_watch_days),
    )
