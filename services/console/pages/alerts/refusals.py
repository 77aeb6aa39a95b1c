"""Refusals: why something that somebody said on the page of an alert was not done, as the page says it.

A refusal never ends on a page of its own: it stands over the alert as it is now.
"""

from __future__ import annotations

from enum import StrEnum

from services.console.problems import Problem


class Refused(StrEnum):
    """Why not. Members that are codes of the interface are named as there."""

    ALREADY_ACCEPTED = "already_accepted"
    ALREADY_CLOSED = "already_closed"
    REAL_BY_NOW = "real_by_now"
    NOT_ACCEPTED_YET = "not_accepted_yet"
    NOT_THE_HOLDER = "not_the_holder"
    NOT_FOR_OTHERS = "not_for_others"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NOBODY_NAMED = "worker_id"
    NOBODY_THERE = "on_behalf_of"
    NOT_TO_THEM = "to_worker_id"
    TOO_LONG = "minutes"
    NO_OUTCOME = "outcome"
    NO_NOTE = "note"
    OTHERWISE = "otherwise"
    """Anything else that was sent and is not as expected."""


def missing(field: str) -> Problem:
    """A form came without what its action needs; a browser would not have sent it."""
    return Problem(422, field, f"{field}: expected a value.")


def why_refused(problem: Problem) -> Refused:
    """The refusal that a problem means."""
    names = [fault.field for fault in problem.faults] or [problem.code]
    return refused_as(names[0]) or Refused.OTHERWISE


def refused_as(code: str) -> Refused | None:
    """A refusal by its name in an address; None for none."""
    return Refused(code) if code in set(Refused) else None
