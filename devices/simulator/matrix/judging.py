"""Judges one cell of the matrix: the outcome of a story under a fault against that of its clean play. Pure.

A call for help that is lost, a second alert of one matter while the first still runs, and a call that
somebody else was told of are failures whatever the fault; other differences are failures unless the table of
allowances has a row for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from devices.simulator.happenings import What
from devices.simulator.matrix.allowances import ALLOWANCES, Allowance, Of
from devices.simulator.matrix.differences import Difference, How, differences
from devices.simulator.matrix.outcome import NEVER, Entry


class Mark(StrEnum):
    """What a cell says."""

    SAME = "same"
    ALLOWED = "as allowed"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Fault:
    """A difference that may not be, and why not."""

    difference: Difference
    because: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What came of a story under a fault. ``broke_off`` is set where it could not be played to its end."""

    faults: tuple[Fault, ...] = ()
    allowed: tuple[tuple[Difference, Allowance], ...] = ()
    broke_off: str = ""

    @property
    def mark(self) -> Mark:
        if self.faults or self.broke_off:
            return Mark.FAIL
        return Mark.ALLOWED if self.allowed else Mark.SAME


def judge(
    fault: str,
    clean: Sequence[Entry],
    faulty: Sequence[Entry],
    ends_at: datetime,
    struck_at: datetime | None = None,
) -> Cell:
    """The cell of one fault. ``ends_at`` is the end of the story: what comes later may fall behind it.

    ``struck_at`` is the first blow of a fault that strikes at instants, None for one that is always there.
    """
    rows = ALLOWANCES.get(fault, ())
    doubled = _doubled(faulty) - _doubled(clean)
    faults, allowed = [], list[tuple[Difference, Allowance]]()
    for difference in differences(clean, faulty):
        row = next((row for row in _rows_for(difference, rows, ends_at, struck_at)), None)
        if difference.faulty is not None and difference.faulty in doubled:
            faults.append(Fault(difference, "an alert was doubled: another of the same matter still runs"))
        elif row is not None:
            allowed.append((difference, row))
        else:
            faults.append(Fault(difference, _why_not(difference, fault)))
    return Cell(tuple(faults), tuple(allowed))


def _rows_for(
    difference: Difference, rows: Sequence[Allowance], ends_at: datetime, struck_at: datetime | None
) -> Iterator[Allowance]:
    for row in rows:
        if row.covers(difference, struck_at) or _lies_behind_the_end(difference, row, ends_at):
            yield row


def _lies_behind_the_end(difference: Difference, row: Allowance, ends_at: datetime) -> bool:
    """Whether a row lets the missing thing come so late that the story was over before."""
    if Of.CALLS not in row.of or row.at_most is None:
        return False
    if difference.entry.what is What.COMMAND:
        return _hears_the_rest_behind_it(difference, row.at_most, ends_at)
    if not difference.entry.is_of_a_call:
        return False
    if difference.how is How.MISSING:
        return difference.entry.at + row.at_most > ends_at
    return difference.how is How.OTHERWISE and _is_still_running(difference, row.at_most, ends_at)


def _hears_the_rest_behind_it(difference: Difference, at_most: timedelta, ends_at: datetime) -> bool:
    """A device that has heard the beginning, and would have heard the rest in time."""
    clean, heard = difference.clean, difference.faulty.heard if difference.faulty else ()
    return clean is not None and clean.heard[: len(heard)] == heard and clean.at + at_most > ends_at


def _is_still_running(difference: Difference, at_most: timedelta, ends_at: datetime) -> bool:
    """An alert that would have been closed in time, but for the end of the story."""
    clean, faulty = difference.clean, difference.faulty
    if clean is None or faulty is None or faulty.what is not What.ALERT or clean.until_at is None:
        return False
    as_clean = {**dict(clean.details), "outcome": "none"}
    return dict(faulty.details) == as_clean and clean.until_at + at_most > ends_at


def _doubled(log: Sequence[Entry]) -> set[Entry]:
    """Alerts that were opened while another of the same kind and subject still ran."""
    alerts = sorted((each for each in log if each.what is What.ALERT), key=lambda each: (each.name, each.at))
    return {
        after
        for before, after in pairwise(alerts)
        if before.name == after.name and after.at < (before.until_at or NEVER)
    }


def _why_not(difference: Difference, fault: str) -> str:
    if difference.entry.is_of_a_call:
        if difference.how is How.MISSING:
            return "a call may never be lost, and whoever is to hear of it must"
        if difference.how is How.ADDED:
            return "a call may never be doubled, and nobody else hears of it"
    if difference.entry.what is What.COMMAND:
        return "whoever called must be told by the device what is done for them"
    return f"no row allows this to {fault}"
