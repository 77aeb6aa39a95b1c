"""Owners: who has to see to an alert that nobody has yet, and whether they are told of it now, or when.

Who waits for the morning, or is held back a while, was not failed to be reached.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

from services.console.pages.names import Names, Nobody
from services.domain.alerts import Alert
from services.domain.notices import Notice, NoticeReason, NoticeState
from services.escalation.scene import Scene
from services.escalation.steps import has_failed
from services.escalation.telling import CALLS, key_of

_FOR_THE_MORNING = {NoticeReason.DIGEST, NoticeReason.QUIET_HOURS}
_TOLD_BY_ANOTHER = {NoticeReason.BUNDLED, NoticeReason.DUPLICATE, NoticeReason.TOLD_A_MOMENT_AGO}
"""Why a call does not go out by itself to somebody who is told all the same."""


class ToldWhen(StrEnum):
    """When an owner is told."""

    NOW = "now"
    HELD = "held"
    IN_THE_MORNING = "in_the_morning"


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who has to see to it; ``missed`` where they are told now and nothing reached them."""

    name: str | Nobody
    when: ToldWhen = ToldWhen.NOW
    missed: bool = False


def owners_of(alert: Alert, scene: Scene, names: Names) -> tuple[Owner, ...]:
    """The owners who did not say that they cannot go."""
    newest = {
        key_of(notice): notice
        for notice in scene.notices
        if notice.kind in CALLS and notice.reason is not NoticeReason.THROTTLED  # another one is the call
    }
    held = {notice.text.get("held") for notice in scene.notices if notice.reason is NoticeReason.THROTTLED}
    return tuple(
        _owner(names.of(each), newest.get(each), held)
        for each in alert.owner_ids
        if each not in alert.declined_by
    )


def _owner(name: str | Nobody, call: Notice | None, held: Container[str | None]) -> Owner:
    if call is None or call.reason in _TOLD_BY_ANOTHER:
        return Owner(name)
    if has_failed(call):
        return Owner(name, missed=True)
    if call.state is NoticeState.DUE and call.id in held:
        return Owner(name, ToldWhen.HELD)
    if call.state is not NoticeState.NOT_SENT:
        return Owner(name)
    if call.reason in _FOR_THE_MORNING:
        return Owner(name, ToldWhen.IN_THE_MORNING)
    return Owner(name, missed=True)
