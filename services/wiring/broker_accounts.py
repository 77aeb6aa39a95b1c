"""The first accounts of a broker of its own: the house's, for every native topic, and the one that makes
accounts; as the file from which Mosquitto's dynamic security starts.

Pure but for the salt: it makes text of what it is given. From the first start on the file is the broker's,
and the accounts of devices are in it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from services.domain.wire import ROOT
from services.ingest.mqtt import SHARE
from services.wiring.dynamic_security import CONTROL

ITERATIONS = 101
"""What Mosquitto itself takes. The passwords are random: more would gain nothing (`broker_credentials`)."""
SALT_BYTES = 12
HOUSE_ROLE = "anxin-house"
ADMIN_ROLE = "anxin-admin"

HOUSE_TOPICS: Mapping[str, Sequence[str]] = {
    "publishClientSend": (f"{ROOT}/#",),
    "publishClientReceive": (f"{ROOT}/#", "$SYS/#"),
    "subscribePattern": (f"{ROOT}/#", f"{SHARE}{ROOT}/#", "$SYS/#"),
}
ADMIN_TOPICS: Mapping[str, Sequence[str]] = {
    "publishClientSend": (f"{CONTROL}/#",),
    "publishClientReceive": (f"{CONTROL}/#",),
    "subscribePattern": (f"{CONTROL}/#",),
}


def first_accounts(house: tuple[str, str], admin: tuple[str, str]) -> str:
    """The file, with two accounts (name, password); where both are one, it has both roles."""
    roles: dict[tuple[str, str], list[str]] = {}
    roles.setdefault(house, []).append(HOUSE_ROLE)
    roles.setdefault(admin, []).append(ADMIN_ROLE)
    said = {
        "defaultACLAccess": {
            "publishClientSend": False,
            "publishClientReceive": False,
            "subscribe": False,
            "unsubscribe": True,
        },
        "clients": [_client(name, password, named) for (name, password), named in roles.items()],
        "groups": [],
        "roles": [_role(HOUSE_ROLE, HOUSE_TOPICS), _role(ADMIN_ROLE, ADMIN_TOPICS)],
    }
    return json.dumps(said, indent=2) + "\n"


def _client(name: str, password: str, roles: Sequence[str]) -> dict[str, Any]:
    salt = secrets.token_bytes(SALT_BYTES)
    hashed = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    return {
        "username": name,
        "textname": "the house's own",
        "password": base64.b64encode(hashed).decode(),
        "salt": base64.b64encode(salt).decode(),
        "iterations": ITERATIONS,
        "roles": [{"rolename": role} for role in roles],
    }


def _role(name: str, topics: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {
        "rolename": name,
        "acls": [
            {"acltype": kind, "topic": topic, "priority": 0, "allow": True}
            for kind, named in topics.items()
            for topic in named
        ],
    }
