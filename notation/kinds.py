"""The kinds of events that can be told of, as docs/wire/kinds.md has them: which types of devices send
each, and which are recorded by people.

Whoever plays over the wire knows no more of the services than this; a test holds it beside their own table.
"""

from __future__ import annotations

from collections.abc import Mapping

DEVICE_TYPES = (
    "call_button",
    "bed_sensor",
    "motion_sensor",
    "door_sensor",
    "smoke_detector",
    "gas_detector",
    "leak_sensor",
    "fall_detector",
    "gateway",
    "other",
)

SENT_BY: Mapping[str, tuple[str, ...]] = {
    "call_button.pressed": ("call_button",),
    "call_button.tested": ("call_button",),
    "bed.entered": ("bed_sensor",),
    "bed.exited": ("bed_sensor",),
    "bed.vitals": ("bed_sensor",),
    "motion.detected": ("motion_sensor",),
    "door.opened": ("door_sensor",),
    "door.closed": ("door_sensor",),
    "fall.detected": ("fall_detector",),
    "smoke.detected": ("smoke_detector",),
    "gas.detected": ("gas_detector",),
    "leak.detected": ("leak_sensor",),
    "device.online": DEVICE_TYPES,
    "device.offline": DEVICE_TYPES,
    "device.battery": DEVICE_TYPES,
}

RECORDED = (
    "visit.completed",
    "meal.ordered",
    "meal.collected",
    "medication.delivered",
    "checkup.completed",
    "resident.away",
    "resident.returned",
    "event.retracted",
)

EVENT_KINDS = (*SENT_BY, *RECORDED)

OVERRIDABLE = ("by", "from", "for", "count", "within", "at_least", "warn", "enabled")
"""The keys of a rule that may be another for one resident."""
