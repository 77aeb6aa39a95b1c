"""The native wire (docs/wire): its topics, in the one place that both ends of it read."""

from __future__ import annotations

ROOT = "anxin/v1"
ALARM_TOPICS = f"{ROOT}/+/alarm"
EVENT_TOPICS = f"{ROOT}/+/event"
STATUS_TOPICS = f"{ROOT}/+/status"
MAX_PAYLOAD = 64 * 1024
"""Bytes; what is larger goes to quarantine."""
MAX_EVENT_ID = 64
"""Characters of a device's own event id (docs/wire)."""


def alarm_topic(external_id: str) -> str:
    """Where a device says that somebody calls for help."""
    return f"{ROOT}/{external_id}/alarm"


def receipt_topic(external_id: str) -> str:
    """Where a device hears that its event was stored."""
    return f"{ROOT}/{external_id}/receipt"


def command_topic(external_id: str) -> str:
    """Where a device hears what its light or voice should say."""
    return f"{ROOT}/{external_id}/command"
