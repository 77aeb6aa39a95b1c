"""Overriding as the console does it: whose rule, whose resident, who asks, and what of it is noted.

It must never say that an override stops a press.
"""

from __future__ import annotations

from notation.faults import nearest_of
from services.console.callers import Caller
from services.console.parts import Console
from services.console.problems import Fault, Problem, not_found, unfit
from services.console.sight import Sight
from services.console.writing import note
from services.domain.instants import format_instant
from services.domain.people import Resident
from services.domain.ports import UnitOfWork
from services.rules.overrides import NotAnOverride
from services.rules.overriding import Ordered, Wish, all_orders, order, take_back
from services.rules.revising import By
from services.rules.rulebook import Rule


def rule_named(parts: Console, named: str) -> Rule:
    """The loaded rule of that id, or of ``rulebook:id`` where several have it; `Problem` 404 names the
    nearest, 409 those that are meant.
    """
    rules = [rule.rule for book in parts.rules() for rule in book.rules if rule.rule is not None]
    found = [rule for rule in rules if named in {rule.id, f"{rule.rulebook}:{rule.id}"}]
    if len(found) == 1:
        return found[0]
    if found:
        all_of_them = " or ".join(f"{rule.rulebook}:{rule.id}" for rule in found)
        raise Problem(409, "ambiguous", f"Several rulebooks have a rule {named!r}: ask for {all_of_them}.")
    nearest = nearest_of(named, [rule.id for rule in rules])
    meant = f" Did you mean {nearest!r}?" if nearest else ""
    raise Problem(404, "not_found", f"There is no rule {named!r}.{meant}", nearest=nearest)


def override(
    uow: UnitOfWork, parts: Console, who: Caller, rule: Rule, resident_id: str, wish: Wish, reason: str
) -> Ordered:
    """Store an override; `Problem` 422 names what cannot be."""
    resident = uow.residents.get(resident_id)
    if resident is None or not Sight(uow, who).resident(resident):
        raise unfit("resident_id", resident_id, "the id of a resident")
    try:
        made = order(uow, rule, resident, wish, _by(parts, who, reason), parts.new_id("evt"))
    except NotAnOverride as error:
        found = {"key": wish.key, "until": wish.until and format_instant(wish.until)}
        fault = Fault(error.field, found.get(error.field, wish.value), str(error))
        raise Problem(422, "unfit", f"{error}.", faults=[fault]) from error
    until = f" until {format_instant(wish.until)}" if wish.until else ""
    _note(
        uow, parts, who, resident, "rule.overridden", f"{rule.name} {wish.key}={wish.value}{until}: {reason}"
    )
    return made


def seen_order(uow: UnitOfWork, parts: Console, who: Caller, rule: Rule, override_id: str) -> Ordered:
    """An override of a rule, if the caller may see whom it is about; else 404."""
    event = uow.events.get(override_id)
    if event is None or event.resident_id is None or not Sight(uow, who).event(event):
        raise not_found("override")
    orders = all_orders(uow, parts.clock.now(), event.resident_id)
    for each in orders:
        if each.id == override_id and each.rule in {rule.name, rule.id}:
            return each
    raise not_found("override")


def end_override(uow: UnitOfWork, parts: Console, who: Caller, running: Ordered, reason: str) -> Ordered:
    """Take an override back; repeated, nothing happens."""
    resident = uow.residents.get(running.resident_id)
    if resident is None:
        raise not_found("override")
    ended = take_back(uow, running, resident, _by(parts, who, reason), parts.new_id("evt"))
    if running.ending is None:
        said = f"{running.rule} {running.key}: {reason}"
        _note(uow, parts, who, resident, "rule.override_taken_back", said)
    return ended


def _by(parts: Console, who: Caller, reason: str) -> By:
    return By(who.name, reason, parts.clock.now())


def _note(uow: UnitOfWork, parts: Console, who: Caller, resident: Resident, action: str, said: str) -> None:
    if not resident.synthetic:
        note(uow, parts, who, action, ("resident", resident.id), said)
