"""The examination: every check in the order in which an administrator would mend things, from the ground up.
A check that fails itself is a fault like any other, and the ones after it are made all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from services.domain.ports import StoreUnavailable, UnitOfWork
from services.storage import migrate
from services.storage.looking import Looking, look_at
from services.wiring.data_folder import is_held
from services.wiring.doctor import (
    access,
    broker,
    channels,
    disk,
    folder,
    people,
    self_watch,
    service,
    store,
    texts,
    time,
    ways_out,
)
from services.wiring.doctor.installation import Installation
from services.wiring.doctor.judgement import Judgement, State, fault
from services.wiring.settings import Settings

Check = Callable[[Installation], Iterator[Judgement]]
StoreCheck = Callable[[Installation, UnitOfWork], Iterator[Judgement]]

GROUND: tuple[Check, ...] = (folder.data_folder, disk.room, disk.speed, store.store)
STORED: tuple[StoreCheck, ...] = (
    access.devices,
    access.logins,
    time.zones,
    time.clock,
    people.residents,
    people.rosters,
    people.duty_desk,
    people.channels,
    channels.accounts,
    channels.refusals,
    self_watch.own_presses,
    self_watch.path_check,
    texts.assignments,
    texts.shipped_rulebooks,
)
"""Those that read what is stored; they need tables of this version."""
AROUND: tuple[Check, ...] = (
    access.signing_key,
    time.kept_right,
    texts.rulebooks,
    texts.policies,
    ways_out.last_resort,
    ways_out.mail_server,
    ways_out.wecom,
    ways_out.notice_broker,
    self_watch.told_outside,
    self_watch.outside_monitor,
    broker.broker,
    service.service,
)


def examine(
    settings: Settings,
    environment: Mapping[str, str],
    now: datetime,
    stopwatch: Callable[[], float],
) -> Iterator[Judgement]:
    """Everything that can be said about an installation; it changes nothing."""
    with _looked_at(settings) as (looking, why_not):
        house = Installation(settings, now, stopwatch, looking, why_not, is_held(settings.data_dir))
        yield from folder.settings(house, environment)
        for check in GROUND:
            yield from _guarded(check.__name__, partial(check, house))
        if looking is not None and looking.revision() == migrate.head():
            for stored in STORED:
                yield from _guarded(stored.__name__, partial(_read, stored, house, looking))
        for check in AROUND:
            yield from _guarded(check.__name__, partial(check, house))


def has_fault(judgements: list[Judgement]) -> bool:
    """Whether the command ends with 1."""
    return any(each.state is State.FAULT for each in judgements)


def _read(check: StoreCheck, house: Installation, looking: Looking) -> Iterator[Judgement]:
    with looking.reading() as uow:
        yield from check(house, uow)


def _guarded(name: str, run: Callable[[], Iterator[Judgement]]) -> Iterator[Judgement]:
    try:
        yield from run()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is said, and the other checks are made
        words = str(error).partition("\n")[0] or type(error).__name__
        yield fault(name.replace("_", " "), f"cannot be told: {words}", "Mend what it says and ask again.")


@contextmanager
def _looked_at(settings: Settings) -> Iterator[tuple[Looking | None, str]]:
    """The store, if it answers; else why it does not, without the address, which may hold a password."""
    try:
        looking = look_at(settings.store_url)
    except ValueError as error:
        yield None, str(error)
        return
    try:
        looking.revision()
    except StoreUnavailable as error:
        yield None, str(error).partition("\n")[0]
    else:
        yield looking, ""
    finally:
        looking.close()
