"""Delivering beside others: several processes may deliver from one store, and one of them speaks to devices.

Whoever is left alone takes up at once what the others had on its way when they died; while somebody else is
alive their sends are theirs. Commands go out from the process that leads the alerts, so that a light never
hears an older word after a newer one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from services.domain.ports import BrokerUnavailable, Publisher, UnitOfWork
from services.notify.delivery import DeliveryLoop
from services.wiring.leading import LOOK_AFTER, Claim, Shared, Silence

ROLE = "delivery"


class BesideOthers:
    """Delivery with a role of its own for each process, by which the others see that it is alive."""

    def __init__(self, roles: Shared, delivery: DeliveryLoop) -> None:
        self._claim: Claim = roles.claim(f"{ROLE}/{roles.holder}")
        self._delivery = delivery
        self._store = roles.store
        self._clock = roles.clock
        self._silence = Silence()
        self._looked_at: datetime | None = None
        self._is_alone = False

    def step(self) -> bool:
        self._claim.keep_or_take()
        self._look_around()
        return self._delivery.step()

    def next_due_at(self) -> datetime | None:
        return self._delivery.next_due_at()

    def _look_around(self) -> None:
        now = self._clock.now()
        if self._looked_at is not None and timedelta() <= now - self._looked_at < LOOK_AFTER:
            return
        self._looked_at = now
        with self._store.reading() as uow:
            is_alone = self._nobody_else(uow)
        if is_alone and not self._is_alone:
            is_alone = self._delivery.take_over(self._nobody_else)
        self._is_alone = is_alone

    def _nobody_else(self, uow: UnitOfWork) -> bool:
        now = self._clock.now()
        others = [
            lease
            for lease in uow.runners.all()
            if lease.role.startswith(f"{ROLE}/") and lease.role != self._claim.role
        ]
        return all([self._silence.is_over(lease, now) for lease in others])  # noqa: C419 - each is looked at


class SpeaksWhileLeading:
    """Publishes while its process has a role, and else says that it cannot."""

    def __init__(self, publisher: Publisher, leads: Callable[[], bool]) -> None:
        self._publisher = publisher
        self._leads = leads

    def publish(self, topic: str, payload: bytes, *, is_asked_again: bool = False) -> None:
        if not self._leads():
            raise BrokerUnavailable("another process speaks to the devices")
        self._publisher.publish(topic, payload, is_asked_again=is_asked_again)
