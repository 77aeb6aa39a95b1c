"""The compose file, the image and the broker's configuration hold what they promise."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from services.wiring.settings import Settings
from tests.house import tree
from tests.live.split.compose import FILE, SECRETS, command_of, compose, environment_of, services

SERVICES = ("ingest", "rules", "notify", "console")
LASTING = sorted(set(services()) - {"broker-accounts"})
SECRET = re.compile(r"(PASSWORD|SECRET_KEY|_URL)$")


def service(name: str) -> dict[str, Any]:
    return services()[name]


def test_it_describes_the_whole_server() -> None:
    assert set(services()) == {*SERVICES, "broker-accounts", "mosquitto", "postgres", "caddy"}
    assert service("postgres")["image"] == "postgres:18"
    assert service("mosquitto")["image"] == "eclipse-mosquitto:2"


@pytest.mark.parametrize("name", sorted(services()))
def test_no_container_is_root_or_can_write_its_root_or_gain_a_right(name: str) -> None:
    found = service(name)
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", found["user"])
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert set(found.get("cap_add", [])) <= ({"NET_BIND_SERVICE"} if name == "caddy" else set())
    assert "no-new-privileges:true" in found["security_opt"]
    assert "privileged" not in found


@pytest.mark.parametrize("name", LASTING)
def test_each_container_says_whether_it_is_well_and_is_started_again(name: str) -> None:
    found = service(name)
    assert found["restart"] == "unless-stopped"
    assert found["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    if name in SERVICES:
        assert found["healthcheck"]["test"][1] == "python", "the image has no curl"
        assert "/readyz" in found["healthcheck"]["test"][3]


def test_images_are_named_without_a_registry() -> None:
    named = [found["image"] for found in services().values()]
    named += re.findall(r"^FROM (\S+)", tree.text(Path("Dockerfile")), re.MULTILINE)
    assert [image for image in named if "/" in image] == []


def test_no_secret_stands_in_the_file() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert not [secret for secret in SECRETS.values() if secret in text]
    for name, found in services().items():
        for variable, value in found.get("environment", {}).items():
            if SECRET.search(variable) and "@" in str(value):
                assert re.search(r":\$\{\w+:\?[^}]+\}@", str(value)), (name, variable)
            elif variable.endswith(("PASSWORD", "SECRET_KEY")):
                assert re.fullmatch(r"\$\{\w+:[?-].*\}", str(value)), (name, variable)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_given_settings_that_exist_and_its_own_verb(name: str) -> None:
    assert command_of(name) == ["anxin", name]
    known = {f"ANXIN_{field.upper()}" for field in Settings.model_fields}
    assert set(environment_of(name)) <= known


def test_only_the_console_may_make_accounts() -> None:
    holders = {name for name in SERVICES if "ANXIN_MQTT_ADMIN_URL" in environment_of(name)}
    assert holders == {"console"}


def test_ports_are_open_on_this_machine_alone_but_for_caddy() -> None:
    published = {
        name: [str(port) for port in found["ports"]] for name, found in services().items() if "ports" in found
    }
    assert set(published) == {"caddy", "mosquitto"}
    assert all(":-127.0.0.1:" in port for port in published["mosquitto"])


def test_the_network_between_the_services_leads_nowhere_else() -> None:
    assert compose()["networks"]["house"]["internal"] is True
    outside = {name for name, found in services().items() if "outside" in found.get("networks", [])}
    assert outside == {"ingest", "notify", "mosquitto", "caddy"}


def test_mosquitto_keeps_what_nobody_has_stored_and_lets_nobody_in_without_an_account() -> None:
    lines = tree.text(Path("deploy/mosquitto/mosquitto.conf")).splitlines()
    said = dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))
    wanted = {
        "max_queued_messages": "0",
        "max_inflight_messages": "0",
        "autosave_interval": "1",
        "set_tcp_nodelay": "true",
        "persistence": "true",
        "allow_anonymous": "false",
    }
    assert {name: said.get(name) for name in wanted} == wanted
    assert said["plugin"].endswith("mosquitto_dynamic_security.so")
    mounted = [volume.split(":")[1] for volume in service("mosquitto")["volumes"]]
    assert all(
        any(said[of].startswith(at) for at in mounted) for of in ("persistence_location", "include_dir")
    )


def test_the_image_runs_as_its_own_user_and_installs_by_hashes() -> None:
    text = tree.text(Path("Dockerfile"))
    stages = re.split(r"^FROM ", text, flags=re.MULTILINE)[1:]
    for stage in stages:
        name = stage.split(" AS ")[1].split()[0]
        if name != "packages":
            assert re.findall(r"^USER (\S+)", stage, re.MULTILINE)[-1] == service_user(name)
    assert "--require-hashes" in text


def service_user(target: str) -> str:
    [user] = {
        found["user"]
        for name, found in services().items()
        if name != "broker-accounts" and found.get("build", {}).get("target") == target
    }
    return str(user)
