"""Close-ups: which stretches of a story are worth a picture of their own, because what matters in them is too
close together to be told apart on the whole axis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from devices.simulator.happenings import Happening
from devices.simulator.pages.story import SEVERITIES, Resident, Story

MOST = 6
SHORTEST = timedelta(minutes=4)
LONGEST = timedelta(hours=3)
"""A matter that ran on for longer is shown in its first hours, when people were called."""
BESIDE = 0.08
"""Of the length of a matter, before and after it."""


@dataclass(frozen=True, slots=True)
class Closeup:
    """One alert, with those that ran beside it for the same resident."""

    alert: Happening
    resident: Resident
    since: datetime
    until: datetime


def closeups(story: Story) -> tuple[Sequence[Closeup], int]:
    """The gravest matters in order of time, and how many there are beyond them. One that fills most of the
    story anyway needs none.
    """
    found: list[Closeup] = []
    left_out = 0
    rank = {severity: place for place, severity in enumerate(SEVERITIES)}
    alerts = sorted(story.alerts, key=lambda each: (rank.get(each.fields.get("severity", ""), 9), each.at))
    for alert in alerts:
        end = min(alert.until_at or alert.at + LONGEST, alert.at + LONGEST, story.until)
        lasts = max(end - alert.at, SHORTEST)
        resident = story.whose(alert)
        if lasts > (story.until - story.since) * 0.6:
            continue
        if any(each.resident is resident and each.since <= alert.at <= each.until for each in found):
            continue
        if len(found) == MOST:
            left_out += 1
            continue
        found.append(Closeup(alert, resident, alert.at - lasts * BESIDE, alert.at + lasts * (1 + BESIDE)))
    return sorted(found, key=lambda each: each.alert.at), left_out
