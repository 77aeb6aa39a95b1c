"""However a run of the browser's tests ends, no process of a browser outlives it."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from devices.simulator import clock
from tests.browser.chromium import marked

RUN = """
import os, signal, sys
from pathlib import Path
from tests.browser import chromium
chromium.secrets.token_hex = lambda _: "{word}"
with chromium.chromium() as browser:
    browser.browser.new_page()
    print(len(chromium.marked("{word}")), flush=True)
    {end}
"""
KILLED = "os.kill(os.getpid(), signal.SIGKILL)"
FAILED = "raise RuntimeError('a test fails')"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes by /proc")
@pytest.mark.parametrize(("end", "code"), [(KILLED, -signal.SIGKILL), (FAILED, 1)], ids=["killed", "failed"])
def test_no_process_outlives_a_run_that_was(end: str, code: int) -> None:
    word = f"left-{code}"
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(word=word, end=end)], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert int(done.stdout) > 1, "the browser and its processes"
    assert clock.until(lambda: not marked(word), timedelta(seconds=10))


NEVER_CLOSES = """
import os, signal
from datetime import timedelta
from tests.browser import chromium
chromium.secrets.token_hex = lambda _: "{word}"
chromium.CLOSED_WITHIN = timedelta(seconds=1)
with chromium.chromium() as browser:
    window = browser.browser.new_context()
    for number in chromium.marked("{word}"):
        os.kill(number, signal.SIGSTOP)
    browser.leave(window)
    browser.browser.new_page()
    print("opened")
"""


def test_a_window_that_does_not_close_takes_its_browser_along_and_the_next_one_opens() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NEVER_CLOSES.format(word="never-closes")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "opened\n"), done.stderr
    assert marked("never-closes") == []
