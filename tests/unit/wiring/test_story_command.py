"""`anxin rules test`: which stories it plays, what it says, with which code it ends, and the JUnit file."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from services.wiring.cli import app
from services.wiring.junit import junit
from services.wiring.shipped import lay_out
from services.wiring.story_files import NoStories, found_in, rulebook_beside
from services.wiring.story_run import try_files

BOOK = """
format: 1
rulebook: beds
rules:
  - {id: out, on: bed.exited, unless: bed.entered, for: 20m, severity: high}
"""
GOOD = """
format: 1
stories:
  - story: Out and not back.
    timeline: [{at: "02:00", event: bed.exited}]
    expect: [{rule: out, at: "02:20"}]
"""
BAD = (
    GOOD.replace("02:20", "02:19")
    .replace("Out and", "Out < \\u0001 & ")
    .replace("story: ", 'story: "')
    .replace("back.", 'back."')
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "beds.yaml").write_text(BOOK, encoding="utf-8")
    (tmp_path / "beds.story.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def anxin(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["rules", "test", *(str(word) for word in words)])


def test_stories_that_come_true_end_with_0(folder: Path) -> None:
    done = anxin(folder)
    assert done.exit_code == 0
    assert "✓ Out and not back." in done.output
    assert "1 story, 0 failed" in done.output


def test_a_story_that_fails_ends_with_1_and_names_file_and_line(folder: Path) -> None:
    file = folder / "beds.nights.story.yaml"
    file.write_text(BAD, encoding="utf-8")
    done = anxin(folder)
    assert done.exit_code == 1
    assert f"{file}:6: expected out for deji at 02:19: 1m later, at 02:20" in done.output


def test_a_file_that_cannot_be_used_ends_with_2_and_the_others_are_played(folder: Path) -> None:
    (folder / "alone.story.yaml").write_text(GOOD, encoding="utf-8")
    done = anxin(folder)
    assert done.exit_code == 2
    assert "rulebook: found none, expected alone.yaml beside it" in done.output
    assert "✓ Out and not back." in done.output


def test_a_rulebook_that_cannot_be_used_is_said_with_its_faults(folder: Path) -> None:
    (folder / "beds.yaml").write_text(BOOK.replace("for: 20m", "four: 20m"), encoding="utf-8")
    done = anxin(folder)
    assert done.exit_code == 2
    assert "beds.yaml: rule out: four: found a key that nobody knows" in done.output


@pytest.mark.parametrize("place", ["nowhere", "empty"])
def test_a_place_without_stories_ends_with_2(tmp_path: Path, place: str) -> None:
    (tmp_path / "empty").mkdir()
    assert anxin(tmp_path / place).exit_code == 2


def test_a_rulebook_stands_for_the_stories_beside_it(folder: Path) -> None:
    nights = folder / "beds.nights.story.yaml"
    nights.write_text(GOOD, encoding="utf-8")
    (folder / "beds.nights.yaml").write_text(BOOK, encoding="utf-8")
    assert rulebook_beside(nights) == folder / "beds.nights.yaml", "the longest name of a rulebook counts"
    assert found_in([folder / "beds.yaml"]) == [folder / "beds.story.yaml"]
    assert found_in([folder, nights]) == [nights, folder / "beds.story.yaml"]
    with pytest.raises(NoStories):
        found_in([folder / "beds.txt"])


def test_without_a_word_the_stories_of_the_data_folder_are_played_or_those_that_ship(tmp_path: Path) -> None:
    shipped = anxin("--data-dir", tmp_path)
    assert shipped.exit_code == 0
    lay_out(tmp_path)
    own = anxin("--data-dir", tmp_path)
    assert own.exit_code == 0
    assert str(tmp_path / "rulebooks" / "home-beds.story.yaml") in own.output
    assert own.output.count("✓") == shipped.output.count("✓")


def test_junit_counts_and_times_each_suite_and_names_each_failure(folder: Path) -> None:
    (folder / "beds.nights.story.yaml").write_text(BAD, encoding="utf-8")
    (folder / "beds.other.story.yaml").write_text("format: 2", encoding="utf-8")
    ticks = iter(range(100))
    root = ET.fromstring(junit(try_files(found_in([folder]), lambda: float(next(ticks)))))  # noqa: S314 - our own
    assert root.tag == "testsuites"
    assert {key: root.get(key) for key in ("tests", "failures", "errors", "time")} == {
        "tests": "3",
        "failures": "1",
        "errors": "1",
        "time": "2.000",
    }
    suites = {suite.get("name"): suite for suite in root}
    assert {suite.tag for suite in root} == {"testsuite"}
    (failed,) = suites["beds.nights.story.yaml"]
    assert (failed.tag, failed.get("name"), failed.get("time")) == (
        "testcase",
        "Out < \ufffd &  not back.",
        "1.000",
    )
    (failure,) = failed
    assert failure.tag == "failure"
    assert "beds.nights.story.yaml:6: expected out" in (failure.get("message") or "")
    (good,) = suites["beds.story.yaml"]
    assert list(good) == []
    (broken,) = suites["beds.other.story.yaml"]
    assert [each.tag for each in broken] == ["error"]


def test_junit_is_written_where_it_is_asked_for_and_refused_in_words_where_it_cannot(folder: Path) -> None:
    file = folder / "junit.xml"
    assert anxin(folder, "--junit", file).exit_code == 0
    assert file.read_bytes().startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ')
    refused = anxin(folder, "--junit", folder / "nowhere" / "junit.xml")
    assert refused.exit_code == 2
    assert "cannot be written" in refused.output
