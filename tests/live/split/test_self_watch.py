"""With several processes one presses the house's own button; if one hangs, another says so outside."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from tests.live.house.running import Hook, until
from tests.live.house.test_self_watch import asked
from tests.live.split.processes import County, ServiceProcess

pytestmark = [pytest.mark.timeout(300), pytest.mark.needs_program("mosquitto")]
FAST = {
    "ANXIN_SELF_WATCH_EVERY": "1",
    "ANXIN_SELF_WATCH_WITHIN": "2",
    "ANXIN_WATCH_AFTER": "10",
    "ANXIN_WATCH_OVER_AFTER": "2",
    "ANXIN_LANGUAGE": "en",
}


def back(console: ServiceProcess) -> float:
    text = asked(f"{console.ready['http']}/metrics")[1]
    name = 'anxin_self_watch_presses_total{result="back"}'
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


def heard(hook: Hook, wanted: Callable[[str], bool]) -> str:
    """The first text of the kind that is wanted, waited for."""
    while not wanted(text := str(hook.next()["data"]["text"])):
        continue
    return text


def test_a_process_that_hangs_is_said_outside_by_another(county: County, hook: Hook) -> None:
    more = FAST | {"ANXIN_WATCH_TELL": hook.address}
    running = {name: county.process(name, **more) for name in ("ingest", "rules", "notify", "console")}
    for process in running.values():
        process.begin()
    for process in running.values():
        process.wait_until_ready()
    console, notify = running["console"], running["notify"]
    until(lambda: back(console) >= 1)
    notify.ask_to_end(signal.SIGSTOP)
    heard(hook, lambda text: "way of a press is broken" in text)
    notify.ask_to_end(signal.SIGCONT)
    heard(hook, lambda text: "is over" in text)
    console.ask_to_end(signal.SIGSTOP)
    heard(hook, lambda text: "No process has pressed" in text)
    console.ask_to_end(signal.SIGCONT)
    heard(hook, lambda text: "is over" in text)
