"""Crash points: the places on the way of a press where a crash must neither lose nor double anything.

Each loop says when it passes one; the wiring hands in what happens then. In a house that serves people that
is nothing. The soak (CONTRIBUTING) lets the process be killed there.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class CrashPoint(StrEnum):
    """One place, about in the order in which a press passes them.

    Which of them lie in one transaction depends on who shares it: what was not committed at a crash comes
    again from whoever sent it.
    """

    BEFORE_EVENT_COMMIT = "before_event_commit"
    """Events are written and not committed."""
    AFTER_EVENT_COMMIT = "after_event_commit"
    """Events are stored; no receipt went out."""
    BEFORE_PUBACK = "before_puback"
    """Receipts went out; nothing is acknowledged to the broker."""
    AFTER_PUBACK = "after_puback"
    """Acknowledged, as far as this process knows."""
    BEFORE_FINDING_COMMIT = "before_finding_commit"
    """Findings are written and not committed."""
    AFTER_FINDING = "after_finding"
    """Findings are there; no alert has them."""
    BEFORE_ALERT_COMMIT = "before_alert_commit"
    """Alerts and notices are written and not committed."""
    AFTER_ALERT = "after_alert"
    """Alerts and notices are there; no attempt to send one is."""
    AFTER_ATTEMPT_ROW = "after_attempt_row"
    """The row of an attempt is stored; its send has not begun."""
    AFTER_SEND = "after_send"
    """A person's device may have the notice; this process has not noted it."""
    BEFORE_RESULT = "before_result"
    """Results of attempts are written and not committed."""
    AFTER_RESULT = "after_result"
    """Results of attempts are stored; what follows from them has not begun."""
    BEFORE_COMMAND_PUBLISHED = "before_command_published"
    """Commands to devices went out and are not noted as published."""
    AFTER_COMMAND_PUBLISHED = "after_command_published"
    """They are noted as published."""
    AFTER_DEADLINE = "after_deadline"
    """A deadline of an alert is met and stored; whom it calls has not been told."""


Reached = Callable[[CrashPoint], None]
"""What happens when a loop passes a point. It may be called from any thread, inside an open transaction, and
may not return.
"""


def goes_on(_point: CrashPoint) -> None:
    """Let the loop go on: what happens at every point unless the wiring hands in something else."""
