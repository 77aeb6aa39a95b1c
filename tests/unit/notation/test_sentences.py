"""The sentences of a timeline, and what is said about one that cannot be read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notation.forms import Unfit
from notation.sentences import TROUBLES, VERBS, Broke, Did, Lasts, Sent, read_sentence
from notation.times import Moment, read_moment, rolled

SHANGHAI = ZoneInfo("Asia/Shanghai")


def broke(text: str) -> Broke:
    what = read_sentence(text).what
    assert isinstance(what, Broke)
    return what


def refusal(text: str) -> Unfit:
    with pytest.raises(Unfit) as refused:
        read_sentence(text)
    return refused.value


@pytest.mark.parametrize("verb", VERBS)
def test_a_resident_does_something_by_name_or_as_the_only_one(verb: str) -> None:
    named, alone = read_sentence(f"02:13 deji {verb}"), read_sentence(f"02:13 {verb}")
    assert (named.moment, named.what) == (Moment(time(2, 13)), Did("deji", verb))
    assert alone.what == Did(None, verb)


def test_a_device_sends_something_by_itself() -> None:
    sentence = read_sentence("+1 day 03:00:10 mat sends bed.exited")
    assert sentence.moment == Moment(time(3, 0, 10), days_later=1)
    assert sentence.what == Sent("mat", "bed.exited")


def test_what_lasts_has_a_span_or_an_end() -> None:
    assert broke("from 03:00 the gateway is down for 40m").lasts_for == timedelta(minutes=40)
    assert broke("03:00 attic is down until 03:40").who == "attic"
    ends = broke("from 23:50 mat chatters until 00:10")
    at = datetime(2025, 7, 22, 15, 50, tzinfo=UTC)
    assert ends.until_at(at, date(2025, 7, 22), SHANGHAI) == at + timedelta(minutes=20)


def test_a_clock_is_off_by_a_span_and_to_the_end_of_the_story_if_nothing_is_said() -> None:
    ahead = broke("from 02:00 mat's clock is 2h ahead")
    assert (ahead.trouble.name, ahead.who, ahead.by) == ("clock-ahead", "mat", timedelta(hours=2))
    assert ahead.until_at(datetime(2025, 7, 22, tzinfo=UTC), date(2025, 7, 22), SHANGHAI) is None


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: each.name)
def test_every_trouble_is_read_by_its_own_example(trouble: object) -> None:
    known = next(each for each in TROUBLES if each is trouble)
    assert broke(f"03:00 {known.example}").trouble is known


@pytest.mark.parametrize("trouble", [each for each in TROUBLES if each.lasts is Lasts.NEVER])
def test_what_is_over_at_once_lasts_no_time(trouble: object) -> None:
    known = next(each for each in TROUBLES if each is trouble)
    assert "nothing that lasts" in refusal(f"03:00 {known.example} for 5m").expected


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("02:05 deji gets upp", "deji gets up"),
        ("02:05 gets upp", "gets up"),
        ("02:05 mat sends bed.exitd", "bed.exited"),
        ("03:10 the service restart", "the service restarts"),
        ("03:10 the databse pauses for 20s", "the database pauses for 40m"),
    ],
)
def test_unknown_words_are_refused_with_the_nearest_known(text: str, nearest: str) -> None:
    assert refusal(text).nearest == nearest


def test_words_near_nothing_are_refused_with_all_that_there_is() -> None:
    assert "gets up" in refusal("02:05 deji yodels").expected
    assert refusal("02:05 deji yodels").nearest is None


@pytest.mark.parametrize(
    "text", ["deji presses", "2:13 deji presses", "02:13", "02:13 ", "25:00 deji presses"]
)
def test_what_is_no_sentence_is_refused_with_an_example(text: str) -> None:
    assert "02:13 deji presses" in refusal(text).expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("from 02:13 deji presses", "`from` only before what lasts"),
        ("03:00 the gateway is down", "how long it lasts"),
        ("03:00 the database pauses for 0s", "a span of some length"),
        ("2025-02-30 02:13 deji presses", "a local time that there is"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(text: str, words: str) -> None:
    assert words in refusal(text).expected


def test_a_bare_time_is_the_first_such_at_or_after_what_came_before() -> None:
    first_day, ten_past_ten = date(2025, 7, 22), datetime(2025, 7, 22, 14, 10, tzinfo=UTC)
    night = rolled(read_moment("02:13:05"), ten_past_ten, first_day, SHANGHAI)
    assert night == datetime(2025, 7, 22, 18, 13, 5, tzinfo=UTC)
    assert rolled(read_moment("02:13:05"), night, first_day, SHANGHAI) == night
    assert rolled(read_moment("02:13:04"), night, first_day, SHANGHAI) == night + timedelta(
        hours=24, seconds=-1
    )


def test_a_time_with_its_day_stays_on_it() -> None:
    first_day, late = date(2025, 7, 22), datetime(2025, 8, 1, tzinfo=UTC)
    assert rolled(read_moment("+1 day 00:30"), late, first_day, SHANGHAI).day == 22
