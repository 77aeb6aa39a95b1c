"""`anxin schema`: the JSON Schema of what people write, for editors.

It needs no service, no database and no data folder, and is made from what reads the files.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer


class Written(StrEnum):
    """What people write."""

    RULEBOOK = "rulebook"
    STORY = "story"
    SCENARIO = "scenario"
    POLICY = "policy"
    ASSIGNMENTS = "assignments"
    SILENCES = "silences"
    FIGURES = "figures"


def schema(
    of: Annotated[Written, typer.Argument(metavar="|".join(Written), help="Of which files.")],
) -> None:
    """Print the JSON Schema of one of them, so that an editor completes what people write."""
    from devices.simulator.schema import scenario_schema
    from services.escalation.policy_schema import (
        assignments_schema,
        figures_schema,
        policy_schema,
        silences_schema,
    )
    from services.rules.schemas.rulebooks import rulebook_schema
    from services.rules.schemas.stories import story_schema

    made = {
        Written.RULEBOOK: rulebook_schema,
        Written.STORY: story_schema,
        Written.SCENARIO: scenario_schema,
        Written.POLICY: policy_schema,
        Written.ASSIGNMENTS: assignments_schema,
        Written.SILENCES: silences_schema,
        Written.FIGURES: figures_schema,
    }
    typer.echo(json.dumps(made[of](), ensure_ascii=False, indent=2))
