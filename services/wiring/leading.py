"""Leading: of several processes on one store one runs the rules and one the alerts; the others stand by.

A role is held by a lease that its holder renews. Each transaction of the role asks for the lease first, so
that a holder who was thought dead, and is not, writes nothing any more. Whoever takes a role begins with a
new loop that has read nothing yet. Where one house alone has the store (`Own`) none of this is there.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from services.domain.ports import Clock, Store, StoreUnavailable, UnitOfWork
from services.domain.runners import RunnerLease
from services.domain.stepping import Room

R = TypeVar("R", bound=Room)
R_co = TypeVar("R_co", bound=Room, covariant=True)

LEASE_FOR = timedelta(seconds=2.5)
RENEW_AFTER = timedelta(seconds=0.9)
LOOK_AFTER = timedelta(seconds=0.4)
"""A holder renews at the beat of each second, with whatever it writes, or by itself. A second process sees
within a second that the lease moved for the last time, and takes it at the first beat at which it has stood
still for `LEASE_FOR`: 4 s after a kill at the latest, 5 s are promised. Less would take the role from a
holder whose disk is slow for a moment; that harms nobody, but the new one has to read everything anew.
"""

GIVE_UP_SECONDS = 1.0
"""How long the end of a process waits for the store to note that its roles are free."""

log = logging.getLogger("anxin.leading")


class LeaseLost(StoreUnavailable):
    """Somebody else has the role now; nothing was written."""


class Silence:
    """Which leases have not moved for too long, by one's own clock: those of other machines may be wrong."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[RunnerLease, datetime]] = {}

    def is_over(self, lease: RunnerLease, now: datetime) -> bool:
        """Whether its holder is dead, as far as anybody can know."""
        if not lease.holder:
            return True
        seen, seen_at = self._seen.get(lease.role, (None, now))
        has_moved = seen is None or (seen.fence, seen.renewed_at) != (lease.fence, lease.renewed_at)
        if has_moved or now < seen_at:  # a clock that was put back would wait for as long as it was put back
            self._seen[lease.role] = (lease, now)
            return False
        return now - seen_at >= LEASE_FOR


class Claim:
    """One process's claim on one role. ``holder`` is the process's own name, the same after a restart.

    One thread asks it; a process that comes back under its own name has its role at once.
    """

    def __init__(self, role: str, holder: str, store: Store, clock: Clock) -> None:
        self.role = role
        self._holder = holder
        self._store = store
        self._clock = clock
        self._lease: RunnerLease | None = None
        self._renewed_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._silence = Silence()

    @property
    def stands(self) -> bool:
        """Whether the role was ours when it was last asked for."""
        return self._lease is not None

    def keep_or_take(self) -> bool:
        """Renew the lease if it is time, or take it if it is to be had; True if the role is ours."""
        now = self._clock.now()
        if self._lease is None:
            return self._take_if_free(now)
        if not self._is_time_to_renew(now):
            return True
        try:
            with GuardedStore(self._store, self).writing():
                return True
        except LeaseLost:
            return False

    def insist(self) -> None:
        """Take the role whoever has it."""
        now = self._clock.now()
        with self._store.writing() as uow:
            self._lease = uow.runners.take(self.role, self._holder, now)
        self._renewed_at = now

    def check(self, uow: UnitOfWork) -> None:
        """Ask within a transaction whether the role is ours; `LeaseLost` if not. Renews when it is time."""
        now = self._clock.now()
        if self._lease is not None and self._is_time_to_renew(now):
            self._renewed_at = now
            if not uow.runners.renew(self._lease, now):
                self._lose()
        elif not self.holds(uow):
            self._lose()
        if self._lease is None:
            raise LeaseLost(f"the role {self.role} is not ours")

    def holds(self, uow: UnitOfWork) -> bool:
        """Whether the role is ours until this transaction ends."""
        stored = None if self._lease is None else uow.runners.lease(self.role)
        return stored is not None and self._lease is not None and stored.fence == self._lease.fence

    def not_renewed(self) -> None:
        """The transaction of the last `check` rolled back, and a renewal with it."""
        self._renewed_at = None

    def give_up(self) -> None:
        """Leave the role to whoever stands by, at once."""
        lease, self._lease = self._lease, None
        if lease is not None:
            with self._store.writing() as uow:
                uow.runners.give_up(lease)

    def _lose(self) -> None:
        if self._lease is not None:
            log.warning("the role %s has gone to another process; this one stands by", self.role)
        self._lease = None

    def _is_time_to_renew(self, now: datetime) -> bool:
        return self._renewed_at is None or not timedelta() <= now - self._renewed_at < RENEW_AFTER

    def _take_if_free(self, now: datetime) -> bool:
        if self._looked_at is not None and timedelta() <= now - self._looked_at < LOOK_AFTER:
            return False
        self._looked_at = now
        with self._store.reading() as uow:
            seen = uow.runners.lease(self.role)
        if not self._is_free(seen, now):
            return False
        with self._store.writing() as uow:
            if uow.runners.lease(self.role) != seen:
                return False
            lease = uow.runners.take(self.role, self._holder, now)
        self._lease, self._renewed_at = lease, now
        log.info("this process has the role %s now (%d)", self.role, lease.fence)
        return True

    def _is_free(self, lease: RunnerLease | None, now: datetime) -> bool:
        return lease is None or lease.holder == self._holder or self._silence.is_over(lease, now)


class GuardedStore:
    """The store as one role sees it: no transaction of a role that is not ours writes anything."""

    def __init__(self, store: Store, claim: Claim) -> None:
        self._store = store
        self._claim = claim

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        try:
            with self._store.writing() as uow:
                self._claim.check(uow)
                yield uow
        except BaseException:
            self._claim.not_renewed()
            raise

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        return self._store.reading()


class Runner(Protocol[R_co]):
    """The loop of a role, at work or standing by; a room like any other."""

    @property
    def current(self) -> R_co | None:
        """The loop at work; None while another process has the role."""
        ...

    def step(self) -> bool:
        """As of a room; False while another process has the role."""
        ...

    def next_due_at(self) -> datetime | None:
        """As of a room; None while another process has the role."""
        ...


class Own(Generic[R]):
    """A loop whose role nobody else can have."""

    def __init__(self, loop: R) -> None:
        self.current = loop
        self.step = loop.step
        self.next_due_at = loop.next_due_at


class Led(Generic[R]):
    """A loop that works while its role is ours. Each time it becomes ours a new loop is made."""

    def __init__(self, claim: Claim, make: Callable[[], R]) -> None:
        self.claim = claim
        self._make = make
        self.current: R | None = None

    def step(self) -> bool:
        if not self.claim.keep_or_take():
            self.current = None
            return False
        if self.current is None:
            self.current = self._make()
        try:
            return self.current.step()
        except LeaseLost:
            self.current = None
            return False

    def next_due_at(self) -> datetime | None:
        return None if self.current is None else self.current.next_due_at()


class Shared:
    """Several processes share the store. ``holder`` is this one's name."""

    def __init__(self, store: Store, clock: Clock, holder: str) -> None:
        self.store = store
        self.clock = clock
        self.holder = holder
        self._claims: list[Claim] = []

    def claim(self, role: str) -> Claim:
        """A claim that is given up with the others at the end."""
        claim = Claim(role, self.holder, self.store, self.clock)
        self._claims.append(claim)
        return claim

    def led(self, role: str, make: Callable[[Store], R]) -> Led[R]:
        """The one loop of a role, made on the store that it may write through."""
        claim = self.claim(role)
        return Led(claim, lambda: make(GuardedStore(self.store, claim)))

    def give_up(self) -> None:
        """Leave every role to whoever stands by. A store that does not answer is not waited for: then they
        lapse by themselves.
        """
        leaving = threading.Thread(target=self._give_up, name="anxin-roles", daemon=True)
        leaving.start()
        leaving.join(GIVE_UP_SECONDS)

    def _give_up(self) -> None:
        try:
            for claim in self._claims:
                claim.give_up()
        except StoreUnavailable as error:
            log.warning("the roles of this process lapse by themselves: %s", error)
