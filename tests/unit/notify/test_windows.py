"""A window in the store: judged with the press, used up by it, ended when it is over; whatever dies between
two steps, and whatever the clock does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.domain.crash_points import CrashPoint
from services.domain.devices import Device
from services.domain.events import Event, Mark, Origin
from services.domain.findings import Evidence, Severity
from services.domain.notices import NoticeReason, NoticeState
from services.domain.people import Role
from services.domain.testing import TestWindow
from services.escalation import actions, testing
from services.notify.run import AlertLoop
from tests.unit.escalation import cast
from tests.unit.notify.community import REFUSED, Community

MINUTE = timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)


def opens(here: Community, minutes: int = 5, worker_id: str = "tek") -> None:
    """The window of Dolma's button opens, a second ago."""
    opened_at = here.now - timedelta(seconds=1)
    with here.store.writing() as uow:
        button = uow.devices.get("button")
        assert button is not None
        window = TestWindow(worker_id, opened_at, opened_at + timedelta(minutes=minutes))
        uow.devices.save(replace(button, test_window=window))


def button(here: Community) -> Device:
    with here.store.reading() as uow:
        found = uow.devices.get("button")
        assert found is not None
        return found


def presses(here: Community, *marks: Mark, **fields: object) -> None:
    """Ingest has stored a press and the rules their Finding; nothing was judged yet."""
    number = here.findings + 1
    event = Event(
        f"evt_{number}",
        "call_button.pressed",
        here.now,
        here.now,
        Origin.DEVICE,
        resident_id="dolma",
        device_id="button",
        marks=marks or (Mark.IN_TEST_WINDOW,),
        dedupe_key=f"press-{number}",
    )
    with here.store.writing() as uow:
        uow.events.append([event])
    here.finds(**{"evidence": Evidence((event.id,), (number,)), **fields})


def test_a_press_in_the_window_is_a_test_and_uses_the_window_up(here: Community) -> None:
    opens(here)
    presses(here)
    here.settle()
    assert here.told() == ["tek"]
    assert (button(here).test_window, button(here).last_test_id) == (None, here.alert().id)


def test_a_press_outside_any_window_is_a_call_and_leaves_no_trace(here: Community) -> None:
    presses(here, Mark.ID_REUSED)
    here.settle()
    assert here.told() == ["pema"]
    assert button(here).last_test_id is None


def test_a_call_for_help_asks_the_store_nothing_about_windows(here: Community) -> None:
    """Whoever is handed no unit of work at all can still judge a press of a device without a window."""
    found = cast.finding(1, here.now)
    scene = cast.Case(now=here.now).scene()
    assert here.gathering.with_tester(None, [found], None, scene) is scene  # type: ignore[arg-type]


def test_a_process_killed_before_the_commit_leaves_the_window_open_for_the_same_press(
    here: Community,
) -> None:
    opens(here)
    presses(here)

    def dies(point: CrashPoint) -> None:
        if point is CrashPoint.BEFORE_ALERT_COMMIT:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        AlertLoop(here.store, here.clock, here.gathering, reached=dies).step()
    assert button(here).test_window is not None
    here.restart()
    here.settle()
    assert here.told() == ["tek"]


def test_a_process_that_starts_after_the_minute_makes_it_a_call(here: Community) -> None:
    opens(here)
    presses(here)
    here.clock.move_to(here.now + MINUTE)
    here.restart()
    here.settle()
    assert here.told() == ["pema"]


def test_a_house_that_was_down_in_the_minute_goes_on_at_once(here: Community) -> None:
    opens(here)
    presses(here)
    here.settle()
    here.told()
    here.clock.move_to(here.now + timedelta(minutes=3))
    here.restart()
    here.settle()
    assert here.told() == ["pema", "tek"]


def test_a_window_ended_or_opened_anew_before_the_press_is_judged_makes_it_a_call(here: Community) -> None:
    opens(here)
    presses(here)
    with here.store.writing() as uow:
        uow.devices.end_test_window("button")
    here.settle()
    assert here.told() == ["pema"]


def test_a_window_opened_anew_is_not_for_a_press_that_came_before(here: Community) -> None:
    opens(here)
    presses(here)
    here.clock.move_to(here.now + timedelta(seconds=5))
    opens(here)
    here.settle()
    assert here.told() == ["pema"]


def test_where_anything_urgent_runs_for_the_same_subject_nobody_is_testing(here: Community) -> None:
    here.press(alert_kind="fall", device_id="mat")
    here.told()
    opens(here)
    presses(here)
    here.settle()
    assert here.told() == ["pema"]


def test_what_is_not_urgent_stands_in_the_way_of_no_test(here: Community) -> None:
    here.press(alert_kind="visits", device_id=None, is_alarm=False, severity=Severity.LOW, policy="digest")
    here.told()
    opens(here)
    presses(here)
    here.settle()
    assert here.told() == ["tek"]


def test_two_presses_of_one_batch_are_one_test(here: Community) -> None:
    opens(here)
    presses(here)
    here.clock.move_to(here.now + timedelta(seconds=2))
    presses(here)
    here.settle()
    assert here.told() == ["tek"]
    assert len(here.alert().facts) == 2


def test_a_press_that_opens_two_alerts_is_a_test_in_the_first_alone(here: Community) -> None:
    opens(here)
    presses(here)
    here.finds(evidence=Evidence(("evt_1",), (1,)), alert_kind="another")
    here.settle()
    assert here.told() == ["tek", "pema"]


def test_whoever_is_named_and_switched_off_meanwhile_is_not_waited_for(here: Community) -> None:
    opens(here)
    with here.store.writing() as uow:
        uow.workers.save(replace(cast.TEK, active=False))
    presses(here)
    here.settle()
    assert here.told() == ["pema"]


def test_a_test_that_no_channel_takes_is_a_call_at_once(here: Community) -> None:
    here.webhook.answers[here.address("tek")] = REFUSED
    opens(here)
    presses(here)
    here.settle()
    assert "pema" in here.told()
    assert here.alert().test is None


def test_a_window_whose_time_is_over_is_ended(here: Community) -> None:
    opens(here, minutes=1)
    here.clock.move_to(here.now + MINUTE - timedelta(seconds=1) - MOMENT)
    here.settle()
    assert button(here).test_window is not None
    here.clock.move_to(here.now + timedelta(seconds=1))
    here.settle()
    assert button(here).test_window is None


class SettableClock:
    """A clock that somebody sets wrong."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def loop_on(here: Community, clock: SettableClock) -> AlertLoop:
    return AlertLoop(here.store, clock, here.gathering)


def works(loop: AlertLoop) -> None:
    while loop.step():
        pass


def test_a_clock_that_is_set_back_ends_a_window_that_lies_ahead(here: Community) -> None:
    clock = SettableClock(here.now)
    loop = loop_on(here, clock)
    opens(here)
    works(loop)
    assert button(here).test_window is not None
    clock.at -= timedelta(hours=1)
    works(loop)
    assert button(here).test_window is None, "it would hold again in an hour"


@pytest.mark.parametrize("is_new_process", [False, True])
def test_a_clock_that_is_set_back_does_not_keep_a_test_waiting(
    here: Community,
    is_new_process: bool,
) -> None:
    clock = SettableClock(here.now)
    loop = loop_on(here, clock)
    opens(here)
    presses(here)
    works(loop)
    assert here.alert().test is not None
    clock.at -= timedelta(hours=1)
    works(loop_on(here, clock) if is_new_process else loop)
    assert here.alert().test is None


def test_a_window_that_is_over_does_not_come_back_with_the_clock(here: Community) -> None:
    clock = SettableClock(here.now)
    loop = loop_on(here, clock)
    opens(here)
    clock.at += timedelta(minutes=10)
    works(loop)
    clock.at -= timedelta(minutes=8)
    works(loop)
    assert button(here).test_window is None


def test_two_who_answer_and_doubt_at_once_leave_one_of_both(here: Community) -> None:
    opens(here)
    presses(here)
    here.settle()
    here.does(testing.say_real, "desk")
    here.does(actions.accept, "tek")
    assert (here.alert().test, here.alert().accepted_by) == (None, "tek")
    assert here.alert().is_running, "what was said to be real is not closed by an answer"


def test_a_test_that_could_not_be_sent_before_it_became_real_is_not_sent_after(here: Community) -> None:
    opens(here)
    presses(here)
    here.alerts.step()
    here.does(testing.say_real, "desk")
    here.settle()
    assert here.told() == ["pema", "tek"]
    [test] = [notice for notice in here.notices() if notice.kind == "test"]
    assert (test.state, test.reason) == (NoticeState.NOT_SENT, NoticeReason.DUPLICATE)


def test_the_role_of_who_is_named_is_not_asked(here: Community) -> None:
    opens(here, worker_id="pema")
    presses(here)
    here.settle()
    assert here.told() == ["pema"]
    assert here.alert().test is not None
    assert cast.PEMA.role is Role.GRID_WORKER
