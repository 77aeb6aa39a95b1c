"""The contract of a button that is pressed all night: a joined press costs the same whatever came before it,
what comes of it rests on less than was stored, and nothing that was stored is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.domain.alerts import Alert, AlertFact, AlertState, CountedFacts
from services.domain.findings import FindingState
from services.domain.notices import Notice, NoticeKind, NoticeReason, NoticeState
from services.domain.ports import Store
from services.escalation.bundling import is_late
from services.escalation.telling import still_called, told_so_far
from services.notify.snapshot import Keeper
from services.storage import prepared, rows
from services.storage.alerts import NEWEST
from services.storage.store import SqlStore
from tests.contracts.cast import MINUTE, NIGHT, alert, change, fact, notice
from tests.unit.notify.community import Community, settled_in

A_SECOND = timedelta(seconds=1)


def opened(store: Store, given: Alert) -> Alert:
    with store.writing() as unit:
        return unit.alerts.add(given, [change(given.id)])


def of_a_night(count: int) -> tuple[AlertFact, ...]:
    """Facts of three devices, some of them alarms, some ended, the earliest instant in the midst."""
    return tuple(
        fact(
            f"fnd_{place:04}",
            at=NIGHT + (A_SECOND * place if place != count // 2 else -MINUTE),
            joined_at=NIGHT + A_SECOND * (place + place % 7),
            is_alarm=place % 3 == 0,
            device_id=(None, "dev_bath", "dev_bed", "dev_door")[(place // 5) % 4],
            state=FindingState.ENDED if place % 4 == 0 else FindingState.HOLDS,
        )
        for place in range(count)
    )


def asked_of(given: Alert) -> dict[str, Any]:
    """All that a decision asks of the facts of an alert."""
    return {
        "count": given.fact_count,
        "presses": given.presses,
        "called": given.has_alarm,
        "began": given.began_at,
        "devices": given.device_ids,
        "calling": given.calling_device_ids,
        "late": is_late(given),
        "holds": any(each.state is FindingState.HOLDS for each in given.grounds),
    }


@pytest.mark.parametrize("count", [0, 1, NEWEST, NEWEST + 1, 97])
def test_read_in_brief_an_alert_answers_as_it_does_whole(store: Store, count: int) -> None:
    kept = opened(store, alert("night", facts=of_a_night(count)))
    with store.reading() as unit:
        whole, brief = unit.alerts.get(kept.id), unit.alerts.brief(kept.id)
        assert whole == kept
        assert brief is not None
        assert asked_of(brief) == asked_of(kept)
        assert brief.facts == kept.facts[-NEWEST:]
        assert replace(brief, facts=kept.facts, earlier=()) == kept
        assert unit.alerts.standing(kept.id) == replace(kept, facts=())
        in_brief = [
            unit.alerts.running(kept.kind, kept.subject),
            *unit.alerts.running_for(["res_lhamo"])["res_lhamo"],
            *unit.alerts.page_in_brief({}, 0, 9).items,
        ]
        assert in_brief == [brief, brief, brief]
        assert unit.alerts.page({}, 0, 9).items == (kept,)
        assert unit.alerts.joined(kept.id, ["fnd_0000", "fnd_other"]) == ({"fnd_0000"} if count else set())


def test_what_was_found_late_is_known_of_all_of_it(store: Store) -> None:
    late = tuple(fact(f"fnd_{place:02}", joined_at=NIGHT + MINUTE * (3 + place)) for place in range(30))
    kept = opened(store, alert("late", facts=late))
    in_time = opened(store, alert("in time", kind="fall", facts=(fact("fnd_now"), *late)))
    with store.reading() as unit:
        of_late, of_other = unit.alerts.brief(kept.id), unit.alerts.brief(in_time.id)
        assert of_late is not None
        assert of_late.earlier == (CountedFacts(10, NIGHT, 3 * MINUTE, FindingState.HOLDS),)
        assert is_late(of_late)
        assert of_other is not None
        assert not is_late(of_other)


def test_an_alert_that_was_read_in_brief_is_saved_with_all_its_facts(store: Store) -> None:
    kept = opened(store, alert("night", facts=of_a_night(50)))
    new = fact("fnd_new", is_alarm=True)
    with store.writing() as unit:
        brief = unit.alerts.brief(kept.id)
        assert brief is not None
        ended = replace(brief.facts[3], state=FindingState.WITHDRAWN)
        facts = (*brief.facts[:3], ended, *brief.facts[4:], new)
        saved = unit.alerts.save(replace(brief, facts=facts), [])
        unit.alerts.save(replace(saved, state=AlertState.ACCEPTED), [])
    with store.reading() as unit:
        whole = unit.alerts.get(kept.id)
        assert whole is not None
        expected = list(kept.facts)
        expected[50 - NEWEST + 3] = ended
        assert whole.facts == (*expected, new)


def a_night_of_notices() -> list[Notice]:
    """Two people are called in two runs, hear of presses, and of some a moment ago; one is stood down."""
    told: list[Notice] = []

    def tells(who: str, kind: NoticeKind, run: int, **said: Any) -> None:
        number = len(told)
        values = {"worker_id": who, "kind": kind, "run": run, "created_at": NIGHT + number * A_SECOND}
        told.append(notice(f"{number:04}", **(values | said)))

    unsent = {"state": NoticeState.NOT_SENT, "reason": NoticeReason.TOLD_A_MOMENT_AGO}
    sent = {"state": NoticeState.SENT, "reason": NoticeReason.JOINED}
    failed = {"state": NoticeState.FAILED, "reason": NoticeReason.EVERY_CHANNEL_FAILED}
    for run in (1, 2):
        for who in ("wrk_dolma", "wrk_pema"):
            tells(who, NoticeKind.ALERT, run)
        for press in range(20):
            for who in ("wrk_pema", "wrk_dolma"):
                tells(who, NoticeKind.JOINED, run, **(sent, unsent, failed)[press % 3])
        tells("wrk_pema", NoticeKind.STAND_DOWN, run, state=NoticeState.SENT)
        for press in range(20):
            tells("wrk_dolma", NoticeKind.JOINED, run, **(sent, unsent)[press % 2])
    return told


def test_a_decision_on_the_notices_that_bear_on_it_is_one_on_all_of_them(store: Store) -> None:
    with store.writing() as unit:
        unit.notices.add(a_night_of_notices())
        unit.notices.add([notice("other", alert_id="alt_other")])
        whole, bearing = unit.notices.of_alert("alt_press"), unit.notices.bearing_on("alt_press")
    assert told_so_far(bearing) == told_so_far(whole)
    assert [each.id for each in still_called(bearing)] == [each.id for each in still_called(whole)]
    assert [each for each in bearing if each.kind is not NoticeKind.JOINED] == [
        each for each in whole if each.kind is not NoticeKind.JOINED
    ]
    assert bearing == [each for each in whole if each in bearing], "ascending, each once"
    assert len(bearing) * 3 < len(whole)


def grown(here: Community, presses: int) -> None:
    """The running alert as after so many presses, a third of which each person was told of."""
    with here.store.writing() as uow:
        before = uow.alerts.get(here.alert().id)
        assert before is not None
        more = range(len(before.facts), presses)
        first = before.facts[0]
        facts = tuple(replace(first, finding_id=f"fnd_before_{place}") for place in more)
        uow.alerts.save(replace(before, facts=(*before.facts, *facts)), [])
        [called, *_] = uow.notices.of_alert(before.id)
        told = {"reason": NoticeReason.JOINED}
        untold = {"state": NoticeState.NOT_SENT, "reason": NoticeReason.TOLD_A_MOMENT_AGO}
        uow.notices.add(
            replace(
                called,
                id=f"ntc_before_{place}",
                kind=NoticeKind.JOINED,
                created_at=here.now,
                **(told if place % 3 == 0 else untold),
            )
            for place in more
        )


@pytest.fixture
def moved_rows(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """The rows that were read and written, and the statements that were said, since this was last asked."""
    count = 0
    converted, bound, run = prepared._Prepared.converted, rows._Spoken.bound, prepared.run

    def reads(statement: Any, cursor: Any) -> Any:
        nonlocal count
        found = converted(statement, cursor)
        count += len(found)
        return found

    def writes(spoken: Any, given: Any) -> Any:
        nonlocal count
        count += len(given)
        return bound(spoken, given)

    def says(*what: Any, **how: Any) -> Any:
        nonlocal count
        count += 1
        return run(*what, **how)

    monkeypatch.setattr(prepared._Prepared, "converted", reads)
    monkeypatch.setattr(rows._Spoken, "bound", writes)
    monkeypatch.setattr(prepared, "run", says)
    monkeypatch.setattr(rows, "run", says)

    def since_last() -> int:
        nonlocal count
        since, count = count, 0
        return since

    return since_last


@pytest.mark.parametrize("accepted", [False, True], ids=["open", "accepted"])
def test_the_thousandth_press_of_a_night_costs_what_the_tenth_does(
    store: SqlStore, moved_rows: Callable[[], int], *, accepted: bool
) -> None:
    here = settled_in(store)
    here.press(device_id="button")
    if accepted:
        here.accept("pema")
        here.settle()
        told = {"pema"}
    else:
        here.after(minutes=11)
        told = {"pema", "tashi", "lhamo", "norbu", "desk", "mani"}
    keeper = Keeper(store, here.clock)
    keeper.step()
    costs = []
    for presses in (10, 1000):
        grown(here, presses)
        keeper.step()
        here.clock.move_to(here.now + timedelta(seconds=61))
        here.finds(device_id="button")
        here.told()
        moved_rows()
        here.alerts.step()
        here.delivery.step()
        keeper.step()
        costs.append(moved_rows())
        here.settle()
        assert set(here.told()) == told
        assert here.notices()[-1].text["presses"] == str(presses + 1)
    assert costs[1] <= 2 * costs[0], costs
    with store.reading() as uow:
        whole = uow.alerts.get(here.alert().id)
    assert whole is not None
    assert len(whole.facts) == 1001
