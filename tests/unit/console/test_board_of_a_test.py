"""The board's card of a test says that it is one, and whoever declined is told who is still asked."""

from __future__ import annotations

from services.domain.alerts import RunningTest
from tests.unit.console.cast import Cast, press
from tests.unit.console.test_device_pages import PAGE


def test_the_card_of_a_test_says_so_in_place_of_its_priority(house: Cast) -> None:
    press(house, policy="test", test=RunningTest("basang", "emergency", {"en": "Call button pressed"}))
    client = house.worker("basang")
    card = client.get("/", headers=PAGE).text.partition('data-part="alert-alert-1"')[2].partition("</li>")[0]
    assert "A test" in card
    assert "the test has passed" in card
    assert 'class="mark high"' not in card


def test_who_cannot_go_is_told_so_on_the_board_and_on_the_alert(house: Cast) -> None:
    press(house)
    client = house.worker("basang")
    client.post("/api/v1/alerts/alert-1/decline")
    for address in ("/", "/alerts/alert-1"):
        assert "You said that you cannot go." in client.get(address, headers=PAGE).text
