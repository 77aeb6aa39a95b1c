"""Overrides: another value of one key of a rule for one resident, with author, reason and, if it has one, its
end.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from services.console.api.fields import SAYS_SOMETHING, Id, Instant, PathId, Shape, Word, changes_of, unset
from services.console.api.lists import IdFilter, Listed, Part
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.overriding import end_override, override, rule_named, seen_order
from services.console.problems import Problem, documented
from services.console.sight import Sight
from services.console.writing import write
from services.rules.overriding import Ending, Ordered, Wish, all_orders, remark_on
from services.rules.rulebook import Rule

router = APIRouter(prefix="/api/v1/rules/{rule_id}/overrides", tags=["rules"], route_class=GuardedRoute)

RuleId = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9_.:\-]{1,130}$",
        description="The id of a rule, or `rulebook:id` where several rulebooks have it.",
    ),
]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=SAYS_SOMETHING)]
Value = Annotated[
    bool | int | str,
    Field(description="As the key has it in a rulebook: `11:30`, `40m`, `3`, `7d`, false."),
]


class OverrideState(StrEnum):
    """Whether an override holds."""

    IN_FORCE = "in_force"
    ENDED = "ended"


class NewOverride(Shape):
    """One of `by`, `from`, `for`, `count`, `within`, `at_least`, `warn`, `enabled`, for one resident. Another
    value of the same key takes the place of the one before.
    """

    resident_id: Id
    key: Word
    value: Value
    reason: Reason
    until: Instant | None = None


class ChangedOverride(Shape):
    """What is another now; an `until` of null takes the end away."""

    reason: Reason
    value: Value | SkipJsonSchema[None] = unset()
    until: Instant | None = unset()


class OverrideEnd(Shape):
    """Why it is taken back."""

    reason: Reason


class OverrideShape(Shape):
    """An override. It holds from `since` on, up to and without `until`; `ending` says how it ended."""

    id: str
    number: int
    rulebook: str
    rule: str
    resident_id: str
    key: str
    value: Any
    author: str | None
    reason: str
    since: Instant
    until: Instant | None
    state: OverrideState
    ended_at: Instant | None
    ended_by: str | None
    ended_reason: str | None
    ending: Ending | None
    remark: str | None = Field(description="What it does not do, where one might think so.")


def _shape_of(rule: Rule, order: Ordered) -> OverrideShape:
    names = OverrideShape.model_fields.keys() - {"rulebook", "rule", "state", "remark"}
    return OverrideShape(
        **{name: getattr(order, name) for name in names},
        rulebook=rule.rulebook,
        rule=rule.id,
        state=OverrideState.IN_FORCE if order.ending is None else OverrideState.ENDED,
        remark=remark_on(rule, order.key, order.value),
    )


@router.get("")
def list_overrides(
    parts: Parts,
    who: Who,
    part: Part,
    rule_id: RuleId,
    resident_id: IdFilter = None,
    state: Annotated[OverrideState | SkipJsonSchema[None], Query()] = None,
) -> Listed[OverrideShape]:
    """Those in force and those that are over, in the order in which they were ordered."""
    rule = rule_named(parts, rule_id)
    with parts.store.reading() as uow:
        sight = Sight(uow, who)
        shapes = [
            _shape_of(rule, each)
            for each in all_orders(uow, parts.clock.now(), resident_id)
            if each.number > part.after
            and each.rule in {rule.name, rule.id}
            and (resident := uow.residents.get(each.resident_id)) is not None
            and sight.resident(resident)
        ]
    shapes = [each for each in shapes if state in {None, each.state}]
    shown = shapes[: part.limit]
    return Listed(items=shown, next=shown[-1].number if len(shapes) > len(shown) else None)


@router.post("", status_code=201, responses=documented(409))
def add_override(parts: Parts, who: Who, rule_id: RuleId, body: NewOverride) -> OverrideShape:
    rule = rule_named(parts, rule_id)
    wish = Wish(body.key, body.value, body.until)
    return write(
        parts,
        lambda uow: _shape_of(rule, override(uow, parts, who, rule, body.resident_id, wish, body.reason)),
    )


@router.patch("/{override_id}", responses=documented(409))
def change_override(
    parts: Parts, who: Who, rule_id: RuleId, override_id: PathId, body: ChangedOverride
) -> OverrideShape:
    """Another value or end of an override in force. It is a new one, which takes the place of this one."""
    rule = rule_named(parts, rule_id)

    def work(uow: Any) -> OverrideShape:
        before = seen_order(uow, parts, who, rule, override_id)
        if before.ending is not None:
            raise Problem(409, "already_ended", "It has ended; make a new one.")
        said = changes_of(body)
        value = said.get("value")
        wish = Wish(before.key, before.value if value is None else value, said.get("until", before.until))
        return _shape_of(rule, override(uow, parts, who, rule, before.resident_id, wish, body.reason))

    return write(parts, work)


@router.post("/{override_id}/end", responses=documented(409))
def take_override_back(
    parts: Parts, who: Who, rule_id: RuleId, override_id: PathId, body: OverrideEnd
) -> OverrideShape:
    """End it now. Repeated, nothing happens."""
    rule = rule_named(parts, rule_id)

    def work(uow: Any) -> OverrideShape:
        running = seen_order(uow, parts, who, rule, override_id)
        return _shape_of(rule, end_override(uow, parts, who, running, body.reason))

    return write(parts, work)
