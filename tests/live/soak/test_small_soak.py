"""A small soak: the real house is killed once at every crash point, at a random instant, and its broker under
it, while buttons press and people answer; nothing is lost and nothing is doubled.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from services.domain.crash_points import CrashPoint
from tests.live.house.running import HouseProcess
from tests.soak.campaign import AFTERWARDS, Campaign, Wishes
from tests.soak.database import Sqlite
from tests.soak.judge import judge
from tests.soak.plan import BROKER, RANDOM
from tests.soak.report import rows, slowest, too_few

PRESSES = 40
CAUSES = [*CrashPoint, RANDOM, BROKER]


@pytest.mark.timeout(240)  # some 15 s on a machine that has nothing else to do
def test_no_kill_at_any_point_loses_or_doubles_a_press(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    wishes = Wishes(PRESSES, "small", kills=1, homes=12, trouble=0)
    campaign = Campaign(wishes, tmp_path, Sqlite(tmp_path / "data"), lambda *said: told.append(said))
    outcome = campaign.run()
    evidence = outcome.evidence
    assert evidence is not None
    faults = judge(evidence)
    assert faults == []
    found = rows(CAUSES, outcome.kills, evidence, faults)
    assert too_few(found, CAUSES, 1) == []
    assert outcome.kills == dict.fromkeys(CAUSES, 1)
    assert {row.cause for row in found} <= {*CAUSES, AFTERWARDS}
    assert sum(row.presses for row in found) == len(evidence.presses) >= PRESSES
    assert told[-1] == (len(evidence.presses), len(CAUSES), AFTERWARDS)
    assert "duplicate" in {press.receipt for press in evidence.presses}, (
        "no press was sent again after a kill"
    )
    assert len(evidence.kept.alerts) < len(evidence.presses), "no press joined an alert"
    assert {alert.state.value for alert in evidence.kept.alerts} == {"closed"}
    waits = slowest(evidence)
    assert waits.receipt.total_seconds() > 0
    assert waits.notice.total_seconds() > 0


def test_a_house_whose_people_may_be_real_refuses_to_crash_on_purpose(tmp_path: Path) -> None:
    house = HouseProcess(tmp_path / "data", env={"ANXIN_CRASH_AT": "after_alert:1"})
    with pytest.raises(AssertionError, match="refused where the people are not invented"):
        house.start()
    assert house.end() == 1
