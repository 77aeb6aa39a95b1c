"""The peer's figures, beside those of the service in the same run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench import floor, node_red
from bench.figures import Figure
from bench.plan import Plan
from bench.running import sink
from bench.traffic import Mix

TIMES_THE_PEER = 3.0
NAME = "Node-RED"


def figures(plan: Plan, folder: Path, handled: float | None) -> Iterator[Figure]:
    """``handled`` is what the service handled of the realistic mix, events a second, if that was measured."""
    with sink(folder) as own, node_red.running(folder / "peer", plan.homes, own) as peer:
        rate = peer.events_a_second(Mix.REALISTIC, plan.throughput_for, plan.repeats)
        now = floor.measure(peer.mqtt_port, folder, plan.echoes)
        note = f"SQLite FULL, a row a transaction; the floor by then {now.p50:.2f} ms"
        yield Figure("durable events, realistic", NAME, rate, "/s", note=note)
        if handled is not None:
            name = "durable events, realistic, to Node-RED's"
            yield Figure(name, "sqlite", handled / rate, "×", TIMES_THE_PEER, at_least=True)
        for load in plan.loads:
            if load.rate > rate / 2:
                continue  # it would measure the peer's backlog
            p50, p99 = peer.latency(load)
            name = f"publish → webhook at {load.rate:,.0f}/s"
            yield Figure(f"{name}, p50", NAME, p50, "ms", note=f"{p50 / now.p50:.1f} × the floor")
            yield Figure(f"{name}, p99", NAME, p99, "ms", note=f"{load.presses} presses")
