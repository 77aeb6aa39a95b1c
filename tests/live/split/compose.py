"""The compose file as a test reads it: services with their commands and environments, secrets filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "docker-compose.yml"

SECRETS = {
    "POSTGRES_PASSWORD": "invented-1",
    "MQTT_HOUSE_PASSWORD": "invented-2",
    "MQTT_ADMIN_PASSWORD": "invented-3",
    "SECRET_KEY": "invented-4",
    "DOMAIN": "anxin.example.org",
    "LAST_RESORT": "mailto:desk@example.org",
    "MQTT_PUBLIC_URL": "mqtt://mosquitto:1883",
}
"""What stands in `.env`."""

_VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}")


@cache
def compose() -> dict[str, Any]:
    """The whole file, as it lies there."""
    found: dict[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return found


def services() -> dict[str, dict[str, Any]]:
    """Its services."""
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with the variables of the compose file put in, as `docker compose` does."""

    def value(match: re.Match[str]) -> str:
        name, how, rest = match.groups()
        if name is None:
            return "$"
        if values.get(name):
            return values[name]
        assert how == "-", f"{name} is asked for and not set: {rest}"
        return str(rest)

    return _VARIABLE.sub(value, text)


def environment_of(service: str) -> dict[str, str]:
    """The environment of a service, with the secrets in it."""
    given = services()[service]["environment"]
    return {name: filled(str(value), SECRETS) for name, value in given.items()}


def command_of(service: str) -> list[str]:
    """What a service starts."""
    return [str(word) for word in services()[service]["command"]]
