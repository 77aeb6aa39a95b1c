"""`on`: a Finding for each matching event, at the instant the event says. It keeps no state but settlings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.rules.case import Case, Outcome, Raise
from services.rules.signs import Sign


@dataclass(frozen=True, slots=True)
class OnState:
    """Nothing is remembered."""


class On:
    """The plain trigger."""

    version = 1
    state_type = OnState

    def begin(self, case: Case) -> OnState | None:
        return None

    def take(self, case: Case, state: OnState | None, sign: Sign) -> Outcome[OnState]:
        if not case.takes(sign):
            return Outcome(OnState())
        found = Raise(
            finding_id=case.finding_id(sign.occurred_at, sign.event_id),
            at=sign.occurred_at,
            raised_at=max(case.now, sign.occurred_at),
            rests_on=((sign.seq, sign.event_id),),
            device_id=sign.device_id,
        )
        return Outcome(OnState(), (found,))

    def retract(self, case: Case, state: OnState, target: Sign) -> Outcome[OnState]:
        return Outcome(state)

    def adjust(self, case: Case, state: OnState, *, went_away: bool) -> Outcome[OnState]:
        return Outcome(state)

    def due_at(self, case: Case, state: OnState) -> datetime | None:
        return None

    def meet(self, case: Case, state: OnState) -> Outcome[OnState]:
        return Outcome(state)
