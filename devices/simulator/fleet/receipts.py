"""The listener, a process of its own: hears the receipts of all devices and keeps which messages of a run the
service says it stored, and how long each took. It says so twice a second until its standard input ends.

A receipt comes after the commit; of what is no press it comes at QoS 0 and may be lost on its way. So a
receipt is a proof, and none is a question for the API.
"""

from __future__ import annotations

import json
import selectors
import signal
import sys
from array import array
from dataclasses import dataclass, field
from typing import Any

from devices.simulator import clock
from devices.simulator.ecosystems.native import ROOT
from devices.simulator.fleet import mix, packets
from devices.simulator.fleet.figures import percentile

TOPICS = f"{ROOT}/+/receipt"
SAYS_EVERY = 0.5
MILLISECOND = 1_000_000
RECEIVES = 1 << 18
NO_WISH_TO_HEAR = 0.1
"""Seconds of one look at the connection."""


class Seen:
    """Which numbers of which generator were seen, each once."""

    def __init__(self) -> None:
        self._of: dict[int, bytearray] = {}
        self.count = 0

    def add(self, generator: int, number: int) -> bool:
        """True if it was not seen before."""
        marks = self._of.setdefault(generator, bytearray())
        if number >= len(marks):
            marks.extend(bytes(max(number + 1 - len(marks), len(marks))))
        is_new = not marks[number]
        marks[number] = 1
        self.count += is_new
        return is_new

    def missing(self, generator: int, count: int) -> int:
        """How many of the first ``count`` numbers of a generator were not seen."""
        return count - sum(self._of.get(generator, b"")[:count])


@dataclass
class Ledger:
    """What the receipts of one run say."""

    run: str
    seen: Seen = field(default_factory=Seen)
    results: dict[str, int] = field(default_factory=dict)
    took: array[float] = field(default_factory=lambda: array("d"))
    """Milliseconds of each message from the kernel of its device to its receipt."""

    def take(self, payload: bytes, at: int) -> None:
        """Enter a receipt that was heard ``at`` (a stamp); those of other runs are nobody's here."""
        said = json.loads(payload)
        found = mix.read_id(self.run, said["id"])
        if found is None:
            return
        result = str(said["result"])
        self.results[result] = self.results.get(result, 0) + 1
        if result != "quarantined" and self.seen.add(found.generator, found.number):
            self.took.append((at - found.stamp) / MILLISECOND)

    def told(self) -> dict[str, Any]:
        """The figures so far."""
        return {
            "stored": self.seen.count,
            "duplicate": self.results.get("duplicate", 0),
            "quarantined": self.results.get("quarantined", 0),
            "p50": percentile(self.took, 0.5),
            "p99": percentile(self.took, 0.99),
        }


def listen(ledger: Ledger, line: packets.Line) -> None:
    """Hear until the standard input ends, then say the last word."""
    selector = selectors.DefaultSelector()
    selector.register(line.socket, selectors.EVENT_READ, line)
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    buffer, say_at, goes_on = packets.Buffer(), clock.stamp(), True
    while goes_on:
        for key, _ in selector.select(NO_WISH_TO_HEAR):
            if key.data is None:
                goes_on = False
            else:
                _hear(ledger, line, buffer)
        if not goes_on or clock.stamp() >= say_at:
            say_at = clock.stamp() + int(SAYS_EVERY * clock.SECOND)
            sys.stdout.write(json.dumps(ledger.told()) + "\n")
            sys.stdout.flush()
    selector.close()


def _hear(ledger: Ledger, line: packets.Line, buffer: packets.Buffer) -> None:
    more = line.socket.recv(RECEIVES)
    if not more:
        raise packets.BrokerRefuses("the broker closed the connection of the receipts")
    at = clock.stamp()
    for kind, flags, body in buffer.packets(more):
        if kind == packets.PUBLISH:
            qos = flags >> 1 & 3
            ledger.take(packets.payload_in(body, qos), at)
            if qos:
                line.socket.sendall(packets.acknowledge(packets.number_in(body)))


def _subscribe(line: packets.Line) -> None:
    line.socket.sendall(packets.subscribe(TOPICS))
    if line.next(packets.SUBACK)[2:3] not in (b"\x00", b"\x01"):
        raise packets.BrokerRefuses(f"the broker lets nobody hear all receipts ({TOPICS}) with this account")


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it says when it has heard enough
    asked = json.loads(sys.stdin.readline())
    run = asked.pop("run")
    try:
        line = packets.Line(client_id=f"{run}-receipts", **asked)
        _subscribe(line)
        sys.stdout.write(json.dumps({"ready": True}) + "\n")
        sys.stdout.flush()
        listen(Ledger(run), line)
    except (packets.BrokerRefuses, OSError) as error:
        sys.stdout.write(json.dumps({"fault": str(error)}) + "\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
