"""Lines of the chronicle say what is stored: after the commit, and never what was taken back."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import fields

import pytest

from services.domain import chronicle
from services.domain.chronicle import Line
from services.domain.findings import Evidence, Severity
from services.domain.notices import DeviceCommand, ReassureState
from services.domain.ports import Store
from tests.contracts import cast
from tests.contracts.cast import NIGHT

LINE = Line("ingest", "event stored", "evt_press")


def failing(line: Line) -> Iterator[Line]:
    """A line is said, and then something breaks."""
    yield line
    raise ZeroDivisionError


def test_a_line_is_written_after_the_commit(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "anxin")
    with store.writing() as uow:
        uow.say_after([LINE])
        assert caplog.messages == []
    [record] = caplog.records
    assert (record.name, record.getMessage()) == ("anxin.ingest", "event stored")
    assert record.__dict__["chain"] == "evt_press"


def test_what_is_rolled_back_is_not_said(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "anxin")
    with pytest.raises(ZeroDivisionError), store.writing() as uow:
        uow.say_after(failing(LINE))
    assert caplog.messages == []


def test_a_trial_that_fails_takes_back_its_own_lines_alone(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "anxin")
    with store.writing() as uow:
        uow.say_after([LINE])
        with pytest.raises(ZeroDivisionError), uow.on_trial():
            uow.say_after(failing(Line("rules", "finding raised", "evt_press")))
    assert caplog.messages == ["event stored"]


def test_the_chain_is_kept_with_what_came_of_it(store: Store) -> None:
    alert = cast.alert("press", chain="evt_press")
    notice = cast.notice("told", chain="evt_press")
    command = DeviceCommand(
        "cmd_1", "dev_1", "button", ReassureState.HEARD, NIGHT, "alt_press", chain="evt_press"
    )
    with store.writing() as uow:
        uow.alerts.add(alert, [cast.change(alert.id)])
        uow.notices.add([notice])
        uow.notices.add_commands([command])
    with store.reading() as uow:
        [told], [said] = uow.notices.of_alert(alert.id), uow.notices.commands_due(9)
        found = uow.alerts.get(alert.id)
        assert found is not None
        assert {found.chain, told.chain, said.chain} == {"evt_press"}


def test_what_was_stored_without_a_chain_goes_by_its_alert() -> None:
    assert chronicle.chain_of(cast.alert("old")) == "alt_old"
    assert chronicle.chain_of(cast.notice("old", alert_id="alt_old")) == "alt_old"


def test_telemetry_and_what_raises_no_alert_have_no_line() -> None:
    assert list(chronicle.events_stored([cast.event("bed")])) == []
    assert len(list(chronicle.events_stored([cast.event("press", kind="call_button.pressed")]))) == 1
    assert list(chronicle.findings_raised([cast.finding("note", severity=Severity.INFO)])) == []


def test_a_finding_goes_by_its_first_event_and_an_absence_by_itself() -> None:
    evidence = Evidence(event_ids=tuple(f"evt_{number}" for number in range(99)))
    [line] = chronicle.findings_raised([cast.finding("many", evidence=evidence)])
    assert (line.chain, line.fields["events"]) == ("evt_0", [f"evt_{number}" for number in range(20)])
    [absence] = chronicle.findings_raised([cast.finding("missing")])
    assert absence.chain == "fnd_missing"


def test_no_line_holds_what_is_said_of_a_person() -> None:
    notice = cast.notice("told", text={"resident_name": "措姆", "where": "扎木镇 3 号"})
    attempt = cast.attempt("one", notice.id, detail="措姆", status="措姆")
    change = cast.change("alt_press", by="user:dolma", detail={"note": "措姆"})
    event = cast.event("press", kind="call_button.pressed", data={"words": "措姆"}, device_event_id="措姆")
    lines = [
        *chronicle.events_stored([event]),
        *chronicle.findings_raised([cast.finding("many", evidence=Evidence(figures={"who": "措姆"}))]),
        *chronicle.alert_moved(cast.alert("press", note="措姆", accepted_by="wrk_dolma"), [change]),
        *chronicle.notices_made([notice]),
        *chronicle.notice_concluded(notice),
        *chronicle.attempt_started(attempt, notice),
        *chronicle.attempt_ended(attempt, notice),
    ]
    said = str([[getattr(line, field.name) for field in fields(line)] for line in lines])
    assert len(lines) == 7
    for word in ("措姆", "卓玛", "扎木镇", "dolma", "127.0.0.1", "res_lhamo"):
        assert word not in said
