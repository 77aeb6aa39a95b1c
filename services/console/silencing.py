"""Silencing as the console does it: who may silence whom, for how long, and what of it is noted. API and
pages go through here alike.

Nothing that is asked for here can silence a call for help; whoever asks for that is told so in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.console.callers import Caller
from services.console.parts import Console
from services.console.problems import Problem, not_found, unfit
from services.console.sight import Sight
from services.console.writing import note
from services.domain.instants import format_instant, format_span
from services.domain.kinds import ALARM_KINDS, KINDS
from services.domain.ports import UnitOfWork
from services.domain.silences import Ending, Silence, SilenceKind
from services.escalation import silence_keeping
from services.rules.rulebook import Rule

CALLS_FOR_HELP = frozenset(kind.floor_alert for kind in KINDS.values() if kind.floor_alert)
"""Kinds of alert by which alarms are told where no rule names another."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants silenced: exactly one of resident and device, up to when, and why."""

    resident_id: str | None
    device_id: str | None
    alert_kind: str | None
    until: datetime
    reason: str


def silence(uow: UnitOfWork, parts: Console, who: Caller, wish: Wish) -> Silence:
    """Store a silence and silence what runs; `Problem` 422 names what cannot be."""
    now = parts.clock.now()
    _check_kind(parts, wish.alert_kind)
    _check_end(parts, who, wish.until, now)
    resident_id, home_id, synthetic = _placed(uow, who, wish)
    subject = f"device:{wish.device_id}" if wish.device_id else f"resident:{resident_id}"
    made = Silence(
        id=parts.new_id("sil"),
        subject=subject,
        reason=wish.reason.strip(),
        author=who.name,
        since=now,
        until=wish.until,
        alert_kind=wish.alert_kind,
        resident_id=resident_id,
        device_id=wish.device_id,
        home_id=home_id,
        synthetic=synthetic,
    )
    stored = silence_keeping.begin(uow, parts.gathering, made, now)
    said = f"{subject} {wish.alert_kind or ''} until {format_instant(wish.until)}: {made.reason}"
    _note(uow, parts, who, "silence.made", stored, said)
    return stored


def seen_silence(uow: UnitOfWork, who: Caller, silence_id: str) -> Silence:
    """A silence, if the caller may see whom it is about; else 404."""
    found = uow.silences.get(silence_id)
    if found is None or not Sight(uow, who).place(found.resident_id, found.home_id):
        raise not_found("silence")
    return found


def move_end(
    uow: UnitOfWork, parts: Console, who: Caller, silence_id: str, until: datetime, reason: str
) -> Silence:
    """Let a running one end at another instant; `Problem` 409 where it is over."""
    now = parts.clock.now()
    running = _running(seen_silence(uow, who, silence_id), now)
    if running.kind is SilenceKind.AWAY:
        raise Problem(
            409,
            "is_away",
            "An absence is extended by recording resident.away once more, with its new end.",
        )
    _check_end(parts, who, until, now)
    moved = silence_keeping.move_end(uow, parts.gathering, running, until, now, who.name)
    _note(uow, parts, who, "silence.moved", moved, f"until {format_instant(until)}: {reason}")
    return moved


def end(uow: UnitOfWork, parts: Console, who: Caller, silence_id: str, reason: str = "") -> Silence:
    """End a running silence now; one that is over stays as it ended. An absence ends by a return."""
    found = seen_silence(uow, who, silence_id)
    if not found.is_running:
        return found
    if found.kind is SilenceKind.AWAY:
        raise Problem(409, "is_away", "An absence ends when resident.returned is recorded.")
    ended = silence_keeping.end(uow, parts.gathering, found, Ending.LIFTED, parts.clock.now(), who.name)
    _note(uow, parts, who, "silence.lifted", ended, reason)
    return ended


def end_of_moved(uow: UnitOfWork, parts: Console, who: Caller, device_id: str) -> None:
    """End the silences of a device that hangs elsewhere by now: none passes on to whoever lives there."""
    for each in uow.silences.running_on([f"device:{device_id}"]):
        end(uow, parts, who, each.id, "the device hangs elsewhere")


def end_of_left(uow: UnitOfWork, parts: Console, who: Caller, resident_id: str) -> None:
    """End the absence of somebody who has left: nobody is asked to look for who is gone for good."""
    for each in uow.silences.running_on([f"resident:{resident_id}"]):
        if each.kind is SilenceKind.AWAY:
            now = parts.clock.now()
            silence_keeping.end(uow, parts.gathering, each, Ending.TAKEN_BACK, now, who.name)


def _running(found: Silence, now: datetime) -> Silence:
    if not found.is_running or (found.kind is SilenceKind.SILENCE and found.until <= now):
        raise Problem(409, "already_over", "It is over; make a new one.")
    return found


def silenceable(parts: Console) -> set[str]:
    """The kinds of alert that rules raise and that may be silenced."""
    return {rule.alert_kind for rule in _rules(parts) if rule.kind not in ALARM_KINDS} - CALLS_FOR_HELP


def _rules(parts: Console) -> list[Rule]:
    return [each.rule for book in parts.rules() for each in book.rules if each.rule is not None]


def _check_kind(parts: Console, kind: str | None) -> None:
    if kind is None:
        return
    may_be = silenceable(parts)
    raised = {rule.alert_kind for rule in _rules(parts)}
    if kind in CALLS_FOR_HELP or kind in raised - may_be:
        expected = "a kind of alert that is no call for help: nothing silences a press, a fall, smoke or gas"
        raise unfit("alert_kind", kind, expected)
    if kind not in may_be:
        raise unfit("alert_kind", kind, f"one of {', '.join(sorted(may_be))}")


def _check_end(parts: Console, who: Caller, until: datetime, now: datetime) -> None:
    longest = parts.gathering.silencing().longest_for(who.role)
    if longest is None:
        raise Problem(
            403, "may_not_silence", "The silence policy of this house names no length for your role."
        )
    if not now < until <= now + longest:
        raise unfit(
            "until",
            format_instant(until),
            f"an instant after now, {format_instant(now)}, and at most {format_span(longest)} ahead: "
            f"up to {format_instant(now + longest)}",
        )


def _placed(uow: UnitOfWork, who: Caller, wish: Wish) -> tuple[str | None, str | None, bool]:
    """Whose it is, where, and whether it is of the house's own watch."""
    if (wish.resident_id is None) == (wish.device_id is None):
        raise unfit("resident_id", wish.resident_id, "a resident or a device, and not both")
    sight = Sight(uow, who)
    if wish.resident_id is not None:
        resident = uow.residents.get(wish.resident_id)
        if resident is None or not sight.resident(resident):
            raise unfit("resident_id", wish.resident_id, "the id of a resident")
        return resident.id, resident.home_id, resident.synthetic
    device = uow.devices.get(wish.device_id or "")
    if device is None or not sight.device(device):
        raise unfit("device_id", wish.device_id, "the id of a device")
    return device.resident_id, device.home_id, device.synthetic


def _note(uow: UnitOfWork, parts: Console, who: Caller, action: str, silence: Silence, detail: str) -> None:
    if not silence.synthetic:
        note(uow, parts, who, action, ("silence", silence.id), detail)
