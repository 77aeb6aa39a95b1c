"""Which silence an alert is under, if any.

Asked wherever somebody would be told. Whatever somebody called for help about is never silenced, however
the silence was put; nor is the question whether somebody who was away is back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.domain.alerts import Alert, DeadlineKind
from services.domain.findings import AWAY_OVERDUE
from services.domain.silences import Silence

PUT_OFF = frozenset(
    {DeadlineKind.STEP, DeadlineKind.ARRIVAL_REMINDER, DeadlineKind.ARRIVAL, DeadlineKind.CLOSING}
)
"""The deadlines at which people would be told, and which a silence puts off."""


def silence_over(alert: Alert, silences: Iterable[Silence], at: datetime) -> Silence | None:
    """The silence that an alert is under at an instant, the longest of them; None if there is none."""
    over = [each for each in silences if each.holds(at) and covers(each, alert)]
    return max(over, key=lambda each: (each.until, each.id), default=None)


def covers(silence: Silence, alert: Alert) -> bool:
    """Whether an alert is among what a silence is about, whenever it holds.

    That of a resident is about what was found of them, never about a device that cannot be heard: on that
    the next call for help depends. That of a device is about the device itself and about what it alone
    reported.
    """
    if alert.has_alarm or alert.kind == AWAY_OVERDUE or not alert.is_running:
        return False
    if silence.alert_kind not in (None, alert.kind):
        return False
    if silence.subject == alert.subject:
        return True
    reported_by = {fact.device_id for fact in alert.grounds}
    return silence.device_id is not None and reported_by == {silence.device_id}
