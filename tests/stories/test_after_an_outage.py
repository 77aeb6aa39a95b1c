"""After an hour in which the house was down seventy-one watches are due: each worker hears of theirs once, a
press is told at once and alone, and each matter is answered by itself.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.domain.crash_points import CrashPoint
from services.domain.instants import parse_span
from services.ingest.messages import Message
from tests.stories.stage import Stage

HOMES = 71
OF_ASSIGNED = 41


class Died(BaseException):
    """The process was killed just here."""


class Deadly(set[CrashPoint]):
    """Crash points that are passed; the next time at ``fatal`` the process dies."""

    fatal: CrashPoint | None = None

    def add(self, point: CrashPoint, /) -> None:
        if point is self.fatal:
            self.fatal = None
            raise Died
        super().add(point)


class Village(Stage):
    """The stage's home and seventy-one more, of which two workers have their share."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "2025-07-23 01:00", None, rebuilt=False)
        self.deadly = Deadly()
        self.passed = self.deadly
        self._build()
        for number in range(HOMES):
            self._move_in(number)
        self._settle()

    def everybody_leaves_bed(self) -> None:
        for number in range(HOMES):
            body = {"id": f"out-{number}", "kind": "bed.exited", "data": {}}
            topic = f"anxin/v1/bed-{number}/event"
            self._letterbox.waiting.append(Message(topic, json.dumps(body).encode(), self._clock.now()))
        self._settle()

    def is_down_for(self, span: str) -> None:
        self._clock.move_to(self._clock.now() + parse_span(span))
        self.comes_back()

    def comes_back(self) -> None:
        self._api.close()
        self._build()
        self._settle()

    def dies_at(self, point: CrashPoint, within: str) -> None:
        """It is killed at this point within so long, and comes back at once."""
        self.deadly.fatal = point
        with pytest.raises(Died):
            self.after(within)
        self.comes_back()

    def rings(self) -> Counter[str]:
        """How often each telephone has rung."""
        return Counter(address.rpartition("/")[2] for _, address, _ in self._telephones.rang)

    def sent(self, who: str) -> list[dict[str, Any]]:
        """The notices that somebody was sent."""
        own = self._worker[who]
        return [each for each in self._all("notices") if each["worker_id"] == own and each["state"] == "sent"]

    def reasons_of(self, who: str) -> Counter[str]:
        own = self._worker[who]
        return Counter(each["reason"] for each in self._all("notices") if each["worker_id"] == own)

    def accepts(self, who: str, alert_id: str) -> None:
        self._post(f"alerts/{alert_id}/accept", {"worker_id": self._worker[who]}, status=200)
        self._settle()

    def _move_in(self, number: int) -> None:
        assigned = "assigned" if number < OF_ASSIGNED else "caregiver"
        home = self._post("homes", {"address": f"{number}", "neighbour_id": self._worker["neighbour"]})["id"]
        resident = self._post(
            "residents",
            {
                "name": f"invented {number}",
                "home_id": home,
                "assigned_worker_id": self._worker[assigned],
                "backup_worker_id": self._worker["backup"],
            },
        )["id"]
        self._post(
            "devices",
            {
                "external_id": f"bed-{number}",
                "ecosystem": "native",
                "type": "bed_sensor",
                "home_id": home,
                "place": "bedroom",
                "resident_id": resident,
            },
        )


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Village]:
    made = Village(tmp_path / "village")
    try:
        made.at("02:00")
        made.everybody_leaves_bed()
        made.after("2m")
        made.told()
        yield made
    finally:
        made.close()


def test_each_worker_has_one_notice_that_names_all_of_theirs_and_each_matter_its_own_answer(
    village: Village,
) -> None:
    village.is_down_for("1h")
    village.after("10s")
    assert village.told() == ["03:02 assigned", "03:02 caregiver"]
    found = village.findings()
    assert Counter((each["state"], each["reason"]) for each in found) == {("holds", "late"): HOMES}
    assert {each["late_for"] for each in found} == {42 * 60.0}
    [bundle], [other] = village.sent("assigned"), village.sent("caregiver")
    assert (len(bundle["alert_ids"]), len(other["alert_ids"])) == (OF_ASSIGNED, HOMES - OF_ASSIGNED)
    assert village.reasons_of("assigned") == {"step": 1, "bundled": OF_ASSIGNED - 1}

    for taken in (bundle["alert_ids"][0], bundle["alert_ids"][-1]):
        village.accepts("assigned", taken)
    village.after("2m")
    assert village.told() == ["03:04 backup", "03:04 neighbour"]
    assert [len(each["alert_ids"]) for each in village.sent("backup")] == [HOMES - 2]
    assert Counter(each["state"] for each in village.alerts()) == {"open": HOMES - 2, "accepted": 2}

    village.accepts("backup", bundle["alert_ids"][1])
    assert village.told() == ["03:04 assigned: stand_down", "03:04 neighbour: stand_down"]


def test_a_press_among_them_is_told_at_once_and_alone(village: Village) -> None:
    village.is_down_for("1h")
    village.after("2s")
    village.press()
    assert village.told() == ["03:02 assigned", "03:02 neighbour"]
    [press] = village.sent("assigned")
    assert press["alert_ids"] == [press["alert_id"]]
    village.after("10s")
    assert village.told() == ["03:02 assigned", "03:02 caregiver"]
    assert sorted(len(each["alert_ids"]) for each in village.sent("assigned")) == [1, OF_ASSIGNED]


def test_where_a_bundle_reaches_nobody_each_of_its_matters_goes_on(village: Village) -> None:
    village.refuses("assigned")
    village.is_down_for("1h")
    village.after("20s")
    assert [len(each["alert_ids"]) for each in village.sent("backup")] == [OF_ASSIGNED]


@pytest.mark.parametrize("point", [CrashPoint.AFTER_ALERT, CrashPoint.AFTER_ATTEMPT_ROW])
def test_a_crash_in_between_tells_nobody_twice(village: Village, point: CrashPoint) -> None:
    village.is_down_for("1h")
    village.dies_at(point, within="10s")
    village.after("70s")
    assert village.rings() == {"assigned": 1, "caregiver": 1}
    assert [len(each["alert_ids"]) for each in village.sent("assigned")] == [OF_ASSIGNED]
