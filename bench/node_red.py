"""The peer: Node-RED 4 with SQLite, on the same durable work, from the same publisher, on the same disk.

A flow as its users draw it: MQTT in at QoS 1, each event inserted by itself (WAL, synchronous FULL), a
webhook for a press once its row is there. It runs no rules, judges no re-sends beyond the primary key, keeps
no alerts, and acknowledges a message before its row is stored: it does less than the service, and promises
less.
"""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bench import clock
from bench.arithmetic import median, percentile
from bench.latency import DELIVERED_SECONDS, Load
from bench.processes import ROOT, STOP_SECONDS
from bench.running import Incomplete, SinkProcess, published, publisher
from bench.throughput import lost_and_doubled
from bench.traffic import Job, Mix, ids
from services.wiring.broker import EmbeddedBroker
from services.wiring.lifeline import tied

PACKAGES = ROOT / "bench" / "peer"
INSTALL_SECONDS = 900.0
READY_SECONDS = 60.0
PATIENCE = 180.0

_TABLE = """
PRAGMA journal_mode=WAL;
CREATE TABLE events (id TEXT PRIMARY KEY, kind TEXT, device TEXT, occurred_at TEXT, data TEXT);
"""
_INSERT = "INSERT OR IGNORE INTO events VALUES ($id, $kind, $device, $occurred_at, $data)"
_PREPARE = """
const device = msg.topic.split('/')[2], said = msg.payload;
msg.params = {$id: said.id, $kind: said.kind, $device: device, $occurred_at: said.occurred_at,
              $data: JSON.stringify(said.data)};
msg.press = said.kind === 'call_button.pressed' ? device.replace('button', 'res') : null;
return msg;
"""
_TELL = """
if (msg.press === null) return null;
return {payload: {data: {kind: 'alert', resident: {id: msg.press}}}};
"""


class NoPeer(Exception):
    """The peer cannot run on this machine; the words say what is missing."""


def install() -> None:
    """Install what the lock names into a folder that git does not see, unless it is there."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NoPeer("Node-RED needs node and npm: `apt-get install nodejs npm` as root")
    if (PACKAGES / "node_modules" / "node-red-node-sqlite").is_dir():
        return
    command = [npm, "ci", "--prefix", str(PACKAGES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    if done.returncode != 0:
        raise NoPeer(f"npm could not install Node-RED:\n{done.stderr[-2000:]}")


class Peer:
    """A running Node-RED with its broker."""

    def __init__(self, folder: Path, mqtt_port: int, homes: int, sink: SinkProcess) -> None:
        self._folder = folder
        self.mqtt_port = mqtt_port
        self._homes = homes
        self._sink = sink
        self._runs = 0
        self._pressed = 0

    def events_a_second(self, mix: Mix, seconds: float, repeats: int) -> float:
        """Durable events a second; `Incomplete` if one was lost."""
        rate = self._once(mix, 2000)
        return median([self._once(mix, max(int(rate * seconds), 2000)) for _ in range(repeats)])

    def latency(self, load: Load) -> tuple[float, float]:
        """From publish to webhook, p50 and p99 in milliseconds."""
        job = self._job(Mix.TELEMETRY, int(load.rate * load.seconds), load)
        self._pressed += load.presses
        before = self._rows()
        with publisher(job, self._folder) as child:
            said = published(child, job)
        if not clock.until(lambda: said.presses.keys() <= self._sink.first().keys(), DELIVERED_SECONDS):
            raise Incomplete("presses were lost by the peer")
        clock.until(lambda: self._rows() - before >= job.count, PATIENCE)
        there = self._sink.first()
        took = [(there[resident] - at) / clock.MILLISECOND for resident, at in said.presses.items()]
        return percentile(took, 0.5), percentile(took, 0.99)

    def _job(self, mix: Mix, count: int, load: Load | None = None) -> Job:
        self._runs += 1
        run = f"peer{self._runs}"
        job = Job(self.mqtt_port, run, self._homes, count, mix, seconds=PATIENCE)
        if load is None:
            return job
        return Job(
            self.mqtt_port, run, self._homes, count, mix, load.rate,
            load.presses, load.press_rate, self._pressed, seconds=PATIENCE,
        )  # fmt: skip

    def _once(self, mix: Mix, count: int) -> float:
        job, before = self._job(mix, count), self._rows()
        with publisher(job, self._folder) as child:
            said = published(child, job)
            if not clock.until(lambda: self._rows() - before >= count, PATIENCE, look_every=0.02):
                raise Incomplete(f"{count - self._rows() + before} events were lost by the peer")
            end = clock.stamp()
        with closing(sqlite3.connect(self._folder / "peer.db")) as database:
            pattern = (f"{job.run}-%",)
            stored = [row[0] for row in database.execute("SELECT id FROM events WHERE id LIKE ?", pattern)]
        if lost_and_doubled(ids(job), stored) != (0, 0):
            raise Incomplete("the peer stored other events than were sent")
        return count * clock.SECOND / (end - said.start)

    def _rows(self) -> int:
        with closing(sqlite3.connect(self._folder / "peer.db")) as database:
            return int(database.execute("SELECT max(rowid) FROM events").fetchone()[0] or 0)


@contextmanager
def running(folder: Path, homes: int, sink: SinkProcess) -> Iterator[Peer]:
    """Node-RED at a broker of the same make as the service's."""
    install()
    folder.mkdir()
    with closing(sqlite3.connect(folder / "peer.db")) as database:
        database.executescript(_TABLE)
    broker = EmbeddedBroker(folder / "broker", open_mqtt=True)
    broker.start()
    try:
        port = int(broker.url.rpartition(":")[2])
        _write_flow(folder, port, sink.address)
        with _started(folder):
            yield Peer(folder, port, homes, sink)
    finally:
        broker.stop()


@contextmanager
def _started(folder: Path) -> Iterator[None]:
    node = shutil.which("node")
    assert node is not None  # `install` has looked
    program = PACKAGES / "node_modules" / "node-red" / "red.js"
    log = folder / "node-red.log"
    command = tied([node, str(program), "--userDir", str(folder), "--settings", str(folder / "settings.js")])
    with log.open("wb") as out:
        child = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        if not clock.until(lambda: "Connected to broker" in log.read_text(encoding="utf-8"), READY_SECONDS):
            raise NoPeer(f"Node-RED did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")
        yield
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(STOP_SECONDS)
        if child.stdin is not None:
            child.stdin.close()


def _write_flow(folder: Path, mqtt_port: int, address: str) -> None:
    settings = {
        "httpAdminRoot": False,
        "httpNodeRoot": False,
        "flowFile": "flows.json",
        "credentialSecret": False,
    }
    (folder / "settings.js").write_text(f"module.exports = {json.dumps(settings)};\n", encoding="utf-8")
    (folder / "flows.json").write_text(json.dumps(_flow(folder, mqtt_port, address)), encoding="utf-8")


def _flow(folder: Path, mqtt_port: int, address: str) -> list[dict[str, Any]]:
    def node(name: str, kind: str, *wires: str, **more: object) -> dict[str, Any]:
        return {"id": name, "type": kind, "z": "flow", "wires": [list(wires)] if wires else [], **more}

    broker = {
        "broker": "127.0.0.1", "port": str(mqtt_port), "clientid": "peer", "autoConnect": True,
        "protocolVersion": "4", "keepalive": "60", "cleansession": True, "usetls": False,
    }  # fmt: skip
    hears = {"qos": "1", "datatype": "json", "broker": "broker", "nl": False, "rap": True, "inputs": 0}
    code = {"outputs": 1, "noerr": 0}
    once = {"props": [{"p": "topic", "vt": "str"}], "repeat": "", "once": True, "onceDelay": 0.1}
    posts = {"method": "POST", "ret": "txt", "url": address, "paytoqs": "ignore", "senderr": False}
    return [
        {"id": "flow", "type": "tab", "label": "peer"},
        {"id": "broker", "type": "mqtt-broker", **broker},
        {"id": "database", "type": "sqlitedb", "db": str(folder / "peer.db"), "mode": "RWC"},
        node("durable", "inject", "pragma", topic="PRAGMA synchronous=FULL", **once),
        node("pragma", "sqlite", mydb="database", sqlquery="msg.topic"),
        node("events", "mqtt in", "prepare", topic="anxin/v1/+/event", **hears),
        node("alarms", "mqtt in", "prepare", topic="anxin/v1/+/alarm", **hears),
        node("prepare", "function", "insert", func=_PREPARE, **code),
        node("insert", "sqlite", "tell", mydb="database", sqlquery="prepared", sql=_INSERT),
        node("tell", "function", "post", func=_TELL, **code),
        node("post", "http request", **posts),
    ]
