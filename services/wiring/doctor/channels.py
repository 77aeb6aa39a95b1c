"""The channels that people have: whether this installation has the account that each needs, and whether those
who carry its messages still take them. It sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from services.domain.notices import Attempt
from services.domain.people import ChannelKind
from services.domain.ports import UnitOfWork
from services.notify.channels.posting import ACCOUNT
from services.wiring.doctor.installation import Installation
from services.wiring.doctor.judgement import Judgement, fault, named, ok, to_see_to
from services.wiring.doctor.thresholds import REFUSALS_WITHIN
from services.wiring.ways_out import PACKAGE, begun, lacking

AT_ONCE = 500
"""Attempts read at once."""


def accounts(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    used = _used(uow)
    missing = {kind: names for kind in used if (names := lacking(house.settings, kind))}
    for kind, names in missing.items():
        yield fault(
            "accounts",
            f"{named(sorted(used[kind]))} should be told over {kind}, which is not set up here",
            f"{_to_do(names)}, or give them another channel.",
        )
    for kind, names in begun(house.settings).items():
        if kind not in missing:
            yield to_see_to("accounts", f"{kind} is set up in part", f"{_to_do(names)} as well.")
    if not missing:
        yield ok("accounts", f"each of the {len(used)} kinds of channel that people have is set up")


def refusals(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    refused = [each for each in _newest(house, uow).values() if (each.status or "").startswith(ACCOUNT)]
    for each in refused:
        said = f": {each.detail}" if each.detail else ""
        yield fault(
            "refusals",
            f"{each.channel} refuses this installation ({(each.status or '').removeprefix(ACCOUNT)}){said}",
            f"Correct its settings or its addresses, or what it asks for at the provider; attempt {each.id}.",
        )
    if not refused:
        yield ok("refusals", "no provider refused this installation of late")


def _to_do(names: Sequence[str]) -> str:
    return "Install it (python -m pip install apprise)" if PACKAGE in names else f"Set {', '.join(names)}"


def _used(uow: UnitOfWork) -> Mapping[ChannelKind, set[str]]:
    """By kind, whom somebody wants to be told over it."""
    used: dict[ChannelKind, set[str]] = {}
    for worker in uow.workers.all():
        for channel in worker.channels if worker.active else ():
            used.setdefault(channel.kind, set()).add(worker.id)
    for resident in uow.residents.all():
        for contact in resident.contacts if resident.left_at is None else ():
            for channel in contact.channels:
                used.setdefault(channel.kind, set()).add(resident.id)
    return used


def _newest(house: Installation, uow: UnitOfWork) -> Mapping[tuple[ChannelKind, str], Attempt]:
    """The newest attempt of late over each channel: one that went well after a refusal has mended it."""
    newest: dict[tuple[ChannelKind, str], Attempt] = {}
    since = house.now - REFUSALS_WITHIN
    after = 0
    while True:
        page = uow.notices.attempts_page({"since": since}, after, AT_ONCE)
        newest.update({(each.channel, each.address): each for each in page.items if each.result is not None})
        if page.next is None:
            return newest
        after = page.next
