"""Senders: who replied, by the address that a reply came from.

A number may be written in several ways, and may be more than one person's. Who is not known is nobody, and
is told nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.domain.notices import Notice
from services.domain.people import Channel, ChannelKind, Worker
from services.domain.ports import UnitOfWork

_NUMBER = re.compile(r"\+?[\d\s().\-/]{5,}")
_CHINA = re.compile(r"(?:00)?86(1\d{10})")


@dataclass(frozen=True, slots=True)
class Senders:
    """All whose address it is: workers, and notices to contacts, whose address stands in them."""

    workers: tuple[Worker, ...] = ()
    to_contacts: tuple[Notice, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.workers or self.to_contacts)


def senders(uow: UnitOfWork, channel: Channel, since: datetime) -> Senders:
    """Who is reached at this address: those who are active, and contacts told since then."""
    wanted = plain(channel.kind, channel.address)
    if not wanted:
        return Senders()

    def is_theirs(channels: tuple[Channel, ...]) -> bool:
        return any(is_same(each, channel) for each in channels)

    return Senders(
        tuple(worker for worker in uow.workers.all() if worker.active and is_theirs(worker.channels)),
        tuple(notice for notice in uow.notices.contacts_told(since) if is_theirs(notice.channels)),
    )


def plain(kind: ChannelKind, address: str) -> str:
    """An address as it is compared: numbers without signs and without the prefix of China."""
    address = address.strip()
    if kind is ChannelKind.EMAIL:
        return address.removeprefix("mailto:").casefold()
    address = re.sub(r"^(?:tel|sms):", "", address)
    if not _NUMBER.fullmatch(address):
        return address
    digits = re.sub(r"\D", "", address)
    home = _CHINA.fullmatch(digits)
    return home[1] if home else digits.removeprefix("00")


def as_registered(channels: Iterable[Channel], channel: Channel) -> Channel:
    """The channel as the register writes it, which is how it is known to reach them."""
    return next((each for each in channels if is_same(each, channel)), channel)


def is_same(one: Channel, other: Channel) -> bool:
    """Whether two ways of writing it lead to the same place."""
    return one.kind is other.kind and plain(one.kind, one.address) == plain(other.kind, other.address)
