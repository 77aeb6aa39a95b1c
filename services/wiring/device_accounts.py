"""Accounts of devices at a broker of its own: made when a technician registers a device, ended when they are
revoked, through Mosquitto's dynamic security.

A device may publish its own events, alarms and status and hear its own receipts and commands, nothing else.
The broker keeps a hash of the password and the house keeps another; a mark on the account says which password
of the store it bears, so that after any crash the accounts are those of the store again: what was revoked
meanwhile is ended, and an account whose password nobody knows any more lets nobody in.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from services.domain.devices import NATIVE_ID, Device, Ecosystem
from services.domain.ports import BrokerUnavailable, Clock, Store
from services.domain.wire import ROOT
from services.ingest.mqtt_session import BrokerAddress
from services.wiring.broker import BrokerFailed
from services.wiring.broker_config import DOWN, UP
from services.wiring.broker_credentials import BrokerCredentials, Credentials
from services.wiring.dynamic_security import Control, Refused

ROLE = "anxin-device/"
"""How the role of a device is called, before its name: what bears one is an account of ours."""
GUEST = "anxin:"
"""Before the name of a guest; no native device has a colon in its name."""
MOST_AT_ONCE = 100
"""Commands in one message to the broker."""
MOST_WAITING = 8
"""Passwords of one name that are remembered until the store has decided between them."""

Command = dict[str, Any]

log = logging.getLogger("anxin.accounts")


class DeviceAccounts:
    """The console's door to the broker (`services.console.parts.DeviceCredentials`)."""

    def __init__(
        self,
        address: BrokerAddress,
        client_id: str,
        store: Store,
        clock: Clock,
        url: str,
        own_names: Collection[str],
    ) -> None:
        """``address`` is the account that makes accounts, ``own_names`` those that no device may have."""
        self.url = url
        self._store = store
        self._own_names = frozenset(own_names)
        self._maker = BrokerCredentials()
        self._passwords: dict[str, dict[str, str]] = {}
        """By name, and then by hash: passwords that were made and are not at the broker yet. Of two that are
        made at once the store keeps one, which may be the older.
        """
        self._guarding = threading.Lock()
        self._adjusting = threading.Lock()
        self._fault: str | None = None
        self._control = Control(address, client_id, clock=clock, connected=self._catch_up)

    # ------------------------------------------------------------------ life

    def start(self) -> None:
        """Begin to connect, and go on for ever; accounts are brought to the store's at each connect."""
        self._control.start()

    def stop(self) -> None:
        self._control.stop()

    def wait_until_connected(self, seconds: float) -> bool:
        """Wait for the connection; False if it does not stand in time."""
        return self._control.wait_until_connected(seconds)

    def faults(self) -> list[str]:
        """What is wrong with the making of accounts now, a sentence each."""
        return [fault for fault in (self._control.fault, self._fault) if fault]

    # ------------------------------------------------------------------ the console's port

    def carries(self, external_id: str) -> str | None:
        if external_id in self._own_names:
            return "that is the name of the house's own account; choose another"
        if any(char in "+#" or not char.isprintable() for char in external_id):
            return "a topic holds no '+', no '#' and nothing unprintable; choose a name without them"
        return None

    def issue(self, device: Device) -> tuple[str, str]:
        credentials, hashed = self._maker.issue(device.external_id)
        with self._guarding:
            of_it = self._passwords.setdefault(device.external_id, {})
            of_it[hashed] = credentials.password
            while len(of_it) > MOST_WAITING:
                del of_it[next(iter(of_it))]
        return credentials.password, hashed

    def devices_changed(self) -> None:
        """Bring the accounts to what the store says. While the broker is away this waits for the next
        connect, and readiness says so; `BrokerFailed` if the broker refuses.
        """
        try:
            self._adjust()
        except BrokerUnavailable as error:
            self._fault = "accounts of devices wait for the broker"
            log.warning("%s: %s", self._fault, error)
        except Refused as error:
            raise BrokerFailed(f"the broker did not take the new list of devices: {error}") from error

    def guest(self, name: str) -> Credentials:
        """An account that may speak for every native device, with a new password."""
        credentials, _ = self._maker.issue(f"{GUEST}{name}")
        topics = {"publishClientSend": [f"{ROOT}/#"], "subscribePattern": [f"{ROOT}/#"]}
        try:
            known = self._known()
            self._control.ask(_ended(credentials.username) if credentials.username in known else [])
            self._control.ask(_made(credentials, "guest", topics))
        except (BrokerUnavailable, Refused) as error:
            raise BrokerFailed(f"the broker makes no account for {credentials.username}: {error}") from error
        return credentials

    # ------------------------------------------------------------------ the store's accounts

    def _catch_up(self) -> None:
        """After a connect, in a thread of its own: the session's must stay free to hear the answers."""

        def work() -> None:
            try:
                self._adjust()
            except (BrokerUnavailable, Refused) as error:
                self._fault = f"the accounts of devices are not those of the store: {error}"
                log.warning("%s", self._fault)

        threading.Thread(target=work, name="anxin-accounts", daemon=True).start()

    def _adjust(self) -> None:
        with self._adjusting:
            known = self._known()
            with self._store.reading() as uow:
                wanted = {
                    device.external_id: device
                    for device in uow.devices.with_credentials(Ecosystem.NATIVE)
                    if _may_sign_in(device)
                }
            with self._guarding:
                passwords = {name: dict(of_it) for name, of_it in self._passwords.items()}
            commands: list[Command] = []
            for name, mark in known.items():
                if name.startswith(GUEST):
                    continue
                device = wanted.get(name)
                if device is None or mark != _mark(device.credential_hash):
                    commands += _ended(name)
            done: list[tuple[str, str]] = []
            for name, device in wanted.items():
                hashed = device.credential_hash or ""
                password = passwords.get(name, {}).get(hashed)
                if password is not None and known.get(name) != _mark(hashed):
                    commands += _made(Credentials(name, password), _mark(hashed), _topics(name))
                    done.append((name, hashed))
            for first in range(0, len(commands), MOST_AT_ONCE):
                self._control.ask(commands[first : first + MOST_AT_ONCE])
            with self._guarding:
                for name, hashed in done:
                    of_it = self._passwords.get(name, {})
                    of_it.pop(hashed, None)
                    if not of_it:
                        self._passwords.pop(name, None)
            self._fault = None

    def _known(self) -> dict[str, str]:
        """The accounts of ours at the broker, each with its mark."""
        [answer] = self._control.ask([{"command": "listClients", "verbose": True, "count": -1, "offset": 0}])
        return {
            client["username"]: str(client.get("textname", ""))
            for client in answer.get("clients", [])
            if client["username"] not in self._own_names
            and any(str(role.get("rolename", "")).startswith(ROLE) for role in client.get("roles", []))
        }


def _may_sign_in(device: Device) -> bool:
    """Whoever has credentials; a retired button that is pressed all the same must still be heard."""
    is_native = device.ecosystem is Ecosystem.NATIVE and NATIVE_ID.fullmatch(device.external_id) is not None
    return is_native and device.credential_hash is not None


def _mark(password_hash: str | None) -> str:
    """Which password of the store an account bears; says nothing of the password."""
    return hashlib.sha256((password_hash or "").encode()).hexdigest()[:16]


def _topics(name: str) -> Mapping[str, Sequence[str]]:
    heard = [f"{ROOT}/{name}/{last}" for last in DOWN]
    return {
        "publishClientSend": [f"{ROOT}/{name}/{last}" for last in UP],
        "subscribeLiteral": heard,
        "publishClientReceive": heard,
    }


def _made(credentials: Credentials, mark: str, topics: Mapping[str, Sequence[str]]) -> list[Command]:
    role = f"{ROLE}{credentials.username}"
    acls = [
        {"acltype": kind, "topic": topic, "allow": True, "priority": 0}
        for kind, named in topics.items()
        for topic in named
    ]
    return [
        {"command": "createRole", "rolename": role, "acls": acls},
        {
            "command": "createClient",
            "username": credentials.username,
            "password": credentials.password,
            "textname": mark,
            "roles": [{"rolename": role, "priority": 0}],
        },
    ]


def _ended(name: str) -> list[Command]:
    """Ends the account, its connection with it, and the role."""
    return [
        {"command": "deleteClient", "username": name},
        {"command": "deleteRole", "rolename": f"{ROLE}{name}"},
    ]
