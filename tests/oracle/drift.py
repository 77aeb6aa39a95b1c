"""`drift`, by measuring every night again for every noon, from the whole list as known at that noon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from services.domain.instants import utc_of_local
from tests.oracle.happened import Said

DAY = timedelta(days=1)
SETTLE_FOR = timedelta(seconds=60)
OUT, IN = "bed.exited", "bed.entered"


@dataclass(frozen=True, slots=True)
class Report:
    """A line about a bed: what its sensor said, that it went offline, that an event was taken back."""

    seq: int
    kind: str
    sensor: str
    occurred_at: datetime
    received_at: datetime
    takes_back: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The rule, and whose nights they are."""

    figure: str
    over: int
    beyond: Fraction
    zone: ZoneInfo
    enrolled_at: datetime
    away: Sequence[tuple[datetime, datetime | None]] = ()


@dataclass(frozen=True, slots=True)
class _Change:
    kind: str | None
    at: datetime
    received_at: datetime
    seq: int


def say(reports: Sequence[Report], asked: Asked, until: datetime) -> list[Said]:
    """What the rule says about one bed when every noon up to ``until`` is met."""
    said: list[Said] = []
    was_outside = False
    day = min(report.received_at for report in reports).date() - DAY
    while _at(day, 12, asked) <= until:
        noon = _at(day, 12, asked)
        known = [each for each in reports if each.received_at <= noon]
        merged = _merged(known)
        night = _figure(known, merged, day, noon, asked)
        others = [_figure(known, merged, day - n * DAY, noon, asked) for n in range(1, asked.over + 1)]
        before = [each[0] for each in others if each is not None]
        if night is not None and len(before) >= 14:
            middle = _median(before)
            mad = _median([abs(each - middle) for each in before])
            floor = 1 if asked.figure == "night.exits" else 45
            is_outside = abs(night[0] - middle) > asked.beyond * max(
                Fraction("1.4826") * mad, Fraction(floor)
            )
            if is_outside and not was_outside:
                said.append(Said(noon, noon, "holds", None, night[1]))
            was_outside = is_outside
        day += DAY
    return said


def _at(day: date, hour: int, asked: Asked) -> datetime:
    return utc_of_local(day, time(hour), asked.zone)


def _median(values: Sequence[Fraction]) -> Fraction:
    ordered = sorted(values)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return (low + high) / 2


def _figure(
    known: Sequence[Report], merged: Sequence[_Change], day: date, noon: datetime, asked: Asked
) -> tuple[Fraction, tuple[int, ...]] | None:
    """The figure of the night that ends on a day and the lines it rests on; None if it is not known."""
    start, end = _at(day - DAY, 18, asked), _at(day, 12, asked)
    taken_back = {each.takes_back: each.received_at for each in known if each.takes_back is not None}
    if start < asked.enrolled_at or any(a < end and (b is None or b > start) for a, b in asked.away):
        return None
    heard = [each for each in known if each.kind.startswith("bed.") and start <= each.occurred_at < end]
    if all(each.seq in taken_back for each in heard):
        return None
    states = [_Change(None, start - 1000 * DAY, start, 0)]
    states += [each for each in merged if each.seq not in taken_back]
    spent: dict[str | None, timedelta] = {}
    for state, following in zip(states, [*states[1:], None], strict=True):
        since, till = max(state.at, start), min(following.at if following else end, end)
        spent[state.kind] = spent.get(state.kind, timedelta(0)) + max(till - since, timedelta(0))
    if spent[None] > timedelta(hours=1):
        return None
    if asked.figure == "bed.time":
        lines = tuple(sorted(each.seq for each in states if start <= each.at < end))
        return Fraction(spent.get(IN, timedelta(0)) // timedelta.resolution, 60_000_000), lines
    dark, dawn = _at(day - DAY, 22, asked), _at(day, 6, asked)
    exits = [
        each.seq
        for each in _settled(merged, taken_back, noon)
        if each.kind == OUT and dark <= each.at < dawn and each.seq not in taken_back
    ]
    return Fraction(len(exits)), tuple(sorted(exits))


def _merged(known: Sequence[Report]) -> list[_Change]:
    """The changes of the bed, by asking after each line what every sensor that is heard from said last."""
    newest: dict[str, Report] = {}
    heard: dict[str, bool] = {}
    state: str | None = None
    latest: datetime | None = None
    changes: list[_Change] = []
    for each in known:
        if each.kind not in {IN, OUT, "device.offline"}:
            continue
        if each.kind == "device.offline":
            heard = {sensor: is_heard and sensor != each.sensor for sensor, is_heard in heard.items()}
            after = state if any(heard.values()) else None
        else:
            before = newest.get(each.sensor)
            if before and (each.occurred_at, each.seq) < (before.occurred_at, before.seq):
                continue
            newest[each.sensor], heard[each.sensor] = each, True
            is_in = any(newest[sensor].kind == IN for sensor in newest if heard[sensor])
            after = IN if is_in else OUT
        at = max(each.occurred_at, latest or each.occurred_at)
        latest = at if each.kind != "device.offline" else latest
        if after != state:
            changes.append(_Change(after, at, each.received_at, each.seq))
        state = after
    return changes


def _settled(merged: Sequence[_Change], taken_back: Mapping[int, datetime], now: datetime) -> list[_Change]:
    found: list[_Change] = []
    for change, following in zip(merged, [*merged[1:], None], strict=True):
        if change.kind is None:
            continue
        settles_at = max(change.at + SETTLE_FOR, change.received_at)
        cut = following is not None and following.at < change.at + SETTLE_FOR
        is_cut = cut and following is not None and following.received_at <= settles_at
        is_taken_back = change.seq in taken_back and taken_back[change.seq] <= settles_at
        if settles_at > now or is_cut or is_taken_back:
            continue
        if not found or found[-1].kind != change.kind:
            found.append(change)
    return found
