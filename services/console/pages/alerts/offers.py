"""Offers: what whoever looks at an alert may do about it now, in their own name or for somebody who
telephoned, and which of it comes first.

It asks the decisions of escalation themselves, without storing what they answer: the page never offers what
would be refused, and has no rules of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from services.console.acting import Action, Deed, would_do_something
from services.console.callers import Caller
from services.domain.alerts import Alert, AlertState
from services.domain.people import Worker
from services.escalation.deadlines import may_extend_by
from services.escalation.permission import MAY_SPEAK_FOR_OTHERS, Actor
from services.escalation.policies import Relation
from services.escalation.scene import Scene

SAID_BY_TELEPHONE = (Action.ACCEPT, Action.ARRIVE, Action.CLOSE, Action.DECLINE, Action.NOTE)
"""What the desk may write down in the name of somebody who rang up."""

MORE_MINUTES = (10, 20, 30, 60, 240, 1440)
"""Lengths that a thumb can choose from, as far as the policy allows them."""
MOST_LENGTHS = 3
IN_HOURS = 240
"""Minutes from which a policy counts in hours, and so do those who run by it."""


@dataclass(frozen=True, slots=True)
class Near:
    """Somebody of the house, with what makes them likely here; None: just one of all."""

    worker: Worker
    relation: Relation | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One action: whether in one's own name, and in whose else."""

    action: Action
    mine: bool
    others: tuple[Near, ...] = ()

    @property
    def only(self) -> Near | None:
        """The one person for whom alone it can be said."""
        return self.others[0] if len(self.others) == 1 and not self.mine else None


@dataclass(frozen=True, slots=True)
class Offers:
    """All that is offered. ``first`` is the one thing that comes next here."""

    first: Action | None = None
    by_action: Mapping[Action, Offer] = field(default_factory=dict)
    takers: tuple[Near, ...] = ()
    """Who can be asked to take it over, the likely ones first."""
    minutes: tuple[int, ...] = ()
    needs_a_name: bool = False
    """Whoever looks is nobody who can have an alert: the page asks in whose name it is done."""

    def get(self, action: Action) -> Offer | None:
        return self.by_action.get(action)

    def quieter(self, action: Action) -> Offer | None:
        """An offer that is not the first one."""
        return None if action == self.first else self.get(action)


def offers_of(alert: Alert, scene: Scene, who: Caller) -> Offers:
    """What is offered to a caller about an alert as it stands."""
    if not alert.is_running:
        return Offers()
    policy = scene.policy_of(alert)
    minutes = lengths(may_extend_by(alert, scene))
    asks = _Asking(alert, scene, who, timedelta(minutes=minutes[0]))
    people = in_order(alert, scene)
    offers: dict[Action, Offer] = {}
    for action in (*SAID_BY_TELEPHONE, Action.EXTEND, Action.REAL):
        others = asks.for_others(action, people) if action in SAID_BY_TELEPHONE else ()
        offer = Offer(action, asks.mine(action), others)
        if offer.mine or offer.others:
            offers[action] = offer
    takers = tuple(each for each in people if asks.takes(each))
    if takers:
        offers[Action.HANDOVER] = Offer(Action.HANDOVER, mine=True)
    return Offers(
        first=_first(alert, offers, who, arrival_needed=policy.accepted.arrival_needed),
        by_action=offers,
        takers=takers,
        minutes=minutes if Action.EXTEND in offers else (),
        needs_a_name=who.worker is None,
    )


def lengths(most: timedelta) -> tuple[int, ...]:
    """The minutes that are offered where ``most`` are allowed now."""
    whole = int(most.total_seconds()) // 60
    fitting = [minutes for minutes in MORE_MINUTES if minutes <= whole]
    shown = fitting[-MOST_LENGTHS:] if whole >= IN_HOURS else fitting[:MOST_LENGTHS]
    return tuple(shown) or (max(whole, 1),)


def in_order(alert: Alert, scene: Scene) -> tuple[Near, ...]:
    """Everybody who is active, those around the alert first: who has it or is asked, then as the policies
    reach them.
    """
    circle = scene.circle
    by_name = sorted(circle.workers, key=lambda worker: (worker.name, worker.id))
    asked = (alert.accepted_by, alert.handover_to, *alert.owner_ids, *alert.declined_by)
    around: tuple[tuple[Relation | None, Iterable[Worker | None]], ...] = (
        (Relation.ASSIGNED, (circle.assigned,)),
        (Relation.BACKUP, (circle.backup,)),
        (Relation.NEIGHBOUR, (circle.neighbour,)),
        (Relation.TEAM_ON_DUTY, circle.team_on_duty),
        (Relation.DUTY_DESK, circle.duty_desk),
        (Relation.NEIGHBOURING_ON_DUTY, circle.neighbouring_on_duty),
        (None, (scene.worker(each) for each in asked)),
        (None, by_name),
    )
    found: dict[str, Near] = {}
    for relation, workers in around:
        for worker in workers:
            if worker is not None and worker.active:
                found.setdefault(worker.id, Near(worker, relation))
    return tuple(found.values())


def _first(
    alert: Alert, offers: Mapping[Action, Offer], who: Caller, *, arrival_needed: bool
) -> Action | None:
    """What comes next: to take it, to answer a further press, to be there, to end it; nothing for those who
    only look on.
    """
    is_holder = alert.accepted_by is not None and alert.accepted_by == who.worker_id
    is_there = alert.state is AlertState.ARRIVED and is_holder
    accept = offers.get(Action.ACCEPT)
    if accept is not None and (alert.state is AlertState.OPEN or (accept.mine and not is_there)):
        return Action.ACCEPT
    if not is_holder and who.role not in MAY_SPEAK_FOR_OTHERS:
        return None
    arrival_counts = arrival_needed or alert.state is AlertState.ARRIVED
    order = (Action.ARRIVE, Action.CLOSE) if arrival_counts else (Action.CLOSE,)
    return next((action for action in order if action in offers), None)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Asks the decisions what they would answer to whoever looks."""

    alert: Alert
    scene: Scene
    who: Caller
    by_for: timedelta

    def mine(self, action: Action) -> bool:
        return self._would(action, self._actor(None))

    def for_others(self, action: Action, people: Sequence[Near]) -> tuple[Near, ...]:
        if self.who.role not in MAY_SPEAK_FOR_OTHERS:
            return ()
        alert = self.alert
        special = {alert.accepted_by, alert.handover_to, *alert.declined_by}
        # To a decision all those are alike who neither have it nor were asked to take it nor said no.
        plain = next((each for each in people if each.worker.id not in special), None)
        would_plain = plain is not None and self._would(action, self._actor(plain.worker))
        return tuple(
            each
            for each in people
            if each.worker.id != self.who.worker_id
            and (self._would(action, self._actor(each.worker)) if each.worker.id in special else would_plain)
        )

    def takes(self, near: Near) -> bool:
        deed = Deed(Action.HANDOVER, self.alert.id, to=near.worker.id)
        return would_do_something(self.alert, self.scene, self._actor(None), deed)

    def _would(self, action: Action, actor: Actor) -> bool:
        deed = Deed(action, self.alert.id, note="–", by_for=self.by_for)
        return would_do_something(self.alert, self.scene, actor, deed)

    def _actor(self, other: Worker | None) -> Actor:
        who = self.who
        if who.worker is None:
            worker_id = other.id if other else None
            return Actor(by=worker_id or who.actor, role=who.role, worker_id=worker_id)
        return Actor(
            by=who.worker.id,
            role=who.role,
            worker_id=who.worker.id,
            on_behalf_of=other.id if other else None,
        )
