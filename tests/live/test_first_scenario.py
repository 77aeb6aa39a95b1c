"""The guide to a first scenario, read as somebody reads it: each file is saved, each command is run in that
folder, and what the page shows is what was printed.
"""

import re
import subprocess
import sys
from pathlib import Path

from tests.house import tree

PAGE = tree.text(Path("docs/guides/first-scenario.md"))
STEPS = re.findall(r"^```(yaml|console)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
GAP = "…"
CODES = [2, 1, 0, 0, 0]
"""With which each command of the page ends, as it says."""


def printed(command: str, folder: Path) -> tuple[int, str]:
    program, *arguments = command.split()
    ran = subprocess.run(
        [str(Path(sys.executable).with_name(program)), *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=110,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "COLUMNS": "200", "LANG": "C.UTF-8"},
    )
    return ran.returncode, " ".join((ran.stdout + ran.stderr).split())


def test_every_step_of_the_guide_does_what_the_page_shows(tmp_path: Path) -> None:
    codes = []
    for kind, text in STEPS:
        if kind == "yaml":
            (tmp_path / "my-first.yaml").write_text(text, "utf-8")
            continue
        command, *shown = text.splitlines()
        pieces = [re.escape(" ".join(piece.split())) for piece in "\n".join(shown).split(GAP)]
        code, out = printed(command.removeprefix("$ "), tmp_path)
        assert re.search(".*?".join(pieces), out), f"{command}\n{out}"
        codes.append(code)
    assert codes == CODES
    assert "<testsuite" in (tmp_path / "my-first.xml").read_text("utf-8")
    assert "德吉" in (tmp_path / "my-first.html").read_text("utf-8")
