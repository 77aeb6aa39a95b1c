"""The mark of what pages show moves with it, and with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.events import Origin
from services.domain.homes import Grid
from services.domain.notices import AttemptResult, NoticeState
from services.domain.people import Absence, Shift, Team
from services.domain.ports import Store, UnitOfWork
from tests.contracts import cast
from tests.contracts.cast import MINUTE, NIGHT

BUTTON = Device(
    "dev_button",
    "button",
    Ecosystem.NATIVE,
    DeviceType.CALL_BUTTON,
    home_id="hom_lhamo",
    resident_id="res_lhamo",
    state=DeviceState.LIVE,
    battery_percent=60.0,
    last_seen_at=NIGHT,
)


def settle(store: Store) -> None:
    with store.writing() as uow:
        uow.homes.add(cast.home("lhamo"))
        uow.residents.add(cast.resident("lhamo"))
        uow.workers.add(cast.worker("basang"))
        uow.devices.add(BUTTON)
        uow.notices.add([cast.notice("told")])
        uow.notices.start(cast.attempt("told", "ntc_told"))


def mark(store: Store) -> str:
    with store.reading() as uow:
        return uow.shown.mark(NIGHT)


def _away(uow: UnitOfWork) -> None:
    resident = uow.residents.all()[0]
    uow.residents.save(replace(resident, away=Absence(NIGHT, None, "hospital", "basang")))


def _told(uow: UnitOfWork) -> None:
    notice = uow.notices.get("ntc_told")
    assert notice is not None
    uow.notices.save(replace(notice, state=NoticeState.SENT, sent_at=NIGHT))


MOVES: dict[str, Callable[[UnitOfWork], object]] = {
    "a resident comes": lambda uow: uow.residents.add(cast.resident("dawa")),
    "a resident is away": _away,
    "a home moves": lambda uow: uow.homes.save(replace(uow.homes.all()[0], address="elsewhere")),
    "a worker goes": lambda uow: uow.workers.save(replace(uow.workers.all()[0], active=False)),
    "a grid comes": lambda uow: uow.grids.add(Grid("grid-1", "First grid")),
    "a team comes": lambda uow: uow.teams.add(Team("team", "Centre")),
    "a device is silent": lambda uow: uow.devices.save(replace(BUTTON, state=DeviceState.SILENT)),
    "a device moves": lambda uow: uow.devices.save(replace(BUTTON, place="bedroom")),
    "a battery is low": lambda uow: uow.devices.battery(BUTTON.id, 19.5),
    "somebody is on duty": lambda uow: uow.shifts.add(Shift("shf", "team", "basang", NIGHT, NIGHT + MINUTE)),
    "a visit is recorded": lambda uow: uow.events.append(
        [cast.event("visit", kind="visit.completed", device_id=None, origin=Origin.PERSON)]
    ),
    "a notice is sent": _told,
}


@pytest.mark.parametrize("move", MOVES)
def test_what_pages_show_moves_the_mark(store: Store, another_process: Store, move: str) -> None:
    settle(store)
    before = mark(store)
    assert mark(another_process) == before
    with store.writing() as uow:
        MOVES[move](uow)
    assert mark(store) != before
    assert mark(another_process) == mark(store)


def test_the_result_of_an_attempt_moves_the_mark(store: Store) -> None:
    settle(store)
    before = mark(store)
    with store.writing() as uow:
        [attempt] = uow.notices.attempts(["ntc_told"])
        uow.notices.finish(replace(attempt, ended_at=NIGHT, result=AttemptResult.DELIVERED))
    assert mark(store) != before


def test_a_shift_moves_the_mark_when_it_begins_and_when_it_ends(store: Store) -> None:
    with store.writing() as uow:
        uow.shifts.add(Shift("shf", "team", "basang", NIGHT, NIGHT + MINUTE))
    with store.reading() as uow:
        before, within, after = (
            uow.shown.mark(NIGHT + since) for since in (-timedelta(seconds=1), timedelta(), MINUTE)
        )
    assert before != within
    assert before == after


QUIET: dict[str, Callable[[UnitOfWork], object]] = {
    "a device is heard": lambda uow: uow.devices.seen({BUTTON.id: NIGHT + MINUTE}),
    "a battery has a little less": lambda uow: uow.devices.battery(BUTTON.id, 59.0),
    "a bed reports": lambda uow: uow.events.append([cast.event("bed", kind="bed.vitals")]),
}


@pytest.mark.parametrize("move", QUIET)
def test_telemetry_does_not_move_the_mark(store: Store, move: str) -> None:
    settle(store)
    before = mark(store)
    with store.writing() as uow:
        QUIET[move](uow)
    assert mark(store) == before
