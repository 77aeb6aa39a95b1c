"""The OpenAPI document is honest: whatever can be made of it gets an answer that it names, in the form
that it names; and it names every route of the API.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from services.console.parts import Stepped
from services.console.rights import RIGHTS
from services.domain.backtests import Backtest, BusyTrying
from services.domain.people import Role
from tests.unit.console.cast import NIGHT, Cast, cast, press

STREAM = "/api/v1/stream"
SECONDS_AT_MOST = 90
CONFIG = {
    "headers": {"Authorization": f"Bearer token-{Role.ADMIN.value}"},
    "generation": {"max-examples": 3, "deterministic": True, "database": "none"},
    "checks": {
        # What fits the schema may still name a home that is not there or an instant that is ahead. The
        # contract answers 422 and lists the field, which no schema can foresee.
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "401", "403", "404", "409", "422", "429"],
        },
        # A text beyond what its field holds may be beyond what a request holds as well.
        "negative_data_rejection": {
            "expected-statuses": ["400", "401", "403", "404", "409", "413", "415", "422"],
        },
    },
    "suppress-health-check": ["all"],
}


class StandingStill:
    def advance(self, to: object) -> Stepped:
        return Stepped(NIGHT, 0, 0)


def busy(text: str, file: str, days: int, until: object) -> Backtest:
    """Another backtest is at work: what a report looks like is told by tests of its own."""
    raise BusyTrying


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Cast]:
    with cast(tmp_path, stepper=StandingStill(), replay=lambda entry_id: False, backtest=busy) as community:
        press(community)
        yield community


@pytest.mark.timeout(3 * SECONDS_AT_MOST)
def test_nothing_that_the_document_allows_is_answered_otherwise(whole: Cast) -> None:
    schema = schemathesis.openapi.from_asgi(
        "/openapi.json", whole.app, config=SchemathesisConfig.from_dict(CONFIG)
    ).exclude(path=STREAM)  # a stream has no end; it has tests of its own
    faults: list[str] = []
    calls = 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.FatalError | events.NonFatalError):
            faults.append(str(event))
        if isinstance(event, events.ScenarioFinished):
            calls += len(event.recorder.cases)
            faults += [
                f"{event.recorder.label}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
                for checks in event.recorder.checks.values()
                for check in checks
                if check.failure_info is not None
            ]
    assert faults == []
    assert calls > 1000


def test_the_document_names_every_route_of_the_api(whole: Cast) -> None:
    paths = whole.client().get("/openapi.json").json()["paths"]
    named = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    public = {"/healthz", "/readyz", "/metrics"}
    assert named == {key for key in RIGHTS if key[1].startswith("/api/") or key[1] in public}


def test_every_answer_that_is_a_problem_is_described_as_one(whole: Cast) -> None:
    document = whole.client().get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            right = RIGHTS[(method.upper(), path)]
            assert ("security" in operation) is not right.public
            assert {"401", "403"} <= operation["responses"].keys() or right.public
            for status, answer in operation["responses"].items():
                if status.startswith("4"):
                    assert list(answer["content"]) == ["application/problem+json"], (path, status)
