"""Extraction: every text that a page can say, with the files that say it, found by Babel with two methods
of the house's own. They read the syntax tree, so that both ends of `t("a" if x else "b")` are found, and
refuse a text that is put together where it is said.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages.extract import extract_from_dir
from jinja2 import Environment, nodes

from services.console.pages import rendering

PAGES = Path(rendering.__file__).parent
SAYS_ONE = frozenset({"t", "said", "both"})
SAYS_ONE_OR_MANY = "plural"

Text = str | tuple[str, ...]
"""What is said: a text, or singular and plural."""

Found = Iterator[tuple[int, str, Text, list[str]]]


class NotAText(Exception):
    """What is said at one place is no text that stands there, so no catalogue can have it."""


def said_by_pages(folder: Path = PAGES) -> dict[Text, set[str]]:
    """Each text (or singular and plural) that templates and modules say, with the names of the files."""
    said: dict[Text, set[str]] = defaultdict(set)
    methods: Any = [("templates/**.html", of_template), ("**.py", of_module)]
    keywords = dict.fromkeys(SAYS_ONE) | {SAYS_ONE_OR_MANY: (1, 2)}
    read: list[str] = []
    found = extract_from_dir(folder, methods, keywords=keywords, callback=lambda name, *_: read.append(name))
    try:
        for name, _, text, _, _ in found:
            said[text].add(Path(name).name)
    except NotAText as fault:
        raise NotAText(f"{read[-1]}, {fault}") from None
    return dict(said)


def of_template(file: IO[bytes], *_: object, **__: object) -> Found:
    """Babel's method for templates: calls of `t`, `t.both` and `t.plural`."""
    tree = Environment(autoescape=True).parse(file.read().decode())
    own = frozenset(_bound_here(tree))
    for call in tree.find_all(nodes.Call):
        name = _name_of(call.node)
        if name in SAYS_ONE and call.args:
            for text in _texts(call.args[0], own):
                yield call.lineno, str(name), text, []
        elif name == SAYS_ONE_OR_MANY:
            one, many = (_texts(each, own) for each in call.args[:2])
            yield call.lineno, name, (*one, *many), []


def of_module(file: IO[bytes], *_: object, **__: object) -> Found:
    """Babel's method for modules: what stands in `said(…)`, `t(…)`, `….both(…)` and `….plural(…, …, n)`.

    What else is handed over there was marked by `said` where it stands.
    """
    for call in ast.walk(ast.parse(file.read())):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", None))
        if name in SAYS_ONE and call.args:
            for text in _constants([call.args[0]]):
                yield call.lineno, str(name), text, []
        elif name == SAYS_ONE_OR_MANY:
            both = list(_constants(call.args[:2]))
            if len(both) == 2:
                yield call.lineno, name, (both[0], both[1]), []


def _name_of(called: nodes.Node) -> str | None:
    if isinstance(called, nodes.Name) and called.name in SAYS_ONE:
        return called.name
    if isinstance(called, nodes.Getattr) and isinstance(called.node, nodes.Name) and called.node.name == "t":
        return called.attr if called.attr in {*SAYS_ONE, SAYS_ONE_OR_MANY} else None
    return None


def _bound_here(tree: nodes.Template) -> Iterator[str]:
    """The names to which the template itself gives texts: by arguments of macros, loops over texts, `set`."""
    for macro in tree.find_all(nodes.Macro):
        yield from (argument.name for argument in macro.args)
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.iter, nodes.Literal) or any(loop.iter.find_all(nodes.Literal)):
            yield from _targets(loop.target)
    for assignment in tree.find_all(nodes.Assign):
        yield from _targets(assignment.target)


def _targets(target: nodes.Node) -> list[str]:
    return [each.name for each in (target, *target.find_all(nodes.Name)) if isinstance(each, nodes.Name)]


def _texts(expression: nodes.Node, own: frozenset[str]) -> list[str]:
    """The texts that an expression can come to: of `"b" if a else "c"` both, of `{"k": "v"}[k]` each."""
    parts: Iterable[nodes.Node | None]
    if isinstance(expression, nodes.Const) and isinstance(expression.value, str):
        return [expression.value]
    if isinstance(expression, nodes.Name | nodes.Getattr) and getattr(expression, "name", "") not in own:
        return []  # handed over by a module, where `said` marks it
    if isinstance(expression, nodes.CondExpr):
        parts = [expression.expr1, expression.expr2]
    elif isinstance(expression, nodes.Getitem) and isinstance(expression.node, nodes.Dict):
        parts = [pair.value for pair in expression.node.items]
    else:
        raise NotAText(
            f"line {expression.lineno}: t() needs a text that stands there, or texts to choose from; "
            "a macro is handed what t() made of one"
        )
    return [text for part in parts if part is not None for text in _texts(part, own)]


def _constants(expressions: Iterable[ast.expr]) -> Iterator[str]:
    for each in expressions:
        if isinstance(each, ast.IfExp):
            yield from _constants([each.body, each.orelse])
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value
