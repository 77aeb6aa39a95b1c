"""Passwords of devices: typed by hand once, guessed by nobody."""

from __future__ import annotations

from math import log2

from services.wiring.broker_credentials import LENGTH, SIGNS, BrokerCredentials

ALIKE = ("0o", "1il", "2z", "5s", "6b", "9gq", "uv")


def test_nobody_guesses_a_password() -> None:
    assert len(set(SIGNS)) == len(SIGNS)
    assert LENGTH * log2(len(SIGNS)) >= 100


def test_no_two_signs_look_alike_and_none_is_hard_to_find() -> None:
    assert SIGNS.isascii()
    assert SIGNS.isalnum()
    assert SIGNS.lower() == SIGNS
    for signs in ALIKE:
        assert len(set(signs) & set(SIGNS)) <= 1


def test_a_password_is_made_of_whole_groups_of_four_and_is_new_each_time() -> None:
    made = {BrokerCredentials().new_password() for _ in range(50)}
    assert len(made) == 50
    assert all(set(each) <= set(SIGNS) and len(each) == LENGTH for each in made)
    assert LENGTH % 4 == 0
