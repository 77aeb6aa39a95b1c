"""Links and codes: sealed, for one notice alone, and never taken for another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.people import Channel, ChannelKind, Language
from services.escalation.links import (
    CODES,
    Way,
    code_before,
    code_of,
    is_over,
    is_sealed,
    link_key,
    link_of,
    notice_named,
    token_of,
    way_of,
)
from services.escalation.scene import House
from services.escalation.telling import key_of
from services.escalation.text import message_of
from tests.unit.escalation.cast import NIGHT, NOBODY, SHANGHAI, Case

KEY = link_key("a secret")
HOUSE = House(SHANGHAI, Language.ZH_CN, link_base="https://anxin.example/", link_key=KEY)
IDS = st.binary(min_size=12, max_size=12).map(lambda name: f"ntc_{name.hex()}")
FEW = settings(max_examples=60, deadline=None)


@FEW
@given(IDS)
def test_a_token_names_its_notice_and_fits_an_address(notice_id: str) -> None:
    token = token_of(notice_id, KEY)
    assert token is not None
    assert len(token) == 32
    assert notice_named(token) == notice_id
    assert is_sealed(token, KEY)


@FEW
@given(IDS, st.integers(0, 31), st.sampled_from("AZaz09-_"))
def test_a_token_with_one_sign_changed_names_nothing(notice_id: str, place: int, sign: str) -> None:
    token = token_of(notice_id, KEY) or ""
    changed = token[:place] + sign + token[place + 1 :]
    assert is_sealed(changed, KEY) is (changed == token)


@FEW
@given(st.text(max_size=40))
def test_whatever_somebody_types_is_no_token(typed: str) -> None:
    assert notice_named(typed) is None
    assert not is_sealed(typed, KEY)


def test_another_key_and_no_key_open_nothing() -> None:
    token = token_of(f"ntc_{'ab' * 12}", KEY) or ""
    assert not is_sealed(token, link_key("another"))
    assert not is_sealed(token, b"")
    assert token_of(f"ntc_{'ab' * 12}", b"") is None
    assert token_of("made by hand", KEY) is None


def test_the_key_of_the_links_is_not_that_of_the_signatures() -> None:
    assert b"a secret" not in KEY
    assert len(KEY) == 32


def test_a_link_is_of_the_person_and_without_a_person_the_page() -> None:
    case = Case(now=NIGHT)
    case.press()
    case.after(minutes=2)
    mine, neighbours = case.notices[:2]
    assert link_of(mine, HOUSE).startswith("https://anxin.example/a/")
    assert link_of(mine, HOUSE) != link_of(neighbours, HOUSE)
    nobody = Case(circle=NOBODY)
    nobody.press()
    assert "/alerts/" in link_of(nobody.notices[-1], HOUSE)
    assert "/alerts/" in link_of(mine, House(SHANGHAI, link_base="http://anxin"))


WAYS = st.builds(
    Way,
    st.builds(Channel, st.sampled_from(list(ChannelKind)), st.sampled_from(["a", "b", "a\n", "13800000001"])),
    st.sampled_from(["", "pema", "tashi"]),
) | st.just(Way())


@FEW
@given(IDS, WAYS, WAYS)
def test_a_token_of_one_way_is_of_no_other(notice_id: str, one: Way, other: Way) -> None:
    token = token_of(notice_id, KEY, one) or ""
    assert is_sealed(token, KEY, other) is (one == other)
    assert way_of(token, KEY, [other, one]) == one


def test_a_link_is_sealed_for_the_address_that_it_goes_to_and_for_a_program_to_the_person() -> None:
    case = Case(now=NIGHT)
    case.press()
    group = Channel(ChannelKind.FEISHU, "a-group")
    notice = replace(case.notices[0], channels=(*case.notices[0].channels, group))
    own = link_of(notice, HOUSE)
    assert link_of(notice, HOUSE, group) != own
    assert link_of(notice, HOUSE, notice.channels[0]) == own, "a webhook says whom it is for"
    assert link_of(notice, HOUSE, Channel(ChannelKind.FEISHU, "elsewhere")) == own


def test_what_is_kept_of_a_notice_opens_nothing() -> None:
    case = Case(now=NIGHT)
    case.press()
    notice = case.notices[0]
    token = message_of(notice, HOUSE).link.rpartition("/")[2]
    assert token not in repr(notice)
    assert KEY.hex() not in repr(HOUSE)
    assert "link_key" not in repr(HOUSE)


def test_a_link_is_over_exactly_when_its_time_is() -> None:
    case = Case(now=NIGHT)
    case.press()
    notice, lasts = case.notices[0], HOUSE.link_for
    assert not is_over(notice, HOUSE, NIGHT + lasts - timedelta(microseconds=1))
    assert is_over(notice, HOUSE, NIGHT + lasts)


def test_nine_thousand_notices_in_a_row_have_codes_that_differ() -> None:
    case = Case(now=NIGHT)
    case.press()
    notice = case.notices[0]
    codes = {code_of(replace(notice, number=number)) for number in range(123, 123 + CODES)}
    assert len(codes) == CODES
    assert all(len(code) == 4 and code.isdigit() and code[0] != "0" for code in codes)


def test_neighbouring_codes_are_not_mixed_up() -> None:
    case = Case(now=NIGHT)
    case.press()
    one, next_one = (code_of(replace(case.notices[0], number=number)) for number in (41, 42))
    assert sum(a != b for a, b in zip(one, next_one, strict=True)) >= 2


def numbered(case: Case) -> None:
    """As the store numbers what it takes."""
    case.notices = [replace(each, number=number) for number, each in enumerate(case.notices, start=500)]


def test_whoever_is_called_again_about_it_has_the_same_code_and_nobody_else_has() -> None:
    case = Case(now=NIGHT)
    case.press()
    numbered(case)
    for _ in range(6):
        case.after(minutes=5)
        numbered(case)
    codes: dict[str, set[str]] = {}
    for each in case.notices:
        codes.setdefault(key_of(each), set()).add(code_of(each))
    assert sum(key_of(each) == "desk" for each in case.notices) > 2
    assert all(len(own) == 1 for own in codes.values())
    assert len(set.union(*codes.values())) == len(codes)


def test_a_code_stays_no_longer_than_the_link_of_its_message() -> None:
    case = Case(now=NIGHT)
    case.press()
    numbered(case)
    first = case.notices[0]
    lasts = HOUSE.link_for
    assert code_before([first], HOUSE, NIGHT + lasts - timedelta(seconds=1)) == code_of(first)
    assert code_before([first], HOUSE, NIGHT + lasts) == ""
    later = replace(first, number=77, text={**first.text, "code": code_of(first)})
    assert code_before([later], HOUSE, NIGHT + timedelta(seconds=1)) == "", (
        "it has no code of its own to hand on"
    )


def test_what_is_not_stored_has_no_code() -> None:
    case = Case(now=NIGHT)
    case.press()
    assert code_of(case.notices[0]) == ""
    assert message_of(case.notices[0], HOUSE).code == ""
    assert "回1" not in message_of(case.notices[0], HOUSE).short
