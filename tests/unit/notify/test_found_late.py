"""What was found late and waits for others: it is told together, and a graver matter as what it is."""

from __future__ import annotations

from datetime import timedelta

from services.domain.findings import Severity
from services.escalation.bundling import GATHER_FOR, LATE_AFTER, alert_ids_of
from tests.unit.escalation.cast import OUT_OF_BED, ROUTINE
from tests.unit.notify.community import Community

SECOND = timedelta(seconds=1)


def finds_late(here: Community, kind: str, **fields: object) -> None:
    here.press(**{**OUT_OF_BED, "at": here.now - LATE_AFTER - SECOND, "alert_kind": kind, **fields})


def test_what_can_wait_takes_nothing_graver_with_it(here: Community) -> None:
    finds_late(here, "window", **ROUTINE)
    here.after(seconds=1)
    finds_late(here, "door", **ROUTINE)
    finds_late(here, "bed")
    here.after(seconds=GATHER_FOR.total_seconds() - 1)
    assert here.told() == ["pema"]
    _, first = here.webhook.sent[-1]
    assert (first.notice.severity, len(alert_ids_of(first.notice))) == (Severity.MEDIUM, 2)
    here.after(seconds=1)
    assert here.told() == ["pema"]
    _, second = here.webhook.sent[-1]
    assert (second.notice.severity, len(alert_ids_of(second.notice))) == (Severity.HIGH, 1)
