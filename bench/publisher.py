"""The publisher, a process of its own: plays all devices of a community over few connections.

It reads a job, prepares every message, says that it is ready, waits for the word to go, and publishes at QoS
1 with a bounded number unacknowledged. A press is stamped in the moment in which it is handed to the kernel.
It must never be the limit of what is measured; it says how much of its own CPU it took.
"""

from __future__ import annotations

import json
import resource
import selectors
import sys
from collections import deque
from collections.abc import Iterable

from bench import clock, traffic
from bench.traffic import Job
from devices.simulator.fleet import packets

MOST_AT_ONCE = 64
"""Packets handed to the kernel in one call."""
_ROOT = "anxin/v1"


class Outgoing:
    """One connection with what it has to say; ``due`` in nanoseconds after the start."""

    def __init__(self, port: int, name: str, window: int) -> None:
        self.line = packets.Line(port, name)
        self.line.socket.settimeout(0.0)
        self.queue: deque[tuple[int, bytes]] = deque()
        self.unacknowledged = 0
        self._window = window
        self._left = b""
        self._buffer = packets.Buffer()
        self._numbers = 0

    def number(self) -> int:
        self._numbers = self._numbers % packets.MOST_PACKET + 1
        return self._numbers

    @property
    def is_done(self) -> bool:
        return not self.queue and not self._left and not self.unacknowledged

    def next_due(self) -> int | None:
        """When it next has something to say; None if it waits for the broker, or is done."""
        return self.queue[0][0] if self.queue and self.unacknowledged < self._window else None

    @property
    def is_stuck(self) -> bool:
        return bool(self._left)

    def write(self, passed: int) -> None:
        """Say what is due, as far as window and kernel take it."""
        while True:
            if not self._left:
                room = min(self._window - self.unacknowledged, MOST_AT_ONCE)
                due: list[bytes] = []
                while self.queue and len(due) < room and self.queue[0][0] <= passed:
                    due.append(self.queue.popleft()[1])
                if not due:
                    return
                self.unacknowledged += len(due)
                self._left = b"".join(due)
            try:
                sent = self.line.socket.send(self._left)
            except BlockingIOError:
                return
            self._left = self._left[sent:]

    def read(self) -> None:
        more = self.line.socket.recv(65536)
        if not more:
            raise packets.BrokerRefuses("the broker closed the connection")
        self.unacknowledged -= sum(kind == packets.PUBACK for kind, _ in self._buffer.feed(more))


class Presses(Outgoing):
    """The connection of the buttons: each press is made, stamped and sent by itself."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.port, f"bench-{job.run}-buttons", job.window)
        self._job = job
        self.stamps: dict[str, int] = {}
        self.due: deque[int] = deque(int(n * clock.SECOND / job.press_rate) for n in range(job.presses))

    @property
    def is_done(self) -> bool:
        return not self.due and super().is_done

    def next_due(self) -> int | None:
        return self.due[0] if self.due else super().next_due()

    def write(self, passed: int) -> None:
        while self.due and self.due[0] <= passed:
            self.due.popleft()
            number = len(self.stamps)
            home = self._job.first_press_home + number
            payload = traffic.press(self._job.run, number, clock.now())
            self.queue.append((0, packets.publish(f"{_ROOT}/button-{home}/alarm", payload, self.number())))
            self.stamps[f"res-{home}"] = clock.stamp()
            super().write(passed)
        super().write(passed)


def prepared(job: Job) -> tuple[list[Outgoing], Presses]:
    """The connections, with every message made; a device keeps to one of them."""
    lines = [Outgoing(job.port, f"bench-{job.run}-{n}", job.window) for n in range(job.connections)]
    for said in traffic.background(job, clock.now()):
        line = lines[int(said.device.rpartition("-")[2]) % len(lines)]
        lane = "alarm" if said.device.startswith("button") else "event"
        topic = f"{_ROOT}/{said.device}/{lane}"
        line.queue.append((said.due, packets.publish(topic, said.payload, line.number())))
    return lines, Presses(job)


def publish(lines: list[Outgoing], seconds: float) -> tuple[int, int]:
    """Publish everything; the stamps of the beginning and of the last acknowledgement."""
    selector = selectors.DefaultSelector()
    for line in lines:
        selector.register(line.line.socket, selectors.EVENT_READ, line)
    start = clock.stamp()
    while not all(line.is_done for line in lines) and clock.seconds_since(start) < seconds:
        passed = clock.stamp() - start
        for line in lines:
            line.write(passed)
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.is_stuck else 0)
            if wanted != selector.get_key(line.line.socket).events:
                selector.modify(line.line.socket, wanted, line)
        for key, events in selector.select(_pause(lines, clock.stamp() - start)):
            if events & selectors.EVENT_READ:
                key.data.read()
    end = clock.stamp()
    selector.close()
    return start, end


def _pause(lines: Iterable[Outgoing], passed: int) -> float:
    """Seconds until somebody has something to say; the broker's answers wake as well."""
    dues = [due for line in lines if not line.is_stuck and (due := line.next_due()) is not None]
    return max((min(dues) - passed) / clock.SECOND, 0.0) if dues else 1.0


def main() -> None:
    job = Job.of_json(sys.stdin.readline())
    background, buttons = prepared(job)
    lines = [*background, buttons]
    print(json.dumps({"ready": True}), flush=True)
    if not sys.stdin.readline():
        return
    before = resource.getrusage(resource.RUSAGE_SELF)
    start, end = publish(lines, job.seconds)
    after = resource.getrusage(resource.RUSAGE_SELF)
    presses = buttons.stamps
    unsaid = sum(len(line.queue) + line.unacknowledged for line in lines)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = {"start": start, "end": end, "unsaid": unsaid, "presses": presses, "cpu": cpu}
    print(json.dumps(told), flush=True)
    for line in lines:
        line.line.close()


if __name__ == "__main__":
    main()
