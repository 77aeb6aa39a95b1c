"""What the pages say: words, numbers and times in each language; Chinese under what is not reviewed yet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.console.pages.texts import Line, Texts
from services.console.pages.words import WORDS
from services.domain.people import Language

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZH = Texts(Language.ZH_CN, SHANGHAI)
BO = Texts(Language.BO, SHANGHAI)
EN = Texts(Language.EN, SHANGHAI)

NOW = datetime(2025, 7, 22, 18, 13, tzinfo=UTC)
"""02:13 of Wednesday the 23rd in Shanghai."""


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def test_every_state_and_reason_has_a_word() -> None:
    for kind, words in WORDS.items():
        assert set(words) == set(kind), kind


def test_a_word_that_no_catalogue_has_is_said_in_english() -> None:
    assert BO("never said by any page, {who}", who="Dawa") == "never said by any page, Dawa"


def test_how_long_something_lasts_is_said_in_two_units() -> None:
    assert EN.span(seconds(59)) == "0 min"
    assert EN.span(timedelta(minutes=61)) == "1 h 1 min"
    assert EN.span(timedelta(hours=2)) == "2 h"
    assert EN.span(timedelta(days=2, hours=3)) == "2 d 3 h"
    assert EN.span(timedelta(days=2, minutes=59)) == "2 d"
    assert EN.span(-seconds(1)) == "0 min"
    assert ZH.span(timedelta(minutes=61)) == "1 小时 1 分钟"
    assert BO.span(timedelta(minutes=61)) == "ཆུ་ཚོད་ 1 སྐར་མ་ 1"


def test_a_countdown_stops_at_nothing() -> None:
    assert EN.count(timedelta(hours=2, minutes=5, seconds=9)) == "2:05:09"
    assert EN.count(seconds(108.9)) == "1:48"
    assert EN.count(-seconds(1)) == "0:00"


def test_what_was_less_than_a_minute_ago_was_just_now() -> None:
    assert (EN.ago(NOW - seconds(59), NOW), EN.ago(NOW - seconds(60), NOW)) == ("just now", "1 min ago")
    assert (ZH.ago(NOW - seconds(59), NOW), ZH.ago(NOW - seconds(60), NOW)) == ("刚刚", "1 分钟前")
    assert (BO.ago(NOW - seconds(59), NOW), BO.ago(NOW - seconds(60), NOW)) == (
        "ད་ལྟ་རང་།",
        "སྐར་མ་ 1 སྔོན།",
    )


def test_what_a_fast_clock_reports_from_ahead_was_just_now() -> None:
    assert EN.ago(NOW + timedelta(hours=1), NOW) == "just now"


def test_time_that_is_left_is_never_said_longer_than_it_is() -> None:
    assert EN.left(NOW + seconds(179), NOW) == "in 2 min"
    assert EN.left(NOW + seconds(60), NOW) == "in 1 min"
    assert EN.left(NOW + seconds(59.9), NOW) == "in 59 s"
    assert EN.left(NOW + seconds(1), NOW) == "in 1 s"
    assert ZH.left(NOW + seconds(179), NOW) == "2 分钟后"
    assert BO.left(NOW + seconds(179), NOW) == "སྐར་མ་ 2 རྗེས།"


def test_a_deadline_that_has_passed_says_by_how_much() -> None:
    assert EN.left(NOW + seconds(0.9), NOW) == "due now"
    assert EN.left(NOW - seconds(59), NOW) == "due now"
    assert EN.left(NOW - seconds(60), NOW) == "1 min overdue"
    assert ZH.left(NOW - timedelta(minutes=65), NOW) == "已超时 1 小时 5 分钟"
    assert BO.left(NOW - timedelta(minutes=5), NOW) == "སྐར་མ་ 5 འགོར་སོང་།"


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (datetime(2025, 7, 22, 16, 0, tzinfo=UTC), "today"),
        (datetime(2025, 7, 22, 15, 59, 59, tzinfo=UTC), "yesterday"),
        (datetime(2025, 7, 21, 16, 0, tzinfo=UTC), "yesterday"),
        (datetime(2025, 7, 21, 15, 59, 59, tzinfo=UTC), "Monday"),
        (datetime(2025, 7, 16, 16, 0, tzinfo=UTC), "Thursday"),
        (datetime(2025, 7, 16, 15, 59, 59, tzinfo=UTC), "16 Jul"),
        (datetime(2025, 7, 23, 15, 59, 59, tzinfo=UTC), "today"),
        (datetime(2025, 7, 23, 16, 0, tzinfo=UTC), "tomorrow"),
        (datetime(2025, 7, 24, 16, 0, tzinfo=UTC), "25 Jul"),
        (datetime(2024, 12, 31, 15, 59, 59, tzinfo=UTC), "31 Dec 2024"),
        (datetime(2024, 12, 31, 16, 0, tzinfo=UTC), "1 Jan"),
    ],
)
def test_a_day_begins_at_midnight_of_the_place(instant: datetime, said: str) -> None:
    assert EN.day(instant, NOW) == said


def test_the_same_instant_lies_on_another_day_in_another_zone() -> None:
    before_midnight = datetime(2025, 7, 22, 15, 30, tzinfo=UTC)
    assert EN.day(before_midnight, NOW) == "yesterday"
    assert Texts(Language.EN, ZoneInfo("UTC")).day(before_midnight, NOW) == "today"
    assert Texts(Language.EN, ZoneInfo("Asia/Kathmandu")).clock(before_midnight, NOW) == "21:15"


def test_yesterday_may_lie_in_the_month_and_the_year_before() -> None:
    first_of_march = datetime(2028, 2, 29, 16, 0, tzinfo=UTC)
    assert EN.day(date(2028, 2, 29), first_of_march) == "yesterday"
    assert EN.day(date(2028, 2, 28), first_of_march) == "Monday"
    new_year = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    assert EN.day(date(2025, 12, 31), new_year) == "yesterday"
    assert EN.day(date(2025, 12, 20), new_year) == "20 Dec 2025"


def test_the_wall_time_names_the_day_where_it_is_not_today() -> None:
    assert EN.clock(NOW, NOW) == "02:13"
    assert EN.clock(NOW - timedelta(hours=3), NOW) == "yesterday 23:13"
    assert ZH.clock(NOW - timedelta(hours=3), NOW) == "昨天 23:13"
    assert BO.clock(NOW - timedelta(hours=3), NOW) == "ཁ་སང་ 23:13"
    assert ZH.clock(NOW - timedelta(days=30), NOW) == "6月23日 02:13"


def test_each_language_writes_days_and_months_its_own_way() -> None:
    day = date(2025, 7, 3)
    assert [t.date(day) for t in (ZH, BO, EN)] == [
        "2025年7月3日",
        "2025 ལོའི་ཟླ་ 7 ཚེས་ 3",
        "3 Jul 2025",
    ]
    assert [t.month(day) for t in (ZH, BO, EN)] == ["2025年7月", "2025 ལོའི་ཟླ་ 7", "July 2025"]
    assert [t.day(date(2025, 1, 9), NOW) for t in (ZH, BO, EN)] == ["1月9日", "ཟླ་ 1 ཚེས་ 9", "9 Jan"]
    assert [t.weekday(day) for t in (ZH, BO, EN)] == ["星期四", "གཟའ་ཕུར་བུ", "Thursday"]


def test_the_date_of_an_instant_is_that_of_the_place() -> None:
    assert EN.date(datetime(2025, 6, 30, 16, 0, tzinfo=UTC)) == "1 Jul 2025"
    assert EN.month(datetime(2025, 6, 30, 15, 59, tzinfo=UTC)) == "June 2025"


def test_numbers_have_their_groups_of_digits() -> None:
    for t in (ZH, BO, EN):
        assert (t.number(461500), t.number(36.5), t.percent(0.8)) == ("461,500", "36.5", "80%")


def test_one_is_singular_in_english_alone() -> None:
    assert EN.plural("{count} thing", "{count} things", 1) == "1 thing"
    assert EN.plural("{count} thing", "{count} things", 0) == "0 things"
    assert EN.plural("{count} thing", "{count} things", 2491) == "2,491 things"


TITLES = {"zh-CN": "呼叫器求助", "bo": "འབོད་ཆས་མནན་སོང་།", "en": "Call button pressed"}


def test_until_tibetan_is_reviewed_an_alarm_stands_in_chinese_as_well() -> None:
    assert BO.alarm(TITLES) == (
        Line("འབོད་ཆས་མནན་སོང་།", Language.BO),
        Line("呼叫器求助", Language.ZH_CN),
    )
    assert BO.both("Urgent") == (Line("ཛ་དྲག", Language.BO), Line("紧急", Language.ZH_CN))


def test_a_reviewed_language_stands_alone() -> None:
    assert ZH.alarm(TITLES) == (Line("呼叫器求助", Language.ZH_CN),)
    assert EN.alarm(TITLES) == (Line("Call button pressed", Language.EN),)
    assert EN.both("Urgent") == (Line("Urgent", Language.EN),)


def test_a_title_that_is_missing_in_a_language_is_said_in_one_that_has_it_and_says_which() -> None:
    assert BO.alarm({"zh-CN": "呼叫器求助"}) == (Line("呼叫器求助", Language.ZH_CN),)
    assert BO.alarm({"en": "Call button pressed"}) == (Line("Call button pressed", Language.EN),)
    assert BO.alarm({}, "call-button") == (Line("call-button", Language.BO),)
