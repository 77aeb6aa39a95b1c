"""Clues: why a device that is waited for stays silent, as far as the house can know.

A name that was typed wrong, a password that was, a message that nobody can read, a device of another type:
each shows somewhere. A clue says what was seen and when; what it means is for whoever stands there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum

from services.console.pages.devices.steps import PROOFS, Way
from services.console.pages.devices.terms import StepKind
from services.console.parts import Console
from services.domain.devices import Device, DeviceState, Ecosystem
from services.domain.kinds import KINDS
from services.domain.ports import UnitOfWork
from services.domain.records import Quarantined, QuarantineReason

LOOKED_BACK = timedelta(minutes=10)
"""What came earlier was hardly the device that is in somebody's hand now."""
MOST_SET_ASIDE = 200
MOST_CLUES = 4
ALIKE = 0.75
"""Share of the characters that two names have in common, in their order, to be taken for one another: a digit
misread in a short label gives 0.8 and more.
"""

LEAST_OF_A_NAME = 3
"""Characters from which on the end of a name may stand for all of it, as labels often show."""


class ClueKind(StrEnum):
    """What was seen."""

    UNKNOWN_NAME = "unknown_name"
    REFUSED = "refused"
    NAME_NOT_LET_IN = "name_not_let_in"
    NOT_ITS_TOPIC = "not_its_topic"
    UNREADABLE = "unreadable"
    ANOTHER_TYPE = "another_type"
    ITS_OWN_TEST = "its_own_test"


@dataclass(frozen=True, slots=True)
class Clue:
    """One thing that was seen: under which name, when last, and what else is known."""

    kind: ClueKind
    name: str
    at: datetime
    detail: str = ""
    """What could not be read and why, in the words of the house; or the English word of the kind of event
    that came.
    """
    is_alike: bool = True


def clues_for(uow: UnitOfWork, parts: Console, device: Device, way: Way, at: datetime) -> tuple[Clue, ...]:
    """What may explain the silence of this device, likeliest first. What strangers did before its step was
    due was another device: one that is waited for tries again.
    """
    since_asked = at - max(at - LOOKED_BACK, way.waiting_since)
    found = [
        *_of_its_own(uow, parts, device, way, at),
        *(_renamed(clue, device) for clue in strangers(uow, parts, at, since_asked)),
    ]
    found.sort(key=lambda clue: (clue.is_alike, clue.at), reverse=True)
    return tuple(found[:MOST_CLUES])


def strangers(
    uow: UnitOfWork, parts: Console, at: datetime, looked_back: timedelta = LOOKED_BACK
) -> list[Clue]:
    """Names that spoke or knocked lately and that no device in use bears, newest first."""
    since = at - looked_back
    newest: dict[str, Clue] = {}
    for entry in uow.quarantine.lately(since, MOST_SET_ASIDE):
        if entry.reason is QuarantineReason.UNKNOWN_DEVICE and entry.external_id:
            _keep(newest, Clue(ClueKind.UNKNOWN_NAME, entry.external_id, entry.last_at))
    for knock in parts.turned_away():
        if knock.at >= since:
            kind = ClueKind.NOT_ITS_TOPIC if knock.from_topic else ClueKind.NAME_NOT_LET_IN
            _keep(newest, Clue(kind, knock.name, knock.at))
    known = uow.devices.named(Ecosystem.NATIVE.value, newest)
    unknown = [
        clue for name, clue in newest.items() if name not in known or known[name].state is DeviceState.RETIRED
    ]
    return sorted(unknown, key=lambda clue: clue.at, reverse=True)


def are_alike(one: str, other: str) -> bool:
    """Whether somebody who types one may mean the other: case, blanks and dashes aside."""
    short, long = sorted((_plain(one), _plain(other)), key=len)
    if len(short) < LEAST_OF_A_NAME:
        return short == long
    return SequenceMatcher(None, short, long, autojunk=False).ratio() >= ALIKE or long.endswith(short)


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _keep(newest: dict[str, Clue], clue: Clue) -> None:
    if clue.name not in newest or newest[clue.name].at < clue.at:
        newest[clue.name] = clue


def _renamed(clue: Clue, device: Device) -> Clue:
    return Clue(clue.kind, clue.name, clue.at, is_alike=are_alike(clue.name, device.external_id))


def _of_its_own(uow: UnitOfWork, parts: Console, device: Device, way: Way, at: datetime) -> Iterator[Clue]:
    since = max(at - LOOKED_BACK, way.waiting_since)
    refused = [
        entry.at
        for entry in parts.turned_away()
        if entry.name == device.external_id and not entry.from_topic and entry.at >= since
    ]
    if refused and way.now in {StepKind.CREDENTIALS, StepKind.HEARD}:
        yield Clue(ClueKind.REFUSED, device.external_id, max(refused))
    yield from _unreadable(uow.quarantine.lately(since, MOST_SET_ASIDE), device)
    awaited = PROOFS[device.type]
    if way.now not in awaited:
        return
    for heard in way.heard:
        if heard.at < since:
            continue
        if heard.kind == "call_button.tested":
            yield Clue(ClueKind.ITS_OWN_TEST, device.external_id, heard.at)
        elif device.type not in KINDS[heard.kind].sent_by:
            yield Clue(ClueKind.ANOTHER_TYPE, device.external_id, heard.at, heard.word)


def _unreadable(entries: Iterable[Quarantined], device: Device) -> Iterator[Clue]:
    for entry in entries:
        if entry.external_id == device.external_id and entry.reason is not QuarantineReason.UNKNOWN_DEVICE:
            yield Clue(
                ClueKind.UNREADABLE, device.external_id, entry.last_at, f"{entry.reason}: {entry.detail}"
            )
            return
