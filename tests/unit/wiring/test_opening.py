"""Opening: what cannot be opened is said in one sentence that names the setting and no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.wiring.data_folder import FolderUnusable, made
from services.wiring.opening import CannotOpen, open_store
from services.wiring.settings import read_settings
from services.wiring.signals import LocalSignals


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://anxin:hush@db/anxin",
        "postgresql+nothing://anxin:hush@db/anxin",
        "postgresql+psycopg://anxin:hush@127.0.0.1:1/anxin",
    ],
)
def test_a_database_that_cannot_be_opened_names_the_setting(tmp_path: Path, url: str) -> None:
    with pytest.raises(CannotOpen, match="ANXIN_DATABASE_URL") as caught:
        open_store(read_settings(data_dir=tmp_path, database_url=url), LocalSignals())
    assert "hush" not in str(caught.value)


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    there = tmp_path / "a-file"
    there.touch()
    with pytest.raises(FolderUnusable, match="a-file"):
        made(there)
