"""Kept files: what of the data folder belongs into a backup beside the store, and how it is put back.

Everything that this installation has and another would not: its rules, its policies, its signing key, its
name at the broker. Not the broker's own messages: they are no part of the instant that a backup holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from services.wiring.demo import MARK

SECRETS = ("secret.key", "broker-client.id")
"""Readable by their owner only, in a folder that was restored as well."""
FILES = (*SECRETS, MARK)
FOLDERS = ("rulebooks", "policies")


def kept_files(data_dir: Path) -> Mapping[str, bytes]:
    """The files of a data folder that a backup holds, by their path within it."""
    paths = [data_dir / name for name in FILES]
    for folder in FOLDERS:
        paths += sorted((data_dir / folder).rglob("*"))
    return {path.relative_to(data_dir).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def is_kept(name: str) -> bool:
    """Whether a backup may hold a file of that name; nothing else is ever written from one."""
    path = PurePosixPath(name)
    return name in FILES or (len(path.parts) > 1 and path.parts[0] in FOLDERS and ".." not in path.parts)


def put_back(data_dir: Path, name: str, content: bytes) -> None:
    """Write one kept file into a data folder."""
    path = data_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600 if name in SECRETS else 0o666)  # narrowed by the umask, like any file
    path.write_bytes(content)
