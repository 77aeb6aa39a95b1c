"""Revisions of rulebooks: put a text in force, go back to an earlier one, and read which there were, whose
and why.

What is accepted here is stored and at work as soon as the process that runs the rules has looked, within a
second or two; that writes the file as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field, StringConstraints

from services.console.api.backtests import LARGEST_TEXT
from services.console.api.fields import NO_NUL, Instant, Shape, Whole
from services.console.api.lists import Listed, Part
from services.console.api.overrides import Reason
from services.console.api.rulebooks import BookName
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.parts import Console
from services.console.problems import FaultInside, Problem, documented, not_found
from services.console.writing import note, write
from services.domain.ports import UnitOfWork
from services.domain.records import RulebookRevision
from services.rules.faults import Fault, RulebookFaults
from services.rules.revising import By, NoSuchRevision, NotTheNewest, hash_of_good, put_in_force, roll_back

router = APIRouter(prefix="/api/v1/rulebooks/{name}", tags=["rules"], route_class=GuardedRoute)

Number = Annotated[int, Path(ge=1, le=2**31)]
RulebookText = Annotated[str, StringConstraints(min_length=1, max_length=LARGEST_TEXT, pattern=NO_NUL)]
MadeFrom = Annotated[
    Whole | None,
    Field(
        description="The newest revision when you read it; null where there is none. Another one by now: 409."
    ),
]


class NewRevision(Shape):
    """The whole text of a rulebook, as its file has it."""

    text: RulebookText
    reason: Reason
    made_from: MadeFrom = None


class Rollback(Shape):
    """Which revision's text is to be in force again; it becomes the next revision."""

    revision: Whole
    reason: Reason
    made_from: MadeFrom = None


class RevisionShape(Shape):
    """A revision. Without author and reason somebody saved the file, or with `taken_away` removed it;
    `at_work`: the rules that run now are these.
    """

    rulebook: str
    revision: int
    content_hash: str
    active_since: Instant
    author: str | None
    reason: str | None
    restores: int | None = Field(description="The revision whose text it puts in force again.")
    taken_away: bool
    at_work: bool


class RevisionText(RevisionShape):
    """A revision with its text."""

    text: str


def _fields_of(parts: Console, revision: RulebookRevision) -> dict[str, Any]:
    at_work = {book.name: book.revision for book in parts.rules()}
    names = RevisionShape.model_fields.keys() - {"taken_away", "at_work"}
    return {
        **{name: getattr(revision, name) for name in names},
        "taken_away": not revision.text,
        "at_work": at_work.get(revision.rulebook) == revision.revision,
    }


def _text_of(parts: Console, revision: RulebookRevision) -> RevisionText:
    return RevisionText(**_fields_of(parts, revision), text=revision.text)


@router.get("/revisions")
def list_revisions(parts: Parts, name: BookName, part: Part) -> Listed[RevisionShape]:
    """Ascending by number, which is the cursor."""
    with parts.store.reading() as uow:
        if name not in uow.rulebooks.heads():
            raise not_found("rulebook")
        page = uow.rulebooks.page(name, part.after, part.limit)
    return Listed(items=[RevisionShape(**_fields_of(parts, each)) for each in page.items], next=page.next)


@router.get("/revisions/{number}")
def read_revision(parts: Parts, name: BookName, number: Number) -> RevisionText:
    with parts.store.reading() as uow:
        revision = uow.rulebooks.get(name, number)
    if revision is None:
        raise not_found("revision")
    return _text_of(parts, revision)


@router.put("", responses=documented(409))
def put_rulebook(parts: Parts, who: Who, name: BookName, body: NewRevision) -> RevisionText:
    """Make it the next revision. With any fault it is refused whole, with every fault; the text that is in
    force already makes no new revision.
    """

    def work(uow: UnitOfWork) -> tuple[RulebookRevision, bool]:
        return put_in_force(uow, name, body.text, body.made_from, _by(parts, who, body.reason))

    return _text_of(parts, _revise(parts, who, (name, body.text), work, "rulebook.revised"))


@router.post("/rollback", status_code=201, responses=documented(409))
def roll_rulebook_back(parts: Parts, who: Who, name: BookName, body: Rollback) -> RevisionText:
    """Put an earlier revision's text in force again, as the next revision."""

    def work(uow: UnitOfWork) -> tuple[RulebookRevision, bool]:
        return roll_back(uow, name, body.revision, body.made_from, _by(parts, who, body.reason))

    with parts.store.reading() as uow:
        earlier = uow.rulebooks.get(name, body.revision)
    if earlier is None or not earlier.text:
        raise not_found("revision")
    return _text_of(parts, _revise(parts, who, (name, earlier.text), work, "rulebook.rolled_back"))


def _by(parts: Console, who: Caller, reason: str) -> By:
    return By(who.name, reason, parts.clock.now())


def _revise(
    parts: Console,
    who: Caller,
    meant: tuple[str, str],
    work: Callable[[UnitOfWork], tuple[RulebookRevision, bool]],
    action: str,
) -> RulebookRevision:
    """Revise and note it; ``meant``, the name and the text, is read before anybody waits for it."""

    def noted(uow: UnitOfWork) -> RulebookRevision:
        revision, is_new = work(uow)
        if is_new:
            to = f" as revision {revision.restores}" if revision.restores is not None else ""
            said = f"revision {revision.revision}{to}: {revision.reason}"
            note(uow, parts, who, action, ("rulebook", revision.rulebook), said)
        return revision

    try:
        hash_of_good(*meant)
        return write(parts, noted)
    except RulebookFaults as error:
        raise Problem(
            422, "faulty_rulebook", "The rulebook has faults; the one before goes on.", faults=_inside(error)
        ) from error
    except NoSuchRevision as error:
        raise not_found("revision") from error
    except NotTheNewest as error:
        raise _overtaken(error) from error


def _inside(error: RulebookFaults) -> list[FaultInside]:
    def inside(fault: Fault) -> FaultInside:
        more = {"file": fault.file, "rule": fault.rule, "nearest": fault.nearest}
        return FaultInside(fault.field, fault.found, fault.expected, more)

    return [inside(fault) for fault in error.faults]


def _overtaken(error: NotTheNewest) -> Problem:
    newest = error.newest
    if newest is None:
        return Problem(409, "not_the_newest", "There is no such rulebook yet; put it without `made_from`.")
    author = newest.author or "whoever saved the file"
    return Problem(
        409,
        "not_the_newest",
        f"Revision {newest.revision}, by {author}, is the newest: read it, and write your text from it.",
        revision=newest.revision,
        author=newest.author,
        reason=newest.reason,
    )
