"""Times of devices: believed, replaced, read in the resident's zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.domain.events import Mark
from services.domain.instants import format_instant
from services.ingest.claimed_time import ClaimedTime, judged
from tests.unit.ingest.door import NIGHT, SHANGHAI, Door, press

SECOND = timedelta(seconds=1)


def judge(claim: str | None) -> ClaimedTime:
    return judged(claim, NIGHT, lambda: SHANGHAI)


@pytest.mark.parametrize(
    ("claimed", "is_believed"),
    [
        (NIGHT, True),
        (NIGHT - timedelta(days=7), True),
        (NIGHT - timedelta(days=7) - SECOND, False),
        (NIGHT + timedelta(minutes=2), True),
        (NIGHT + timedelta(minutes=2) + SECOND, False),
        (datetime.fromisoformat("1970-01-01T00:00:00Z"), False),
    ],
)
def test_a_claim_is_believed_from_seven_days_before_to_two_minutes_after(
    claimed: datetime, is_believed: bool
) -> None:
    time = judge(format_instant(claimed))
    assert time.is_replaced is not is_believed
    assert time.occurred_at == (claimed if is_believed else NIGHT)
    assert time.instant == claimed


def test_without_a_claim_it_happened_when_it_came() -> None:
    assert judge(None) == ClaimedTime(NIGHT)


def test_a_claim_without_an_offset_is_read_in_the_zone_and_marked() -> None:
    assert judge("2025-07-23T02:13:00") == ClaimedTime(
        NIGHT - 5 * SECOND, NIGHT - 5 * SECOND, (Mark.TIME_WITHOUT_OFFSET,)
    )


@pytest.mark.parametrize(
    "claim", ["", "now", "2025-07-23", "2025-13-40T99:00:00Z", "1753207985", "16/06/2025 12:30"]
)
def test_what_is_no_instant_is_replaced(claim: str) -> None:
    assert judge(claim) == ClaimedTime(NIGHT, None, (Mark.TIME_REPLACED,))


def test_the_zone_is_the_residents_own(door: Door) -> None:
    kathmandu = NIGHT.astimezone(ZoneInfo("Asia/Kathmandu")).replace(tzinfo=None)
    door.comes("button-1/event", press("1") | {"occurred_at": kathmandu.isoformat()})
    [event] = door.presses
    assert (event.occurred_at, event.marks) == (NIGHT, (Mark.TIME_WITHOUT_OFFSET,))


def test_a_press_with_a_wrong_clock_is_stored_with_the_time_of_receiving_and_marked(door: Door) -> None:
    door.comes("button-1/event", press("1", NIGHT - timedelta(days=4000)))
    [event] = door.presses
    assert (event.occurred_at, event.time_replaced, event.marks) == (NIGHT, True, (Mark.TIME_REPLACED,))
