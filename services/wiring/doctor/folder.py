"""Settings and the data folder: what was set by a wrong name, what listens to everybody, whose it is."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from services.wiring.data_folder import UNFINISHED
from services.wiring.doctor.installation import Installation
from services.wiring.doctor.judgement import Judgement, fault, ok, to_see_to
from services.wiring.settings import Settings

PREFIX = "ANXIN_"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


def settings(house: Installation, environment: Mapping[str, str]) -> Iterator[Judgement]:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    strangers = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    for name in strangers:
        near = difflib.get_close_matches(name, known, n=1)
        meant = f"; perhaps {near[0]} is meant" if near else ""
        yield to_see_to("settings", f"{name} is no setting", f"Nobody reads it: correct or remove it{meant}.")
    if not strangers:
        yield ok("settings", f"zone {house.settings.timezone}, language {house.settings.language}")
    if house.settings.http_host not in LOOPBACK and not house.settings.public_url.startswith("https://"):
        yield to_see_to(
            "console address",
            f"the console listens on {house.settings.http_bind} without TLS",
            "Put a proxy with TLS in front, let it listen on 127.0.0.1, set ANXIN_PUBLIC_URL to https://….",
        )


def data_folder(house: Installation) -> Iterator[Judgement]:
    path = house.data_dir
    try:
        status = path.stat()
    except OSError as error:
        yield fault(
            "data folder",
            f"{path} cannot be looked at: {error.strerror}",
            "Name the folder of the installation (--data-dir or ANXIN_DATA_DIR); `anxin up` makes a new one.",
        )
        return
    if (path / UNFINISHED).exists():
        yield fault(
            "data folder",
            f"a backup was not restored to its end into {path}",
            "Remove the folder and restore the backup again.",
        )
        return
    yield from _rights(path, status)


def _rights(path: Path, status: os.stat_result) -> Iterator[Judgement]:
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        yield fault(
            "data folder",
            f"{path} cannot be written by this account",
            f"Run this as the account of the service, or give it the folder: chown -R ACCOUNT {path}.",
        )
    elif status.st_uid != os.geteuid():
        yield to_see_to(
            "data folder",
            f"{path} belongs to another account (uid {status.st_uid})",
            "Run this as the account of the service: what it makes as another one the service cannot use.",
        )
    elif stat.S_IMODE(status.st_mode) & 0o077:
        yield to_see_to(
            "data folder",
            f"others of this machine may look into {path}",
            f"It holds what elders need kept private: chmod 700 {path}.",
        )
    else:
        yield ok("data folder", f"{path}, for its owner only")
