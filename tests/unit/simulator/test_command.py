"""`anxin simulate` on the command line, as far as it goes without a service."""

import json
import signal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from devices.simulator.reading import shipped
from devices.simulator.run import Played
from services.wiring.cli import simulate
from services.wiring.cli.simulate import app
from tests.unit.simulator.pages.told import night, played
from tests.unit.simulator.stories import SMALL, content

RUNNER = CliRunner()


def test_list_shows_each_shipped_scenario_with_its_sentence() -> None:
    shown = RUNNER.invoke(app, ["list"])
    assert shown.exit_code == 0
    assert "night-illness" in shown.output
    assert "nobody may be told" in " ".join(shown.output.split())


def test_an_unknown_name_is_a_fault_of_the_call() -> None:
    refused = RUNNER.invoke(app, ["run", "noisy-night"])
    assert refused.exit_code == 2
    assert f"shipped: {', '.join(each.stem for each in shipped())}" in refused.stderr


def test_a_faulty_file_is_refused_with_its_faults(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("scenario: mine\nmoon: full\n")
    refused = RUNNER.invoke(app, ["run", str(path)])
    assert refused.exit_code == 2
    assert f"{path}:2: moon: found a key that nobody knows" in refused.stderr
    assert f"{path}: until: found nothing, expected a value" in refused.stderr
    assert f"{path}: expect: found nothing, expected something that must or must not" in refused.stderr


def test_where_to_play_and_the_right_to_do_so_belong_together() -> None:
    refused = RUNNER.invoke(app, ["run", "quiet-night", "--attach", "http://127.0.0.1:1"])
    assert refused.exit_code == 2
    assert "--attach and --token belong together" in refused.stderr


def test_a_service_that_is_not_there_ends_the_play_in_words() -> None:
    gone = RUNNER.invoke(app, ["run", "quiet-night", "--attach", "http://127.0.0.1:1", "--token", "x"])
    assert gone.exit_code == 1
    assert "quiet-night could not be played to its end" in gone.stderr


def test_a_story_with_e_mail_is_not_played_where_a_mail_server_of_somebody_else_would_send_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "mail.yaml"
    path.write_text(json.dumps(content(workers={**SMALL["workers"], "tashi": {"channels": ["email"]}})))
    refused = RUNNER.invoke(app, ["run", str(path), "--attach", "http://127.0.0.1:1", "--token", "x"])
    assert refused.exit_code == 2
    assert "small tells people by e-mail, and http://127.0.0.1:1 hands that in" in refused.stderr


def test_check_says_that_a_scenario_can_be_played_without_playing_it() -> None:
    checked = RUNNER.invoke(app, ["check", "quiet-night", "night-illness"])
    assert checked.exit_code == 0
    assert "quiet-night: can be played, 2 expectations" in checked.output


def test_check_names_the_faults_of_all_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("moon: full\n")
    refused = RUNNER.invoke(app, ["check", str(tmp_path / "one.yaml"), str(tmp_path / "two.yaml")])
    assert refused.exit_code == 2
    assert "one.yaml:1: moon" in refused.stderr
    assert "two.yaml:1: moon" in refused.stderr


def test_a_story_that_was_played_is_written_as_a_page_and_as_a_picture_in_a_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulate, "play", lambda *_, **__: played(night()))
    page, picture = tmp_path / "a.html", tmp_path / "a.svg"
    call = ["run", "quiet-night", "--report", str(page), "--picture", str(picture), "--language", "bo"]
    assert RUNNER.invoke(app, call).exit_code == 1
    assert '<html lang="bo">' in page.read_text(encoding="utf-8")
    assert picture.read_text(encoding="utf-8").startswith("<svg ")


@pytest.mark.parametrize("option", ["--report", "--picture", "--log", "--junit"])
@pytest.mark.parametrize("where", ["no folder", "a folder", "too long a name"])
def test_what_cannot_be_written_is_said_in_one_line_before_the_play_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, where: str
) -> None:
    def not_played(*_: object, **__: object) -> Played:
        raise AssertionError("played before it is known where to write what comes of it")

    monkeypatch.setattr(simulate, "play", not_played)
    place = str(
        {"no folder": tmp_path / "no" / "a", "a folder": tmp_path, "too long a name": tmp_path / ("a" * 300)}[
            where
        ]
    )
    refused = RUNNER.invoke(app, ["run", "quiet-night", option, place])
    assert refused.exit_code == 2
    assert refused.stderr.count("\n") == 1
    assert "cannot be written: " in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_as_it_is_until_there_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "a.html"
    page.write_text("the one of yesterday")

    def broken_off(*_: object, **__: object) -> Played:
        raise KeyboardInterrupt

    monkeypatch.setattr(simulate, "play", broken_off)
    assert RUNNER.invoke(app, ["run", "quiet-night", "--report", str(page)]).exit_code == 130
    assert page.read_text() == "the one of yesterday"


def test_a_picture_is_written_of_a_story_that_went_well_and_of_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        simulate,
        "play",
        lambda story, *_: played(night()) if story.scenario == "quiet-night" else Played((), ()),
    )
    shown = RUNNER.invoke(app, ["pictures", "night-illness", "quiet-night", "--out", str(tmp_path)])
    assert shown.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["night-illness.svg"]
    assert "quiet-night: not as expected" in shown.stderr


def test_a_play_that_is_terminated_takes_down_what_it_put_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "house"

    def run_on_its_own(*_: object) -> None:
        folder.mkdir()
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            folder.rmdir()

    monkeypatch.setattr("devices.simulator.run.run_on_its_own", run_on_its_own)
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        ended = RUNNER.invoke(app, ["run", "quiet-night"])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.exit_code == 130
    assert not folder.exists()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_first_day_at_the_edge_of_the_calendar_is_a_fault_of_the_file(tmp_path: Path, day: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        f"scenario: mine\ntitle: T\nday: {day}\nuntil: '+1 day 03:00'\n"
        "timeline: ['22:30 goes to bed']\nmust_not: [{told: anybody}]\n"
    )
    refused = RUNNER.invoke(app, ["check", str(path)])
    assert refused.exit_code == 2
    assert f"{path}:3: day: found '{day}', expected a year from 1971 to 2199" in refused.stderr
