"""A night as it could have been, with one of everything that a report can show."""

from datetime import datetime, timedelta

from devices.simulator.happenings import Happening, What
from devices.simulator.judging import judge
from devices.simulator.run import Played
from devices.simulator.scenario import Scenario
from tests.unit.simulator.stories import scenario

WISHES = [
    {"alert": "call-button", "about": "deji", "by": "+1 day 02:13:05"},
    {"told": "lhamo", "by": "+1 day 02:20"},
    {"device": "button", "hears": ["heard"]},
]


def night(**changes: object) -> Scenario:
    return scenario(**{"expect": WISHES, "must_not": [{"told": "pema"}, {"alert": "fall"}], **changes})


def everything(story: Scenario) -> list[Happening]:
    """What happened: of each sort at least one."""
    pressed_at = story.steps[-1].at

    def at(minutes: float) -> datetime:
        return pressed_at + timedelta(minutes=minutes)

    def event(minutes: float, kind: str, **figures: float) -> Happening:
        fields = {"kind": kind, "resident": "deji"}
        return Happening(at(minutes), What.EVENT, "deji", kind, fields, None, figures)

    def notice(minutes: float, who: str, kind: str, reached: str, tried: str) -> Happening:
        fields = {"told": who, "notice": kind, "alert": "call-button", "reached": reached, "tried": tried}
        return Happening(at(minutes), What.NOTICE, who, "a notice", fields)

    def answer(minutes: float, move: str, **more: str) -> Happening:
        return Happening(at(minutes), What.ANSWER, "norbu", move, {"move": move, **more})

    call = {
        "alert": "call-button",
        "about": "deji",
        "severity": "high",
        "outcome": "helped",
        "holder": "norbu",
        "accepted_at": at(1).isoformat(),
        "arrived_at": at(9).isoformat(),
    }
    return [
        event(-200, "bed.entered"),
        *(event(-190 + n * 5, "bed.vitals", heart_rate=60 + n, respiration_rate=14) for n in range(9)),
        event(-20, "bed.exited"),
        event(-10, "motion.detected"),
        event(0, "call_button.pressed"),
        event(0.5, "fall.detected"),
        event(30, "resident.away"),
        Happening(at(-40), What.FAULT, "house", "it restarts", {"fault": "service-restart"}, at(-38)),
        Happening(at(0), What.FINDING, "deji", "found", {"rule": "night-call", "resident": "deji"}),
        Happening(at(0), What.ALERT, "deji", "an alert", call, at(25)),
        Happening(at(2), What.ALERT, "house:rules", "another", {"alert": "rules-faulty", "severity": "low"}),
        notice(0, "norbu", "alert", "yes", "yes"),
        notice(0, "pema", "alert", "no", "yes"),
        notice(1, "lhamo", "alert", "no", "no"),
        answer(1, "accept"),
        answer(9, "arrive"),
        answer(25, "close", outcome="helped"),
        Happening(at(0), What.COMMAND, "button", "hears", {"device": "button", "hears": "heard"}),
    ]


def played(story: Scenario) -> Played:
    happenings = everything(story)
    return Played(happenings, judge(story, happenings))
