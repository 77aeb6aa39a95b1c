"""The store: can be read, can be written, is of this version, is sound."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from services.storage import migrate
from services.storage.looking import Looking
from services.wiring.doctor.installation import Installation
from services.wiring.doctor.judgement import Judgement, fault, ok, to_see_to


def store(house: Installation) -> Iterator[Judgement]:
    if house.looking is None:
        yield fault(
            "store",
            f"the database of {house.settings.store_named} cannot be read: {house.why_not}",
            "Before the first start there is none. Else start it, correct the setting or restore a backup.",
        )
        return
    yield ok("store", f"{house.looking.database} answers")
    yield _schema(house.looking)
    yield _writable(house, house.looking)
    yield _sound(house.looking)


def _schema(looking: Looking) -> Judgement:
    revision, head = looking.revision(), migrate.head()
    if revision == head:
        return ok("schema", f"revision {revision}")
    if revision is None:
        return fault("schema", "there are no tables", "Start the service, or `anxin db upgrade` makes them.")
    if revision not in migrate.revisions():
        return fault(
            "schema",
            f"revision {revision}, and this version knows them up to {head}",
            "A newer version wrote it: use that version, or restore a backup that was made before.",
        )
    return to_see_to(
        "schema",
        f"revision {revision}, this version wants {head}",
        "Take a backup; then `anxin db upgrade`, or the next start, brings it up.",
    )


def _writable(house: Installation, looking: Looking) -> Judgement:
    why_not = looking.why_not_writable()
    if looking.database == "sqlite":
        path = Path(make_url(house.settings.store_url).database or "")
        if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            why_not = f"this account may not write {path} and beside it"
        elif os.statvfs(path).f_flag & os.ST_RDONLY:
            why_not = f"the file system of {path} is mounted to be read only"
    if why_not is not None:
        return fault("store writable", why_not, "Give the service's account the right to write there.")
    return ok("store writable", "yes")


def _sound(looking: Looking) -> Judgement:
    if looking.database != "sqlite":
        return ok("store sound", "the server looks after its own files")
    broken = looking.broken_pages()
    if broken:
        return fault(
            "store sound",
            f"quick_check: {'; '.join(broken)[:200]}",
            "Stop the service, keep this folder, restore the newest backup into a new one; suspect the disk.",
        )
    return ok("store sound", "quick_check finds nothing")
