"""Which states an event touches is reckoned once for each kind, resident and device, and never piles up."""

from __future__ import annotations

import pytest

from services.domain.events import Event, Origin
from services.domain.ports import StateKey
from services.rules import intake
from services.rules.engine import Engine
from services.rules.intake import Intake
from services.rules.reading import read_rulebook
from tests.unit.rules.cast import SHANGHAI, TWO, rulebook

EXITS = rulebook("id: out, on: bed.exited, count: 3, within: 1h, severity: low")


def exit_of(resident_id: str) -> Event:
    return Event("e", "bed.exited", TWO, TWO, Origin.DEVICE, resident_id=resident_id, device_id="d1")


@pytest.fixture
def taking_in() -> Intake:
    return Intake(Engine([read_rulebook(EXITS)], SHANGHAI), lambda _: None)


def test_it_is_reckoned_once(taking_in: Intake) -> None:
    assert taking_in.keys(exit_of("r1")) is taking_in.keys(exit_of("r1"))


def test_of_many_residents_each_has_their_own(taking_in: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST", 2)
    for resident in ("r1", "r2", "r3", "r1"):
        assert StateKey("profile", resident) in taking_in.keys(exit_of(resident))
        assert not {at.key for at in taking_in.keys(exit_of(resident))} - {resident}


def test_it_never_piles_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST", 2)
    engine = Engine([read_rulebook(EXITS)], SHANGHAI)
    for number in range(10):
        Intake(engine, lambda _: None).keys(exit_of(f"r{number}"))
    assert len(engine.touched) <= 2
