"""What people keep: homes, residents, workers, devices, rosters, logins; and the circle around a resident."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol, TypeVar

from services.domain.access import AccessToken, SignIn
from services.domain.circle import Circle
from services.domain.devices import Device
from services.domain.duty import DutyPlan
from services.domain.people import Shift, User
from services.domain.ports.lists import Filters, Page, T
from services.domain.posts import StandingHole
from services.domain.rosters import Leave, Roster, Swap

T_co = TypeVar("T_co", covariant=True)


class ById(Protocol[T_co]):
    """Whatever finds one thing by its id: a register of the store, or a copy of it in memory."""

    def get(self, thing_id: str, /) -> T_co | None:
        """One by its id."""
        ...


class Register(Protocol[T]):
    """A collection of things that people keep: homes, residents, workers, …"""

    def add(self, thing: T) -> T:
        """Store a new one; a clash of a unique key: `AlreadyThere`."""
        ...

    def save(self, thing: T) -> T:
        """Replace the stored one of the same id."""
        ...

    def get(self, thing_id: str) -> T | None:
        """One by its id."""
        ...

    def all(self) -> list[T]:
        """All of them, in the order of storing."""
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[T]:
        """By any plain field of the thing (equality)."""
        ...

    def having(self, field: str, values: Iterable[str]) -> list[T]:
        """All whose plain field is one of these, in the order of storing; asked for at once."""
        ...


class Devices(Register[Device], Protocol):
    """Devices; (ecosystem, external_id) is unique among those not retired."""

    def by_external_id(self, ecosystem: str, external_id: str) -> Device | None:
        """The device of that name on the wire, retired ones too if no other bears it."""
        ...

    def named(self, ecosystem: str, external_ids: Iterable[str]) -> dict[str, Device]:
        """`by_external_id` for many names at once; unknown ones are left out."""
        ...

    def of_resident(self, resident_id: str) -> list[Device]:
        """Devices that belong to a resident."""
        ...

    def seen(self, signs: Mapping[str, datetime]) -> None:
        """Note the newest sign of life of each device; the first one makes a registered device live."""
        ...

    def with_credentials(self, ecosystem: str) -> list[Device]:
        """Those that may sign in at the broker, retired ones too, in the order of their registration."""
        ...

    def in_test(self) -> list[Device]:
        """The devices whose test window is open: few at any time."""
        ...

    def end_test_window(self, device_id: str) -> None:
        """End its test window, if there is one, and touch nothing else of the device."""
        ...

    def tested(self, device_id: str, alert_id: str) -> None:
        """Its test window has had its press and ends; ``alert_id`` is the test that the press opened."""
        ...

    def battery(self, device_id: str, percent: float) -> None:
        """Note how full the battery is, and touch nothing else of the device."""
        ...


class People(Protocol):
    """What the loops ask about people; the console uses the registers."""

    def circle(
        self, *, resident_id: str | None, device_id: str | None, home_id: str | None, at: datetime
    ) -> Circle:
        """The people around a subject at an instant, looked up afresh."""
        ...

    def plan(self, since: datetime, until: datetime) -> DutyPlan:
        """All that says who is on duty from ``since`` up to ``until``, and which teams go by turns at all."""
        ...


class Removable(Register[T], Protocol):
    """A register out of which things are taken again."""

    def remove(self, thing_id: str) -> bool:
        """Take one out; False if there was none."""
        ...


Shifts = Removable[Shift]
Rosters = Removable[Roster]
Swaps = Removable[Swap]
Leaves = Removable[Leave]


class RosterLooks(Protocol):
    """When the rosters are looked at next, and which holes were said and not filled since."""

    def next_due_at(self) -> datetime | None:
        """The deadline of the next look; None if none was ever set."""
        ...

    def set_due_at(self, at: datetime) -> None:
        """In the place of the one before."""
        ...

    def standing(self) -> list[StandingHole]:
        """What was said and still is so, in the order of saying."""
        ...

    def set_standing(self, holes: Iterable[StandingHole]) -> None:
        """What stands from now on, in the place of what did."""
        ...


class Users(Register[User], Protocol):
    """Logins; ``username`` is unique."""

    def by_username(self, username: str) -> User | None:
        """The login of that name."""
        ...


class Access(Protocol):
    """Bearer tokens and sessions, stored hashed (SHA-256 of the opaque secret)."""

    def add_token(self, token: AccessToken) -> None:
        """Store a token."""
        ...

    def token(self, secret_hash: str) -> AccessToken | None:
        """The token with that hash, if it was not revoked."""
        ...

    def revoke_token(self, token_id: str, at: datetime) -> bool:
        """End a token; False if there was none."""
        ...

    def add_session(self, session: SignIn) -> None:
        """Store a session."""
        ...

    def session(self, secret_hash: str) -> SignIn | None:
        """The session with that hash."""
        ...

    def end_session(self, secret_hash: str) -> None:
        """Forget a session; unknown is no error."""
        ...

    def sessions_of(self, user_id: str) -> list[SignIn]:
        """All sessions of a user that are kept, the oldest first."""
        ...

    def renew_session(self, secret_hash: str, expires_at: datetime) -> None:
        """Move the end of a session; unknown is no error, so one that was ended stays so."""
        ...

    def end_sessions_of(self, user_id: str) -> int:
        """Forget all sessions of a user; returns how many."""
        ...

    def forget_sessions_over(self, at: datetime) -> None:
        """Forget every session whose end had come by then."""
        ...
