"""The data folder: one house at a time, and the shipped files are laid out once."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.wiring.data_folder import DataFolder, FolderInUse
from services.wiring.shipped import lay_out, shipped, texts_in


def test_a_folder_is_held_by_one_house_at_a_time(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path / "data"), DataFolder(tmp_path / "data")
    first.hold()
    with pytest.raises(FolderInUse, match="in use"):
        second.hold()
    first.let_go()
    second.hold()
    second.let_go()


def test_shipped_files_are_laid_out_once_and_never_over_an_administrators_own(tmp_path: Path) -> None:
    lay_out(tmp_path)
    rulebooks = texts_in(tmp_path / "rulebooks")
    assert rulebooks() == shipped("rulebooks")
    assert set(texts_in(tmp_path / "policies")()) >= {"emergency.yaml", "routine.yaml"}
    (tmp_path / "rulebooks" / "home-beds.yaml").write_text("mine", encoding="utf-8")
    (tmp_path / "rulebooks" / "grid-care.yaml").unlink()
    lay_out(tmp_path)
    assert rulebooks() == {"home-beds.yaml": "mine"}


def test_a_folder_that_is_gone_holds_no_rulebooks(tmp_path: Path) -> None:
    assert texts_in(tmp_path / "nowhere")() == {}


def test_bytes_that_are_no_text_reach_the_loader_to_be_refused_there(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_bytes(b"\xff\xfe\x00rules")
    assert "�" in texts_in(tmp_path)()["broken.yaml"]
