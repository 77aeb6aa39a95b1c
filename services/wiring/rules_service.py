"""Rules as a service: the one active rules runner, or one that stands by."""

from __future__ import annotations

from services.domain.ports import Clock
from services.wiring.ground import Ground
from services.wiring.part import Part
from services.wiring.rooms import Manner, books_at_work, build_rules
from services.wiring.rulebook_desk import FolderDesk
from services.wiring.self_watch.parts import SelfWatch
from services.wiring.shipped import texts_in


def rules_service(ground: Ground, clock: Clock) -> Part:
    """One process of rules."""
    store = ground.open_store()
    folder = ground.settings.data_dir / "rulebooks"
    roles = ground.roles(store, clock)
    manner = Manner(ground.reached(), roles, in_real_time=True, desk=FolderDesk(folder))
    rules = build_rules(store, clock, texts_in(folder), ground.zone, manner)
    shelf = ground.shelf()
    observing = ground.observing(store, clock)
    observing.rules(books_at_work(rules), lambda: shelf.policies().names())
    watch = SelfWatch(ground, store, clock, observing, f"http://{ground.settings.http_bind}")
    return Part(observing, {"rules": rules}, watching=watch.watching)
