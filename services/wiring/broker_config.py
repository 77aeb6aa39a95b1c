"""The configuration of the embedded broker: who may sign in, and which topics each may use.

Pure: it makes text of what it is given. A device may publish on its own topics and hear its own receipts and
commands, and nothing else; a topic is written as the broker's subject, where `/` is `.` and `.` is `//`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.domain.devices import NATIVE_ID, Device, Ecosystem
from services.domain.wire import ROOT

HOUSE = "anxin:house"
OPEN = "anxin:open"
"""Names of the house hold a colon, which no native device may have in its own (docs/wire)."""

MAX_PAYLOAD = 2 * 1024 * 1024
"""Bytes that the broker takes at all; beyond, it disconnects the sender. What is over 64 KiB and under this
comes in and is kept in quarantine.
"""

MAX_UNACKNOWLEDGED = 8191
"""Messages that a session may hold unacknowledged. The broker adds this up over the subscriptions of a
session and refuses the one that goes beyond 65,535, all that MQTT's packet numbers allow: so a session may
have 8 of them. The broker's own 1,024 would stall ingest, which acknowledges late.
"""

ACKNOWLEDGE_WAIT = "5s"
"""After how long the broker sends an unacknowledged message again. It does so at no other time, not even at a
reconnect: what was in hand when ingest was killed comes again after this wait. Copies of what ingest still
holds are known by their packet numbers.
"""

DELIVERIES = "$MQTT.sub.>"
"""Where this broker delivers at QoS 1; a limited user must be allowed it, and cannot subscribe to it itself.
"""

UP = ("event", "alarm", "status")
DOWN = ("receipt", "command")


MAX_NAME = 256
"""Bytes; a topic of some levels of this length still fits the broker's control line."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in. Empty lists of topics mean all."""

    name: str
    password: str
    """A bcrypt hash, but for `open_user`."""
    publishes: tuple[str, ...] = ()
    subscribes: tuple[str, ...] = ()


def subject(topic: str) -> str:
    """The broker's name for a topic (or filter)."""
    return topic.replace(".", "\0").replace("/", ".").replace("\0", "//").replace("+", "*").replace("#", ">")


def cannot_carry(external_id: str) -> str | None:
    """Why this broker cannot carry a topic with that name in it, in words for a person; None if it can."""
    if not external_id:
        return "a device needs a name on the wire"
    if any(char.isspace() or not char.isprintable() for char in external_id):
        return (
            "the embedded broker cannot carry a name with a blank or an unprintable character: "
            "it would disconnect the device; rename it, e.g. with '-' in place of the blank"
        )
    if any(char in "+#*>" for char in external_id):
        return "the embedded broker reads '+', '#', '*' and '>' as wildcards; choose a name without them"
    if len(external_id.encode()) > MAX_NAME:
        return f"the embedded broker carries names of up to {MAX_NAME} bytes"
    return None


def device_user(device: Device) -> User | None:
    """A native device's own user; None for one without credentials or with a name that is none of ours."""
    if device.ecosystem is not Ecosystem.NATIVE or device.credential_hash is None:
        return None
    name = device.external_id
    if NATIVE_ID.fullmatch(name) is None:
        return None
    return User(
        name,
        device.credential_hash,
        publishes=tuple(f"{ROOT}/{name}/{last}" for last in UP),
        subscribes=tuple(f"{ROOT}/{name}/{last}" for last in DOWN),
    )


def guest_user(name: str, password_hash: str) -> User:
    """A user who plays devices: everything under the native root, and nothing else."""
    return User(name, password_hash, publishes=(f"{ROOT}/#",), subscribes=(f"{ROOT}/#",))


def open_user(password: str) -> User:
    """Whoever comes without credentials, on loopback, to try things out: every topic of every ecosystem.

    This one password is in clear: the broker compares it with itself, and a hash would not match.
    """
    return User(OPEN, password, publishes=("#",), subscribes=("#",))


def users_of(devices: Iterable[Device]) -> list[User]:
    """The users of all devices that have credentials, by name."""
    users = {user.name: user for device in devices if (user := device_user(device)) is not None}
    return [users[name] for name in sorted(users)]


def config_text(*, folder: Path, host: str, port: int, users: Sequence[User], open_mqtt: bool) -> str:
    """The whole configuration; port 0 lets the broker pick one, which it tells in its log."""
    lines = [
        "server_name: anxin",
        "host: 127.0.0.1",
        "port: -1",
        f"max_payload: {MAX_PAYLOAD}",
        f"jetstream {{ store_dir: {_quoted(str(folder))} }}",
        "mqtt {",
        f"  host: {_quoted(host)}",
        f"  port: {port or -1}",
        f"  max_ack_pending: {MAX_UNACKNOWLEDGED}",
        f"  ack_wait: {_quoted(ACKNOWLEDGE_WAIT)}",
        "}",
    ]
    if open_mqtt:
        lines.append(f"no_auth_user: {_quoted(OPEN)}")
    lines += ["authorization { users: [", *(f"  {_user(user)}" for user in users), "] }", ""]
    return "\n".join(lines)


def _user(user: User) -> str:
    parts = [
        f"user: {_quoted(user.name)}",
        f"password: {_quoted(user.password)}",
        'allowed_connection_types: ["MQTT"]',
    ]
    if user.publishes or user.subscribes:
        publishes = ", ".join(_quoted(subject(topic)) for topic in user.publishes)
        subscribes = ", ".join([*(_quoted(subject(topic)) for topic in user.subscribes), _quoted(DELIVERIES)])
        parts.append(f"permissions: {{ publish: [{publishes}], subscribe: [{subscribes}] }}")
    return "{ " + ", ".join(parts) + " }"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
