"""Words of an alert that come from rulebooks: in the language of whoever reads, and marked with the language
that they really are in.

Where nobody has reviewed the words of a language yet, the Chinese ones stand under them: a wrong word must
not decide whether somebody goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.console.pages.words import said
from services.domain.people import Language
from services.escalation.text import texts

KIND_WORDS: Mapping[str, str] = {
    "call_button.pressed": said("call button pressed"),
    "call_button.tested": said("call button tested"),
    "bed.entered": said("in bed"),
    "bed.exited": said("out of bed"),
    "bed.vitals": said("pulse and breath"),
    "motion.detected": said("movement"),
    "door.opened": said("door opened"),
    "door.closed": said("door closed"),
    "fall.detected": said("a fall"),
    "smoke.detected": said("smoke"),
    "gas.detected": said("gas"),
    "leak.detected": said("water on the floor"),
    "device.online": said("device heard again"),
    "device.offline": said("device lost"),
    "device.battery": said("battery read"),
    "visit.completed": said("a visit"),
    "meal.ordered": said("a meal ordered"),
    "meal.collected": said("a meal collected"),
    "medication.delivered": said("medicine brought"),
    "checkup.completed": said("a check-up"),
    "resident.away": said("went away"),
    "resident.returned": said("came back"),
    "event.retracted": said("an entry taken back"),
    "resident.enrolled": said("enrolled"),
    "resident.changed": said("entry changed"),
    "resident.left": said("left"),
    "device.registered": said("device entered"),
    "device.changed": said("device changed"),
    "device.retired": said("device taken away"),
    "rule.overridden": said("rule adjusted"),
}
"""What each kind of event is called where an alert rests on it."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line, and its language; None where it is no language's: a code, for want of words."""

    text: str
    language: str | None


def said_in(language: Language, words: Mapping[str, str], otherwise: str) -> tuple[Said, ...]:
    """The words in that language, else in Chinese, else in any, else ``otherwise`` (nothing if it is empty);
    and the Chinese ones under a language that is not reviewed.
    """
    order = (language.value, Language.ZH_CN.value, Language.EN.value, *words)
    spoken = next((each for each in order if words.get(each)), None)
    if spoken is None:
        return (Said(otherwise, None),) if otherwise else ()
    lines = [Said(words[spoken], spoken)]
    chinese = words.get(Language.ZH_CN.value)
    if chinese and spoken != Language.ZH_CN and spoken == language and not texts(language).reviewed:
        lines.append(Said(chinese, Language.ZH_CN.value))
    return tuple(lines)
