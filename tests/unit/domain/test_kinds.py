"""The table of kinds: what counts as an alarm, who may record what, and identities that tell things apart."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from services.domain.identity import derived_id
from services.domain.kinds import ALARM_KINDS, DEVICE_KINDS, KINDS, RECORDED_KINDS, REGISTER_KINDS


def test_the_alarm_kinds_are_the_four_of_the_press_floor() -> None:
    assert {"call_button.pressed", "fall.detected", "smoke.detected", "gas.detected"} == ALARM_KINDS
    assert {KINDS[kind].floor_alert for kind in ALARM_KINDS} == {"call-button", "fall", "smoke", "gas"}


def test_every_kind_comes_from_devices_from_people_or_from_the_register() -> None:
    assert set(KINDS) == DEVICE_KINDS | RECORDED_KINDS | REGISTER_KINDS
    assert not DEVICE_KINDS & RECORDED_KINDS


@pytest.mark.parametrize(
    "reading", [{"heart_rate": 0}, {"heart_rate": 301}, {"movement": 1.5}, {"heart_rate": float("nan")}]
)
def test_a_reading_that_no_living_person_has_is_refused(reading: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        KINDS["bed.vitals"].data.model_validate(reading)


def test_a_device_may_say_more_than_its_kind_asks_for() -> None:
    assert KINDS["bed.vitals"].data.model_validate({"heart_rate": 62, "snoring": True}).model_extra == {
        "snoring": True
    }


def test_parts_that_run_together_make_different_ids() -> None:
    assert derived_id("x", "a", "bc") != derived_id("x", "ab", "c")
    assert derived_id("x", "a", "bc") == derived_id("x", "a", "bc")
