"""About silences: who hears that a silence or an absence ends soon or has ended by itself, and what the
message knows.

Told are whoever asked for it and the duty desk that is on duty now: one knows why, the other will get what
comes after. It never calls anybody out.
"""

from __future__ import annotations

from services.domain.findings import Severity
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.notices import Notice, NoticeKind, NoticeReason, NoticeState, Recipient
from services.domain.silences import Silence, SilenceKind
from services.escalation.policies import Relation
from services.escalation.routing import recipient_of, route
from services.escalation.scene import Scene
from services.escalation.steps import anybody

WARNINGS = frozenset({"ends", "away_ends"})
"""What a message says whose end is still to come."""


def warnings(silence: Silence, scene: Scene) -> tuple[Notice, ...]:
    """It ends soon: one notice to each who is to know."""
    because = "away_ends" if silence.kind is SilenceKind.AWAY else "ends"
    return _to(_those_concerned(silence, scene), silence, scene, because)


def words_of_the_end(silence: Silence, scene: Scene) -> tuple[Notice, ...]:
    """The house has ended it by itself: one notice to each who thinks that it still holds."""
    because = "back" if silence.kind is SilenceKind.AWAY else "over_by_itself"
    return _to(_those_concerned(silence, scene), silence, scene, because)


def _those_concerned(silence: Silence, scene: Scene) -> tuple[Recipient, ...]:
    author = scene.worker(silence.author)
    asked = (recipient_of(author),) if author is not None and author.active else ()
    people = (*asked, *route((Relation.DUTY_DESK,), scene).recipients) or anybody(scene, but=())
    return tuple({each.key: each for each in people}.values())


def _to(people: tuple[Recipient, ...], silence: Silence, scene: Scene, because: str) -> tuple[Notice, ...]:
    cause = f"{because}@{format_instant(silence.until)}"
    text = _knows(silence, scene) | {"because": because}
    return tuple(
        Notice(
            id=derived_id("ntc", silence.id, each.key, NoticeKind.SILENCE, cause),
            alert_id=silence.id,
            kind=NoticeKind.SILENCE,
            reason=NoticeReason.SILENCE_ENDS if each.channels else NoticeReason.NO_CHANNEL,
            created_at=scene.now,
            severity=Severity.MEDIUM,
            language=each.language,
            recipient_name=each.name,
            worker_id=each.worker_id,
            contact=each.contact,
            channels=each.channels,
            state=NoticeState.DUE if each.channels else NoticeState.NOT_SENT,
            text=text,
            next_attempt_at=scene.now if each.channels else None,
            chain=silence.id,
            synthetic=silence.synthetic,
        )
        for each in people
    )


def _knows(silence: Silence, scene: Scene) -> dict[str, str]:
    circle = scene.circle
    device = scene.devices.get(silence.device_id or "")
    who = circle.resident.name if circle.resident else (device.external_id if device else "")
    place = device.place if device and device.place else ""
    address = circle.home.address if circle.home else ""
    return {
        "alert_kind": silence.alert_kind or "",
        "who": who,
        "resident_id": silence.resident_id or "",
        "resident_name": circle.resident.name if circle.resident else "",
        "where": " ".join(part for part in (address, place) if part),
        "since": format_instant(silence.since),
        "until": format_instant(silence.until),
        "zone": scene.zone().key,
        "holder": scene.name_of(silence.author),
        "why": silence.reason,
        "link": f"{scene.house.link_base.rstrip('/')}/silences",
    }
