"""What the pictures read of the store: of the right resident and window, what decides their beginnings, and
never more than they show.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from services.console.pages.pictures.bed import BedState, exits
from services.console.pages.pictures.gathering import (
    MOST_READINGS,
    NIGHTS,
    Strip,
    fortnight,
    last_day,
    night_around,
    night_of,
)
from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.events import Event
from services.domain.ports import UnitOfWork
from tests.unit.console.cast import Cast
from tests.unit.console.pictures.reports import EVENING, MINUTE, at, report

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def heard(house: Cast, *events: Event) -> None:
    with house.store.writing() as uow:
        uow.events.append(events)


def states(strip: Strip) -> list[str]:
    return [f"{each.state} {(each.end - EVENING) / MINUTE:g}" for each in strip.pieces]


def test_the_night_around_an_alarm_is_the_night_in_which_it_lies(house: Cast) -> None:
    heard(
        house,
        report("bed.entered", -30),
        report("bed.exited", 365),
        report("call_button.pressed", 371),
        report("call_button.pressed", 900),
    )
    with house.store.reading() as uow:
        strip = night_around(uow, "yangzom", at(371), at(400), SHANGHAI)
    assert (strip.since, strip.until, strip.at) == (at(0), at(720), at(371))
    assert states(strip) == ["in 365", "out 400", "ahead 720"]
    assert [each.at for each in strip.alarms] == [at(371)]


def test_by_day_the_hours_around_an_alarm_are_shown(house: Cast) -> None:
    noon = at(960)
    with house.store.reading() as uow:
        strip = night_around(uow, "yangzom", noon, noon, SHANGHAI)
    assert (strip.since, strip.until) == (noon - timedelta(hours=9), noon + timedelta(hours=3))


@pytest.mark.parametrize(
    ("instant", "hours"),
    [
        (datetime(2025, 10, 26, 0, 30, tzinfo=UTC), 13),  # the clocks are put back
        (datetime(2025, 3, 30, 0, 30, tzinfo=UTC), 11),  # and forward
        (datetime(2025, 7, 22, 22, 0, tzinfo=UTC), 12),
    ],
)
def test_a_night_goes_from_evening_to_morning_by_the_wall(instant: datetime, hours: int) -> None:
    night = night_of(instant, BERLIN)
    assert night is not None
    assert night[1] - night[0] == timedelta(hours=hours)


def test_a_night_begins_at_its_evening_and_is_over_at_its_morning() -> None:
    assert night_of(at(-1), SHANGHAI) is None
    assert night_of(at(0), SHANGHAI) == (at(0), at(720))
    assert night_of(at(719), SHANGHAI) == (at(0), at(720))
    assert night_of(at(720), SHANGHAI) is None


def test_a_fortnight_has_the_newest_night_first_and_one_that_has_begun_counts(house: Cast) -> None:
    with house.store.reading() as uow:
        before = fortnight(uow, "yangzom", at(-1), SHANGHAI)
        begun = fortnight(uow, "yangzom", at(0), SHANGHAI)
    assert len(before) == len(begun) == NIGHTS
    assert (before[0].since, begun[0].since) == (at(0) - timedelta(days=1), at(0))
    assert [each.since for each in begun[1:]] == [each.since for each in before[:-1]]


def test_what_others_did_is_on_no_picture_of_theirs(house: Cast) -> None:
    heard(house, report("bed.entered", 100, "another"))
    with house.store.reading() as uow:
        assert states(night_around(uow, "dawa", at(300), at(300), SHANGHAI)) == ["unknown 300", "ahead 720"]


def test_a_report_that_was_taken_back_days_later_is_gone_from_its_night(house: Cast) -> None:
    wrong = report("bed.exited", 200)
    back = report("event.retracted", 5000, None, data={"event_id": wrong.id, "reason": "a cat"})
    heard(house, report("bed.entered", 100), wrong, back)
    with house.store.reading() as uow:
        (newest, *_) = (each for each in fortnight(uow, "yangzom", at(5100), SHANGHAI) if each.since == at(0))
    assert exits(newest.pieces) == ()


def test_a_device_that_the_register_calls_silent_is_not_heard_since_then(house: Cast) -> None:
    mat = Device(
        "mat",
        "mat",
        Ecosystem.NATIVE,
        DeviceType.BED_SENSOR,
        resident_id="yangzom",
        state=DeviceState.SILENT,
        last_seen_at=at(150),
    )
    with house.store.writing() as uow:
        uow.devices.add(mat)
    heard(house, report("bed.entered", 100))
    with house.store.reading() as uow:
        assert states(night_around(uow, "yangzom", at(300), at(300), SHANGHAI)) == [
            "unknown 100",
            "in 150",
            "unknown 300",
            "ahead 720",
        ]


class Counting:
    """The events, with a count of what was answered of each kind."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self.answered: dict[str, int] = {}
        self.asked = 0

    def of_resident(
        self, resident_id: str, kinds: Iterable[str], since: datetime, until: datetime, limit: int
    ) -> list[Event]:
        self.asked += 1
        found = self._uow.events.of_resident(resident_id, kinds, since, until, limit)
        for each in found:
            self.answered[each.kind] = self.answered.get(each.kind, 0) + 1
        return found


def counted(uow: UnitOfWork) -> tuple[Counting, UnitOfWork]:
    events = Counting(uow)
    return events, SimpleNamespace(events=events, devices=uow.devices)


def test_of_a_fortnight_one_reading_a_night_is_read_at_most(house: Cast) -> None:
    heard(house, *(report("bed.vitals", -10 * n, data={"heart_rate": 60}) for n in range(30 * 144)))
    with house.store.reading() as uow:
        events, view = counted(uow)
        fortnight(view, "yangzom", at(0), SHANGHAI)
        assert events.answered == {"bed.vitals": NIGHTS}
        assert events.asked == NIGHTS + 3
        events, view = counted(uow)
        strip = last_day(view, "yangzom", at(1), SHANGHAI)
        assert events.answered == {"bed.vitals": 144}
    assert len(strip.readings) == 48


def test_a_sensor_that_floods_costs_no_more_than_is_shown(house: Cast) -> None:
    heard(house, *(report("bed.vitals", -n / 10) for n in range(MOST_READINGS + 100)))
    with house.store.reading() as uow:
        events, view = counted(uow)
        last_day(view, "yangzom", at(1), SHANGHAI)
    assert events.answered == {"bed.vitals": MOST_READINGS}


def test_one_who_lies_all_day_is_known_to_lie_while_the_sensor_is_heard(house: Cast) -> None:
    days = 20
    heard(
        house,
        report("bed.entered", -days * 1440),
        *(report("bed.vitals", -60 * n) for n in range(days * 24)),
    )
    with house.store.reading() as uow:
        nights = fortnight(uow, "yangzom", at(0), SHANGHAI)
    assert {each.state for night in nights[1:] for each in night.pieces} == {BedState.IN}
