"""The rows of `rows_of_revisions` for what came after the records: a row for each table of each revision."""

from __future__ import annotations

from tests.contracts.rows_of_instants import AT, LATER, Row

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

DUTY: dict[str, Row] = {
    "rosters": {
        "number": 1,
        "id": "ros_1",
        "team_id": "tea_1",
        "name": "夜班",
        "timezone": "Asia/Shanghai",
        "shifts": '[{"name":"夜","starts":"20:00:00","ends":"08:00:00"}]',
        "cycle": '["夜",""]',
        "members": '["wrk_1"]',
        "starts_on": "2025-07-01",
        "days_apart": 1,
        "ends_on": None,
    },
    "swaps": {
        "number": 1,
        "id": "swp_1",
        "team_id": "tea_1",
        "worker_id": "wrk_1",
        "instead_id": "wrk_2",
        "by": "dawa",
        "made_at": AT,
        "roster_id": "ros_1",
        "day": "2025-07-23",
        "shift_id": None,
        "reason": "",
    },
    "leaves": {
        "number": 1,
        "id": "lea_1",
        "worker_id": "wrk_1",
        "starts_at": AT,
        "ends_at": LATER,
        "reason": "病假",
        "by": "dawa",
        "made_at": AT,
    },
    "roster_looks": {"number": 1, "due_at": LATER},
    "standing_holes": {"number": 1, "subject": "house:roster/tea_1", "finding_id": "fnd_1", "ends_at": LATER},
}

SILENCES: dict[str, Row] = {
    "silences": {
        "number": 1,
        "id": "sil_1",
        "subject": "resident:res_1",
        "reason": "女儿陪着",
        "author": "wrk_1",
        "since": AT,
        "until": AT + 3_600_000_000,
        "kind": "silence",
        "alert_kind": "out-of-bed-at-night",
        "resident_id": "res_1",
        "device_id": None,
        "home_id": "hom_1",
        "after_seq": 1,
        "due_at": AT + 1_800_000_000,
        "warned_at": None,
        "overdue_at": None,
        "ended_at": None,
        "ended_by": None,
        "ending": None,
        "synthetic": False,
    },
}

HANDOVERS: dict[str, Row] = {
    "handovers": {
        "number": 1,
        "id": "hnd_1",
        "from_worker_id": "wrk_1",
        "taken_over_by": "wrk_2",
        "taken_over_at": AT,
        "recorded_by": "user:desk",
        "note": "钥匙在抽屉里",
        "running": '["alt_1"]',
        "unprotected": "[]",
    },
    "shift_notes": {"number": 1, "id": "nte_1", "at": AT, "author": "wrk_1", "text": "三号楼停电"},
}
