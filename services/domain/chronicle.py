"""The chronicle: what one press went through, as lines of the log with the id of the event that began it.

One line a stage, made from the nouns that were stored and written after their commit only. It holds ids,
kinds, states and reasons; never a name, an address, a telephone number, a device's name on the wire or a
word of a payload.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.domain.alerts import HOUSE, Alert, AlertChange
from services.domain.events import Event
from services.domain.findings import Finding, Severity
from services.domain.kinds import ALARM_KINDS
from services.domain.notices import Attempt, DeviceCommand, Notice
from services.domain.records import RulebookRevision

Value = str | int | list[str]

MOST_EVENTS = 20
"""Events of a finding that its line names; a month of visits is not written into one line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: which part of the house says it, what happened, and to which things.

    ``chain`` is the id of the event that began it all; of what began without an event, the id of what came
    first.
    """

    room: str
    words: str
    chain: str
    fields: dict[str, Value] = field(default_factory=dict)

    def write(self) -> None:
        """Write it to the log of its room.

        Past `Logger.info`, which looks up the line of code that calls: half the cost, and of no use here.
        """
        log = logging.getLogger(f"anxin.{self.room}")
        if log.isEnabledFor(logging.INFO):
            extra = {"chain": self.chain, "fields": self.fields}
            log.handle(log.makeRecord(log.name, logging.INFO, __name__, 0, self.words, (), None, extra=extra))


def events_stored(events: Iterable[Event]) -> Iterator[Line]:
    """A line for each alarm kind; of anything else it is not known yet whether it leads anywhere."""
    for event in events:
        if event.kind in ALARM_KINDS:
            yield Line(
                "ingest", "event stored", event.id, {"event": event.id, "kind": event.kind, "seq": event.seq}
            )


def rulebook_revised(revision: RulebookRevision) -> Iterator[Line]:
    """Another text of a rulebook is in force; why, stands in the audit only."""
    fields: dict[str, Value] = {
        "rulebook": revision.rulebook,
        "revision": revision.revision,
        "hash": revision.content_hash,
    }
    words = "rulebook revised" if revision.text else "rulebook taken away"
    if revision.restores is not None:
        words, fields["restores"] = "rulebook rolled back", revision.restores
    yield Line("rules", words, f"{revision.rulebook}/{revision.revision}", fields)


def findings_raised(findings: Iterable[Finding]) -> Iterator[Line]:
    """A line for each finding that may raise an alert."""
    for finding in findings:
        if finding.is_alarm or finding.severity is not Severity.INFO:
            yield Line(
                "rules",
                "finding raised",
                finding.chain,
                {
                    "finding": finding.id,
                    "events": list(finding.evidence.event_ids[:MOST_EVENTS]),
                    "rule": f"{finding.rulebook}/{finding.rule}",
                    "trigger": finding.trigger.value,
                    "severity": finding.severity.value,
                    "state": finding.state.value,
                },
            )


def alert_moved(alert: Alert, changes: Iterable[AlertChange]) -> Iterator[Line]:
    """A line for each move. What joined bears the chain of what joined, and names that of the alert."""
    own = chain_of(alert)
    for change in changes:
        joining = change.detail.get("chain")
        fields: dict[str, Value] = {
            "alert": alert.id,
            "began": own,
            "kind": alert.kind,
            "severity": alert.severity.value,
            "from": change.from_state.value if change.from_state else "",
            "to": change.to_state.value,
            "by": "house" if change.by == HOUSE else "person",
        }
        finding = change.detail.get("finding_id")
        if isinstance(finding, str):
            fields["finding"] = finding
        words = f"alert {change.reason.value.replace('_', ' ')}"
        yield Line("alerts", words, joining if isinstance(joining, str) else own, fields)


def notices_made(notices: Iterable[Notice]) -> Iterator[Line]:
    """A line for each person who is to be told, and each who is not, with the reason."""
    for notice in notices:
        yield _of_notice("alerts", "notice made", notice)


def notice_concluded(notice: Notice) -> Iterator[Line]:
    """How it ended, or that it is tried again."""
    yield _of_notice("delivery", f"notice {notice.state.value.replace('_', ' ')}", notice)


def attempt_started(attempt: Attempt, notice: Notice) -> Iterator[Line]:
    """Before the send."""
    yield _of_attempt("attempt started", attempt, notice, {})


def attempt_ended(attempt: Attempt, notice: Notice) -> Iterator[Line]:
    """After the send; what the other side said about it stands in the store only."""
    result = attempt.result.value if attempt.result else ""
    yield _of_attempt("attempt ended", attempt, notice, {"result": result})


def commands_published(commands: Iterable[DeviceCommand]) -> Iterator[Line]:
    """What a light or voice was told to say."""
    for command in commands:
        alert = command.alert_id or ""
        yield Line(
            "delivery",
            "command published",
            command.chain or alert or command.id,
            {"command": command.id, "alert": alert, "state": command.state.value},
        )


def chain_of(thing: Alert | Notice) -> str:
    """The chain of a thing; of one that was stored without, the id of its alert."""
    return thing.chain or (thing.id if isinstance(thing, Alert) else thing.alert_id)


def _of_notice(room: str, words: str, notice: Notice) -> Line:
    return Line(
        room,
        words,
        chain_of(notice),
        {
            "notice": notice.id,
            "alert": notice.alert_id,
            "kind": notice.kind.value,
            "step": notice.step,
            "state": notice.state.value,
            "reason": notice.reason.value,
        },
    )


def _of_attempt(words: str, attempt: Attempt, notice: Notice, more: dict[str, Value]) -> Line:
    return Line(
        "delivery",
        words,
        chain_of(notice),
        {
            "attempt": attempt.id,
            "notice": notice.id,
            "alert": notice.alert_id,
            "channel": attempt.channel.value,
        }
        | more,
    )
