"""Backtests over the API: who may ask, what comes of it, and the page that one may keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.console.pages.backtest.view import report_page
from services.domain.backtests import Backtest, BusyTrying
from services.domain.people import Language, Role
from services.rules.reading import read_rulebook
from tests.unit.backtest.house import LivedThrough
from tests.unit.console.cast import NIGHT, Cast, cast
from tests.unit.rules.cast import in_bed, rulebook

BOOK = rulebook("id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high")
ROUTE = "/api/v1/rules/backtest"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Backtest:
    """Of one long walk at night."""
    history = in_bed().event("bed.exited", 0).event("bed.entered", 1800).end(3600)
    house = LivedThrough(tmp_path_factory.mktemp("house"), history, BOOK)
    found = house.tried(BOOK, days=2)
    house.store.close()
    return found


class Trier:
    """Answers a report, or that another one is at work."""

    def __init__(self, report: Backtest) -> None:
        self.report = report
        self.is_busy = False
        self.asked: list[tuple[int, datetime]] = []

    def __call__(self, text: str, file: str, days: int, until: datetime) -> Backtest:
        read_rulebook(text, file)
        if self.is_busy:
            raise BusyTrying
        self.asked.append((days, until))
        return self.report


@pytest.fixture
def trier(report: Backtest) -> Trier:
    return Trier(report)


@pytest.fixture
def house(tmp_path: Path, trier: Trier) -> Iterator[Cast]:
    with cast(tmp_path, backtest=trier) as community:
        yield community


def test_a_manager_is_answered_the_report_of_the_days_up_to_now(house: Cast, trier: Trier) -> None:
    answer = house.of(Role.MANAGER).post(ROUTE, json={"text": BOOK, "days": 7})
    assert answer.status_code == 200
    assert answer.json()["calls"] == {"now": 1, "would": 1, "only_now": 0, "only_would": 0}
    assert trier.asked == [(7, NIGHT)]


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.DUTY_DESK, Role.TECHNICIAN])
def test_others_may_not(house: Cast, role: Role) -> None:
    assert house.of(role).post(ROUTE, json={"text": BOOK}).status_code == 403


def test_every_fault_of_a_rulebook_is_listed(house: Cast) -> None:
    bad = BOOK.replace("bed.exited", "bed.exitd").replace("severity", "severty")
    answer = house.of(Role.ADMIN).post(ROUTE, json={"text": bad})
    assert answer.status_code == 422
    assert answer.json()["code"] == "faulty_rulebook"
    assert len(answer.json()["errors"]) == 2


def test_one_is_done_at_a_time(house: Cast, trier: Trier) -> None:
    trier.is_busy = True
    answer = house.of(Role.ADMIN).post(ROUTE, json={"text": BOOK})
    assert (answer.status_code, answer.json()["code"]) == (409, "busy_trying")


@pytest.mark.parametrize("body", [{"text": ""}, {"text": BOOK, "days": 0}, {"text": BOOK, "days": 401}, {}])
def test_what_makes_no_sense_is_refused(house: Cast, body: dict[str, object]) -> None:
    assert house.of(Role.ADMIN).post(ROUTE, json=body).status_code == 422


def test_as_a_page_it_is_in_the_language_that_is_asked_for(house: Cast) -> None:
    wanted = {"Accept": "text/html", "Accept-Language": "bo"}
    answer = house.of(Role.ADMIN).post(ROUTE, json={"text": BOOK}, headers=wanted)
    assert answer.headers["content-type"].startswith("text/html")
    assert 'filename="backtest-test.html"' in answer.headers["content-disposition"]
    assert '<html lang="bo">' in answer.text


def test_without_what_tries_there_is_no_route(tmp_path: Path) -> None:
    with cast(tmp_path) as community:
        assert community.of(Role.ADMIN).post(ROUTE, json={"text": BOOK}).status_code in {403, 404}


@pytest.mark.parametrize("language", list(Language))
def test_the_page_stands_by_itself(report: Backtest, language: Language) -> None:
    page = report_page(report, language, "Asia/Shanghai", {"r1": "德吉"})
    assert "德吉" in page
    assert not re.search(r"<script|\bsrc=|<link|url\(|https?://", page)
    assert len(page.encode()) < 100_000


def test_a_name_that_is_not_handed_over_is_not_shown(report: Backtest) -> None:
    assert ">r1<" in report_page(report, Language.EN, "Asia/Shanghai", {})


def test_the_summary_comes_first(report: Backtest) -> None:
    page = report_page(report, Language.EN, "Asia/Shanghai", {})
    said = "It would have called once in 2 days, 1 of it at night. Today&#39;s rules called once, 1 of it"
    assert page.index(said) < page.index("<svg")


def test_the_days_of_the_picture_are_all_there(report: Backtest) -> None:
    assert [each.day for each in report.by_day] == [
        report.by_day[0].day + timedelta(days=n) for n in range(len(report.by_day))
    ]
