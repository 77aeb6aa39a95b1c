"""Stored: why, over what an installation has stored, by the rulebooks that were at work at that instant.

The events of the rule's horizon are run once more; what was found is compared with the Findings that are
stored, so that an answer never says that something was found of which nobody could hear.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.domain.events import Event, Json
from services.domain.findings import Finding, Trigger
from services.domain.instants import EPOCH, format_instant, parse_instant
from services.domain.kinds import ALARM_KINDS, REGISTER_KINDS
from services.domain.ports import UnitOfWork
from services.domain.records import RulebookRevision
from services.rules.because import Because
from services.rules.beds import OFFLINE
from services.rules.intake import AWAY, RETRACTED, RETURNED
from services.rules.reading import read_what_is_good
from services.rules.rulebook import ANY_MESSAGE, BED_PAIR, Rule, Rulebook
from services.rules.warming import horizon
from services.rules.why.answer import AROUND_FOR, FOUND, Answer, Asked, Reason, answer
from services.rules.why.floor import THE_FLOOR, why_floor
from services.rules.why.rerun import rerun
from services.rules.why.told import UnknownRule, is_floor, rule_named

_KNOWN_FOR_EVER = frozenset({*REGISTER_KINDS, AWAY, RETURNED})
"""The kinds that make what is known of a resident, however old."""
_NEWEST_BEFORE = 4
"""How many events of each of the rule's kinds from before its horizon are looked at: one of each of a bed's
sensors, and of silence the last sign of life.
"""
_UNREAD_AROUND_FOR = timedelta(hours=1)
"""How far from the instant a message that nobody could read may lie and be worth a word (assumed)."""
_UNREAD = 50
_REVISIONS = 100
_FINDINGS = 200


def why_stored(
    uow: UnitOfWork, zone: ZoneInfo, rule_name: str, resident_id: str, at: datetime, now: datetime
) -> Answer:
    """The answer; no such rule then or now: `UnknownRule`."""
    then = [_at_work(uow, name, at) for name in sorted(uow.rulebooks.heads())]
    today = [_book_of(revision) for revision in uow.rulebooks.latest()]
    books = [book for book in then if book is not None]
    books_now = [book for book in today if book is not None]
    revision_now = {book.name: book.revision for book in books_now}
    if is_floor(rule_name):
        until = min(now, at + horizon(THE_FLOOR))
        alarms = _events(uow, THE_FLOOR, resident_id, at - horizon(THE_FLOOR), until)
        return _as_stored(uow, why_floor(books, zone, resident_id, at, alarms, uow.events.get, until))
    try:
        rule = rule_named(rule_name, books)
    except UnknownRule:
        rule = rule_named(rule_name, [*books, *books_now])
        return _not_yet(rule, books_now, resident_id, at, zone)
    reach = horizon(rule)
    until = min(now, at + reach)
    events = _events(uow, rule, resident_id, at - reach, until)
    seen = rerun(books, zone, rule, resident_id, at, events, uow.events.get, until)
    book = next(book for book in books if book.name == rule.rulebook)
    found = replace(
        answer(seen, resident_id, at),
        revision=book.revision,
        content_hash=book.content_hash,
        revision_now=revision_now.get(book.name),
    )
    return _with_quarantine(uow, _with_faults(uow, _as_stored(uow, found)))


def _at_work(uow: UnitOfWork, rulebook: str, at: datetime) -> Rulebook | None:
    """A rulebook as it was at an instant."""
    active: RulebookRevision | None = None
    after: int | None = 0
    while after is not None:
        page = uow.rulebooks.page(rulebook, after, _REVISIONS)
        for revision in page.items:
            if revision.active_since <= at:
                active = revision
        after = page.next
    return None if active is None else _book_of(active)


def _book_of(revision: RulebookRevision) -> Rulebook | None:
    book = _read(revision.text, revision.rulebook) if revision.text else None
    return None if book is None else replace(book, revision=revision.revision)


@lru_cache(maxsize=32)
def _read(text: str, name: str) -> Rulebook | None:
    return read_what_is_good(text, name)[0]


def _not_yet(
    rule: Rule, books_now: Iterable[Rulebook], resident_id: str, at: datetime, zone: ZoneInfo
) -> Answer:
    """The rule is at work now and was not then."""
    book = next(book for book in books_now if book.name == rule.rulebook)
    asked = Asked(at)
    reason = Reason(Because.NOT_AT_WORK, at, asked.until, (), {"revision_now": book.revision})
    return Answer(
        rule=rule,
        resident_id=resident_id,
        at=at,
        zone=zone,
        found=False,
        reasons=(reason,),
        revision=None,
        content_hash=None,
        revision_now=book.revision,
    )


def _events(
    uow: UnitOfWork, rule: Rule, resident_id: str, since: datetime, until: datetime
) -> Sequence[Event]:
    """What the engine has to see, in the order of storing."""
    facts = uow.events.of_key(EPOCH, resident_id=resident_id, kinds=_KNOWN_FOR_EVER)
    for device_id in {fact.device_id for fact in facts if fact.device_id is not None}:
        facts += uow.events.of_key(EPOCH, device_id=device_id, kinds=REGISTER_KINDS)
    kinds = _looked_at(rule)
    before = uow.events.of_resident(resident_id, kinds or (), EPOCH, since, _NEWEST_BEFORE)
    recent = uow.events.of_key(since, resident_id=resident_id, kinds=kinds)
    events = {event.seq: event for event in (*facts, *before, *recent) if event.received_at <= until}
    return [events[seq] for seq in sorted(events)]


def _looked_at(rule: Rule) -> frozenset[str] | None:
    """The kinds that can matter to a rule; None = any. A year of pulses says nothing about visits."""
    if rule is THE_FLOOR:
        return ALARM_KINDS
    if rule.trigger is Trigger.SILENT:
        return None if rule.kind == ANY_MESSAGE else frozenset({rule.kind})
    bed = {OFFLINE, *BED_PAIR} if rule.own_kinds & BED_PAIR else set()
    return frozenset({RETRACTED, *bed, *rule.own_kinds, *rule.touching_kinds})


def _as_stored(uow: UnitOfWork, answered: Answer) -> Answer:
    """Compared with the Findings that are stored."""
    asked = Asked(answered.at)
    named = [reason.finding_id for reason in answered.reasons if reason.finding_id is not None]
    stored = uow.findings.many(named)
    reasons = [
        replace(reason, because=Because.NOT_RAISED, finding_id=None)
        if reason.because in FOUND and reason.finding_id not in stored
        else reason
        for reason in answered.reasons
    ]
    others = [
        reason
        for reason in (_of_stored(finding) for finding in _stored_around(uow, answered))
        if asked.meets(reason) and reason.finding_id not in named
    ]
    found = any(reason.because in FOUND and asked.meets(reason) for reason in (*others, *reasons))
    return replace(answered, reasons=(*others, *reasons), found=found)


def _stored_around(uow: UnitOfWork, answered: Answer) -> Iterable[Finding]:
    rule = answered.rule
    reach = AROUND_FOR + max(rule.watch_for or timedelta(0), rule.within_for or timedelta(0))
    asked = {
        "resident_id": answered.resident_id,
        "rule": rule.id,
        "since": answered.at - reach,
        "until": answered.at + reach,
    }
    found = uow.findings.page(asked, 0, _FINDINGS).items
    return [finding for finding in found if finding.rulebook == rule.rulebook]


def _of_stored(finding: Finding) -> Reason:
    figures: dict[str, Json] = {
        **finding.evidence.figures,
        "at": format_instant(finding.at),
        "raised_at": format_instant(finding.raised_at),
        "state": finding.state.value,
        "finding_reason": finding.reason.value if finding.reason is not None else None,
        "prevented_by": finding.evidence.prevented_by,
        "revision": finding.revision,
    }
    return Reason(
        Because.of(finding.state),
        min(_began_at(finding), finding.at),
        finding.at,
        finding.evidence.event_ids,
        figures,
        finding.id,
    )


def _began_at(finding: Finding) -> datetime:
    """When the matter of a Finding began, by its figures."""
    figures = finding.evidence.figures
    for name in ("waited_seconds", "span_seconds", "run_seconds", "silent_seconds"):
        if isinstance(figures.get(name), int | float):
            return finding.at - timedelta(seconds=figures[name])
    begins = figures.get("window_from")
    return parse_instant(begins) if isinstance(begins, str) else finding.at


def _with_faults(uow: UnitOfWork, answered: Answer) -> Answer:
    """What is wrong with the rule just now, where it was then already."""
    asked = Asked(answered.at)
    reasons = [
        Reason(
            Because.RULE_UNAVAILABLE,
            fault.since,
            max(asked.until, fault.since),
            (),
            {"error": f"{fault.field}: {fault.found}" if fault.field else fault.found},
        )
        for fault in uow.rulebooks.faults()
        if fault.is_unavailable
        and fault.since <= asked.until
        and fault.rule in {answered.rule.id, answered.rule.name}
    ]
    return replace(answered, reasons=(*reasons[:1], *answered.reasons))


def _with_quarantine(uow: UnitOfWork, answered: Answer) -> Answer:
    """Messages of the resident's devices around that time that could not be read: what is not there may lie
    there.
    """
    start, end = answered.at - _UNREAD_AROUND_FOR, answered.at + _UNREAD_AROUND_FOR
    unread = [
        Reason(
            Because.IN_QUARANTINE,
            entry.first_at,
            entry.last_at,
            (),
            {"device": entry.external_id, "why": entry.reason.value, "count": entry.count},
        )
        for device in (() if answered.found else uow.devices.of_resident(answered.resident_id))
        for entry in uow.quarantine.page({"external_id": device.external_id}, 0, _UNREAD).items
        if entry.first_at <= end and start <= entry.last_at
    ]
    return replace(answered, reasons=(*answered.reasons, *unread[:1]))
