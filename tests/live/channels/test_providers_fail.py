"""Providers that refuse inside a 200, through the product's own wiring: who is told over what, and when."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from services.domain.findings import Severity
from services.domain.notices import NoticeReason, NoticeState
from services.domain.people import Channel, ChannelKind
from services.wiring.settings import read_settings
from services.wiring.ways_out import MADE, channels
from tests.unit.notify.community import Community, community

BOT = Channel(ChannelKind.WECOM_BOT, "key-hush-1")
DING = Channel(ChannelKind.DINGTALK, "token-hush-1#SEC-hush")
SMS = Channel(ChannelKind.SMS_GATEWAY, "13900001111")
KEYS = ("hush", "13900001111")


class Providers:
    """The community with its people at providers that a test lets answer."""

    def __init__(self, folder: Path, server: HTTPServer) -> None:
        self.http = server
        url = self.http.url_for("/")
        settings = read_settings(
            data_dir=folder,
            wecom_url=url,
            dingtalk_url=url,
            sms_gateway_url=f"{url}sms",
            sms_gateway_success="code=0",
        )
        self.here: Community = community(folder)
        self.here.delivery._channels = channels(settings, url)
        self.http.expect_request("/sms").respond_with_json({"code": 0})

    def reach(self, who: str, *over: Channel) -> None:
        with self.here.store.writing() as uow:
            worker = uow.workers.get(who)
            assert worker is not None
            uow.workers.save(replace(worker, channels=over))

    def wecom_says(self, code: int) -> None:
        self.http.expect_request("/cgi-bin/webhook/send").respond_with_json({"errcode": code, "errmsg": "…"})

    def asked(self) -> list[str]:
        return [request.path for request, _ in self.http.log]


@pytest.fixture
def providers(tmp_path: Path, server: HTTPServer) -> Iterator[Providers]:
    made = Providers(tmp_path, server)
    yield made
    made.here.store.close()


def medium(providers: Providers) -> None:
    providers.here.press(severity=Severity.MEDIUM, policy="routine", is_alarm=False)


def test_an_error_inside_a_two_hundred_goes_on_to_the_next_channel_at_once(providers: Providers) -> None:
    providers.wecom_says(93000)
    providers.reach("pema", BOT, SMS)
    medium(providers)
    assert providers.asked() == ["/cgi-bin/webhook/send", "/sms"]
    assert [(each.channel, each.result, each.status) for each in providers.here.attempts("pema")] == [
        ("wecom_bot", "refused", "account 93000"),
        ("sms_gateway", "accepted_unconfirmed", "200"),
    ]
    assert providers.here.notice_of("pema").reason is NoticeReason.UNCONFIRMED


def test_a_conversation_that_has_the_message_leaves_the_telephone_alone(providers: Providers) -> None:
    providers.wecom_says(0)
    providers.reach("pema", BOT, SMS)
    medium(providers)
    assert providers.asked() == ["/cgi-bin/webhook/send"]
    assert providers.here.notice_of("pema").state is NoticeState.SENT


def test_a_press_goes_over_every_channel(providers: Providers) -> None:
    providers.wecom_says(0)
    providers.reach("pema", BOT, SMS)
    providers.here.press()
    assert providers.asked() == ["/cgi-bin/webhook/send", "/sms"]


def test_too_many_messages_are_tried_again_and_a_bad_key_is_not(providers: Providers) -> None:
    providers.wecom_says(45009)
    providers.reach("pema", BOT)
    medium(providers)
    assert providers.here.notice_of("pema").state is NoticeState.DUE
    providers.http.clear_all_handlers()
    providers.wecom_says(0)
    providers.here.after(seconds=16)
    assert providers.here.notice_of("pema").state is NoticeState.SENT
    providers.http.clear_all_handlers()
    providers.http.expect_request("/robot/send").respond_with_json({"errcode": 310000, "errmsg": "…"})
    providers.reach("tashi", DING)
    providers.here.press()
    providers.here.after(minutes=6)
    assert [each.status for each in providers.here.attempts("tashi")].count("account 310000") >= 1
    assert providers.here.notice_of("tashi").state is NoticeState.FAILED


def test_no_key_and_no_telephone_stands_in_the_log(
    providers: Providers, caplog: pytest.LogCaptureFixture
) -> None:
    providers.wecom_says(93000)
    providers.http.expect_request("/robot/send").respond_with_data("no JSON token-hush-1 SEC-hush", 500)
    providers.reach("pema", BOT, DING, SMS)
    with caplog.at_level(logging.INFO, "anxin"):
        providers.here.press()
    said = [str(vars(record)) for record in caplog.records if record.name != "werkzeug"]
    assert any("attempt ended" in each for each in said)
    assert not any(key in each for each in said for key in KEYS)
    assert not any(key in (each.detail or "") for each in providers.here.attempts("pema") for key in KEYS)


def test_every_kind_of_channel_can_be_made_of_settings() -> None:
    by_other_ways = {ChannelKind.WEBHOOK, ChannelKind.MQTT, ChannelKind.LOOPBACK}
    lacking = set(ChannelKind) - MADE.keys() - by_other_ways
    assert not lacking
