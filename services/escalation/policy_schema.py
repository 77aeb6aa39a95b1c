"""The JSON Schemas of an escalation policy and of the files beside the policies, made from what reads them.

They say what an editor can know; whether the steps can run out of time or of people stays with the reader.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from services.domain.instants import SPAN, WALL
from services.escalation.assignments import Assignments
from services.escalation.figure_aims import FiguresFile
from services.escalation.policies import Policy
from services.escalation.silence_policy import SilencePolicy


def policy_schema() -> dict[str, Any]:
    """The schema, as plain values."""
    return _schema(Policy, "Escalation policy, format 1")


def assignments_schema() -> dict[str, Any]:
    """The same of the assignments."""
    return _schema(Assignments, "Assignment of policies, format 1")


def silences_schema() -> dict[str, Any]:
    """The same of how long people may silence."""
    return _schema(SilencePolicy, "Silences and absences, format 1")


def figures_schema() -> dict[str, Any]:
    """The same of what the figures are held against."""
    return _schema(FiguresFile, "References of the figures, format 1")


def _schema(form: type[BaseModel], title: str) -> dict[str, Any]:
    made = form.model_json_schema(by_alias=True, schema_generator=_Written)
    return {"$schema": GenerateJsonSchema.schema_dialect, **made, "title": title}


class _Written(GenerateJsonSchema):
    """Spans and wall times as people write them."""

    def timedelta_schema(self, schema: Any) -> dict[str, Any]:  # noqa: ARG002 - the shape of the generator
        return {"type": "string", "pattern": f"^{SPAN}$", "description": "such as 90s, 20m or 2h"}

    def time_schema(self, schema: Any) -> dict[str, Any]:  # noqa: ARG002 - the shape of the generator
        return {"type": "string", "pattern": f"^{WALL}$", "description": 'such as "07:00"'}
