"""What ships with the house and lies in the data folder from the first start on: rulebooks with their
stories, and policies.

The files in the data folder are the administrator's and are never overwritten. A policy that came with a
newer version is laid beside them: it was in force without a file already. A rulebook never is: its rules
would begin to call people unasked.
"""

from __future__ import annotations

import errno
import logging
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from services.domain.ports import RulebookTexts
from services.domain.records import FileMark
from services.rules.reading import content_hash_of
from services.wiring.rulebook_desk import FolderDesk

log = logging.getLogger("anxin.shipped")

ORIGIN = Path(__file__).resolve().parents[2]
"""Beneath it the folders lie as shipped, in a checkout and where the house was installed."""
STORY = ".story.yaml"
"""How a file of stories ends; it lies beside the rulebook that it is about, and is none itself."""


def lay_out(data_dir: Path) -> None:
    """Copy the shipped rulebooks, the stories beside them and the policies where no such folder is yet; and
    into a folder of policies that is there, those that it lacks.

    Several processes may do so at once. Policies that cannot be written keep nobody from starting.
    """
    for name in ("rulebooks", "policies"):
        folder = data_dir / name
        if folder.exists():
            continue
        with TemporaryDirectory(dir=data_dir, prefix=f".{name}-") as made:
            new = Path(made) / name
            new.mkdir()
            for path in _files(name):
                (new / path.name).write_bytes(path.read_bytes())
            if name == "rulebooks":
                FolderDesk(new).note({file: _as_shipped(file, text) for file, text in shipped(name).items()})
            try:
                new.rename(folder)
            except OSError as error:
                if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                    raise
                # another process that shares the folder was quicker
    _lay_beside(data_dir / "policies")


def lacking_policies(folder: Path) -> list[str]:
    """The shipped policies of which no file lies in a folder; what they say is in force nevertheless."""
    return [file for file in shipped("policies") if not os.path.lexists(folder / file)]


def _lay_beside(folder: Path) -> None:
    texts = shipped("policies")
    try:
        new = [file for file in lacking_policies(folder) if _was_laid(folder / file, texts[file])]
    except OSError as error:
        log.warning("%s lacks policies that ship with this version, which are in force: %s", folder, error)
        return
    if new:
        log.warning(
            "%s: laid out as shipped, since this version has them and the folder lacked them; "
            "they were in force already and can be changed there: %s",
            folder,
            ", ".join(new),
        )


def _was_laid(path: Path, text: str) -> bool:
    """Write a file whole, or leave the one that another process or a person was quicker to make."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with new.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(new)
    except FileExistsError:
        return False
    finally:
        new.unlink(missing_ok=True)
    return True


def _as_shipped(file: str, text: str) -> FileMark:
    """A file that nobody touched yet. In the folder of a new process of a house that is long at work it lags
    behind what is at work there, and must not count as somebody's change.
    """
    return FileMark(file.removesuffix(".yaml"), 0, content_hash_of(text))


def shipped(name: str) -> Mapping[str, str]:
    """The texts of the shipped ``rulebooks`` or ``policies`` by file name; stories are none."""
    return {path.name: path.read_text(encoding="utf-8") for path in shipped_files(name)}


def shipped_files(name: str) -> list[Path]:
    """Where the shipped ``rulebooks`` or ``policies`` lie; stories are none."""
    return [path for path in _files(name) if not path.name.endswith(STORY)]


def _files(name: str) -> list[Path]:
    return sorted((ORIGIN / name).glob("*.yaml"))


def texts_in(folder: Path) -> RulebookTexts:
    """Reads the YAML files of a folder as they lie there at each call; a folder that is gone holds none. A
    file that is still the one that was read, by its place on the disk, length and times, is not read again.

    What cannot be read as UTF-8 is handed on with replacement characters, so that the loader refuses it by
    name instead of nobody seeing it.
    """
    kept: dict[Path, tuple[Mark, str]] = {}

    def text_of(path: Path) -> str:
        mark = _mark(path)
        known = kept.get(path)
        if known is None or known[0] != mark:
            known = kept[path] = mark, path.read_text(encoding="utf-8", errors="replace")
        return known[1]

    def read() -> Mapping[str, str]:
        if not folder.is_dir():
            return {}
        return {
            path.name: text_of(path)
            for path in sorted(folder.glob("*.yaml"))
            if path.is_file() and not path.name.endswith(STORY)
        }

    return read


Mark = tuple[int, int, int, int]


def _mark(path: Path) -> Mark:
    """What changes when somebody saves a file anew, whichever way their editor does so."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
