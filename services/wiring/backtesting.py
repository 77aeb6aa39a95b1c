"""Backtests of an installation: opened to be looked at, with the policies and the zone that it has now.

Nothing is migrated, made or locked, so that it works beside a house that runs on the folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.backtest.trying import Installation
from services.domain.ports import StoreUnavailable
from services.escalation.policy_files import read_policies
from services.storage import migrate
from services.storage.looking import Looking, look_at
from services.wiring import ways_out
from services.wiring.opening import CannotOpen, cannot_open
from services.wiring.settings import Settings
from services.wiring.shipped import texts_in


@contextmanager
def looked_at(settings: Settings) -> Iterator[Looking]:
    """The store of an installation, to be read; `CannotOpen` says why it is not."""
    try:
        store = look_at(settings.store_url)
        revision = store.revision()
    except (ValueError, StoreUnavailable) as error:
        raise cannot_open(settings, error) from error
    try:
        migrate.refuse_newer(revision)
    except migrate.SchemaIsNewer as error:
        store.close()
        raise cannot_open(settings, error) from error
    if revision != migrate.head():
        store.close()
        raise CannotOpen(
            f"the tables of {settings.store_named} are of revision {revision or 'none'} and this version "
            f"reads those of {migrate.head()}; `anxin db upgrade`, or the next start, brings them up"
        )
    try:
        yield store
    finally:
        store.close()


def installation(settings: Settings) -> Installation:
    """What a backtest has to know of an installation."""
    policies, _ = read_policies(texts_in(settings.data_dir / "policies")())
    return Installation(ways_out.house_facts(settings, ""), policies)
