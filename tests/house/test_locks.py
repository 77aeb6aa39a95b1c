"""The locks hold what the project asks for, with hashes, and no address: where packages come from is a matter
of the machine that installs them.
"""

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.tree import ROOT

RUN_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"
PIN = re.compile(
    r"^(?P<name>[\w.\-]+)==(?P<version>\S+)(?: ; .*?)?(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)$"
)


def pins(lock: str) -> dict[str, set[Version]]:
    """Return the versions of each package; more than one where the lock tells machines apart."""
    lines = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    found: dict[str, set[Version]] = {}
    for line in lines:
        pin = PIN.match(re.sub(r" +", " ", line).strip())
        assert pin, f"{lock}: not a pin with hashes: {line}"
        found.setdefault(canonicalize_name(pin["name"]), set()).add(Version(pin["version"]))
    return found


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def asked(group: str) -> list[Requirement]:
    entries = project()["dependency-groups"][group]
    return [Requirement(entry) for entry in entries if isinstance(entry, str)]


@pytest.mark.parametrize("lock", [RUN_LOCK, DEV_LOCK])
def test_no_address_stands_in_a_lock(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", [RUN_LOCK, DEV_LOCK])
def test_a_lock_answers_what_the_project_asks_for(lock: str) -> None:
    wanted = [Requirement(line) for line in project()["project"]["dependencies"]] + asked("build")
    if lock == DEV_LOCK:
        wanted += asked("dev")
    locked = pins(lock)
    unanswered = [
        str(requirement)
        for requirement in wanted
        if not any(
            requirement.specifier.contains(version)
            for version in locked.get(canonicalize_name(requirement.name), set())
        )
    ]
    assert unanswered == [], "run `python3 do.py lock`"


def test_a_developer_runs_on_the_versions_that_everybody_runs_on() -> None:
    developer = pins(DEV_LOCK)
    assert {name: developer.get(name) for name in pins(RUN_LOCK)} == pins(RUN_LOCK)
