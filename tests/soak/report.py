"""The report of a soak: one row a cause, with its kills and what was lost or doubled of the presses of those
lives, and below it how long the slowest waited.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table

from services.domain.alerts import ChangeReason
from services.domain.notices import NoticeKind
from tests.soak.evidence import Evidence
from tests.soak.judge import Fault, Kind

MOST_WORDS = 20
"""Faults that are told one by one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One cause."""

    cause: str
    kills: int
    presses: int
    lost: int
    doubled: int


def rows(
    causes: Iterable[str], kills: Counter[str], evidence: Evidence, faults: Sequence[Fault]
) -> list[Row]:
    """The table, in the order of the causes; what else there is comes after them."""
    presses = Counter(press.cause for press in evidence.presses)
    counted = {kind: Counter(fault.cause for fault in faults if fault.kind is kind) for kind in Kind}
    named = dict.fromkeys([*causes, *presses, *(fault.cause for fault in faults)])
    return [
        Row(cause, kills[cause], presses[cause], counted[Kind.LOST][cause], counted[Kind.DOUBLED][cause])
        for cause in named
    ]


def too_few(found: Iterable[Row], causes: Iterable[str], kills: int) -> list[str]:
    """The causes that were not tried as often as asked."""
    tried = {row.cause: row.kills for row in found}
    return [cause for cause in causes if tried.get(cause, 0) < kills]


@dataclass(frozen=True, slots=True)
class Slowest:
    """The longest waits over all crashes: for a receipt; and until a telephone rang for a new alert, or
    somebody had it before. ``alert_id`` is whose that was.
    """

    receipt: timedelta
    notice: timedelta
    alert_id: str | None


_TAKEN = (ChangeReason.ACCEPTED, ChangeReason.CLOSED)


def slowest(evidence: Evidence) -> Slowest:
    """The longest waits; from the press itself, with all the time in which the house was down."""
    receipts = [each.receipt_at - each.sent_at for each in evidence.presses if each.receipt_at is not None]
    calls = {notice.id for notice in evidence.kept.notices if notice.kind is NoticeKind.ALERT}
    first_rang: dict[str, datetime] = {}
    for rang in evidence.rang:
        if rang.notice_id in calls:
            first_rang[rang.alert_id] = min(rang.at, first_rang.get(rang.alert_id, rang.at))
    sent_at = {(press.device_id, press.id): press.sent_at for press in evidence.presses}
    pressed = {
        event.id: sent_at.get((event.device_id or "", event.device_event_id or ""))
        for event in evidence.kept.events
    }
    found_in = {
        finding.id: [at for each in finding.evidence.event_ids if (at := pressed.get(each)) is not None]
        for finding in evidence.kept.findings
    }
    for alert_id, changes in evidence.kept.changes.items():
        taken_at = next((each.at for each in changes if each.reason in _TAKEN), None)
        if taken_at is not None:
            first_rang[alert_id] = min(taken_at, first_rang.get(alert_id, taken_at))
    waits = [
        (first_rang[alert.id] - opened_at, alert.id)
        for alert in evidence.kept.alerts
        if alert.id in first_rang and alert.facts
        for opened_at in found_in.get(alert.facts[0].finding_id, ())
    ]
    return Slowest(max(receipts, default=timedelta()), *max(waits, default=(timedelta(), None)))


def show(console: Console, found: Sequence[Row], faults: Sequence[Fault]) -> None:
    """Print the table, and the first faults in words."""
    table = Table(title="what was lost and doubled, by what the house was killed by")
    table.add_column("killed at")
    for name in ("kills", "presses", "lost", "doubled"):
        table.add_column(name, justify="right")
    for row in found:
        is_bad = row.lost + row.doubled > 0
        table.add_row(
            row.cause,
            *map(str, (row.kills, row.presses, row.lost, row.doubled)),
            style="red" if is_bad else "",
        )
    table.add_section()
    table.add_row(
        "together",
        *(
            str(sum(numbers))
            for numbers in zip(*((r.kills, r.presses, r.lost, r.doubled) for r in found), strict=True)
        ),
    )
    console.print(table)
    for fault in faults[:MOST_WORDS]:
        console.print(f"{fault.kind.value} ({fault.cause}): {fault.words}", style="red", markup=False)
    if len(faults) > MOST_WORDS:
        console.print(f"and {len(faults) - MOST_WORDS} more")
