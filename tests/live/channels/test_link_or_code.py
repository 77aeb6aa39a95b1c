"""What every channel carries: the one-tap link, or where no link can go the code that a reply is known by.

Each is made by the house's own settings, as they are where nobody has changed them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import unquote_plus

import pytest
from pytest_httpserver import HTTPServer

from services.domain.notices import AttemptResult
from services.domain.people import ChannelKind
from services.notify.channels import Channel
from services.notify.channels.apprise import AppriseChannel
from services.notify.channels.email import EmailChannel, MailServer
from services.notify.channels.posting import Poster
from services.wiring.settings import Settings
from services.wiring.ways_out import MADE
from tests.live.channels.messages import sending
from tests.live.channels.table import ROWS
from tests.live.mailbox import Mailbox, started

CODED = frozenset({ChannelKind.SMS_ALIYUN, ChannelKind.SMS_TENCENT, ChannelKind.VOICE})
"""Their providers refuse a link, or read the words out."""
BY_HTTP = {row.kind: row for row in ROWS}
ELSEWHERE = frozenset({ChannelKind.EMAIL, ChannelKind.APPRISE, ChannelKind.MQTT, ChannelKind.LOOPBACK})
"""Tried below, and where a broker is (`tests/wire`); the loop-back posts to nobody what the webhook posts."""
YES = {
    "errcode": 0,
    "code": 0,
    "Code": "OK",
    "id": "1",
    "access_token": "t",
    "expires_in": 7200,
    "Response": {"SendStatusSet": [{"Code": "Ok"}]},
}
LINK, CODE = sending().message.link, sending().message.code


def by_the_settings(kind: ChannelKind, url: str, poster: Poster) -> Channel:
    """The channel as the house makes it, with everything but addresses as it comes."""
    make: Callable[[str, Poster], Channel] = BY_HTTP[kind].make
    if kind not in MADE:
        return make(url, poster)
    settings = Settings(
        wecom_url=url,
        dingtalk_url=url,
        feishu_url=url,
        sms_aliyun_url=url,
        sms_tencent_url=url,
        sms_gateway_url=f"{url}send",
        voice_gateway_url=f"{url}send",
        ntfy_url=url,
    )
    return MADE[kind](settings, poster)


def said(server: HTTPServer) -> str:
    """All that was asked of a server last: address and body, as its programs read them."""
    request = server.log[-1][0]
    body = request.get_data(as_text=True)
    if "json" in (request.content_type or ""):
        body = json.dumps(json.loads(body), ensure_ascii=False)
    return unquote_plus(f"{request.full_path}\n{body}")


@pytest.mark.parametrize("kind", list(BY_HTTP))
def test_whoever_is_told_can_answer(server: HTTPServer, poster: Poster, kind: ChannelKind) -> None:
    server.expect_request("/cgi-bin/gettoken").respond_with_json(YES)
    server.expect_request(re.compile("")).respond_with_json(YES)
    address = BY_HTTP[kind].address.format(url=server.url_for("/"))
    outcome = by_the_settings(kind, server.url_for("/"), poster).send(address, sending())
    assert outcome.result in (AttemptResult.DELIVERED, AttemptResult.ACCEPTED_UNCONFIRMED), outcome
    assert (LINK in said(server)) is (kind not in CODED)
    if kind in CODED:
        assert CODE in said(server)


def test_a_letter_has_the_link_in_both_its_parts() -> None:
    box = Mailbox()
    controller = started(box)
    try:
        EmailChannel(MailServer("127.0.0.1", controller.port)).send("pema@example.org", sending())
    finally:
        controller.stop()
    letter = box.letters()[0]
    for form in ("plain", "html"):
        part = letter.get_body((form,))
        assert part is not None
        assert LINK in part.get_content()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the services that it loads
def test_apprise_is_handed_the_link(server: HTTPServer) -> None:
    server.expect_request("/pema").respond_with_data("")
    AppriseChannel().send(f"json://127.0.0.1:{server.port}/pema", sending())
    assert server.log[0][0].get_json()["message"].endswith(LINK)


def test_no_kind_of_channel_is_left_out() -> None:
    assert BY_HTTP.keys() | ELSEWHERE == set(ChannelKind)
