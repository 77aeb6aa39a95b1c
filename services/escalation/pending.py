"""Pending: who of all that the running step told may still come.

Where nobody may, the next are told at once instead of when the step's wait is over; that follows elsewhere.
"""

from __future__ import annotations

from services.domain.alerts import Alert
from services.domain.notices import Notice
from services.escalation.scene import Scene
from services.escalation.steps import by_step, has_failed, running_step
from services.escalation.telling import key_of


def nobody_is_pending(alert: Alert, scene: Scene) -> bool:
    """Tell whether of all whom the running step told none may still come: every channel of theirs has failed,
    they declined, or they work here no longer.
    """
    at = running_step(alert, scene)
    of_step = [
        notice
        for notice in scene.notices
        if (notice.run, notice.step, notice.round) == (alert.run, *at) and by_step(notice)
    ]
    return bool(of_step) and not any(_is_pending(notice, alert, scene) for notice in of_step)


def _is_pending(notice: Notice, alert: Alert, scene: Scene) -> bool:
    if has_failed(notice) or key_of(notice) in alert.declined_by:
        return False
    worker = scene.worker(notice.worker_id)
    return notice.worker_id is None or (worker is not None and worker.active)
