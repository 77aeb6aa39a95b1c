"""Kinds of events: the one table of what can happen, who reports it and what it carries.

A new kind is added here and nowhere else: decoders, the API's list of what people may record, the rules'
typed fields and the away rules all read this table.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from services.domain.devices import DeviceType
from services.domain.events import Origin


class EventData(BaseModel):
    """What an event carries; a device may say more than its kind asks for, and it is kept."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False)


class Vitals(EventData):
    """Readings of a bed sensor. A value outside these bounds is no reading of a living person (physical
    plausibility).
    """

    heart_rate: float | None = Field(default=None, gt=0, le=300, description="beats a minute")
    respiration_rate: float | None = Field(default=None, gt=0, le=120, description="breaths a minute")
    movement: float | None = Field(
        default=None, ge=0, le=1, description="share of the interval with movement"
    )


class Battery(EventData):
    """How full a device's battery is."""

    percent: float = Field(ge=0, le=100, description="percent")


class Press(EventData):
    """A press; how it was pressed, where the device says so."""

    press: str | None = Field(default=None, max_length=64)


class Visit(EventData):
    """A visit that was made; the services in the field's words (助行, 助餐, 助洁, 助医, 代办)."""

    service: str | None = Field(default=None, max_length=64)
    visit_id: str | None = Field(default=None, max_length=64)
    worker_id: str | None = Field(default=None, max_length=64)
    note: str | None = Field(default=None, max_length=4000)


class Meal(EventData):
    """A meal ordered or collected."""

    meal: str | None = Field(default=None, max_length=64)


class Medication(EventData):
    """Medicine brought to the home."""

    days: int | None = Field(default=None, ge=0, le=400, description="local days that the medicine lasts")
    medicine: str | None = Field(default=None, max_length=200)


class Absence(EventData):
    """Why somebody is away, and until when, as far as it is known."""

    reason: str | None = Field(default=None, max_length=200)
    until: str | None = Field(default=None, max_length=40)


class Return(EventData):
    """From where somebody is back; where nobody says it, what was said of the absence that it ends."""

    reason: str | None = Field(default=None, max_length=200)


class Retraction(EventData):
    """Which event is taken back, and why."""

    event_id: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=1, max_length=1000)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event: who may report it, which devices send it, and what it carries."""

    name: str
    origins: frozenset[Origin]
    data: type[BaseModel] = EventData
    sent_by: frozenset[DeviceType] = field(default_factory=frozenset)
    is_alarm: bool = False
    floor_alert: str | None = None
    """The alert kind of the press floor, for alarm kinds."""
    is_register: bool = False
    """A fact about the register (enrolled, registered…), kept for the rules and left out of lists unless
    asked for.
    """


_DEVICE = frozenset({Origin.DEVICE})
_PERSON = frozenset({Origin.PERSON})
_HOUSE = frozenset({Origin.HOUSE})
_T = DeviceType


def _sent(name: str, *types: DeviceType, data: type[BaseModel] = EventData, alarm: str | None = None) -> Kind:
    return Kind(name, _DEVICE, data, frozenset(types), is_alarm=alarm is not None, floor_alert=alarm)


def _recorded(name: str, data: type[BaseModel] = EventData, *, by_house: bool = False) -> Kind:
    return Kind(name, _PERSON | _HOUSE if by_house else _PERSON, data)


def _register(name: str) -> Kind:
    return Kind(name, _HOUSE, is_register=True)


_EVERY_TYPE = tuple(DeviceType)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        _sent("call_button.pressed", _T.CALL_BUTTON, data=Press, alarm="call-button"),
        _sent("call_button.tested", _T.CALL_BUTTON, data=Press),
        _sent("bed.entered", _T.BED_SENSOR),
        _sent("bed.exited", _T.BED_SENSOR),
        _sent("bed.vitals", _T.BED_SENSOR, data=Vitals),
        _sent("motion.detected", _T.MOTION_SENSOR),
        _sent("door.opened", _T.DOOR_SENSOR),
        _sent("door.closed", _T.DOOR_SENSOR),
        _sent("fall.detected", _T.FALL_DETECTOR, alarm="fall"),
        _sent("smoke.detected", _T.SMOKE_DETECTOR, alarm="smoke"),
        _sent("gas.detected", _T.GAS_DETECTOR, alarm="gas"),
        _sent("leak.detected", _T.LEAK_SENSOR),
        _sent("device.online", *_EVERY_TYPE),
        _sent("device.offline", *_EVERY_TYPE),
        _sent("device.battery", *_EVERY_TYPE, data=Battery),
        _recorded("visit.completed", Visit),
        _recorded("meal.ordered", Meal),
        _recorded("meal.collected", Meal),
        _recorded("medication.delivered", Medication),
        _recorded("checkup.completed"),
        _recorded("resident.away", Absence),
        _recorded("resident.returned", Return, by_house=True),
        _recorded("event.retracted", Retraction),
        _register("resident.enrolled"),
        _register("resident.changed"),
        _register("resident.left"),
        _register("device.registered"),
        _register("device.changed"),
        _register("device.retired"),
        _register("rule.overridden"),
        _register("house.connected"),
        _register("house.disconnected"),
    )
}

ALARM_KINDS: frozenset[str] = frozenset(name for name, kind in KINDS.items() if kind.is_alarm)
REGISTER_KINDS: frozenset[str] = frozenset(name for name, kind in KINDS.items() if kind.is_register)
RECORDED_KINDS: frozenset[str] = frozenset(
    name for name, kind in KINDS.items() if Origin.PERSON in kind.origins
)
DEVICE_KINDS: frozenset[str] = frozenset(
    name for name, kind in KINDS.items() if Origin.DEVICE in kind.origins
)

HOUSE_CONNECTED = "house.connected"
HOUSE_DISCONNECTED = "house.disconnected"
"""The house was at the broker from then on, or no longer."""

AWAY_PREFIXES: tuple[str, ...] = ("bed.", "motion.", "door.", "visit.", "meal.")
"""Kinds whose rules rest while a resident is away."""
