"""Backtests: a rulebook on the stored history, beside what was raised live. Nothing is changed by it.

Routed only where the wiring hands in what tries. It answers the report, or for whoever asks for ``text/html``
the same as one page to keep.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field, StringConstraints

from services.console.api.fields import NO_NUL, Shape, Whole, Word
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.backtest.view import report_page
from services.console.pages.rendering import language_of
from services.console.problems import Fault, Problem, documented, not_found
from services.console.sight import Sight
from services.domain.backtests import MOST_DAYS, Backtest, BusyTrying
from services.rules.faults import RulebookFaults

router = APIRouter(prefix="/api/v1/rules/backtest", tags=["rules"], route_class=GuardedRoute)

LARGEST_TEXT = 256 * 1024
"""Characters of a rulebook: a hundred times the shipped ones."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=LARGEST_TEXT, pattern=NO_NUL)]
PAGE = "text/html"


class TryShape(Shape):
    """A rulebook, as its file has it, and how many days up to now it is tried on."""

    text: Text
    days: Annotated[Whole, Field(ge=1, le=MOST_DAYS)] = 30
    file: Word = "rulebook.yaml"


@router.post("", responses=documented(409, 422), response_model=Backtest)
def try_rulebook(parts: Parts, who: Who, request: Request, body: TryShape) -> Backtest | Response:
    """What it would have raised and whom it would have paged. It takes a while; one at a time is done."""
    if parts.backtest is None:
        raise not_found("history to try it on")
    try:
        report = parts.backtest(body.text, body.file, body.days, parts.clock.now())
    except RulebookFaults as refused:
        raise Problem(
            422,
            "faulty_rulebook",
            "The rulebook has faults; it was not tried.",
            faults=[
                Fault(f"{each.rule}: {each.field}" if each.rule else each.field, each.found, each.expected)
                for each in refused.faults
            ],
        ) from refused
    except BusyTrying as busy:
        raise Problem(409, "busy_trying", "Another backtest is at work; ask again when it is done.") from busy
    if PAGE not in request.headers.get("accept", ""):
        return report
    with parts.store.reading() as uow:
        sight = Sight(uow, who)
        asked = [each.resident_id for each in report.residents if each.resident_id is not None]
        names = {each.id: each.name for each in uow.residents.having("id", asked) if sight.resident(each)}
    text = report_page(report, language_of(request, who), parts.house.timezone.key, names)
    name = f"backtest-{report.rulebook}.html"
    return HTMLResponse(text, headers={"Content-Disposition": f'attachment; filename="{name}"'})
