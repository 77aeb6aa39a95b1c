"""What goes wrong before somebody's eyes is found, so that a clean run means something. Each fault is made on
a real page of the house.
"""

from __future__ import annotations

import pytest

from tests.browser.chromium import Chromium
from tests.browser.staged import Staged
from tests.browser.viewers import Viewers

FAULTS = {
    "console": "console.error('a script complains')",
    "Content Security Policy": "document.body.setAttribute('style', 'color: red')",
    "a script breaks": "setTimeout(() => { throw new Error('a script breaks'); })",
    "asked outside": "new Image().src = 'http://elsewhere.invalid/a.png'",
    "refused: 404": "fetch('/nothing-here')",
}


@pytest.mark.parametrize(("fault", "deed"), FAULTS.items(), ids=FAULTS)
def test_a_fault_is_found(browser: Chromium, staged: Staged, fault: str, deed: str) -> None:
    viewers = Viewers(browser)
    try:
        viewer = viewers.come(staged)
        viewer.open("/sign-in")
        viewer.page.evaluate(f"async () => {{ await ({deed}); }}")  # an answer is waited for
        viewer.page.evaluate("() => fetch('/healthz')")
    finally:
        found = viewers.leave()
    assert any(fault in each for each in found), found


def test_a_clean_page_has_none(browser: Chromium, staged: Staged) -> None:
    viewers = Viewers(browser)
    viewers.come(staged).open("/sign-in")
    assert viewers.leave() == []
