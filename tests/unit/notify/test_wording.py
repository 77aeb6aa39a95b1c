"""Wording: what a limit cuts and what it never does, and the facts that a template takes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.findings import Severity
from services.domain.notices import NoticeKind
from services.domain.people import Language
from services.escalation.bundling import BUNDLE
from services.escalation.short import units
from services.escalation.text import message_of
from services.notify.channels.wording import (
    CUT,
    facts,
    fitted,
    in_bytes,
    is_pressing,
    link_of,
    parameter,
    short,
    spoken,
    whole,
)
from tests.live.channels.messages import HOUSE, press, sending

LINK = "https://anxin.example.org/a/abc"


@given(st.text(max_size=300), st.sampled_from(["", LINK]), st.integers(80, 400), st.booleans())
@settings(max_examples=60)
def test_nothing_is_longer_than_its_limit_and_as_much_stays_as_fits(
    head: str, link: str, most: int, bytes_count: bool
) -> None:
    size = (lambda text: len(text.encode("utf-8", "surrogatepass"))) if bytes_count else len
    found = fitted(head, link, most, size)
    assert size(found) <= most
    assert found.endswith(link)
    if size(f"{head}\n{link}" if link else head) <= most:
        assert CUT in head or CUT not in found


def test_a_link_that_leaves_no_room_is_left_out() -> None:
    assert fitted("卓玛在哪里", LINK, 20, len) == "卓玛在哪里"


def test_a_long_message_keeps_its_link() -> None:
    message = replace(sending().message, text=f"很长的话。{'很' * 3000}\n\n{LINK}", link=LINK)
    what = replace(sending(), message=message)
    assert whole(what, 2048).endswith(f"{CUT}\n{LINK}")
    assert in_bytes(whole(what, 2048)) <= 2048
    assert link_of(what) == LINK


@given(st.text("很长的名字 བོད་", max_size=900), st.integers(60, 2048), st.sampled_from(["", LINK]))
@settings(max_examples=60, deadline=None)
def test_the_code_stays_in_a_chat_whatever_is_cut(who: str, most: int, link: str) -> None:
    text = f"谁：{who}\n号码：4827" + (f"\n\n{link}" if link else "")
    what = replace(sending(), message=replace(sending().message, text=text, link=link, code="4827"))
    found = whole(what, most)
    assert in_bytes(found) <= most
    assert "4827" in found


@given(st.text("很长的名字 ", min_size=1, max_size=60), st.integers(4, 35))
@settings(max_examples=60, deadline=None)
def test_the_code_stays_in_a_value_of_a_template_whatever_is_cut(who: str, most: int) -> None:
    notice = replace(press(), text={**press().text, "who": who})
    what = replace(sending(), notice=notice, message=replace(message_of(notice), code="4827"))
    for template in ("{who}，号{code}", "{code}：{who}", "号{code}"):
        found = parameter(template, what, most)
        assert "4827" in found
        assert len(found) <= most


def test_a_message_without_a_link_is_cut_at_its_end() -> None:
    what = replace(sending(), message=replace(sending().message, text="很" * 3000, link=""))
    assert link_of(what) == ""
    assert whole(what, 2048).endswith(CUT)


def test_a_language_that_nobody_has_read_is_followed_by_chinese() -> None:
    what = sending(Language.BO)
    assert what.message.short in short(what, 500)
    assert "呼叫器求助" in short(what, 500)
    assert facts(what)["what"] == "呼叫器求助"
    assert "呼叫器求助" in spoken(what, 200)


def test_the_facts_of_several_matters_are_those_of_all() -> None:
    matters = [{"who": "卓玛", "where": "曲扎路 7 号"}, {"who": "德吉", "where": "曲扎路 7 号"}]
    notice = replace(press(), text={**press().text, BUNDLE: json.dumps(matters)})
    what = replace(sending(), notice=notice, message=message_of(notice))
    assert (facts(what)["who"], facts(what)["where"]) == ("卓玛、德吉", "曲扎路 7 号")


def test_several_matters_in_a_text_message_keep_the_link_which_alone_answers_them() -> None:
    matters = [{"who": f"卓玛{number}"} for number in range(9)]
    notice = replace(press(), text={**press().text, BUNDLE: json.dumps(matters)})
    what = replace(sending(), notice=notice, message=message_of(notice, HOUSE))
    assert what.message.code == ""
    for most in (201, 140, 125):
        assert short(what, most).endswith(f"\n{what.message.link}")
        assert units(short(what, most)) <= most


def test_a_template_is_never_handed_an_empty_value() -> None:
    over = replace(press(), kind=NoticeKind.STAND_DOWN)
    what = replace(sending(), notice=over, message=message_of(over, HOUSE))
    assert parameter("{code}", what, 35) == "–"
    assert parameter("{code}", sending(), 35) == sending().message.code


def test_a_value_of_a_template_is_one_line_and_no_longer_than_may_be() -> None:
    who = replace(press(), text={**press().text, "who": "卓玛\n（" + "很" * 50 + "）"})
    found = parameter("{who} {nobody}", replace(sending(), notice=who), 35)
    assert len(found) == 35
    assert found.startswith("卓玛 （很")
    assert parameter("{what} {nobody}", sending(), 35) == f"{facts(sending())['what']} {{nobody}}"


@pytest.mark.parametrize(
    ("kind", "severity", "presses"),
    [
        (NoticeKind.ALERT, Severity.HIGH, True),
        (NoticeKind.JOINED, Severity.HIGH, True),
        (NoticeKind.STAND_DOWN, Severity.HIGH, False),
        (NoticeKind.TEST, Severity.HIGH, False),
        (NoticeKind.ALERT, Severity.MEDIUM, False),
    ],
)
def test_a_group_is_called_together_only_when_somebody_must_come(
    kind: NoticeKind, severity: Severity, presses: bool
) -> None:
    notice = replace(press(), kind=kind, severity=severity)
    assert is_pressing(replace(sending(), notice=notice)) is presses
