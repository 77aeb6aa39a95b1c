"""How the people of the demo answer: in time, in order, and each alert to its end."""

from datetime import UTC, datetime, timedelta
from random import Random

from devices.simulator.answering import LATE, SOON, Answering, Due, Standing
from devices.simulator.sentences import OUTCOMES, Move

START = datetime(2025, 7, 22, 4, 0, tzinfo=UTC)
OPEN = Standing("alt_1", "open", ("wrk_1", "wrk_2"))


def first_move(answering: Answering, alert: Standing, since: datetime = START) -> tuple[timedelta, Due]:
    """Look every second, as often as it takes."""
    for second in range(600):
        moves = answering.due([alert], since + timedelta(seconds=second))
        if moves:
            return timedelta(seconds=second), moves[0]
    raise AssertionError("nobody moved")


def test_an_open_alert_is_accepted_by_one_who_was_told_soon_or_late_but_never_between() -> None:
    waits = []
    for seed in range(200):
        waited, move = first_move(Answering(Random(seed)), OPEN)
        assert move.move is Move.ACCEPT
        assert move.worker_id in OPEN.owner_ids
        waits.append(waited.total_seconds())
    soon = [wait for wait in waits if SOON[0] <= wait <= SOON[1] + 1]
    late = [wait for wait in waits if LATE[0] <= wait <= LATE[1] + 1]
    assert len(soon) + len(late) == len(waits)
    assert len(soon) > 2 * len(late) > 0


def test_the_holder_arrives_and_then_closes_with_an_outcome() -> None:
    answering = Answering(Random(3))
    _, arrives = first_move(answering, Standing("alt_1", "accepted", ("wrk_2",)))
    assert arrives == Due("alt_1", Move.ARRIVE, "wrk_2")
    _, closes = first_move(answering, Standing("alt_1", "arrived", ("wrk_2",)))
    assert closes.move is Move.CLOSE
    assert closes.outcome in OUTCOMES


def test_an_alert_that_is_nobodys_waits_and_whoever_is_told_at_last_takes_their_time() -> None:
    answering = Answering(Random(1))
    nobodys = Standing("alt_1", "open", ())
    answering.due([nobodys], START)
    much_later = START + timedelta(hours=1)
    assert answering.due([nobodys], much_later) == []
    assert answering.due([OPEN], much_later) == []
    assert len(answering.due([OPEN], much_later + timedelta(minutes=10))) == 1


def test_an_alert_that_another_closed_is_forgotten() -> None:
    answering = Answering(Random(1))
    answering.due([OPEN], START)
    answering.due([], START + timedelta(hours=1))
    assert answering.due([OPEN], START + timedelta(hours=2)) == []


def test_a_refused_move_is_not_made_again_at_once() -> None:
    answering = Answering(Random(1))
    waited, _ = first_move(answering, OPEN)
    assert answering.due([OPEN], START + waited + timedelta(seconds=1)) == []
