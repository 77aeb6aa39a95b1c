"""The data folder: one house at a time, and the shipped files are laid out once."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.wiring.data_folder import DataFolder, FolderInUse, kept
from services.wiring.shipped import lay_out, shipped, texts_in


def test_a_folder_is_held_by_one_house_at_a_time(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path / "data"), DataFolder(tmp_path / "data")
    first.hold()
    with pytest.raises(FolderInUse, match="in use"):
        second.hold()
    first.let_go()
    second.hold()
    second.let_go()


def test_services_of_several_processes_share_a_folder_and_up_shares_with_nobody(tmp_path: Path) -> None:
    folders = [DataFolder(tmp_path / "data") for _ in range(4)]
    assert [
        folder.hold(name) for folder, name in zip(folders, ("rules", "notify", "rules"), strict=False)
    ] == [
        1,
        1,
        2,
    ]
    with pytest.raises(FolderInUse, match="in use"):
        folders[3].hold()
    folders[0].let_go()
    assert folders[3].hold("rules") == 1
    for folder in folders:
        folder.let_go()
    folders[0].hold()
    with pytest.raises(FolderInUse, match="anxin up"):
        folders[1].hold("rules")
    folders[0].let_go()


def test_a_word_that_is_kept_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "word"
    assert kept(path, lambda: "first") == kept(path, lambda: "second") == "first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_of_two_that_make_a_word_at_once_one_counts_for_both(tmp_path: Path) -> None:
    path = tmp_path / "word"
    assert kept(path, lambda: kept(path, lambda: "quicker") and "slower") == "quicker"


def test_shipped_files_are_laid_out_once_and_never_over_an_administrators_own(tmp_path: Path) -> None:
    lay_out(tmp_path)
    rulebooks = texts_in(tmp_path / "rulebooks")
    assert rulebooks() == shipped("rulebooks")
    assert (tmp_path / "rulebooks" / "home-beds.story.yaml").is_file(), "stories come with their rulebooks"
    assert set(texts_in(tmp_path / "policies")()) >= {"emergency.yaml", "routine.yaml"}
    (tmp_path / "rulebooks" / "home-beds.yaml").write_text("mine", encoding="utf-8")
    (tmp_path / "rulebooks" / "grid-care.yaml").unlink()
    lay_out(tmp_path)
    assert rulebooks() == {"home-beds.yaml": "mine"}


def test_a_file_that_is_saved_in_place_or_put_in_its_place_is_read_anew(tmp_path: Path) -> None:
    texts, book = texts_in(tmp_path), tmp_path / "beds.yaml"
    book.write_text("one", encoding="utf-8")
    assert texts() == {"beds.yaml": "one"}
    book.write_text("three", encoding="utf-8")
    assert texts() == {"beds.yaml": "three"}
    (tmp_path / "new").write_text("seven", encoding="utf-8")
    (tmp_path / "new").replace(book)
    assert texts() == {"beds.yaml": "seven"}
    book.unlink()
    assert texts() == {}


def test_stories_beside_a_rulebook_are_no_rulebooks(tmp_path: Path) -> None:
    for name in ("beds.yaml", "beds.story.yaml", "beds.nights.story.yaml"):
        (tmp_path / name).write_text("-", encoding="utf-8")
    assert list(texts_in(tmp_path)()) == ["beds.yaml"]


def test_a_folder_that_is_gone_holds_no_rulebooks(tmp_path: Path) -> None:
    assert texts_in(tmp_path / "nowhere")() == {}


def test_bytes_that_are_no_text_reach_the_loader_to_be_refused_there(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_bytes(b"\xff\xfe\x00rules")
    assert "�" in texts_in(tmp_path)()["broken.yaml"]
