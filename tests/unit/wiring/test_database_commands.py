"""`anxin db` and `anxin doctor` on the command line: what they print, and with which code they end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.storage import migrate
from services.wiring.cli import app
from services.wiring.data_folder import UNFINISHED, FolderUnusable, made
from services.wiring.kept_files import is_kept, kept_files
from services.wiring.settings import read_settings
from services.wiring.shipped import lay_out
from tests.stores import sqlite_url


def anxin(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    lay_out(folder)
    sqlite_url(folder)
    (folder / "rulebooks" / "own.yaml").write_text("mine", "utf-8")
    read_settings(data_dir=folder).key()
    return folder


@pytest.fixture
def backup(tmp_path: Path, data_dir: Path) -> Path:
    taken = anxin("db", "backup", tmp_path / "b.zip", "--data-dir", data_dir)
    assert taken.exit_code == 0, taken.output
    return tmp_path / "b.zip"


def test_what_lies_beside_the_store_comes_back_as_it_was(
    data_dir: Path, backup: Path, tmp_path: Path
) -> None:
    result = anxin("db", "restore", backup, "--data-dir", tmp_path / "new")
    assert result.exit_code == 0, result.output
    assert kept_files(tmp_path / "new") == kept_files(data_dir)
    assert {"secret.key", "rulebooks/own.yaml", "policies/emergency.yaml"} <= set(kept_files(data_dir))
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert not (tmp_path / "new" / UNFINISHED).exists()


def test_an_empty_folder_that_is_there_already_will_do(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir()
    assert anxin("db", "restore", backup, "--data-dir", tmp_path / "volume").exit_code == 0


def test_a_folder_that_holds_anything_is_refused_and_left_alone(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").touch()
    refused = anxin("db", "restore", backup, "--data-dir", tmp_path / "full")
    assert refused.exit_code == 1
    assert "is not empty: name a new one with --data-dir" in refused.stderr
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]


def test_a_backup_never_takes_the_place_of_a_file(data_dir: Path) -> None:
    database = (data_dir / "anxin.db").read_bytes()
    refused = anxin("db", "backup", data_dir / "anxin.db", "--data-dir", data_dir)
    assert refused.exit_code == 2
    assert "is there already" in refused.stderr
    assert (data_dir / "anxin.db").read_bytes() == database


def test_a_file_that_is_no_backup_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "photo.zip").write_bytes(b"a photo")
    for file in ("photo.zip", "none.zip"):
        refused = anxin("db", "restore", tmp_path / file, "--data-dir", tmp_path / "new")
        assert refused.exit_code == 1
        assert file in refused.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("secret.key", True),
        ("rulebooks/home-beds.yaml", True),
        ("anxin.db", False),
        ("rulebooks", False),
        ("rulebooks/../../.ssh/authorized_keys", False),
        ("/etc/passwd", False),
    ],
)
def test_a_backup_writes_no_file_but_those_of_a_data_folder(name: str, *, kept: bool) -> None:
    assert is_kept(name) is kept


KILLED = """
import os, signal, sys
from pathlib import Path
from services.wiring.restoring import Watching, restore
from services.wiring.settings import read_settings
def killed(_rows): os.kill(os.getpid(), signal.SIGKILL)
restore(read_settings(data_dir=Path(sys.argv[2])), Path(sys.argv[1]), Watching(written=killed))
"""


def test_a_restore_that_is_killed_leaves_nothing_that_looks_usable(data_dir: Path, tmp_path: Path) -> None:
    assert anxin("token", "add", "--role", "admin", "--data-dir", data_dir).exit_code == 0
    assert anxin("db", "backup", tmp_path / "b.zip", "--data-dir", data_dir).exit_code == 0
    new = tmp_path / "new"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "b.zip"), str(new)], check=False)
    assert killed.returncode == -9
    with pytest.raises(FolderUnusable, match="remove the folder and restore it again"):
        made(new)
    for words in (["up"], ["db", "upgrade"], ["token", "add", "--role", "admin"]):
        refused = anxin(*words, "--data-dir", new)
        assert refused.exit_code == 1, words
        assert "not restored to its end" in refused.stderr


def test_an_upgrade_says_from_which_revision_to_which(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'anxin.db'}"
    migrate.upgrade(url, "0002")
    words = ["db", "upgrade", "--data-dir", str(tmp_path)]
    assert f"from revision 0002 to {migrate.head()}" in anxin(*words).stdout
    assert f"those of this version, revision {migrate.head()}" in anxin(*words).stdout
    assert "were made" in anxin("db", "upgrade", "--data-dir", tmp_path / "new").stdout


def test_the_doctor_speaks_to_machines_too_and_ends_with_1_on_a_fault(tmp_path: Path) -> None:
    result = anxin(
        "doctor", "--json", "--data-dir", tmp_path / "none", "--http-port", "0", "--mqtt-port", "0"
    )
    said = json.loads(result.stdout)
    assert result.exit_code == 1
    assert said["ok"] is False
    assert {"check", "state", "found", "to_do"} == set(said["checks"][0])
    assert {each["state"] for each in said["checks"]} == {"ok", "to_see_to", "fault"}


def test_the_doctor_says_every_fault_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANXIN_TIMEZONE", "Asia/Bomi")
    monkeypatch.setenv("ANXIN_SMTP_PORT", "0")
    result = anxin("doctor")
    assert result.exit_code == 1
    assert "ANXIN_TIMEZONE" in result.stdout
    assert "ANXIN_SMTP_PORT" in result.stdout
