"""Rosters: turns by the wall clock, swaps, leave, who is on duty, next, and where nobody is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.duty import DutyPlan, HoleReason, Post
from services.domain.homes import Grid
from services.domain.instants import zone_named
from services.domain.people import Channel, ChannelKind, Role, Shift, Team, Worker
from services.domain.posts import DUTY_DESK, posts_of, unmanned
from services.domain.rosters import Leave, NamedShift, Roster, Swap
from tests.oracle.duty import MINUTE, Written, on_duty_by_the_minute

HOUR = timedelta(hours=1)
NOON = datetime(2025, 7, 23, 4, tzinfo=UTC)
"""Twelve o'clock in Shanghai."""
WAYS = (Channel(ChannelKind.WEBHOOK, "https://example.invalid/a"),)
DAY_AND_NIGHT = (NamedShift("day", time(8), time(20)), NamedShift("night", time(20), time(8)))


def worker(
    name: str, team: str | None = "east", role: Role = Role.CAREGIVER, *, active: bool = True
) -> Worker:
    return Worker(name, name, role, team_id=team, channels=WAYS, active=active)


def roster(**changed: object) -> Roster:
    given_by = {
        "id": "ros", "team_id": "east", "name": "", "timezone": "Asia/Shanghai", "shifts": DAY_AND_NIGHT,
        "cycle": ("day", "night"), "members": ("ada", "bo"), "starts_on": date(2025, 7, 21),
    }  # fmt: skip
    return Roster(**(given_by | changed))  # type: ignore[arg-type]


def leave(who: str, since: datetime, until: datetime) -> Leave:
    return Leave(f"lea-{who}", who, since, until, "ill", "desk", NOON)


def swap(who: str, instead: str, day: date | None = None, shift: str | None = None, number: int = 1) -> Swap:
    roster_id = None if shift else "ros"
    return Swap(f"swp-{number}", "east", who, instead, "desk", NOON, roster_id, day, shift)


ADA, BO, CAI = worker("ada"), worker("bo"), worker("cai")
EAST = Post("house:roster/east", "East", (ADA, BO, CAI), "east")


def present(plan: DutyPlan, at: datetime) -> list[str]:
    return [each.id for each in plan.on_duty([ADA, BO, CAI], at)]


def test_members_go_round_the_cycle_one_after_the_other() -> None:
    plan = DutyPlan([roster()])
    assert [present(plan, NOON + 12 * n * HOUR) for n in range(4)] == [["ada"], ["bo"], ["bo"], ["ada"]]


def test_weeks_about_are_a_cycle_of_two_weeks_a_week_apart() -> None:
    weeks = roster(cycle=("day",) * 7 + ("night",) * 7, days_apart=7)
    plan = DutyPlan([weeks])
    assert [present(plan, NOON + 24 * n * HOUR)[0] for n in range(-2, 12)] == ["ada"] * 7 + ["bo"] * 7


def test_a_turn_counts_from_its_start_up_to_but_not_at_its_end() -> None:
    plan = DutyPlan([roster()])
    eight = NOON + 8 * HOUR
    assert present(plan, eight - timedelta(microseconds=1)) == ["ada"]
    assert present(plan, eight) == ["bo"]


def test_a_shift_from_eight_to_eight_is_a_whole_day() -> None:
    whole = roster(shifts=(NamedShift("all", time(8), time(8)),), cycle=("all", ""))
    plan = DutyPlan([whole])
    assert [present(plan, NOON + 12 * n * HOUR) for n in (-1, 0, 1, 2)] == [["bo"], ["ada"], ["ada"], ["bo"]]


def test_before_its_first_day_a_roster_does_not_count_and_after_its_last_nobody_is_there() -> None:
    plan = DutyPlan([roster(starts_on=date(2025, 7, 24), ends_on=date(2025, 7, 24))])
    assert present(plan, NOON) == ["ada", "bo", "cai"], "the team is on duty as a whole until then"
    assert present(plan, NOON + 24 * HOUR) == ["ada"]
    assert present(plan, NOON + 48 * HOUR) == []


def test_a_night_in_which_the_clock_changes_is_as_long_as_it_is_and_has_no_gap() -> None:
    berlin = roster(timezone="Europe/Berlin", cycle=("day", "night"), starts_on=date(2025, 3, 1))
    plan = DutyPlan([berlin])
    for last_sunday, hours in ((date(2025, 3, 29), 11), (date(2025, 10, 25), 13)):
        since = datetime.combine(last_sunday, time(12), UTC)
        turns = plan.duties(since, since + 24 * HOUR)
        night = next(turn for turn in turns if turn.name == "night")
        assert night.ends_at - night.starts_at == hours * HOUR
        assert plan.holes(EAST, since, since + 24 * HOUR) == []


def test_shifts_that_meet_in_the_doubled_hour_meet_once() -> None:
    halves = (NamedShift("a", time(0), time(2, 30)), NamedShift("b", time(2, 30), time(0)))
    berlin = roster(timezone="Europe/Berlin", shifts=halves, cycle=("a", "b"), starts_on=date(2025, 10, 1))
    since = datetime(2025, 10, 25, 20, tzinfo=UTC)
    for n in range(0, 12 * 60, 10):
        assert len(present(DutyPlan([berlin]), since + n * MINUTE)) == 1


def test_a_swap_moves_one_turn_and_no_other() -> None:
    plan = DutyPlan([roster()], swaps=[swap("ada", "cai", date(2025, 7, 23))])
    assert present(plan, NOON) == ["cai"]
    assert present(plan, NOON + 48 * HOUR) == ["ada"]
    duty = next(each for each in plan.duties(NOON, NOON + HOUR))
    assert (duty.worker_id, duty.instead_of) == ("cai", "ada")


def test_of_two_swaps_of_one_turn_the_newer_counts() -> None:
    day = date(2025, 7, 23)
    swaps = [swap("ada", "bo", day), swap("ada", "cai", day, number=2)]
    assert present(DutyPlan([roster()], swaps=swaps), NOON) == ["cai"]


def test_a_single_shift_can_be_swapped_too() -> None:
    shift = Shift("shf", "east", "ada", NOON, NOON + HOUR)
    plan = DutyPlan(shifts=[shift], swaps=[swap("ada", "bo", shift="shf")])
    assert present(plan, NOON) == ["bo"]


def test_whoever_is_on_leave_is_not_on_duty_though_the_turn_stands() -> None:
    plan = DutyPlan([roster()], leaves=[leave("ada", NOON, NOON + HOUR)])
    assert present(plan, NOON) == []
    assert present(plan, NOON + HOUR) == ["ada"]
    assert plan.duties(NOON, NOON + HOUR)[0].worker_id == "ada"


def test_a_hole_says_from_when_until_when_and_why() -> None:
    plan = DutyPlan([roster()], leaves=[leave("bo", NOON + 9 * HOUR, NOON + 30 * HOUR)])
    holes = plan.holes(EAST, NOON, NOON + 24 * HOUR)
    assert [(h.starts_at, h.ends_at, h.reasons) for h in holes] == [
        (NOON + 9 * HOUR, NOON + 24 * HOUR, (HoleReason.ON_LEAVE,))
    ]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ((worker("ada", active=False), BO), HoleReason.INACTIVE),
        ((Worker("ada", "ada", Role.CAREGIVER, team_id="east"), BO), HoleReason.NO_CHANNEL),
        ((BO,), HoleReason.NOBODY),
    ],
)
def test_a_turn_of_somebody_who_cannot_be_told_is_a_hole(
    members: tuple[Worker, ...], reason: HoleReason
) -> None:
    holes = DutyPlan([roster()]).holes(Post("p", "", members, "east"), NOON, NOON + HOUR)
    assert [hole.reasons for hole in holes] == [(reason,)]


def test_a_team_without_a_roster_has_a_hole_only_when_all_are_gone() -> None:
    assert DutyPlan().holes(EAST, NOON, NOON + HOUR) == []
    gone = Post("p", "", (worker("ada", active=False),), "east")
    assert [hole.reasons for hole in DutyPlan().holes(gone, NOON, NOON + HOUR)] == [(HoleReason.INACTIVE,)]


def test_who_is_on_duty_and_whose_turn_is_next() -> None:
    plan = DutyPlan([roster()], leaves=[leave("ada", NOON, NOON + HOUR)])
    found = plan.now_and_next("east", [ADA, BO, CAI], NOON, timedelta(days=7))
    assert (found.now, found.absent, found.as_a_whole) == ((), (ADA,), False)
    assert [duty.worker_id for duty in found.next] == ["bo"]
    assert found.next[0].starts_at == NOON + 8 * HOUR


def test_a_zone_that_is_known_no_more_is_a_hole_and_no_fault() -> None:
    plan = DutyPlan([roster(timezone="Atlantis/Capital")])
    assert present(plan, NOON) == []


def test_a_wall_time_that_was_stored_with_an_offset_stops_nobody_from_being_called() -> None:
    odd = (NamedShift("all", time(8, tzinfo=UTC), time(8)),)
    assert len(present(DutyPlan([roster(shifts=odd, cycle=("all",))]), NOON)) == 2


def test_a_roster_that_cannot_be_reckoned_is_a_hole_and_stops_no_other() -> None:
    broken = roster(id="broken", days_apart=None)
    plan = DutyPlan([broken, roster()])
    assert present(plan, NOON) == ["ada"]
    assert DutyPlan([broken]).holes(EAST, NOON, NOON + HOUR)[0].reasons == (HoleReason.NOBODY,)


@pytest.mark.parametrize("day", [date.min, date(1, 1, 2)])
def test_a_first_day_at_the_beginning_of_the_calendar_stops_nobody_from_being_called(day: date) -> None:
    assert len(present(DutyPlan([roster(starts_on=day)]), NOON)) == 1


def test_posts_are_teams_of_grids_teams_with_a_roster_and_the_duty_desk() -> None:
    teams = [Team("east", "East"), Team("idle", "Idle"), Team("desk", "Desk"), Team("fit", "Fit")]
    desk, fitter = worker("d", "desk", Role.DUTY_DESK), worker("t", "fit", Role.TECHNICIAN)
    manager = worker("m", "east", Role.MANAGER)
    everybody = [ADA, desk, fitter, manager, worker("i", "idle")]
    posts = posts_of(teams, [Grid("g", "G", "east")], everybody, lambda team: team in ("desk", "fit"))
    assert [(post.subject, post.members) for post in posts] == [
        ("house:roster/east", (ADA,)), ("house:roster/fit", (fitter,)), (DUTY_DESK, (desk,)),
    ]  # fmt: skip


def test_a_hole_that_began_is_known_since_when() -> None:
    plan = DutyPlan(shifts=[Shift("s", "east", "ada", NOON - 9 * HOUR, NOON - 2 * HOUR)])
    found = unmanned(plan, [EAST], NOON, 24 * HOUR)
    assert [(each.first.starts_at, each.first.ends_at) for each in found] == [
        (NOON - 2 * HOUR, NOON + 24 * HOUR)
    ], "what was over before is not said any more"


# ------------------------------------------------------------------ held against the wall clock

QUARTERS = st.builds(lambda hour, quarter: time(hour, 15 * quarter), st.integers(0, 23), st.integers(0, 3))
CHANGES = {
    "Europe/Berlin": (date(2025, 3, 30), date(2025, 10, 26)),
    "America/St_Johns": (date(2025, 3, 9), date(2025, 11, 2)),
    "Australia/Lord_Howe": (date(2025, 4, 6), date(2025, 10, 5)),
    "Asia/Shanghai": (date(2025, 7, 23), date(2025, 7, 24)),
}
PEOPLE = ("ada", "bo", "cai")


@st.composite
def written(draw: st.DrawFn) -> tuple[Written, datetime]:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    day = draw(st.sampled_from(CHANGES[zone]))
    since = datetime.combine(day, time(), zone_named(zone)).astimezone(UTC) - 6 * HOUR
    spans = st.builds(
        lambda start, length: (since + start * MINUTE, since + (start + length) * MINUTE),
        st.integers(-600, 2400), st.integers(1, 900),
    )  # fmt: skip

    def rotation(name: str) -> Roster:
        shifts = tuple(NamedShift(f"{name}{n}", draw(QUARTERS), draw(QUARTERS)) for n in range(2))
        names = st.sampled_from([*(shift.name for shift in shifts), ""])
        return Roster(
            name, "east", "", zone, shifts,
            tuple(draw(st.lists(names, min_size=1, max_size=5))),
            tuple(draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True))),
            day - timedelta(days=draw(st.integers(-1, 9))), draw(st.integers(0, 4)),
            draw(st.sampled_from([None, day, day + timedelta(days=1)])),
        )  # fmt: skip

    rosters = tuple(rotation(name) for name in ("ros", "two")[: draw(st.integers(1, 2))])
    shifts = tuple(
        Shift(f"shf{n}", "east", draw(st.sampled_from(PEOPLE)), *draw(spans))
        for n in range(draw(st.integers(0, 2)))
    )
    leaves = tuple(leave(draw(st.sampled_from(PEOPLE)), *draw(spans)) for _ in range(draw(st.integers(0, 2))))
    swaps = tuple(
        swap(draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(PEOPLE)), day - timedelta(days=n), number=n)
        for n in range(draw(st.integers(0, 3)))
    )
    swaps += tuple(swap(each.worker_id, "cai", shift=each.id, number=9) for each in shifts[:1])
    return Written(rosters, shifts, swaps, leaves), since


@settings(max_examples=40, deadline=None)
@given(written())
def test_every_minute_is_as_the_wall_clock_and_the_list_on_the_wall_say(
    case: tuple[Written, datetime],
) -> None:
    paper, since = case
    until = since + 40 * HOUR
    plan = DutyPlan(paper.rosters, paper.shifts, paper.swaps, paper.leaves)
    keeps = [plan.keeps_roster("east", since + n * MINUTE) for n in range(40 * 60)]
    by_hand = on_duty_by_the_minute(paper, since, until)
    everybody = [ADA, BO, CAI]
    holes = plan.holes(EAST, since, until)
    duties = plan.duties(since, until)
    for n, names in enumerate(by_hand):
        at = since + n * MINUTE
        away = {each.worker_id for each in paper.leaves if each.starts_at <= at < each.ends_at}
        expected = names if keeps[n] else frozenset(PEOPLE) - away
        assert any(hole.starts_at <= at < hole.ends_at for hole in holes) == (not expected)
        assert {duty.worker_id for duty in duties if duty.covers(at)} - away == names
        if n % 15 == 0 or (n and by_hand[n - 1] != names):
            assert frozenset(each.id for each in plan.on_duty(everybody, at)) == expected
