"""An installation for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.storage.store import SqlStore
from tests.unit.wiring.doctor.patient import Patient


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Patient]:
    patient = Patient(tmp_path)
    yield patient
    assert isinstance(patient.store, SqlStore)
    patient.store.close()
