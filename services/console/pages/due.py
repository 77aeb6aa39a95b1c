"""Due: whether what an alert's countdown brings is far off, so that a page may show it small.

What is near or over is always large; it decides about the size of figures and about nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services.domain.alerts import Alert, AlertState

SOON = timedelta(minutes=30)
"""What comes within this time is shown large, unless somebody is with them already."""


def is_later(alert: Alert, now: datetime) -> bool:
    """Nothing of this alert presses: help is there and the time is not over, or there is much of it left."""
    if alert.next_due_at is None or alert.next_due_at <= now or alert.is_pressed_again:
        return False
    return alert.state is AlertState.ARRIVED or alert.next_due_at - now > SOON
