"""Rosters, swaps and leave over the API and on their page: what is refused of which field, who may what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.domain.people import Role
from services.domain.ports import Topic
from tests.unit.console.cast import Cast
from tests.unit.console.test_pages import signed_in, words

ROSTER: dict[str, Any] = {
    "team_id": "team",
    "shifts": [
        {"name": "day", "starts": "08:00", "ends": "20:00"},
        {"name": "night", "starts": "20:00", "ends": "08:00"},
    ],
    "cycle": ["day", "night", ""],
    "members": ["pema", "karma"],
    "starts_on": "2025-07-20",
}
NIGHT_OF_PEMA = {"worker_id": "pema", "day": "2025-07-24"}


@pytest.fixture
def admin(house: Cast) -> TestClient:
    return house.of(Role.ADMIN)


def made(client: TestClient, **changed: Any) -> str:
    answer = client.post("/api/v1/rosters", json=ROSTER | changed)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_a_roster_is_kept_as_it_was_written_and_changed_by_field(house: Cast, admin: TestClient) -> None:
    roster = made(admin)
    assert Topic.ALERTS in house.signals.woken, "whoever watches the rosters looks at once"
    kept = admin.get(f"/api/v1/rosters/{roster}").json()
    assert kept == ROSTER | {
        "id": roster, "name": "", "timezone": "Asia/Shanghai", "days_apart": 1, "ends_on": None,
    }  # fmt: skip
    changed = admin.patch(f"/api/v1/rosters/{roster}", json={"ends_on": "2025-08-01", "members": ["karma"]})
    assert (changed.json()["ends_on"], changed.json()["members"]) == ("2025-08-01", ["karma"])
    assert admin.delete(f"/api/v1/rosters/{roster}").status_code == 204
    assert admin.get(f"/api/v1/rosters/{roster}").status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"team_id": "none"}, "team_id"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"shifts": [{"name": "day", "starts": "25:00", "ends": "08:00"}]}, "shifts.0.starts"),
        ({"shifts": [{"name": "day", "starts": "08-00", "ends": "20:00"}]}, "shifts.0.starts"),
        ({"shifts": [{"name": "day", "starts": "08:00", "ends": "T2000"}]}, "shifts.0.ends"),
        ({"shifts": [*ROSTER["shifts"], ROSTER["shifts"][0]]}, "shifts.2.name"),
        ({"cycle": ["day", "late"]}, "cycle.1"),
        ({"cycle": ["", ""]}, "cycle"),
        ({"members": ["basang"]}, "members.0"),
        ({"members": ["pema", "none"]}, "members.1"),
        ({"members": ["pema", "pema"]}, "members.1"),
        ({"ends_on": "2025-07-19"}, "ends_on"),
        ({"days_apart": -1}, "days_apart"),
        ({"starts_on": "0001-01-01"}, "starts_on"),
        ({"ends_on": "9999-12-31"}, "ends_on"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_field(
    admin: TestClient, changed: Mapping[str, Any], field: str
) -> None:
    answer = admin.post("/api/v1/rosters", json=ROSTER | dict(changed))
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_who_is_on_duty_and_who_is_next(admin: TestClient) -> None:
    made(admin)
    found = admin.get("/api/v1/duty?team_id=team&at=2025-07-23T02:00:00Z").json()
    assert (found["as_a_whole"], found["worker_ids"]) == (False, ["pema"])
    assert [(turn["worker_id"], turn["name"]) for turn in found["next"]] == [("karma", "day")]
    alone = admin.get("/api/v1/duty?team_id=team&at=2025-07-01T02:00:00Z").json()
    assert alone["as_a_whole"] is True
    assert alone["worker_ids"] == ["pema", "tashi", "karma"]


def test_a_swap_and_a_leave_show_in_the_turns(admin: TestClient) -> None:
    roster = made(admin)
    swap = admin.post("/api/v1/swaps", json=NIGHT_OF_PEMA | {"roster_id": roster, "instead_id": "tashi"})
    assert swap.status_code == 201, swap.text
    assert swap.json()["by"].startswith("token:")
    ill = {"worker_id": "tashi", "starts_at": "2025-07-24T15:00:00Z", "ends_at": "2025-07-24T16:00:00Z"}
    leave = admin.post("/api/v1/leaves", json=ill | {"reason": "ill"}).json()
    span = "since=2025-07-24T12:00:00Z&until=2025-07-24T16:00:00Z"
    turns = admin.get(f"/api/v1/rosters/{roster}/duties?{span}").json()["items"]
    assert [(each["worker_id"], each["instead_of"], each["on_leave"]) for each in turns] == [
        ("tashi", "pema", True)
    ]
    assert admin.delete(f"/api/v1/swaps/{swap.json()['id']}").status_code == 204
    assert admin.delete(f"/api/v1/leaves/{leave['id']}").status_code == 204
    turns = admin.get(f"/api/v1/rosters/{roster}/duties?{span}").json()["items"]
    assert [(each["worker_id"], each["on_leave"]) for each in turns] == [("pema", False)]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"instead_id": "basang"}, "instead_id"),
        ({"instead_id": "pema"}, "instead_id"),
        ({"roster_id": "none"}, "roster_id"),
        ({"day": None}, "day"),
        ({"day": "2025-07-25"}, "worker_id"),
        ({"shift_id": "none"}, "shift_id"),
    ],
)
def test_a_swap_needs_a_turn_and_somebody_who_can(
    admin: TestClient, changed: Mapping[str, Any], field: str
) -> None:
    wanted = NIGHT_OF_PEMA | {"roster_id": made(admin), "instead_id": "tashi"}
    answer = admin.post("/api/v1/swaps", json=wanted | dict(changed))
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_nobody_takes_a_turn_while_they_have_another_or_are_on_leave(admin: TestClient) -> None:
    roster = made(admin, cycle=["day", "night"])
    turn = {"roster_id": roster, "worker_id": "pema", "day": "2025-07-23"}
    shift = {"team_id": "team", "worker_id": "tashi", "starts_at": "2025-07-23T13:00:00Z"}
    admin.post("/api/v1/shifts", json=shift | {"ends_at": "2025-07-23T14:00:00Z"})
    assert admin.post("/api/v1/swaps", json=turn | {"instead_id": "tashi"}).status_code == 422
    ill = {"worker_id": "karma", "starts_at": "2025-07-23T13:00:00Z", "ends_at": "2025-07-23T14:00:00Z"}
    admin.post("/api/v1/leaves", json=ill | {"reason": "ill"})
    assert admin.post("/api/v1/swaps", json=turn | {"instead_id": "karma"}).status_code == 422


@pytest.mark.parametrize(
    ("until", "reason", "field"),
    [("2025-07-24T00:00:00Z", "ill", "ends_at"), ("2027-01-01T00:00:00Z", "ill", "ends_at"),
     ("2025-07-25T00:00:00Z", "", "reason")],
)  # fmt: skip
def test_a_leave_ends_after_it_begins_and_has_a_reason(
    admin: TestClient, until: str, reason: str, field: str
) -> None:
    body = {"worker_id": "pema", "starts_at": "2025-07-24T00:00:00Z", "ends_at": until, "reason": reason}
    answer = admin.post("/api/v1/leaves", json=body)
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_the_desk_enters_leave_and_swaps_and_writes_no_roster(house: Cast, admin: TestClient) -> None:
    roster, desk = made(admin), house.of(Role.DUTY_DESK)
    assert desk.post("/api/v1/rosters", json=ROSTER).status_code == 403
    turn = NIGHT_OF_PEMA | {"roster_id": roster, "instead_id": "tashi"}
    assert desk.post("/api/v1/swaps", json=turn).status_code == 201
    assert house.of(Role.CAREGIVER).post("/api/v1/swaps", json=turn).status_code == 403
    assert house.of(Role.CAREGIVER).get("/api/v1/leaves").status_code == 403, "why somebody is away is theirs"


# ------------------------------------------------------------------ the page


def test_the_week_says_who_comes_when_and_the_desk_enters_a_swap_and_a_leave(
    house: Cast, admin: TestClient
) -> None:
    roster = made(admin)
    desk = signed_in(house, "desk")
    week = {"team": "team", "week": "2025-07-21"}
    form = week | {"turn": f"{roster}|2025-07-24|pema", "instead": "tashi", "reason": ""}
    answer = desk.post("/rosters/swaps", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/rosters?team=team&week=2025-07-21#week",
    )
    assert "替Pema" in words(desk.get("/rosters", params=week).text)
    ill = week | {"worker": "karma", "since": "2025-07-25T08:00", "until": "2025-07-25T20:00", "why": "病"}
    assert desk.post("/rosters/leaves", data=ill, follow_redirects=False).status_code == 303
    assert admin.get("/api/v1/leaves").json()["items"][0]["starts_at"] == "2025-07-25T00:00:00Z"
    page = desk.get("/rosters", params=week).text
    assert "病" in page
    swap = admin.get("/api/v1/swaps").json()["items"][0]["id"]
    desk.post(f"/rosters/swaps/{swap}/take-back", data=week)
    assert "替Pema" not in words(desk.get("/rosters", params=week).text)


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("swaps", {"turn": "", "instead": "tashi"}, "排班上已没有这一班，请重新选择。"),
        ("swaps", {"turn": "x|y|z", "instead": "tashi"}, "排班上已没有这一班，请重新选择。"),
        ("leaves", {"worker": "pema", "since": "gestern", "until": "", "why": "病"},
         "时间不对：结束要晚于开始，且不超过一年。"),
        ("leaves", {"worker": "pema", "since": "2025-07-25T08:00", "until": "2025-07-25T09:00", "why": " "},
         "请填写原因。"),
    ],
)  # fmt: skip
def test_what_a_form_lacks_is_said_at_it(
    house: Cast, admin: TestClient, path: str, form: dict[str, str], said: str
) -> None:
    made(admin)
    answer = signed_in(house, "desk").post(f"/rosters/{path}", data={"team": "team"} | form)
    assert answer.status_code == 422
    assert said in words(answer.text)


def test_a_manager_writes_a_rotation_by_a_form_and_what_was_typed_stays(
    house: Cast, admin: TestClient
) -> None:
    manager = house.of(Role.MANAGER)
    typed = {
        "team": "team", "name": "八月", "starts_on": "2025-08-01", "ends_on": "", "days_apart": "7",
        "name0": "白", "from0": "08:00", "to0": "20:00", "name1": "夜", "from1": "20:00", "to1": "08:00",
        "cycle": "白，白 夜 夜 -", "place-pema": "2", "place-karma": "1",
    }  # fmt: skip
    wrong = manager.post("/rosters", data=typed | {"cycle": "白 晚"})
    assert wrong.status_code == 422
    assert "白 晚" in wrong.text
    assert manager.post("/rosters", data=typed, follow_redirects=False).status_code == 303
    kept = admin.get("/api/v1/rosters").json()["items"][0]
    assert (kept["cycle"], kept["members"], kept["days_apart"]) == (
        ["白", "白", "夜", "夜", ""],
        ["karma", "pema"],
        7,
    )
    again = manager.post(f"/rosters/{kept['id']}", data=typed | {"cycle": "白 -"}, follow_redirects=False)
    assert again.status_code == 303
    assert admin.get(f"/api/v1/rosters/{kept['id']}").json()["cycle"] == ["白", ""]
    assert manager.get(f"/rosters/{kept['id']}").status_code == 200
    manager.post(f"/rosters/{kept['id']}/remove")
    assert admin.get("/api/v1/rosters").json()["items"] == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "0000-00-00", "9999", "\u0000"])
def test_a_day_that_nobody_can_mean_breaks_no_page(house: Cast, admin: TestClient, day: str) -> None:
    made(admin)
    desk, manager = signed_in(house, "desk"), house.of(Role.MANAGER)
    assert desk.get("/rosters", params={"team": "team", "week": day}).status_code == 200
    turn = f"ros_0001|{day}|pema"
    swap = desk.post("/rosters/swaps", data={"team": "team", "turn": turn, "instead": "karma"})
    assert swap.status_code == 422
    typed = {"name0": "d", "from0": "08:00", "to0": "20:00", "cycle": "d", "place-pema": "1"}
    more = {"team": "team", "starts_on": day, "days_apart": "1"}
    assert manager.post("/rosters", data=typed | more).status_code == 422


def test_the_board_says_in_one_line_who_is_on_duty_and_who_is_next(house: Cast, admin: TestClient) -> None:
    made(admin)
    page = " ".join(words(signed_in(house, "desk").get("/").text))
    assert "值班" in page
    assert "下一班" in page


def test_whoever_is_of_no_team_reads_on_the_board_who_is_on_duty_in_each(
    house: Cast, admin: TestClient
) -> None:
    made(admin)
    page = house.worker("lhamo").get("/", headers={"Accept": "text/html"}).text
    assert "下一班" in " ".join(words(page))


def test_who_is_on_leave_is_not_called_on_duty(house: Cast, admin: TestClient) -> None:
    shifts = [{"name": "night", "starts": "20:00", "ends": "08:00"}]
    made(admin, shifts=shifts, cycle=["night"], members=["karma"])
    desk = signed_in(house, "desk")
    assert "正在值班" in words(desk.get("/rosters?team=team").text)
    ill = {"starts_at": "2025-07-22T12:00:00Z", "ends_at": "2025-07-23T00:00:00Z", "reason": "病"}
    assert admin.post("/api/v1/leaves", json=ill | {"worker_id": "karma"}).status_code == 201
    assert "正在值班" not in words(desk.get("/rosters?team=team").text)


@pytest.mark.parametrize(
    ("language", "name"), [("zh-CN", "班次名称"), ("bo", "ལས་རེས་ཀྱི་མིང་།"), ("en", "Name of the shift")]
)
def test_the_name_of_a_shift_is_not_that_of_a_user(house: Cast, language: str, name: str) -> None:
    client = house.of(Role.ADMIN)
    client.cookies.set("anxin_language", language)
    page = client.get("/rosters/new?team=team", headers={"Accept": "text/html"}).text
    assert f'<span>{name}</span><input name="name0"' in page


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [("08:00", "20:00", "现在没有人值班"), ("20:00", "08:00", "08:00 起没有人值班")],
)
@pytest.mark.parametrize("path", ["/", "/handover", "/residents/yangzom"])
def test_a_hole_says_when_wherever_somebody_is_not_protected(
    house: Cast, admin: TestClient, starts: str, ends: str, said: str, path: str
) -> None:
    shifts = [{"name": "one", "starts": starts, "ends": ends}]
    made(admin, shifts=shifts, cycle=["one"], members=["karma"])
    assert said in " ".join(words(signed_in(house, "desk").get(path).text))


def test_days_that_are_over_can_be_left_out_and_a_night_that_still_runs_is_not_over(
    house: Cast, admin: TestClient
) -> None:
    made(admin)
    desk = signed_in(house, "desk")
    page = desk.get("/rosters", params={"team": "team"}).text
    days = [each.split(">", 1)[0] for each in page.split('<li class="day')[1:]]
    assert ['over"' in each for each in days] == [True, False, False, False, False, False, False]
    assert " today" in days[2], "of the day before a turn runs on into this one"
    assert "也显示已过去的日子" in words(page)
    before = desk.get("/rosters", params={"team": "team", "week": "2025-07-14"}).text
    assert "也显示已过去的日子" not in words(before), "who asks for a week that is over wants to see it"


def test_a_hole_stands_between_the_turns_in_the_order_of_the_day(house: Cast, admin: TestClient) -> None:
    shifts = [
        {"name": "early", "starts": "08:00", "ends": "12:00"},
        {"name": "late", "starts": "16:00", "ends": "20:00"},
    ]
    reached = [{"kind": "webhook", "address": "http://127.0.0.1:9/notices"}]
    assert admin.patch("/api/v1/workers/karma", json={"channels": reached}).status_code == 200
    made(admin, shifts=shifts, cycle=["early", "late"], members=["karma", "pema"])
    page = signed_in(house, "desk").get("/rosters", params={"team": "team"}).text
    tomorrow = words(page.split('<li class="day">')[1].split('<li class="day', 1)[0])
    begins = [each[:5] for each in tomorrow if each[2:3] == ":" and "–" in each]
    assert begins == ["08:00", "12:00", "16:00"], "Pema goes to no home, and leaves the hole open"


def test_a_hole_is_cut_off_neither_where_its_week_begins_nor_where_it_ends(
    house: Cast, admin: TestClient
) -> None:
    reached = [{"kind": "webhook", "address": "http://127.0.0.1:9/notices"}]
    assert admin.patch("/api/v1/workers/karma", json={"channels": reached}).status_code == 200
    shifts = [{"name": "all", "starts": "08:00", "ends": "08:00"}]
    made(admin, shifts=shifts, cycle=["all"], members=["karma"])
    away = {"worker_id": "karma", "reason": "ill"}
    away |= {"starts_at": "2025-07-27T08:00:00+08:00", "ends_at": "2025-07-29T08:00:00+08:00"}
    assert admin.post("/api/v1/leaves", json=away).status_code == 201
    desk = signed_in(house, "desk")
    for week in ("2025-07-21", "2025-07-28"):
        page = desk.get("/rosters", params={"team": "team", "week": week}).text
        said = words(page)
        hole = said[said.index("没有人值班") - 1]
        assert hole == ("08:00–7月29日 08:00" if week == "2025-07-21" else "7月27日 08:00–7月29日 08:00")
    assert said[said.index("…–08:00") + 1] == "没有人值班", "and stands under each day that it reaches into"
    assert "7月27日 08:00–08:00 · all" in said, "so does a turn that began the day before the week"


def test_a_hole_that_is_there_begins_now_and_one_without_an_end_in_sight_has_none(
    house: Cast, admin: TestClient
) -> None:
    made(admin)
    away = {"worker_id": "karma", "reason": "ill"}
    away |= {"starts_at": "2025-07-22T20:00:00+08:00", "ends_at": "2025-09-01T08:00:00+08:00"}
    assert admin.post("/api/v1/leaves", json=away).status_code == 201
    page = words(signed_in(house, "desk").get("/rosters", params={"team": "team"}).text)
    assert "现在–" in page
