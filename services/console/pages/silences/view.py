"""What the pages of silences show: each that runs, the nearest end first, those that ended lately, and what
somebody may silence and for how long. Gathered from one moment of the store, and only what the caller sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.console.callers import Caller
from services.console.pages.names import Names, Nobody
from services.console.parts import Console
from services.console.rights import SILENCING
from services.console.sight import Sight, every
from services.console.silencing import silenceable
from services.domain.people import Resident
from services.domain.ports import UnitOfWork
from services.domain.silences import Silence, SilenceKind

LATELY = timedelta(days=1)
"""How long one that is over stays on the list: whoever comes on duty sees the shift before."""
LENGTHS = (
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (1, 2, 4, 8, 12)),
    *(timedelta(days=days) for days in (1, 2, 3)),
)
"""What a form offers, as far as the policy lets this caller silence."""
FURTHER = (timedelta(hours=1), timedelta(hours=4))
"""By how much a tap extends one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One of them. ``further``: by how much this caller may extend it now."""

    silence: Silence
    who: str
    resident_id: str | None
    author: str | Nobody
    ended_by: str | Nobody | None
    titles: Mapping[str, str]
    """Of the kind of alert that it is about; empty where it is about all."""
    further: tuple[timedelta, ...]
    may_end: bool

    @property
    def is_away(self) -> bool:
        return self.silence.kind is SilenceKind.AWAY


@dataclass(frozen=True, slots=True)
class SilencesView:
    """All of the list."""

    now: datetime
    running: tuple[Shown, ...]
    lately: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class FormView:
    """Whom to silence, what of it, and for how long at most."""

    now: datetime
    resident: Resident
    kinds: Mapping[str, Mapping[str, str]]
    lengths: tuple[timedelta, ...]


def gather(uow: UnitOfWork, parts: Console, who: Caller) -> SilencesView:
    """What this caller sees now."""
    now = parts.clock.now()
    sight = Sight(uow, who)
    names = Names(uow.workers.all())
    titles = titles_of(parts)
    longest = longest_of(parts, who)

    def seen(found: Silence) -> bool:
        return not found.synthetic and sight.place(found.resident_id, found.home_id)

    def shown(found: Silence) -> Shown:
        resident = uow.residents.get(found.resident_id or "")
        device = uow.devices.get(found.device_id or "")
        may = longest is not None and found.is_running and found.kind is SilenceKind.SILENCE
        return Shown(
            silence=found,
            who=resident.name if resident else (device.external_id if device else found.subject),
            resident_id=resident.id if resident else None,
            author=names.of(found.author),
            ended_by=names.of(found.ended_by) if found.ended_by else None,
            titles=titles.get(found.alert_kind or "", {"en": found.alert_kind or ""})
            if found.alert_kind
            else {},
            further=tuple(
                each for each in FURTHER if may and longest and found.until + each <= now + longest
            ),
            may_end=may,
        )

    running = sorted(filter(seen, uow.silences.running()), key=lambda each: (each.until, each.id))
    over = every(lambda after, limit: uow.silences.page({"running": False}, after, limit))
    lately = [each for each in over if each.ended_at and each.ended_at > now - LATELY and seen(each)]
    lately.sort(key=lambda each: (each.ended_at or now, each.id), reverse=True)
    return SilencesView(now, tuple(map(shown, running)), tuple(map(shown, lately)))


def form_for(parts: Console, who: Caller, resident: Resident) -> FormView:
    """What this caller may ask for about a resident."""
    longest = longest_of(parts, who) or timedelta()
    titles = titles_of(parts)
    return FormView(
        now=parts.clock.now(),
        resident=resident,
        kinds={kind: titles[kind] for kind in sorted(silenceable(parts))},
        lengths=tuple(each for each in LENGTHS if each <= longest),
    )


def longest_of(parts: Console, who: Caller) -> timedelta | None:
    """How long this caller may silence at all; None: not at all."""
    return parts.gathering.silencing().longest_for(who.role) if who.role in SILENCING.roles else None


def titles_of(parts: Console) -> Mapping[str, Mapping[str, str]]:
    """What each kind of alert is called, by the first rule that raises it."""
    found: dict[str, Mapping[str, str]] = {}
    for book in parts.rules():
        for each in book.rules:
            if each.rule is not None:
                found.setdefault(each.rule.alert_kind, each.rule.titles)
    return found
