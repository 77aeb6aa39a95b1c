"""What the service says of a story when it is over, in the story's own words: its findings, alerts and
notices as happenings.

Pure: it is given what the API answered, when the telephones rang and when e-mail came. A notice counts as one
that reached somebody only if it came to them, whatever the service says; over two channels it is told twice.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from devices.simulator.enrolling import Enrolled
from devices.simulator.happenings import Happening, What

CameAt = Mapping[str, Mapping[str, datetime]]
"""By the id of a notice and the channel, when it came to somebody."""
UNSAID = "webhook"
"""The channel of whoever is no worker of the story."""
BY = {"email": ", by e-mail"}
HOUSE = "the house"
LAST_RESORT = "last resort"
"""Who is told when there is nobody: an address of the installation, no person of the story."""


def chronicle(
    enrolled: Enrolled,
    findings: Iterable[dict[str, Any]],
    alerts: Iterable[dict[str, Any]],
    notices: Iterable[dict[str, Any]],
    came_at: CameAt,
) -> list[Happening]:
    """The findings and alerts about the cast and the notices of them; ``came_at`` says which came to
    somebody, when and over what.
    """
    ours = {alert["id"]: alert for alert in alerts if _about(enrolled, alert) is not None}
    return [
        *(_finding(enrolled, each) for each in findings if _about(enrolled, each) is not None),
        *(_alert(alert, _about(enrolled, alert) or "", enrolled) for alert in ours.values()),
        *_notices(enrolled, ours, notices, came_at),
    ]


def instant(text: str) -> datetime:
    """Read an instant of the API."""
    return datetime.fromisoformat(text)


def written(at: datetime) -> str:
    """An instant as the API reads it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _about(enrolled: Enrolled, alert: dict[str, Any]) -> str | None:
    """Who of the story it is about; a matter of the house or of a grid concerns the story as well."""
    resident_id, device_id = alert.get("resident_id"), alert.get("device_id")
    if resident_id is None and device_id is None:
        return str(alert.get("subject") or HOUSE)
    return enrolled.name_of(resident_id) or enrolled.name_of(device_id)


def _finding(enrolled: Enrolled, finding: dict[str, Any]) -> Happening:
    resident, device = (enrolled.name_of(finding.get(key)) for key in ("resident_id", "device_id"))
    said = {"resident": resident, "device": device, "reason": finding.get("reason")}
    fields = {"rule": str(finding["rule"]), "state": str(finding["state"])}
    fields |= {name: str(value) for name, value in said.items() if value is not None}
    reason = f", {fields['reason']}" if "reason" in fields else ""
    text = f"{fields['rule']} found something ({fields['state']}{reason})"
    return Happening(instant(finding["at"]), What.FINDING, resident or device or HOUSE, text, fields)


def _alert(alert: dict[str, Any], about: str, enrolled: Enrolled) -> Happening:
    outcome = alert.get("outcome")
    fields = {"alert": str(alert["kind"]), "about": about, "severity": str(alert["severity"])}
    if outcome:
        fields["outcome"] = str(outcome)
    for move in ("accepted_at", "arrived_at"):
        if alert.get(move):
            fields[move] = instant(alert[move]).isoformat()
    holder = enrolled.name_of(alert.get("accepted_by"))
    if holder:
        fields["holder"] = holder
    ending = f"closed as {outcome}" if outcome else f"still {alert['state']}"
    text = f"alert {alert['kind']} ({alert['severity']}), {ending}"
    closed_at = alert.get("closed_at")
    until_at = instant(closed_at) if closed_at else None
    return Happening(instant(alert["opened_at"]), What.ALERT, about, text, fields, until_at)


def _notices(
    enrolled: Enrolled,
    alerts: Mapping[str, dict[str, Any]],
    notices: Iterable[dict[str, Any]],
    came_at: CameAt,
) -> Iterator[Happening]:
    for notice in notices:
        alert = alerts.get(notice["alert_id"])
        if alert is None:
            continue
        who = enrolled.name_of(notice.get("worker_id")) or str(notice.get("contact") or LAST_RESORT)
        fields = {
            "told": who,
            "notice": str(notice["kind"]),
            "alert": str(alert["kind"]),
            "about": _about(enrolled, alert) or "",
        }
        came = came_at.get(notice["id"], {})
        for over, at in came.items():
            yield _came(fields, over, at)
        if not came:
            over = enrolled.channels.get(who, (UNSAID,))[0]
            yield _not_come(fields, over, notice)


def _came(fields: dict[str, str], over: str, at: datetime) -> Happening:
    what = f"told: {fields['notice']} of {fields['alert']}{BY.get(over, '')}"
    fields = {**fields, "reached": "yes", "over": over, "tried": "yes"}
    return Happening(at, What.NOTICE, fields["told"], what, fields)


def _not_come(fields: dict[str, str], over: str, notice: dict[str, Any]) -> Happening:
    state = str(notice["state"])
    how = "not told" if state == "not_sent" else f"not reached ({state})"
    what = f"{how}: {fields['notice']} of {fields['alert']}{BY.get(over, '')}, {notice.get('reason')}"
    tried = "yes" if state in ("sent", "failed") else "no"
    fields = {**fields, "reached": "no", "over": over, "tried": tried}
    return Happening(instant(notice["created_at"]), What.NOTICE, fields["told"], what, fields)
