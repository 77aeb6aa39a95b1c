"""The alert loop: from findings in the store to alerts in the store, once each."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.domain.alerts import AlertState, ChangeReason, Outcome
from services.domain.findings import FindingState, Severity
from services.domain.notices import NoticeReason
from services.escalation import handing_over, holding, joining, stages
from services.escalation.scene import Scene
from services.notify import run
from tests.unit.escalation.cast import OUT_OF_BED
from tests.unit.notify.community import Community, community


def test_a_finding_becomes_an_alert_with_its_change_its_notices_and_its_command(here: Community) -> None:
    here.finds()
    assert here.alerts.step()
    alert = here.alert()
    assert (alert.state, alert.subject, alert.owner_ids) == (AlertState.OPEN, "resident:dolma", ("pema",))
    with here.store.reading() as uow:
        assert [change.reason for change in uow.alerts.changes(alert.id)] == [
            ChangeReason.OPENED,
            ChangeReason.STEP_DUE,
        ]
        assert [command.state for command in uow.notices.commands_due(10)] == ["heard"]
        assert uow.findings.alert_ids(["fnd_1"]) == {"fnd_1": alert.id}
    assert [notice.worker_id for notice in here.notices()] == ["pema"]
    assert not here.alerts.step()


def test_a_loop_that_starts_anew_does_nothing_twice(here: Community) -> None:
    here.press()
    before = (here.alert(), here.notices())
    here.restart()
    here.settle()
    assert (here.alert(), here.notices()) == before


def test_a_batch_that_was_not_committed_is_done_again_as_if_never_begun(
    here: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.finds()
    with monkeypatch.context() as crash:

        def power_cut(*_: object) -> None:
            raise KeyboardInterrupt

        crash.setattr(run, "store_move", power_cut)
        with pytest.raises(KeyboardInterrupt):
            here.alerts.step()
    here.restart()
    here.settle()
    assert here.told() == ["pema"]


def test_presses_of_one_batch_join_one_alert(here: Community) -> None:
    here.finds()
    here.finds()
    here.settle()
    assert len(here.alert().facts) == 2
    with here.store.reading() as uow:
        assert len(uow.alerts.page({}, 0, 10).items) == 1


def test_presses_of_one_batch_come_to_what_they_come_to_one_by_one(
    here: Community, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    there = community(folder)
    for place in (here, there):
        for _ in range(4):
            place.finds()
    here.alerts.step()
    with monkeypatch.context() as narrow:
        narrow.setattr(run, "MOST_FINDINGS", 1)
        while there.alerts.step():
            pass
    assert here.alert().facts == there.alert().facts
    assert here.notices() == there.notices()
    with here.store.reading() as one, there.store.reading() as other:
        assert one.alerts.changes(here.alert().id) == other.alerts.changes(there.alert().id)
        assert one.notices.commands_due(99) == other.notices.commands_due(99)
    there.store.close()


def test_a_button_that_is_pressed_without_end_keeps_no_other_waiting(here: Community) -> None:
    for _ in range(run.MOST_FINDINGS - 1):
        here.finds()
    here.finds(resident_id="another", home_id=None)
    assert here.alerts.step()
    with here.store.reading() as uow:
        assert {alert.resident_id for alert in uow.alerts.page({}, 0, 10).items} == {"dolma", "another"}


def test_a_transaction_touches_few_matters(here: Community) -> None:
    for number in range(run.BATCH + 1):
        here.finds(**OUT_OF_BED, resident_id=f"resident-{number}", home_id=None)
    assert here.alerts.step()
    with here.store.reading() as uow:
        assert len(uow.alerts.page({}, 0, 500).items) == run.BATCH
    assert here.alerts.step()
    with here.store.reading() as uow:
        assert len(uow.alerts.page({}, 0, 500).items) == run.BATCH + 1


def test_no_press_waits_behind_what_was_missed_in_an_outage(here: Community) -> None:
    for number in range(run.BATCH + 1):
        here.finds(**OUT_OF_BED, resident_id=f"resident-{number}", home_id=None)
    here.finds()
    assert here.alerts.step()
    with here.store.reading() as uow:
        first = uow.alerts.page({}, 0, 500).items
    assert len(first) == run.BATCH + 1
    assert first[-1].resident_id == "dolma"
    while here.alerts.step():
        pass
    with here.store.reading() as uow:
        assert uow.alerts.get(first[-1].id) == first[-1]
        assert len(uow.alerts.page({}, 0, 500).items) == run.BATCH + 2


def test_deadlines_are_met_in_their_order_while_time_goes_by(here: Community) -> None:
    here.press()
    here.after(minutes=10)
    assert here.told() == ["pema", "tashi", "lhamo", "norbu", "desk", "desk", "mani"]


def test_a_deadline_that_passed_while_the_house_was_down_is_met_once(here: Community) -> None:
    here.press()
    here.told()
    here.clock.move_to(here.now.replace(hour=8))  # two hours later
    here.restart()
    here.settle()
    assert here.told() == ["tashi", "lhamo", "norbu", "desk", "desk", "mani"]
    here.settle()
    assert here.told() == []


def test_an_accepted_alert_has_no_steps_to_meet(here: Community) -> None:
    here.press()
    here.accept("tashi")
    here.told()
    here.after(minutes=9)
    assert here.told() == ["pema"]  # hears who has it
    assert here.alert().state is AlertState.ACCEPTED


def test_a_deadline_that_falls_into_the_quiet_hours_is_put_off_to_their_end_and_met_there(
    here: Community,
) -> None:
    here.press(**OUT_OF_BED, severity=Severity.MEDIUM, policy="routine")
    here.after(hours=8, minutes=30)  # 22:30
    here.accept("pema")
    here.settle()
    here.told()
    here.clock.move_to(here.now + timedelta(days=1))
    assert here.alerts.step()
    assert not here.alerts.step()  # else the loop would turn without rest until the morning
    here.after(hours=8)
    assert here.told() == []
    here.after(minutes=30)  # 07:00
    assert here.told() == ["pema"]
    assert here.alert().state is AlertState.OPEN


def test_who_leaves_before_they_took_it_over_is_asked_no_more(here: Community) -> None:
    here.press()
    here.accept("pema")
    here.does(lambda alert, scene, actor: handing_over.handover(alert, scene, actor, "tashi"), "pema")
    here.does(lambda alert, scene, _: holding.worker_gone(alert, scene, "tashi", "admin"), "pema")
    assert (here.alert().handover_to, here.alert().accepted_by) == (None, "pema")


def test_a_withdrawn_finding_ends_its_alert_and_whoever_was_told_is_told(here: Community) -> None:
    here.press(**OUT_OF_BED)
    here.changes(1, FindingState.WITHDRAWN)
    here.settle()
    assert here.alert().outcome is Outcome.OVER_BY_ITSELF
    assert here.told() == ["pema", "pema"]
    assert here.notice_of("pema").reason is NoticeReason.OVER_BY_ITSELF


def test_a_finding_withdrawn_before_it_was_taken_in_tells_nobody(here: Community) -> None:
    here.finds(**OUT_OF_BED)
    here.changes(1, FindingState.WITHDRAWN)
    here.settle()
    with here.store.reading() as uow:
        assert uow.alerts.page({}, 0, 10).items == ()
    assert here.told() == []


def test_a_press_of_unknown_origin_is_told_to_the_duty_desk(here: Community) -> None:
    here.press(resident_id=None, device_id=None, home_id=None)
    assert here.told() == ["desk"]


def test_information_is_taken_in_and_tells_nobody(here: Community) -> None:
    here.press(severity=Severity.INFO, is_alarm=False)
    assert here.told() == []
    assert not here.alerts.step()


def test_a_finding_that_cannot_be_judged_opens_a_bare_alert_and_the_next_is_not_held_up(
    here: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = joining.take_in

    def fails_on_the_first(finding: object, running: object, scene: Scene) -> object:
        if getattr(finding, "id", "") == "fnd_1":
            raise ZeroDivisionError
        return judged(finding, running, scene)  # type: ignore[arg-type]

    here.finds(alert_kind="one")
    here.finds(alert_kind="two")
    with monkeypatch.context() as fault:
        fault.setattr(joining, "take_in", fails_on_the_first)
        with pytest.raises(ZeroDivisionError):
            here.alerts.step()
    here.settle()
    with here.store.reading() as uow:
        kinds = [alert.kind for alert in uow.alerts.page({}, 0, 10).items]
    assert kinds == ["one", "two"]
    assert here.told() == ["pema", "pema"]


def test_an_alert_whose_deadline_cannot_be_met_does_not_stop_the_others(
    here: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.press(alert_kind="one")
    here.press(alert_kind="two")
    here.told()
    here.clock.move_to(here.now.replace(minute=2))
    met = stages.meet

    def fails_on_one(alert: object, scene: Scene) -> object:
        if getattr(alert, "kind", "") == "one":
            raise ZeroDivisionError
        return met(alert, scene)  # type: ignore[arg-type]

    with monkeypatch.context() as fault:
        fault.setattr(run, "meet", fails_on_one)
        with pytest.raises(ZeroDivisionError):
            here.alerts.step()
    here.delivery.step()
    here.settle()
    assert sorted(here.told()) == ["lhamo", "lhamo", "tashi", "tashi"]


def test_who_moved_the_alert_meanwhile_wins_and_the_loop_looks_again(
    here: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.press()
    here.told()
    here.clock.move_to(here.now.replace(minute=2))
    stale = here.alert()
    here.accept("tashi")
    monkeypatch.setattr(here.alerts, "_still_due", lambda *_: None)
    here.alerts._meet(stale, here.now)
    assert here.alert().accepted_by == "tashi"


def test_a_device_that_comes_back_hears_the_present_state_once(here: Community) -> None:
    here.comes_online()
    here.settle()
    assert here.publisher.published == []
    here.press()
    here.accept("pema")
    here.settle()
    here.comes_online()
    here.settle()
    here.restart()
    here.settle()
    assert [payload for _, payload in here.publisher.published][1:] == [
        b'{"command": "reassure", "state": "coming"}',
        b'{"command": "reassure", "state": "coming"}',
    ]


def test_people_are_looked_up_in_the_store_when_the_step_is_due(here: Community) -> None:
    here.press()
    with here.store.writing() as uow:
        tashi = uow.workers.get("tashi")
        assert tashi is not None
        uow.workers.save(replace(tashi, active=False))
    here.told()
    here.after(minutes=2)
    assert here.told() == ["lhamo"]
    assert here.notice_of("tashi").reason is NoticeReason.INACTIVE
