"""What is still to settle at a Moment, of which a deadline waits for the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tests.oracle.beds import UNKNOWN
from tests.oracle.facts import Fact, Moment, Story


def pending(story: Story, changes: Sequence[Fact], settle_for: timedelta, moment: Moment) -> list[Fact]:
    """The changes of one bed or door that will have settled if nothing else comes, and have not yet."""
    known = [each for each in changes if each.known <= moment]
    before: str | None = None
    found = []
    for number, change in enumerate(known):
        settles_at = change.occurred_at + settle_for
        settled = (max(settles_at, change.received_at), 1, settles_at, change.seq)
        is_broken = any(
            after.kind != change.kind and after.occurred_at < settles_at and after.known < settled
            for after in known[number + 1 :]
        )
        if (
            change.kind == UNKNOWN
            or is_broken
            or change.kind == before
            or story.is_retracted(change, min(settled, moment))
        ):
            continue
        before = change.kind
        if settled > moment:
            found.append(change)
    return found
