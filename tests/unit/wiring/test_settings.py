"""Settings: read from ANXIN_…, the options before them, and every fault named before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.wiring.settings import BadSettings, read_settings


def test_a_setting_comes_from_the_environment_and_an_option_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ANXIN_TIMEZONE", "Europe/Berlin")
    monkeypatch.setenv("ANXIN_DATA_DIR", "/somewhere/else")
    settings = read_settings(data_dir=tmp_path, timezone=None)
    assert settings.timezone == "Europe/Berlin"
    assert settings.data_dir == tmp_path
    assert settings.store_url == f"sqlite:///{tmp_path}/anxin.db"


def test_every_fault_is_named_with_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANXIN_TIMEZONE", "Asia/Bomi")
    monkeypatch.setenv("ANXIN_HTTP_BIND", "everywhere")
    monkeypatch.setenv("ANXIN_LANGUAGE", "de")
    with pytest.raises(BadSettings) as caught:
        read_settings()
    text = "\n".join(caught.value.faults)
    for word in ("ANXIN_TIMEZONE", "Asia/Bomi", "ANXIN_HTTP_BIND", "HOST:PORT", "ANXIN_LANGUAGE", "'de'"):
        assert word in text


@pytest.mark.parametrize("address", ["the mayor", "tel:110", "mailto:", "https://"])
def test_a_last_resort_that_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadSettings, match=r"^ANXIN_LAST_RESORT: expected an http://, https:// or mailto:"):
        read_settings(last_resort=address)


def test_links_in_notices_lead_to_a_web_address() -> None:
    with pytest.raises(BadSettings, match=r"^ANXIN_PUBLIC_URL: expected an http:// or https:// address"):
        read_settings(public_url="anxin.example.org")


def test_a_fault_tells_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANXIN_SECRET_KEY", "hush")
    monkeypatch.setenv("ANXIN_SMTP_PASSWORD", "hush")
    with pytest.raises(BadSettings) as caught:
        read_settings(last_resort="the mayor", smtp_port=0)
    assert len(caught.value.faults) == 2
    assert "hush" not in str(caught.value)


def test_the_signing_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    settings = read_settings(data_dir=tmp_path)
    first = settings.key()
    assert first == read_settings(data_dir=tmp_path).key()
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
    assert read_settings(data_dir=tmp_path, secret_key="chosen").key() == "chosen"


@pytest.mark.parametrize(
    "url", ["broker:1883", "http://a:secret@broker", "mqtt://a:secret@broker:many", "mqtt://"]
)
def test_a_broker_that_is_no_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(
        BadSettings, match=r"^ANXIN_MQTT_URL: expected mqtt://USER:PASSWORD@HOST:PORT"
    ) as caught:
        read_settings(mqtt_url=url)
    assert "secret" not in str(caught.value)


def test_only_postgresql_is_shared_by_several_processes(tmp_path: Path) -> None:
    assert read_settings(database_url="postgresql+psycopg://anxin@db/anxin").is_shared
    assert not read_settings(data_dir=tmp_path).is_shared
    assert not read_settings(database_url=f"sqlite:///{tmp_path}/x.db").is_shared


KEYS = (
    *("secret_key", "smtp_password", "wecom_secret", "dingtalk_secret", "feishu_secret", "ntfy_token"),
    *("sms_aliyun_key_secret", "sms_tencent_secret_key"),
)


def test_no_key_shows_in_a_repr_of_the_settings() -> None:
    keys = {name: f"hush-{name}" for name in KEYS}
    others = {
        "sms_gateway_headers": '{"Authorization":"hush"}',
        "sms_gateway_url": "https://sms.example.org/hush",
        "notices_mqtt_url": "mqtt://desk:hush@broker",
    }
    assert "hush" not in repr(read_settings(**keys, **others))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("wecom_url", "qyapi.weixin.qq.com", "an http:// or https:// address"),
        ("sms_aliyun_params", '["{who}"]', "a JSON object of texts"),
        ("sms_tencent_params", '{"who":"{who}"}', "a JSON list of texts"),
        ("sms_tencent_params", "[1]", "a JSON list of texts"),
        ("sms_gateway_headers", "hush", "a JSON object of texts"),
        ("sms_gateway_success", "OK", "FIELD=VALUE"),
        ("notices_mqtt_url", "http://desk:hush@broker", "mqtt://USER:PASSWORD@HOST:PORT"),
    ],
)
def test_a_channel_that_is_set_up_wrongly_is_a_fault_that_tells_no_key(
    name: str, value: str, expected: str
) -> None:
    with pytest.raises(BadSettings, match=f"^ANXIN_{name.upper()}: expected {expected}") as caught:
        read_settings(**{name: value})
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("pattern", ["~(", "~*"])
def test_a_sign_that_is_no_regular_expression_is_a_fault(pattern: str) -> None:
    with pytest.raises(BadSettings, match=r"^ANXIN_VOICE_GATEWAY_SUCCESS: "):
        read_settings(voice_gateway_success=pattern)
