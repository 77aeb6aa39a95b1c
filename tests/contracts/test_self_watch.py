"""The contract of what the house keeps of its watch over itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.domain.notices import Attempt, AttemptResult
from services.domain.people import ChannelKind
from services.domain.ports import Store
from services.domain.self_watch import CheckState, OwnPress, PathCheck, PressState
from tests.contracts import cast
from tests.contracts.cast import MINUTE, NIGHT

DAY = timedelta(days=1)


def press(number: int) -> OwnPress:
    at = NIGHT + number * MINUTE
    return OwnPress(f"own_{number}", at, at + MINUTE)


def test_a_press_is_kept_as_it_ended(store: Store) -> None:
    with store.writing() as unit:
        assert (unit.self_watch.newest(), unit.self_watch.last_back()) == (None, None)
        first, second = (unit.self_watch.add(press(number)) for number in (1, 2))
        back = replace(first, state=PressState.BACK, told_at=NIGHT + 2 * MINUTE)
        missed = replace(second, state=PressState.MISSED)
        unit.self_watch.save(back)
        unit.self_watch.save(missed)
    with store.reading() as unit:
        assert unit.self_watch.newest() == missed
        assert unit.self_watch.last_back() == back
        assert unit.self_watch.since(NIGHT + 2 * MINUTE) == [missed]


def test_one_check_waits_and_one_is_the_last(store: Store) -> None:
    first, second = PathCheck("chk_1", NIGHT), PathCheck("chk_2", NIGHT + DAY)
    with store.writing() as unit:
        unit.self_watch.keep_check(first)
        waits = unit.self_watch.keep_check(second)
        assert unit.self_watch.newest_check() == waits
        over = replace(waits, state=CheckState.OVER, begun_at=NIGHT, ended_at=NIGHT, told=3, refused=1)
        assert unit.self_watch.keep_check(over) == over
        again = unit.self_watch.keep_check(first)
    with store.reading() as unit:
        assert unit.self_watch.newest_check() == again
        assert unit.self_watch.last_check() == over


def test_only_what_is_synthetic_and_old_and_over_is_forgotten(store: Store) -> None:
    later = NIGHT + 2 * DAY
    with store.writing() as unit:
        for name, synthetic, at in (("own", True, NIGHT), ("real", False, NIGHT), ("new", True, later)):
            unit.events.append(
                [replace(cast.event(name), synthetic=synthetic, received_at=at, dedupe_key=name)]
            )
            unit.findings.add([replace(cast.finding(name, synthetic=synthetic), raised_at=at)])
            alert = replace(cast.alert(name), kind=name, synthetic=synthetic, opened_at=at)
            unit.alerts.add(replace(alert, deadlines=()), [cast.change(alert.id)])
            notice = replace(cast.notice(name, synthetic=synthetic), created_at=at, alert_id=alert.id)
            unit.notices.add([notice])
            tried = Attempt(f"att_{name}", notice.id, ChannelKind.LOOPBACK, "loopback", at)
            unit.notices.start(tried)
            unit.notices.finish(replace(tried, ended_at=at, result=AttemptResult.DELIVERED))
        unit.self_watch.add(press(1))
        unit.self_watch.forget(NIGHT + DAY, 100)
    with store.reading() as unit:
        assert len(unit.events.page({}, 0, 9).items) == 2
        assert len(unit.findings.after(0, 9)) == 2
        assert len(unit.notices.page({}, 0, 9).items) == 2
        assert len(unit.notices.attempts_page({}, 0, 9).items) == 2
        assert [each.number for each in unit.notices.attempts_page({"synthetic": True}, 0, 9).items] == [3]
        assert unit.self_watch.newest() is None
        running = unit.alerts.page({}, 0, 9).items
    assert len(running) == 3, "one that runs is never forgotten"
