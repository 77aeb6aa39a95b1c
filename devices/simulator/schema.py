"""The JSON Schema of a scenario file, made from the form by which it is read."""

from __future__ import annotations

from devices.simulator.form import ScenarioFile
from notation.values import Json

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def scenario_schema() -> dict[str, Json]:
    """The schema, as plain values. What may stand in the file is more than it says: never less."""
    made = ScenarioFile.model_json_schema(by_alias=True)
    made["anyOf"] = [
        {"required": [key], "properties": {key: {"minItems": 1}}} for key in ("expect", "must_not")
    ]
    return {"$schema": DIALECT, **made, "title": "A scenario"}
