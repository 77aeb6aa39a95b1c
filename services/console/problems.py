"""Problems: how the console says no (RFC 9457), in one form for every fault.

Decides status, words and the list of faulty fields. It must never repeat a secret that was sent, nor answer a
fault of the house with the details of its inside.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from services.domain.events import Json
from services.domain.ports import AlreadyThere, StoreUnavailable

log = logging.getLogger("anxin.console")

MEDIA_TYPE = "application/problem+json"
LONGEST_FOUND = 200
"""Characters of a faulty value that are said back."""
SECRETS = frozenset({"password", "authorization", "cookie"})
TITLES = {
    400: "The request cannot be read",
    401: "Who is asking is not known",
    403: "Not allowed",
    404: "Not found",
    405: "Not done this way",
    409: "It stands otherwise",
    410: "No longer there",
    413: "Too large",
    415: "Not a format that is read here",
    422: "Something in the request is not as expected",
    429: "Too many tries",
    500: "A fault of the house",
    503: "Not possible now",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One faulty field: what was found and what was expected."""

    field: str
    found: Json
    expected: str


@dataclass(frozen=True, slots=True)
class FaultInside(Fault):
    """A fault inside of a text that was sent: ``more`` says where, and what may be meant."""

    more: Mapping[str, Json]


class Problem(Exception):
    """The request is refused; whoever asked is told ``code`` and the words of ``detail``."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        **more: Json,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        self.more = more


def not_found(what: str) -> Problem:
    """There is none, or none that the caller may see: the answer is the same."""
    return Problem(404, "not_found", f"There is no such {what}.")


def unfit(field: str, found: Json, expected: str) -> Problem:
    """One field of the request is not as expected."""
    return Problem(422, "unfit", f"{field}: expected {expected}.", faults=[Fault(field, found, expected)])


class FaultShape(BaseModel):
    """One faulty field; of a rulebook also the file, the rule and the nearest right key."""

    model_config = ConfigDict(extra="allow")

    field: str
    found: Any = Field(description="The value as it came, cut short; null where there was none.")
    expected: str


class ProblemShape(BaseModel):
    """RFC 9457 problem details."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FaultShape] = Field(default_factory=list)


WORDS = {
    400: "The body is not JSON",
    401: "No valid token or session",
    403: "The role has no right to this, or the origin is a foreign one",
    404: "There is none that the caller may see",
    409: "It stands otherwise than the request takes for granted",
    413: "The body is too large",
    422: "A field, parameter or header is not as expected; `errors` lists each",
    429: "Too many failed tries",
    503: "The store cannot be reached",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The answers of a route that are problems, for the OpenAPI document."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": WORDS[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def answer(problem: Problem) -> Response:
    body: dict[str, Json] = {
        "type": f"urn:anxin:problem:{problem.code}",
        "title": TITLES.get(problem.status, "Not done"),
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        **problem.more,
    }
    if problem.faults or problem.status == 422:  # noqa: PLR2004 - the contract's own number
        body["errors"] = [
            {
                "field": fault.field,
                "found": fault.found,
                "expected": fault.expected,
                **(fault.more if isinstance(fault, FaultInside) else {}),
            }
            for fault in problem.faults
        ]
    return JSONResponse(body, problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


def of_validation(error: RequestValidationError) -> Problem:
    """Every faulty field of a request that does not fit its schema."""
    errors = error.errors()
    if any(each["type"] == "json_invalid" for each in errors):
        return Problem(400, "malformed_json", "The body is not JSON.")
    faults = [fault_of(each) for each in _by_field(errors)]
    return Problem(422, "unfit", "The request does not fit its schema.", faults=faults)


def _by_field(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What may be left out is a choice of two to pydantic, which names the choice and says of each why not:
    said is the one that matters, under the name that the caller sent.
    """
    choices = {each["loc"][:-1] for each in errors if each["type"] == "none_required"}

    def named(place: tuple[int | str, ...]) -> tuple[int | str, ...]:
        return tuple(part for at, part in enumerate(place) if place[:at] not in choices)

    wanted = (each for each in errors if each["type"] != "none_required" or each["loc"][:-1] not in choices)
    return [{**each, "loc": named(each["loc"])} for each in wanted]


def fault_of(each: Mapping[str, Any], under: str = "") -> Fault:
    """One fault as pydantic names it, with its place in words: ``contacts.0.name``."""
    place = [str(part) for part in each["loc"]]
    if place and place[0] in {"body", "query", "path", "header", "cookie"}:
        place = place[1:]
    name = ".".join([*([under] if under else []), *place]) or "body"
    missing = each["type"] == "missing"
    if isinstance(each.get("input"), bytes):
        return Fault(name, None, "a JSON body, sent as Content-Type: application/json")
    expected = str(each["msg"]).removeprefix("Value error, ").removeprefix("expected ")
    hidden = any(part.lower() in SECRETS for part in name.split("."))
    return Fault(name, None if missing or hidden else shortened(each.get("input")), expected)


def shortened(found: Json) -> Json:
    """A value that can be said back as JSON without growing the answer."""
    if found is None or isinstance(found, bool | int):
        return found if not isinstance(found, int) or abs(found) < 2**53 else str(found)[:LONGEST_FOUND]
    text = found if isinstance(found, str) else repr(found)
    return text[:LONGEST_FOUND].encode("utf-8", "replace").decode("utf-8")


def _of_http(error: HTTPException) -> Problem:
    codes = {400: "malformed", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    code = codes.get(error.status_code, f"status_{error.status_code}")
    return Problem(error.status_code, code, str(error.detail), headers=error.headers)


def of_error(error: Exception) -> Problem:
    """The problem that an exception means; a fault nobody foresaw is logged and said without its inside."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return of_validation(error)
    if isinstance(error, HTTPException):
        return _of_http(error)
    if isinstance(error, AlreadyThere):
        return Problem(409, "already_there", f"Another one has this {error.field}.", field=error.field)
    if isinstance(error, StoreUnavailable):
        return Problem(
            503, "store_unavailable", "The store cannot be reached now.", headers={"Retry-After": "5"}
        )
    log.error("a request failed", exc_info=error)
    return Problem(500, "fault", "A fault of the house; the log says more.")


FORESEEN: Sequence[type[Exception]] = (
    Problem,
    RequestValidationError,
    HTTPException,
    AlreadyThere,
    StoreUnavailable,
)
"""Everything else is a fault of the house."""
