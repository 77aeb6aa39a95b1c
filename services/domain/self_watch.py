"""Self-watch: the house's own presses, which go the whole way of a real one to a loop-back, and the nightly
check of the ways to the people on duty.

The nouns alone. What is the house's own is marked ``synthetic``: it never stands among real people, is never
counted with them, and is kept for a few days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.domain.devices import Device, DeviceType, Ecosystem
from services.domain.people import Channel, ChannelKind, Contact, Resident

RESIDENT_ID = "res_self_watch"
DEVICE_ID = "dev_self_watch"
EXTERNAL_ID = "anxin-self-watch"
"""How the house's own button is called on the wire."""
HOME_ID = "hom_self_watch"
"""Of a home that is in no register: nobody lives there."""
LOOPBACK = Channel(ChannelKind.LOOPBACK, "loopback")
"""The one way to the one who is told of the house's own presses: the house."""
PATH = "house:path"
"""The subject of what a path check found."""
REFUSED = "path.refused"
"""The kind of an Alert of channels that refused a path check."""


class PressState(StrEnum):
    """What became of a press of the house's own."""

    UNDER_WAY = "under_way"
    BACK = "back"
    """It was told at the loop-back in time."""
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class OwnPress:
    """One press of the house's own. ``id`` is the device's own id of the press on the wire; ``due_at`` is
    when it must be back, ``told_at`` when the loop-back had confirmed it.
    """

    id: str
    pressed_at: datetime
    due_at: datetime
    state: PressState = PressState.UNDER_WAY
    told_at: datetime | None = None
    number: int = 0

    @property
    def took(self) -> timedelta | None:
        """From the button to the loop-back's word; None while, or because, it is not back."""
        return None if self.told_at is None else self.told_at - self.pressed_at


class CheckState(StrEnum):
    """How far a path check is."""

    WAITING = "waiting"
    RUNNING = "running"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class PathCheck:
    """One night's check: a test to each channel of each person on duty. ``id`` derives from its ``due_at``,
    and is what its notices name in the place of an Alert.
    """

    id: str
    due_at: datetime
    state: CheckState = CheckState.WAITING
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    told: int = 0
    refused: int = 0
    number: int = 0


def own_resident(at: datetime) -> Resident:
    """Who lives nowhere and is told of by the loop-back alone."""
    contact = Contact("loop-back", channels=(LOOPBACK,))
    return Resident(RESIDENT_ID, HOME_ID, "self-watch", at, contacts=(contact,), synthetic=True)


def own_button(at: datetime) -> Device:
    """The button that the house presses itself."""
    return Device(
        DEVICE_ID,
        EXTERNAL_ID,
        Ecosystem.NATIVE,
        DeviceType.CALL_BUTTON,
        home_id=HOME_ID,
        resident_id=RESIDENT_ID,
        registered_at=at,
        synthetic=True,
    )
