"""The JSON Schemas of an escalation policy and of the assignments, made from the models that read them.

They say what an editor can know; whether the steps can run out of time or of people stays with the reader.
"""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from services.domain.instants import SPAN
from services.escalation.assignments import Assignments
from services.escalation.policies import Policy


def policy_schema() -> dict[str, Any]:
    """The schema, as plain values."""
    made = Policy.model_json_schema(by_alias=True, schema_generator=_Written)
    return {"$schema": GenerateJsonSchema.schema_dialect, **made, "title": "Escalation policy, format 1"}


def assignments_schema() -> dict[str, Any]:
    """The same of the assignments."""
    made = Assignments.model_json_schema(by_alias=True, schema_generator=_Written)
    return {"$schema": GenerateJsonSchema.schema_dialect, **made, "title": "Assignment of policies, format 1"}


class _Written(GenerateJsonSchema):
    """Spans and wall times as people write them."""

    def timedelta_schema(self, schema: Any) -> dict[str, Any]:  # noqa: ARG002 - the shape of the generator
        return {"type": "string", "pattern": f"^{SPAN}$", "description": "such as 90s, 20m or 2h"}

    def time_schema(self, schema: Any) -> dict[str, Any]:  # noqa: ARG002 - the shape of the generator
        return {
            "type": "string",
            "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
            "description": 'such as "07:00"',
        }
