"""Time: the zones are known, the clock is not behind what was stored, and something keeps it right."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from services.domain.instants import zone_named
from services.domain.ports import UnitOfWork
from services.wiring.doctor.installation import Installation
from services.wiring.doctor.judgement import Judgement, fault, named, ok, to_see_to
from services.wiring.doctor.thresholds import CLOCK_BEHIND

UNSYNCHRONISED = 0x0040
"""STA_UNSYNC of adjtimex(2): nothing has set the clock right, or not for a long time."""
ROOM = 512
"""Bytes; more than the kernel's struct has on any machine."""


def zones(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    named_there = {(home.id, home.timezone) for home in uow.homes.all() if home.timezone}
    named_there |= {(one.id, one.timezone) for one in uow.residents.all() if one.timezone}
    unknown = sorted(owner for owner, zone in named_there if not _is_known(zone or ""))
    if unknown:
        yield fault(
            "time zones",
            f"the zones of {named(unknown)} are unknown here",
            "Correct them, or install newer time zone data (the package tzdata).",
        )
        return
    local = house.now.astimezone(ZoneInfo(house.settings.timezone))
    yield ok("time zones", f"{house.settings.timezone}: {local:%Y-%m-%d %H:%M} there")


def _is_known(zone: str) -> bool:
    try:
        zone_named(zone)
    except ValueError:
        return False
    return True


def clock(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    last = uow.events.last_seq()
    newest = uow.events.after(last - 1, 1) if last else []
    if newest and newest[0].received_at > house.now + CLOCK_BEHIND:
        yield fault(
            "clock",
            f"it says {house.now:%Y-%m-%d %H:%M:%S} UTC, and an event was received at "
            f"{newest[0].received_at:%Y-%m-%d %H:%M:%S} UTC",
            "Set the clock right before the service goes on: until then no deadline after it is met.",
        )
    else:
        yield ok("clock", f"{house.now:%Y-%m-%d %H:%M:%S} UTC, after everything that is stored")


def kept_right(_house: Installation) -> Iterator[Judgement]:
    state = kernel_clock()
    if state is None:
        yield ok("time service", "this machine does not tell whether its clock is kept right")
    elif state & UNSYNCHRONISED:
        yield to_see_to(
            "time service",
            "nothing keeps this machine's clock right",
            "Install and start one (chrony or systemd-timesyncd), on a virtual machine on its host.",
        )
    else:
        yield ok("time service", "the clock is kept right")


def kernel_clock() -> int | None:
    """The status bits of the kernel's clock; None where it does not tell."""
    if not sys.platform.startswith("linux"):
        return None
    room = ctypes.create_string_buffer(ROOM)  # all zero: it asks and sets nothing
    try:
        answer = ctypes.CDLL(None, use_errno=True).adjtimex(room)
    except (OSError, AttributeError):
        return None
    # modes, then four longs, then the status, as the C compiler lays them out.
    place = ctypes.sizeof(ctypes.c_long) * 5
    return None if answer < 0 else int.from_bytes(room.raw[place : place + 4], sys.byteorder)
