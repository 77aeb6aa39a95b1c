"""Handing on: whoever is switched off loses at once what they hold or are to be told of, and the next are
told.
"""

from __future__ import annotations

from services.console.parts import Console
from services.console.sight import every
from services.domain.people import Worker
from services.domain.ports import UnitOfWork
from services.escalation.gathering import store_move
from services.escalation.holding import worker_gone


def hand_on(uow: UnitOfWork, parts: Console, worker: Worker, by: str) -> None:
    """Go through all running alerts, those of the house's own watch included."""
    running = [
        alert
        for synthetic in (False, True)
        for alert in every(
            lambda after, limit, synthetic=synthetic: uow.alerts.page_in_brief(  # type: ignore[misc]
                {"state": "running", "synthetic": synthetic}, after, limit
            )
        )
    ]
    for alert in running:
        if worker.id in alert.owner_ids or worker.id in {alert.accepted_by, alert.handover_to}:
            scene = parts.gathering.around_alert(uow, alert, parts.clock.now())
            store_move(uow, alert, worker_gone(alert, scene, worker.id, by))
