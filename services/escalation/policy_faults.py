"""Policy faults: one thing that is wrong in a file, in words that let somebody mend it: file, step, field,
what stands there, what should, and the nearest right word.

Decides nothing about policies; what is wrong is found by the checks and by pydantic.
"""

from __future__ import annotations

import difflib
import typing
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from services.escalation.policy_checks import Wrong

ALIKE = 0.5
"""From which likeness on a word is offered: names of two signs differ in one."""
LONGEST = 80
"""Characters of what was found that are said back."""


@dataclass(frozen=True, slots=True)
class PolicyFault:
    """One thing that is wrong in a policy file; ``step`` counts from 1, as people do."""

    file: str
    field: str
    found: str
    expected: str
    nearest: str | None = None

    @property
    def step(self) -> int | None:
        """The step it is in, counted from 1; None where it is in none."""
        parts = self.field.split(".")
        is_in_one = len(parts) > 1 and parts[0] == "steps" and parts[1].isdigit()
        return int(parts[1]) + 1 if is_in_one else None

    def __str__(self) -> str:
        where = f"{self.field} (step {self.step})" if self.step is not None else self.field
        nearest = f"; perhaps {self.nearest}" if self.nearest else ""
        return f"{self.file}: {where}: found {self.found}, expected {self.expected}{nearest}"


def fault_of(file: str, wrong: Wrong) -> PolicyFault:
    """What a check has found."""
    return PolicyFault(file, wrong.field, wrong.found, wrong.expected, wrong.nearest)


def fault_of_form(form: type[BaseModel], file: str, error: dict[str, Any]) -> PolicyFault:
    """What pydantic has found, in the words of this house."""
    place = [part for part in error["loc"] if not _is_of_a_union(part)]
    field = ".".join(str(part) for part in place)
    if error["type"] == "missing":
        return PolicyFault(file, field, "nothing", "a value")
    if error["type"] == "extra_forbidden":
        keys = keys_at(form, place[:-1])
        return PolicyFault(
            file, field, "an unknown key", f"one of {', '.join(keys)}", nearest(str(place[-1]), keys)
        )
    expected = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    words = _words(error)
    return PolicyFault(
        file, field, repr(error["input"])[:LONGEST], expected, nearest(str(error["input"]), words)
    )


def nearest(word: str, known: Collection[str]) -> str | None:
    """The right word that is most like a wrong one; None where none is."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=ALIKE)
    return near[0] if near else None


def keys_at(form: type[BaseModel], place: Iterable[object]) -> list[str]:
    """The keys that a file may have at a place."""
    for part in place:
        if isinstance(part, int):
            continue
        inner = next((f for name, f in form.model_fields.items() if part in (name, f.alias)), None)
        found = next(iter(_forms(inner.annotation)), None) if inner is not None else None
        if found is None:
            return []
        form = found
    return [each.alias or name for name, each in form.model_fields.items()]


def _forms(annotation: Any) -> list[type[BaseModel]]:
    """The models in an annotation, e.g. the one of ``tuple[Step, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [each for inner in typing.get_args(annotation) for each in _forms(inner)]


def _words(error: dict[str, Any]) -> list[str]:
    """The words that could stand there, as pydantic names them."""
    said = str(error.get("ctx", {}).get("expected", ""))
    return [word.strip(" '") for word in said.replace(" or ", ",").split(",") if word.strip(" '")]


def _is_of_a_union(part: object) -> bool:
    """Pydantic names which member of a union it tried; nobody wrote that."""
    return isinstance(part, str) and (part.startswith(("enum", "literal", "lax-or-strict")) or "[" in part)
