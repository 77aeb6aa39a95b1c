"""What holds of every life: a day stands alone, a bed is entered and left in turn, time only goes on."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.simulator.acts import Act
from devices.simulator.lives.form import Life, life_of
from devices.simulator.lives.living import in_bed, live, live_together
from devices.simulator.lives.shipped import habits

LHASA, LONDON, NEW_YORK = (ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/London", "America/New_York"))
STARTS = datetime(2025, 7, 21, 16, tzinfo=UTC)
BEDS = ("bed.entered", "bed.exited")
ZONES = st.sampled_from(
    [LHASA, LONDON, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu")]
)
INSTANTS = st.integers(0, 3 * 365 * 86400).map(
    lambda after: datetime(2023, 12, 1, tzinfo=UTC) + timedelta(seconds=after)
)
LIVES = st.one_of(
    st.sampled_from(habits()).map(life_of),
    st.builds(
        lambda bed, rise, winter: life_of(
            {"bed_at": f"{bed:02}:00", "rises_at": f"{rise:02}:00", "varies": "2h", "winter": f"{winter}m"}
        ),
        st.sampled_from([16, 17, 23, 0, 4]),
        st.sampled_from([9, 11, 12]),
        st.sampled_from([0, 80]),
    ),
)


def lived(
    life: Life, days: float, zone: ZoneInfo = LHASA, starts_at: datetime = STARTS, seed: int = 1
) -> list[Act]:
    return list(live("deji", life, seed, starts_at, starts_at + timedelta(days=days), zone))


@settings(max_examples=25, deadline=None)
@given(LIVES, INSTANTS, ZONES, st.integers(0, 99))
def test_a_bed_is_entered_and_left_in_turn_and_time_only_goes_on(
    life: Life, starts_at: datetime, zone: ZoneInfo, seed: int
) -> None:
    acts = lived(life, 9, zone, starts_at, seed)
    assert all(starts_at <= act.at < starts_at + timedelta(days=9) for act in acts)
    assert all(former.at <= later.at for former, later in pairwise(acts))
    beds = [act for act in acts if act.kind in BEDS]
    assert all(former.kind != later.kind for former, later in pairwise(beds))
    assert len(beds) >= 2 or any(act.kind.startswith("resident.") for act in acts) or not acts


@settings(max_examples=15, deadline=None)
@given(LIVES, INSTANTS, ZONES, st.lists(st.integers(0, 5 * 86400), min_size=1, max_size=4))
def test_slices_glued_together_are_the_whole(
    life: Life, starts_at: datetime, zone: ZoneInfo, cuts: list[int]
) -> None:
    ends_at, first_day = starts_at + timedelta(days=5), starts_at.astimezone(zone).date()
    edges = [starts_at, *(starts_at + timedelta(seconds=cut) for cut in sorted(cuts)), ends_at]
    glued = [
        act
        for since_at, until_at in pairwise(edges)
        for act in live("deji", life, 1, since_at, until_at, zone, first_day=first_day)
    ]
    assert glued == lived(life, 5, zone, starts_at)


@settings(max_examples=15, deadline=None)
@given(LIVES, INSTANTS, ZONES)
def test_vital_signs_come_from_a_bed_with_somebody_in_it(
    life: Life, starts_at: datetime, zone: ZoneInfo
) -> None:
    lying = in_bed("deji", life, 1, starts_at, zone)
    for act in lived(life, 4, zone, starts_at):
        if act.kind in BEDS:
            assert lying == (act.kind == "bed.exited")
            lying = not lying
        if act.kind == "bed.vitals":
            assert lying
            assert 35 < float(act.data["heart_rate"]) < 150
            assert 8 < float(act.data["respiration_rate"]) < 40
            assert 0 <= float(act.data["movement"]) <= 1


def test_the_same_seed_gives_the_same_life_and_another_another() -> None:
    life = life_of("steady")
    assert lived(life, 20) == lived(life, 20)
    assert lived(life, 20) != lived(life, 20, seed=2)


def test_what_nobody_would_notice_is_left_out_and_nothing_else_moves() -> None:
    life, ends_at = life_of("frail"), STARTS + timedelta(days=20)
    whole = list(live("deji", life, 1, STARTS, ends_at, LHASA))
    beds = list(live("deji", life, 1, STARTS, ends_at, LHASA, noticed_by=("bed_sensor",)))
    assert beds == [act for act in whole if act.device_type == "bed_sensor"]


def test_lives_together_are_each_as_they_are_alone() -> None:
    lives = {"deji": life_of("steady"), "pema": life_of("night_owl")}
    ends_at = STARTS + timedelta(days=5)
    together = list(live_together(lives, 1, STARTS, ends_at, dict.fromkeys(lives, LHASA)))
    assert [act for act in together if act.resident == "deji"] == list(
        live("deji", lives["deji"], 1, STARTS, ends_at, LHASA)
    )
    assert all(former.at <= later.at for former, later in pairwise(together))


@pytest.mark.parametrize(
    "day", [date(2025, 3, 30), date(2025, 10, 26), date(2024, 2, 29), date(2025, 12, 31)]
)
def test_people_rise_by_the_wall_clock_whatever_the_calendar_does(day: date) -> None:
    life = life_of(
        {
            "habit": "steady",
            "rises_at": "07:00",
            "varies": "0s",
            "winter": "0s",
            "weekly": {},
            "illnesses_a_year": 0,
        }
    )
    midnight = datetime(day.year, day.month, day.day, 6, tzinfo=LONDON).astimezone(UTC)
    acts = list(live("deji", life, 1, midnight, midnight + timedelta(hours=3), LONDON))
    last_up = [act.at.astimezone(LONDON) for act in acts if act.kind == "bed.exited"][-1]
    assert (last_up.hour, last_up.minute) == (7, 0)
