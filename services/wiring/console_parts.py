"""What the console asks of the other rooms, in its own words: rulebooks, replays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from services.console.parts import RulebookStatus, RuleFault, RuleStatus
from services.domain.findings import Trigger
from services.domain.ports import Clock, RulebookTexts, Store
from services.ingest.replay import replay
from services.rules.shelf import arrange, as_stored
from services.rules.status import BookStatus, RuleAtWork


def rulebooks_of(books: Callable[[], Sequence[BookStatus]]) -> Callable[[], Sequence[RulebookStatus]]:
    """The rulebooks at work in this process, as the console lists them."""
    return lambda: [_book(book) for book in books()]


def rulebooks_in(store: Store, clock: Clock, texts: RulebookTexts) -> Callable[[], Sequence[RulebookStatus]]:
    """The rulebooks as the rules runner of another process has them: the revisions that it stored, and the
    faults of the texts that lie there. Which rule failed while running, only the runner knows.
    """

    def stored() -> Sequence[RulebookStatus]:
        with store.reading() as uow:
            revisions = uow.rulebooks.latest()
        newest = arrange(texts(), revisions, clock.now())
        faults = {each.book.name: each.faults for each in newest.books}
        return [
            _book(
                BookStatus(
                    name=each.book.name,
                    revision=each.book.revision,
                    content_hash=each.book.content_hash,
                    active_since=each.active_since,
                    rules=tuple(RuleAtWork(rule) for rule in each.book.rules),
                    faults=faults.get(each.book.name, ()),
                )
            )
            for each in as_stored(revisions).books
        ]

    return stored


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
