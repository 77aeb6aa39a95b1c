"""The figures over the API, as a table and on their page: who sees whose, what is refused, what a spreadsheet
gets.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.console.figures_csv import COLUMNS, harmless
from services.domain.alerts import AlertChange, AlertState, ChangeReason, Outcome
from services.domain.findings import Finding, Severity, Trigger
from services.domain.notices import Notice, NoticeKind, NoticeReason, NoticeState
from services.domain.people import Language, Role
from tests.unit.console.cast import NIGHT, Cast, press
from tests.unit.console.test_pages import PAGE, signed_in, words

SECOND = timedelta(seconds=1)


@pytest.fixture
def told(house: Cast) -> Cast:
    """A call in each grid: Basang took hers after 50 s and was there after 20 min, nobody took the other."""
    _call(house, "one", "yangzom", told="basang")
    _call(house, "two", "dawa", told="norbu")
    with house.store.writing() as uow:
        alert = uow.alerts.get("one")
        assert alert is not None
        at = [NIGHT + 50 * SECOND, NIGHT + 1200 * SECOND, NIGHT + 1300 * SECOND]
        closed = replace(
            alert, state=AlertState.CLOSED, closed_at=at[2], outcome=Outcome.HELPED, deadlines=()
        )
        reasons = (ChangeReason.ACCEPTED, ChangeReason.ARRIVED, ChangeReason.CLOSED)
        changes = [
            AlertChange("one", when, "basang", AlertState.OPEN, AlertState.CLOSED, reason)
            for when, reason in zip(at, reasons, strict=True)
        ]
        uow.alerts.save(closed, changes)
    house.clock.move(timedelta(hours=2))
    return house


def _call(house: Cast, name: str, resident: str, told: str) -> None:
    press(house, name, resident)
    titles = {"zh-CN": "=呼叫器求助", "en": "Call button pressed"}
    finding = Finding(
        f"finding-{name}",
        "home",
        1,
        "0f",
        "call",
        Trigger.ON,
        NIGHT,
        NIGHT,
        Severity.HIGH,
        "call-button",
        "emergency",
        titles,
    )
    notice = Notice(
        f"sent-{name}",
        name,
        NoticeKind.ALERT,
        NoticeReason.STEP,
        NIGHT,
        Severity.HIGH,
        Language.ZH_CN,
        worker_id=told,
        state=NoticeState.SENT,
        sent_at=NIGHT + SECOND,
    )
    with house.store.writing() as uow:
        uow.findings.add([finding])
        uow.notices.add([notice])


def figures(client: TestClient, **asked: str) -> dict[str, Any]:
    answer = client.get("/api/v1/figures", params=asked)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_shares_stand_beside_their_references_with_so_many_of_so_many(told: Cast) -> None:
    found = figures(told.of(Role.MANAGER))
    assert found["total"]["alerts"] == 2
    assert found["total"]["answered"]["shares"] == [
        {"within_seconds": 60, "met": 1, "judged": 2, "percent": 50, "reference_percent": 97.5},
        {"within_seconds": 180, "met": 1, "judged": 2, "percent": 50, "reference_percent": 99},
    ]
    assert [each["reference_percent"] for each in found["total"]["on_site"]["shares"]] == [90, 100]
    assert [(each["grid_id"], each["name"], each["alerts"]) for each in found["grids"]] == [
        ("grid-1", "First grid", 1),
        ("grid-2", "Second grid", 1),
    ]
    assert [each["hour"] for each in found["hours"] if each["alerts"]] == [2]
    [rule] = found["rules"]
    assert (rule["rule"], rule["closed"], rule["non_actionable"], rule["percent"]) == ("call", 1, 0, 0)
    people = {each["name"]: each for each in found["workers"]}
    assert people["Basang"]["taken"] == 1
    assert people["Norbu"]["answered"]["never"] == 1
    assert people["Norbu"]["nights"] == [{"night": "2025-07-22", "pages": 1, "too_many": False}]


def test_the_manager_sees_everybody_by_name_and_everybody_else_themselves(told: Cast) -> None:
    def seen(client: TestClient) -> set[str]:
        return {each["worker_id"] for each in figures(client)["workers"]}

    assert {"basang", "norbu"} <= seen(told.of(Role.MANAGER)) == seen(told.worker("lhamo"))
    assert seen(told.worker("basang")) == {"basang"}
    assert seen(told.worker("pema")) <= {"pema"}
    assert seen(told.of(Role.ADMIN)) == seen(told.of(Role.DUTY_DESK)) == set()
    assert not figures(told.worker("basang"))["of_others"]


def test_the_desk_sees_every_grid_and_a_grid_worker_their_own(told: Cast) -> None:
    assert [each["grid_id"] for each in figures(told.worker("pema"))["grids"]] == ["grid-1", "grid-2"]
    mine = figures(told.worker("norbu"))
    assert ([each["grid_id"] for each in mine["grids"]], mine["total"]["alerts"]) == (["grid-2"], 1)
    assert [each["grid_id"] for each in figures(told.worker("karma"))["grids"]] == ["grid-1"], "the team's"
    neighbour = figures(told.worker("dolma"))
    assert (neighbour["total"]["alerts"], neighbour["rules"]) == (0, [])


def test_one_grid_and_a_span_are_asked_for(told: Cast) -> None:
    manager = told.of(Role.MANAGER)
    assert figures(manager, grid_id="grid-2")["total"]["alerts"] == 1
    later = figures(manager, since="2025-07-22T18:13:00.000001Z")
    assert later["total"]["alerts"] == 0
    assert (
        figures(manager, since="2025-07-22T18:13:00Z", until="2025-07-22T18:14:00Z")["total"]["alerts"] == 2
    )


@pytest.mark.parametrize("field", ["since", "until"])
@pytest.mark.parametrize("said", ["soon", "2025-07-22", "2025-07-22T00:00:00"])
def test_an_instant_that_is_none_is_one_fault_under_the_name_that_was_sent(
    told: Cast, field: str, said: str
) -> None:
    answer = told.of(Role.MANAGER).get("/api/v1/figures", params={field: said})
    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["field"], fault["found"]) == (422, field, said)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"since": "2025-07-23T00:00:00Z", "until": "2025-07-22T00:00:00Z"}, "since"),
        ({"since": "2025-07-22T00:00:00Z", "until": "2025-07-22T00:00:00Z"}, "since"),
        ({"since": "2015-07-22T00:00:00Z"}, "since"),
        ({"since": "2024-06-17T20:13:00Z", "until": "2025-07-22T20:13:01Z"}, "since"),
        ({"since": "1900-01-01T00:00:00Z", "until": "2199-12-31T00:00:00Z"}, "since"),
        ({"since": "2030-01-01T00:00:00Z"}, "since"),
        ({"since": "yesterday"}, "since"),
        ({"until": "9999-12-31T23:59:59Z"}, "until"),
        ({"grid_id": "grid-9"}, "grid_id"),
        ({"worker_id": "basang"}, "worker_id"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/figures", "/api/v1/figures.csv"])
def test_what_cannot_be_answered_is_refused_in_words(
    told: Cast, path: str, asked: dict[str, str], field: str
) -> None:
    answer = told.of(Role.MANAGER).get(path, params=asked)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_a_grid_of_others_is_none_at_all(told: Cast) -> None:
    answer = told.worker("norbu").get("/api/v1/figures", params={"grid_id": "grid-1"})
    unknown = told.worker("norbu").get("/api/v1/figures", params={"grid_id": "grid-9"})
    assert (answer.status_code, unknown.status_code) == (422, 422)
    assert answer.json()["errors"][0]["expected"] == unknown.json()["errors"][0]["expected"]


# ---------------------------------------------------------------------------------------- the table


def table(client: TestClient) -> list[dict[str, str]]:
    answer = client.get("/api/v1/figures.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="figures-20250622-20250722.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf"), "else spreadsheets spoil the Chinese"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_the_table_has_one_figure_a_row_in_columns_that_stay(told: Cast) -> None:
    rows = table(told.of(Role.MANAGER))
    assert tuple(rows[0]) == COLUMNS
    found = {(row["of"], row["id"], row["figure"], row["within_seconds"]): row for row in rows}
    first = found["all", "", "answered_in_time", "60"]
    assert (first["met"], first["judged"], first["percent"], first["reference_percent"]) == (
        "1",
        "2",
        "50.0",
        "97.5",
    )
    assert found["all", "", "answered_median_seconds", ""]["value"] == "50.0"
    assert found["grid", "grid-2", "answered_never", ""]["value"] == "1"
    assert found["rule", "home/call", "non_actionable", ""]["judged"] == "1"
    assert found["night", "norbu", "pages_of_the_night", ""]["name"] == "Norbu 2025-07-22"
    assert {row["of"] for row in rows} == {"all", "grid", "hour", "rule", "worker", "night"}
    assert len({tuple(row.values()) for row in rows}) == len(rows)


def test_nobody_is_named_in_the_table_of_who_may_not_see_them(told: Cast) -> None:
    of = {row["id"] for row in table(told.worker("basang")) if row["of"] in ("worker", "night")}
    assert of == {"basang"}


@pytest.mark.parametrize("text", ["=1+1", "+8613900000000", "-1", "@SUM(A1)", "\tx", "\r=x", "  =1+1"])
def test_a_spreadsheet_reckons_with_no_name(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_what_is_no_formula_stays_as_it_is(told: Cast) -> None:
    assert harmless("东网格 1-2") == "东网格 1-2"
    [name] = {row["name"] for row in table(told.of(Role.MANAGER)) if row["of"] == "rule"}
    assert name == "'=呼叫器求助"


# ----------------------------------------------------------------------------------------- the page


def test_the_page_says_the_same_in_words_and_pictures(told: Cast) -> None:
    page = told.worker("lhamo").get("/figures", headers=PAGE)
    said = words(page.text)
    assert page.status_code == 200
    assert {"服务数据", "2起中的1起", "按网格", "按人员", "Basang", "Norbu", "First grid"} <= set(said)
    assert "数量太少，不算百分比 · 参照值97.5%" in " ".join(said)
    assert 'role="img"' in page.text
    assert "<script" not in page.text.partition("<main")[2]


def test_who_looks_after_one_grid_sees_themselves_and_no_choice_of_grids(told: Cast) -> None:
    page = signed_in(told, "grid").get("/figures").text
    said = words(page)
    assert "您自己" in said
    assert "Basang" in said
    assert "Norbu" not in said
    assert 'name="grid"' not in page


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("since=2025-07-22&until=2025-07-20", "无法显示这段日期"),
        ("since=2015-01-01&until=2025-07-20", "无法显示这段日期"),
        ("since=soon", "无法显示这段日期"),
        ("until=9999-12-31", "无法显示这段日期"),
        ("grid=grid-9", "没有这个网格"),
    ],
)
def test_what_was_typed_wrong_is_said_and_the_usual_month_is_shown(told: Cast, query: str, word: str) -> None:
    page = told.worker("lhamo").get(f"/figures?{query}", headers=PAGE)
    assert page.status_code == 422
    assert any(word in each for each in words(page.text))
    assert "2起紧急警报" in " ".join(words(page.text))


def test_the_link_to_the_table_asks_for_what_the_page_shows(told: Cast) -> None:
    manager = told.worker("lhamo")
    page = manager.get("/figures?since=2025-07-22&until=2025-07-23&grid=grid-2", headers=PAGE).text
    assert (
        'href="/api/v1/figures.csv?since=2025-07-21T16%3A00%3A00Z&amp;until=2025-07-22T20%3A13%3A00Z' in page
    )
    assert "&amp;grid_id=grid-2" in page


def test_a_house_without_anything_says_so(house: Cast) -> None:
    said = words(house.worker("lhamo").get("/figures", headers=PAGE).text)
    assert "这段日期内没有紧急警报。" in said
    assert "这段日期内没有通知过任何人。" in said


def test_what_was_never_reached_is_left_out_and_the_strips_say_what_they_mean(told: Cast) -> None:
    page = " ".join(words(told.worker("lhamo").get("/figures", headers=PAGE).text))
    assert "始终没有：1起。" in page
    assert "–内" not in page, "nine of ten were not answered: there is no time within which they were"
    assert "每格为一夜" in page
