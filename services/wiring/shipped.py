"""What ships with the house and lies in the data folder from the first start on: rulebooks with their
stories, and policies.

The files in the data folder are the administrator's: they are copied once and never overwritten.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from services.domain.ports import RulebookTexts
from services.domain.records import FileMark
from services.rules.reading import content_hash_of
from services.wiring.rulebook_desk import FolderDesk

STORY = ".story.yaml"
"""How a file of stories ends; it lies beside the rulebook that it is about, and is none itself."""


def lay_out(data_dir: Path) -> None:
    """Copy the shipped rulebooks, the stories beside them and the policies where no such folder is yet."""
    for name in ("rulebooks", "policies"):
        folder = data_dir / name
        if folder.exists():
            continue
        with TemporaryDirectory(dir=data_dir, prefix=f".{name}-") as made:
            new = Path(made) / name
            new.mkdir()
            for text_name, text in _texts(name).items():
                (new / text_name).write_text(text, encoding="utf-8")
            if name == "rulebooks":
                texts = shipped(name)
                FolderDesk(new).note({file: _as_shipped(file, text) for file, text in texts.items()})
            try:
                new.rename(folder)
            except OSError as error:
                if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                    raise
                # another process that shares the folder was quicker


def _as_shipped(file: str, text: str) -> FileMark:
    """A file that nobody touched yet. In the folder of a new process of a house that is long at work it lags
    behind what is at work there, and must not count as somebody's change.
    """
    return FileMark(file.removesuffix(".yaml"), 0, content_hash_of(text))


def shipped(name: str) -> Mapping[str, str]:
    """The texts of the shipped ``rulebooks`` or ``policies`` by file name; stories are none."""
    return {file: text for file, text in _texts(name).items() if not file.endswith(STORY)}


def _texts(name: str) -> Mapping[str, str]:
    return {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in sorted(files(name).iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".yaml")
    }


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
