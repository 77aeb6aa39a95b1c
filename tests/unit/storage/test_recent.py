"""What was stored a moment ago is answered from memory, and never less than there is."""

from __future__ import annotations

from services.domain.events import Event
from services.storage.recent import MOST, Recent
from tests.contracts.cast import event

PRESS = "call_button.pressed"


def exits(first: int, last: int, *presses: int) -> list[Event]:
    """Events of these numbers, of which some are presses."""
    return [
        event(str(seq), seq=seq, kind=PRESS if seq in presses else "bed.exited")
        for seq in range(first, last + 1)
    ]


def known(recent: Recent, after: int, beside: list[Event] | None = None) -> tuple[list[int], int]:
    alarms, until = recent.alarms_after(after, beside or [])
    return [alarm.seq for alarm in alarms], until


def test_alarms_are_known_up_to_the_newest_event() -> None:
    recent = Recent()
    recent.committed(exits(1, 9, 3, 7))
    assert known(recent, 0) == ([3, 7], 9)
    assert known(recent, 3) == ([7], 9)
    assert known(recent, 7) == ([], 9)


def test_alarms_of_the_asking_transaction_follow_without_a_gap() -> None:
    recent = Recent()
    recent.committed(exits(1, 3, 2))
    assert known(recent, 0, exits(4, 5, 5)) == ([2, 5], 5)
    assert known(recent, 3, exits(4, 5, 5)) == ([5], 5)
    assert known(recent, 0, exits(6, 7, 6)) == ([2], 3), "another process stored 4 and 5"


def test_what_is_not_known_is_not_answered() -> None:
    recent = Recent()
    assert known(recent, 0) == ([], 0)
    recent.committed(exits(5, 6, 5))
    assert known(recent, 0) == ([], 0), "1 to 4 are the database's to tell"
    recent.committed(exits(9, 10, 9))
    assert known(recent, 4) == ([], 4), "so are 7 and 8"
    assert known(recent, 8) == ([9], 10)


def test_alarms_are_forgotten_with_the_events_around_them() -> None:
    recent = Recent()
    recent.committed(exits(1, 2 * MOST, 1, 2 * MOST - 5))
    recent.committed(exits(2 * MOST + 1, 2 * MOST + 2))
    assert known(recent, 0) == ([], 0)
    assert known(recent, MOST + 2) == ([2 * MOST - 5], 2 * MOST + 2)
