"""Policy files: YAML texts → policies, assignments and what stands beside them, or every fault in them.

A file with any fault is refused whole; what was in force before, else the shipped one of that name, stands
in for it, so that a mistake in a text editor never leaves an alert without a policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from services.escalation.assignment_checks import Known, judge_assignments
from services.escalation.assignments import Assignments
from services.escalation.policies import Policies, Policy
from services.escalation.policy_checks import Wrong, judge, readable
from services.escalation.policy_faults import PolicyFault, fault_of, fault_of_form

SHIPPED = Path(__file__).resolve().parents[2] / "policies"
"""Where the policies lie as shipped; they are copied from here at the first start."""
ASSIGNMENTS = "assignments.yaml"
SILENCES = "silences.yaml"
FIGURES = "figures.yaml"
NO_POLICIES = frozenset({ASSIGNMENTS, SILENCES, FIGURES})
"""The files of the folder that are no policies; `silence_policy` and `figure_aims` read the last two."""

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


@lru_cache(maxsize=64)
def read_policy(text: str, file: str) -> tuple[Policy | None, tuple[PolicyFault, ...]]:
    """Read one policy file: the policy, or None and every fault. The same text is read but once."""
    tree, unreadable = _tree(text, file, "a mapping with format, policy, steps …")
    if unreadable:
        return None, unreadable
    policy, faults = _formed(Policy, tree, file)
    wrong = [*judge(readable(tree))]
    stem = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    if str(tree.get("policy", stem)) != stem:
        wrong.append(Wrong("policy", str(tree["policy"]), f"{stem}, as the file is called"))
    faults += tuple(fault_of(file, each) for each in wrong)
    return (None if faults else policy), faults


def read_assignments(
    text: str, file: str, policies: Policies, known: Known | None = None
) -> tuple[Assignments | None, tuple[PolicyFault, ...]]:
    """Read the assignments, which name ``policies``; grids and residents are held against ``known``, if that
    is given.
    """
    expected = "a mapping with format, severity, grids, residents …"
    assignments, faults = read_file(Assignments, text, file, expected)
    if assignments is not None:
        faults += tuple(fault_of(file, each) for each in judge_assignments(assignments, policies, known))
    return (None if faults else assignments), faults


def read_policies(
    texts: Mapping[str, str], before: Policies | None = None, known: Known | None = None
) -> tuple[Policies, tuple[PolicyFault, ...]]:
    """Read all policy files (file name → text). Those with faults are stood in for by what was ``before``,
    else by the shipped ones; so are assignments that nobody wrote.
    """
    own: dict[str, Policy] = {}
    faults: list[PolicyFault] = []
    for file, text in sorted(texts.items()):
        if file in NO_POLICIES:
            continue
        policy, found = read_policy(text, file)
        faults += found
        kept = policy or (before.get(file.rsplit(".", 1)[0]) if before is not None else None)
        if kept is not None:
            own[kept.policy] = kept
    policies = Policies(own, shipped_policies())
    assignments: Assignments | None = None
    if ASSIGNMENTS in texts:
        assignments, found = read_assignments(texts[ASSIGNMENTS], ASSIGNMENTS, policies, known)
        faults += found
        if assignments is None and before is not None:
            assignments = before.assignments
    return Policies(own, shipped_policies(), assignments or shipped_assignments()), tuple(faults)


@cache
def shipped_policies() -> Mapping[str, Policy]:
    """Return the policies as shipped, by name; those that cannot be read are left out."""
    policies = {}
    for name, text in shipped_texts().items():
        if name in NO_POLICIES:
            continue
        policy, _ = read_policy(text, name)
        if policy is not None:
            policies[policy.policy] = policy
    return policies


@cache
def shipped_assignments() -> Assignments:
    """Return the assignments as shipped; none if they cannot be read."""
    text = shipped_texts().get(ASSIGNMENTS, "format: 1")
    read, _ = read_assignments(text, ASSIGNMENTS, Policies({}, shipped_policies()))
    return read or Assignments(format=1)


def shipped_texts() -> Mapping[str, str]:
    """Return the policy files as shipped: file name → text."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.yaml"))}


def among(
    texts: Mapping[str, str],
    file: str,
    read: Callable[[str], tuple[T | None, tuple[PolicyFault, ...]]],
    before: T | None,
    shipped: Callable[[], T],
) -> tuple[T, tuple[PolicyFault, ...]]:
    """What a file that is no policy says, among the texts of a folder, and what is wrong in it. For a faulty
    one stands what was ``before``; without that, and where there is none, the shipped one.
    """
    if file not in texts:
        return shipped(), ()
    said, faults = read(texts[file])
    return said or before or shipped(), faults


def as_shipped(
    file: str, read: Callable[[str], tuple[T | None, tuple[PolicyFault, ...]]], last_stand: T
) -> T:
    """What such a file says as shipped; ``last_stand`` where it cannot be read."""
    try:
        text = (SHIPPED / file).read_text(encoding="utf-8")
    except OSError:
        return last_stand
    return read(text)[0] or last_stand


def read_file(form: type[M], text: str, file: str, expected: str) -> tuple[M | None, tuple[PolicyFault, ...]]:
    """Read a file of a form: what it says, or None and every fault; ``expected`` says what its keys are."""
    tree, unreadable = _tree(text, file, expected)
    return (None, unreadable) if unreadable else _formed(form, tree, file)


def _tree(text: str, file: str, expected: str) -> tuple[dict[str, Any], tuple[PolicyFault, ...]]:
    try:
        tree: Any = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        return {}, (PolicyFault(file, "", str(error).splitlines()[0][:120], "YAML 1.2"),)
    if not isinstance(tree, dict):
        return {}, (PolicyFault(file, "", type(tree).__name__, expected),)
    return tree, ()


def _formed(form: type[M], tree: dict[str, Any], file: str) -> tuple[M | None, tuple[PolicyFault, ...]]:
    read: Callable[[Any], M] = form.model_validate
    try:
        return read(tree), ()
    except ValidationError as error:
        return None, tuple(fault_of_form(form, file, dict(each)) for each in error.errors())
