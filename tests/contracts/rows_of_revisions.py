"""A row for each table as each revision of the schema had it, by SQL: what an installation of that day had
stored. A new revision adds its tables here; whatever it changes in older ones, these rows stay as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

AT = 1_753_207_985_123_456
"""02:13:05.123456 in Bomi, 23 July 2025, in microseconds."""
LATER = AT + 60_000_000

Row = Mapping[str, Any]

FACTS: dict[str, Row] = {
    "numbers": {"collection": "events", "last": 1},
    "events": {
        "seq": 1,
        "id": "evt_1",
        "kind": "call_button.pressed",
        "occurred_at": AT,
        "received_at": AT,
        "origin": "device",
        "resident_id": "res_1",
        "device_id": "dev_1",
        "home_id": "hom_1",
        "data": '{"battery": 71.5, "说": "夜"}',
        "device_event_id": "p-1",
        "recorded_by": None,
        "time_replaced": False,
        "marks": '["id_reused"]',
        "dedupe_key": "dev_1 p-1",
        "synthetic": False,
        "is_alarm": True,
    },
    "rule_states": {"rule": "home-beds/call", "key": "res_1", "version": 1, "body": "{}", "due_at": LATER},
    "cursors": {"name": "rules", "value": 1},
    "findings": {
        "number": 1,
        "id": "fnd_1",
        "rulebook": "home-beds",
        "revision": 1,
        "content_hash": "0f",
        "rule": "call",
        "trigger": "on",
        "at": AT,
        "raised_at": AT,
        "severity": "high",
        "alert_kind": "call-button",
        "policy": "emergency",
        "titles": '{"zh-CN": "呼叫器求助"}',
        "resident_id": "res_1",
        "device_id": "dev_1",
        "home_id": "hom_1",
        "state": "ended",
        "reason": None,
        "is_alarm": True,
        "synthetic": False,
        "evidence": '{"event_ids":["evt_1"],"event_seqs":[1],"figures":{},"prevented_by":null}',
    },
    "finding_changes": {
        "number": 1,
        "finding_id": "fnd_1",
        "state": "ended",
        "at": LATER,
        "by_event_id": "evt_1",
    },
    "rulebook_revisions": {
        "rulebook": "home-beds",
        "revision": 1,
        "content_hash": "0f",
        "text": "format: 1\n",
        "active_since": AT,
    },
}

REGISTERS: dict[str, Row] = {
    "homes": {
        "number": 1,
        "id": "hom_1",
        "address": "波密县扎木镇",
        "key_place": "门框上",
        "phone": None,
        "grid_id": "grd_1",
        "neighbour_id": "wrk_1",
        "places": '["卧室"]',
        "timezone": None,
    },
    "residents": {
        "number": 1,
        "id": "res_1",
        "home_id": "hom_1",
        "name": "措姆",
        "enrolled_at": AT,
        "birth_date": "1947-02-28",
        "tags": '["独居"]',
        "language": "bo",
        "timezone": None,
        "phone": "1",
        "contacts": '[{"name": "女儿", "relation": "", "channels": []}]',
        "assigned_worker_id": "wrk_1",
        "backup_worker_id": None,
        "left_at": None,
        "left_reason": None,
        "away": None,
        "synthetic": False,
    },
    "workers": {
        "number": 1,
        "id": "wrk_1",
        "name": "达瓦",
        "role": "grid_worker",
        "language": "zh-CN",
        "team_id": "tea_1",
        "grid_ids": '["grd_1"]',
        "active": True,
        "channels": '[{"kind": "webhook", "address": "http://127.0.0.1/dawa"}]',
    },
    "grids": {"number": 1, "id": "grd_1", "name": "雪松", "team_id": "tea_1", "neighbouring_ids": "[]"},
    "teams": {"number": 1, "id": "tea_1", "name": "一队"},
    "shifts": {
        "number": 1,
        "id": "shf_1",
        "team_id": "tea_1",
        "worker_id": "wrk_1",
        "starts_at": AT,
        "ends_at": LATER,
    },
    "devices": {
        "number": 1,
        "id": "dev_1",
        "external_id": "button-1",
        "ecosystem": "native",
        "type": "call_button",
        "home_id": "hom_1",
        "place": "卧室",
        "resident_id": "res_1",
        "gateway_id": None,
        "mapping": "{}",
        "state": "live",
        "registered_at": AT,
        "last_seen_at": AT,
        "battery_percent": 71.5,
        "credential_hash": "$2b$04$hash",
        "synthetic": False,
    },
    "users": {
        "number": 1,
        "id": "usr_1",
        "username": "dawa",
        "role": "admin",
        "password_hash": "$argon2id$",
        "worker_id": "wrk_1",
        "active": True,
    },
    "tokens": {
        "number": 1,
        "id": "tok_1",
        "secret_hash": "a1",
        "role": "admin",
        "created_at": AT,
        "name": "import",
        "worker_id": None,
        "revoked_at": None,
    },
    "sessions": {
        "number": 1,
        "id": "ses_1",
        "secret_hash": "b2",
        "user_id": "usr_1",
        "created_at": AT,
        "expires_at": LATER,
    },
}

TELLING: dict[str, Row] = {
    "alerts": {
        "number": 1,
        "id": "alt_1",
        "kind": "call-button",
        "subject": "resident:res_1",
        "severity": "high",
        "policy": "emergency",
        "titles": '{"zh-CN": "呼叫器求助"}',
        "opened_at": AT,
        "state": "open",
        "resident_id": "res_1",
        "device_id": "dev_1",
        "home_id": "hom_1",
        **dict.fromkeys(("accepted_at", "accepted_by", "arrived_at", "closed_at", "closed_by")),
        "outcome": None,
        "note": None,
        "run": 1,
        "run_started_at": AT,
        "step": 1,
        "round": 0,
        "deadlines": '[{"kind": "step", "due_at": "2025-07-22T18:15:05.123456Z"}]',
        "owner_ids": '["wrk_1"]',
        "handover_to": None,
        "declined_by": "[]",
        "synthetic": False,
        "version": 1,
        "is_running": True,
        "next_due_at": AT + 120_000_000,
    },
    "alert_facts": {
        "alert_id": "alt_1",
        "finding_id": "fnd_1",
        "position": 0,
        "at": AT,
        "joined_at": AT,
        "state": "holds",
        "is_alarm": True,
        "device_id": "dev_1",
    },
    "alert_changes": {
        "number": 1,
        "alert_id": "alt_1",
        "at": AT,
        "by": "house",
        "from_state": None,
        "to_state": "open",
        "reason": "opened",
        "on_behalf_of": None,
        "detail": "{}",
    },
    "notices": {
        "number": 1,
        "id": "ntc_1",
        "alert_id": "alt_1",
        "kind": "alert",
        "reason": "step",
        "created_at": AT,
        "severity": "high",
        "language": "zh-CN",
        "recipient_name": "达瓦",
        "worker_id": "wrk_1",
        "contact": None,
        "run": 1,
        "step": 0,
        "round": 0,
        "state": "sent",
        "channels": '[{"kind": "webhook", "address": "http://127.0.0.1/dawa"}]',
        "text": "{}",
        "next_attempt_at": None,
        "sent_at": AT,
        "synthetic": False,
    },
    "attempts": {
        "number": 1,
        "id": "att_1",
        "notice_id": "ntc_1",
        "channel": "webhook",
        "address": "http://127.0.0.1/dawa",
        "started_at": AT,
        "ended_at": LATER,
        "result": "delivered",
        "status": "202",
        "detail": None,
    },
    "device_commands": {
        "number": 1,
        "id": "cmd_1",
        "device_id": "dev_1",
        "external_id": "button-1",
        "state": "heard",
        "created_at": AT,
        "alert_id": "alt_1",
        "published_at": None,
    },
}

RECORDS: dict[str, Row] = {
    "quarantine": {
        "number": 1,
        "id": "qua_1",
        "topic": "anxin/v1/x/event",
        "payload": b"\x00\xff{",
        "reason": "undecodable",
        "detail": "no JSON",
        "first_at": AT,
        "last_at": AT,
        "retained": False,
        "size": 3,
        "external_id": "x",
        "count": 2,
        "reads_as_press": True,
        "replayed_at": None,
        "fingerprint": "f0",
    },
    "audit": {
        "number": 1,
        "id": "aud_1",
        "at": AT,
        "actor": "dawa",
        "role": "admin",
        "action": "resident.new",
        "object_kind": "resident",
        "object_id": "res_1",
        "detail": "",
    },
    "remembered_answers": {
        "key": "dawa POST /visits 1",
        "request_hash": "c3",
        "status": 201,
        "body": "{}",
        "at": AT,
    },
}

ROLES: dict[str, Row] = {
    "runner_leases": {"role": "rules", "holder": "anxin-1", "fence": 7, "renewed_at": AT},
}

FAULTS: dict[str, Row] = {
    "rule_faults": {
        "number": 1,
        "rulebook": "home-beds",
        "file": "home-beds.yaml",
        "rule": "call",
        "field": "on",
        "found": "'cal_button.pressed'",
        "expected": "a kind of event",
        "since": AT,
        "nearest": "call_button.pressed",
        "is_unavailable": False,
    },
}

SELF_WATCH: dict[str, Row] = {
    "own_presses": {
        "number": 1,
        "id": "own_1",
        "pressed_at": AT,
        "due_at": AT,
        "state": "back",
        "told_at": AT,
    },
    "path_checks": {
        "number": 1,
        "id": "chk_1",
        "due_at": AT,
        "state": "over",
        "begun_at": AT,
        "ended_at": AT,
        "told": 7,
        "refused": 1,
    },
}

ROWS: dict[str, dict[str, Row]] = {
    "0001": FACTS,
    "0002": REGISTERS,
    "0003": TELLING,
    "0004": RECORDS,
    "0005": ROLES,
    "0010": FAULTS,
    "0011": SELF_WATCH,
}
"""The tables that each revision made, with a row."""


def fill(connection: Connection, revision: str) -> None:
    """Store the rows of a revision and of all before it."""
    for made in (name for name in ROWS if name <= revision):
        for table, row in ROWS[made].items():
            names = ", ".join(f'"{name}"' for name in row)
            values = ", ".join(f":{name}" for name in row)
            connection.execute(text(f'INSERT INTO "{table}" ({names}) VALUES ({values})'), dict(row))  # noqa: S608
