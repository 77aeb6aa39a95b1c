"""Bundling: what was found late is told to each person in one message, however many matters it is.

After an hour in which the house was down, all that was missed is found at once; seventy messages in a row
would hide the one that matters. Each matter stays an alert of its own, with its own steps and its own
answer. A press is never bundled, nor what is found in time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.domain.alerts import Alert
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
"""The parameter of a notice that may go into a bundle."""
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


def gathering(notice: Notice, alert: Alert) -> Notice:
    """The call of a step, which waits for others if its matter was found late."""
    if notice.next_attempt_at is None or notice.worker_id is None or not is_late(alert):
        return notice
    due_at = notice.next_attempt_at + GATHER_FOR
    return replace(notice, next_attempt_at=due_at, text={**notice.text, GATHERS: "late"})


def may_be_bundled(notice: Notice) -> bool:
    """Whether a notice that nobody has tried to send yet may go with others to the same person."""
    waits = notice.state is NoticeState.DUE and notice.worker_id is not None
    return waits and GATHERS in notice.text and BUNDLE not in notice.text


def bundled(carrier: Notice, others: Sequence[Notice]) -> tuple[Notice, tuple[Notice, ...]]:
    """The notice that tells of all of them, and the others, which are not sent by themselves."""
    members = [_matter(each) for each in (carrier, *others)]
    text = {**carrier.text, BUNDLE: json.dumps(members, ensure_ascii=False), "link": _list_link(carrier)}
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
