"""`anxin receipts`: which addresses it prints."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.domain.people import ChannelKind
from services.notify.receipts import token_for
from services.wiring.cli import app


def test_each_carrier_of_the_installation_has_an_address_with_a_token_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANXIN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ANXIN_SECRET_KEY", "key")
    result = CliRunner().invoke(app, ["receipts"])
    assert result.exit_code == 2
    assert "ANXIN_PUBLIC_URL" in result.stderr
    monkeypatch.setenv("ANXIN_PUBLIC_URL", "https://anxin.example.org/")
    monkeypatch.setenv("ANXIN_VOICE_GATEWAY_URL", "https://voice.example.org")
    monkeypatch.setenv("ANXIN_VOICE_GATEWAY_RECEIVED", "state=answered")
    result = CliRunner().invoke(app, ["receipts"])
    assert result.stdout.splitlines() == [
        f"{kind.value}: https://anxin.example.org/api/v1/receipts/{kind.value}?token={token_for('key', kind)}"
        for kind in (ChannelKind.WEBHOOK, ChannelKind.VOICE)
    ]


def test_the_key_is_that_of_the_folder_which_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANXIN_SECRET_KEY", raising=False)
    monkeypatch.setenv("ANXIN_DATA_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("ANXIN_PUBLIC_URL", "https://anxin.example.org")
    (tmp_path / "secret.key").write_text("key")
    result = CliRunner().invoke(app, ["receipts", "--data-dir", str(tmp_path)])
    assert result.exit_code == 0
    assert token_for("key", ChannelKind.WEBHOOK) in result.stdout


def test_a_folder_that_is_not_there_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANXIN_SECRET_KEY", raising=False)
    monkeypatch.setenv("ANXIN_PUBLIC_URL", "https://anxin.example.org")
    result = CliRunner().invoke(app, ["receipts", "--data-dir", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert f"the data folder {tmp_path / 'none'} keeps no key" in result.stderr
    assert not (tmp_path / "none").exists()
