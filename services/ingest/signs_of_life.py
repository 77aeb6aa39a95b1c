"""Signs of life: which devices were heard in a batch, and whether that is worth a write.

A device that speaks often is noted once in a while, so the time of the last sign is right to some seconds;
its first one is noted at once, and so is one that ends a silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.domain.devices import DeviceState
from services.ingest.intake import Taken

RIGHT_TO = timedelta(seconds=5)
"""How far the time of the last sign may lag behind while a device is live."""


def worth_noting(taken: Iterable[Taken]) -> dict[str, datetime]:
    """The newest sign of each device of a batch that is to be stored."""
    signs: dict[str, datetime] = {}
    for each in taken:
        device = each.reading.device
        if device is None or each.seen_at is None or device.state is DeviceState.RETIRED:
            continue
        last = device.last_seen_at
        if device.state is DeviceState.LIVE and last is not None and each.seen_at - last < RIGHT_TO:
            continue
        signs[device.id] = max(each.seen_at, signs.get(device.id, each.seen_at))
    return signs
