"""Revising: another text of a rulebook is put in force, or an earlier one again, by somebody with a reason.

A text with any fault is refused whole. Whoever wrote theirs from a revision that is not the newest is refused
as well, so that nobody overwrites what they have not seen. What is stored here is at work when the process
that runs the rules has looked, which it does each second; that writes the file, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from services.domain.chronicle import rulebook_revised
from services.domain.ports import Topic, UnitOfWork
from services.domain.records import RulebookRevision
from services.rules.faults import Fault, RulebookFaults
from services.rules.reading import read_rulebook


class NotTheNewest(Exception):
    """The text was made from another revision than the newest, which ``newest`` is; None: there is none."""

    def __init__(self, newest: RulebookRevision | None) -> None:
        super().__init__("another revision was put in force meanwhile")
        self.newest = newest


class NoSuchRevision(LookupError):
    """There is no such revision of this rulebook, or it has no text to go back to."""


@dataclass(frozen=True, slots=True)
class By:
    """Who, when and why."""

    author: str
    reason: str
    at: datetime


@lru_cache(maxsize=8)
def hash_of_good(name: str, text: str) -> str:
    """The content hash of a text that may be in force by this name; `RulebookFaults` with every fault.

    It is to be called before the transaction as well: a long text takes seconds, and whoever stores a press
    waits for whoever writes.
    """
    file = f"{name}.yaml"
    book = read_rulebook(text, file)
    if book.name != name:
        raise RulebookFaults([Fault(file, None, "rulebook", repr(book.name), repr(name))])
    return book.content_hash


def newest_of(uow: UnitOfWork, name: str) -> RulebookRevision | None:
    """The newest revision of a rulebook; None if it never had one."""
    head = uow.rulebooks.heads().get(name)
    return None if head is None else uow.rulebooks.get(name, head)


def put_in_force(
    uow: UnitOfWork, name: str, text: str, made_from: int | None, by: By
) -> tuple[RulebookRevision, bool]:
    """Store a text as the next revision; the revision, and whether it is a new one.

    ``made_from`` is the number of the revision that the text was written from, None for a rulebook that there
    is not yet. `RulebookFaults` with every fault; `NotTheNewest` if there is a newer one. The text of the
    newest is no new revision.
    """
    content_hash = hash_of_good(name, text)
    newest = newest_of(uow, name)
    if newest is not None and newest.content_hash == content_hash:
        return newest, False
    there_is = newest.revision if newest is not None and newest.text else None
    taken_away = newest.revision if newest is not None and not newest.text else None
    if made_from != there_is and (made_from is None or made_from != taken_away):
        raise NotTheNewest(newest)
    return _store(uow, name, text, content_hash, newest, by, None), True


def roll_back(
    uow: UnitOfWork, name: str, to: int, made_from: int | None, by: By
) -> tuple[RulebookRevision, bool]:
    """Put the text of an earlier revision in force again, as the next one.

    ``made_from``, unless None, is the revision that whoever asks for it saw at work. `NoSuchRevision`,
    `NotTheNewest`; `RulebookFaults` if this version of the engine refuses a text that an earlier one took.
    """
    newest, earlier = newest_of(uow, name), uow.rulebooks.get(name, to)
    if newest is None or earlier is None or not earlier.text:
        raise NoSuchRevision(f"{name} has no revision {to} to go back to")
    if made_from is not None and made_from != newest.revision:
        raise NotTheNewest(newest)
    content_hash = hash_of_good(name, earlier.text)
    if newest.content_hash == content_hash:
        return newest, False
    return _store(uow, name, earlier.text, content_hash, newest, by, to), True


def _store(
    uow: UnitOfWork,
    name: str,
    text: str,
    content_hash: str,
    newest: RulebookRevision | None,
    by: By,
    restores: int | None,
) -> RulebookRevision:
    number = 1 if newest is None else newest.revision + 1
    revision = RulebookRevision(name, number, content_hash, text, by.at, by.author, by.reason, restores)
    uow.rulebooks.add(revision)
    uow.say_after(rulebook_revised(revision))
    uow.wake_after(Topic.EVENTS)  # whoever runs the rules looks at once
    return revision
