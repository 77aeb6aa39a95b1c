"""Bundling: what was found late, what waits for the morning and what was held back is told to each person in
one message, however many matters it is.

After an hour in which the house was down, all that was missed is found at once; seventy messages in a row
would hide the one that matters, and so would all that can wait, told one by one. Each matter stays an alert
of its own, with its own steps and its own answer. A press is never bundled, nor what is found in time and
cannot wait.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.domain.alerts import Alert
from services.domain.findings import Severity
from services.domain.notices import Notice, NoticeReason, NoticeState

LATE_AFTER = timedelta(minutes=2)
"""A matter found so long after it was so is late: a bed exit settles for 60 s by the shipped rules, and a
late batch may speak for 60 s more (docs/rulebooks.md, *Two instants*).
"""
GATHER_FOR = timedelta(seconds=5)
"""How long a late message waits for others to the same person: what is missed in an hour is found and judged
in a second or two, and a matter that is late by minutes can wait so long.
"""
GATHER_AT_MOST_FOR = timedelta(seconds=60)
"""The same while what was missed is still being found."""

GATHERS = "gathers"
"""The parameter of a notice that may go into a bundle, with others of the same kind only: what kind it is."""
LATE = "late"
DIGEST = "digest"
HELD = "held"
BUNDLE = "bundle"
"""The parameter of the notice that carries a bundle: its matters as a JSON list, its own first."""
BUNDLED_IN = "bundled_in"
"""The parameter that names, in a notice that was bundled, the id of the one that carries it."""
_LEFT_OUT = frozenset({"link", "presses", "because", GATHERS})


def is_late(alert: Alert) -> bool:
    """Whether all of it was found late, and nobody called for help."""
    return bool(alert.grounds) and all(
        not fact.is_alarm and fact.found_after > LATE_AFTER for fact in alert.grounds
    )


def is_for_the_digest(alert: Alert) -> bool:
    """Whether a step of it at a local time tells it together with all else that waits for that time."""
    return alert.severity.rank <= Severity.LOW.rank and not alert.has_alarm


def gathering(notice: Notice, alert: Alert, *, at_a_local_time: bool = False) -> Notice:
    """The call of a step, which waits for others if its matter was found late; for the digest it waits for
    nothing but the others that are due at that very time.
    """
    if notice.next_attempt_at is None or notice.worker_id is None:
        return notice
    if at_a_local_time and is_for_the_digest(alert):
        return replace(notice, text={**notice.text, GATHERS: DIGEST})
    if not is_late(alert):
        return notice
    due_at = notice.next_attempt_at + GATHER_FOR
    return replace(notice, next_attempt_at=due_at, text={**notice.text, GATHERS: LATE})


def held_back(notice: Notice, until: datetime) -> Notice:
    """A notice that may not go yet; when it may, whatever else was held back goes with it."""
    text = notice.text if BUNDLE in notice.text else {GATHERS: HELD, **notice.text}
    return replace(notice, next_attempt_at=until, text=text)


def gathers_as(notice: Notice) -> str:
    """What a notice gathers as: late, digest or held."""
    return notice.text.get(GATHERS, "")


def may_be_bundled(notice: Notice) -> bool:
    """Whether a notice that nobody has tried to send yet may go with others to the same person."""
    waits = notice.state is NoticeState.DUE and notice.worker_id is not None
    return waits and GATHERS in notice.text and BUNDLE not in notice.text


def bundled(carrier: Notice, others: Sequence[Notice]) -> tuple[Notice, tuple[Notice, ...]]:
    """The notice that tells of all of them, and the others, which are not sent by themselves."""
    members = [_matter(each) for each in {each.alert_id: each for each in (carrier, *others)}.values()]
    text = dict(carrier.text)
    if len(members) > 1:  # else it is one matter, of which the person was to be told twice
        text |= {BUNDLE: json.dumps(members, ensure_ascii=False), "link": _list_link(carrier)}
    return replace(carrier, text=text), tuple(
        replace(
            each,
            state=NoticeState.NOT_SENT,
            reason=NoticeReason.BUNDLED,
            next_attempt_at=None,
            text={**each.text, BUNDLED_IN: carrier.id},
        )
        for each in others
    )


def is_bundled(notice: Notice) -> bool:
    """Whether its person is told of it by another notice."""
    return notice.reason is NoticeReason.BUNDLED


def matters_of(notice: Notice) -> tuple[Mapping[str, str], ...]:
    """What a bundle tells of, each as the parameters of its own message with its `alert_id`; empty for a
    notice of one matter.
    """
    return tuple(json.loads(notice.text[BUNDLE])) if BUNDLE in notice.text else ()


def alert_ids_of(notice: Notice) -> tuple[str, ...]:
    """The alerts that a notice tells of, its own first."""
    return tuple(matter["alert_id"] for matter in matters_of(notice)) or (notice.alert_id,)


def carried_by(notice: Notice) -> str:
    """The id of the notice that reaches its person: its own, or that of its bundle."""
    return notice.text.get(BUNDLED_IN, notice.id)


def gathers_on(notice: Notice, now: datetime, *, still_finding: bool) -> bool:
    """Whether it waits on, because more is about to be found."""
    return still_finding and now < notice.created_at + GATHER_AT_MOST_FOR


def _matter(notice: Notice) -> dict[str, str]:
    kept = {key: value for key, value in notice.text.items() if key not in _LEFT_OUT}
    return {"alert_id": notice.alert_id, **kept}


def _list_link(notice: Notice) -> str:
    """The live page, which lists what runs."""
    base, found, _ = notice.text.get("link", "").rpartition("/alerts/")
    return f"{base}/" if found else notice.text.get("link", "")
