"""Invented people and things for the contracts, each with sensible values and whatever a test says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from services.domain.alerts import Alert, AlertChange, AlertFact, AlertState, ChangeReason
from services.domain.events import Event, Origin
from services.domain.findings import Finding, FindingState, Severity, Trigger
from services.domain.homes import Home
from services.domain.notices import Attempt, Notice, NoticeKind, NoticeReason
from services.domain.people import Channel, ChannelKind, Language, Resident, Role, Worker

NIGHT = datetime(2025, 7, 22, 18, 13, 5, 123456, tzinfo=UTC)
"""02:13:05 in Bomi."""
MINUTE = timedelta(minutes=1)


def event(name: str, **said: Any) -> Event:
    values: dict[str, Any] = {
        "id": f"evt_{name}",
        "kind": "bed.exited",
        "occurred_at": NIGHT,
        "received_at": NIGHT,
        "origin": Origin.DEVICE,
        "resident_id": "res_lhamo",
        "device_id": "dev_bed",
        "home_id": "hom_lhamo",
        "dedupe_key": f"key of {name}",
    }
    return Event(**(values | said))


def finding(name: str, **said: Any) -> Finding:
    values: dict[str, Any] = {
        "id": f"fnd_{name}",
        "rulebook": "home-beds",
        "revision": 1,
        "content_hash": "0f",
        "rule": "many-night-exits",
        "trigger": Trigger.COUNT,
        "at": NIGHT,
        "raised_at": NIGHT + MINUTE,
        "severity": Severity.HIGH,
        "alert_kind": "many-night-exits",
        "policy": "night-emergency",
        "titles": {"zh-CN": "夜间多次离床", "en": "Out of bed again and again"},
        "resident_id": "res_lhamo",
    }
    return Finding(**(values | said))


def fact(finding_id: str, **said: Any) -> AlertFact:
    values: dict[str, Any] = {
        "finding_id": finding_id,
        "at": NIGHT,
        "joined_at": NIGHT,
        "state": FindingState.HOLDS,
    }
    return AlertFact(**(values | said))


def alert(name: str, **said: Any) -> Alert:
    values: dict[str, Any] = {
        "id": f"alt_{name}",
        "kind": "call-button",
        "subject": "resident:res_lhamo",
        "severity": Severity.HIGH,
        "policy": "emergency",
        "titles": {"zh-CN": "呼叫器求助"},
        "opened_at": NIGHT,
        "resident_id": "res_lhamo",
    }
    return Alert(**(values | said))


def change(alert_id: str, **said: Any) -> AlertChange:
    values: dict[str, Any] = {
        "alert_id": alert_id,
        "at": NIGHT,
        "by": "house",
        "from_state": None,
        "to_state": AlertState.OPEN,
        "reason": ChangeReason.OPENED,
    }
    return AlertChange(**(values | said))


def notice(name: str, **said: Any) -> Notice:
    values: dict[str, Any] = {
        "id": f"ntc_{name}",
        "alert_id": "alt_press",
        "kind": NoticeKind.ALERT,
        "reason": NoticeReason.STEP,
        "created_at": NIGHT,
        "severity": Severity.HIGH,
        "language": Language.ZH_CN,
        "recipient_name": "卓玛",
        "worker_id": "wrk_dolma",
        "channels": (Channel(ChannelKind.WEBHOOK, "http://127.0.0.1/dolma"),),
        "next_attempt_at": NIGHT,
    }
    return Notice(**(values | said))


def attempt(name: str, notice_id: str, **said: Any) -> Attempt:
    values: dict[str, Any] = {
        "id": f"att_{name}",
        "notice_id": notice_id,
        "channel": ChannelKind.WEBHOOK,
        "address": "http://127.0.0.1/dolma",
        "started_at": NIGHT,
    }
    return Attempt(**(values | said))


def home(name: str, **said: Any) -> Home:
    return Home(**({"id": f"hom_{name}", "address": "波密县扎木镇"} | said))


def resident(name: str, **said: Any) -> Resident:
    values: dict[str, Any] = {
        "id": f"res_{name}",
        "home_id": "hom_lhamo",
        "name": name,
        "enrolled_at": NIGHT,
    }
    return Resident(**(values | said))


def worker(name: str, **said: Any) -> Worker:
    return Worker(**({"id": f"wrk_{name}", "name": name, "role": Role.GRID_WORKER} | said))
