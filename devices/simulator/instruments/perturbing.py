"""How devices misbehave, as a function over streams of sayings: in order of time in, in order of time out.

A misbehaviour has its devices and its span, and changes nothing outside of them. What it may lose, make up or
say otherwise is said by the file that holds it (`devices.simulator.instruments.quirks`); the driver here only
keeps the order, and draws each device's dice from the seed, the misbehaviour and the device's name.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import ClassVar

from devices.simulator.acts import Saying

FOREVER = datetime.max.replace(tzinfo=UTC)


class Quirk:
    """One device under a misbehaviour. It is shown all that its device would say, also outside the span, so
    that it knows how things stood when the span began; it leaves that as it is.
    """

    due_at: datetime | None = None
    """When it wants to be woken next, to say something by itself; never before what it was shown last."""

    def becomes(self, saying: Saying) -> Iterable[Saying]:
        """What is said in place of a saying, in order of time; nothing of it before ``saying.at``."""
        return (saying,)

    def wakes(self, at: datetime) -> Iterable[Saying]:  # noqa: ARG002 - for those who ask to be woken
        """What it says when ``due_at`` has come, before sayings of that instant; it sets ``due_at`` anew."""
        self.due_at = None
        return ()


@dataclass(frozen=True, kw_only=True)
class Misbehaviour(ABC):
    """What goes wrong with which devices, in [from_at, until_at)."""

    name: ClassVar[str]
    """As a table of faults calls it."""

    from_at: datetime
    until_at: datetime = FOREVER
    devices: frozenset[str]

    @abstractmethod
    def begins(self, device: str, dice: Random) -> Quirk:
        """The quirk of one of its devices."""

    def holds_at(self, at: datetime) -> bool:
        """Whether an instant lies in the span."""
        return self.from_at <= at < self.until_at


def perturb(
    sayings: Iterable[Saying], misbehaviour: Misbehaviour, seed: int, ends_at: datetime | None = None
) -> Iterator[Saying]:
    """The stream as it is with one misbehaviour, lazily; several are put around one another.

    After the end of the stream a quirk is woken for what its span still holds; one without end up to
    ``ends_at``, the end of the story, and not at all where that is not known.
    """
    driver = _Driver(misbehaviour, seed)
    for saying in sayings:
        yield from driver.up_to(saying.at)
        yield from driver.takes(saying)
    yield from driver.rest(ends_at)


class _Driver:
    def __init__(self, misbehaviour: Misbehaviour, seed: int) -> None:
        self._misbehaviour = misbehaviour
        self._quirks: dict[str, Quirk] = {}
        self._numbers = count()
        self._waiting: list[tuple[datetime, int, Saying]] = []
        self._alarms: list[tuple[datetime, int, str]] = []
        """Who wants to be woken when; one that has changed its mind since is passed over."""
        for device in sorted(misbehaviour.devices):
            dice = Random(f"{seed}/{type(misbehaviour).__name__}/{device}")
            self._quirks[device] = quirk = misbehaviour.begins(device, dice)
            self._set_alarm(device, quirk, None)

    def takes(self, saying: Saying) -> Iterator[Saying]:
        quirk = self._quirks.get(saying.device)
        if quirk is None:
            yield saying
            return
        due_at = quirk.due_at
        for each in quirk.becomes(saying):
            if each.at <= saying.at:
                yield each
            else:
                self._wait(each)
        self._set_alarm(saying.device, quirk, due_at)

    def up_to(self, at: datetime) -> Iterator[Saying]:
        """What is waiting or wants to be said up to an instant, itself included."""
        while True:
            waiting_at = self._waiting[0][0] if self._waiting else FOREVER
            alarm_at = self._alarms[0][0] if self._alarms else FOREVER
            if min(waiting_at, alarm_at) > at:
                return
            if alarm_at <= waiting_at:
                self._wake()
            else:
                yield heappop(self._waiting)[2]

    def rest(self, ends_at: datetime | None) -> Iterator[Saying]:
        until_at = self._misbehaviour.until_at
        if until_at < FOREVER:
            yield from self.up_to(until_at)
        elif ends_at is not None:
            yield from self.up_to(ends_at)
        while self._waiting:
            yield heappop(self._waiting)[2]

    def _wake(self) -> None:
        at, _, device = heappop(self._alarms)
        quirk = self._quirks[device]
        if quirk.due_at == at:
            for each in quirk.wakes(at):
                self._wait(each)
            self._set_alarm(device, quirk, at)

    def _set_alarm(self, device: str, quirk: Quirk, before: datetime | None) -> None:
        if quirk.due_at is not None and quirk.due_at != before:
            heappush(self._alarms, (quirk.due_at, next(self._numbers), device))

    def _wait(self, saying: Saying) -> None:
        heappush(self._waiting, (saying.at, next(self._numbers), saying))


def milliseconds(dice: Random, least: float, most: float) -> timedelta:
    """A span between two numbers of seconds, as exact as devices write times."""
    return timedelta(milliseconds=dice.randint(round(least * 1000), round(most * 1000)))
