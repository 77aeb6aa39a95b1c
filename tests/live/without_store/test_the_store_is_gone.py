"""While the store cannot be written a press reaches step 1 and the duty desk within 10 s; when it is back all
of that is in it, once, and the alert goes on.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contracts.postgresql import PostgresqlServer
from tests.live.house.running import until
from tests.live.without_store.taken_away import filled, shut_down, standing_still
from tests.live.without_store.village import STEP_TWO_AFTER, WITHIN, Village, seconds_between
from tests.stock_client import Hearing

pytestmark = [
    pytest.mark.needs_program("mosquitto_pub"),
    pytest.mark.needs_program("mosquitto_sub"),
    pytest.mark.timeout(180),
]


def test_a_press_on_a_full_disk(on_sqlite: Village) -> None:
    here = on_sqlite
    with here.listening() as button:
        with filled(here.house.folder / "anxin.db"):
            _a_press_reaches_people(here)
            _a_repeat_reaches_nobody(here)
        _everything_is_in_the_store_once(here, button)


def test_a_press_while_postgresql_answers_nothing_for_twenty_seconds(
    on_postgresql: Village, server: PostgresqlServer
) -> None:
    here = on_postgresql
    with here.listening() as button:
        with standing_still(server):
            _a_press_reaches_people(here)
            _a_repeat_reaches_nobody(here)
            until(lambda: here.waited_for() >= 20)
            # who waits on a line that is there hears nothing; who needs a new one is told that there is none
            until(lambda: here.says("has not answered") or here.says("cannot be read"))
        _everything_is_in_the_store_once(here, button)


def test_a_press_while_postgresql_is_shut_down(on_postgresql: Village, server: PostgresqlServer) -> None:
    here = on_postgresql
    with here.listening() as button:
        with shut_down(server):
            _a_press_reaches_people(here)
            _a_repeat_reaches_nobody(here)
            assert not here.is_ready()
        _everything_is_in_the_store_once(here, button)


def test_a_house_that_is_to_end_while_the_store_stands_still_ends(
    on_postgresql: Village, server: PostgresqlServer
) -> None:
    here = on_postgresql
    with standing_still(server):
        here.press("press-1")
        here.hears("grid")
        assert here.house.end() == 1  # it says which threads did not end in time


def _a_press_reaches_people(here: Village) -> None:
    here.press("press-1")
    step_one, desk = here.hears("grid"), here.hears("desk")
    assert (step_one["kind"], step_one["resident"]["name"], step_one["step"]) == ("alert", "措姆", 0)
    assert desk["alert_id"] == step_one["alert_id"]
    assert here.says("alarms wait to be stored")


def _a_repeat_reaches_nobody(here: Village) -> None:
    """The device sends again until it has its receipt; by the time the house looked at that, 5 s went by."""
    here.press("press-1")
    until(lambda: here.says("2 alarms wait"))
    assert [here.hooks[name].kinds() for name in here.hooks] == [[], [], []]


def _everything_is_in_the_store_once(here: Village, button: Hearing) -> None:
    assert _said(button) == {"id": "press-1", "result": "stored"}
    until(here.is_ready)
    [event] = here.presses()
    assert (event["device_event_id"], event["marks"]) == ("press-1", ["told_without_store"])
    alert = here.the_only_alert()
    assert len(alert["facts"]) == 1
    assert here.api.get(f"findings/{alert['facts'][0]['finding_id']}")["evidence"]["event_ids"] == [
        event["id"]
    ]
    _each_was_told_once(here, alert, event)
    assert here.hears("backup", STEP_TWO_AFTER + WITHIN)["step"] == 1
    _the_next_step_came_at_its_time(here, alert)
    assert [here.hooks[name].kinds() for name in here.hooks] == [[], [], []]


def _each_was_told_once(here: Village, alert: dict[str, Any], event: dict[str, Any]) -> None:
    notices = {
        each["worker_id"]: each for each in here.api.items(f"notices?alert_id={alert['id']}&state=sent")
    }
    delivered = here.delivered(alert["id"])
    for who in ("grid", "desk"):
        notice = notices[here.worker[who]]
        assert notice["reason"] == "told_without_store"
        [attempt] = delivered[notice["id"]]
        assert seconds_between(event["received_at"], attempt["ended_at"]) < WITHIN


def _the_next_step_came_at_its_time(here: Village, alert: dict[str, Any]) -> None:
    [called] = [
        each
        for each in here.api.items(f"notices?alert_id={alert['id']}")
        if each["worker_id"] == here.worker["backup"]
    ]
    apart = seconds_between(alert["opened_at"], called["created_at"])
    assert STEP_TWO_AFTER <= apart < STEP_TWO_AFTER + WITHIN


def _said(button: Hearing) -> dict[str, str]:
    """The next receipt; what the device is told beside it is the reassurance."""
    while True:
        _, topic, payload = button.next().split(" ", 2)
        if topic.endswith("/receipt"):
            said: dict[str, str] = json.loads(payload)
            return said
        assert json.loads(payload)["state"] == "heard"
