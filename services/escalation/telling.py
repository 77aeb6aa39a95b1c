"""Telling: the notices of an alert, for those who are told and for those who are not.

Ids derive from what a notice is about, so that deciding twice tells nobody twice. What a message says is
fixed here as parameters; its words are put together in `text` when it is sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from services.domain.alerts import Alert
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.notices import CONTACT, Notice, NoticeKind, NoticeReason, NoticeState, Recipient
from services.escalation.bundling import is_bundled
from services.escalation.links import CODE, code_before, code_of
from services.escalation.routing import NotTold, last_resort, recipient_of
from services.escalation.scene import Scene

CALLS = frozenset({NoticeKind.ALERT, NoticeKind.JOINED})
"""Notices that ask somebody to do something; whoever got one hears when it is no longer needed."""

ANSWERED_BY_CODE = frozenset(NoticeKind) - {NoticeKind.STAND_DOWN}
"""What a reply may name by its code: whatever asks somebody for something, or answers them."""

ASKING = CALLS | {NoticeKind.HANDOVER, NoticeKind.TEST}
"""Notices that ask somebody for something, if only for an answer."""

LAST_RESORT_KEY = "last_resort"

STEP = "step"
"""Why somebody is called when a step is due, as its notices say it."""


def notice_to(
    recipient: Recipient,
    alert: Alert,
    scene: Scene,
    *,
    kind: NoticeKind,
    reason: NoticeReason,
    cause: str,
    at_step: tuple[int, int] | None = None,
    extra: Mapping[str, str] | None = None,
) -> Notice:
    """One notice that is due now; for somebody without any channel it is one that is not sent, and says so.

    ``at_step`` is (step, round); without it the alert's own.
    """
    step, round_ = at_step or (alert.step, alert.round)
    unreachable = not recipient.channels
    if unreachable:
        reason = NoticeReason.OWN_PRESS if alert.synthetic else NoticeReason.NO_CHANNEL
    return Notice(
        id=derived_id("ntc", alert.id, alert.run, step, round_, recipient.key, kind, cause),
        alert_id=alert.id,
        kind=kind,
        reason=reason,
        created_at=scene.now,
        severity=alert.severity,
        language=recipient.language,
        recipient_name=recipient.name,
        worker_id=recipient.worker_id,
        contact=recipient.contact,
        channels=recipient.channels,
        run=alert.run,
        step=step,
        round=round_,
        state=NoticeState.NOT_SENT if unreachable else NoticeState.DUE,
        text={**parameters(alert, scene), **_code(recipient, scene, kind), **(extra or {})},
        next_attempt_at=None if unreachable else scene.now,
        chain=alert.chain,
        synthetic=alert.synthetic,
    )


def _code(recipient: Recipient, scene: Scene, kind: NoticeKind) -> dict[str, str]:
    """The code by which somebody was asked about this alert before, where there is one."""
    if kind not in ANSWERED_BY_CODE:
        return {}
    before = (
        each
        for each in scene.notices
        if key_of(each) == recipient.key and asks_by_code(each) and _reaches(each)
    )
    code = code_before(before, scene.house, scene.now)
    return {CODE: code} if code else {}


def asks_by_code(notice: Notice) -> bool:
    """Whether a notice with words asks for something that a reply may name by its code."""
    return notice.kind in ANSWERED_BY_CODE and "alert_kind" in notice.text


def asked_as_before(notice: Notice, stored: Iterable[Notice]) -> Notice:
    """The notice with the code of the first that was stored a moment ago and asks the same person."""
    if not asks_by_code(notice) or CODE in notice.text:
        return notice
    key = key_of(notice)
    before = (each for each in stored if key_of(each) == key and asks_by_code(each) and _reaches(each))
    first = next((each for each in before if CODE not in each.text), None)
    return notice if first is None else replace(notice, text={**notice.text, CODE: code_of(first)})


def notice_not_sent(
    missed: NotTold, alert: Alert, scene: Scene, *, cause: str, at_step: tuple[int, int]
) -> Notice:
    """The record of somebody who is not told at a step, or of a place where nobody is, with the reason."""
    step, round_ = at_step
    who = missed.worker.id if missed.worker else missed.contact or ""
    name = missed.worker.name if missed.worker else missed.contact or missed.relation
    key = f"{missed.relation}:{who}"
    return Notice(
        id=derived_id("ntc", alert.id, alert.run, step, round_, key, NoticeKind.ALERT, cause, missed.reason),
        alert_id=alert.id,
        kind=NoticeKind.ALERT,
        reason=missed.reason,
        created_at=scene.now,
        severity=alert.severity,
        language=missed.worker.language if missed.worker else scene.house.language,
        recipient_name=name,
        worker_id=missed.worker.id if missed.worker else None,
        contact=missed.contact,
        run=alert.run,
        step=step,
        round=round_,
        state=NoticeState.NOT_SENT,
        text={"relation": missed.relation},
        chain=alert.chain,
        synthetic=alert.synthetic,
    )


def key_of(notice: Notice) -> str:
    """Who a notice is for, as `Recipient.key` says it."""
    return notice.worker_id or (f"{CONTACT}{notice.contact}" if notice.contact else LAST_RESORT_KEY)


def is_call_of_a_step(notice: Notice) -> bool:
    """Somebody is called because it was their step's turn; a reminder or a joined press is something else."""
    return notice.kind is NoticeKind.ALERT and notice.text.get("because") == STEP


def told_so_far(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """The newest call to each person who was called at all, in the order of their first."""
    newest: dict[str, Notice] = {}
    for notice in notices:
        if notice.kind in CALLS and _reaches(notice):
            newest[key_of(notice)] = notice
    return tuple(newest.values())


def still_called(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Those who were called and have not heard since that they are no longer needed."""
    called: dict[str, Notice] = {}
    for notice in notices:
        if not _reaches(notice):
            continue
        if notice.kind in ASKING:
            called[key_of(notice)] = notice
        elif notice.kind is NoticeKind.STAND_DOWN:
            called.pop(key_of(notice), None)
    return tuple(called.values())


def _reaches(notice: Notice) -> bool:
    """Whether its person hears of it, if only by a bundle."""
    return notice.state is not NoticeState.NOT_SENT or is_bundled(notice)


def again(notice: Notice, scene: Scene) -> Recipient:
    """The person of an earlier notice, with the channels they have now."""
    worker = scene.worker(notice.worker_id)
    if worker is not None:
        return recipient_of(worker)
    if notice.worker_id is None and notice.contact is None:
        return last_resort(scene)
    return Recipient(
        notice.recipient_name,
        notice.language,
        notice.channels,
        worker_id=notice.worker_id,
        contact=notice.contact,
    )


def stand_down(
    alert: Alert,
    scene: Scene,
    *,
    but: Collection[str],
    cause: str,
    reason: NoticeReason = NoticeReason.STAND_DOWN,
    extra: Mapping[str, str] | None = None,
) -> tuple[Notice, ...]:
    """Tell all who were called, except those whose key is in ``but``, that they are no longer needed."""
    return tuple(
        notice_to(
            again(called, scene),
            alert,
            scene,
            kind=NoticeKind.STAND_DOWN,
            reason=reason,
            cause=f"{cause}@{format_instant(scene.now)}",
            extra=extra,
        )
        for called in still_called(scene.notices)
        if key_of(called) not in but
    )


def parameters(alert: Alert, scene: Scene) -> dict[str, str]:
    """What every message of an alert may say: who, what, where, since when, and where to answer."""
    circle = scene.circle
    home, place = circle.home, _place(alert, scene)
    grid = circle.grid.name if circle.grid else ""
    said = {
        "alert_kind": alert.kind,
        "who": "、".join(dict.fromkeys(resident.name for resident in scene.in_need(alert))),
        "resident_id": alert.resident_id or "",
        "resident_name": circle.resident.name if circle.resident else "",
        "where": " ".join(part for part in (grid, home.address if home else "", place) if part),
        "near": " ".join(part for part in (grid, place) if part),
        "since": format_instant(alert.began_at),
        "zone": scene.zone().key,
        "presses": str(alert.presses),
        "link": f"{scene.house.link_base.rstrip('/')}/alerts/{alert.id}",
    }
    return said | {f"title_{language}": title for language, title in alert.titles.items()}


def _place(alert: Alert, scene: Scene) -> str:
    devices = (scene.devices.get(each) for each in alert.device_ids)
    return "、".join(dict.fromkeys(device.place for device in devices if device and device.place))
