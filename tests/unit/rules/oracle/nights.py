"""Histories drawn step by step for the oracles of `on`, `count`, `where` and beds, and what a replay says.

Steps and lateness are fractions and multiples of the rule's own numbers, so that exact boundaries and equal
instants are common; restarts may stand between any two lines.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from services.domain.events import Json
from services.domain.instants import parse_instant
from services.rules.reading import read_rulebook
from services.rules.replay import play
from services.rules.rulebook import Rulebook
from tests.oracle.happened import Said
from tests.unit.rules.cast import History

HISTORIES = int(os.environ.get("ANXIN_HISTORIES", "8"))
"""How many histories each trigger is tried with."""
MANY = settings(
    max_examples=HISTORIES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
WEEK = 7 * 86400
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/St_Johns")
ORIGINS = (
    "2025-07-22T18:00:00Z",
    "2024-02-28T15:30:00Z",  # a leap day in Asia/Shanghai
    "2025-03-30T00:30:00Z",  # Europe/Berlin loses an hour at 01:00Z
    "2025-10-26T00:30:00Z",  # and has one twice
    "2025-03-09T05:00:00Z",  # America/St_Johns loses an hour at 05:30Z
    "2025-11-02T04:00:00Z",  # and has one twice from 04:30Z
    "2025-12-31T15:50:00Z",  # the end of a year in Asia/Shanghai
)


@dataclass(frozen=True, slots=True)
class Cast:
    """What a history is drawn from. ``sends`` are (kind, device, resident, data), ``devices`` (id, type,
    resident, place); steps and lateness are seconds.
    """

    sends: Sequence[tuple[str, str | None, str, dict[str, Json] | None]]
    devices: Sequence[tuple[str, str, str, str]]
    steps: Sequence[int]
    late: Sequence[int]
    overrides: Sequence[tuple[str, str, Json]] = ()
    residents: Sequence[str] = ("r1",)
    others: Sequence[str] = ("away", "returned", "retract", "restart")
    """Further types of lines; also ``offline``, ``move``, ``retire``, ``leave``, ``replaced``."""
    late_replaced: Sequence[int] = (WEEK, WEEK + 1, -120, -121, -60)
    zone: str = "Asia/Shanghai"
    origin: str = ORIGINS[0]
    most: int = 14
    events: Sequence[str] = field(default=("event",) * 10)


@st.composite
def nights(draw: st.DrawFn, cast: Cast) -> History:
    """One history, its end well after its last line."""
    history = History(origin=parse_instant(cast.origin), zone=cast.zone)
    enrolled = draw(st.sampled_from([-WEEK * 60, -WEEK * 60, -WEEK * 60, 0, cast.steps[-1], -WEEK]))
    for resident in cast.residents:
        history.resident(resident, enrolled_at=history.text(enrolled))
    for id_, type_, resident, place in cast.devices:
        history.device(id_, type_, resident, place=place)
    history.at("restart", 0)
    now, names = 0, list[str]()
    for _ in range(draw(st.integers(1, cast.most))):
        now += draw(st.sampled_from(cast.steps))
        _line(draw, history, cast, now, names)
    return history.end(now + draw(st.sampled_from([0, *cast.steps, 200_000])))


def _line(draw: st.DrawFn, history: History, cast: Cast, now: int, names: list[str]) -> None:
    overrides = ["override"] * (2 if cast.overrides else 0)
    kinds = [*cast.events, *cast.others, *overrides]
    choice = draw(st.sampled_from([each for each in kinds if each != "retract" or names]))
    resident = draw(st.sampled_from(list(cast.residents)))
    name = f"e{len(names)}"
    at, occurred = history.text(now), history.text(now - draw(st.sampled_from(list(cast.late))))
    match choice:
        case "event" | "replaced":
            kind, device, whose, data = draw(st.sampled_from(list(cast.sends)))
            if choice == "replaced":
                occurred = history.text(now - draw(st.sampled_from(list(cast.late_replaced))))
            history.event(kind, occurred, device=device, resident=whose, received=at, data=data, id=name)
            names.append(name)
        case "away" | "returned":
            history.at(choice, at, resident=resident, occurred_at=occurred, id=name)
            names.append(name)
        case "retract":
            history.retract(draw(st.sampled_from(names)), at)
        case "restart":
            history.at("restart", at)
        case "override":
            rule, key, value = draw(st.sampled_from(list(cast.overrides)))
            history.override(rule, key, value, at, resident=resident)
        case "offline":
            id_, _, whose, _ = draw(st.sampled_from(list(cast.devices)))
            history.event("device.offline", occurred, device=id_, resident=whose, received=at)
        case "move":
            id_, type_, whose, _ = draw(st.sampled_from(list(cast.devices)))
            history.device(id_, type_, whose, place=draw(st.sampled_from(["moved", "bedroom", "parlour"])))
        case "leave":
            enrolled = history.lines[0]["enrolled_at"]
            history.at(
                "resident", at, id=resident, timezone=history.zone, enrolled_at=enrolled, left_at=occurred
            )
        case _:
            raise ValueError(choice)


def printed(history: History, book: str) -> list[Said]:
    """What a replay says, in one order."""
    played = play(_read(book), history.texts())
    return in_order(
        Said(
            each.at,
            each.raised_at,
            played.states[each.id].value,
            each.reason.value if each.reason is not None else None,
            tuple(sorted(each.evidence.event_seqs)),
            each.rule,
            each.resident_id,
            each.device_id,
        )
        for each in played.findings
    )


@lru_cache(maxsize=64)
def _read(book: str) -> Rulebook:
    return read_rulebook(book, "rulebook")


def in_order(found: Iterable[Said]) -> list[Said]:
    """Everything said, in an order that does not depend on who says it."""
    return sorted(
        found, key=lambda each: (each.raised_at, each.rule or "", each.resident or "", each.at, each.events)
    )


def agree(history: History, book: str, expected: Iterable[Said]) -> None:
    """Fail with the history to be read, unless the replay says what the oracle says."""
    found, meant = printed(history, book), in_order(expected)
    if found == meant:
        return
    lines = [*book.splitlines()[4:], *(_brief(history, n, line) for n, line in enumerate(history.lines, 1))]
    lines += [f"engine {_said(history, each)}" for each in found if each not in meant]
    lines += [f"oracle {_said(history, each)}" for each in meant if each not in found]
    pytest.fail("\n".join(lines), pytrace=False)


def _brief(history: History, number: int, line: dict[str, Json]) -> str:
    return f"{number:3} " + " ".join(
        f"{key}={history.seconds(value):g}" if key.endswith("_at") else f"{value}"
        for key, value in line.items()
        if key != "type" or value != "event"
    )


def _said(history: History, each: Said) -> str:
    seconds = [history.seconds(at.isoformat()) for at in (each.at, each.raised_at)]
    return f"{each.rule} {seconds} {each.state} {each.reason} {each.events} {each.resident} {each.device}"
