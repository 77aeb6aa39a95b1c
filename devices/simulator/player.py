"""Plays a scenario: lets time move, lets everybody do what the timeline says and answer what reaches them.

It decides the order of things and nothing else. Time is moved before what belongs to an instant is done,
and what was done is known stored before time moves on. Time stops wherever somebody is told, so that nobody's
answer ever falls due inside a step and each is given at its exact instant.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Protocol

from devices.simulator.acts import Act, Data, Fault, Override, Residence, Saying
from devices.simulator.faults import HOUSE_FAULTS
from devices.simulator.happenings import Happening, What
from devices.simulator.instrumented import sayings_of
from devices.simulator.scenario import Scenario, Step
from devices.simulator.sentences import Answer, Move


@dataclass(frozen=True, slots=True)
class Message:
    """A notice as it came to somebody: ``about`` is the Alert's id, ``at`` the service's time."""

    at: datetime
    to: str
    notice: str
    about: str
    title: str


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault of the house at an instant; ``lasts`` is of the machine's clock, None for its own length."""

    at: datetime
    fault: str
    lasts: timedelta | None = None


class Stage(Protocol):
    """Where a scenario is played: the service, as the player sees it. All names are the scenario's."""

    def move_to(self, instant: datetime) -> datetime:
        """Let the service's time come to ``instant``, or to where somebody is told before it, and wait until
        everything up to there is done; where time stands then.
        """
        ...

    def say(self, saying: Saying) -> None:
        """Let a device say something now; returns once the service has taken it in."""
        ...

    def record(self, resident: str, kind: str, at: datetime, data: Data) -> None:
        """Let a person record now that something happened ``at`` an instant."""
        ...

    def override(self, order: Override) -> None:
        """Let one key of a rule be another for one resident, from now on."""
        ...

    def reside(self, residence: Residence) -> None:
        """Let a resident be enrolled now, with their devices, or leave."""
        ...

    def answer(self, worker: str, about: str, answer: Answer) -> str | None:
        """Let a worker answer an Alert; None if it was taken, else the service's reason why not."""
        ...

    def suffer(self, fault: str, lasts: timedelta | None) -> None:
        """Let a fault of the house strike; it is over at the latest when time moves on."""
        ...

    def new_messages(self) -> Sequence[Message]:
        """What has come to people since the last time this was asked."""
        ...


@dataclass(frozen=True, slots=True)
class _Pending:
    worker: str
    about: str
    place: int
    """Which of their answers, from 0."""
    asked: int
    """For the how manieth time they were asked."""


_Thing = Step | Saying | _Pending | Strike


class Player:
    """Plays one scenario once."""

    def __init__(
        self,
        scenario: Scenario,
        stage: Stage,
        moved: Callable[[datetime], None] = lambda _: None,
        seed: int = 1,
        strikes: Sequence[Strike] = (),
        sayings: Iterable[Saying] | None = None,
        *,
        devices_go_ahead: bool = False,
    ) -> None:
        """``seed`` is that of the devices: how a mat chatters, what overtakes what. ``strikes`` come first of
        what happens at their instants. With ``sayings`` the devices say just that; where ``devices_go_ahead``
        it is only what the stage does not let them say by itself, and time goes past what they notice.
        """
        self.scenario = scenario
        self.stage = stage
        self.happenings: list[Happening] = []
        self._moved = moved
        self._strikes = strikes
        self._devices_go_ahead = devices_go_ahead
        self._sayings = sayings_of(scenario, seed) if sayings is None else sayings
        self._now = scenario.starts_at
        self._agenda: list[tuple[datetime, int, _Thing]] = []
        self._numbers = count()
        self._owners = {each.name: each.resident for each in scenario.devices}
        self._answers = {worker.name: worker.answers for worker in scenario.cast.workers}
        self._asked: dict[tuple[str, str], int] = {}
        """How often somebody was asked about an Alert: a person answers a matter once, and anew when they are
        to take it over.
        """
        self._stood_down: set[tuple[str, str]] = set()
        self._taken: dict[str, str] = {}
        """Who accepted an Alert last."""

    def play(self) -> None:
        """From the start to the end of the scenario; faults of the stage are raised."""
        said_ahead = self._plan_all()
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="notes") as beside:
            # It is said whatever comes to pass; a quarter of a million in a month, noted while others work.
            noted = beside.submit(lambda: [self._event(step, what) for step, what in said_ahead])
            self._play_on()
        self.happenings = [*noted.result(), *self.happenings]

    def _plan_all(self) -> list[tuple[Step, Act | Saying]]:
        """Put what is to be done onto the agenda; what the devices say by themselves is left."""
        said_ahead = []
        for strike in self._strikes:
            self._plan(strike.at, strike)
        for step in self.scenario.steps:
            said = _said_by_devices(step) if self._devices_go_ahead else None
            if said is None:
                self._plan(step.at, step)
            else:
                said_ahead.append((step, said))
        for saying in self._sayings:
            self._plan(saying.at, saying)
        return said_ahead

    def _play_on(self) -> None:
        ends_at = self.scenario.ends_at
        while True:
            self._take_in()
            while self._agenda and self._agenda[0][0] <= self._now:
                self._do_next()
                if self._now >= ends_at or (self._agenda and self._agenda[0][0] <= self._now):
                    self.stage.move_to(self._now)
                self._take_in()
            if self._now >= ends_at:
                return
            self._now = self.stage.move_to(min([ends_at, *(at for at, _, _ in self._agenda[:1])]))
            self._moved(self._now)

    def _plan(self, at: datetime, thing: _Thing) -> None:
        heappush(self._agenda, (at, next(self._numbers), thing))

    def _take_in(self) -> None:
        """People read what reached them: who is to come thinks of when, who is stood down stays at home."""
        for message in self.stage.new_messages():
            concerns = (message.to, message.about)
            if message.notice == "stand_down":
                self._stood_down.add(concerns)
            elif self._is_asked(message):
                self._asked[concerns] = self._asked.get(concerns, 0) + 1
                self._stood_down.discard(concerns)
                self._plan_answer(message.to, message.about, 0, message.at)

    def _is_asked(self, message: Message) -> bool:
        """Whether somebody is to answer; who hears that their own handover was declined is not."""
        if message.notice == "handover":
            return self._taken.get(message.about) != message.to
        return (message.to, message.about) not in self._asked

    def _plan_answer(self, worker: str, about: str, place: int, since: datetime) -> None:
        answers = self._answers.get(worker, ())
        if place < len(answers):
            self._plan(
                since + answers[place].after, _Pending(worker, about, place, self._asked[worker, about])
            )

    def _do_next(self) -> None:
        """Do the next thing; a fault of the house together with what falls into it: what is said first."""
        thing = heappop(self._agenda)[2]
        self._do(thing)
        if _is_of_the_house(thing):
            while self._agenda and self._agenda[0][0] <= self._now:
                thing = heappop(self._agenda)[2]
                self._do(thing)
                if isinstance(thing, Saying):
                    return

    def _do(self, thing: _Thing) -> None:
        if isinstance(thing, Saying):
            self.stage.say(thing)
            return
        if isinstance(thing, _Pending):
            self._answer(thing)
            return
        if isinstance(thing, Strike):
            self._note(What.FAULT, "the house", thing.fault, {"fault": thing.fault}, self._now)
            self.stage.suffer(thing.fault, thing.lasts)
            return
        match thing.what:
            case Act() as act:
                self.happenings.append(self._event(thing, act))
                if act.device_type is None:
                    self.stage.record(act.resident, act.kind, act.at, act.data)
            case Saying() as saying:
                self.happenings.append(self._event(thing, saying))
            case Override() as order:
                fields = {"kind": "rule.overridden", "resident": order.resident}
                self._note(What.EVENT, thing.who, thing.words, fields)
                self.stage.override(order)
            case Residence() as residence:
                kind = "resident.left" if residence.is_over else "resident.enrolled"
                fields = {"kind": kind, "resident": residence.resident}
                self._note(What.EVENT, thing.who, thing.words, fields)
                self.stage.reside(residence)
            case Fault() as fault:
                self._go_wrong(fault, thing)

    def _go_wrong(self, fault: Fault, told: Step) -> None:
        is_of_the_house = fault.name in HOUSE_FAULTS
        fields = {"fault": fault.name, **({"device": fault.who} if fault.who else {})}
        until_at = self._now if is_of_the_house else fault.until
        self._note(What.FAULT, told.who, told.words, fields, until_at)
        if is_of_the_house:
            self.stage.suffer(fault.name, None if fault.until is None else fault.until - fault.at)

    def _answer(self, pending: _Pending) -> None:
        concerns = (pending.worker, pending.about)
        if pending.asked != self._asked[concerns]:
            return  # what they had in mind before they were asked to take it over
        answer = self._answers[pending.worker][pending.place]
        if concerns in self._stood_down and answer.move is Move.ACCEPT:
            self._note(What.ANSWER, pending.worker, "stays: another has it", {"move": "stay"})
            return
        refused = self.stage.answer(pending.worker, pending.about, answer)
        words, fields = answer.words, {"move": answer.move.value, **answer.fields}
        if refused is not None:
            words, fields["refused"] = f"{words}: refused, {refused}", refused
        self._note(What.ANSWER, pending.worker, words, fields)
        if refused is not None:
            return
        if answer.move is Move.ACCEPT:
            self._taken[pending.about] = pending.worker
        self._plan_answer(pending.worker, pending.about, pending.place + 1, self._now)

    def _event(self, step: Step, what: Act | Saying) -> Happening:
        if isinstance(what, Act):
            fields = {"kind": what.kind, "resident": what.resident}
        else:
            owner = self._owners.get(what.device)
            fields = {"kind": what.kind, "device": what.device, **({"resident": owner} if owner else {})}
        return Happening(step.at, What.EVENT, step.who, step.words, fields, None, _figures(what.data))

    def _note(
        self,
        what: What,
        who: str,
        text: str,
        fields: Mapping[str, str],
        until_at: datetime | None = None,
    ) -> None:
        self.happenings.append(Happening(self._now, what, who, text, fields, until_at))


def _figures(data: Data) -> Mapping[str, float]:
    return {name: value for name, value in data.items() if not isinstance(value, str)}


def _said_by_devices(step: Step) -> Act | Saying | None:
    """What of a step nobody but devices tell of; None for a step in which somebody does something else."""
    what = step.what
    if isinstance(what, Saying) or (isinstance(what, Act) and what.device_type is not None):
        return what
    return None


def _is_of_the_house(thing: _Thing) -> bool:
    if isinstance(thing, Step) and isinstance(thing.what, Fault):
        return thing.what.name in HOUSE_FAULTS
    return isinstance(thing, Strike)


def in_order(happenings: Sequence[Happening]) -> list[Happening]:
    """By instant; at one instant causes come before what they bring about."""
    order = list(What)
    return sorted(happenings, key=lambda each: (each.at, order.index(each.what)))
