"""Because: why a rule came to a Finding, or did not.

Each member is a reason that a page, a command and a story can say; its figures say it exactly. Nothing is
decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from services.domain.findings import FindingState

SPANS: Mapping[str, str] = {
    "after": "after_seconds",
    "held": "held_seconds",
    "settle": "settle_seconds",
    "run": "run_seconds",
    "needed_for": "needed_seconds",
    "silent": "silent_seconds",
}
"""What a sentence calls a length of time, and the figure, in seconds, that it is."""
UNSAID = "–"
"""What stands in a sentence for a figure that a reason lacks."""


class Figures(dict[str, str]):
    """The figures of a sentence as it says them; one that is lacking is a dash."""

    def __missing__(self, key: str) -> str:
        """The dash."""
        return UNSAID


class Because(StrEnum):
    """Why there is a Finding, or none."""

    # There is one.
    FOUND = "found"
    STALE = "stale"
    WITHDRAWN = "withdrawn"
    RESTING = "resting"
    """The Finding came before, and the matter has not ended since."""
    USED_UP = "used_up"
    """The events around are part of a Finding that came before."""
    TAKEN_BY = "taken_by"
    """Another rule took this alarm."""

    # Something is on its way.
    STILL_RUNNING = "still_running"
    SETTLING = "settling"

    # The events are there, and it was not enough.
    NOT_ENOUGH = "not_enough"
    PREVENTED = "prevented"
    ALREADY_FOLLOWED = "already_followed"
    """What the rule waits for was stored already, and is later."""
    ALREADY_WATCHED = "already_watched"
    """An earlier event has started the watch; a further one changes nothing."""
    ENDS_OUTSIDE_HOURS = "ends_outside_hours"
    RUN_TOO_SHORT = "run_too_short"
    RUN_BROKEN = "run_broken"
    HAPPENED = "happened"
    IN_ANOTHER_STATE = "in_another_state"
    HEARD = "heard"
    ENOUGH = "enough"
    PERIOD_NOT_COUNTED = "period_not_counted"
    AS_EVER = "as_ever"
    """The night was within what is usual for the resident."""
    TOO_FEW_NIGHTS = "too_few_nights"
    OUTSIDE_BEFORE = "outside_before"
    """The night before that was outside already; of several in a row the first alone is found."""
    BEGAN_BEFORE = "began_before"
    """The window began before the resident was watched by the rule."""
    ALREADY_FOUND = "already_found"
    """There is a Finding of this rule at that very instant."""

    # The event was passed over.
    OUTSIDE_HOURS = "outside_hours"
    NOT_MATCHING = "not_matching"
    FIELD_MISSING = "field_missing"
    NEVER_SETTLED = "never_settled"
    NO_CHANGE = "no_change"
    BED_UNKNOWN = "bed_unknown"
    TOO_OLD = "too_old"
    TIME_REPLACED = "time_replaced"
    WRONG_DEVICE = "wrong_device"
    """A device that is not registered for the resident, or of a type that the rule does not look at."""
    RETRACTED = "retracted"

    # The rule does not watch.
    AWAY = "away"
    NOT_ENROLLED = "not_enrolled"
    LEFT = "left"
    NO_DEVICE = "no_device"
    DEVICE_NOT_LIVE = "device_not_live"
    NOT_MEANT = "not_meant"
    DISABLED = "disabled"
    NOT_AT_WORK = "not_at_work"
    RULE_UNAVAILABLE = "rule_unavailable"
    RULE_FAILED = "rule_failed"
    NOT_RAISED = "not_raised"
    """By the rule and by what is stored it would be found, and was not: the rule came into force later, or
    failed.
    """

    # There is nothing.
    IN_QUARANTINE = "in_quarantine"
    NO_EVENT = "no_event"

    @staticmethod
    def of(state: FindingState) -> Because:
        """What a Finding in that state is."""
        named = {FindingState.STALE: Because.STALE, FindingState.WITHDRAWN: Because.WITHDRAWN}
        return named.get(state, Because.FOUND)
