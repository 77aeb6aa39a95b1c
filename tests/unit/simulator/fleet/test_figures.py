"""Lost is lost, and who was the limit is said of the one who was."""

from dataclasses import replace

import pytest

from devices.simulator.fleet.figures import Figures, percentile
from devices.simulator.fleet.table import line

WELL = Figures(
    homes=10,
    wanted_rate=100.0,
    with_service=True,
    sent=1000,
    acknowledged=1000,
    stored=1000,
    pressed=10,
    alerted=10,
    sending_took=10.0,
    stored_at_end_of_sending=990,
    storing_took=10.2,
)


def test_a_fleet_whose_messages_are_all_stored_has_no_fault() -> None:
    assert WELL.faults() == []
    assert WELL.limit is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lost": 1}, "1 were acknowledged by the broker and are stored nowhere"),
        ({"duplicate": 2}, "2 rows are there too many"),
        ({"quarantined": 3}, "3 went to quarantine"),
        ({"alerted": 9}, "1 of 10 who pressed reached nobody"),
        ({"acknowledged": 999}, "1 were sent and never acknowledged"),
    ],
)
def test_each_fault_is_a_sentence(changes: dict[str, int], words: str) -> None:
    assert [words in fault for fault in replace(WELL, **changes).faults()] == [True]  # type: ignore[arg-type]


def test_who_waited_for_the_broker_was_not_the_limit() -> None:
    slow = replace(WELL, sending_took=20.0)
    assert slow.limit == "generator"
    assert replace(slow, held=5.0).limit == "broker"


def test_a_rate_is_held_from_97_of_100_on() -> None:
    assert replace(WELL, sending_took=10.3).limit is None
    assert replace(WELL, sending_took=10.32).limit == "generator"


def test_a_single_message_that_was_due_in_the_last_moment_does_not_break_a_low_rate() -> None:
    slow = replace(WELL, wanted_rate=0.3, sent=3, acknowledged=3, stored=3)
    assert slow.limit is None
    assert replace(slow, sent=1, acknowledged=1, stored=1).faults() == [
        "the rate was not held, and the generator was the limit: 0.1 of 0.3 a second were sent"
    ]


def test_a_service_that_is_two_seconds_behind_at_the_end_was_the_limit() -> None:
    assert replace(WELL, stored_at_end_of_sending=800).limit is None
    behind = replace(WELL, stored_at_end_of_sending=799)
    assert behind.limit == "service"
    assert "the service was the limit: 201 were on their way" in behind.faults()[0]
    assert replace(behind, with_service=False).limit is None


def test_as_fast_as_it_goes_has_no_rate_to_hold() -> None:
    assert replace(WELL, wanted_rate=0.0, stored_at_end_of_sending=0).limit is None


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([], 0.5) is None
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([1.0, 2.0], 0.99) == 2.0


def test_a_line_says_all_of_it_and_lost_only_when_it_is_known() -> None:
    assert line(WELL, "sending") == (
        "  10.0 s  sending: 1,000 sent, 1,000 acknowledged, 1,000 stored, 10 alerted, – lost, 0 doubled"
    )
    assert "3 lost" in line(replace(WELL, is_looked_up=True, lost=3), "sending")
