"""The story on the page of an alert: who was told when, over which channel and with what result, who was not
and why, together with what people did; the newest first, and a long one in pieces.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.console.pages.alerts.story import MOST_MOMENTS
from services.console.pages.texts import in_each_language
from services.domain.alerts import AlertChange, AlertState, ChangeReason
from services.domain.notices import (
    Attempt,
    AttemptResult,
    Notice,
    NoticeKind,
    NoticeReason,
    NoticeState,
    ReceiptResult,
)
from services.domain.people import ChannelKind, Language, Role
from services.escalation.gathering import store_move
from services.escalation.policies import Relation
from services.escalation.stages import meet
from tests.unit.console.cast import NIGHT, Cast, press
from tests.unit.console.test_alert_page import page_of, text_of
from tests.unit.console.test_alert_page_offers import alert_of, change
from tests.unit.console.test_pages import words


def story_of(house: Cast, worker: str = "basang", query: str = "") -> str:
    page = page_of(house, worker, query=query)
    return page[page.index('id="story"') :]


def not_told(house: Cast) -> list[str]:
    """What is said of those who were not told."""
    group = '<div class="group not">'
    part = story_of(house).partition(group)[2]
    return words(part[: part.index("</div>")])


def go_on(house: Cast, rounds: int = 1) -> None:
    """Meet the next deadlines, each at its time."""
    for _ in range(rounds):
        alert = alert_of(house)
        assert alert.next_due_at is not None
        house.clock.move(alert.next_due_at - house.clock.now())
        with house.store.writing() as uow:
            scene = house.parts.gathering.around_alert(uow, alert, house.clock.now())
            store_move(uow, alert, meet(alert, scene))


def attempt(house: Cast, notice: Notice, result: AttemptResult | None, **fields: object) -> None:
    at = notice.created_at + timedelta(seconds=1)
    plain = Attempt(
        f"att-{notice.id}",
        notice.id,
        ChannelKind.EMAIL,
        "basang@example.org",
        at,
        at + timedelta(seconds=2) if result else None,
        result,
    )
    with house.store.writing() as uow:
        uow.notices.start(replace(plain, **fields))  # type: ignore[arg-type]


def notices(house: Cast) -> list[Notice]:
    with house.store.reading() as uow:
        return uow.notices.of_alert("alert-1")


def extra(house: Cast, reason: NoticeReason, **fields: object) -> Notice:
    alert = alert_of(house)
    plain = Notice(
        f"notice-{reason}",
        alert.id,
        NoticeKind.ALERT,
        reason,
        NIGHT + timedelta(minutes=1),
        alert.severity,
        Language.ZH_CN,
        recipient_name="Somebody",
        state=NoticeState.NOT_SENT,
    )
    with house.store.writing() as uow:
        [stored] = uow.notices.add([replace(plain, **fields)])  # type: ignore[arg-type]
    return stored


def test_the_newest_stands_first_and_a_cause_before_what_came_of_it(house: Cast) -> None:
    press(house)
    go_on(house)
    house.worker("basang").post("/api/v1/alerts/alert-1/accept")
    house.clock.move(timedelta(minutes=5))
    house.worker("basang").post("/api/v1/alerts/alert-1/arrive")
    said = " ".join(words(story_of(house)))
    order = [
        "02:20:00",
        "已到现场",
        "02:15:00",
        "第 2 步",
        "已接下，正在赶去",
        "解除通知：不用再去",
        "02:13:00",
        "开始报警",
        "第 1 步",
    ]
    places = [said.index(each) for each in order]
    assert places == sorted(places)


def test_what_the_desk_wrote_down_names_both(house: Cast) -> None:
    press(house)
    house.worker("pema").post("/api/v1/alerts/alert-1/accept", json={"on_behalf_of": "cering"})
    assert "Cering 已接下，正在赶去 (由Pema代为登记)" in " ".join(words(story_of(house)))


def test_moves_say_what_belongs_to_them(house: Cast) -> None:
    press(house)
    basang = house.worker("basang")
    basang.post("/api/v1/alerts/alert-1/accept")
    for minutes, action, body in (
        (1, "extend", {"minutes": 10}),
        (2, "note", {"note": "路上有雪"}),
        (3, "handover", {"to_worker_id": "cering"}),
    ):
        house.clock.move(timedelta(minutes=minutes))
        basang.post(f"/api/v1/alerts/alert-1/{action}", json=body)
    house.worker("cering").post("/api/v1/alerts/alert-1/accept")
    house.worker("cering").post("/api/v1/alerts/alert-1/close", json={"outcome": "false_alarm"})
    said = " ".join(words(story_of(house)))
    for each in (
        "延长 10 分钟",
        "路上有雪",
        "Basang 请人接手： Cering",
        "Cering 接手，原负责人： Basang",
        "误报",
    ):
        assert each in said, each


@pytest.mark.parametrize("reason", ChangeReason)
def test_every_move_is_said(house: Cast, reason: ChangeReason) -> None:
    press(house)
    alert = alert_of(house)
    at = NIGHT + timedelta(minutes=3)
    detail = {"step": 0, "presses": 2, "severity": "high", "extended_for": "5m", "outcome": "helped"}
    moved = AlertChange(alert.id, at, "basang", alert.state, alert.state, reason, detail=detail)
    with house.store.writing() as uow:
        uow.alerts.save(alert, [moved])
    assert "02:16:00" in words(story_of(house))


def test_what_a_move_carries_that_is_none_is_left_out(house: Cast) -> None:
    press(house)
    alert = alert_of(house)
    detail = {"extended_for": "soon", "outcome": "gone", "severity": 7, "presses": "two", "note": 3}
    moved = AlertChange(
        alert.id, NIGHT, "user:ada", alert.state, alert.state, ChangeReason.NOTED, detail=detail
    )
    with house.store.writing() as uow:
        uow.alerts.save(alert, [moved])
    assert "ada 写了备注" in " ".join(words(story_of(house)))


@pytest.mark.parametrize("result", [*AttemptResult, None])
def test_every_try_says_its_channel_and_its_result(house: Cast, result: AttemptResult | None) -> None:
    press(house)
    attempt(house, notices(house)[0], result, detail="the box is full" if result else None)
    said = " ".join(words(story_of(house)))
    assert "电子邮件" in said
    assert ("02:13:03" if result else "正在发送") in said
    assert ("the box is full" in said) is (result not in {None, AttemptResult.DELIVERED})


@pytest.mark.parametrize("reason", NoticeReason)
def test_who_was_not_told_stands_there_with_the_reason(house: Cast, reason: NoticeReason) -> None:
    press(house)
    extra(house, reason)
    said = not_told(house)
    assert said[:2] == ["未通知", "Somebody"]
    assert len(said[2].strip(" ·")) > 1


@pytest.mark.parametrize("relation", Relation)
def test_a_place_where_nobody_is_is_named(house: Cast, relation: Relation) -> None:
    press(house)
    extra(house, NoticeReason.NOT_ASSIGNED, recipient_name=relation.value, text={"relation": relation.value})
    [_, said] = not_told(house)
    assert relation.value not in said
    assert said.endswith(" · 没有登记人员")


def test_who_could_not_be_reached_and_is_tried_again(house: Cast) -> None:
    press(house)
    [notice] = notices(house)
    attempt(house, notice, AttemptResult.REFUSED)
    with house.store.writing() as uow:
        uow.notices.save(replace(notice, reason=NoticeReason.EVERY_CHANNEL_FAILED))
    assert "Basang · 各种方式都没有联系上; 会再试" in " ".join(words(story_of(house)))


def test_a_notice_that_is_on_its_way_says_so(house: Cast) -> None:
    press(house)
    assert "Basang · 正在通知" in " ".join(words(story_of(house)))


def test_the_last_resort_has_a_name(house: Cast) -> None:
    press(house)
    extra(house, NoticeReason.LAST_RESORT, recipient_name="", state=NoticeState.SENT)
    assert "最后联系人 · 没有其他人可通知" in " ".join(words(story_of(house)))


def test_a_reminder_is_no_call(house: Cast) -> None:
    press(house)
    house.worker("basang").post("/api/v1/alerts/alert-1/accept")
    go_on(house)
    said = " ".join(words(story_of(house)))
    assert said.index("还没有到：已提醒") < said.index("已提醒 Basang") < said.index("已接下")


@pytest.mark.parametrize(
    ("worker", "address"),
    [
        ("basang", "basang@example.org"),
        ("lhamo", "basang@example.org"),
        ("cering", "b…@example.org"),
        ("pema", "b…@example.org"),
    ],
)
def test_addresses_are_masked_as_at_the_interface(house: Cast, worker: str, address: str) -> None:
    press(house)
    attempt(house, notices(house)[0], AttemptResult.DELIVERED)
    assert address in words(story_of(house, worker))
    [shown] = house.worker(worker).get("/api/v1/attempts?alert_id=alert-1").json()["items"]
    assert shown["address"] == address


def test_of_an_address_of_the_web_the_story_names_the_host_alone(house: Cast) -> None:
    press(house)
    attempt(house, notices(house)[0], AttemptResult.DELIVERED, address="https://key@hook.example.org/a/b?c=1")
    for worker in ("basang", "lhamo", "pema"):
        shown = words(story_of(house, worker))
        assert "hook.example.org" in shown
        assert not any("/a/b" in line or "https:" in line or "key@" in line for line in shown)


def test_a_program_and_a_login_without_a_worker_have_words(house: Cast) -> None:
    press(house)
    house.of(Role.ADMIN).post("/api/v1/alerts/alert-1/close", json={"outcome": "other"})
    assert "程序 · 02:13" in text_of(page_of(house))
    assert "tok-admin" not in page_of(house)


def test_of_a_long_story_the_newest_is_shown_and_all_of_it_on_demand(house: Cast) -> None:
    press(house)
    go_on(house, rounds=100)
    page = story_of(house, "pema")
    assert page.count("<li><time") + page.count('<li class="') >= MOST_MOMENTS
    assert len(page) < 30_000
    assert "02:13:00" not in words(page)
    whole = story_of(house, "pema", "?story=all")
    assert "02:13:00" in words(whole)
    earlier = len({each.created_at for each in notices(house)}) - MOST_MOMENTS
    assert f"查看全部：还有 {earlier} 条更早的记录" in words(page)
    assert len(notices(house)) > 200


def test_an_alert_that_is_over_keeps_its_story(house: Cast) -> None:
    press(house)
    change(house, state=AlertState.CLOSED)
    assert "开始报警" in words(story_of(house, "dolma"))


@pytest.mark.parametrize(
    ("receipt", "said"),
    [(ReceiptResult.DELIVERED, "运营商回报：手机已收到"), (ReceiptResult.FAILED, "停机")],
)
def test_what_the_carrier_said_afterwards_stands_under_the_attempt_with_its_time(
    house: Cast, receipt: ReceiptResult, said: str
) -> None:
    press(house)
    with house.store.reading() as uow:
        [notice, *_] = uow.notices.page({}, 0, 9).items
    attempt(
        house,
        notice,
        AttemptResult.ACCEPTED_UNCONFIRMED,
        receipt=receipt,
        receipt_at=notice.created_at + timedelta(seconds=7),
        receipt_detail=None if receipt is ReceiptResult.DELIVERED else "停机",
    )
    story = story_of(house)
    assert said in story
    assert (notice.created_at + timedelta(seconds=7)).isoformat() in story


@pytest.mark.parametrize("reason", list(NoticeReason))
def test_every_reason_has_words_in_each_language(reason: NoticeReason) -> None:
    said = in_each_language(reason)
    assert set(said) == set(Language)
    assert len(set(said.values())) == len(Language)
