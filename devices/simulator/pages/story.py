"""What a report shows of a played scenario, sorted by whom it concerns: beds as spells, alerts with their
moves, notices and answers by person. Pure, and the one file here that knows the shape of a scenario.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from devices.simulator.happenings import Happening, What
from devices.simulator.judging import Verdict
from devices.simulator.local_time import Frame
from devices.simulator.pages.apart import apart
from devices.simulator.player import in_order
from devices.simulator.scenario import Scenario

FULL = 12
"""Residents with lanes of their own; more would hide what matters."""
CROWD, FULL_IN_CROWD = 24, 4
"""Of more residents than that so many: then the strips are the picture, and the lanes its examples."""
STRIPS = 100
"""Residents drawn as a strip."""
SEVERITIES = ("high", "medium", "low", "info")
ALARMS = ("call_button.pressed", "fall.detected", "smoke.detected", "gas.detected")
BED = {"bed.entered": True, "bed.exited": False}
STAY = {"resident.away": True, "resident.returned": False}
VITALS = "bed.vitals"
HOUSE = ""
"""Whose lane holds what concerns nobody of the cast."""
State = Literal["in", "out", "away"]


@dataclass(frozen=True, slots=True)
class Spell:
    """In bed, out of it, or away from home, from an instant to another."""

    state: State
    since: datetime
    until: datetime


@dataclass(slots=True)
class Resident:
    """One resident, or the house, with all that concerns them."""

    name: str
    called: str
    events: list[Happening] = field(default_factory=list)
    alerts: list[Happening] = field(default_factory=list)
    heard: list[Happening] = field(default_factory=list)
    findings: list[Happening] = field(default_factory=list)
    wishes: int = 0
    failed: int = 0

    @property
    def weight(self) -> tuple[int, ...]:
        """Who matters more comes first: by wishes that failed, alerts of each severity, wishes, presses."""
        count = Counter(each.fields.get("severity") for each in self.alerts)
        presses = sum(each.fields.get("kind") in ALARMS for each in self.events)
        return (self.failed, *(count[severity] for severity in SEVERITIES), self.wishes, presses)

    @property
    def matters(self) -> bool:
        return any(self.weight)

    def spells(self, until: datetime) -> list[Spell]:
        """What the bed said; while somebody is away it says nothing about them."""
        found: list[Spell] = []
        in_bed: bool | None = None
        away, since = False, until
        for event in self.events:
            kind = event.fields.get("kind", "")
            if kind not in BED and kind not in STAY:
                continue
            if away or in_bed is not None:
                state: State = "away" if away else "in" if in_bed else "out"
                found.append(Spell(state, since, event.at))
            since = event.at
            in_bed, away = BED.get(kind, in_bed), STAY.get(kind, away)
        if away or in_bed is not None:
            found.append(Spell("away" if away else "in" if in_bed else "out", since, until))
        joined: list[Spell] = []
        for each in found:
            if joined and joined[-1].state == each.state:
                joined[-1] = Spell(each.state, joined[-1].since, each.until)
            elif each.until > each.since:
                joined.append(each)
        return joined


@dataclass(slots=True)
class Person:
    """Somebody who was told or who answered."""

    name: str
    called: str
    role: str
    notices: list[Happening] = field(default_factory=list)
    answers: list[Happening] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wish:
    """A verdict with its number in the report, from 1."""

    number: int
    verdict: Verdict


class Story:
    """Everything that a report is made of."""

    def __init__(
        self,
        scenario: Scenario,
        happenings: Sequence[Happening],
        verdicts: Sequence[Verdict],
        language: str = "en",
    ) -> None:
        self.name, self.title = scenario.scenario, apart(scenario.title_in(language))
        self.frame: Frame = scenario.frame
        self.happenings = in_order(happenings)
        starts, last = self.frame.starts_at, self.happenings[-1].at if self.happenings else None
        self.since = min(starts, self.happenings[0].at) if self.happenings else starts
        self.until = max(scenario.ends_at, last or starts, starts + timedelta(minutes=1))
        self.wishes = [Wish(number, verdict) for number, verdict in enumerate(verdicts, 1)]
        self.alerts = [each for each in self.happenings if each.what is What.ALERT]
        self.faults = [each for each in self.happenings if each.what is What.FAULT]
        self._owner = {each.name: each.resident or HOUSE for each in scenario.devices}
        self.residents = {
            each.name: Resident(each.name, apart(each.called)) for each in scenario.cast.residents
        }
        self.house = Resident(HOUSE, "")
        workers = {
            each.name: Person(each.name, apart(each.called), each.role) for each in scenario.cast.workers
        }
        self._called = {name: each.called for name, each in self.residents.items()}
        self._called |= {name: each.called for name, each in workers.items()}
        self.people = self._sorted(workers)
        self._count_wishes()
        ranked = sorted(self.residents.values(), key=lambda each: each.weight, reverse=True)
        few, most = len(ranked) <= FULL // 2, FULL if len(ranked) <= CROWD else FULL_IN_CROWD
        chosen = {each.name for each in ranked[:most] if each.matters or few}
        self.full = [each for each in self.residents.values() if each.name in chosen]
        folded = [each for each in self.residents.values() if each.name not in chosen]
        self.strips, self.undrawn = folded[:STRIPS], len(folded[STRIPS:])

    def _sorted(self, workers: dict[str, Person]) -> list[Person]:
        people = dict(workers)
        for each in self.happenings:
            match each.what:
                case What.EVENT:
                    self.whose(each).events.append(each)
                case What.ALERT:
                    self.whose(each).alerts.append(each)
                case What.COMMAND:
                    self.whose(each).heard.append(each)
                case What.FINDING:
                    self.whose(each).findings.append(each)
                case What.NOTICE:
                    person = people.setdefault(each.who, Person(each.who, each.who, ""))
                    person.notices.append(each)
                case What.ANSWER:
                    people.setdefault(each.who, Person(each.who, each.who, "")).answers.append(each)
        return [each for each in people.values() if each.notices or each.answers or each.name in workers]

    def _count_wishes(self) -> None:
        for wish in self.wishes:
            verdict = wish.verdict
            about = verdict.asked.fields.get("about") if verdict.asked is not None else None
            near = self.whose(verdict.happening) if verdict.happening is not None else None
            for resident in {about, near.name if near is not None else None} & self.residents.keys():
                self.residents[str(resident)].wishes += 1
                self.residents[str(resident)].failed += not verdict.passed

    def over_what(self, notice: Happening) -> Happening | None:
        """The alert that a notice was about: the last of its kind before it: a story tells no more."""
        return next(
            (
                alert
                for alert in reversed(self.alerts)
                if alert.fields.get("alert") == notice.fields.get("alert")
                and alert.at <= notice.at
                and notice.fields.get("about", alert.who) == alert.who
            ),
            None,
        )

    def whose(self, happening: Happening) -> Resident:
        """Whose lane it belongs to; the house's where it is nobody's of the cast."""
        fields = happening.fields
        names = (fields.get("resident"), fields.get("about"), happening.who, fields.get("device"))
        for name in names:
            owner = name if name in self.residents else self._owner.get(name or "")
            if owner in self.residents:
                return self.residents[str(owner)]
        return self.house

    def called(self, name: str) -> str:
        """What people call somebody; a device and a stranger are called by their name."""
        return self._called.get(name, name)

    def of_alert(self, alert: Happening) -> list[Happening]:
        """The notices that were sent over it."""
        end = alert.until_at or self.until
        return [
            each
            for each in self.happenings
            if each.what is What.NOTICE
            and alert.at <= each.at <= end + timedelta(minutes=1)
            and self.over_what(each) is alert
        ]


def moment(alert: Happening, move: str) -> datetime | None:
    """When somebody accepted it or arrived, if anybody did."""
    text = alert.fields.get(f"{move}_at")
    return datetime.fromisoformat(text) if text else None


def reached(notice: Happening) -> bool:
    return notice.fields.get("reached") == "yes"


def first_times(story: Story) -> dict[str, timedelta]:
    """How long it took at most, from an alert to: told, accepted, arrived; of the urgent ones if any.
    What never came is left out.
    """
    found: dict[str, list[timedelta]] = defaultdict(list)
    urgent = [each for each in story.alerts if each.fields.get("severity") == SEVERITIES[0]]
    for alert in urgent or story.alerts:
        rang = [
            each.at
            for each in story.of_alert(alert)
            if reached(each) and each.fields.get("notice") == "alert"
        ]
        if rang:
            found["told_after"].append(min(rang) - alert.at)
        for move in ("accepted", "arrived"):
            at = moment(alert, move)
            if at is not None:
                found[f"{move}_after"].append(at - alert.at)
    return {name: max(spans) for name, spans in found.items()}
