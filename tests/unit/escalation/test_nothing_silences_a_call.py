"""Whatever is silenced, for how long and by how many: a call for help reaches whom it would reach anyway."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from services.domain.notices import NoticeState
from services.domain.silences import Silence
from tests.unit.escalation.cast import NIGHT, OUT_OF_BED
from tests.unit.escalation.silenced import MINUTE, Silenced, silence

SPAN = st.tuples(st.integers(0, 180), st.integers(1, 180))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("press"), st.sampled_from(["call-button", "fall", "smoke", "gas"])),
        st.tuples(st.just("find"), st.sampled_from(["out-of-bed", "leak"])),
        st.tuples(st.just("wait"), st.sampled_from([1, 2, 5, 10, 45])),
        st.tuples(st.just("accept"), st.sampled_from(["pema", "tashi", "desk"])),
    ),
    max_size=12,
)


class Home:
    """All matters of one home, each with its alert."""

    def __init__(self, silences: tuple[Silence, ...]) -> None:
        self.silences = silences
        self.cases: dict[str, Silenced] = {}
        self.now = NIGHT

    def case(self, kind: str) -> Silenced:
        if kind not in self.cases:
            self.cases[kind] = Silenced(now=self.now)
        case = self.cases[kind]
        case.silences = self.silences
        return case

    def does(self, step: str, what: Any) -> None:
        if step == "wait":
            self.now += what * MINUTE
            for case in self.cases.values():
                case.after(minutes=what)
                case.silences = self.silences
        elif step == "press":
            self.case(what).press(alert_kind=what)
        elif step == "find":
            self.case(what).find(**{**OUT_OF_BED, "alert_kind": what, "rule": what})
        elif step == "accept":
            for case in self.cases.values():
                if case.alert and case.running.accepted_by is None:
                    case.accept(what)

    def called_for_help(self) -> list[tuple[object, ...]]:
        """Everything that anybody was, or was not, told about a call for help, and when."""
        return [
            (kind, each.created_at, each.worker_id, each.kind, each.state, each.reason, each.step, each.run)
            for kind, case in self.cases.items()
            if kind in {"call-button", "fall", "smoke", "gas"}
            for each in case.notices
        ]


@settings(max_examples=60, deadline=None)
@given(spans=st.lists(SPAN, min_size=1, max_size=4), of_device=st.booleans(), steps=STEPS)
def test_every_call_for_help_reaches_exactly_those_whom_it_would_reach_without_any_silence(
    spans: list[tuple[int, int]], of_device: bool, steps: list[tuple[str, Any]]
) -> None:
    silences = tuple(
        silence(
            NIGHT + begins * MINUTE,
            id=f"sil_{number}",
            until=NIGHT + (begins + lasts) * MINUTE,
            **({"subject": "device:button", "device_id": "button"} if of_device else {}),
        )
        for number, (begins, lasts) in enumerate(spans)
    )
    loud, hushed = Home(()), Home(silences)
    for step, what in steps:
        loud.does(step, what)
        hushed.does(step, what)
    assert hushed.called_for_help() == loud.called_for_help()
    for case in hushed.cases.values():
        if case.running.is_running:
            assert case.running.next_due_at is not None, "no running alert is without a next deadline"
            assert case.running.owner_ids, "nor without an owner"


@settings(max_examples=60, deadline=None)
@given(
    begins=st.integers(0, 20),
    lasts=st.integers(1, 60),
    waits=st.lists(st.sampled_from([1, 2, 3, 7]), min_size=1, max_size=5),
)
def test_a_call_for_help_in_the_very_matter_that_is_silenced_reaches_them_no_later(
    begins: int, lasts: int, waits: list[int]
) -> None:
    first = {**OUT_OF_BED, "alert_kind": "call-button"}
    loud, hushed = Silenced(now=NIGHT), Silenced(now=NIGHT)
    hushed.silences = (silence(NIGHT + begins * MINUTE, until=NIGHT + (begins + lasts) * MINUTE),)
    for case in (loud, hushed):
        case.find(**first)
        for wait in waits:
            case.after(minutes=wait)
        case.press()
    assert called_at_the_press(hushed) == called_at_the_press(loud)


def called_at_the_press(case: Silenced) -> set[str | None]:
    """Who hears of the call for help at once."""
    return {
        each.worker_id
        for each in case.notices
        if each.created_at == case.now and each.state is not NoticeState.NOT_SENT
    }
