"""The looks: one page that shows every token and every part that the other pages are made of, in the language
and the light of whoever looks. Everybody on it is invented; it reads nothing of the store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.callers import Parts
from services.console.gate import GuardedRoute
from services.console.pages.rendering import page
from services.domain.alerts import AlertState
from services.domain.findings import Severity

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

COLOURS = (
    ("paper", "card", "ink", "soft", "line", "edge"),
    ("brand", "focus", "link"),
    ("high", "high-ink", "high-soft"),
    ("medium", "medium-ink", "medium-soft"),
    ("low", "low-ink", "low-soft"),
    ("amber", "amber-ink", "amber-soft"),
    ("calm", "calm-ink", "calm-soft"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """An alert that nobody has: only what the parts ask of one."""

    severity: Severity
    state: AlertState


SAMPLES = (
    Sample(Severity.HIGH, AlertState.OPEN),
    Sample(Severity.MEDIUM, AlertState.OPEN),
    Sample(Severity.LOW, AlertState.OPEN),
    Sample(Severity.HIGH, AlertState.ACCEPTED),
    Sample(Severity.MEDIUM, AlertState.ARRIVED),
    Sample(Severity.LOW, AlertState.ACCEPTED),
)


@router.get("/looks")
def show_looks(request: Request, parts: Parts) -> Response:
    now = parts.clock.now()
    return page(
        request,
        "looks.html",
        now=now,
        soon=now + timedelta(minutes=1, seconds=48),
        later=now + timedelta(hours=2, minutes=5),
        severities=tuple(Severity),
        states=tuple(AlertState),
        samples=SAMPLES,
        colours=COLOURS,
    )
