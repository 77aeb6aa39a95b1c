"""Devices that misbehave as real ones do, and what the house makes of it: the sayings of the simulator's
instruments, in the words of the native wire, come in at the product's own door.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from devices.simulator.acts import Act, Fault, Saying
from devices.simulator.ecosystems.known import known
from devices.simulator.instruments.noticing import Instrument
from devices.simulator.instruments.performing import performed
from services.ingest.messages import Message
from tests.stories.changing_rules import ZONE
from tests.stories.stage import Stage

DEVICES = (
    Instrument("button", "call_button", ("deji",), "box"),
    Instrument("bed", "bed_sensor", ("deji",), "box"),
)
KINDS = {"in": "bed.entered", "out": "bed.exited", "press": "call_button.pressed"}
NATIVE = known()["native"]


class Hearing(Stage):
    """A stage on which whole streams of messages come in: those of one second at once."""

    def hears(self, messages: Iterable[Message]) -> None:
        for _, at_once in groupby(messages, key=lambda message: message.received_at.replace(microsecond=0)):
            batch = list(at_once)
            self._move_to(batch[-1].received_at)
            self._letterbox.waiting += batch
            self._settle()

    def events(self) -> list[dict[str, Any]]:
        return self._all("events")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Hearing]:
    hearing = Hearing(tmp_path / "stage", "2025-07-23 02:00", None, rebuilt=False)
    yield hearing
    hearing.close()


def night(wall: str) -> datetime:
    """An instant of the night to 2025-07-23."""
    return datetime.combine(date(2025, 7, 23), time.fromisoformat(wall), ZONE).astimezone(UTC)


def lives(*told: str) -> list[Act | Saying]:
    """'02:10 out' and so on, of the night to 2025-07-23."""
    acts: list[Act | Saying] = []
    for words in told:
        wall, what = words.split()
        kind = KINDS[what]
        acts.append(Act(night(wall), "deji", kind, "call_button" if what == "press" else "bed_sensor"))
    return acts


def heard(told: Sequence[Act | Saying], *faults: Fault, until: str = "06:00") -> Iterator[Message]:
    """What comes to the house of it."""
    for saying in performed(DEVICES, told, faults, 1, night(until)):
        for said in NATIVE.messages(saying.device, saying):
            yield Message(said.topic, said.payload, saying.at)


def found(stage: Hearing, rule: str) -> list[tuple[str, str]]:
    """The Findings of a rule: when, and in which state."""
    return [
        (f"{datetime.fromisoformat(each['at']).astimezone(ZONE):%H:%M:%S}", each["state"])
        for each in stage.findings()
        if each["rule"] == rule
    ]


def test_a_button_that_repeats_its_press_calls_once(stage: Hearing) -> None:
    stage.hears(heard(lives("02:13 press"), Fault("repeats", "button", night("02:00"))))
    assert len(stage.alerts()) == 1
    assert stage.told() == ["02:13 assigned", "02:13 neighbour"]
    assert len(stage.alert()["facts"]) == 1


def test_who_presses_three_times_in_a_row_has_one_alert_of_three_calls(stage: Hearing) -> None:
    stage.hears(heard(lives("02:13 press"), Fault("press-in-a-row", "button", night("02:00"))))
    assert len(stage.alerts()) == 1
    assert len(stage.alert()["facts"]) == 3
    assert Counter(stage.told())["02:13 assigned"] == 1


def test_a_message_that_is_delivered_twice_is_one(stage: Hearing) -> None:
    told = lives("02:05 in", "02:10 out", "02:13 press")
    stage.hears(heard(told, Fault("duplicates", None, night("02:00"))))
    assert len(stage.alert()["facts"]) == 1
    stage.at("02:31")
    assert found(stage, "out-of-bed-at-night") == [("02:30:00", "holds")]


def test_a_press_that_the_broker_kept_and_nobody_heard_is_told_to_the_desk_once_as_unconfirmed(
    stage: Hearing,
) -> None:
    (kept,) = heard(lives("02:13 press"), Fault("retained", "button", night("02:00")))
    for wall in ("02:20", "02:40"):
        copy = Message(kept.topic, kept.payload, night(wall), retained=True)
        stage.hears([copy])
    assert len(stage.alerts()) == 1
    assert stage.alert()["resident_id"] is None
    assert stage.told()[0] == "02:20 desk"


def test_a_press_that_only_the_broker_had_reaches_the_worker_once_its_button_says_it_again(
    stage: Hearing,
) -> None:
    """Without a receipt a button sends again; the copy that came first must not answer in its place."""
    (kept,) = heard(lives("02:13 press"), Fault("retained", "button", night("02:00")))
    stage.hears([Message(kept.topic, kept.payload, night("02:20"), retained=True)])
    assert [each for each in stage.told() if not each.endswith(" desk")] == []
    stage.hears([Message(kept.topic, kept.payload, night("02:21"))])
    assert {each["resident_id"] is None for each in stage.alerts()} == {True, False}
    assert "02:21 assigned" in stage.told()
    before = len(stage.alerts())
    stage.hears([Message(kept.topic, kept.payload, night("02:22"))])
    assert len(stage.alerts()) == before


def test_a_mat_that_chatters_under_somebody_calls_nobody(stage: Hearing) -> None:
    told = lives("02:05 in")
    stage.hears(heard(told, Fault("chatter", "bed", night("02:10"), night("02:20"))))
    stage.at("03:00")
    assert stage.told() == []
    assert found(stage, "out-of-bed-at-night") == found(stage, "many-night-exits") == []


def test_who_leaves_a_mat_that_chatters_is_missed_twenty_minutes_after_its_last_bounce(
    stage: Hearing,
) -> None:
    told = lives("02:05 in", "02:10 out")
    stage.hears(heard(told, Fault("chatter", "bed", night("02:09:30"), night("02:20"))))
    stage.at("02:32")
    [(at, state)] = found(stage, "out-of-bed-at-night")
    assert "02:30:00" < at < "02:30:10"
    assert state == "holds"


def test_what_a_gateway_kept_while_it_was_down_is_found_late_and_what_is_over_is_not(
    stage: Hearing,
) -> None:
    told = lives("02:00 in", "02:10 out", "02:20 in", "02:30 out")
    down = Fault("gateway-down", "box", night("02:05"), night("03:00"))
    stage.hears(heard(told, down))
    stage.at("03:02")
    assert found(stage, "out-of-bed-at-night") == [("02:50:00", "holds")]
    assert "03:01 assigned" in stage.told()


def test_what_a_gateway_hands_over_out_of_order_is_put_in_order_by_its_times(stage: Hearing) -> None:
    told = lives("02:01 in", "02:10 out", "02:12 in", "02:20 press")
    mixed = Fault("gateway-mixes", "box", night("02:05"), night("02:40"))
    stage.hears(heard(told, mixed))
    stage.at("03:30")
    assert found(stage, "out-of-bed-at-night") == []
    assert len(stage.alerts()) == 1, "a press that comes late is a call"


def test_a_clock_that_is_two_hours_ahead_is_not_believed_and_a_press_counts_all_the_same(
    stage: Hearing,
) -> None:
    told = lives("02:05 in", "02:10 out", "02:15 press")
    ahead = [Fault("clock-ahead", name, night("02:00"), by=timedelta(hours=2)) for name in ("bed", "button")]
    stage.hears(heard(told, *ahead))
    assert stage.told() == ["02:15 assigned", "02:15 neighbour"]
    stage.at("03:00")
    assert found(stage, "out-of-bed-at-night") == [], "what has no time of its own starts no watch"
    marked = [each["time_replaced"] for each in stage.events()]
    assert marked == [True, True, True]


def test_devices_that_come_and_go_in_a_storm_call_nobody_and_lose_no_press(stage: Hearing) -> None:
    told = lives("02:05 in", "02:15:01 press")
    stage.hears(heard(told, Fault("reconnects", "box", night("02:15"), times=5)))
    assert stage.told() == ["02:15 assigned", "02:15 neighbour"]
    assert len(stage.alerts()) == 1


def test_a_mat_that_floods_is_thinned_and_the_button_beside_it_gets_through(stage: Hearing) -> None:
    told = lives("02:10:20 press")
    stage.hears(heard(told, Fault("flood", "bed", night("02:10"), night("02:10:30"))))
    assert stage.told() == ["02:10 assigned", "02:10 neighbour"]
    kinds = Counter(each["kind"] for each in stage.events())
    assert 600 <= kinds["device.battery"] <= 1_300, "of 1,500"
    assert kinds["call_button.pressed"] == 1
