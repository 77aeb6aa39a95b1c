"""A matter of the house: a roster with a hole, a shift that nobody took over, somebody called too often.
It is called by what it is, nobody is sent out for it, and it ends as such a matter ends.
"""

from __future__ import annotations

import pytest

from services.domain.alerts import HOUSE, Alert, AlertChange, AlertState, ChangeReason
from services.domain.findings import Severity
from services.domain.people import Role
from services.escalation.gathering import store_move
from services.escalation.joining import UNKNOWN_ORIGIN
from services.escalation.steps import begin
from tests.unit.console.answering import alert_of, link_to, tap
from tests.unit.console.cast import NIGHT, Cast
from tests.unit.console.forms import Forms
from tests.unit.console.test_board import board
from tests.unit.console.test_pages import PAGE, words

HOLE = ("house:roster/team", "rosters")
SHIFT = ("house:duty-desk", "shift-handover")
PAGED = ("house:pages/karma", "pages")
REACHED = [{"kind": "webhook", "address": "http://127.0.0.1:9/notices"}]


def raised(house: Cast, subject: str, policy: str) -> None:
    """Such an alert, told to the desk and the manager."""
    for name in ("pema", "lhamo"):
        answer = house.of(Role.ADMIN).patch(f"/api/v1/workers/{name}", json={"channels": REACHED})
        assert answer.status_code == 200
    alert = Alert(
        id="alert-1",
        kind=policy,
        subject=subject,
        severity=Severity.MEDIUM,
        policy=policy,
        titles={"zh-CN": "须有人处理"},
        opened_at=NIGHT,
    )
    opened = AlertChange(alert.id, NIGHT, HOUSE, None, AlertState.OPEN, ChangeReason.OPENED)
    with house.store.writing() as uow:
        stored = uow.alerts.add(alert, [opened])
        store_move(uow, stored, begin(stored, house.parts.gathering.around_alert(uow, stored, NIGHT)))


@pytest.mark.parametrize(
    ("matter", "who", "called"),
    [
        (HOLE, "pema", "Centre"),
        (HOLE, "lhamo", "Centre"),
        (("house:roster/duty-desk", "rosters"), "pema", "值班台"),
        (SHIFT, "lhamo", "值班台"),
        (PAGED, "pema", "系统"),
        ((UNKNOWN_ORIGIN, "emergency"), "pema", "未登记的设备"),
    ],
)
def test_it_is_called_by_what_it_is_on_the_board_and_by_the_link_as_well(
    house: Cast, matter: tuple[str, str], who: str, called: str
) -> None:
    raised(house, *matter)
    page = house.client().get(link_to(house, who)).text
    assert f'<h1 class="who" id="m1">{called}</h1>' in page
    assert called in board(house).words["alert-alert-1"]
    assert f"<title>{called} ·" in house.worker(who).get("/alerts/alert-1", headers=PAGE).text


@pytest.mark.parametrize(("matter", "who"), [(HOLE, "pema"), (SHIFT, "lhamo"), (PAGED, "pema")])
def test_nobody_is_sent_out_for_it(house: Cast, matter: tuple[str, str], who: str) -> None:
    raised(house, *matter)
    client, link = house.client(), link_to(house, who)
    for page in (client.get(link).text, house.worker(who).get("/alerts/alert-1", headers=PAGE).text):
        assert "由我处理" in words(page)
        assert not {"这就赶去", "我已到", "已到现场"} & set(words(page))
    taken = tap(client, link, "accept").text
    told = words(taken) + words(house.worker(who).get("/alerts/alert-1", headers=PAGE).text)
    assert told.count("正在处理") == 2
    assert not {"我已到", "正在赶去", "已接下，正在赶去"} & set(told)
    assert "正在处理" in board(house).words["alert-alert-1"]


@pytest.mark.parametrize("by_link", [True, False])
def test_how_it_ended_asks_for_no_hospital_and_no_test(house: Cast, by_link: bool) -> None:
    raised(house, *HOLE)
    client, link = house.client(), link_to(house, "pema")
    taken = tap(client, link, "accept").text
    page = taken if by_link else house.worker("pema").get("/alerts/alert-1", headers=PAGE).text
    [offered] = [form.choices["outcome"] for form in Forms(page).forms if "outcome" in form.choices]
    assert offered == ["helped", "false_alarm", "other"]
    assert "已处理" in words(page)
    closed = tap(client, link, "close", outcome="helped").text
    assert alert_of(house).state is AlertState.CLOSED
    assert "已处理" in words(closed)
    assert "已提供帮助" not in words(closed)


@pytest.mark.parametrize(
    ("matter", "who", "way"),
    [
        (HOLE, "lhamo", "/rosters?team=team"),
        (PAGED, "pema", "/rosters?team=team"),
        (SHIFT, "lhamo", "/handover"),
    ],
)
def test_its_page_leads_to_where_it_is_mended(
    house: Cast, matter: tuple[str, str], who: str, way: str
) -> None:
    raised(house, *matter)
    page = house.worker(who).get("/alerts/alert-1", headers=PAGE).text
    assert f'class="act second" href="{way}"' in page
