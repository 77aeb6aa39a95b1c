"""The notation knows nothing of the services; here it is held beside what they say themselves."""

from __future__ import annotations

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notation import spans
from notation.kinds import DEVICE_TYPES, RECORDED, SENT_BY
from notation.walls import instant_of
from services.domain.devices import DeviceType
from services.domain.instants import SPAN, format_span, parse_span, utc_of_local
from services.domain.kinds import DEVICE_KINDS, KINDS, RECORDED_KINDS

ZONES = [
    ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York")
]
CHANGES = [date(2025, 3, 30), date(2025, 10, 26), date(2025, 4, 6), date(2025, 10, 5), date(2025, 3, 9)]


def test_the_kinds_and_who_sends_them_are_the_same() -> None:
    assert {kind: set(types) for kind, types in SENT_BY.items()} == {
        kind: {each.value for each in KINDS[kind].sent_by} for kind in DEVICE_KINDS
    }
    assert set(RECORDED) == RECORDED_KINDS
    assert list(DEVICE_TYPES) == [each.value for each in DeviceType]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(CHANGES), st.times().map(lambda wall: wall.replace(fold=0)), st.sampled_from(ZONES))
def test_a_wall_time_is_the_same_instant_where_clocks_change_too(
    day: date, wall: time, zone: ZoneInfo
) -> None:
    assert instant_of(day, wall, zone) == utc_of_local(day, wall, zone)


@pytest.mark.parametrize("text", ["0s", "40s", "90m", "24h", "3d", "4000d"])
def test_a_span_is_the_same(text: str) -> None:
    assert spans.SPAN == SPAN
    assert spans.read_span(text) == parse_span(text)
    assert spans.write_span(parse_span(text)) == format_span(parse_span(text))


@pytest.mark.parametrize("text", ["", "40", "1h30m", "-5m", "4001d", "999999999d", "5 m"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(spans.NotASpan):
        spans.read_span(text)


def test_a_span_that_somebody_may_have_meant_is_named() -> None:
    assert spans.nearest_span("20 minutes") == "20m"
    assert spans.nearest_span("soon") is None
    assert spans.read_span("20m") == timedelta(minutes=20)
