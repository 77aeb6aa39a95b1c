"""YAML 1.2 core, strictly: only `true` and `false` are booleans, and no key stands twice.

Reads one document into plain values; whatever a reader of another YAML would guess (yes, dates, octal numbers
with a leading 0, merge keys) stays the text that it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from notation.values import Json

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}", re.ASCII)
_OCTAL = re.compile(r"0o[0-7]{1,20}", re.ASCII)
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,16}", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)", re.ASCII)
_NAN = frozenset({".nan", ".NaN", ".NAN"})
_CORE = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("null", "bool", "int", "float", "str", "seq", "map", "timestamp", "merge", "value")
)
"""The tags that a value has by itself, whether this reader makes anything of them or not."""
_MOST_CHARACTERS = 1_000_000
_MOST_KEPT = 100_000
"""Characters of a text whose nodes are kept for whoever reads it again."""
_DEEPEST = 32
_MOST_NODES = 200_000

_DEEPEST_NODE = 2 * _DEEPEST
"""Where composing breaks off: each opening bracket costs as much as there are around it. What is less deep
is complained of with its field.
"""

Complaint = Callable[[str, str, str], None]
"""Takes (field, found, expected) of something that is wrong."""


def read_yaml(
    text: str, complain: Complaint, *, meant: str = "a rulebook", lines: dict[str, int] | None = None
) -> Json:
    """The one document of a text as plain values, None after a complaint that leaves nothing to read.

    ``meant`` says what the text should be; ``lines`` is filled with the line, from 1, on which each field
    stands.
    """
    if len(text) > _MOST_CHARACTERS:
        complain("file", f"{len(text)} characters", f"at most {_MOST_CHARACTERS}")
        return None
    try:
        node = _kept(text) if len(text) <= _MOST_KEPT else _composed(text)
    except _TooDeep as error:
        complain("file", f"something too deep on line {error.line}", "a plain rulebook")
        return None
    except (YAMLError, ValueError, RecursionError) as error:
        complain("file", f"what is no YAML ({_first_line(error)})", "YAML 1.2")
        return None
    if node is None:
        complain("file", "nothing", meant)
        return None
    return _Reader(complain, lines).value(node, "", 0)


def _composed(text: str) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _ShallowComposer
    node: Node | None = yaml.compose(text)
    return node


_kept = lru_cache(maxsize=16)(_composed)
"""Composing is the dear part, the same few texts are read again and again, and nobody changes a node."""


class _TooDeep(Exception):
    """More things in one another than anybody writes."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _ShallowComposer(Composer):
    """Makes nodes of a text, but none that lie too deep."""

    _depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self._depth += 1
        try:
            if self._depth > _DEEPEST_NODE:
                raise _TooDeep(self.parser.peek_event().start_mark.line + 1)
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


class _Reader:
    """Turns nodes into values; counts them, so that a short text cannot unfold without end."""

    def __init__(self, complain: Complaint, lines: dict[str, int] | None = None) -> None:
        self._complain = complain
        self._lines = lines
        self._nodes = 0

    def value(self, node: Node, field: str, depth: int) -> Json:
        self._nodes += 1
        if depth > _DEEPEST or self._nodes > _MOST_NODES:
            if self._nodes <= _MOST_NODES + 1:
                self._complain(field or "file", "something too deep or too large", "a plain rulebook")
            return None
        if self._lines is not None:
            self._lines.setdefault(field, node.start_mark.line + 1)
        if node.tag not in _CORE:
            self._complain(field or "file", f"the tag {str(node.tag)[:60]}", "a plain value without a tag")
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, field, depth)
        if isinstance(node, SequenceNode):
            return [
                self.value(item, f"{field}[{n}]", depth + 1) for n, item in enumerate(node.value, start=1)
            ]
        return _scalar(node) if isinstance(node, ScalarNode) else None

    def _mapping(self, node: MappingNode, field: str, depth: int) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self._complain(field or "file", f"a key on line {line} that is no word", "a word as the key")
                continue
            key = str(key_node.value)
            name = f"{field}.{key}" if field else key
            if key in found:
                self._complain(name, f"the key a second time, on line {line}", "each key once")
                continue
            if self._lines is not None:
                self._lines[name] = line
            found[key] = self.value(value_node, name, depth + 1)
        return found


def _scalar(node: ScalarNode) -> Json:
    text = str(node.value)
    if node.style is not None:
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    return _number(text)


def _number(text: str) -> Json:
    if _WHOLE.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text, 0)
    if _HEXADECIMAL.fullmatch(text):
        return int(text, 0)
    if _INFINITE.fullmatch(text):
        return -math.inf if text.startswith("-") else math.inf
    if text in _NAN:
        return math.nan
    return float(text) if _DECIMAL.fullmatch(text) else text


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error) or type(error).__name__
    line = f" on line {mark.line + 1}" if mark is not None else ""
    return f"{str(problem).splitlines()[0][:200]}{line}"
