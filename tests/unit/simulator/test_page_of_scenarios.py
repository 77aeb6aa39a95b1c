"""The page about scenarios says what is so: its example is read and fits the schema, its tables too."""

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest

from devices.simulator import form
from devices.simulator.reading import read_scenario
from devices.simulator.schema import scenario_schema
from notation.sentences import read_sentence
from notation.yaml_core import read_yaml
from tests.house import tree
from tests.unit.simulator.stories import content

PAGE = tree.text(Path("docs/scenarios.md"))
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SCHEMA = jsonschema_rs.validator_for(scenario_schema())


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_is_read_and_fits_the_schema(text: str) -> None:
    assert read_scenario(text, "page").wishes
    SCHEMA.validate(read_yaml(text, lambda *fault: pytest.fail(str(fault))))


@pytest.mark.parametrize("sentence", re.findall(r"`((?:from )?\d\d:\d\d [^`]+)`", PAGE))
def test_every_sentence_can_be_written(sentence: str) -> None:
    assert read_sentence(sentence).words


@pytest.mark.parametrize("wish", re.findall(r"^\| `(\{[^`]+\})` \|", PAGE, re.MULTILINE))
def test_every_expectation_of_the_table_can_be_written(wish: str) -> None:
    given = read_yaml(wish, lambda *fault: pytest.fail(str(fault)))
    assert read_scenario(json.dumps(content(expect=[given])), "page").wishes


def test_the_page_names_every_key() -> None:
    forms = (
        form.ScenarioFile,
        form.Resident,
        form.Home,
        form.Worker,
        form.ToldExpected,
        form.FindingExpected,
    )
    keys = {info.alias or name for each in forms for name, info in each.model_fields.items()}
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", PAGE)] == []
