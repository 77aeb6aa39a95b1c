"""Shift hand-overs: a shift of the duty desk that nobody has taken over in time becomes a Finding, and so a
matter of the manager; it ends when somebody takes it over.

A chore of the alert loop. When it is due is reckoned from the roster and the hand-overs as they are stored,
so that a restart asks for nothing twice. Without a word of hand-overs in the assignments nobody is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from services.domain.findings import (
    SHIFT_NOT_TAKEN_OVER,
    Finding,
    FindingChange,
    FindingState,
    Severity,
    found_by_house,
)
from services.domain.handovers import (
    DeskShift,
    Handover,
    desk_duties,
    desk_shifts,
    finding_id_of,
    is_taken_over,
)
from services.domain.instants import format_instant, local
from services.domain.ports import Store, Topic, UnitOfWork
from services.escalation.assignments import ShiftHandover
from services.escalation.gathering import Gathering
from services.notify.duty_changes import WHO_IS_ON_DUTY, DutyChanges
from services.titles.naming import titles_of

LOOKS_BACK = timedelta(days=2)
"""Shifts that ended longer ago are nobody's to take over any more."""
LOOKS_AHEAD = timedelta(days=2)
"""How far ahead the next shift is looked for; the looks at the rosters, some each day, come before that."""
LOOKS_EVERY = timedelta(minutes=1)
"""After which the assignments are read again, which a text editor may have changed."""


OF_THE_DESK = WHO_IS_ON_DUTY | {"handover"}
"""Kinds of things whose change may be about a shift of the duty desk."""


class ShiftHandovers:
    """Says it of the shift that began last; those before it are past mending and end with the next one."""

    def __init__(self, store: Store, gathering: Gathering) -> None:
        self._store = store
        self._gathering = gathering
        self._changes = DutyChanges(OF_THE_DESK)
        self._look_at: datetime | None = None
        self._due_at: datetime | None = None

    def look(self, uow: UnitOfWork, now: datetime) -> Callable[[], bool] | None:
        """A look at the shifts, if it is time or anything has changed: of which is to be said that it was not
        taken over, or that it was after all.
        """
        if self._look_at is None:
            self._changes.begin(uow)
        self._changes.read(uow)
        if not self._changes.are_any and self._look_at is not None and now < self._look_at:
            return self._reads_on if self._changes.is_more else None
        return partial(self._look, now)

    def _reads_on(self) -> bool:
        return self._changes.is_more

    def _look(self, now: datetime) -> bool:
        terms = self._gathering.policies().assignments.shift_handover
        self._due_at, has_said = (None, False) if terms is None else self._say(terms, now)
        look_at = now + LOOKS_EVERY
        self._look_at = look_at if self._due_at is None else min(look_at, self._due_at)
        self._changes.seen()
        return has_said or self._changes.is_more

    def next_due_at(self, uow: UnitOfWork) -> datetime | None:  # noqa: ARG002 - it is known since the last step
        """When the next shift has to be taken over, if it is not until then."""
        return self._due_at

    def _say(self, terms: ShiftHandover, now: datetime) -> tuple[datetime | None, bool]:
        with self._store.reading() as uow:
            turns, newest = _turns(uow, terms, now)
            is_well = _judged(uow, terms, turns, newest, now).is_nothing
        due = (
            turn.starts_at + terms.taken_over_within
            for turn in turns
            if not is_taken_over(turn, newest, terms.may_begin_before)
        )
        due_at = min((at for at in due if at > now), default=None)
        if is_well:
            return due_at, False
        with self._store.writing() as uow:
            turns, newest = _turns(uow, terms, now)
            judged = _judged(uow, terms, turns, newest, now)
            if judged.missed is not None:
                uow.findings.add([self._finding(judged.missed, terms, now)])
            uow.findings.change(
                FindingChange(finding_id_of(turn), FindingState.ENDED, now) for turn in judged.taken_over
            )
            uow.wake_after(Topic.FINDINGS)
        return due_at, True

    def _finding(self, turn: DeskShift, terms: ShiftHandover, now: datetime) -> Finding:
        began = f"{local(turn.starts_at, self._gathering.house.timezone):%H:%M}"
        return found_by_house(
            SHIFT_NOT_TAKEN_OVER,
            finding_id_of(turn),
            at=turn.starts_at + terms.taken_over_within,
            raised_at=now,
            severity=Severity.MEDIUM,
            policy=terms.policy,
            titles=titles_of(SHIFT_NOT_TAKEN_OVER, time=began),
            figures={"starts_at": format_instant(turn.starts_at)},
        )


@dataclass(frozen=True, slots=True)
class _Judged:
    """What is to be said now: of a turn that nobody took over in time, and of those that somebody has taken
    over since.
    """

    missed: DeskShift | None = None
    taken_over: tuple[DeskShift, ...] = ()

    @property
    def is_nothing(self) -> bool:
        return self.missed is None and not self.taken_over


def _judged(
    uow: UnitOfWork,
    terms: ShiftHandover,
    turns: Sequence[DeskShift],
    newest: Handover | None,
    now: datetime,
) -> _Judged:
    late = [turn for turn in turns if turn.starts_at + terms.taken_over_within <= now]
    if not late:
        return _Judged()
    said = uow.findings.many(finding_id_of(turn) for turn in late)
    over = tuple(
        turn
        for turn in late
        if is_taken_over(turn, newest, terms.may_begin_before)
        and (finding := said.get(finding_id_of(turn))) is not None
        and finding.state is FindingState.HOLDS
    )
    last = late[-1]
    is_missed = (
        now < last.ends_at
        and finding_id_of(last) not in said
        and not is_taken_over(last, newest, terms.may_begin_before)
    )
    return _Judged(last if is_missed else None, over)


def _turns(
    uow: UnitOfWork, terms: ShiftHandover, now: datetime
) -> tuple[Sequence[DeskShift], Handover | None]:
    """The turns of the desk around ``now``, and the newest hand-over."""
    since, until = now - LOOKS_BACK, now + LOOKS_AHEAD
    duties = desk_duties(uow.people.plan(since, until), uow.workers.all(), since, until)
    return desk_shifts(duties, terms.may_begin_before), next(iter(uow.handovers.newest(1)), None)
