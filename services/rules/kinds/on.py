"""`on`: a Finding for each matching event, at the instant the event says. It keeps no state but settlings."""

from __future__ import annotations

from dataclasses import dataclass

from services.rules.because import Because
from services.rules.case import Case, Outcome, Raise, Unmoved
from services.rules.signs import Sign


@dataclass(frozen=True, slots=True)
class OnState:
    """Nothing is remembered."""


class On(Unmoved[OnState]):
    """The plain trigger."""

    version = 1
    state_type = OnState

    def take(self, case: Case, state: OnState | None, sign: Sign) -> Outcome[OnState]:  # noqa: ARG002 - none is kept
        if not case.takes(sign):
            return Outcome(OnState())
        found = Raise(
            finding_id=case.finding_id(sign.at, sign.event_id),
            at=sign.at,
            raised_at=max(case.now, sign.at),
            rests_on=((sign.seq, sign.event_id),),
            device_id=sign.device_id,
            figures=case.judged_by(sign),
        )
        case.note(Because.FOUND, sign.at, sign.at, f"event {sign.seq}", finding_id=found.finding_id)
        return Outcome(OnState(), (found,))
