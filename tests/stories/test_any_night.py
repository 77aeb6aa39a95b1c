"""Any night: people press, answer whenever they like or never, telephones are off, the roster has holes,
homes are silenced, people fall ill or leave for good, and the house goes down and comes up between all of it.

Whatever happens in whatever order, a running alert has an owner and a deadline that is not past, nobody is
called twice for one round of a step, whoever is not told has a reason, and a press is never without effect.
Told straight through and told with a restart before each sentence, the night leaves the same chronicle.
`ANXIN_NIGHTS=300 python3 do.py test tests/stories/test_any_night.py --timeout=0` tries as many nights.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from services.domain.notices import Notice, NoticeKind, NoticeReason, NoticeState
from tests.stories.outside import CAST
from tests.stories.stage import Stage

NIGHTS = int(os.environ.get("ANXIN_NIGHTS", "3"))

WHO = st.sampled_from([*CAST])
SPAN = st.sampled_from(["1s", "29s", "2m", "5m", "11m", "21m", "47m", "130m"])
"""The last is past all that a holder is held to; a step that nobody answers comes again every 5 min."""
ACTION = st.sampled_from(["accept", "arrive", "decline", "close"])
_OUTCOME = {"close": {"outcome": "helped"}}
_NO_REASON = frozenset({NoticeReason.STEP, NoticeReason.JOINED, NoticeReason.REMINDER, NoticeReason.HANDOVER})

Sentence = Callable[[Stage], None]


def each_of(does: Callable[[str], None]) -> None:
    """The same of everybody, as when the network of a valley is down or there again."""
    for who in CAST:
        does(who)


SENTENCES: st.SearchStrategy[Sentence] = st.one_of(
    st.just(lambda stage: stage.press()),
    st.just(lambda stage: stage.press()),
    st.builds(lambda span: lambda stage: stage.after(span), SPAN),
    st.builds(lambda span: lambda stage: stage.after(span), SPAN),
    st.builds(
        lambda who, action: lambda stage: stage.tries(who, action, _OUTCOME.get(action, {})), WHO, ACTION
    ),
    st.builds(lambda who, to: lambda stage: stage.tries(who, "handover", {"to": to}), WHO, WHO),
    st.builds(lambda who: lambda stage: stage.tries(who, "extend", {"minutes": 10}), WHO),
    st.builds(lambda who: lambda stage: stage.refuses(who), WHO),
    st.builds(lambda who: lambda stage: stage.answers_again(who), WHO),
    st.just(lambda stage: each_of(stage.refuses)),
    st.just(lambda stage: each_of(stage.answers_again)),
    st.builds(lambda who: lambda stage: stage.leaves(who), WHO),
    st.just(lambda stage: stage.sits("desk", "2025-07-23 02:30", "2025-07-23 03:00")),
    st.builds(lambda who: lambda stage: stage.tries_roster(who), WHO),
    st.builds(lambda who, span: lambda stage: stage.tries_leave(who, span), WHO, SPAN),
    st.builds(lambda span: lambda stage: stage.tries_silence(span), SPAN),
    st.just(lambda stage: stage.lifts_all()),
    st.just(lambda stage: stage.leaves_bed()),
    st.just(lambda stage: stage.enters_bed()),
)


@settings(max_examples=NIGHTS, deadline=None)
@given(night=st.lists(SENTENCES, min_size=4, max_size=14))
def test_whatever_happens_in_a_night_nobody_is_left_unanswered(night: list[Sentence]) -> None:
    chronicles = []
    with TemporaryDirectory() as folder:
        for name, rebuilt in (("straight", False), ("rebuilt", True)):
            stage = Stage(Path(folder) / name, "2025-07-23 02:00", None, rebuilt=rebuilt)
            try:
                stage.press()
                for sentence in night:
                    before = len(stage.notices())
                    pressed = len(stage.events())
                    sentence(stage)
                    holds(stage, stage.notices()[before:], has_pressed=is_press(stage.events()[pressed:]))
                stage.after("50m")
                holds(stage, [], has_pressed=False)
                chronicles.append(stage.chronicle())
            finally:
                stage.close()
    assert chronicles[0] == chronicles[1]


def is_press(events: list[dict[str, Any]]) -> bool:
    return any(event["kind"] == "call_button.pressed" for event in events)


def holds(stage: Stage, fresh: list[Notice], *, has_pressed: bool) -> None:
    """The promises, as things stand after a sentence."""
    gone = stage.gone()
    for alert in stage.alerts():
        if alert["state"] != "closed":
            assert set(alert["owner_ids"]) - gone, alert
            assert alert["next_due_at"] is not None, alert
            assert alert["next_due_at"] > stage.instant(), alert
    called = [
        (each.alert_id, each.run, each.step, each.round, each.worker_id or each.contact)
        for each in stage.notices()
        if each.kind is NoticeKind.ALERT
        and each.state is not NoticeState.NOT_SENT
        and each.text.get("because") == "step"
    ]
    assert len(called) == len(set(called)), "nobody is called twice for one round of a step"
    for each in stage.notices():
        if each.state is NoticeState.NOT_SENT:
            assert each.reason not in _NO_REASON, each
    if has_pressed:
        assert any(
            each.state is not NoticeState.NOT_SENT or each.reason is NoticeReason.TOLD_A_MOMENT_AGO
            for each in fresh
        ), "a press is never without effect"
