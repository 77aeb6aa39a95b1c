"""Naming: whatever the house finds has a title in each language, and a file with a gap is refused."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.domain.findings import AWAY_OVERDUE, PAGES_AT_NIGHT, ROSTER_HOLE
from services.domain.people import Language
from services.titles.naming import FOLDER, PLACES, WORDS, UnfitTitles, Word, read, titles_of

EVENING = datetime(2025, 7, 23, 12, tzinfo=UTC).astimezone(ZoneInfo("Asia/Shanghai"))
SCRIPTS = {
    Language.ZH_CN: re.compile("[\u3400-\u9fff]"),
    Language.BO: re.compile("[\u0f00-\u0fff]"),
    Language.EN: re.compile("[A-Za-z]"),
}


def hole(others: int = 0, post: str | Word = "上游", span: str = "from_to") -> dict[str, str]:
    return titles_of(
        ROSTER_HOLE,
        post=post,
        span=Word(span, {"since": EVENING, "until": EVENING.replace(hour=22)}),
        why=(Word("on_leave"), Word("no_channel")),
        more=Word("more", {"count": others}) if others else "",
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for language in Language:
        shutil.copy(FOLDER / f"{language.value}.yaml", tmp_path)
    return tmp_path


@pytest.mark.parametrize("language", Language)
def test_whatever_the_house_finds_is_named_in_the_script_of_each_language(language: Language) -> None:
    said = read()[language.value]
    assert (said.titles.keys(), said.words.keys()) == (PLACES.keys(), WORDS.keys())
    for text in (*said.titles.values(), *said.words.values()):
        bare = re.sub(r"\{\w+\}", "", text)
        assert SCRIPTS[language].search(bare), text
        assert not any(script.search(bare) for other, script in SCRIPTS.items() if other is not language), (
            text
        )


def test_each_language_writes_days_and_lists_in_its_own_way() -> None:
    assert hole(2, Word("duty_desk")) == {
        "zh-CN": "排班空缺：值班台7月23日20:00至7月23日22:00无人值班（请假、没有联系方式），另有2处",
        "bo": "ལས་རེས་སྟོང་ཆ། ལས་རེས་ཁང་། 23/7 20:00 ནས་ 23/7 22:00 བར་ལས་རེས་པ་མེད། "
        "(དགོངས་པ་ཞུས་པ། འབྲེལ་གཏུགས་བྱེད་ཐབས་མེད།) གཞན་ཡང་སྟོང་ཆ་ 2",
        "en": "Roster: nobody on duty for the duty desk from 23/7 20:00 to 23/7 22:00 "
        "(on leave, nothing to reach them by), and 2 more",
    }


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ("from_on", "from 23/7 20:00 to at least 23/7 22:00"),
        ("now_to", "now and until 23/7 22:00"),
        ("now_on", "now and until at least 23/7 22:00"),
    ],
)
def test_an_instant_within_words_is_written_as_any_other(span: str, said: str) -> None:
    assert f"for 上游 {said} (" in hole(span=span)["en"]


def test_what_is_not_filled_in_leaves_nothing_behind() -> None:
    assert hole()["en"].endswith("(on leave, nothing to reach them by)")


def test_a_brace_in_a_name_is_a_brace() -> None:
    assert titles_of(PAGES_AT_NIGHT, name="{pages}", pages=5, most=4)["en"].startswith("{pages} was called 5")


def test_a_place_that_is_not_filled_is_an_error_of_whoever_asks() -> None:
    with pytest.raises(KeyError, match="most"):
        titles_of(PAGES_AT_NIGHT, name="达娃", pages=5)


@pytest.mark.parametrize(
    ("found", "instead", "fault"),
    [
        (
            "({why}){more}",
            "({why})",
            r"titles\.roster-hole: post, span, why in braces, expected more",
        ),
        ("shift that began", "shift that {began}", r"titles\.shift-not-taken-over: began, time in braces"),
        ("{count} more", "{count more", r"words\.more: "),
        (f"  {AWAY_OVERDUE}: ", "  home-overdue: ", rf"titles\.{AWAY_OVERDUE}: missing"),
        (
            "  on_leave: ",
            "  on_holiday: on holiday\n  on_leave: ",
            r"words\.on_holiday: nothing is called so",
        ),
        ("joint: ", "joined: ", "joint"),
        ("titles:\n", "titles:\n - ", ""),
    ],
)
def test_a_file_with_a_gap_is_refused_by_name(folder: Path, found: str, instead: str, fault: str) -> None:
    path = folder / "en.yaml"
    text = path.read_text("utf-8")
    assert found in text
    path.write_text(text.replace(found, instead, 1), encoding="utf-8")
    with pytest.raises(UnfitTitles, match=rf"(?s)en\.yaml: .*{fault}"):
        read(folder)


def test_a_language_without_a_file_is_refused(folder: Path) -> None:
    (folder / "bo.yaml").unlink()
    with pytest.raises(UnfitTitles, match=r"bo\.yaml"):
        read(folder)
