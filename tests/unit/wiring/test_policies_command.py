"""`anxin policies check`: what it prints and with which code it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.escalation.policy_files import shipped_texts
from services.wiring.cli import app
from services.wiring.shipped import lay_out


def check(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["policies", "check", *(str(word) for word in words)])


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    lay_out(tmp_path)
    return tmp_path


def test_the_policies_as_shipped_have_no_faults(data_dir: Path) -> None:
    result = check("--data-dir", data_dir)
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == sorted(shipped_texts())


def test_what_the_house_changed_and_what_it_lacks_is_told_from_what_ships(data_dir: Path) -> None:
    (data_dir / "policies" / "figures.yaml").unlink()
    routine = data_dir / "policies" / "routine.yaml"
    routine.write_text(routine.read_text("utf-8") + "# ours\n", encoding="utf-8")
    result = check("--data-dir", data_dir)
    said = dict(line.split(": ", 1) for line in result.stdout.splitlines())
    assert result.exit_code == 0
    assert said["figures.yaml"].startswith("in force as shipped; the next start lays it out")
    assert said["routine.yaml"].endswith("no faults")
    assert said["emergency.yaml"].endswith("no faults, as shipped")
    lay_out(data_dir)
    assert (
        "figures.yaml: what the figures are held against, no faults, as shipped"
        in check("--data-dir", data_dir).stdout.splitlines()
    )


def test_without_a_file_those_of_the_data_folder_are_read(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data_dir / "policies" / "routine.yaml").write_text("format: 1\npolicy: emergency\n", encoding="utf-8")
    monkeypatch.setenv("ANXIN_DATA_DIR", str(data_dir))
    result = check()
    assert result.exit_code == 1
    assert "routine.yaml: steps: found nothing" in result.stderr


def test_every_fault_of_every_file_is_said(tmp_path: Path) -> None:
    text = shipped_texts()["emergency.yaml"]
    first, second = tmp_path / "emergency.yaml", tmp_path / "other.yaml"
    first.write_text(text.replace("steps:", "stops:").replace("title:", "titel:"), encoding="utf-8")
    second.write_text(text, encoding="utf-8")
    result = check(first, second)
    assert result.exit_code == 1
    for said in ("perhaps steps", "perhaps title", "other.yaml: policy: found emergency"):
        assert said in result.stderr


def test_a_file_that_cannot_be_read_does_not_hide_the_faults_of_the_others(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("- no mapping", encoding="utf-8")
    result = check(tmp_path / "gone.yaml", bad)
    assert result.exit_code == 2
    assert "gone.yaml: cannot be read" in result.stderr
    assert "bad.yaml" in result.stderr


def test_a_folder_without_policies_is_said(tmp_path: Path) -> None:
    result = check("--data-dir", tmp_path)
    assert result.exit_code == 2
    assert "no policies lie in" in result.stderr
