"""The morning digest: one message a person with all that can wait, once, whatever goes down in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from services.domain.findings import FindingState, Severity
from services.domain.notices import NoticeReason, NoticeState
from services.domain.people import Language
from services.escalation.bundling import alert_ids_of
from tests.unit.escalation.cast import TWO_IN_THE_AFTERNOON
from tests.unit.notify.community import Community, community

EIGHT = TWO_IN_THE_AFTERNOON + timedelta(hours=18)
KINDS = ("meal", "visit", "battery", "medicine")


def low(kind: str) -> dict[str, object]:
    plain = {"policy": "digest", "is_alarm": False, "device_id": None}
    return {**plain, "severity": Severity.LOW, "alert_kind": kind, "titles": {"zh-CN": kind}}


def find_all(here: Community) -> None:
    for kind in KINDS:
        here.finds(**low(kind))
    here.settle()


def go_to(here: Community, instant: datetime) -> None:
    here.after(seconds=(instant - here.now).total_seconds())


def test_one_message_tells_in_the_morning_of_all_that_can_wait(here: Community) -> None:
    find_all(here)
    go_to(here, EIGHT - timedelta(microseconds=1))
    assert here.told() == []
    go_to(here, EIGHT)
    assert here.told() == ["pema"]
    _, sending = here.webhook.sent[-1]
    assert len(alert_ids_of(sending.notice)) == len(KINDS)
    assert all(kind in sending.message.text for kind in KINDS)


def test_each_matter_says_by_whom_it_was_told_of(here: Community) -> None:
    find_all(here)
    go_to(here, EIGHT)
    with here.store.reading() as uow:
        every = [notice for notice in uow.notices.page({}, 0, 99).items if notice.created_at == EIGHT]
    assert sorted(notice.state for notice in every) == [NoticeState.NOT_SENT] * 3 + [NoticeState.SENT]
    assert {each.reason for each in every if each.state is NoticeState.NOT_SENT} == {NoticeReason.BUNDLED}


def test_with_nothing_open_there_is_no_message(here: Community) -> None:
    find_all(here)
    for number in range(1, len(KINDS) + 1):
        here.changes(number, FindingState.ENDED)
    here.settle()
    go_to(here, EIGHT + timedelta(hours=1))
    assert here.told() == []


def test_what_somebody_has_is_in_no_digest(here: Community) -> None:
    find_all(here)
    here.accept("pema")  # the newest of them
    go_to(here, EIGHT)
    _, sending = here.webhook.sent[-1]
    assert len(alert_ids_of(sending.notice)) == len(KINDS) - 1
    assert KINDS[-1] not in sending.message.text


def test_what_has_become_graver_is_told_at_once_and_left_out_in_the_morning(here: Community) -> None:
    find_all(here)
    here.press(**{**low("meal"), "severity": Severity.MEDIUM, "policy": "routine"})
    assert here.told() == ["pema"]
    with here.store.writing() as uow:
        meal = next(each for each in uow.alerts.page({}, 0, 99).items if each.kind == "meal")
    assert meal.severity is Severity.MEDIUM
    go_to(here, EIGHT)
    _, sending = here.webhook.sent[-1]
    assert meal.id not in alert_ids_of(sending.notice)


def test_a_restart_between_all_steps_makes_it_neither_twice_nor_never(tmp_path: Path) -> None:
    here = community(tmp_path)
    for kind in KINDS:
        here.finds(**low(kind))
        here.restart()
        here.settle()
    go_to(here, EIGHT - timedelta(seconds=1))
    here.restart()
    here.clock.move_to(EIGHT)
    for _ in range(30):
        here.alerts.step()
        here.restart()
    here.settle()
    go_to(here, EIGHT + timedelta(hours=23))
    assert here.told() == ["pema"]
    here.store.close()


def test_it_comes_again_each_morning_while_something_is_open_and_then_to_the_desk(here: Community) -> None:
    find_all(here)
    go_to(here, EIGHT + timedelta(days=2, hours=1))
    assert here.told() == ["pema"] * 3
    go_to(here, EIGHT + timedelta(days=3, hours=1))
    assert here.told() == ["desk"]


def test_it_speaks_the_language_of_its_reader(here: Community) -> None:
    with here.store.writing() as uow:
        pema = uow.workers.get("pema")
        assert pema is not None
        uow.workers.save(replace(pema, language=Language.EN))
    find_all(here)
    go_to(here, EIGHT)
    assert here.webhook.sent[-1][1].message.title.startswith("This morning: 4 matters")
