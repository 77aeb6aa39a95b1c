"""Subjects: what a page calls an alert by where nobody is in need: a device, a roster with a hole, the duty
desk, the house itself.

A device that nobody entered is not the house's: its press is somebody's call all the same.
"""

from __future__ import annotations

from collections.abc import Callable

from services.console.pages.names import Nobody
from services.domain.alerts import HOUSE, Alert, Outcome
from services.domain.people import Team
from services.domain.posts import DUTY_DESK
from services.domain.posts import SUBJECT as ROSTER
from services.escalation.joining import UNKNOWN_ORIGIN
from services.escalation.routing import HOUSE_DESK

_HOUSE = f"{HOUSE}:"

PERSONS_OUTCOMES = tuple(outcome for outcome in Outcome if outcome is not Outcome.OVER_BY_ITSELF)
"""How a person may say that an alert ended."""
OUTCOMES_OF_THE_HOUSE = (Outcome.HELPED, Outcome.FALSE_ALARM, Outcome.OTHER)
"""The same of a matter of the house: nobody was in need, and nobody came to a hospital."""


def is_of_the_house(alert: Alert) -> bool:
    """Whether it is a matter of the house itself: to be seen to, and nobody goes anywhere for it."""
    is_its_own = alert.subject.startswith(_HOUSE) and alert.subject != UNKNOWN_ORIGIN
    return is_its_own and alert.resident_id is None and not alert.device_ids


def team_of_roster(alert: Alert) -> str | None:
    """The id of the team in whose roster there is a hole; of the duty desk as well, which is no team."""
    return alert.subject.removeprefix(ROSTER) if alert.subject.startswith(ROSTER) else None


def called(alert: Alert, label: str | None, team: Callable[[str], Team | None]) -> str | Nobody:
    """What it is about; ``label`` is that of its device, as far as anybody entered one."""
    if not is_of_the_house(alert):
        return label or Nobody.UNKNOWN_DEVICE
    if alert.subject in {DUTY_DESK, HOUSE_DESK}:
        return Nobody.DUTY_DESK
    found = team(team_id) if (team_id := team_of_roster(alert)) else None
    return found.name if found else Nobody.HOUSE


def outcomes_of(alert: Alert) -> tuple[Outcome, ...]:
    """How a person may say that it ended."""
    return OUTCOMES_OF_THE_HOUSE if is_of_the_house(alert) else PERSONS_OUTCOMES
