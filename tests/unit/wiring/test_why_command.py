"""`anxin rules why` over what an installation has stored."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from services.domain.devices import DeviceType
from services.domain.events import Event, Origin
from services.domain.homes import Home
from services.domain.instants import format_instant
from services.domain.people import Resident
from services.rules.run import RulesLoop
from services.wiring.cli import app
from services.wiring.cli.options import settings_of, store_of

NIGHT = datetime(2025, 7, 22, 18, 0, tzinfo=UTC)
"""02:00 in Shanghai."""
BOOK = """
format: 1
rulebook: beds
rules: [{id: out, on: bed.exited, unless: bed.entered, for: 20m}]
"""


class Standing:
    def now(self) -> datetime:
        return NIGHT + timedelta(hours=1)


def anxin(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["rules", "why", *(str(word) for word in words)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder in which somebody was out of bed for twelve minutes."""
    since = NIGHT - timedelta(days=1)
    enrolled = Event(
        "e0",
        "resident.enrolled",
        since,
        since,
        Origin.HOUSE,
        "r1",
        data={"enrolled_at": format_instant(since)},
    )
    sensor = {"type": DeviceType.BED_SENSOR.value, "place": None, "resident_id": "r1"}
    device = Event("e1", "device.registered", since, since, Origin.HOUSE, "r1", "d1", data=sensor)
    out = Event("e2", "bed.exited", NIGHT, NIGHT, Origin.DEVICE, "r1", "d1")
    back = NIGHT + timedelta(minutes=12)
    events = [enrolled, device, out, Event("e3", "bed.entered", back, back, Origin.DEVICE, "r1", "d1")]
    with store_of(settings_of(data_dir=tmp_path)) as store:
        # The rulebook was in force before: its revision is as old as the loop's clock says.
        clock = Standing()
        loop = RulesLoop(store, clock, lambda: {"beds.yaml": BOOK}, ZoneInfo("Asia/Shanghai"))
        clock.now = lambda: since  # type: ignore[method-assign]
        loop.step()
        with store.writing() as uow:
            uow.homes.add(Home("h1"))
            uow.residents.add(Resident("r1", "h1", "invented", since))
            uow.events.append([replace(event, dedupe_key=event.id) for event in events])
    return tmp_path


def test_it_answers_from_the_store_without_a_service(folder: Path) -> None:
    result = anxin("out", "r1", "2025-07-23T02:10:00", "--language", "en", "--data-dir", folder)
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "out · r1 · 23 Jul 2025 02:10\n"
        "Nothing was found. “out of bed” at 02:00:00, and then in time “in bed”, after 12 min.\n"
    )
    said = json.loads(anxin("beds/out", "r1", "2025-07-23T02:10:00", "--json", "--data-dir", folder).stdout)
    assert (said["revision"], said["reasons"][0]["event_ids"]) == (1, ["e2", "e3"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["out", "r2", "2025-07-23T02:10:00"], 1),
        (["aut", "r1", "2025-07-23T02:10:00"], 1),
        (["out", "r1", "last night"], 2),
    ],
)
def test_what_is_unknown_is_said(folder: Path, words: list[str], code: int) -> None:
    result = anxin(*words, "--data-dir", folder)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr
