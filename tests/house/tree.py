"""What belongs to the project: the files that git knows or would take. Caches, environments and data are not
in it, so the rules of the house never judge them.
"""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> tuple[Path, ...]:
    """Return the paths of all files of the project, relative to its root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = (Path(name) for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def modules(folder: str) -> tuple[Path, ...]:
    return tuple(path for path in files() if path.suffix == ".py" and path.is_relative_to(folder))
