"""Alerts with their facts and moves, and the outbox, as tables. Every deadline is a column with an index of
its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Index, Table

from services.domain.alerts import AlertState, ChangeReason, Deadline, Outcome, RunningTest
from services.domain.findings import FindingState, Severity
from services.domain.notices import (
    AttemptResult,
    NoticeKind,
    NoticeReason,
    NoticeState,
    ReassureState,
    ReceiptResult,
)
from services.domain.people import Channel, ChannelKind, Language
from services.storage.tables.columns import (
    flag,
    index_where,
    instant,
    instant_or_none,
    json,
    json_or_none,
    member,
    member_or_none,
    metadata,
    number,
    whole,
    words,
    words_or_none,
)

alerts = Table(
    "alerts",
    metadata,
    number(),
    words("id", unique=True),
    words("kind"),
    words("subject"),
    member("severity", Severity),
    words("policy"),
    json("titles", Mapping[str, str]),
    instant("opened_at"),
    member("state", AlertState),
    words_or_none("resident_id"),
    words_or_none("device_id"),
    words_or_none("home_id"),
    instant_or_none("accepted_at"),
    words_or_none("accepted_by"),
    instant_or_none("arrived_at"),
    instant_or_none("closed_at"),
    words_or_none("closed_by"),
    member_or_none("outcome", Outcome),
    words_or_none("note"),
    whole("run"),
    instant_or_none("run_started_at"),
    whole("step"),
    whole("round"),
    json("deadlines", tuple[Deadline, ...]),
    json("owner_ids", tuple[str, ...]),
    words_or_none("handover_to"),
    json("declined_by", tuple[str, ...]),
    json_or_none("test", RunningTest),
    words_or_none("chain"),
    flag("synthetic"),
    whole("version"),
    flag("is_running"),
    instant_or_none("next_due_at"),
)
index_where(alerts.c.is_running, alerts.c.kind, alerts.c.subject, name="uq_alerts_running", unique=True)
index_where(alerts.c.is_running, alerts.c.next_due_at, alerts.c.number, name="ix_alerts_due")
index_where(alerts.c.is_running, alerts.c.resident_id, name="ix_alerts_running")
Index(None, alerts.c.opened_at)
Index(None, alerts.c.resident_id, alerts.c.number)
Index(None, alerts.c.device_id, alerts.c.number)
index_where(alerts.c.synthetic, alerts.c.opened_at, name="ix_alerts_synthetic")

alert_facts = Table(
    "alert_facts",
    metadata,
    words("alert_id", key=True),
    words("finding_id", key=True),
    whole("position"),
    instant("at"),
    instant("joined_at"),
    member("state", FindingState),
    flag("is_alarm"),
    words_or_none("device_id"),
)
Index(None, alert_facts.c.finding_id)
index_where(alert_facts.c.device_id.is_not(None), alert_facts.c.device_id)

alert_changes = Table(
    "alert_changes",
    metadata,
    number(),
    words("alert_id"),
    instant("at"),
    words("by"),
    member_or_none("from_state", AlertState),
    member("to_state", AlertState),
    member("reason", ChangeReason),
    words_or_none("on_behalf_of"),
    json("detail", Mapping[str, Any]),
)
Index(None, alert_changes.c.alert_id, alert_changes.c.number)

notices = Table(
    "notices",
    metadata,
    number(),
    words("id", unique=True),
    words("alert_id"),
    member("kind", NoticeKind),
    member("reason", NoticeReason),
    instant("created_at"),
    member("severity", Severity),
    member("language", Language),
    words("recipient_name"),
    words_or_none("worker_id"),
    words_or_none("contact"),
    json("channels", tuple[Channel, ...]),
    whole("run"),
    whole("step"),
    whole("round"),
    member("state", NoticeState),
    json("text", Mapping[str, str]),
    instant_or_none("next_attempt_at"),
    instant_or_none("sent_at"),
    words_or_none("chain"),
    flag("synthetic"),
)
index_where(notices.c.state == NoticeState.DUE, notices.c.next_attempt_at, name="ix_notices_due")
Index(None, notices.c.alert_id, notices.c.number)
Index(None, notices.c.worker_id, notices.c.number)
index_where(notices.c.synthetic, notices.c.created_at, name="ix_notices_synthetic")
index_where(
    notices.c.contact.is_not(None), notices.c.synthetic, notices.c.created_at, name="ix_notices_contact"
)  # the house's own presses tell a contact each minute, and nobody answers those
index_where(
    notices.c.sent_at.is_not(None),
    *(notices.c.sent_at, notices.c.worker_id, notices.c.kind, notices.c.synthetic),
    name="ix_notices_sent",
)

attempts = Table(
    "attempts",
    metadata,
    number(),
    words("id", unique=True),
    words("notice_id"),
    member("channel", ChannelKind),
    words("address"),
    instant("started_at"),
    instant_or_none("ended_at"),
    member_or_none("result", AttemptResult),
    words_or_none("status"),
    words_or_none("detail"),
    instant_or_none("again_at"),
    words_or_none("reference"),
    words_or_none("worker_id"),
    member_or_none("receipt", ReceiptResult),
    instant_or_none("receipt_at"),
    words_or_none("receipt_detail"),
)
Index(None, attempts.c.notice_id, attempts.c.number)
index_where(attempts.c.reference.is_not(None), attempts.c.reference, name="ix_attempts_reference")
index_where(
    attempts.c.worker_id.is_not(None), attempts.c.worker_id, attempts.c.started_at, name="ix_attempts_worker"
)
Index("ix_attempts_address", attempts.c.address, attempts.c.channel, attempts.c.started_at)

commands = Table(
    "device_commands",
    metadata,
    number(),
    words("id", unique=True),
    words("device_id"),
    words("external_id"),
    member("state", ReassureState),
    instant("created_at"),
    words_or_none("alert_id"),
    instant_or_none("published_at"),
    words_or_none("chain"),
)
index_where(commands.c.published_at.is_(None), commands.c.number, name="ix_device_commands_due")
