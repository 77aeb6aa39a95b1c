"""The faults of the matrix, and where each strikes in a story: at telling instants of one call or one alert
of it, drawn by the seed. A fault of the wire changes what devices say (`devices.simulator.instruments`), one
of the house is done to it (`devices.simulator.faults`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from devices.simulator.acts import Saying
from devices.simulator.ecosystems.native import ALARM_KINDS
from devices.simulator.faults import HOUSE_FAULTS
from devices.simulator.instruments.perturbing import Misbehaviour, perturb
from devices.simulator.instruments.quirks.delivery import Duplicates, OutOfOrder
from devices.simulator.instruments.quirks.flood import Flood
from devices.simulator.instruments.quirks.late_batch import LateBatch
from devices.simulator.instruments.quirks.reconnect_storm import ReconnectStorm
from devices.simulator.instruments.quirks.retained import Retained
from devices.simulator.instruments.quirks.wrong_clock import WrongClock
from devices.simulator.matrix.outcome import Entry
from devices.simulator.player import Strike

ALWAYS = datetime.min.replace(tzinfo=UTC)
A_MOMENT = timedelta(seconds=1)
STORM = timedelta(seconds=21)
"""Half of one: with a loss every 10 s somebody calls in the middle of the third."""
LATE_AFTERWARDS = timedelta(minutes=2)
MOST_BEFORE = timedelta(minutes=4)
"""How long before the call itself a fault strikes at the most."""


@dataclass(frozen=True, slots=True)
class Instants:
    """Where a fault strikes: in the middle of a watch, when somebody calls (or is told), just after that; and
    the device that speaks then.
    """

    before: datetime
    at: datetime
    after: datetime
    device: str

    @property
    def first(self) -> datetime:
        """Before this no fault that strikes at instants has done anything."""
        return min(self.before, self.at - STORM)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to a story under a fault."""

    sayings: tuple[Saying, ...]
    strikes: tuple[Strike, ...] = ()


@dataclass(frozen=True, slots=True)
class MatrixFault:
    """A column of the matrix: its name, and what it does to a story."""

    name: str
    does: str
    plan: Callable[[Sequence[Saying], Instants, int], Plan]


def telling_instants(sayings: Sequence[Saying], clean: Sequence[Entry], seed: int) -> Instants | None:
    """Of one call of the story, else of one thing that somebody was told, else of anything that was said;
    None for a story in which nothing is said at all.
    """
    if not sayings:
        return _told_instants(clean, seed)
    dice = Random(f"{seed}/matrix/{sayings[0].device}")
    calls = [each for each in sayings if each.kind in ALARM_KINDS]
    if calls or not clean:
        chosen = dice.choice(calls or sayings)
        at, device = chosen.at, chosen.device
    else:
        at = dice.choice(clean).at
        device = [each.device for each in sayings if each.at <= at][-1:][0] if sayings[0].at <= at else ""
        device = device or sayings[0].device
    earlier = [each.at for each in sayings if each.at < at]
    before = at - min((at - earlier[-1]) / 2, MOST_BEFORE) if earlier else at
    return Instants(before, at, at + A_MOMENT, device)


def _told_instants(clean: Sequence[Entry], seed: int) -> Instants | None:
    """Where no device speaks: around something that somebody was told of what people recorded."""
    if not clean:
        return None
    at = Random(f"{seed}/matrix/").choice(clean).at
    return Instants(at - MOST_BEFORE, at, at + A_MOMENT, "")


def has_place_in(fault: str, sayings: Sequence[Saying]) -> bool:
    """Whether a fault can do anything to a story: one of the wire needs a device that speaks."""
    return fault in HOUSE_FAULTS or bool(sayings)


def _said_otherwise(
    name: str, does: str, how: Callable[[frozenset[str], Instants], Misbehaviour]
) -> MatrixFault:
    def plan(sayings: Sequence[Saying], instants: Instants, seed: int) -> Plan:
        devices = frozenset(each.device for each in sayings)
        return Plan(tuple(perturb(sayings, how(devices, instants), seed)))

    return MatrixFault(name, does, plan)


def _done_to_the_house(name: str, does: str) -> MatrixFault:
    def plan(sayings: Sequence[Saying], instants: Instants, _seed: int) -> Plan:
        struck = sorted({instants.before, instants.at, instants.after})
        return Plan(tuple(sayings), tuple(Strike(at, name) for at in struck))

    return MatrixFault(name, does, plan)


def _replayed(sayings: Sequence[Saying], instants: Instants, seed: int) -> Plan:
    """Kept at the broker, and handed out anew to a service that has just started."""
    devices = frozenset(each.device for each in sayings)
    kept = perturb(sayings, Retained(from_at=sayings[0].at, devices=devices), seed)
    return Plan(tuple(kept), (Strike(instants.after, "service-restart"),))


FAULTS: Mapping[str, MatrixFault] = {
    fault.name: fault
    for fault in (
        _said_otherwise(
            "duplicate",
            "every message comes twice, up to 2 s apart",
            lambda devices, _when: Duplicates(from_at=ALWAYS, devices=devices),
        ),
        _said_otherwise(
            "late",
            "the line is down from before the call until 2 min after it; then all comes at once",
            lambda devices, when: LateBatch(
                from_at=when.before, until_at=when.at + LATE_AFTERWARDS, devices=devices
            ),
        ),
        _said_otherwise(
            "out-of-order",
            "each message is up to 90 s late, so that later ones overtake it",
            lambda devices, _when: OutOfOrder(from_at=ALWAYS, devices=devices),
        ),
        _said_otherwise(
            "clock-ahead",
            "all devices' clocks are 3 h ahead",
            lambda devices, _when: WrongClock(from_at=ALWAYS, devices=devices, by=timedelta(hours=3)),
        ),
        _said_otherwise(
            "clock-behind",
            "all devices' clocks are 3 h behind",
            lambda devices, _when: WrongClock(from_at=ALWAYS, devices=devices, by=timedelta(hours=-3)),
        ),
        MatrixFault(
            "retained",
            "all messages are kept at the broker; the service starts anew and gets them again",
            _replayed,
        ),
        _said_otherwise(
            "reconnect-storm",
            "all devices are lost and back five times, around the call",
            lambda devices, when: ReconnectStorm(
                from_at=when.at - STORM, until_at=when.at + STORM, devices=devices
            ),
        ),
        _said_otherwise(
            "flood",
            "the device that calls reports 200 times a second around it",
            lambda _devices, when: Flood(
                from_at=when.at - timedelta(seconds=3),
                until_at=when.at + A_MOMENT,
                devices=frozenset({when.device}),
                a_second=200,
            ),
        ),
        _done_to_the_house(
            "broker-restart", "the broker is killed three times: before, at and after the call"
        ),
        _done_to_the_house("service-restart", "the service is killed three times and started anew"),
        _done_to_the_house("database-pause", "another process holds the database for 6 s, three times"),
        _done_to_the_house(
            "connection-cut", "all connections break three times; the broker says the last wills"
        ),
    )
}
"""The columns, in the order in which they are shown."""
assert set(HOUSE_FAULTS) <= set(FAULTS)  # noqa: S101 - each fault of the house has its column
