"""Text: what a person half asleep reads."""

import string
from dataclasses import replace

import pytest

from services.domain.alerts import Outcome
from services.domain.notices import Notice, NoticeKind, NoticeReason
from services.domain.people import Language
from services.escalation.text import Template, Texts, message_of, texts
from tests.unit.escalation.cast import NIGHT, NOBODY, Case

KNOWN = {"until", "why", "who", "what", "where", "since", "holder", "presses", "outcome"}


def press() -> Notice:
    case = Case(now=NIGHT)
    case.press()
    return case.notices[0]


def test_a_message_says_who_what_where_since_when_and_what_to_do() -> None:
    message = message_of(press())
    assert message.title == "呼叫器求助：卓玛"
    for words in ("谁：卓玛", "什么事：呼叫器求助", "在哪里：曲扎路 7 号 卧室", "7月23日 02:13", "怎么办："):
        assert words in message.text
    assert message.text.endswith("/alerts/" + press().alert_id)


def test_a_message_is_in_the_language_of_its_reader() -> None:
    message = message_of(replace(press(), language=Language.EN))
    assert message.title == "Call button pressed: 卓玛"
    assert "Since: 23/7 02:13" in message.text
    assert message.language is Language.EN


def test_a_text_that_no_native_speaker_has_read_has_the_chinese_one_under_it() -> None:
    message = message_of(replace(press(), language=Language.BO))
    assert not texts(Language.BO).reviewed
    assert "བྱ་དགོས་པ།" in message.text
    assert "呼叫器求助：卓玛" in message.text
    assert "怎么办：" in message.text


def test_nothing_missing_in_the_register_stops_a_message() -> None:
    bare = replace(press(), text={}, created_at=NIGHT)
    for language in Language:
        message = message_of(replace(bare, language=language))
        assert message.title
        assert "{" not in message.text


def test_an_absence_of_which_nobody_said_why_says_so() -> None:
    knows = {"because": "away_ends", "who": "卓玛", "holder": "次仁", "until": "2025-07-30T02:00:00Z"}
    ends = replace(press(), kind=NoticeKind.SILENCE, text=knows)
    assert "由次仁登记：未说明原因。" in message_of(ends).text
    assert "by 次仁: no reason given." in message_of(replace(ends, language=Language.EN)).text


@pytest.mark.parametrize(("author", "called"), [("token:tok_39b5", "程序"), ("user:admin", "admin")])
def test_who_has_no_name_in_the_register_is_called_by_how_they_came_in(author: str, called: str) -> None:
    knows = {"because": "away_ends", "who": "卓玛", "holder": author, "until": "2025-07-30T02:00:00Z"}
    ends = replace(press(), kind=NoticeKind.SILENCE, text=knows)
    assert f"由{called}登记" in message_of(ends).text


def test_a_brace_in_a_name_is_a_brace() -> None:
    notice = press()
    odd = replace(notice, text={**notice.text, "who": "{since.__class__}", "zone": "No/Where"})
    assert "{since.__class__}" in message_of(odd).text


def test_the_last_resort_is_told_why_it_is_told() -> None:
    case = Case(circle=NOBODY)
    case.press()
    assert case.notices[-1].reason is NoticeReason.LAST_RESORT
    assert "无人可通知" in message_of(case.notices[-1]).text


def test_who_has_it_stands_in_the_title_of_a_stand_down() -> None:
    case = Case()
    case.press()
    case.accept("tashi")
    heard = next(notice for notice in case.notices if notice.kind is NoticeKind.STAND_DOWN)
    assert message_of(heard).title == "Tashi已接下：卓玛"


@pytest.mark.parametrize("language", list(Language))
def test_every_language_says_the_same_things(language: Language) -> None:
    here, chinese = texts(language), texts(Language.ZH_CN)
    assert set(here.words) == set(chinese.words)
    assert set(here.outcomes) == {outcome.value for outcome in Outcome}
    assert keys(here) == keys(chinese)


@pytest.mark.parametrize("language", list(Language))
def test_every_template_asks_only_for_what_a_notice_knows(language: Language) -> None:
    asked = {
        name
        for group in groups(texts(language)).values()
        for template in group.values()
        for text in (template.title, template.body)
        for _, name, _, _ in string.Formatter().parse(text)
        if name
    }
    assert asked <= KNOWN


def groups(said: Texts) -> dict[str, dict[str, Template]]:
    return {
        name: dict(getattr(said, name)) for name in ("alert", "joined", "stand_down", "handover", "silence")
    }


def keys(said: Texts) -> dict[str, list[str]]:
    return {name: list(group) for name, group in groups(said).items()}
