"""Withdrawing: what becomes of a Finding when it is told late that the resident was away in its window.

Such a window is not judged; what told of it too late to prevent the Finding withdraws it, as any other event
would. It never brings anything back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from services.domain.findings import FindingState
from services.rules.case import Case, Change
from services.rules.signs import Sign


class Judged(Protocol):
    """A Finding that was made, and the window it judged, ends included."""

    @property
    def finding_id(self) -> str: ...

    @property
    def state(self) -> FindingState: ...

    @property
    def window(self) -> tuple[datetime, datetime]: ...


def absence_withdraws(case: Case, found: Judged) -> bool:
    """Whether a Finding would never have been made had the time away been known."""
    can_be_withdrawn = found.state in {FindingState.HOLDS, FindingState.ENDED}
    return can_be_withdrawn and case.touches_absence(*found.window)


def withdrawal(case: Case, found: Judged, cause: Sign) -> Change:
    """``cause`` has told of the time away."""
    return Change(found.finding_id, FindingState.WITHDRAWN, case.now, cause.event_id)
