"""The shelf of rulebooks: which revision of which rulebook is at work, and what is wrong with the texts that
lie there.

A text with any fault is refused whole and the revision before goes on; where there is none before, its good
rules work alone. It never reads a file: it is handed the texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.domain.records import RulebookRevision
from services.rules.faults import Fault
from services.rules.reading import read_what_is_good
from services.rules.rulebook import Rule, Rulebook


@dataclass(frozen=True, slots=True)
class BookAtWork:
    """One rulebook as it works now, with the faults of a newer text that was refused."""

    book: Rulebook
    active_since: datetime | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """All rulebooks at work; ``faults`` are of texts that no rulebook could be known by."""

    books: tuple[BookAtWork, ...] = ()
    faults: tuple[Fault, ...] = ()
    new_revisions: tuple[RulebookRevision, ...] = field(default=(), compare=False)
    """What must be stored, so that it is known after a start."""

    @property
    def rules(self) -> dict[str, Rule]:
        """Every rule at work by its name."""
        return {rule.name: rule for each in self.books for rule in each.book.rules}


def arrange(texts: Mapping[str, str], stored: Iterable[RulebookRevision], now: datetime) -> Shelf:
    """The shelf as these texts make it, after the revisions that were active before."""
    latest = {revision.rulebook: revision for revision in stored}
    books: dict[str, BookAtWork] = {}
    lost: list[Fault] = []
    new: list[RulebookRevision] = []
    for file, text in sorted(texts.items()):
        read, faults = read_what_is_good(text, file)
        name = read.name if read is not None else file.rpartition(".")[0]
        before = latest.get(name)
        if name in books:
            lost.append(Fault(file, None, "rulebook", f"{name!r} a second time", "each rulebook in one file"))
        elif read is not None and not faults:
            books[name] = _good(read, text, before, now, new)
        elif (kept := _book_of(before)) is not None:
            since = before.active_since if before is not None else None
            books[name] = BookAtWork(kept, since, tuple(faults))
        elif read is not None:
            books[name] = BookAtWork(replace(read, revision=0), None, tuple(faults))
        else:
            lost.extend(faults)
    for name, before in latest.items():
        if name not in books and before.text:
            # An empty revision says that the rulebook was taken away: when it comes back its rules are new.
            new.append(RulebookRevision(name, before.revision + 1, "", "", now))
    return Shelf(tuple(books.values()), tuple(lost), tuple(new))


def as_stored(stored: Iterable[RulebookRevision]) -> Shelf:
    """The shelf as it was when the last process ended."""
    books = []
    for revision in stored:
        book = _book_of(revision)
        if book is not None:
            books.append(BookAtWork(book, revision.active_since))
    return Shelf(tuple(books))


def _good(
    book: Rulebook, text: str, before: RulebookRevision | None, now: datetime, new: list[RulebookRevision]
) -> BookAtWork:
    if before is not None and before.content_hash == book.content_hash:
        return BookAtWork(replace(book, revision=before.revision), before.active_since)
    revision = 1 if before is None else before.revision + 1
    new.append(RulebookRevision(book.name, revision, book.content_hash, text, now))
    return BookAtWork(replace(book, revision=revision), now)


def _book_of(revision: RulebookRevision | None) -> Rulebook | None:
    if revision is None or not revision.text:
        return None
    book, _ = read_what_is_good(revision.text, f"revision {revision.revision}")
    return None if book is None else replace(book, revision=revision.revision)
