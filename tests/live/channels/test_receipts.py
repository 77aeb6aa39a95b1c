"""Carriers over real HTTP that take a message and say later what became of it, or ask to be left alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from services.domain.notices import AttemptResult, NoticeState
from services.domain.people import Channel, ChannelKind
from services.domain.receipts import Brought, Fate
from services.notify.channels.posting import MOST_WAIT_SECONDS, retry_after
from services.notify.receipts import Receipts, token_for
from services.wiring.settings import Settings, read_settings
from services.wiring.ways_out import carriers, channels
from tests.unit.notify.community import Community, community

TELEPHONE = "13900001111"


class Carriers:
    """The community, whose people have a telephone, and carriers that a test lets answer."""

    def __init__(self, folder: Path, server: HTTPServer) -> None:
        self.http = server
        self.url = server.url_for("/")
        self.here: Community = community(folder)
        self.settings: Settings = read_settings(
            data_dir=folder,
            sms_aliyun_url=f"{self.url}aliyun",
            sms_aliyun_key_id="id",
            sms_aliyun_key_secret="secret",
            sms_aliyun_sign_name="安心",
            sms_aliyun_template="SMS_1",
            sms_tencent_url=f"{self.url}tencent",
            sms_tencent_secret_id="id",
            sms_tencent_secret_key="secret",
            sms_tencent_app_id="1400",
            sms_tencent_sign_name="安心",
            sms_tencent_template="1",
            sms_gateway_url=f"{self.url}sms",
            sms_gateway_reference="data.id",
            sms_gateway_receipt_id="id",
            sms_gateway_received="state=DELIVRD",
            sms_gateway_not_received="state=UNDELIV",
        )
        self.here.delivery._channels = channels(self.settings, self.url)
        self.http.expect_request("/aliyun/").respond_with_json({"Code": "OK", "BizId": "77^0"})
        row = {"Code": "Ok", "SerialNo": "88:1"}
        self.http.expect_request("/tencent/").respond_with_json({"Response": {"SendStatusSet": [row]}})
        self.http.expect_request("/sms").respond_with_json({"data": {"id": 99}})

    def reach(self, who: str, *over: Channel) -> None:
        with self.here.store.writing() as uow:
            worker = uow.workers.get(who)
            assert worker is not None
            uow.workers.save(replace(worker, channels=over))

    def bring(self, channel: ChannelKind, *said: object) -> list[Fate]:
        key = self.settings.key()
        door = Receipts(self.here.store, self.here.clock, carriers(self.settings), key)
        taken = door(Brought(channel, json.dumps(said).encode(), token=token_for(key, channel)))
        self.here.settle()
        return [fate for _, fate in taken.fates]

    def asked(self) -> list[str]:
        return [request.path for request, _ in self.http.log]


@pytest.fixture
def by(tmp_path: Path, server: HTTPServer) -> Iterator[Carriers]:
    made = Carriers(tmp_path, server)
    yield made
    made.here.store.close()


FAILED = {
    ChannelKind.SMS_ALIYUN: {"biz_id": "77^0", "success": False, "err_code": "MK:0013", "out_id": ""},
    ChannelKind.SMS_TENCENT: {"sid": "88:1", "report_status": "FAIL", "errmsg": "0013"},
    ChannelKind.SMS_GATEWAY: {"id": 99, "state": "UNDELIV"},
}


@pytest.mark.parametrize("kind", list(FAILED))
def test_what_a_carrier_took_and_never_brought_brings_the_next_person_at_once(
    by: Carriers, kind: ChannelKind
) -> None:
    by.reach("pema", Channel(kind, TELEPHONE))
    by.reach("tashi", Channel(ChannelKind.WEBHOOK, f"{by.url}tashi"))
    by.http.expect_request("/tashi").respond_with_json({})
    by.here.press()
    [attempt] = by.here.attempts("pema")
    assert attempt.result is AttemptResult.ACCEPTED_UNCONFIRMED
    assert "/tashi" not in by.asked()
    by.here.after(seconds=20)
    assert by.bring(kind, FAILED[kind]) == [Fate.STORED]
    assert "/tashi" in by.asked()
    assert by.here.notice_of("pema").state is NoticeState.FAILED


@pytest.mark.parametrize(
    ("said", "waits"), [({"Retry-After": "90"}, 90), ({"Retry-After": "soon"}, 10), ({}, 10)]
)
def test_who_asks_to_be_left_alone_is_left_alone_as_long_as_they_ask(
    by: Carriers, said: dict[str, str], waits: int
) -> None:
    by.reach("pema", Channel(ChannelKind.WEBHOOK, f"{by.url}busy"))
    by.http.expect_request("/busy").respond_with_data("", 429, headers=said)
    by.here.press()
    [attempt] = by.here.attempts("pema")
    assert attempt.again_at == by.here.now + timedelta(seconds=waits)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({"retry-after": "Wed, 21 Oct 2015 07:30:00 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"}, 120),
        ({"retry-after": "Wed, 21 Oct 2015 07:30:00 GMT", "date": "Wed, 21 Oct 2015 07:31:00 GMT"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:30:00 GMT"}, None),
        ({"retry-after": "9" * 400}, MOST_WAIT_SECONDS),
        ({"retry-after": "-1"}, None),
    ],
)
def test_a_date_to_wait_for_is_held_against_the_date_of_the_same_answer(
    said: dict[str, str], seconds: int | None
) -> None:
    assert retry_after(said) == (None if seconds is None else timedelta(seconds=seconds))
