"""At once: a press's Finding, Alert, Notices and first Attempts, in the transaction that stores the press.

One commit then lies between the button and the first send, in place of four; and telemetry is taken in by the
rules with the commit that stores it. It decides nothing: it lets the loops do what they would do by
themselves a moment later, and whatever fails here they still do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.domain.ports import UnitOfWork
from services.notify.delivery import DeliveryLoop
from services.notify.run import AlertLoop
from services.rules.run import RulesLoop


@dataclass(frozen=True, slots=True)
class AtOnce:
    """For loops that work in one thread, or in turn; none of them may be at work when this is called."""

    rules: RulesLoop
    alerts: AlertLoop
    delivery: DeliveryLoop
    until: datetime | None = None
    """Up to when the deadlines of rules are met with it; None: the rules meet them by themselves."""

    def __call__(self, uow: UnitOfWork) -> Callable[[], None]:
        """Write what follows from new events, for presses the whole way; answers the sends."""
        if not self.rules.take_alarms_in(uow):
            return self.rules.take_rest_in(uow, self.until)
        self.alerts.take_findings_in(uow)
        return self.delivery.start_due_in(uow)
