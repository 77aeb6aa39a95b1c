"""The cast of these tests, and one case of theirs: time goes by, people answer, sends fail.

Old Dolma lives alone in the first grid. Pema is assigned to her, Tashi is his backup, Lhamo lives next
door. Norbu is on duty of the team, Desk sits at the duty desk, Mani manages, Ada administers, Tek mends
devices, and Yonten is on duty in the grid beside. Nobody here is a real person.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain.alerts import Alert, AlertChange, AlertState, ChangeReason, Outcome
from services.domain.circle import Circle
from services.domain.devices import Device, DeviceType, Ecosystem
from services.domain.findings import Finding, FindingChange, FindingState, Severity, Trigger
from services.domain.homes import Home
from services.domain.notices import DeviceCommand, Notice, NoticeKind, NoticeReason, NoticeState
from services.domain.people import Channel, ChannelKind, Language, Resident, Role, Worker
from services.escalation import actions, holding, joining, stages, withdrawing
from services.escalation.permission import Actor
from services.escalation.policies import Policies
from services.escalation.policy_files import shipped_policies
from services.escalation.scene import House, Move, Scene
from services.escalation.telling import key_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
TWO_IN_THE_AFTERNOON = datetime(2025, 7, 23, 6, 0, tzinfo=UTC)
NIGHT = datetime(2025, 7, 22, 18, 13, tzinfo=UTC)  # 02:13 on the 23rd
LAST_RESORT = Channel(ChannelKind.WEBHOOK, "http://127.0.0.1:9/last")


def worker(name: str, role: Role, **fields: object) -> Worker:
    address = f"http://127.0.0.1:9/{name}"
    plain = Worker(name, name.title(), role, channels=(Channel(ChannelKind.WEBHOOK, address),))
    return replace(plain, **fields)  # type: ignore[arg-type]


DOLMA = Resident("dolma", "home", "卓玛", NIGHT, assigned_worker_id="pema", backup_worker_id="tashi")
HOME = Home("home", "曲扎路 7 号", neighbour_id="lhamo")
BUTTON = Device("button", "btn-1", Ecosystem.NATIVE, DeviceType.CALL_BUTTON, "home", "卧室", "dolma")
PEMA = worker("pema", Role.GRID_WORKER)
TASHI = worker("tashi", Role.GRID_WORKER)
LHAMO = worker("lhamo", Role.NEIGHBOUR, language=Language.BO)
NORBU = worker("norbu", Role.CAREGIVER)
DESK = worker("desk", Role.DUTY_DESK)
MANI = worker("mani", Role.MANAGER)
ADA = worker("ada", Role.ADMIN)
TEK = worker("tek", Role.TECHNICIAN)
YONTEN = worker("yonten", Role.GRID_WORKER)
EVERYBODY = (PEMA, TASHI, LHAMO, NORBU, DESK, MANI, ADA, TEK, YONTEN)

CIRCLE = Circle(
    resident=DOLMA,
    residents=(DOLMA,),
    home=HOME,
    assigned=PEMA,
    backup=TASHI,
    neighbour=LHAMO,
    team_on_duty=(NORBU,),
    duty_desk=(DESK,),
    managers=(MANI,),
    admins=(ADA,),
    technicians=(TEK,),
    neighbouring_on_duty=(YONTEN,),
    workers=EVERYBODY,
)
NOBODY = Circle(resident=DOLMA, residents=(DOLMA,), home=HOME)


def finding(number: int, now: datetime, **fields: object) -> Finding:
    press = Finding(
        id=f"fnd_{number}",
        rulebook="home",
        revision=1,
        content_hash="0",
        rule="call",
        trigger=Trigger.ON,
        at=now,
        raised_at=now,
        severity=Severity.HIGH,
        alert_kind="call-button",
        policy="emergency",
        titles={"zh-CN": "呼叫器求助", "en": "Call button pressed"},
        resident_id="dolma",
        device_id="button",
        home_id="home",
        is_alarm=True,
    )
    return replace(press, **fields)  # type: ignore[arg-type]


OUT_OF_BED = {
    "rule": "out-of-bed",
    "trigger": Trigger.UNLESS,
    "alert_kind": "out-of-bed",
    "device_id": None,
    "is_alarm": False,
}


ROUTINE = {"severity": Severity.MEDIUM, "policy": "routine", "is_alarm": False}


@dataclass
class Case:
    """One matter as it goes through time; everything is kept that people and devices are told."""

    now: datetime = TWO_IN_THE_AFTERNOON
    circle: Circle = CIRCLE
    policies: Policies = field(default_factory=lambda: Policies({}, shipped_policies()))
    house: House = field(default_factory=lambda: House(SHANGHAI, Language.ZH_CN, LAST_RESORT, "http://anxin"))
    devices: dict[str, Device] = field(default_factory=lambda: {"button": BUTTON})
    alert: Alert | None = None
    changes: list[AlertChange] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    commands: list[DeviceCommand] = field(default_factory=list)
    findings: int = 0

    @property
    def running(self) -> Alert:
        assert self.alert is not None
        return self.alert

    def scene(self) -> Scene:
        """What the house gathers about the running alert: its own notices, never those of one before it."""
        own = tuple(notice for notice in self.notices if self.alert and notice.alert_id == self.alert.id)
        return Scene(self.now, self.house, self.policies, self.circle, self.devices, own)

    def take(self, move: Move | None) -> Move | None:
        if move is None:
            return None
        assert len({notice.id for notice in move.notices}) == len(move.notices)
        known = {notice.id for notice in self.notices}
        self.alert = move.alert
        self.changes += move.changes
        self.notices += [notice for notice in move.notices if notice.id not in known]
        self.commands += move.commands
        return move

    def find(self, **fields: object) -> Move | None:
        self.findings += 1
        found = finding(self.findings, self.now, **fields)
        running = self.alert if self.alert and self.alert.is_running else None
        return self.take(joining.take_in(found, running, self.scene()))

    def press(self, **fields: object) -> Move:
        move = self.find(**fields)
        assert move is not None
        return move

    def after(self, **length: float) -> "Case":
        """Let time go by, meeting every deadline on the way."""
        until = self.now + timedelta(**length)
        while self.alert and self.alert.next_due_at and self.alert.next_due_at <= until:
            self.now = max(self.now, self.alert.next_due_at)
            self.take(stages.meet(self.alert, self.scene()))
        self.now = until
        return self

    def does(self, who: str, role: Role = Role.GRID_WORKER, for_: str | None = None) -> Actor:
        return Actor(by=who, role=role, worker_id=who, on_behalf_of=for_)

    def accept(self, who: str) -> None:
        self.take(actions.accept(self.running, self.scene(), self.does(who)))

    def arrive(self, who: str) -> None:
        self.take(actions.arrive(self.running, self.scene(), self.does(who)))

    def close(self, who: str, outcome: Outcome = Outcome.HELPED) -> None:
        self.take(actions.close(self.running, self.scene(), self.does(who), outcome))

    def decline(self, who: str) -> None:
        self.take(holding.decline(self.running, self.scene(), self.does(who)))

    def fact(self, number: int, state: FindingState) -> None:
        changed = FindingChange(f"fnd_{number}", state, self.now)
        self.take(withdrawing.fact_changed(changed, self.running, self.scene()))

    def fails(self, *who: str) -> None:
        """Every channel of the newest notice of these people has failed."""
        for each in who:
            newest = max(
                index
                for index, notice in enumerate(self.notices)
                if key_of(notice) == each and notice.state is not NoticeState.NOT_SENT
            )
            self.notices[newest] = replace(
                self.notices[newest], state=NoticeState.FAILED, reason=NoticeReason.EVERY_CHANNEL_FAILED
            )
            self.take(stages.call_failed(self.running, self.scene()))

    def told(self, kind: NoticeKind = NoticeKind.ALERT) -> list[str]:
        """Who was told in this way, in order, since the last time that this was asked."""
        fresh = [notice for notice in self.notices if notice.kind is kind and notice.id not in self._seen]
        self._seen |= {notice.id for notice in fresh}
        return [key_of(notice) for notice in fresh if notice.state is not NoticeState.NOT_SENT]

    def not_told(self, reason: NoticeReason) -> list[str]:
        return [
            notice.worker_id or notice.recipient_name for notice in self.notices if notice.reason is reason
        ]

    def reasons(self) -> list[ChangeReason]:
        return [change.reason for change in self.changes]

    def state(self) -> AlertState:
        return self.running.state

    def __post_init__(self) -> None:
        self._seen: set[str] = set()
