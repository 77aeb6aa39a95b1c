"""What the rules read and remember, as tables: the event log, states with their deadlines, cursors,
findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Index, Table, literal_column

from services.domain.events import Mark, Origin
from services.domain.findings import Evidence, FindingReason, FindingState, Severity, Trigger
from services.storage.tables.columns import (
    flag,
    index_where,
    instant,
    instant_or_none,
    json,
    member,
    member_or_none,
    metadata,
    number,
    whole,
    whole_or_none,
    words,
    words_or_none,
)

events = Table(
    "events",
    metadata,
    number("seq"),
    words("id", unique=True),
    words("kind"),
    instant("occurred_at"),
    instant("received_at"),
    member("origin", Origin),
    words_or_none("resident_id"),
    words_or_none("device_id"),
    words_or_none("home_id"),
    json("data", Mapping[str, Any]),
    words_or_none("device_event_id"),
    words_or_none("recorded_by"),
    flag("time_replaced"),
    json("marks", tuple[Mark, ...]),
    words_or_none("dedupe_key"),
    flag("synthetic"),
    flag("is_alarm"),
)
Index(None, events.c.resident_id, events.c.seq)
Index(None, events.c.resident_id, events.c.kind, events.c.occurred_at)
Index(None, events.c.device_id, events.c.kind, events.c.seq)
index_where(events.c.device_event_id.is_not(None), events.c.device_id, events.c.device_event_id)
index_where(events.c.dedupe_key.is_not(None), events.c.dedupe_key, name="uq_events_dedupe_key", unique=True)
index_where(events.c.is_alarm, events.c.seq, name="ix_events_alarms")
index_where(events.c.synthetic, events.c.received_at, name="ix_events_synthetic")
NOT_FROM_DEVICES: ColumnElement[Any] = literal_column("origin <> 'device'")
"""Few among many. A query is served by the index over these rows if it says this in these very words; with a
type of its own SQLAlchemy would ask for `= 1` besides.
"""
index_where(
    NOT_FROM_DEVICES, events.c.kind, events.c.seq, events.c.occurred_at, name="ix_events_not_from_devices"
)

rule_states = Table(
    "rule_states",
    metadata,
    words("rule", key=True),
    words("key", key=True),
    whole("version"),
    words("body"),
    instant_or_none("due_at"),
)
Index(None, rule_states.c.key)
index_where(
    rule_states.c.due_at.is_not(None),
    rule_states.c.due_at,
    rule_states.c.rule,
    rule_states.c.key,
    name="ix_rule_states_due",
)

cursors = Table("cursors", metadata, words("name", key=True), whole("value"))

findings = Table(
    "findings",
    metadata,
    number(),
    words("id", unique=True),
    words("rulebook"),
    whole("revision"),
    words("content_hash"),
    words("rule"),
    member("trigger", Trigger),
    instant("at"),
    instant("raised_at"),
    member("severity", Severity),
    words("alert_kind"),
    words("policy"),
    json("titles", Mapping[str, str]),
    words_or_none("resident_id"),
    words_or_none("device_id"),
    words_or_none("home_id"),
    member("state", FindingState),
    member_or_none("reason", FindingReason),
    json("evidence", Evidence),
    flag("is_alarm"),
    flag("synthetic"),
)
Index(None, findings.c.resident_id, findings.c.number)
Index(None, findings.c.device_id, findings.c.number)
Index(None, findings.c.rule, findings.c.number)
index_where(findings.c.synthetic, findings.c.raised_at, name="ix_findings_synthetic")

finding_changes = Table(
    "finding_changes",
    metadata,
    number(),
    words("finding_id"),
    member("state", FindingState),
    instant("at"),
    words_or_none("by_event_id"),
)

rulebooks = Table(
    "rulebook_revisions",
    metadata,
    words("rulebook", key=True),
    number("revision"),
    words("content_hash"),
    words("text"),
    instant("active_since"),
    words_or_none("author"),
    words_or_none("reason"),
    whole_or_none("restores"),
)

rule_faults = Table(
    "rule_faults",
    metadata,
    number(),
    words_or_none("rulebook"),
    words_or_none("file"),
    words_or_none("rule"),
    words("field"),
    words("found"),
    words("expected"),
    instant("since"),
    words_or_none("nearest"),
    flag("is_unavailable"),
)
