"""Policy files: YAML texts → policies, or every fault in them.

A file with any fault is refused whole, and the shipped policy of that name stands in for it, so that a
mistake in a text editor never leaves an alert without a policy.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from services.escalation.policies import Policies, Policy

SHIPPED = Path(__file__).resolve().parents[2] / "policies"
"""Where the policies lie as shipped; they are copied from here at the first start."""


SILENCES = "silences.yaml"
"""A file of the folder that is no policy: `silence_policy` reads it."""


@dataclass(frozen=True, slots=True)
class PolicyFault:
    """One thing that is wrong in a policy file."""

    file: str
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {self.field}: found {self.found}, expected {self.expected}"


def read_policy(text: str, file: str) -> tuple[Policy | None, tuple[PolicyFault, ...]]:
    """Read one policy file: the policy, or None and every fault."""
    try:
        tree: Any = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        return None, (PolicyFault(file, "", str(error).splitlines()[0][:120], "YAML 1.2"),)
    if not isinstance(tree, dict):
        return None, (PolicyFault(file, "", type(tree).__name__, "a mapping with format, policy, steps …"),)
    try:
        policy = Policy.model_validate(tree)
    except ValidationError as error:
        return None, tuple(_fault(file, dict(each)) for each in error.errors())
    stem = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    if policy.policy != stem:
        return None, (PolicyFault(file, "policy", policy.policy, f"{stem}, as the file is called"),)
    return policy, ()


def read_policies(texts: Mapping[str, str]) -> tuple[Policies, tuple[PolicyFault, ...]]:
    """Read all policy files (file name → text); those with faults are stood in for by the shipped ones."""
    own: dict[str, Policy] = {}
    faults: list[PolicyFault] = []
    for file, text in sorted(texts.items()):
        if file == SILENCES:
            continue
        policy, found = read_policy(text, file)
        faults += found
        if policy is not None:
            own[policy.policy] = policy
    return Policies(own, shipped_policies()), tuple(faults)


@cache
def shipped_policies() -> Mapping[str, Policy]:
    """Return the policies as shipped, by name; those that cannot be read are left out."""
    policies = {}
    for name, text in shipped_texts().items():
        if name == SILENCES:
            continue
        policy, _ = read_policy(text, name)
        if policy is not None:
            policies[policy.policy] = policy
    return policies


def shipped_texts() -> Mapping[str, str]:
    """Return the policy files as shipped: file name → text."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.yaml"))}


def _fault(file: str, error: dict[str, Any]) -> PolicyFault:
    field = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing":
        return PolicyFault(file, field, "nothing", "a value")
    if error["type"] == "extra_forbidden":
        return PolicyFault(file, field, "an unknown key", _nearest(field.rsplit(".", 1)[-1]))
    expected = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    return PolicyFault(file, field, repr(error["input"])[:80], expected)


_KEYS = (
    *("format", "policy", "title", "steps", "quiet", "accepted", "arrived", "pressed_again", "channel_wait"),
    *("extend_at_most", "after", "at", "tell", "device_faults", "every", "times", "widen", "after_rounds"),
    *("remind_after", "again_after", "arrival_needed", "from", "until"),
    *("looks", "ahead"),
    *("answer_within", "arrived_counts_for", "tell_at_most_every"),
)


def _nearest(key: str) -> str:
    near = difflib.get_close_matches(key, _KEYS, n=1)
    return f"perhaps {near[0]}" if near else "no such key here"
