"""The stories of the messages: the exact words of each, in each language, and what none may ever hold.

`messages/<language>.story.yaml` has, for one given alert, what each message says, and beside it
`<language>.answers.story.yaml` what each answer to a reply says. Whoever changes a text changes its story,
and reads there what somebody will read at night.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from services.domain.circle import Circle
from services.domain.homes import Grid
from services.domain.notices import Notice, NoticeKind
from services.domain.people import Contact, Language
from services.escalation.links import link_key
from services.escalation.scene import House
from services.escalation.short import MOST_UNITS, units
from services.escalation.text import Template, Texts, message_of, texts
from tests.unit.escalation.cast import CIRCLE, DOLMA, HOME, NIGHT, SHANGHAI, Case

STORIES = Path(__file__).parent / "messages"
GROUPS = ("alert", "joined", "test", "stand_down", "silence", "handover", "answer")
HOUSE = House(SHANGHAI, Language.ZH_CN, link_base="https://anxin.example", link_key=link_key("a story"))
NUMBER = 419
HOLE = {
    "zh-CN": "排班空缺：东片7月23日 22:00至7月24日 06:00无人值班（没有排人）",
    "bo": "ལས་རེས་སྟོང་ཆ། 东片 ཟླ་ 7 ཚེས་ 23 22:00 ནས་ ཟླ་ 7 ཚེས་ 24 06:00 བར་ལས་རེས་པ་མེད། (མི་བཀོད་མེད།)",
    "en": "Roster: nobody on duty for 东片 from 23/7 22:00 to 24/7 06:00 (nobody has the turn)",
}
UNTAKEN = {
    "zh-CN": "08:00 开始的班次无人接班",
    "bo": "08:00 ནས་འགོ་བཙུགས་པའི་ལས་རེས་སུས་ཀྱང་མ་བླངས།",
    "en": "Nobody has taken over the shift that began at 08:00",
}
TITLES = {"roster-hole": HOLE, "shift-not-taken-over": UNTAKEN}
"""What stands above a matter that is about no home."""
PRIVATE = {
    "key_place": "门框上方的暗格",
    "home_phone": "0894-5550101",
    "phone": "13855501023",
    "tag": "失能",
    "contact": "旺姆",
    "contact_phone": "13955501099",
}
"""What only whoever goes is shown, and no message ever holds."""
CASES = [
    (language, group, because)
    for language in Language
    for group in GROUPS
    for because in getattr(texts(language), group)
]


def circle() -> Circle:
    dolma = replace(
        DOLMA,
        phone=PRIVATE["phone"],
        tags=(PRIVATE["tag"],),
        contacts=(Contact(PRIVATE["contact"], "女儿"),),
    )
    return replace(
        CIRCLE,
        resident=dolma,
        residents=(dolma,),
        grid=Grid("east", "东片网格"),
        home=replace(HOME, key_place=PRIVATE["key_place"], phone=PRIVATE["home_phone"]),
    )


def told(language: Language, group: str, because: str, now: datetime = NIGHT) -> Notice:
    """A message of a press at the home of 卓玛, at 02:13."""
    case = Case(now=now, circle=circle())
    case.press(
        titles={
            "zh-CN": "呼叫器求助",
            "bo": "འབོད་ཆས་ཀྱིས་རོགས་འབོད།",
            "en": "Call button pressed",
        }
    )
    notice = case.notices[0]
    said = {"because": because, "holder": "扎西", "outcome": "helped", "list": "3456 卓玛\n5931 平措"}
    said |= {"until": "2025-07-23T01:30:00Z", "why": "女儿陪着"}
    said |= {f"title_{language}": title for language, title in TITLES.get(because, {}).items()}
    if because == "path_check":
        said |= {"link": ""}
    kind = NoticeKind(group)
    return replace(
        notice, kind=kind, language=language, number=NUMBER, text={**notice.text, **said}, worker_id="pema"
    )


@cache
def story(language: str) -> dict[str, Any]:
    files = (STORIES / f"{language}.story.yaml", STORIES / f"{language}.answers.story.yaml")
    found: dict[str, Any] = {}
    for file in files:
        found |= YAML(typ="safe", pure=True).load(file.read_text("utf-8"))
    return found


@pytest.mark.parametrize(("language", "group", "because"), CASES)
def test_a_message_says_what_its_story_says(language: Language, group: str, because: str) -> None:
    message = message_of(told(language, group, because), HOUSE)
    text = message.text.replace(message.link or "nowhere", "LINK")
    expected = story(language.value)[group][because]
    assert {"title": message.title, "short": message.short, "text": text} == expected


def test_the_stories_tell_of_every_message_and_of_none_that_is_gone() -> None:
    kept = [
        (language, group, because)
        for language in Language
        for group, messages in story(language.value).items()
        for because in messages
    ]
    assert sorted(kept) == sorted(CASES)


@pytest.mark.parametrize(("language", "group", "because"), CASES)
def test_no_message_holds_what_unfolds_only_for_whoever_goes(
    language: Language, group: str, because: str
) -> None:
    message = message_of(told(language, group, because), HOUSE)
    whole = f"{message.title}\n{message.text}\n{message.short}"
    assert not [what for what, words in PRIVATE.items() if words in whole]


@pytest.mark.parametrize(("language", "group", "because"), CASES)
def test_no_short_form_says_the_street(language: Language, group: str, because: str) -> None:
    assert "曲扎路" not in message_of(told(language, group, because), HOUSE).short


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=200
) | st.sampled_from(["卓玛", "བསྟན་འཛིན་ཆོས་སྒྲོན།", "👵🏽" * 30])


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(CASES), NAMES, NAMES, NAMES)
def test_a_short_form_fits_one_sms_whatever_the_names(
    case: tuple[Language, str, str], who: str, near: str, holder: str
) -> None:
    notice = told(*case)
    long = {"who": who, "near": near, "holder": holder, "list": "\n".join([f"3456 {who}"] * 6)}
    message = message_of(replace(notice, text={**notice.text, **long}), HOUSE)
    assert 0 < units(message.short) <= MOST_UNITS
    template: Template = getattr(texts(case[0]), case[1])[case[2]]
    if template.ask:
        assert message.short.endswith(message.code), "what to reply is never cut"


CODES = ("4827", "5931", "1066", "7788", "2345", "9021")
CUT = ("who", "near", "where", "holder", "outcome", "why", "title_zh-CN", "title_bo", "title_en")
LETTERS = NAMES.map(lambda name: "".join(sign for sign in name if not sign.isdecimal()) or "卓玛")
"""Names without digits, so that a code in a message is a code."""


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(CASES),
    st.fixed_dictionaries(dict.fromkeys(CUT, LETTERS)),
    st.integers(1, 10**6),
)
def test_the_code_of_what_is_asked_stands_in_the_short_form_whatever_is_cut(
    case: tuple[Language, str, str], names: dict[str, str], presses: int
) -> None:
    template: Template = getattr(texts(case[0]), case[1])[case[2]]
    notice = told(*case)
    message = message_of(replace(notice, text={**notice.text, **names, "presses": str(presses)}), HOUSE)
    if "{code}" in (template.short or template.title) + template.ask:
        assert message.code in message.short
    assert units(message.short) <= MOST_UNITS


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(list(Language)),
    st.sampled_from(["which_one", "unknown_code", "not_understood"]),
    st.lists(LETTERS, min_size=1, max_size=6),
)
def test_of_what_waits_every_code_stands_whole_and_three_always(
    language: Language, because: str, names: list[str]
) -> None:
    notice = told(language, "answer", because)
    waiting = "\n".join(f"{code} {' '.join(name.split())}" for code, name in zip(CODES, names, strict=False))
    short = message_of(replace(notice, text={**notice.text, "list": waiting}), HOUSE).short
    assert units(short) <= MOST_UNITS
    said = re.findall(r"\d+", short.removeprefix(short[: short.index(CODES[0])]))
    assert tuple(said) == CODES[: len(said)], "none is cut, and the newest come first"
    assert len(said) >= min(3, len(names))


@pytest.mark.parametrize("language", list(Language))
def test_whatever_asks_for_something_says_which_digit(language: Language) -> None:
    said = texts(language)
    asking = [*said.alert.values(), *said.joined.values(), said.test["test"], said.handover["handover"]]
    for template in asking:
        assert any(digit in template.ask for digit in "123"), template.short
        assert "{code}" in template.ask


@pytest.mark.parametrize("language", list(Language))
def test_every_short_form_and_answer_asks_only_for_what_a_notice_knows(language: Language) -> None:
    known = {"who", "what", "where", "near", "since", "time", "holder", "presses", "outcome"}
    known |= {"list", "code", "count", "until", "why"}
    assert {name for text in every_text(texts(language)) for name in places(text)} <= known


@pytest.mark.parametrize("language", list(Language))
def test_every_language_has_the_same_places_in_the_same_message(language: Language) -> None:
    here, chinese = texts(language), texts(Language.ZH_CN)
    for group in GROUPS:
        mine, theirs = getattr(here, group), getattr(chinese, group)
        assert list(mine) == list(theirs)
        for because in mine:
            body = set(places(mine[because].body)), set(places(theirs[because].body))
            assert body[0] == body[1], (group, because)


@pytest.mark.parametrize("language", list(Language))
def test_what_no_native_speaker_has_read_says_the_matter_in_chinese_too(language: Language) -> None:
    short = message_of(told(language, "alert", "step"), HOUSE).short
    assert texts(language).reviewed or "呼叫器求助" in short


def every_text(said: Texts) -> Iterator[str]:
    templates = [
        *(each for group in GROUPS for each in getattr(said, group).values()),
        said.bundle,
        said.digest,
        said.held,
    ]
    for each in templates:
        yield from (each.title, each.body, each.short, each.ask)


def places(text: str) -> Iterator[str]:
    return (name for _, name, _, _ in string.Formatter().parse(text) if name)
