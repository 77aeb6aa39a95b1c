"""The data folder: one house at a time, and the shipped files are laid out once."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from services.escalation.figure_aims import aims_in
from services.escalation.policy_files import read_policies
from services.escalation.silence_policy import silence_policy_in
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


NEW = ("figures.yaml", "pages.yaml", "silences.yaml")
"""What came with a newer version, as far as these tests go."""


@pytest.fixture
def of_an_older_version(tmp_path: Path) -> Path:
    """A folder that lacks what a newer version brought, with a policy that the house changed."""
    lay_out(tmp_path)
    policies = tmp_path / "policies"
    for name in NEW:
        (policies / name).unlink()
    routine = (policies / "routine.yaml").read_text("utf-8").replace("after: 30m", "after: 45m")
    (policies / "routine.yaml").write_bytes(routine.replace("\n", "\r\n").encode("utf-8-sig"))
    return tmp_path


def test_policies_of_a_newer_version_are_laid_beside_the_houses_own_and_change_nothing_at_work(
    of_an_older_version: Path, caplog: pytest.LogCaptureFixture
) -> None:
    policies = of_an_older_version / "policies"
    own = (policies / "routine.yaml").read_bytes()
    texts = texts_in(policies)
    readers = (read_policies, silence_policy_in, aims_in)
    before = [reader(texts()) for reader in readers[1:]]
    named = read_policies(texts())[0]
    lay_out(of_an_older_version)
    assert [line for line in caplog.messages if ", ".join(NEW) in line], "said once, all in one line"
    assert texts().keys() == shipped("policies").keys()
    assert (policies / "routine.yaml").read_bytes() == own
    assert {name: texts()[name] for name in NEW} == {name: shipped("policies")[name] for name in NEW}
    now = read_policies(texts())[0]
    assert [now.get(name) for name in now.names()] == [named.get(name) for name in now.names()]
    assert now.get("routine") != read_policies(shipped("policies"))[0].get("routine")
    assert [reader(texts()) for reader in readers[1:]] == before
    caplog.clear()
    lay_out(of_an_older_version)
    assert not caplog.messages, "the second start has nothing to say"


def test_of_processes_that_start_at_once_one_lays_each_policy_out(
    of_an_older_version: Path, caplog: pytest.LogCaptureFixture
) -> None:
    starts = 8
    together = Barrier(starts)

    def start(_: int) -> None:
        together.wait()
        lay_out(of_an_older_version)

    with ThreadPoolExecutor(starts) as processes:
        list(processes.map(start, range(starts)))
    policies = of_an_older_version / "policies"
    assert {path.name for path in policies.iterdir()} == shipped("policies").keys(), "nothing is left over"
    assert [sum(name in line for line in caplog.messages) for name in NEW] == [1] * len(NEW)


def test_a_file_that_somebody_is_quicker_to_save_is_left_to_them(
    of_an_older_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = of_an_older_version / "policies" / "figures.yaml"
    link = Path.hardlink_to

    def later(path: Path, new: Path) -> None:
        if path == own:
            own.write_text("format: 1\n", encoding="utf-8")
        link(path, new)

    monkeypatch.setattr(Path, "hardlink_to", later)
    lay_out(of_an_older_version)
    assert own.read_text("utf-8") == "format: 1\n"
    assert (own.parent / "silences.yaml").is_file()


def test_where_no_policy_can_be_laid_out_the_house_starts_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "policies").write_text("a file where the folder should be", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        lay_out(tmp_path)
    assert any("in force" in line and "Not a directory" in line for line in caplog.messages)


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
