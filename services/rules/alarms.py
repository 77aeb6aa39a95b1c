"""Alarms: the Findings of one alarm kind outside the loop of the rules, by the same engine.

What tells people while the store cannot be written comes here, and so does what stores it afterwards; both
find what the loop would find. Whatever breaks, the press floor answers.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from services.domain.devices import Device
from services.domain.events import Event
from services.domain.findings import Finding, Severity
from services.domain.homes import Home
from services.domain.people import Resident
from services.domain.ports import ById, RulebookTexts, StateKey, StateStore, StoreUnavailable
from services.domain.records import RulebookRevision
from services.rules.engine import Engine, Lane, Result
from services.rules.intake import Intake
from services.rules.memory import PROFILE, Memory
from services.rules.profile import KnownDevice, Profile
from services.rules.raising import floor_finding
from services.rules.shelf import at_work
from services.rules.signs import sign_of

log = logging.getLogger("anxin.rules")


class DevicesOf(Protocol):
    """The devices of a resident."""

    def of_resident(self, resident_id: str, /) -> Sequence[Device]: ...


class Registers(Protocol):
    """What is known of residents and their devices: a unit of work, or a snapshot."""

    @property
    def residents(self) -> ById[Resident]: ...
    @property
    def homes(self) -> ById[Home]: ...
    @property
    def devices(self) -> DevicesOf: ...


@dataclass(frozen=True, slots=True)
class _Engine:
    """An engine, and the rulebooks that it was made of."""

    texts: Mapping[str, str]
    stored: tuple[RulebookRevision, ...]
    engine: Engine


class Alarms:
    """Finds by the rulebooks as they lie there; ``zone`` is the house's."""

    def __init__(self, texts: RulebookTexts, zone: ZoneInfo) -> None:
        self._texts = texts
        self._zone = zone
        self._made: _Engine | None = None

    def find(
        self,
        event: Event,
        rulebooks: Sequence[RulebookRevision],
        registers: Registers,
        states: StateStore | None = None,
    ) -> list[Finding]:
        """The high Findings of an alarm kind, by these revisions where a text is broken; one at least.

        Without ``states`` a resident is known by the registers alone.
        """
        try:
            found = self._found(event, rulebooks, registers, states)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("the rulebooks fail on the alarm %s; the press floor takes it", event.id)
            found = []
        high = [finding for finding in found if finding.is_alarm and finding.severity is Severity.HIGH]
        return high or [floor_finding(event, sign_of(event), event.home_id)]

    def _found(
        self,
        event: Event,
        rulebooks: Sequence[RulebookRevision],
        registers: Registers,
        states: StateStore | None,
    ) -> list[Finding]:
        engine = self._engine(tuple(rulebooks), event.received_at)
        load = (states.load, states.load_for) if states is not None else (None, None)
        memory = Memory(engine.forms, *load)
        acquaint(registers, memory, event)
        result = Result()
        Intake(engine, lambda _: None).take(memory, event, result, Lane.ALARMS)
        return result.findings

    def _engine(self, stored: tuple[RulebookRevision, ...], now: datetime) -> Engine:
        made = self._made
        try:
            texts = dict(self._texts())
        except OSError:
            texts = dict(made.texts) if made is not None else {}
        if made is None or (made.texts, made.stored) != (texts, stored):
            shelf = at_work(texts, stored, now)
            engine = Engine([each.book for each in shelf.books], self._zone)
            self._made = made = _Engine(texts, stored, engine)
        return made.engine


def acquaint(registers: Registers, memory: Memory, event: Event) -> None:
    """A press may come before its resident's enrolment is taken in: then the register knows more."""
    if event.resident_id is None or memory.profile(event.resident_id) is not None:
        return
    resident = registers.residents.get(event.resident_id)
    if resident is None:
        return
    home = registers.homes.get(resident.home_id)
    memory.assume(
        StateKey(PROFILE, resident.id),
        Profile(
            resident_id=resident.id,
            home_id=resident.home_id,
            timezone=resident.timezone or (home.timezone if home is not None else None),
            enrolled_at=resident.enrolled_at,
            left_at=resident.left_at,
            tags=resident.tags,
            synthetic=resident.synthetic,
            devices=tuple(
                KnownDevice(device.id, device.type.value, device.place, resident.id)
                for device in registers.devices.of_resident(resident.id)
            ),
        ),
    )
