"""The JSON Schema of a file of stories, made from the form by which they are read."""

from __future__ import annotations

from services.domain.events import Json
from services.rules.stories.form import StoryFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def story_schema() -> dict[str, Json]:
    """The schema, as plain values."""
    made = StoryFile.model_json_schema(by_alias=True)
    return {"$schema": DIALECT, **made, "title": "Stories beside a rulebook, format 1"}
