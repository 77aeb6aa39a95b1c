"""`anxin rules`: what it prints and with which code it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.wiring.cli.rules import app
from tests.unit.rules.cast import History, rulebook

CALL = rulebook("id: call, on: call_button.pressed, severity: high")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.yaml"
    path.write_text(CALL, encoding="utf-8")
    return path


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "history.jsonl"
    lines = (
        History()
        .resident("张")
        .event("call_button.pressed", 0.25, resident="张", device="b1")
        .end(60)
        .texts()
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_replay_prints_one_compact_line_a_finding(book: Path, history: Path) -> None:
    result = run("replay", book, history)
    assert result.exit_code == 0
    assert result.stdout == (
        '{"rule":"call","resident":"张","device":"b1","at":"2025-07-22T18:00:00.250000Z",'
        '"raised_at":"2025-07-22T18:00:00.250000Z","state":"holds","reason":null,"events":[2]}\n'
    )


def test_check_says_every_fault_and_ends_with_one(tmp_path: Path, book: Path) -> None:
    assert run("check", book).exit_code == 0
    bad = tmp_path / "bad.yaml"
    bad.write_text(CALL.replace("severity", "severty").replace("call_button", "cal_button"), encoding="utf-8")
    result = run("check", book, bad)
    assert result.exit_code == 1
    assert "'severity'" in result.stderr
    assert "'call_button.pressed'" in result.stderr


def test_a_bad_rulebook_ends_with_two(tmp_path: Path, history: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("format: 1\n", encoding="utf-8")
    result = run("replay", bad, history)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        '{"type": "evnt"}',
        '{"type": "event", "kind": "bed.exited"}',
        '{"type": "event", "kind": "bed.left", "occurred_at": "2025-07-23T00:00:00Z"}',
        '{"type": "event", "kind": "bed.exited", "occurred_at": "yesterday"}',
        '{"type": "event", "kind": "bed.exited", "occurred_at": "2025-07-22T18:00:00Z", "data": []}',
        '{"type": "away", "received_at": "2025-07-23T00:00:00Z"}',
        '{"type": "restart", "received_at": "2025-07-22T17:00:00Z"}',
        '{"type": "resident", "id": "r2", "timezone": "Asia/Shangai"}',
        '{"type": "device", "id": "d2", "resident": "r1", "device_type": "toaster"}',
        '{"type": "override", "resident": "r1", "rule": "cal", "key": "enabled", "value": false}',
        '{"type": "override", "resident": "r1", "rule": "call", "key": "enabled", "value": "no"}',
        '{"type": "override", "resident": "r1", "rule": "call", "key": "count", "value": 3}',
        '{"type": "event", "kind": "bed.exited", "occurred_at": "2025-07-23T00:00:00Z", "data": {"x": NaN}}',
    ],
)
def test_a_bad_history_ends_with_three_and_names_the_line(book: Path, history: Path, line: str) -> None:
    lines = history.read_text(encoding="utf-8").splitlines()
    history.write_text("\n".join([*lines[:2], line, *lines[2:]]), encoding="utf-8")
    result = run("replay", book, history)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "line 3" in result.stderr


def test_a_history_that_is_no_text_ends_with_three(book: Path, history: Path) -> None:
    history.write_bytes(b"\xff\xfe\n")
    assert run("replay", book, history).exit_code == 3


def test_lines_are_json_and_keys_stand_in_the_order_of_the_contract(book: Path, history: Path) -> None:
    [line] = run("replay", book, history).stdout.splitlines()
    assert list(json.loads(line)) == [
        "rule",
        "resident",
        "device",
        "at",
        "raised_at",
        "state",
        "reason",
        "events",
    ]
