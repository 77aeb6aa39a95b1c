"""The stage of a scenario that is a real service: people telephone through its API, devices speak over
MQTT, notices ring on telephones that are served here. At the end it tells what happened there, in the
scenario's own names.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Self
from urllib.parse import urlencode

from devices.simulator import clock
from devices.simulator.acts import Data, Override, Residence, Saying
from devices.simulator.api import Api, ApiRefused
from devices.simulator.attaching import farewell
from devices.simulator.chorus import Chorus
from devices.simulator.chronicle import chronicle, instant, written
from devices.simulator.ecosystems.known import known
from devices.simulator.ecosystems.native import PRESENCE
from devices.simulator.enrolling import Enrolled, enrol, enrol_resident
from devices.simulator.faults import HOUSE_FAULTS
from devices.simulator.faults.house import House, Mend
from devices.simulator.happenings import Happening, What
from devices.simulator.judging import said
from devices.simulator.mailboxes import Letter, Mailboxes
from devices.simulator.mqtt import DeviceLink, NotStored, Wire
from devices.simulator.own_service import OwnService
from devices.simulator.player import Message
from devices.simulator.scenario import Scenario, Wish, Worker
from devices.simulator.sentences import Answer
from devices.simulator.telephones import Call, Telephones

A_MINUTE = timedelta(minutes=1)
BACK_WITHIN = timedelta(days=60)
"""By when whoever records an absence expects them back, where the story does not say it to the house."""
PRESENCE_WITHIN = timedelta(seconds=10)
COMMANDS_WITHIN = timedelta(seconds=5)
"""How long what was said to a device may be on its way when the story is over: the one thing here that
takes its own time, for the broker has no part in the stepped clock.
"""


def _nothing() -> None:
    """Said ahead of time."""


class NotOurHouse(Exception):
    """A fault of the house in a story that is played in somebody else's; it is done to an own one only."""


class Theatre:
    """A service with the cast of one scenario in it. A context: devices and telephones live as long as it
    does.
    """

    def __init__(
        self,
        scenario: Scenario,
        api: Api,
        mark: str = "",
        service: OwnService | None = None,
        mailboxes: Mailboxes | None = None,
        ahead: Callable[[], Iterable[Saying] | None] = _nothing,
    ) -> None:
        """``service`` is the one behind ``api`` where it is the simulator's own, so that faults may be done
        to it. ``mailboxes``, open, are where it hands in its e-mail. ``ahead``, asked for when everybody is
        enrolled, is what the devices say by themselves ahead of time, in order of time; None where they do
        not. A story that has it must not strike the house.
        """
        self.scenario = scenario
        self._service = service
        self._ahead = ahead
        self._chorus: Chorus | None = None
        self._wires: dict[str, Wire] = {}
        self._mends: list[Mend] = []
        self._api = api
        self._mark = mark
        self._now = scenario.starts_at
        self._stack = ExitStack()
        self._telephones = Telephones()
        self._mailboxes = mailboxes
        off = frozenset(each.name for each in scenario.cast.workers if each.telephone_is_off)
        self._telephones.off = off
        if mailboxes is not None:
            mailboxes.off = off
        self._enrolled = Enrolled()
        self._links: dict[str, DeviceLink] = {}
        self._heard: list[Happening] = []
        self._unplaced: deque[tuple[str, str]] = deque()
        self._gone: set[str] = set()
        """Devices that are offline, as far as the service was told."""
        self._came_at: dict[str, dict[str, datetime]] = {}
        """When the notice of that id came to somebody first, by the channel."""

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _open(self) -> None:
        self._telephones.open()
        self._stack.callback(self._telephones.close)
        self._enrolled = enrol(self.scenario, self._api, self._channels_of, self._mark)
        ahead = self._ahead()
        if ahead is None:
            self._sign_in()
            return
        self._chorus = Chorus(self._enrolled.credentials, ahead, self._hears)
        self._stack.callback(self._chorus.close)
        self._chorus.open()
        self._move(self._now)

    def _sign_in(self) -> None:
        """Connect the devices that are enrolled and not connected yet."""
        speaks = {each.name: known()[each.ecosystem] for each in self.scenario.devices}
        new = (each for each in self._enrolled.credentials.items() if each[0] not in self._links)
        for name, given in list(new):
            wire = Wire(given.url, given.username, given.password, client_id=given.external_id)
            link = DeviceLink(given.external_id, wire, partial(self._hears, name), ecosystem=speaks[name])
            link.open()
            self._stack.callback(link.close)
            self._links[name] = link
            self._wires[name] = wire

    def _channels_of(self, worker: Worker) -> list[dict[str, str]]:
        served = {"webhook": self._telephones, "email": self._mailboxes}
        return [
            {"kind": kind, "address": ways.address_of(worker.name)}
            for kind in worker.channels
            if (ways := served[kind]) is not None
        ]

    def _hears(self, device: str, state: str) -> None:
        self._unplaced.append((device, state))

    def _place_commands(self) -> None:
        """What devices heard since the last look, they heard now: the broker tells no time."""
        while self._unplaced:
            device, state = self._unplaced.popleft()
            fields = {"device": device, "hears": state}
            self._heard.append(Happening(self._now, What.COMMAND, device, f"hears {state}", fields))

    def take_leave(self) -> None:
        """Leave a service that goes on after the play: its people have left, its devices are retired."""
        farewell(self._api, self._enrolled.guests, self._now)

    def suffer(self, fault: str, lasts: timedelta | None) -> None:
        """Let a fault of the house strike. What devices say meanwhile falls into it; before anything else the
        house is whole again.
        """
        if self._service is None:
            raise NotOurHouse(f"{fault} is done to a service of the simulator's own only")
        self._mend()
        struck = HOUSE_FAULTS[fault]
        house = House(self._service, self._wires)
        self._mends.append(struck.strike(house, self._now, struck.lasts if lasts is None else lasts))

    def _mend(self) -> None:
        while self._mends:
            self._mends.pop()()

    def move_to(self, instant: datetime) -> datetime:
        self._mend()
        self._place_commands()
        self._now = self._move(instant) if self._chorus is None else self._chorus.move(instant, self._move)
        self._place_commands()
        return self._now

    def _move(self, instant: datetime) -> datetime:
        """Let time go; what devices say ahead arrives on the way."""
        until = None if self._chorus is None else self.scenario.ends_at
        return self._api.move_time_to(instant, as_claimed_until=until, stops_when_told=True)

    def say(self, saying: Saying) -> None:
        if saying.device not in self._enrolled.devices:
            return  # its resident is not enrolled yet: what goes wrong with all devices is not for this one
        is_online = PRESENCE.get(saying.kind)
        if is_online is not None:
            self._is_there(saying.device, is_online=is_online)
        elif self._chorus is None:
            self._links[saying.device].say(saying)
        else:  # it arrives now, whatever it claims
            self._api.move_time_to(self._now)
            self._chorus.say(saying)
            self._move(self._now)

    def _is_there(self, device: str, *, is_online: bool) -> None:
        """Say what a last will, or a device that is back, says: the service answers it with nothing but an
        event of its own, and only where it changes.
        """
        self._mend()
        kind = "device.online" if is_online else "device.offline"
        device_id = self._enrolled.devices[device]
        before = self._count(device_id, kind)
        if self._chorus is None:
            self._links[device].is_there(is_online=is_online)
        else:
            self._chorus.is_there(device, is_online=is_online)
        if (device not in self._gone) is not is_online:
            self._gone ^= {device}
            if not clock.until(lambda: self._count(device_id, kind) > before, PRESENCE_WITHIN):
                raise NotStored(f"{device}: {kind} was not stored")

    def _count(self, device_id: str, kind: str) -> int:
        return sum(1 for _ in self._api.all("events", device_id=device_id, kind=kind))

    def reside(self, residence: Residence) -> None:
        self._mend()
        if residence.is_over:
            left_at = written(residence.at)
            self._api.change(f"residents/{self._enrolled.residents[residence.resident]}", left_at=left_at)
            return
        who = next(each for each in self.scenario.cast.residents if each.name == residence.resident)
        enrol_resident(who, self.scenario, self._api, self._enrolled, self._mark)
        self._sign_in()

    def record(self, resident: str, kind: str, at: datetime, data: Data) -> None:
        self._mend()
        resident_id = self._enrolled.residents[resident]
        said = dict(data)
        if kind == "resident.away":
            # A story says when they leave and when they are back; whoever records it names an end as well.
            said = {"until": (at + BACK_WITHIN).isoformat(), **said}
        self._api.make("events", kind=kind, resident_id=resident_id, occurred_at=at.isoformat(), data=said)

    def override(self, order: Override) -> None:
        self._mend()
        self._api.make(
            f"rules/{order.rule}/overrides",
            resident_id=self._enrolled.residents[order.resident],
            key=order.key,
            value=order.value,
            reason=f"as the scenario {self.scenario.scenario} tells it",
            until=order.until.isoformat() if order.until else None,
        )

    def answer(self, worker: str, about: str, answer: Answer) -> str | None:
        self._mend()
        body: dict[str, Any] = {"worker_id": self._enrolled.workers[worker]}
        if answer.outcome is not None:
            body["outcome"] = answer.outcome
        if answer.by_for is not None:
            body["minutes"] = answer.by_for // A_MINUTE
        if answer.to is not None:
            body["to_worker_id"] = self._enrolled.workers[answer.to]
        try:
            self._api.post(f"alerts/{about}/{answer.move}", body)
        except ApiRefused as refused:
            return refused.reason
        return None

    def new_messages(self) -> Sequence[Message]:
        letters = self._mailboxes.take_new() if self._mailboxes is not None else []
        calls = self._telephones.take_new()
        if calls or letters:
            self._mend()
        return [*map(self._rung, calls), *map(self._read, letters)]

    def _rung(self, call: Call) -> Message:
        """A call says what it is about, and when it rang: time stops wherever somebody is told."""
        said = call.event["data"]
        self._came(str(said["notice_id"]), "webhook", self._now)
        return Message(self._now, call.worker, said["kind"], said["alert_id"], str(said.get("title", "")))

    def _read(self, letter: Letter) -> Message:
        """What came by e-mail, with what the service says of it: a letter is for people."""
        notice = self._api.get(f"notices/{letter.notice_id}")
        at = instant(notice["sent_at"]) if notice.get("sent_at") else self._now
        self._came(letter.notice_id, "email", at)
        return Message(at, letter.worker, notice["kind"], notice["alert_id"], letter.title)

    def _came(self, notice_id: str, over: str, at: datetime) -> None:
        self._came_at.setdefault(notice_id, {}).setdefault(over, at)

    def history(self) -> list[Happening]:
        """What came of the story: the cast's alerts and notices, and what the devices heard."""
        if self._chorus is not None:
            self._chorus.await_receipts()
        alerts = list(self._api.all("alerts"))
        self._await_commands(is_over=all(each["state"] == "closed" for each in alerts))
        told = chronicle(
            self._enrolled,
            self._api.all("findings"),
            alerts,
            self._api.all("notices"),
            self._came_at,
        )
        return [*told, *self._all_heard()]

    def why_not(self, wish: Wish) -> str | None:
        """Why a rule did not come to a Finding, in the service's words; None where it cannot say."""
        resident_id = self._enrolled.residents.get(wish.fields.get("resident", ""))
        if resident_id is None or wish.since_at is None:
            return None
        query = {"rule": wish.fields["rule"], "resident_id": resident_id, "language": "en"}
        try:
            return str(self._api.get(f"why?{urlencode({**query, 'at': written(wish.since_at)})}")["text"])
        except ApiRefused as refused:
            return refused.reason

    def _await_commands(self, *, is_over: bool) -> None:
        """What devices were told to say may still be on its way: what is wished for, and, where every alert
        is over, that it is.
        """
        wishes = [wish for wish in self.scenario.wishes if wish.hears]

        def is_all_heard() -> bool:
            heard = self._all_heard()
            last = {each.fields["device"]: each.fields["hears"] for each in heard}
            return all(said(wish.fields["device"], heard) == wish.hears for wish in wishes) and (
                not is_over or set(last.values()) <= {"over"}
            )

        clock.until(is_all_heard, COMMANDS_WITHIN)

    def _all_heard(self) -> list[Happening]:
        self._place_commands()
        return list(self._heard)
