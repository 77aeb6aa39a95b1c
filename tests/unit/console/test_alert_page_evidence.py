"""What an alert rests on, as its page tells it: each fact in words, with rule, sentence, figures and events,
and the picture of the night; figures and events only for those who see whom they are about.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.console.pages.alerts.evidence import MOST_EVENTS, MOST_FACTS, Figures, figures_of
from services.console.parts import RulebookStatus, RuleStatus
from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.events import Mark
from services.domain.findings import Evidence, FindingReason, FindingState, Trigger
from services.domain.notices import NoticeReason
from services.domain.people import Role
from tests.unit.console.cast import NIGHT, Cast, press
from tests.unit.console.test_alert_page import WHY, event, page_of, rest_on, text_of
from tests.unit.console.test_alert_page_offers import alert_of, change
from tests.unit.console.test_pages import words


def test_a_press_is_said_to_the_second_with_the_room(house: Cast) -> None:
    house.of(Role.ADMIN).patch("/api/v1/devices/button-1", json={"place": "bedroom"})
    press(house)
    rest_on(house, event(5), at=NIGHT + timedelta(seconds=5))
    text = text_of(page_of(house))
    assert "呼叫器求助 02:13:05 · bedroom" in text
    assert "02:13:05 按下呼叫器 · bedroom" in text


def test_a_rule_says_its_sentence_where_the_text_is_the_one_it_found_by(house: Cast) -> None:
    press(house)
    rest_on(house, event(1), rulebook="beds", rule="out", content_hash="one-of-this-test")
    book = RulebookStatus(
        "beds", 1, "one-of-this-test", None, rules=(RuleStatus("out", {}, "on", "high", why=WHY),)
    )
    object.__setattr__(house.parts, "rules", lambda: [book])
    text = text_of(page_of(house))
    assert "请马上前往。" in text
    assert "规则：beds/out" in text
    object.__setattr__(house.parts, "rules", list)
    assert "请马上前往。" in text_of(page_of(house))  # a text that was read once is known


def test_a_rule_that_says_something_else_by_now_says_nothing_for_then(house: Cast) -> None:
    press(house)
    rest_on(house, event(1), rulebook="beds", rule="out", content_hash="an-older-one")
    book = RulebookStatus(
        "beds", 2, "a-newer-one", None, rules=(RuleStatus("out", {}, "on", "high", why=WHY),)
    )
    object.__setattr__(house.parts, "rules", lambda: [book])
    assert "请马上前往。" not in text_of(page_of(house))


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"count": 4, "span_seconds": 5400.0}, "1 小时 30 分钟内 4 次"),
        ({"waited_seconds": 1260.0}, "持续 21 分钟"),
        ({"run_seconds": 600.0}, "持续 10 分钟"),
        (
            {
                "counted": 1,
                "at_least": 2,
                "missing": 1,
                "period_starts_on": "2025-07-01",
                "period_ends_before": "2025-08-01",
            },
            "已有 1 次，应有 2 次 · 2025年7月1日 – 2025年7月31日",
        ),
    ],
)
def test_figures_are_said_in_words(house: Cast, figures: dict[str, object], said: str) -> None:
    press(house)
    rest_on(house, event(1), evidence=Evidence(("evt-1",), figures=figures))
    assert said in text_of(page_of(house))


def test_figures_that_are_none_are_left_out() -> None:
    assert figures_of({"count": "many", "span_seconds": None, "period_starts_on": 7}) == Figures()


def test_what_came_late_and_what_was_taken_back_is_said(house: Cast) -> None:
    press(house)
    rest_on(
        house,
        event(1),
        state=FindingState.WITHDRAWN,
        reason=FindingReason.LATE,
        raised_at=NIGHT + timedelta(minutes=14),
    )
    text = text_of(page_of(house))
    assert "已撤回：情况不属实" in text
    assert "晚了 14 分钟才发现：系统自己停运过。" in text


def test_a_fact_whose_finding_is_not_stored_yet_is_shown_all_the_same(house: Cast) -> None:
    press(house)
    assert "呼叫器求助 02:13:00" in text_of(page_of(house))


def test_what_was_told_without_the_store_is_said(house: Cast) -> None:
    press(house)
    said = "系统曾一时无法保存"
    assert said not in text_of(page_of(house))
    rest_on(house, event(1, marks=(Mark.TOLD_WITHOUT_STORE,)))
    assert said in text_of(page_of(house))


def test_calls_from_memory_are_said_even_where_the_event_says_nothing(house: Cast) -> None:
    press(house)
    with house.store.writing() as uow:
        [first, *_] = uow.notices.of_alert("alert-1")
        uow.notices.save(replace(first, reason=NoticeReason.TOLD_WITHOUT_STORE))
    assert "系统曾一时无法保存" in text_of(page_of(house))


def test_a_clock_that_was_wrong_is_said(house: Cast) -> None:
    press(house)
    rest_on(house, event(1, time_replaced=True))
    assert "设备时钟不准，这里显示收到的时间" in text_of(page_of(house))


def test_of_many_facts_and_events_the_newest_are_shown_and_the_others_counted(house: Cast) -> None:
    press(house)
    events = [event(number) for number in range(1, 21)]
    found = rest_on(house, *events)
    fact = alert_of(house).facts[0]
    facts = [replace(fact, finding_id=f"none-{number}") for number in range(30)]
    newest = replace(fact, finding_id=found.id, joined_at=NIGHT + timedelta(minutes=1))
    change(house, facts=(newest, *facts))
    text = text_of(page_of(house))
    assert f"另有更早的 {32 - MOST_FACTS} 条" in text
    assert f"另有更早的 {20 - MOST_EVENTS} 条" in text
    assert "02:13:20 按下呼叫器" in text
    assert "02:13:01 按下呼叫器" not in text


def test_who_was_called_from_elsewhere_learns_what_but_not_the_life_around_it(house: Cast) -> None:
    press(house)
    rest_on(house, event(1, "bed.exited"), trigger=Trigger.UNLESS)
    change(house, owner_ids=("norbu",))
    page = page_of(house, "norbu")
    assert {"Yangzom", "呼叫器求助", "3 River Lane"} <= set(words(page))
    assert "离床" not in text_of(page)
    assert "/residents/yangzom" not in page
    assert "离床" in text_of(page_of(house, "basang"))


def test_the_night_s_bed_is_drawn_for_those_who_see_the_resident(house: Cast) -> None:
    press(house)
    change(house, owner_ids=("basang", "norbu"))
    assert '<svg class="strip' not in page_of(house)  # nothing is known of a bed
    hour = timedelta(hours=1)
    with house.store.writing() as uow:
        uow.devices.add(
            Device(
                "bed-1",
                "bed-1",
                Ecosystem.NATIVE,
                DeviceType.BED_SENSOR,
                "home-1",
                resident_id="yangzom",
                state=DeviceState.LIVE,
                registered_at=NIGHT - 100 * hour,
            )
        )
        uow.events.append(
            [
                event(-7200, "bed.entered", device_id="bed-1", occurred_at=NIGHT - 2 * hour),
                event(-600, "bed.exited", device_id="bed-1", occurred_at=NIGHT - hour / 6),
            ]
        )
    assert '<svg class="strip' in page_of(house)
    assert '<svg class="strip' in page_of(house, "pema")
    assert '<svg class="strip' not in page_of(house, "norbu")
