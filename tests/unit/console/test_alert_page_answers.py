"""What is said on the page of an alert: what became impossible meanwhile comes back as the page with a plain
sentence, and nothing that is sent twice is done twice.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.console.pages.alerts.refusals import Refused
from services.domain.alerts import AlertState, ChangeReason
from services.domain.people import Role
from tests.unit.console.cast import Cast, press
from tests.unit.console.forms import Forms
from tests.unit.console.test_alert_page_offers import alert_of, change
from tests.unit.console.test_pages import PAGE, signed_in, words

ALERT = "/alerts/alert-1"


def say(house: Cast, worker: str, action: str, /, **form: str) -> tuple[int, str]:
    """What one answers to an action from the page, with the page that comes of it."""
    client = house.worker(worker)
    answer = client.post(f"{ALERT}/{action}", data={"back": ALERT} | form, headers=PAGE)
    return (answer.history or [answer])[0].status_code, answer.text


def state_on_page(house: Cast, worker: str) -> str:
    """Which state the forms of the page stand under."""
    page = house.worker(worker).get(ALERT, headers=PAGE).text
    return next(form.hidden["state"] for form in Forms(page).forms if "state" in form.hidden)


def reasons(house: Cast) -> list[ChangeReason]:
    with house.store.reading() as uow:
        return [each.reason for each in uow.alerts.changes("alert-1")]


def test_accepting_arriving_and_ending_lead_from_one_page_to_the_next(house: Cast) -> None:
    press(house)
    for action, form, said in (
        ("accept", {}, "正在赶去"),
        ("arrive", {}, "已到现场"),
        ("close", {"outcome": "hospital", "note": "腹泻，已送医"}, "已结束"),
    ):
        status, page = say(house, "basang", action, **form)
        assert status == 303
        assert said in words(page)
    assert {"已送医院", "腹泻，已送医"} <= set(words(page))
    assert 'method="post" action="/alerts' not in page


@pytest.mark.parametrize(
    ("setting", "worker", "action", "form", "status", "said"),
    [
        ({"accepted_by": "cering"}, "basang", "accept", {}, 409, "没有成功：已有其他人接下。"),
        ({"accepted_by": "cering"}, "basang", "arrive", {}, 409, "没有成功：已有其他人接下。"),
        ({"state": AlertState.CLOSED}, "basang", "accept", {}, 409, "没有成功：这件事已经结束。"),
        (
            {"state": AlertState.CLOSED},
            "basang",
            "close",
            {"outcome": "test"},
            409,
            "没有成功：这件事已经结束。",
        ),
        (
            {},
            "basang",
            "handover",
            {"to": "cering"},
            409,
            "没有成功：还没有人接，要先有人接下。",
        ),
        (
            {"accepted_by": "cering"},
            "basang",
            "close",
            {"outcome": "test"},
            403,
            "没有成功：只有接下的人、值班台或服务管理员可以这样做。",
        ),
        (
            {},
            "basang",
            "accept",
            {"worker": "cering"},
            403,
            "没有成功：只有值班台或服务管理员可以代别人操作。",
        ),
        ({}, "pema", "accept", {"worker": "none"}, 422, "没有成功：这个人已不在岗。"),
        ({"accepted_by": "basang"}, "basang", "handover", {"to": "none"}, 422, "没有成功：请选择在岗的人。"),
        ({"accepted_by": "basang"}, "basang", "handover", {}, 422, "没有成功：请选择在岗的人。"),
        (
            {"accepted_by": "basang"},
            "basang",
            "extend",
            {"minutes": "31"},
            422,
            "没有成功：超过一次允许延长的时间。",
        ),
        ({"accepted_by": "basang"}, "basang", "close", {}, 422, "还没有完成：请选择结果。"),
        ({}, "basang", "note", {"note": "  "}, 422, "还没有完成：备注是空的。"),
    ],
)
def test_what_became_impossible_is_said_over_the_alert_as_it_is(
    house: Cast,
    setting: dict[str, object],
    worker: str,
    action: str,
    form: dict[str, str],
    status: int,
    said: str,
) -> None:
    press(house)
    if setting:
        change(house, **({"state": AlertState.ACCEPTED} | setting))
    before = alert_of(house)
    answered, page = say(house, worker, action, **form)
    assert (answered, alert_of(house)) == (status, before)
    assert said in words(page)
    assert {"Yangzom", "呼叫器求助", "3 River Lane"} <= set(words(page))


def test_an_admin_without_a_worker_is_asked_in_whose_name(house: Cast) -> None:
    press(house)
    answer = house.of(Role.ADMIN).post(f"{ALERT}/accept", data={"back": ALERT}, headers=PAGE)
    assert answer.status_code == 422
    assert "没有成功：请选择代谁操作。" in words(answer.text)


def test_who_has_it_is_named_where_somebody_was_slower(house: Cast) -> None:
    press(house)
    say(house, "cering", "accept")
    _, page = say(house, "basang", "accept")
    strip = page[page.index('class="notice-strip wrong said"') :]
    assert "Cering" in strip[: strip.index("</div>")]


def test_a_refusal_can_be_asked_for_again_by_its_name_alone(house: Cast) -> None:
    press(house)
    client = house.worker("basang")
    page = client.get(f"{ALERT}?refused=already_accepted", headers=PAGE).text
    assert "没有成功：已有其他人接下。" in words(page)
    page = client.get(f"{ALERT}?refused=<script>", headers=PAGE).text
    assert "notice-strip wrong said" not in page
    assert "<script>" not in page.replace('<script type="module"', "")


def test_every_refusal_has_a_sentence_of_its_own(house: Cast) -> None:
    press(house)
    client = house.worker("basang")
    said = set()
    for refused in Refused:
        page = client.get(f"{ALERT}?refused={refused}", headers=PAGE).text
        strip = page[page.index('class="notice-strip wrong said"') :]
        said.add(words(strip)[1])
    assert len(said) == len(Refused)


def test_what_somebody_had_written_is_not_lost_with_the_refusal(house: Cast) -> None:
    press(house)
    change(house, state=AlertState.CLOSED)
    _, page = say(house, "basang", "note", note="<b>门</b> 是开着的")
    assert "&lt;b&gt;门&lt;/b&gt; 是开着的" in page
    assert "data-after" not in page  # a page that kept itself true would take the words away


@pytest.mark.parametrize("action", ["extend", "note", "close"])
def test_a_form_that_is_sent_twice_is_done_once(house: Cast, action: str) -> None:
    press(house)
    say(house, "basang", "accept")
    form = {"extend": {"minutes": "10"}, "note": {"note": "门开着"}, "close": {"outcome": "helped"}}[action]
    state = state_on_page(house, "basang")
    first = say(house, "basang", action, state=state, **form)[0]
    after = alert_of(house)
    again = say(house, "basang", action, state=state, **form)[0]
    assert (first, again) == (303, 303)
    assert alert_of(house) == after


@pytest.mark.parametrize("action", ["accept", "arrive", "decline"])
def test_a_second_tap_changes_nothing(house: Cast, action: str) -> None:
    press(house)
    assert [say(house, "basang", action)[0] for _ in range(2)] == [303, 303]
    once = reasons(house)
    say(house, "basang", action)
    assert reasons(house) == once


def test_the_same_said_anew_from_a_newer_page_is_done_again(house: Cast) -> None:
    press(house)
    say(house, "basang", "accept")
    for _ in range(2):
        say(house, "basang", "extend", minutes="10", state=state_on_page(house, "basang"))
    assert reasons(house).count(ChangeReason.EXTENDED) == 2


def test_another_note_from_the_same_page_is_another_note(house: Cast) -> None:
    press(house)
    state = state_on_page(house, "basang")
    for note in ("门开着", "门开着，有狗"):
        say(house, "basang", "note", note=note, state=state)
    assert reasons(house).count(ChangeReason.NOTED) == 2
    assert alert_of(house).note == "门开着，有狗"


def test_the_same_from_two_people_is_done_for_each(house: Cast) -> None:
    press(house)
    state = state_on_page(house, "basang")
    for worker in ("basang", "cering"):
        say(house, worker, "note", note="我在路上", state=state)
    assert reasons(house).count(ChangeReason.NOTED) == 2


def test_the_desk_writes_down_who_telephoned(house: Cast) -> None:
    press(house)
    client = signed_in(house, "desk")
    for action, form in (("accept", {}), ("arrive", {}), ("close", {"outcome": "helped"})):
        client.post(f"{ALERT}/{action}", data={"worker": "cering"} | form)
    with house.store.reading() as uow:
        moves = [(each.reason, each.by, each.on_behalf_of) for each in uow.alerts.changes("alert-1")][2:]
    assert moves == [
        (ChangeReason.ACCEPTED, "pema", "cering"),
        (ChangeReason.ARRIVED, "pema", "cering"),
        (ChangeReason.CLOSED, "pema", "cering"),
    ]


def test_oneself_chosen_by_name_is_oneself(house: Cast) -> None:
    press(house)
    assert say(house, "basang", "accept", worker="basang")[0] == 303
    with house.store.reading() as uow:
        assert uow.alerts.changes("alert-1")[-1].on_behalf_of is None


def test_more_time_moves_the_reminder(house: Cast) -> None:
    press(house)
    say(house, "basang", "accept")
    before = alert_of(house).next_due_at
    say(house, "basang", "extend", minutes="20")
    after = alert_of(house).next_due_at
    assert before is not None
    assert after == before + timedelta(minutes=20)


def test_a_board_that_sends_somebody_back_to_itself_gets_them_back(house: Cast) -> None:
    press(house)
    client = signed_in(house, "grid")
    for back, to in (("/", "/"), ("//elsewhere.test", "/"), (ALERT, ALERT)):
        answer = client.post(f"{ALERT}/accept", data={"back": back}, follow_redirects=False)
        assert answer.headers["location"] == to
