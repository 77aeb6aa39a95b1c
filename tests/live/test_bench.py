"""The bench on the real service, as small as can be: each figure comes out, and nothing is lost."""

import subprocess
import sys

from bench.figures import Figure
from bench.measuring import Asked, measure
from bench.places import StoreKind
from bench.plan import TINY, Part


def _measured(store: StoreKind, *parts: Part) -> dict[str, Figure]:
    return {figure.name: figure for figure in measure(Asked(TINY, parts), [store], lambda _: None)}


def test_every_figure_is_measured_on_the_real_service() -> None:
    found = _measured(StoreKind.SQLITE, *Part)
    for name in (
        "floor: echo through the broker + fsync, p50",
        "durable events, realistic",
        "durable events, telemetry",
        "publish → webhook at 50/s, p50",
        "publish → webhook at 50/s, p99",
        "a press in a flood of twice what is handled, p99",
        "CPU of an event, 60 homes to 20",
        "restart with 60 deadlines until ready",
        "rules: CPU of an event by 3 rules, dearest to first",
        "1 days of 2 homes, lived and played",
    ):
        assert found[name].value > 0
    assert found["alert logs of one seed that differ"].value == 0
    for name in ("events lost or doubled, realistic", "events lost or doubled, telemetry", "deadlines lost"):
        assert found[name].value == 0


def test_throughput_is_measured_on_postgresql_as_well() -> None:
    found = _measured(StoreKind.POSTGRESQL, Part.THROUGHPUT)
    assert found["durable events, realistic"].value > 0
    assert found["events lost or doubled, realistic"].value == 0


def test_an_unknown_figure_is_a_wrong_usage() -> None:
    done = subprocess.run([sys.executable, "-m", "bench", "--only", "luck"], capture_output=True, check=False)
    assert done.returncode == 2
    assert b"throughput" in done.stderr
