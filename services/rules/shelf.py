"""The shelf of rulebooks: which revision of which rulebook is at work, and what is wrong with the texts that
lie there.

The store says what is at work; a file that somebody saved becomes the next revision, and a revision that came
another way is to be written into the file. A text with any fault is refused whole and the revision before
goes on; where there is none before, its good rules work alone. It never reads a file: it is handed the texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from services.domain.records import FileMark, RulebookRevision
from services.rules.faults import Fault
from services.rules.reading import content_hash_of, read_what_is_good
from services.rules.rulebook import Rule, Rulebook

Known = Callable[[str, str], bool]
"""Whether a rulebook once had a revision with this content hash."""


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
    writes: Mapping[str, str | None] = field(default_factory=dict, compare=False)
    """The files that lag behind, with the text that they are to hold; None: the file is to go."""
    marks: Mapping[str, FileMark] = field(default_factory=dict, compare=False)
    """What each file holds once that is written."""

    @property
    def rules(self) -> dict[str, Rule]:
        """Every rule at work by its name."""
        return {rule.name: rule for each in self.books for rule in each.book.rules}


def arrange(
    texts: Mapping[str, str],
    stored: Iterable[RulebookRevision],
    now: datetime,
    marks: Mapping[str, FileMark] | None = None,
    known: Known | None = None,
) -> Shelf:
    """The shelf as these texts make it, after the newest revisions of the store.

    ``marks`` tell a file that somebody saved from one that only lags behind. Without them one lags behind
    that holds an older revision, which ``known`` knows.
    """
    arranging = _Arranging(texts, {revision.rulebook: revision for revision in stored}, now, marks, known)
    for file, text in sorted(texts.items(), key=lambda each: (arranging.rank(*each), each[0])):
        arranging.take(file, text)
    arranging.take_what_no_file_holds()
    return arranging.shelf()


def as_stored(stored: Iterable[RulebookRevision]) -> Shelf:
    """The shelf as it was when the last process ended."""
    books = []
    for revision in stored:
        book = book_of(revision)
        if book is not None:
            books.append(BookAtWork(book, revision.active_since))
    return Shelf(tuple(books))


def at_work(texts: Mapping[str, str], stored: Iterable[RulebookRevision], now: datetime) -> Shelf:
    """The shelf for whoever runs no rules: what is stored, and the good rules of texts that have no revision
    yet.
    """
    known = as_stored(stored)
    names = {each.book.name for each in known.books}
    new = [each for each in arrange(texts, (), now).books if each.book.name not in names]
    return Shelf((*known.books, *new))


def read_ahead(texts: Mapping[str, str], stored: Iterable[RulebookRevision]) -> None:
    """Read texts before anybody waits for it: that takes some tenths of a second, of a long one seconds, and
    `arrange` is called while nobody else may write.
    """
    for file, text in texts.items():
        _read(text, file)
    for revision in stored:
        book_of(revision)


@lru_cache(maxsize=64)
def _read(text: str, file: str) -> tuple[Rulebook | None, tuple[Fault, ...]]:
    book, faults = read_what_is_good(text, file)
    return book, tuple(faults)


def book_of(revision: RulebookRevision | None) -> Rulebook | None:
    """The rulebook of a revision; None if it says that the rulebook was taken away."""
    if revision is None or not revision.text:
        return None
    book, _ = _read(revision.text, f"revision {revision.revision}")
    return None if book is None else replace(book, revision=revision.revision)


class _Arranging:
    """One look at all files."""

    def __init__(
        self,
        texts: Mapping[str, str],
        latest: Mapping[str, RulebookRevision],
        now: datetime,
        marks: Mapping[str, FileMark] | None,
        known: Known | None,
    ) -> None:
        self._texts = texts
        self._latest = latest
        self._now = now
        self._before = marks
        self._known = known or (lambda _name, _hash: False)
        self._books: dict[str, BookAtWork] = {}
        self._lost: list[Fault] = []
        self._new: list[RulebookRevision] = []
        self._writes: dict[str, str | None] = {}
        self._marks: dict[str, FileMark] = {}

    def shelf(self) -> Shelf:
        books = tuple(self._books.values())
        return Shelf(books, tuple(self._lost), tuple(self._new), self._writes, self._marks)

    def rank(self, file: str, text: str) -> int:
        """Of two files with one rulebook the one that held it before is meant, and then the one that is
        called so: a copy that somebody laid beside it must never put old rules in force.
        """
        read, _ = _read(text, file)
        mark = (self._before or {}).get(file)
        if mark is not None and (read is None or read.name == mark.rulebook):
            return 0
        return 1 if read is None or file == f"{read.name}.yaml" else 2

    def take(self, file: str, text: str) -> None:
        read, faults = _read(text, file)
        name = read.name if read is not None else file.rpartition(".")[0]
        head = self._latest.get(name)
        if name in self._books:
            fault = Fault(file, None, "rulebook", f"{name!r} a second time", "each rulebook in one file")
            first = self._books[name]
            self._books[name] = replace(first, faults=(*first.faults, fault))
        elif head is not None and self._lags(file, name, content_hash_of(text), head):
            self._follow(file, head)
        elif read is None or faults:
            self._refuse(file, name, read, faults, head)
        elif head is not None and head.content_hash == read.content_hash:
            self._stands(file, replace(read, revision=head.revision), head.active_since)
        elif head is not None and self._was_made_before(file, name, head):
            found = f"a change of revision {self._made_from(file, name)}"
            by = f", which {head.author} put in force" if head.author else ""
            fault = Fault(file, None, "rulebook", found, f"a change of revision {head.revision}{by}")
            self._refuse(file, name, read, (fault,), head)
        else:
            revision = 1 if head is None else head.revision + 1
            self._new.append(RulebookRevision(name, revision, read.content_hash, text, self._now))
            self._stands(file, replace(read, revision=revision), self._now)

    def take_what_no_file_holds(self) -> None:
        """Rulebooks that are known and lie in no file: taken away, or put in force some other way. A folder
        in which they never lay takes nothing away.
        """
        for name, head in self._latest.items():
            if name in self._books or not head.text:
                continue
            file = next((file for file, mark in (self._before or {}).items() if mark.rulebook == name), None)
            was_here = file is not None and file not in self._texts
            if was_here and self._made_from(file or "", name) == head.revision:
                # An empty revision says that it was taken away: when it comes back its rules are new.
                self._new.append(RulebookRevision(name, head.revision + 1, "", "", self._now))
            else:
                self._follow(file if was_here and file else f"{name}.yaml", head)

    def _lags(self, file: str, name: str, content_hash: str, head: RulebookRevision) -> bool:
        """Whether nobody touched the file since it was in step, and the store has gone on."""
        if head.content_hash == content_hash:
            return False
        if self._before is None:
            return bool(head.text) and self._known(name, content_hash)
        mark = self._before.get(file)
        return (
            mark is not None
            and mark.rulebook == name
            and mark.content_hash == content_hash
            and mark.revision < head.revision
        )

    def _made_from(self, file: str, name: str) -> int | None:
        """The revision that the file held when it was last in step; None if nobody knows."""
        mark = (self._before or {}).get(file)
        return None if mark is None or mark.rulebook != name else mark.revision

    def _was_made_before(self, file: str, name: str, head: RulebookRevision) -> bool:
        """Whether somebody else put a revision in force while the file was being changed."""
        base = self._made_from(file, name)
        return base is not None and base < head.revision

    def _follow(self, file: str, head: RulebookRevision) -> None:
        book = book_of(head)
        self._writes[file] = head.text or None
        if book is not None:
            self._stands(file, book, head.active_since)

    def _stands(self, file: str, book: Rulebook, since: datetime) -> None:
        self._books[book.name] = BookAtWork(book, since)
        self._marks[file] = FileMark(book.name, book.revision, book.content_hash)

    def _refuse(
        self,
        file: str,
        name: str,
        read: Rulebook | None,
        faults: tuple[Fault, ...],
        head: RulebookRevision | None,
    ) -> None:
        mark = (self._before or {}).get(file)
        if mark is not None:
            self._marks[file] = mark
        kept = book_of(head)
        if kept is not None and head is not None:
            self._books[name] = BookAtWork(kept, head.active_since, faults)
        elif read is not None:
            self._books[name] = BookAtWork(replace(read, revision=0), None, faults)
        else:
            self._lost.extend(faults)
