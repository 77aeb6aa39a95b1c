"""Senders: however many sends hang, the next one begins at once."""

import threading

from services.wiring.senders import Senders


def test_a_send_begins_however_many_others_hang() -> None:
    go_on = threading.Event()
    senders = Senders()
    hanging = [senders.submit(go_on.wait, 30) for _ in range(50)]
    try:
        assert senders.submit(str, 7).result(timeout=10) == "7"
    finally:
        go_on.set()
    assert all(each.result(timeout=10) for each in hanging)


def test_a_send_that_fails_says_so() -> None:
    assert isinstance(Senders().submit(int, "x").exception(timeout=10), ValueError)


def test_a_hanging_send_does_not_hold_up_the_end_of_the_process() -> None:
    begun = threading.Event()
    is_daemon: list[bool] = []

    def look() -> None:
        is_daemon.append(threading.current_thread().daemon)
        begun.set()

    Senders().submit(look)
    assert begun.wait(10)
    assert is_daemon == [True]
