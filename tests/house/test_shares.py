"""How a run on several processes is shared out."""

import pytest

from tests.shares import EACH_PAGE, place_of, share_of


@pytest.mark.parametrize(
    ("test", "share"),
    [
        ("tests/unit/rules/test_count.py::test_a", "tests/unit/rules/test_count.py"),
        ("tests/unit/rules/test_count.py::test_a[board-en-phone]", "tests/unit/rules/test_count.py"),
        (f"{EACH_PAGE}::test_a[board-zh-CN-phone]", f"{EACH_PAGE}[board]"),
        (f"{EACH_PAGE}::test_a[alert-in-hand-bo-desk]", f"{EACH_PAGE}[alert-in-hand]"),
        (f"{EACH_PAGE}::test_without[alert-in-hand]", f"{EACH_PAGE}[alert-in-hand]"),
        (f"{EACH_PAGE}::test_every_page_is_in_the_list", EACH_PAGE),
    ],
)
def test_a_file_is_one_share_and_a_page_that_is_measured_is_one(test: str, share: str) -> None:
    assert share_of(test) == share


def test_what_starts_services_and_browsers_begins_first() -> None:
    tests = ["tests/unit/a.py::a", "tests/contracts/a.py::a", "tests/browser/a.py::a", "tests/live/a.py::a"]
    assert sorted(tests, key=place_of) == tests[::-1]
