"""Exchange: one set of rules takes the place of another, a few residents at a time.

While it goes on no event but a press is taken in and no deadline is met: the states of all residents stand at
one event, and what waits is found, exactly, once it is done. So nobody who stores anything waits for longer
than a slice takes, and a press for no longer than that either. What a crash leaves behind is begun anew.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from services.domain.ports import Conflict, StoreUnavailable, UnitOfWork
from services.rules.engine import Engine, Result, RuleFault
from services.rules.warming import Changed, Subject, Warming

MOST_PIECES = 50
MOST_EVENTS = 1_000
"""Pieces (one rule for one resident), and events read for them, after which a slice ends: a tenth of a second
or so. A piece is never cut; a month of one resident's vitals is the largest there is.
"""
CURSOR_OF = "rulebook/{name}"
"""The cursor that says of which revision of a rulebook the states are; less than 0: they are being made."""

log = logging.getLogger("anxin.rules")


class Exchange:
    """The change from ``before`` to ``after``, as of ``at``."""

    def __init__(
        self,
        uow: UnitOfWork,
        engines: tuple[Engine, Engine],
        changed: Changed,
        at: datetime,
        cursor: int,
        books: Mapping[str, int],
    ) -> None:
        """Begin: the rules that are gone are forgotten, and the store says that the states are being made.

        ``books`` are the revisions whose rules these are, ``cursor`` the last event that was taken in.
        """
        before, after = engines
        self._books = dict(books)
        self._after = after
        self._changed = changed
        self._warming = Warming(before, after, changed, at, cursor)
        names = [*changed.warm, *([None] if changed.other else [])]
        self._waiting = [(subject, name) for subject in _subjects(uow) for name in names] if names else []
        self._done = 0
        for name in changed.gone:
            uow.states.delete_rule(name)
        self._say(uow, is_done=self.is_done)

    @property
    def rules(self) -> frozenset[str]:
        """The rules of which the states are of one set or the other until it is done."""
        return frozenset((*self._changed.warm, *self._changed.other))

    @property
    def is_done(self) -> bool:
        """Whether everybody's states are those of the new rules."""
        return self._done >= len(self._waiting)

    def slice(self, uow: UnitOfWork, result: Result) -> int:
        """Do some of it; what is to be handed to `committed` when the transaction is."""
        read = done = 0
        for subject, name in self._waiting[self._done : self._done + MOST_PIECES]:
            if read >= MOST_EVENTS:
                break
            read += self._work(uow, subject, name, result)
            done += 1
        if self._done + done >= len(self._waiting):
            self._say(uow, is_done=True)
        return done

    def committed(self, done: int) -> None:
        """So many are stored."""
        self._done += done

    def _work(self, uow: UnitOfWork, subject: Subject, name: str | None, result: Result) -> int:
        found = Result()
        try:
            with uow.on_trial():
                read = self._warming.work(uow, subject, name, found)
        except (StoreUnavailable, Conflict):
            raise
        except Exception as error:  # one resident's history must never keep the rules of all others waiting
            log.exception("the states of %s cannot be made from what is stored", subject.key)
            said = f"{type(error).__name__}: {error}"[:500]
            failed = self._changed.other if name is None else (name,)
            result.faults.extend(RuleFault(each, subject.key, said) for each in failed)
            self._after.failing.update((each, subject.key) for each in failed)
            if name is not None:
                stored = uow.states.load_for(subject.key)
                uow.states.delete(state.at for state in stored if state.at.rule == name)
            return 0
        result.findings.extend(found.findings)
        result.changes.extend(found.changes)
        result.faults.extend(found.faults)
        return read

    def _say(self, uow: UnitOfWork, *, is_done: bool) -> None:
        for name, revision in self._books.items():
            uow.cursors.set(CURSOR_OF.format(name=name), revision if is_done else -revision)


def _subjects(uow: UnitOfWork) -> list[Subject]:
    residents = [Subject(resident.id) for resident in uow.residents.all() if not resident.synthetic]
    devices = [Subject("", device.id) for device in uow.devices.all() if device.resident_id is None]
    return [*residents, *devices]
