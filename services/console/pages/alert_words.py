"""Words for the kinds of events where an alert rests on them: every kind has one, so that a page never shows
a code.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.console.pages.words import said

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
"""What each kind of event is called."""
