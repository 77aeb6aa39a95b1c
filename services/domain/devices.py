"""Devices: what a technician brings into a home, and how it is known on the wire.

A device is known by (ecosystem, external_id); the id inside the house is its own. Its registration says what
only the operator can know: type, home, place, whose it is, polarity.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.domain.events import Json
from services.domain.testing import TestWindow

NATIVE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
"""What a native device may be called on the wire (docs/wire)."""


class DeviceType(StrEnum):
    """What a device is, as the operator says."""

    CALL_BUTTON = "call_button"
    BED_SENSOR = "bed_sensor"
    MOTION_SENSOR = "motion_sensor"
    DOOR_SENSOR = "door_sensor"
    SMOKE_DETECTOR = "smoke_detector"
    GAS_DETECTOR = "gas_detector"
    LEAK_SENSOR = "leak_sensor"
    FALL_DETECTOR = "fall_detector"
    GATEWAY = "gateway"
    OTHER = "other"


class Ecosystem(StrEnum):
    """In which language a device speaks."""

    NATIVE = "native"
    ZIGBEE2MQTT = "zigbee2mqtt"
    CHIRPSTACK_V4 = "chirpstack-v4"
    THE_THINGS_STACK_V3 = "the-things-stack-v3"
    TASMOTA = "tasmota"
    SHELLY_GEN1 = "shelly-gen1"
    SHELLY_GEN2 = "shelly-gen2"
    ESPHOME = "esphome"
    HA_DISCOVERY = "ha-discovery"
    HOMIE_5 = "homie-5"
    OPENMQTTGATEWAY = "openmqttgateway"
    SPARKPLUG_B = "sparkplug-b"
    ALIYUN = "aliyun"
    TUYA = "tuya"
    HUAWEI_IOTDA = "huawei-iotda"
    TENCENT_IOT = "tencent-iot"
    GENERIC = "generic"


class DeviceState(StrEnum):
    """Where a device is in its life. Changes colour and `silent`, never whether a press alerts."""

    REGISTERED = "registered"
    LIVE = "live"
    SILENT = "silent"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Device:
    """A registered device.

    ``credential_hash`` is a bcrypt hash of the broker password (the password itself is shown once and not
    kept); None = no credentials, or revoked.
    """

    id: str
    external_id: str
    ecosystem: Ecosystem
    type: DeviceType
    home_id: str | None = None
    place: str | None = None
    resident_id: str | None = None
    gateway_id: str | None = None
    mapping: Mapping[str, Json] = field(default_factory=dict)
    state: DeviceState = DeviceState.REGISTERED
    registered_at: datetime | None = None
    last_seen_at: datetime | None = None
    battery_percent: float | None = None
    credential_hash: str | None = None
    test_window: TestWindow | None = None
    """Open until its press has come, somebody ends it or its time is over."""
    last_test_id: str | None = None
    """The Alert of the newest test."""
    synthetic: bool = False
