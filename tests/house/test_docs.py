"""The docs stay true: what they name is there, and what the house offers is named in them. A test fails until
the pages catch up with the code.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

import do
from services.console.rights import RIGHTS
from services.domain import wire
from services.domain.alerts import Outcome
from services.domain.kinds import DEVICE_KINDS, KINDS
from services.wiring.cli import app
from services.wiring.settings import Settings
from tests.house import tree

PAGES = tuple(path for path in tree.files() if path.suffix == ".md")
DECISIONS = tuple(path for path in PAGES if re.match(r"docs/decisions/\d{4}-", path.as_posix()))
SECTIONS = ["## Context", "## Decision", "## Consequences", "## Out of scope"]
LONGEST = 150

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^(?: {4}|\t)+(.*)$", re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"(?<![\w/.-])(?:\.venv/bin/)?(do\.py anxin|do\.py|anxin)((?: +[^\s|&;#`()]+)+)")
ROUTE = re.compile(r"(?:(GET|POST|PATCH|PUT|DELETE|-X POST) +)?\"?(?:\$ANXIN)?(/api/v1/[^\s`\"?']+)")
PATH = re.compile(r"^(?:services|devices|tests|docs|rulebooks|policies|\.ci)/[\w./-]*$")


def page(name: str) -> str:
    return tree.text(Path(name))


def code(path: Path) -> list[str]:
    """Return every piece of code on a page: each line of a block, each inline word."""
    text = tree.text(path).replace("\\\n", " ")
    blocks = [line for fence in FENCE.findall(text) for line in fence.splitlines()[1:-1]]
    return [*blocks, *INDENTED.findall(text), *INLINE.findall(text)]


def on_pages(pattern: re.Pattern[str]) -> list[Any]:
    """Return a case for each match in the code of the pages, named for page and match."""
    found = {
        (str(path), match[0].strip()): match
        for path in PAGES
        for piece in code(path)
        for match in pattern.finditer(piece)
    }
    return [pytest.param(match, id=f"{name}: {words}") for (name, words), match in sorted(found.items())]


def test_the_pages_hold_something_to_check() -> None:
    assert len(DECISIONS) >= 10
    assert len(on_pages(COMMAND)) >= 10
    assert len(on_pages(ROUTE)) >= 5


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_page_is_read_in_one_go(path: Path) -> None:
    assert len(tree.text(path).splitlines()) <= LONGEST


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    targets = [target for target in LINK.findall(tree.text(path)) if "://" not in target]
    lost = [target for target in targets if not (tree.ROOT / path.parent / target).exists()]
    assert lost == []


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_every_path_that_a_page_names_is_there(path: Path) -> None:
    named = [word.split("<")[0].split("*")[0] for word in INLINE.findall(tree.text(path))]
    assert [word for word in named if PATH.match(word) and not (tree.ROOT / word).exists()] == []


# ---------------------------------------------------------------------------- settings


READ_BY_TESTS = {"ANXIN_HISTORIES", "ANXIN_NIGHTS"}
"""What the tests read, and the service does not."""


def settings_rows() -> dict[str, str]:
    rows = re.findall(r"^\| `(ANXIN_\w+)` \| (\S+) \|", page("docs/settings.md"), re.MULTILINE)
    return dict(rows)


def shown(default: object) -> str:
    text = str(default).lower() if isinstance(default, bool) else str(default)
    return f"`{text}`" if text else "empty"


def test_every_setting_is_documented_with_its_default() -> None:
    fields = Settings.model_fields.items()
    assert settings_rows() == {f"ANXIN_{name.upper()}": shown(field.default) for name, field in fields}


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_page_names_only_settings_that_exist(path: Path) -> None:
    named = set(re.findall(r"ANXIN_[A-Z_]+", tree.text(path))) - READ_BY_TESTS
    assert named <= settings_rows().keys()


# ---------------------------------------------------------------------------- the wire


def test_every_topic_is_described() -> None:
    up = [
        topic.replace("+", "<device>") for topic in (wire.ALARM_TOPICS, wire.EVENT_TOPICS, wire.STATUS_TOPICS)
    ]
    topics = [*up, wire.receipt_topic("<device>"), wire.command_topic("<device>")]
    assert [topic for topic in topics if f"| `{topic}` |" not in page("docs/wire/README.md")] == []


def test_the_limits_of_the_wire_are_told() -> None:
    assert f"more than {wire.MAX_PAYLOAD // 1024} KiB" in page("docs/wire/README.md")
    assert f"up to {wire.MAX_EVENT_ID} characters" in page("docs/wire/README.md")


def test_every_kind_of_event_is_in_the_glossary() -> None:
    assert [kind for kind in KINDS if f"`{kind}`" not in page("docs/glossary.md")] == []


def test_what_a_device_can_say_is_told_to_who_makes_one() -> None:
    told = set(re.findall(r"^\| `([\w.]+)` \|", page("docs/wire/kinds.md"), re.MULTILINE))
    assert told == DEVICE_KINDS


@pytest.mark.parametrize("kind", sorted(DEVICE_KINDS))
def test_the_fields_of_a_kind_are_told(kind: str) -> None:
    row = next(line for line in page("docs/wire/kinds.md").splitlines() if line.startswith(f"| `{kind}` "))
    sender = row.split("|")[2]
    assert [field for field in KINDS[kind].data.model_fields if f"`{field}`" not in row] == []
    assert "all" in sender or set(re.findall(r"`(\w+)`", sender)) == KINDS[kind].sent_by


# ---------------------------------------------------------------------------- commands and routes


@pytest.mark.parametrize("match", on_pages(COMMAND))
def test_every_command_that_a_page_names_can_be_given(match: re.Match[str]) -> None:
    words = match[2].split()
    if match[1] == "do.py":
        assert words[0] in do.VERBS
        return
    command: Any = typer.main.get_command(app)
    while words and hasattr(command, "commands") and not words[0].startswith("-"):
        assert words[0] in command.commands, f"anxin has no verb {words[0]!r}"
        command = command.commands[words.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("match", on_pages(ROUTE))
def test_every_route_that_a_page_names_is_served(match: re.Match[str]) -> None:
    method = (match[1] or "").removeprefix("-X ")
    wanted = [part if "{" not in part and "…" not in part else "" for part in match[2].split("/")]
    served = [
        route
        for verb, path in RIGHTS
        if method in ("", verb)
        and len(route := path.split("/")) == len(wanted)
        and all(want in ("", part) or part.startswith("{") for want, part in zip(wanted, route, strict=True))
    ]
    assert served


def test_the_grid_worker_knows_every_outcome_a_person_may_choose() -> None:
    by_hand = set(Outcome) - {Outcome.OVER_BY_ITSELF, Outcome.TEST}
    assert [outcome for outcome in by_hand if f"`{outcome}`" not in page("docs/guides/grid-worker.md")] == []


# ---------------------------------------------------------------------------- decisions


@pytest.mark.parametrize("path", DECISIONS, ids=str)
def test_a_decision_has_its_sections(path: Path) -> None:
    lines = tree.text(path).splitlines()
    assert lines[0].startswith(f"# {path.name[:4]}: ")
    assert [line for line in lines if line.startswith("## ")] == SECTIONS


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    assert [path for path in DECISIONS if f"]({path.name})" not in page("docs/decisions/README.md")] == []
