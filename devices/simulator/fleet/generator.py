"""The generator, a process of its own: plays all devices of a fleet's homes over few connections.

It reads a job, signs in, says that it is ready, waits for the word to go, and publishes at QoS 1 at the
job's rate with a bounded number unacknowledged; presses have a connection of their own. Twice a second it
says how far it is. When it is told to stop, or whoever started it is gone, it takes what is still
acknowledged, and ends.
"""

from __future__ import annotations

import json
import selectors
import signal
import socket
import sys
from collections.abc import Iterator
from itertools import count

from devices.simulator import clock
from devices.simulator.fleet import mix, packets
from devices.simulator.fleet.mix import Job, Said

MOST_AT_ONCE = 64
"""Packets handed to the kernel in one call."""
SAYS_EVERY = 0.5
LAST_ACKNOWLEDGED_WITHIN = 20.0
"""Seconds for what was sent last."""
LONGEST_PAUSE = 0.05
RECEIVES = 1 << 18


class Numbers:
    """The numbers of one generator's messages: each once, from 0 on, so that a gap would be seen."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._next = count()
        self.taken = 0

    def new_id(self, stamp: int) -> str:
        self.taken = next(self._next) + 1
        return mix.id_of(self._job.run, self._job.number, self.taken - 1, stamp)


class Outgoing:
    """One connection: what it says comes from ``says``, ``rate`` a second; 0: whatever the window takes.

    ``phase`` is its turn among all that share a rate, from 0 to less than 1: the first speaks at once, the
    others so much later of the time between two messages, so that together they keep to a low rate as well.
    """

    def __init__(
        self, job: Job, name: str, says: Iterator[Said], rate: float, numbers: Numbers, phase: float = 0.0
    ) -> None:
        client_id = f"{job.run}-{job.number}-{name}"
        self.line = packets.Line(job.port, client_id, job.host, job.username, job.password)
        self.line.socket.settimeout(0.0)
        self.sent = 0
        self.acknowledged = 0
        self.held_by_window = 0.0
        """Seconds in which it had something to say and the broker had not acknowledged enough before."""
        self.homes: dict[int, int] = {}
        """When each home spoke first on this connection; kept for presses alone."""
        self._says = says
        self._rate = rate
        self._phase = phase
        self._numbers = numbers
        self._window = job.window
        self._keeps_homes = name == "presses"
        self._left = b""
        self._buffer = packets.Buffer()
        self._held_since: float | None = None

    @property
    def socket(self) -> socket.socket:
        return self.line.socket

    @property
    def is_stuck(self) -> bool:
        """Whether the kernel has not taken all of what was written."""
        return bool(self._left)

    @property
    def is_quiet(self) -> bool:
        return not self._left and self.acknowledged == self.sent

    def due(self, passed: float) -> int:
        """How many messages should have been sent by now and were not."""
        return self._window if not self._rate else int(passed * self._rate + 1 - self._phase) - self.sent

    def next_in(self, passed: float) -> float:
        """Seconds until it has something to say, if the window is open then."""
        if self.is_stuck or self.sent - self.acknowledged >= self._window:
            return LONGEST_PAUSE
        return (self.sent + self._phase) / self._rate - passed if self._rate else 0.0

    def write(self, passed: float) -> None:
        """Say what is due, as far as window and kernel take it."""
        while True:
            if not self._left:
                due, room = self.due(passed), self._window - (self.sent - self.acknowledged)
                self._note_hold(passed, held=due > 0 >= room)
                if min(due, room) <= 0:
                    return
                self._left = b"".join(self._packets(min(due, room, MOST_AT_ONCE)))
            if not self.flush():
                return

    def flush(self) -> bool:
        """Hand over what was left; whether the kernel took all of it."""
        if self._left:
            try:
                self._left = self._left[self.socket.send(self._left) :]
            except BlockingIOError:
                return False
        return not self._left

    def read(self) -> None:
        more = self.socket.recv(RECEIVES)
        if not more:
            raise packets.BrokerRefuses("the broker closed the connection")
        self.acknowledged += sum(kind == packets.PUBACK for kind, _ in self._buffer.feed(more))

    def end_hold(self, passed: float) -> None:
        self._note_hold(passed, held=False)

    def _note_hold(self, passed: float, *, held: bool) -> None:
        if self._held_since is not None:
            self.held_by_window += passed - self._held_since
        self._held_since = passed if held else None

    def _packets(self, how_many: int) -> Iterator[bytes]:
        at, stamp = clock.now(), clock.stamp()
        for _ in range(how_many):
            said = next(self._says)
            if self._keeps_homes:
                self.homes.setdefault(said.home, stamp)
            payload = said.payload(self._numbers.new_id(stamp), at)
            self.sent += 1
            number = self.sent % packets.MOST_PACKET + 1
            yield packets.publish(said.topic, payload, number)


def connections_of(job: Job) -> list[Outgoing]:
    """The connections of a job, signed in; a device keeps to one of them, as one has one connection."""
    numbers = Numbers(job)
    lines = []
    for place in range(job.connections):
        says = mix.background(job, place, job.connections)
        phase = (job.number * job.connections + place) / (job.of * job.connections)
        lines.append(Outgoing(job, str(place), says, job.rate / job.connections, numbers, phase))
    if job.presses:
        lines.append(Outgoing(job, "presses", mix.presses(job), job.presses, numbers, job.number / job.of))
    return lines


class Generator:
    """Publishes on its connections until its time is over or it is told to stop."""

    def __init__(self, job: Job, lines: list[Outgoing]) -> None:
        self._job = job
        self._lines = lines
        self._selector = selectors.DefaultSelector()
        self._stopped = False
        self._start = 0
        for line in lines:
            self._selector.register(line.socket, selectors.EVENT_READ, line)
        self._selector.register(sys.stdin, selectors.EVENT_READ, None)

    def run(self) -> None:
        self._start = clock.stamp()
        say_at = SAYS_EVERY
        while not self._stopped and (passed := self._passed()) < self._job.seconds:
            for line in self._lines:
                line.write(passed)
            self._look(0.0 if not self._job.rate else self._pause(passed))
            if passed >= say_at:
                say_at = passed + SAYS_EVERY
                self._say()
        ended_at = self._passed()
        for line in self._lines:
            line.end_hold(ended_at)
        while not all(line.is_quiet for line in self._lines):
            if self._passed() - ended_at > LAST_ACKNOWLEDGED_WITHIN:
                break
            for line in self._lines:
                line.flush()
            self._look(LONGEST_PAUSE)
        self._say(ended_after=ended_at)

    def _pause(self, passed: float) -> float:
        """Seconds until somebody has something to say; answers of the broker wake as well."""
        soonest = min(line.next_in(passed) for line in self._lines)
        return min(max(soonest, 0.0), LONGEST_PAUSE)

    def _passed(self) -> float:
        return (clock.stamp() - self._start) / clock.SECOND

    def _look(self, pause: float) -> None:
        for line in self._lines:
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.is_stuck else 0)
            if wanted != self._selector.get_key(line.socket).events:
                self._selector.modify(line.socket, wanted, line)
        for key, events in self._selector.select(pause):
            if key.data is None:
                sys.stdin.readline()
                self._selector.unregister(sys.stdin)
                self._stopped = True
            elif events & selectors.EVENT_READ:
                key.data.read()

    def _say(self, ended_after: float | None = None) -> None:
        pressed = {home: stamp for line in self._lines for home, stamp in line.homes.items()}
        for line in self._lines:
            line.homes.clear()
        told = {
            "sent": sum(line.sent for line in self._lines),
            "acknowledged": sum(line.acknowledged for line in self._lines),
            "held": sum(line.held_by_window for line in self._lines) / len(self._lines),
            "pressed": pressed,
            "ended_after": ended_after,
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it says when it stops, and takes what is left
    job = Job.of_json(sys.stdin.readline())
    try:
        lines = connections_of(job)
        sys.stdout.write(json.dumps({"ready": True}) + "\n")
        sys.stdout.flush()
        if sys.stdin.readline():
            Generator(job, lines).run()
    except (packets.BrokerRefuses, OSError) as error:
        sys.stdout.write(json.dumps({"fault": str(error)}) + "\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
