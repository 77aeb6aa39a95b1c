"""Nights of the demo community: what the beds of invented people said in the last fortnight, so that pictures
of nights have something to show from the first minute.

Calm nights only: nobody stays up long enough for a rule to find anything in them, and none begins before
somebody was enrolled.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from services.domain.devices import Device
from services.domain.events import Event, Origin
from services.domain.identity import derived_id
from services.domain.instants import format_instant, local, utc_of_local

NIGHTS = 14
TO_BED, RISES = time(20, 30), time(6, 5)
"""Earliest. Nobody rises while the rules of the night are awake (rulebooks/home-beds.yaml, up to 06:00)."""
LATER = timedelta(minutes=75)
UP_FOR = (4, 12)
"""Minutes of a walk at night, well under the 20 after which somebody would be asked to look."""
WALKS = (0, 1, 1, 2, 2, 3)
"""How often somebody gets up in a night."""


def nights(bed: Device, enrolled_at: datetime, now: datetime, zone: ZoneInfo) -> Iterator[Event]:
    """What one bed said, in order, up to now; the same of each bed at every start."""
    dice = Random(bed.id)  # noqa: S311 - invented nights need dice, not cryptography
    today = local(now, zone).date()
    for back in range(NIGHTS, -1, -1):
        for kind, at in _night(today - timedelta(days=back), now, zone, dice):
            if enrolled_at <= at < now:
                yield _said(bed, kind, at)


def _night(evening: date, now: datetime, zone: ZoneInfo, dice: Random) -> Iterator[tuple[str, datetime]]:
    lies_down = utc_of_local(evening, TO_BED, zone) + dice.random() * LATER
    rises = utc_of_local(evening + timedelta(days=1), RISES, zone) + dice.random() * LATER
    yield "bed.entered", lies_down
    asleep_for = rises - lies_down
    walks = dice.choice(WALKS)
    for walk in range(walks):
        up_at = lies_down + (walk + 0.3 + 0.5 * dice.random()) / walks * asleep_for
        back_at = up_at + timedelta(minutes=dice.randint(*UP_FOR))
        if back_at < now:  # whoever is up just now would be looked for
            yield "bed.exited", up_at
            yield "bed.entered", back_at
    yield "bed.exited", rises


def _said(bed: Device, kind: str, at: datetime) -> Event:
    key = derived_id("evt", "demo-night", bed.id, kind, format_instant(at))
    return Event(
        id=key,
        kind=kind,
        occurred_at=at,
        received_at=at,
        origin=Origin.DEVICE,
        resident_id=bed.resident_id,
        device_id=bed.id,
        home_id=bed.home_id,
        dedupe_key=key,
    )
