"""The snapshot is renewed each minute while the store answers; when it does not, readiness says how old it
is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from services.domain.alerts import AlertChange, AlertState, ChangeReason
from services.domain.ports import StoreUnavailable, UnitOfWork
from services.notify.snapshot import MOST_CHANGES, Keeper
from services.wiring.clock import SteppedClock
from tests.unit.escalation.cast import DESK, worker
from tests.unit.without_store.outage import Outage


class Refusing:
    """A store that refuses to be read for as long as a test wants."""

    def __init__(self, outage: Outage) -> None:
        self._store = outage.here.store
        self.refusal: Exception | None = None

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        if self.refusal is not None:
            raise self.refusal
        with self._store.reading() as uow:
            yield uow

    writing = reading


def _moves(outage: Outage, **length: float) -> None:
    outage.clock.move_to(outage.clock.now() + timedelta(**length))


def test_the_snapshot_is_renewed_after_a_minute_and_not_before(outage: Outage) -> None:
    outage.store.refusal = None
    keeper = outage.keeper
    taken_at = keeper.snapshot.taken_at
    _moves(outage, seconds=59)
    keeper.step()
    assert keeper.snapshot.taken_at == taken_at
    with outage.store.writing() as uow:
        uow.workers.add(worker("new", DESK.role))
    _moves(outage, seconds=1)
    keeper.step()
    circle = keeper.snapshot.circle(resident_id=None, device_id=None, home_id=None, at=outage.clock.now())
    assert [each.id for each in circle.duty_desk] == ["desk", "new"]


def test_running_alerts_are_known_at_the_next_look_and_forgotten_when_they_are_closed(outage: Outage) -> None:
    outage.store.refusal = None
    outage.presses("1")
    outage.settle()
    [running] = outage.keeper.running.values()
    assert running.alert.id == outage.alerts[0].id
    assert {notice.worker_id for notice in running.notices} == {"pema"}
    with outage.store.writing() as uow:
        [alert] = outage.alerts
        closed = replace(alert, state=AlertState.CLOSED, deadlines=())
        change = AlertChange(
            alert.id, outage.clock.now(), "desk", alert.state, AlertState.CLOSED, ChangeReason.CLOSED
        )
        uow.alerts.save(closed, [change])
    outage.keeper.step()
    assert outage.keeper.running == {}


def test_a_flood_of_changes_leaves_no_closed_alert_running_in_memory_for_longer_than_a_minute(
    outage: Outage,
) -> None:
    outage.store.refusal = None
    outage.presses("1")
    outage.settle()
    assert len(outage.keeper.running) == 1
    with outage.store.writing() as uow:
        [alert] = outage.alerts
        for number in range(MOST_CHANGES + 1):
            state = AlertState.CLOSED if number == 0 else alert.state
            now = outage.clock.now()
            change = AlertChange(alert.id, now, "desk", alert.state, state, ChangeReason.CLOSED)
            if number == 0:
                uow.alerts.save(replace(alert, state=state, deadlines=()), [change])
            else:
                other = replace(alert, id=f"alt_{number}", subject=f"resident:{number}", facts=())
                uow.alerts.add(other, [replace(change, alert_id=other.id)])
    outage.keeper.step()
    _moves(outage, minutes=1)
    outage.keeper.step()
    assert alert.id not in {running.alert.id for running in outage.keeper.running.values()}


def test_a_clock_that_is_put_back_keeps_no_snapshot_old(outage: Outage) -> None:
    clock = SteppedClock(outage.clock.now() - timedelta(hours=1))
    taken_at = outage.keeper.snapshot.taken_at
    outage.keeper._clock = clock
    outage.keeper.step()
    assert outage.keeper.snapshot.taken_at == clock.now() != taken_at


def test_a_store_that_cannot_be_read_leaves_the_snapshot_and_says_its_age(outage: Outage) -> None:
    store = Refusing(outage)
    keeper = Keeper(store, outage.clock)
    assert keeper.faults() == []
    store.refusal = StoreUnavailable("server closed the connection")
    keeper.step()
    _moves(outage, minutes=5)
    assert keeper.faults() == ["There is no copy of people and devices in memory yet."]
    store.refusal = None
    keeper.step()
    assert keeper.faults() == []
    store.refusal = StoreUnavailable("server closed the connection")
    _moves(outage, minutes=4, seconds=59)
    keeper.step()
    assert keeper.faults() == []
    _moves(outage, seconds=1)
    assert keeper.faults() == ["The copy of people and devices in memory is 5 minutes old."]
    assert keeper.snapshot.residents.get("dolma") is not None
    store.refusal = None
    keeper.step()
    assert keeper.faults() == []


def test_alarms_that_wait_are_said_with_how_long_the_first_has_waited(outage: Outage) -> None:
    outage.presses("1")
    outage.waits(4)
    assert outage.watch.faults() == []
    outage.waits(3)
    outage.presses("2")
    outage.waits(5)
    [said] = outage.watch.faults()
    assert "2 alarms wait to be stored, the first for 12 s" in said
    outage.ends()
    assert outage.watch.faults() == []
