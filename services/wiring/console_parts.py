"""What the console asks of the other rooms, in its own words: rulebooks, replays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from zoneinfo import ZoneInfo

from services.console.parts import RulebookStatus, RuleFault, RuleStatus
from services.domain.findings import Trigger
from services.domain.ports import Clock, Store
from services.domain.records import StandingFault
from services.ingest.replay import replay
from services.rules.engine import RuleFault as Failed
from services.rules.faults import Fault
from services.rules.rulebook import Rule
from services.rules.shelf import as_stored
from services.rules.status import BookStatus, RuleAtWork


def rulebooks_of(books: Callable[[], Sequence[BookStatus]]) -> Callable[[], Sequence[RulebookStatus]]:
    """The rulebooks at work in this process, as the console lists them."""
    return lambda: [_book(book) for book in books()]


def rulebooks_in(store: Store) -> Callable[[], Sequence[RulebookStatus]]:
    """The rulebooks as the rules runner of another process has them: the revisions that it stored, and what
    it says is wrong. The folder of this process has no part in it.
    """

    def stored() -> Sequence[RulebookStatus]:
        with store.reading() as uow:
            revisions, faults = uow.rulebooks.latest(), uow.rulebooks.faults()
        return [
            _book(
                BookStatus(
                    name=each.book.name,
                    revision=each.book.revision,
                    content_hash=each.book.content_hash,
                    active_since=each.active_since,
                    rules=tuple(_at_work(rule, faults) for rule in each.book.rules),
                    faults=tuple(
                        Fault(said.file or "", said.rule, said.field, said.found, said.expected, said.nearest)
                        for said in faults
                        if said.rulebook == each.book.name and not said.is_unavailable
                    ),
                )
            )
            for each in as_stored(revisions).books
        ]

    return stored


def _at_work(rule: Rule, faults: Iterable[StandingFault]) -> RuleAtWork:
    failed = (
        Failed(rule.name, "", said.found)
        for said in faults
        if said.is_unavailable and (said.rulebook, said.rule) == (rule.rulebook, rule.id)
    )
    return RuleAtWork(rule, tuple(failed))


def _book(book: BookStatus) -> RulebookStatus:
    return RulebookStatus(
        name=book.name,
        revision=book.revision,
        content_hash=book.content_hash,
        active_since=book.active_since,
        rules=tuple(_rule(rule) for rule in book.rules),
        faults=tuple(
            RuleFault(fault.rule, fault.field, fault.found, fault.expected, fault.file, fault.nearest)
            for fault in book.faults
        ),
    )


def _rule(at_work: RuleAtWork) -> RuleStatus:
    rule = at_work.rule
    return RuleStatus(
        id=rule.id,
        title=rule.titles,
        trigger=rule.trigger.value,
        severity=rule.severity.value,
        enabled=rule.enabled,
        available=not at_work.faults,
        fault="; ".join(fault.error for fault in at_work.faults) or None,
        quota=rule if rule.trigger is Trigger.QUOTA else None,
        rule=rule,
        why=rule.why,
    )


def replay_of(store: Store, clock: Clock, zone: ZoneInfo) -> Callable[[str], bool]:
    """Takes one quarantined message in again; True if it became an event."""

    def take_again(entry_id: str) -> bool:
        with store.reading() as uow:
            entry = uow.quarantine.get(entry_id)
        return entry is not None and replay(entry, store, clock, zone).event is not None

    return take_again
