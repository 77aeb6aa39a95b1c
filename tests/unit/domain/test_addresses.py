"""Addresses: which have the form of their kind, and what others see of them."""

from __future__ import annotations

import re

import pytest

from services.domain.addresses import FORMS, is_fit, masked, shown_to_its_own, token_and_secret
from services.domain.people import Channel, ChannelKind

FIT = {
    ChannelKind.WECOM_BOT: ["693a91f6-7000-4bc4-97a0-0ec2511aa5aa"],
    ChannelKind.WECOM_APP: ["pema", "Pema.Tso_1@grid"],
    ChannelKind.DINGTALK: ["566cc69da782ec", "566cc69da782ec#SEC0a1b"],
    ChannelKind.FEISHU: ["0a1b2c3d-0000-4bc4", "0a1b2c3d-0000-4bc4#hush"],
    ChannelKind.SMS_ALIYUN: ["13900001111", "+8613900001111"],
    ChannelKind.SMS_TENCENT: ["+8613900001111"],
    ChannelKind.SMS_GATEWAY: ["13900001111"],
    ChannelKind.VOICE: ["089312345678"],
    ChannelKind.NTFY: ["pema_7-Gk2"],
    ChannelKind.MQTT: ["bomi/desk.1/siren"],
    ChannelKind.APPRISE: ["mailtos://user:word@example.org?to=a@example.org"],
}
UNFIT = {
    ChannelKind.WECOM_BOT: ["https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "short"],
    ChannelKind.WECOM_APP: ["@all", "a|b", "x" * 65],
    ChannelKind.DINGTALK: ["token-0001#", "token-0001&x=1", "token-0001#SEC#SEC"],
    ChannelKind.FEISHU: ["../../bot", "token-0001#a b"],
    ChannelKind.SMS_ALIYUN: ["139 0000 1111", "13900001111,13900002222", "1234"],
    ChannelKind.SMS_TENCENT: ["++8613900001111"],
    ChannelKind.SMS_GATEWAY: ["１３９００００１１１１"],
    ChannelKind.VOICE: ["0893-12345678"],
    ChannelKind.NTFY: ["a/b", "x" * 65],
    ChannelKind.MQTT: ["#", "a/+/b", "/a", "$SYS/a", "a b"],
    ChannelKind.APPRISE: ["no address", "file:/etc", "x://"],
}


@pytest.mark.parametrize("kind", list(FORMS))
def test_an_address_has_the_form_of_its_kind_or_is_refused(kind: ChannelKind) -> None:
    assert all(is_fit(kind, address) for address in FIT[kind])
    assert not any(is_fit(kind, address) for address in [*UNFIT[kind], "", "a\n", f"{FIT[kind][0]}\n"])


def test_kinds_that_the_interface_takes_together_have_one_form() -> None:
    assert FORMS[ChannelKind.DINGTALK].pattern == FORMS[ChannelKind.FEISHU].pattern
    telephones = (ChannelKind.SMS_ALIYUN, ChannelKind.SMS_TENCENT, ChannelKind.SMS_GATEWAY, ChannelKind.VOICE)
    assert len({FORMS[kind] for kind in telephones}) == 1


@pytest.mark.parametrize(
    ("kind", "address", "shown"),
    [
        (ChannelKind.EMAIL, "basang@example.org", "b…@example.org"),
        (
            ChannelKind.WEBHOOK,
            "https://hook.example.org/secret/path?key=1",
            "https://hook.example.org/…",
        ),
        (ChannelKind.WEBHOOK, "http://user:word@127.0.0.1:9/x", "http://127.0.0.1:9/…"),
        (ChannelKind.VOICE, "+8613900001234", "…1234"),
        (ChannelKind.DINGTALK, "566cc69da782ec#SEC0a1b", "566…"),
        (ChannelKind.APPRISE, "dingtalk://secrettoken/139", "dingtalk://…"),
        (ChannelKind.WECOM_APP, "pema", "pem…"),
    ],
)
def test_a_masked_address_can_be_recognised_and_not_used(kind: ChannelKind, address: str, shown: str) -> None:
    assert masked(Channel(kind, address)) == shown


def test_people_see_their_own_address_unless_it_is_a_key_of_many() -> None:
    assert shown_to_its_own(Channel(ChannelKind.VOICE, "13900001234")) == "13900001234"
    assert shown_to_its_own(Channel(ChannelKind.EMAIL, "basang@example.org")) == "basang@example.org"
    assert shown_to_its_own(Channel(ChannelKind.NTFY, "pema-7Gk2")) == "pem…"


def test_no_address_shows_in_a_repr() -> None:
    assert "13900001234" not in repr(Channel(ChannelKind.VOICE, "13900001234"))


def test_the_parts_of_a_bot_are_its_token_and_its_secret() -> None:
    assert token_and_secret("token#SEC") == ("token", "SEC")
    assert token_and_secret("token") == ("token", "")


def test_every_form_is_a_regular_expression_that_holds_to_both_ends() -> None:
    for form in FORMS.values():
        assert (form.pattern[0], form.pattern[-1]) == ("^", "$")
        re.compile(form.pattern)
