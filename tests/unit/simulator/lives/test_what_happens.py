"""What habits, illness and absence do to a life."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from devices.simulator.acts import Act
from devices.simulator.lives.form import life_of
from devices.simulator.lives.living import in_bed, live
from devices.simulator.lives.spells import AbsencesOverlap
from tests.unit.simulator.lives.test_living import LHASA, STARTS, lived

WELL = {
    "illnesses_a_year": 0,
    "hospital_a_year": 0,
    "stays_a_year": 0,
    "falls_a_year": 0,
    "presses_a_month": 0,
}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A local time; the lives begin on the 22nd."""
    return datetime(2025, 7, day, hour, minute, tzinfo=LHASA)


def exits(acts: list[Act], since: datetime, until: datetime) -> list[datetime]:
    return [act.at for act in acts if act.kind == "bed.exited" and since <= act.at < until]


@pytest.mark.parametrize("seed", range(5))
def test_diarrhoea_drives_out_of_bed_four_times_within_two_hours(seed: int) -> None:
    ups = exits(lived(life_of("ill_tonight"), 2, seed=seed), at(22, 23, 30), at(23, 4))
    assert any(later - first <= timedelta(hours=2) for first, later in zip(ups, ups[3:], strict=False))


@pytest.mark.parametrize("seed", range(5))
def test_a_restless_night_is_none_of_those(seed: int) -> None:
    life = life_of({"habit": "restless", **WELL})
    ups = exits(lived(life, 30, seed=seed), at(22, 0), at(22, 0) + timedelta(days=30))
    nights = [up for up in ups if up.astimezone(LHASA).hour in (22, 23, 0, 1, 2, 3, 4, 5)]
    assert not any(
        later - first <= timedelta(hours=2) for first, later in zip(nights, nights[3:], strict=False)
    )


def test_a_fever_quickens_heart_and_breath_and_keeps_in_bed_by_day() -> None:
    well, ill = (
        lived(life_of({**WELL, **more}), 3)
        for more in ({}, {"illness": {"kind": "fever", "from": "12:00", "for": "2d"}})
    )
    night = at(23, 0), at(23, 4)

    def mean(acts: list[Act], key: str) -> float:
        found = [float(act.data[key]) for act in acts if key in act.data and night[0] <= act.at < night[1]]
        return sum(found) / len(found)

    assert mean(ill, "heart_rate") > mean(well, "heart_rate") + 10
    assert mean(ill, "respiration_rate") > mean(well, "respiration_rate") + 2
    last = [act.kind for act in ill if act.kind in ("bed.entered", "bed.exited") and act.at < at(23, 9, 55)][
        -1
    ]
    assert last == "bed.entered"


def test_whoever_is_ill_and_can_presses_within_the_first_hours() -> None:
    life = life_of({**WELL, "illness": {"kind": "diarrhoea", "from": "23:00", "for": "8h", "presses": True}})
    presses = [act.at for act in lived(life, 2) if act.kind == "call_button.pressed"]
    assert len(presses) == 1
    assert at(22, 23) < presses[0] < at(23, 3)


def test_whoever_is_away_does_nothing_at_home_and_the_bed_is_left_and_found_again() -> None:
    life = life_of({**WELL, "away": {"from": "+1 day 02:00", "for": "3d", "reason": "hospital"}})
    acts = lived(life, 8)
    (left,), (back,) = (
        [act.at for act in acts if act.kind == f"resident.{how}"] for how in ("away", "returned")
    )
    assert (left, back) == (at(23, 2), at(26, 2))
    assert not [act for act in acts if left < act.at < back]
    assert [act.kind for act in acts if act.at == left] == ["bed.exited", "resident.away"]
    assert not in_bed("deji", life, 1, at(24, 2), LHASA, first_day=at(22, 0).date())
    beds = [act.kind for act in acts if act.kind in ("bed.entered", "bed.exited")]
    assert all(former != later for former, later in pairwise(beds))


def test_whoever_comes_from_hospital_is_visited_within_a_day() -> None:
    life = life_of(
        {**WELL, "visits_a_month": 1, "away": {"from": "10:00", "for": "4d", "reason": "hospital"}}
    )
    visits = [act.at for act in lived(life, 6) if act.kind == "visit.completed"]
    assert any(at(26, 10) < visit <= at(27, 11) for visit in visits)


def test_nobody_is_away_twice_at_once() -> None:
    life = life_of({"away": [{"from": "10:00", "for": "3d"}, {"from": "+1 day 10:00", "for": "1d"}]})
    with pytest.raises(AbsencesOverlap, match="deji"):
        next(live("deji", life, 1, STARTS, STARTS + timedelta(days=1), LHASA))


def test_a_wanderer_goes_out_of_the_door_at_night() -> None:
    acts = lived(life_of({"habit": "wanderer", **WELL}), 30)
    nights = {
        act.at.date() for act in acts if act.kind == "door.opened" and act.at.astimezone(LHASA).hour < 5
    }
    assert 2 <= len(nights) <= 12


@pytest.mark.parametrize("habit", ["steady", "frail", "often_away"])
def test_each_month_has_its_visits_and_medicine_never_runs_out(habit: str) -> None:
    acts = lived(life_of({"habit": habit, **WELL}), 180)
    visits = Counter(act.at.astimezone(LHASA).month for act in acts if act.kind == "visit.completed")
    assert all(visits[month] >= 2 for month in (8, 9, 10, 11, 12))
    brought = [act.at for act in acts if act.kind == "medication.delivered"]
    assert all(later - former <= timedelta(days=35) for former, later in pairwise(brought))


def test_winter_nights_are_longer() -> None:
    life = life_of({**WELL, "winter": "60m", "varies": "0s", "weekly": {}})

    def rises(starts_at: datetime) -> float:
        acts = lived(life, 1, starts_at=starts_at)
        up = max(
            act.at
            for act in acts
            if act.kind == "bed.exited" and act.at.astimezone(LHASA).hour in (5, 6, 7, 8)
        )
        shown = up.astimezone(LHASA)
        return shown.hour * 60 + shown.minute

    assert rises(datetime(2025, 12, 21, 5, tzinfo=LHASA)) - rises(
        datetime(2025, 6, 21, 5, tzinfo=LHASA)
    ) == pytest.approx(36, abs=2)
