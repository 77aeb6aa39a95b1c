"""The JSON Schemas for editors: everything that ships fits them, and they refuse the keys and words that the
readers refuse, and nothing that the readers take.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from typer.testing import CliRunner

from notation.faults import StoryFaults
from notation.yaml_core import read_yaml
from services.domain.findings import Trigger
from services.escalation.policy_files import ASSIGNMENTS, FIGURES, SILENCES
from services.escalation.policy_files import SHIPPED as POLICIES
from services.escalation.policy_schema import (
    assignments_schema,
    figures_schema,
    policy_schema,
    silences_schema,
)
from services.rules.reading import keys_of, read_what_is_good
from services.rules.schemas.rulebooks import KEYS, rulebook_schema
from services.rules.schemas.stories import story_schema
from services.rules.stories.reading import read_stories
from services.wiring.cli import app
from services.wiring.story_files import SHIPPED
from tests.unit.rules.stories.told import BOOK

RULEBOOK = jsonschema_rs.validator_for(rulebook_schema())
STORY = jsonschema_rs.validator_for(story_schema())
POLICY = jsonschema_rs.validator_for(policy_schema())
BESIDE_POLICIES = {
    ASSIGNMENTS: jsonschema_rs.validator_for(assignments_schema()),
    SILENCES: jsonschema_rs.validator_for(silences_schema()),
    FIGURES: jsonschema_rs.validator_for(figures_schema()),
}


def plain(text: str) -> Any:
    return read_yaml(text, lambda *fault: pytest.fail(str(fault)))


def shipped(folder: Path, *, stories: bool) -> list[Any]:
    paths = [path for path in sorted(folder.glob("*.yaml")) if path.name.endswith(".story.yaml") is stories]
    assert paths
    return [pytest.param(path, id=path.name) for path in paths]


@pytest.mark.parametrize("path", shipped(SHIPPED, stories=False))
def test_the_shipped_rulebooks_fit_the_schema(path: Path) -> None:
    assert [each.message for each in RULEBOOK.iter_errors(plain(path.read_text("utf-8")))] == []


@pytest.mark.parametrize("path", shipped(SHIPPED, stories=True))
def test_the_shipped_stories_fit_the_schema(path: Path) -> None:
    assert [each.message for each in STORY.iter_errors(plain(path.read_text("utf-8")))] == []


@pytest.mark.parametrize("path", shipped(POLICIES, stories=False))
def test_the_shipped_policies_fit_the_schema(path: Path) -> None:
    of = BESIDE_POLICIES.get(path.name, POLICY)
    assert [each.message for each in of.iter_errors(plain(path.read_text("utf-8")))] == []


@pytest.mark.parametrize(
    "of", ["rulebook", "story", "scenario", "policy", "assignments", "silences", "figures"]
)
def test_the_command_prints_a_schema_that_is_one(of: str) -> None:
    done = CliRunner().invoke(app, ["schema", of])
    assert done.exit_code == 0
    assert jsonschema_rs.meta.is_valid(json.loads(done.output))


# ---------------------------------------------------------------- rulebooks: schema and reader agree

RULES: dict[Trigger, dict[str, Any]] = {
    Trigger.ON: {"on": "call_button.pressed", "between": "06:00-24:00"},
    Trigger.COUNT: {"on": "bed.exited", "count": 4, "within": "2h"},
    Trigger.UNLESS: {"on": "meal.ordered", "unless": "meal.collected", "until": "13:00"},
    Trigger.WHERE: {"on": "bed.vitals", "where": "event.data.heart_rate > 110", "for": "5m"},
    Trigger.MISSING: {"missing": "bed.exited", "from": "04:00", "by": "10:00", "while": "bed.entered"},
    Trigger.SILENT: {"silent": "any", "for": "2h", "per": "device", "device_types": ["bed_sensor"]},
    Trigger.DRIFT: {"drift": "night.exits", "over": "28d", "beyond": 2.5},
    Trigger.QUOTA: {"quota": "visit.completed", "at_least": 2, "per": "month", "warn": "7d"},
    Trigger.DRIFT: {"drift": "night.exits", "over": "28d", "beyond": 3},
}
MEDICINE = {
    "on": "medication.delivered",
    "unless": "medication.delivered",
    "for": {"days": "event.data.days"},
}
WORDS: list[Any] = [
    *(
        None,
        True,
        0,
        1,
        -1,
        2.5,
        "",
        "x",
        "call_button.pressed",
        "resident.enrolled",
        "any",
        "high",
        "device",
    ),
    *("month", "5m", "5", "7d", "13:00", "24:00", "22:00-06:00", "06:00-24:00", [], ["bed_sensor"], ["bed"]),
    *(
        {},
        {"en": "words"},
        {"fr": "mots"},
        {"days": "event.data.days"},
        {"days": "1"},
        "bed.entered",
        "floor",
    ),
]


OF_A_WORD = ("one of", "a kind of event", "a list of")
"""How the reader begins to say that a word is none it knows; what it says of keys held together is other."""


def book(rule: dict[str, Any]) -> dict[str, Any]:
    return {"format": 1, "rulebook": "test", "rules": [{"id": "rule", **rule}]}


def fits(given: Any) -> bool:
    return RULEBOOK.is_valid(given)


def is_read(given: Any) -> bool:
    read, faults = read_what_is_good(json.dumps(given), "test.yaml")
    return read is not None and not faults


@pytest.mark.parametrize("rule", [*RULES.values(), MEDICINE], ids=" ".join)
def test_a_rule_of_each_trigger_fits_and_is_read(rule: dict[str, Any]) -> None:
    assert fits(book(rule))
    assert is_read(book(rule))


@pytest.mark.parametrize("trigger", RULES)
def test_a_key_that_the_reader_does_not_know_beside_a_trigger_does_not_fit(trigger: Trigger) -> None:
    others = frozenset().union(*(keys_of(each) for each in Trigger)) - keys_of(trigger)
    mixed = {"count", "within", "unless", "for", "until", "where"}  # these make another trigger of an `on`
    for key in sorted((others | {"onn", "thresold"}) - (mixed if "on" in RULES[trigger] else set())):
        given = book({**RULES[trigger], key: "5m"})
        assert not fits(given), key
        assert not is_read(given), key


def test_the_schema_knows_every_key_that_the_reader_knows_and_no_other() -> None:
    assert set(KEYS) == frozenset().union(*(keys_of(each) for each in Trigger))


@pytest.mark.parametrize("trigger", RULES)
def test_the_schema_is_never_stricter_than_the_reader(trigger: Trigger) -> None:
    for key in sorted(keys_of(trigger)):
        for word in WORDS:
            given = book({**RULES[trigger], key: word})
            assert fits(given) or not is_read(given), (key, word)


@pytest.mark.parametrize("trigger", RULES)
@pytest.mark.parametrize(
    "key", ["on", "missing", "silent", "quota", "drift", "unless", "while", "severity", "per", "device_types"]
)
def test_a_word_that_the_reader_does_not_know_does_not_fit(trigger: Trigger, key: str) -> None:
    if key not in keys_of(trigger):
        return
    for word in WORDS:
        given = book({**RULES[trigger], key: word})
        if fits(given):
            _, faults = read_what_is_good(json.dumps(given), "test.yaml")
            words = {fault.field for fault in faults if fault.expected.startswith(OF_A_WORD)}
            assert key not in words, (key, word)


@pytest.mark.parametrize(
    "given",
    [
        {"format": 2, "rulebook": "test", "rules": []},
        {"format": 1, "rulebook": "te st", "rules": []},
        {"format": 1, "rulebook": "test", "rulez": []},
        {"format": 1, "rulebook": "test", "rules": [{"id": "x"}]},
        book({"on": "bed.exited", "quota": "visit.completed", "per": "month", "at_least": 1}),
        book({"on": "bed.exited", "for": "5m"}),
        book({"on": "bed.exited", "unless": "bed.entered"}),
        book({"on": "bed.exited", "unless": "bed.entered", "for": "5m", "until": "10:00"}),
        book({"on": "bed.exited", "count": 2}),
        book({"quota": "visit.completed", "at_least": 1, "per": "device"}),
    ],
    ids=str,
)
def test_what_is_no_rulebook_neither_fits_nor_is_read(given: Any) -> None:
    assert not fits(given)
    assert not is_read(given)


# ---------------------------------------------------------------- stories: one source

STORY_OF = {
    "story": "One night.",
    "timeline": [{"at": "22:00", "event": "bed.entered"}],
    "must_not": ["call"],
}


def changed(**more: Any) -> dict[str, Any]:
    return {"format": 1, "stories": [{**STORY_OF, **more}]}


@pytest.mark.parametrize(
    "given",
    [
        changed(),
        changed(cast={"deji": None}),
        changed(cast={"deji": {"devices": {"mat": "bed_sensor"}}}),
        changed(cast={"deji": {"devices": {"mat": {"type": "bed_sensor", "place": "hall"}}}}),
        changed(must_not=[{"rule": "call", "from": "22:00", "until": "23:00"}]),
        changed(
            expect=[{"rule": "not-up", "at": "+1 day 10:00", "state": "holds", "late": "0s"}], must_not=[]
        ),
    ],
    ids=str,
)
def test_what_is_read_as_stories_fits(given: Any) -> None:
    assert read_stories(json.dumps(given), "beds.story.yaml", BOOK).stories
    assert [each.message for each in STORY.iter_errors(given)] == []


@pytest.mark.parametrize(
    "given",
    [
        {"format": 2, "stories": [STORY_OF]},
        {"format": 1, "stories": []},
        {"format": 1, "stories": [STORY_OF], "casts": {}},
        changed(storry="x"),
        changed(timeline=[]),
        changed(timeline=[{"at": "22:00"}]),
        changed(timeline=[{"at": "2:00", "event": "bed.entered"}]),
        changed(timeline=[{"at": "22:00", "event": "bed.entred"}]),
        changed(timeline=[{"at": "22:00", "event": "bed.entered", "retract": "x"}]),
        changed(timeline=[{"at": "22:00", "event": "bed.entered", "every": "5m"}]),
        changed(timeline=[{"at": "22:00", "override": "call"}]),
        changed(cast={"deji": {"devices": {"mat": "bed"}}}),
        changed(cast={"deji": {"tagz": []}}),
        changed(must_not=[7]),
        changed(expect=[{"rule": "call", "at": "22:00", "state": "held"}]),
        changed(expect=[{"rule": "call", "at": "22:00", "late": "soon"}]),
        changed(nothing_else="yes"),
    ],
    ids=str,
)
def test_what_is_refused_as_stories_for_its_form_does_not_fit(given: Any) -> None:
    with pytest.raises(StoryFaults):
        read_stories(json.dumps(given), "beds.story.yaml", BOOK)
    assert not STORY.is_valid(given)
