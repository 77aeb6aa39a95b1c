"""What the embedded broker is told of its users: a device its own topics and nothing more."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.domain.devices import NATIVE_ID, Device, DeviceType, Ecosystem
from services.wiring.broker_config import cannot_carry, config_text, device_user, subject, users_of


def device(name: str, **said: object) -> Device:
    values: dict[str, object] = {"ecosystem": Ecosystem.NATIVE, "credential_hash": "$2b$04$hash"} | said
    return Device(f"dev_{name}", name, type=DeviceType.CALL_BUTTON, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("anxin/v1/button/event", "anxin.v1.button.event"),
        ("anxin/v1/a.b/event", "anxin.v1.a//b.event"),
        ("anxin/v1/../event", "anxin.v1.////.event"),
        ("anxin/v1/+/alarm", "anxin.v1.*.alarm"),
        ("anxin/v1/#", "anxin.v1.>"),
    ],
)
def test_a_topic_has_the_brokers_name(topic: str, name: str) -> None:
    assert subject(topic) == name


@given(some.from_regex(NATIVE_ID, fullmatch=True))
def test_no_name_of_a_native_device_opens_the_topics_of_another(name: str) -> None:
    assert cannot_carry(name) is None
    user = device_user(device(name))
    assert user is not None
    for topic in (*user.publishes, *user.subscribes):
        assert topic.startswith(f"anxin/v1/{name}/")
        assert not set("*>+# ") & set(subject(topic))
        assert subject(topic).count(".") == 3


@pytest.mark.parametrize(
    "stranger",
    [
        device("revoked", credential_hash=None),
        device("lamp", ecosystem=Ecosystem.TASMOTA),
        device("bed one"),
        device("anxin:house"),
        device('"}'),
        device(">"),
    ],
)
def test_who_is_no_native_device_with_credentials_does_not_sign_in(stranger: Device) -> None:
    assert users_of([stranger]) == []


def test_the_list_of_users_does_not_depend_on_the_order_of_devices() -> None:
    assert users_of([device("b"), device("a")]) == users_of([device("a"), device("b")])


def test_without_being_asked_for_nobody_is_let_in_without_credentials() -> None:
    closed = config_text(folder=Path("/data"), host="127.0.0.1", port=0, users=[], open_mqtt=False)
    assert "no_auth_user" not in closed
    assert "port: -1" in closed
