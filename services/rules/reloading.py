"""Reloading: looks whether other rules are to be at work, in the folder and in the store, and loads them.

The store says what is at work and is what several processes have in common; the folder is where people save
files, and follows it. Who saved a file is found by what the file held when it was last in step. It decides
nothing about events.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from services.domain.chronicle import rulebook_revised
from services.domain.identity import derived_id
from services.domain.ports import RulebookDesk, RulebookTexts, Store, UnitOfWork
from services.domain.records import AuditEntry, FileMark, RulebookRevision
from services.rules.engine import Engine
from services.rules.exchange import CURSOR_OF, Exchange
from services.rules.rulebook import Rulebook
from services.rules.shelf import Shelf, arrange, as_stored, book_of, read_ahead
from services.rules.warming import Changed, changed_rules

log = logging.getLogger("anxin.rules")


class Reloading:
    """The rulebooks of one runner. ``engine`` is None until the first look."""

    def __init__(
        self, store: Store, texts: RulebookTexts, zone: ZoneInfo, cursor: str, desk: RulebookDesk | None
    ) -> None:
        """``cursor`` is the name of the cursor by which events are taken in; without a ``desk`` the texts
        are only read.
        """
        self._store = store
        self._texts = texts
        self._zone = zone
        self._cursor = cursor
        self._desk = desk
        self._seen: Mapping[str, str] | None = None
        self._heads: Mapping[str, int] = {}
        self._marks: Mapping[str, FileMark] | None = None
        self._is_noted = False
        self._unwritten: Mapping[str, str | None] = {}
        self.shelf = Shelf()
        self.engine: Engine | None = None
        self.exchange: Exchange | None = None
        """The change that is going on. A file that is saved meanwhile waits for it; a text that somebody
        puts in force, or a rollback, takes its place at once.
        """
        self.faults: dict[str, str] = {}
        """What is wrong with the folder, by what failed."""

    def look(self, now: datetime) -> bool:
        """Look at folder and store; load what has changed. True if the rules are others now."""
        if self.exchange is not None and not self._is_overtaken():
            return False
        texts: Mapping[str, str] | None
        try:
            texts = dict(self._texts())
            marks = self._known_marks()
        except OSError as error:
            self._cannot("read", f"the rulebooks cannot be read: {error}")
            texts, marks = self._seen, self._marks
        else:
            self.faults.pop("read", None)
        with self._store.reading() as uow:
            heads = uow.rulebooks.heads()
        if self._unwritten and texts is not None:
            self._write(self._unwritten, texts)
        if self.engine is not None and (texts, heads) == (self._seen, self._heads):
            return False
        return self._load(now, texts, marks)

    def remake(self, rules: Iterable[str], now: datetime) -> None:
        """Make the states of some rules anew, from what is stored."""
        engine = self.engine
        if engine is None or self.exchange is not None:
            return
        names = tuple(sorted(set(rules) & engine.rules.keys()))
        revisions = _revisions(self.shelf)
        books = {engine.rules[name].rulebook: revisions[engine.rules[name].rulebook] for name in names}
        with self._store.writing() as uow:
            cursor = uow.cursors.get(self._cursor)
            self.exchange = Exchange(uow, (engine, engine), Changed(warm=names), now, cursor, books)

    def done(self) -> None:
        """The change is done."""
        self.exchange = None

    def _is_overtaken(self) -> bool:
        with self._store.reading() as uow:
            return uow.rulebooks.heads() != self._heads

    # ------------------------------------------------------------------ loading

    def _load(
        self, now: datetime, texts: Mapping[str, str] | None, marks: Mapping[str, FileMark] | None
    ) -> bool:
        """Load; ``texts`` None: the folder cannot be read, and what is stored goes on."""
        with self._store.reading() as uow:
            read_ahead(texts or {}, uow.rulebooks.latest())
        with self._store.writing() as uow:
            stored = uow.rulebooks.latest()
            before = self.engine
            unfinished = self.exchange.rules if self.exchange is not None else frozenset[str]()
            if before is None:
                books_before, unfinished = _at_work(uow, stored)
                before = Engine(books_before, self._zone)
            shelf = (
                as_stored(stored)
                if texts is None
                else arrange(texts, stored, now, marks, lambda *of: uow.rulebooks.bearing(*of) is not None)
            )
            for revision in shelf.new_revisions:
                uow.rulebooks.add(revision)
                _note(uow, revision)
            engine = Engine([each.book for each in shelf.books], self._zone)
            changed = changed_rules(before, engine, unfinished)
            cursor = uow.cursors.get(self._cursor)
            exchange = Exchange(uow, (before, engine), changed, now, cursor, _revisions(shelf))
            heads = uow.rulebooks.heads()
        self.shelf, self.engine, self._heads = shelf, engine, heads
        self.exchange = None if exchange.is_done else exchange
        self._seen = texts
        if texts is not None:
            self._follow(shelf, texts)
        for fault in (*shelf.faults, *(fault for each in shelf.books for fault in each.faults)):
            log.error("a rulebook is refused as it lies there: %s", fault)
        return True

    # ------------------------------------------------------------------ the folder

    def _known_marks(self) -> Mapping[str, FileMark] | None:
        """What each file held when it was last in step. None of a folder without the hidden file that lay in
        it before: it is gone, or another lies in its place, and that takes no rules away.
        """
        if self._desk is None:
            return self._marks
        noted = self._desk.marks()
        was_noted, self._is_noted = self._is_noted, noted is not None
        if noted is None and was_noted:
            self._marks = None
        return noted if self._marks is None else self._marks

    def _follow(self, shelf: Shelf, texts: Mapping[str, str]) -> None:
        self._marks = shelf.marks
        written = self._write(shelf.writes, texts)
        if self._desk is None or not written:
            return
        self._seen = {file: text for file, text in {**texts, **shelf.writes}.items() if text is not None}
        try:
            self._desk.note(shelf.marks)
        except OSError as error:
            self._cannot("note", f"it cannot be noted which revision each rulebook's file holds: {error}")
        else:
            self._is_noted = True
            self.faults.pop("note", None)

    def _write(self, writes: Mapping[str, str | None], texts: Mapping[str, str]) -> bool:
        """Bring the files that lag behind into step; whether they are."""
        if self._desk is None or not writes:
            return True
        try:
            self._desk.write(writes, texts)
        except OSError as error:
            self._cannot("write", f"{', '.join(sorted(writes))} cannot be brought into step: {error}")
            self._unwritten = writes
            return False
        self.faults.pop("write", None)
        self._unwritten = {}
        return True

    def _cannot(self, what: str, said: str) -> None:
        if what not in self.faults:
            log.error("%s; what is at work goes on", said)
        self.faults[what] = said


def _at_work(uow: UnitOfWork, stored: list[RulebookRevision]) -> tuple[list[Rulebook], frozenset[str]]:
    """The rulebooks of which the stored states are, and the names of those whose states were being made."""
    books: list[Rulebook] = []
    unfinished = []
    for newest in stored:
        cursor = uow.cursors.get(CURSOR_OF.format(name=newest.rulebook))
        number = abs(cursor) or newest.revision
        book = book_of(newest if number == newest.revision else uow.rulebooks.get(newest.rulebook, number))
        if book is not None:
            books.append(book)
        if cursor < 0:
            unfinished.append(newest.rulebook)
    return books, frozenset(unfinished)


def _revisions(shelf: Shelf) -> dict[str, int]:
    """The revision of each rulebook as it is from now on, one that was taken away included."""
    gone = {each.rulebook: each.revision for each in shelf.new_revisions}
    return gone | {each.book.name: each.book.revision for each in shelf.books}


def _note(uow: UnitOfWork, revision: RulebookRevision) -> None:
    """Write into audit and chronicle that somebody saved a file, or took it away."""
    uow.say_after(rulebook_revised(revision))
    uow.audit.add(
        AuditEntry(
            id=derived_id("aud", revision.rulebook, str(revision.revision), revision.content_hash),
            at=revision.active_since,
            actor="file",
            role="",
            action="rulebook.revised" if revision.text else "rulebook.taken_away",
            object_kind="rulebook",
            object_id=revision.rulebook,
            detail=f"revision {revision.revision}",
        )
    )
