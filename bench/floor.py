"""The physical floor: what no service on this machine could beat. One message through the service's own
broker and back at QoS 1, plus one small write that the disk has confirmed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from bench import clock
from bench.arithmetic import percentile
from devices.simulator.fleet import packets

TOPIC = "anxin-bench/echo"
"""No service subscribes to it."""
WRITE = b"x" * 512


@dataclass(frozen=True, slots=True)
class Floor:
    """Milliseconds."""

    echo_p50: float
    fsync_p50: float

    @property
    def p50(self) -> float:
        return self.echo_p50 + self.fsync_p50


def measure(mqtt_port: int, folder: Path, times: int) -> Floor:
    """Echoes through the broker, then writes in the folder in which the service has its store."""
    echoes, writes = _echoes(mqtt_port, times), _writes(folder / "floor", times)
    return Floor(percentile(echoes, 0.5), percentile(writes, 0.5))


def _echoes(mqtt_port: int, times: int) -> list[float]:
    hears = packets.Line(mqtt_port, "bench-floor-hears")
    says = packets.Line(mqtt_port, "bench-floor-says")
    hears.socket.sendall(packets.subscribe(TOPIC))
    hears.next(packets.SUBACK)
    took = []
    for number in range(1, times + 1):
        start = clock.stamp()
        says.socket.sendall(packets.publish(TOPIC, WRITE[:200], number))
        body = hears.next(packets.PUBLISH)
        took.append((clock.stamp() - start) / clock.MILLISECOND)
        hears.socket.sendall(packets.acknowledge(packets.number_in(body)))
        says.next(packets.PUBACK)
    hears.close()
    says.close()
    return took


def _writes(path: Path, times: int) -> list[float]:
    took = []
    try:
        with path.open("wb", buffering=0) as file:
            for _ in range(times):
                start = clock.stamp()
                file.write(WRITE)
                os.fsync(file.fileno())
                took.append((clock.stamp() - start) / clock.MILLISECOND)
    finally:
        path.unlink(missing_ok=True)
    return took
