"""What the figures are held against: the file as shipped, and what becomes of a faulty one."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from services.domain.people import Role
from services.domain.service_figures import Aim
from services.escalation.figure_aims import aims_in, read_aims, shipped_aims
from services.escalation.policy_files import FIGURES, shipped_texts

SHIPPED = shipped_texts()[FIGURES]


def test_the_shipped_file_is_without_fault_and_holds_the_references_of_the_field() -> None:
    aims, faults = read_aims(SHIPPED)
    assert faults == ()
    assert aims == shipped_aims()
    assert aims.answered == (Aim(timedelta(seconds=60), 0.975), Aim(timedelta(seconds=180), 0.99))
    assert aims.on_site == (Aim(timedelta(minutes=45), 0.9), Aim(timedelta(minutes=60), 1))
    assert (aims.night_from, aims.night_until) == (time(22), time(6))
    assert (aims.pages_a_night, aims.awake) == (4, frozenset({Role.DUTY_DESK}))


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("within: 60s", "within: soon", "answered.0.within"),
        ("within: 60s", "within: 0s", "answered.0.within"),
        ("within: 60s", "within: 180s", ""),
        ("reference: 97.5", "reference: 975", "answered.0.reference"),
        ("pages_a_night: 4", "pages_a_night: 0", "pages_a_night"),
        ("pages_a_night: 4", "pages: 4", "pages_a_night"),
        ("awake: [duty_desk]", "awake: [desk]", "awake.0"),
        ('until: "06:00"', 'until: "22:00"', "night"),
        ('until: "06:00"', 'until: "6"', "night.until"),
        ("format: 1", "format: 2", "format"),
        ("format: 1", "format: [", ""),
        (SHIPPED, "soon", ""),
    ],
)
def test_a_fault_is_named_and_the_shipped_file_counts(old: str, new: str, field: str) -> None:
    aims, faults = aims_in({FIGURES: SHIPPED.replace(old, new)})
    assert aims == shipped_aims()
    assert field in {fault.field for fault in faults}
    assert {fault.file for fault in faults} == {FIGURES}


def test_a_good_file_counts_and_without_any_the_shipped_one() -> None:
    aims, faults = aims_in({FIGURES: SHIPPED.replace("pages_a_night: 4", "pages_a_night: 2")})
    assert (aims.pages_a_night, faults) == (2, ())
    assert aims_in({}) == (shipped_aims(), ())
