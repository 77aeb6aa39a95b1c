"""Histories drawn for the oracles: lines whose instants fall on, beside and between those that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st

from services.domain.events import Json
from services.domain.instants import format_instant
from tests.unit.rules.cast import History

SECOND = timedelta(seconds=1)
BESIDE = [0, 0, 0, -1, 1, -30, 30, -59, 59, 60, 61]
"""Seconds by which an instant lies beside one that matters; often none, so that equal ones are common."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what a drawn history is about. ``devices`` are (id, type, resident); ``sends`` (kind, device,
    resident, data).
    """

    sends: Sequence[tuple[str, str | None, str, dict[str, Json]]]
    devices: Sequence[tuple[str, str, str]] = ()
    residents: Sequence[str] = ("r1",)
    overrides: Sequence[tuple[str, str, Json]] = ()
    late_for: Sequence[int] = (0, 0, 0, 1, 60, 300, 3600)
    turns: int = 1
    """How often somebody goes away, and comes back, beside 14 events."""
    with_leaving: bool = True


@st.composite
def timelines(
    draw: st.DrawFn, cast: Cast, zone: str, instants: Sequence[datetime], most: int = 14
) -> History:
    """A history that begins and ends at instants out of ``instants``, which ascend."""
    first, last = instants[0], instants[-1]
    near = st.builds(
        lambda instant, beside: min(max(instant + beside * SECOND, first), last),
        st.sampled_from(instants),
        st.sampled_from(BESIDE),
    )
    history = History(origin=first, zone=zone)
    for resident in cast.residents:
        long_ago = [first - timedelta(days=900)] * 3 * len(instants)
        enrolled_at = draw(st.sampled_from([*long_ago, *instants]))
        history.resident(resident, enrolled_at=format_instant(enrolled_at))
    for device, type_, resident in cast.devices:
        history.device(device, type_, resident)
    history.at("restart", format_instant(first))
    ids: list[str] = []
    for received in sorted(draw(st.lists(near, min_size=4, max_size=most))):
        _line(draw, history, cast, received, near, ids)
        if draw(st.integers(0, 3)) == 0:
            history.at("restart", format_instant(received))
    return history.end(format_instant(last))


def _line(
    draw: st.DrawFn,
    history: History,
    cast: Cast,
    received: datetime,
    near: st.SearchStrategy[datetime],
    ids: list[str],
) -> None:
    choices = ["event"] * 14
    choices += ["away", "returned"] * cast.turns
    choices += ["override"] * 2 if cast.overrides else []
    choices += ["retract"] * 2 if ids else []
    at, resident = format_instant(received), draw(st.sampled_from(list(cast.residents)))
    has_left = any(line.get("id") == resident and "left_at" in line for line in history.lines)
    choices += ["left"] if cast.with_leaving and not has_left else []
    choice = draw(st.sampled_from(choices))
    occurred = received - draw(st.sampled_from(list(cast.late_for))) * SECOND
    if draw(st.integers(0, 2)) == 0:
        occurred = min(draw(near), received)
    name = f"e{len(ids)}"
    if choice == "event":
        kind, device, whose, data = draw(st.sampled_from(list(cast.sends)))
        history.event(
            kind, format_instant(occurred), device=device, resident=whose, received=at, data=data, id=name
        )
        ids.append(name)
    elif choice in {"away", "returned"}:
        history.at(choice, at, resident=resident, occurred_at=format_instant(occurred), id=name)
        ids.append(name)
    elif choice == "override":
        rule, key, value = draw(st.sampled_from(list(cast.overrides)))
        history.override(rule, key, value, at, resident=resident)
    elif choice == "retract":
        history.retract(draw(st.sampled_from(ids)), at)
    elif choice == "left":
        first = next(line for line in history.lines if line.get("id") == resident)
        left_at = draw(st.sampled_from([received, received, received + timedelta(hours=30)]))
        history.at(
            "resident",
            at,
            id=resident,
            timezone=history.zone,
            enrolled_at=first["enrolled_at"],
            left_at=format_instant(left_at),
        )
