"""What each channel asks of its provider: the form that the documentation prints, signed as it prints it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from services.domain.findings import Severity
from services.domain.notices import AttemptResult
from services.domain.people import Language
from services.escalation.text import Message
from services.notify.channels import Channel, Sending
from services.notify.channels.dingtalk import DingTalk
from services.notify.channels.feishu import Feishu
from services.notify.channels.http_gateway import Gateway, Sign
from services.notify.channels.ntfy import Ntfy
from services.notify.channels.posting import Poster
from services.notify.channels.signing import (
    aliyun_authorization,
    aliyun_headers,
    canonical_query,
    tencent_authorization,
)
from services.notify.channels.sms_gateway import SmsGateway
from services.notify.channels.voice import VoiceGateway
from services.notify.channels.wecom_app import WecomAccount, WecomApp
from services.notify.channels.wecom_bot import MOST, WecomBot
from tests.live.channels.messages import SENT_AT, press, sending
from tests.live.channels.table import SMS_ALIYUN, SMS_TENCENT

TITLE = sending().message.title
LINK = sending().message.link
CODE = sending().message.code


def asked(server: HTTPServer, channel: Channel, address: str, what: Sending | None = None) -> Request:
    """The request that a channel makes of a server that says yes to everything."""
    yes = {"errcode": 0, "code": 0, "Code": "OK", "id": "1", "Response": {"SendStatusSet": [{"Code": "Ok"}]}}
    server.expect_request("/").respond_with_json(yes)
    for path in ("/cgi-bin/webhook/send", "/robot/send", "/open-apis/bot/v2/hook/token-0001", "/send"):
        server.expect_request(path).respond_with_json(yes)
    outcome = channel.send(address, what or sending())
    assert outcome.result in (AttemptResult.DELIVERED, AttemptResult.ACCEPTED_UNCONFIRMED), outcome
    return server.log[-1][0]


def said(request: Request) -> Any:
    return json.loads(request.data)


def milder(severity: Severity = Severity.MEDIUM) -> Sending:
    return replace(sending(), notice=replace(press(), severity=severity))


def long(link: str = LINK) -> Sending:
    text = "很长的话。" * 2000 + f"\n\n{link}"
    return replace(sending(), message=Message("呼叫器求助：卓玛", text, Language.ZH_CN, link=link))


def test_a_bot_of_wecom_is_asked_by_its_key_and_calls_the_group(server: HTTPServer, poster: Poster) -> None:
    request = asked(server, WecomBot(poster, server.url_for("/")), "key-00001")
    assert request.args["key"] == "key-00001"
    body = said(request)
    assert (body["msgtype"], body["text"]["mentioned_list"]) == ("text", ["@all"])
    assert body["text"]["content"].startswith(f"{TITLE}\n")
    assert body["text"]["content"].endswith(LINK)


def test_what_can_wait_calls_no_whole_group(server: HTTPServer, poster: Poster) -> None:
    wecom = asked(server, WecomBot(poster, server.url_for("/")), "key-00001", milder())
    ding = asked(server, DingTalk(poster, "", server.url_for("/")), "token-0001", milder())
    assert "mentioned_list" not in said(wecom)["text"]
    assert said(ding)["at"] == {"isAtAll": False}


def test_a_text_that_is_too_long_keeps_its_title_and_its_link(server: HTTPServer, poster: Poster) -> None:
    content = said(asked(server, WecomBot(poster, server.url_for("/")), "key-00001", long()))["text"][
        "content"
    ]
    assert MOST - 4 < len(content.encode()) <= MOST
    assert content.startswith("呼叫器求助：卓玛\n")
    assert content.endswith(f"…\n{LINK}")


@pytest.mark.parametrize(("address", "secret"), [("token-0001", "SEC-1"), ("token-0001#SEC-2", "SEC-2")])
def test_a_bot_of_dingtalk_is_signed_with_its_own_secret_or_that_of_the_house(
    server: HTTPServer, poster: Poster, address: str, secret: str
) -> None:
    request = asked(server, DingTalk(poster, "SEC-1", server.url_for("/")), address)
    stamp = request.args["timestamp"]
    assert (request.args["access_token"], stamp) == ("token-0001", str(int(SENT_AT.timestamp() * 1000)))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    assert request.args["sign"] == base64.b64encode(digest).decode()
    assert said(request)["at"] == {"isAtAll": True}


def test_a_bot_of_feishu_is_signed_under_instant_and_secret(server: HTTPServer, poster: Poster) -> None:
    body = said(asked(server, Feishu(poster, "", server.url_for("/")), "token-0001#hush"))
    assert body["timestamp"] == str(int(SENT_AT.timestamp()))
    digest = hmac.new(f"{body['timestamp']}\nhush".encode(), digestmod=hashlib.sha256).digest()
    assert body["sign"] == base64.b64encode(digest).decode()
    assert (body["msg_type"], body["content"]["text"].endswith(LINK)) == ("text", True)


def test_a_bot_without_a_secret_is_asked_unsigned(server: HTTPServer, poster: Poster) -> None:
    assert "sign" not in asked(server, DingTalk(poster, "", server.url_for("/")), "token-0001").args
    assert "sign" not in said(asked(server, Feishu(poster, "", server.url_for("/")), "token-0001"))


def test_aliyun_is_signed_as_its_worked_example() -> None:
    # https://help.aliyun.com/document_detail/2593177.html, the example with fixed values
    image = "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"
    query = canonical_query({"ImageId": image, "RegionId": "cn-shanghai"})
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-version": "2014-05-26",
        **aliyun_headers(datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC), "3156853299f313e23d1673dc12e1703d"),
    }
    signed = aliyun_authorization("YourAccessKeyId", "YourAccessKeySecret", query, headers)
    assert signed == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;"
        "x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_tencent_is_signed_as_its_worked_example() -> None:
    # https://cloud.tencent.com/document/api/213/30654, the example of DescribeInstances
    signed = tencent_authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        "cvm",
        "cvm.tencentcloudapi.com",
        rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}',
        datetime.fromtimestamp(1551113065, UTC),
    )
    assert signed == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


def test_aliyun_is_asked_for_its_template_with_what_was_signed(server: HTTPServer, poster: Poster) -> None:
    request = asked(server, SMS_ALIYUN.make(server.url_for("/"), poster), "13900001111")
    query = {name: values[0] for name, values in parse_qs(request.query_string.decode()).items()}
    assert query == {
        "PhoneNumbers": "13900001111",
        "SignName": "安心",
        "TemplateCode": "SMS_1",
        "TemplateParam": '{"who":"卓玛"}',
        "OutId": press().id,
    }
    asked_with = [name.lower() for name, _ in request.headers]
    names = ["host", *(name for name in asked_with if name.startswith("x-acs-"))]
    headers = {name: request.headers[name] for name in names}
    signed = request.headers["Authorization"]
    assert signed == aliyun_authorization("LTAI", "hush-hush-hush", request.query_string.decode(), headers)
    assert headers["x-acs-date"] == "2025-07-22T18:13:06Z"


def test_tencent_is_asked_for_its_template_with_what_was_signed(server: HTTPServer, poster: Poster) -> None:
    request = asked(server, SMS_TENCENT.make(server.url_for("/"), poster), "+8613900001111")
    body = said(request)
    assert (body["PhoneNumberSet"], body["TemplateParamSet"]) == (["+8613900001111"], ["卓玛"])
    assert (body["SmsSdkAppId"], body["TemplateId"], body["SignName"]) == ("1400006666", "1110", "安心")
    assert request.headers["Authorization"] == tencent_authorization(
        "AKID", "hush-hush-hush", "sms", request.headers["Host"], request.data, SENT_AT
    )


@pytest.mark.parametrize(
    ("kind", "template", "expected"),
    [
        ("application/json", '{"m":"{to}","c":"{who} {x}"}', '{"m":"139","c":"\\"卓玛\\" & {x}"}'),
        ("application/x-www-form-urlencoded", "m={to}&c={who}", "m=139&c=%22%E5%8D%93%E7%8E%9B%22%20%26"),
        ("text/xml", "<m>{to}</m><c>{who}</c>", "<m>139</m><c>&quot;卓玛&quot; &amp;</c>"),
    ],
)
def test_no_name_breaks_out_of_a_template(
    server: HTTPServer, poster: Poster, kind: str, template: str, expected: str
) -> None:
    gateway = Gateway(f"{server.url_for('/send')}?id={{id}}", template, headers={"Content-Type": kind})
    tricky = replace(press(), text={**press().text, "who": '"卓玛" &'})
    address = "13900000000"
    request = asked(server, SmsGateway(poster, gateway, 201), address, replace(sending(), notice=tricky))
    assert request.data.decode() == expected.replace("139", address)
    assert request.args["id"] == press().id


def test_a_text_message_says_who_what_where_since_and_where_to_answer(
    server: HTTPServer, poster: Poster
) -> None:
    gateway = Gateway(server.url_for("/send"), "{text}", headers={"Content-Type": "text/plain"})
    for most in (201, 100, 90, 70):
        text = asked(server, SmsGateway(poster, gateway, most), "13900001111").data.decode()
        assert len(text) <= most
        assert text.startswith(f"{TITLE}，卧室，02:13起。")
        assert f"号{CODE}" in text
        assert text.endswith(f"\n{LINK}") is (most >= 100)  # two parts of a text message


def test_a_call_says_the_code_and_no_link(server: HTTPServer, poster: Poster) -> None:
    gateway = Gateway(server.url_for("/send"), "{text}", headers={"Content-Type": "text/plain"})
    text = asked(server, VoiceGateway(poster, gateway), "089300001").data.decode()
    assert text.startswith(f"{TITLE}。")
    assert all(word in text for word in ("曲扎路 7 号 卧室。", "7月23日 02:13。"))
    assert text.endswith(f"。号码：{CODE}")
    assert "http" not in text


@pytest.mark.parametrize(
    ("sign", "body", "is_there"),
    [
        ("code=0", '{"code": 0}', True),
        ("code=0", '{"code": "0"}', True),
        ("code=0|OK", '{"code": "OK"}', True),
        ("code=0", '{"code": false}', False),
        ("code=0", "{}", False),
        ("data.1.state=ok", '{"data": [{}, {"state": "ok"}]}', True),
        ("data.7.state=ok", '{"data": [{}]}', False),
        ("data.state=ok", '{"data": "ok"}', False),
        ("~^0,", "0,20250723", True),
        ("~^0,", "10,20250723", False),
        ("", "{}", False),
    ],
)
def test_success_is_read_as_the_installation_says(
    server: HTTPServer, poster: Poster, sign: str, body: str, is_there: bool
) -> None:
    gateway = Gateway(server.url_for("/send"), passing=Sign(sign))
    server.expect_request("/send").respond_with_data(body)
    outcome = SmsGateway(poster, gateway, 201).send("13900001111", sending())
    assert outcome.may_pass is is_there


def test_a_gateway_that_waits_for_the_telephone_confirms(server: HTTPServer, poster: Poster) -> None:
    server.expect_request("/send").respond_with_data("ok")
    gateway = Gateway(server.url_for("/send"), method="GET", confirms=True)
    assert SmsGateway(poster, gateway, 201).send("13900001111", sending()).result is AttemptResult.DELIVERED


def test_ntfy_gets_a_notice_that_rings_and_a_button(server: HTTPServer, poster: Poster) -> None:
    request = asked(server, Ntfy(poster, server.url_for("/"), "tk_1"), "pema")
    body = said(request)
    assert request.headers["Authorization"] == "Bearer tk_1"
    assert (body["topic"], body["title"], body["priority"]) == ("pema", "呼叫器求助：卓玛", 5)
    assert body["click"] == LINK
    assert body["actions"] == [{"action": "view", "label": "打开", "url": LINK}]
    assert (
        len(said(asked(server, Ntfy(poster, server.url_for("/")), "pema", long()))["message"].encode())
        <= 3800
    )


class Wecom:
    """WeCom as it is: a token that it may end, and members."""

    def __init__(self, server: HTTPServer) -> None:
        self.tokens = 0
        self.stale: set[str] = set()
        server.expect_request("/cgi-bin/gettoken").respond_with_handler(self._token)
        server.expect_request("/cgi-bin/message/send").respond_with_handler(self._send)

    def _token(self, request: Request) -> Response:
        assert (request.args["corpid"], request.args["corpsecret"]) == ("ww1", "hush")
        self.tokens += 1
        return _json(
            {"errcode": 0, "errmsg": "ok", "access_token": f"token{self.tokens}", "expires_in": 7200}
        )

    def _send(self, request: Request) -> Response:
        if request.args["access_token"] in self.stale:
            return _json({"errcode": 42001, "errmsg": f"access_token expired {request.args['access_token']}"})
        assert said(request)["touser"] == "pema"
        return _json({"errcode": 0, "errmsg": "ok", "msgid": "1"})


def _json(body: object) -> Response:
    return Response(json.dumps(body), content_type="application/json")


@pytest.fixture
def wecom(server: HTTPServer) -> Wecom:
    return Wecom(server)


@pytest.fixture
def app(server: HTTPServer, poster: Poster, wecom: Wecom) -> WecomApp:
    return WecomApp(poster, WecomAccount("ww1", 1000002, "hush"), server.url_for("/"))


def test_a_token_is_kept_until_shortly_before_its_end(app: WecomApp, wecom: Wecom) -> None:
    for minutes in (0, 1, 114):
        app.send("pema", replace(sending(), at=SENT_AT + timedelta(minutes=minutes)))
    assert wecom.tokens == 1
    app.send("pema", replace(sending(), at=SENT_AT + timedelta(minutes=115)))
    assert wecom.tokens == 2


def test_a_token_that_was_ended_early_is_renewed_and_the_message_sent(app: WecomApp, wecom: Wecom) -> None:
    app.send("pema", sending())
    wecom.stale.add("token1")
    assert app.send("pema", sending()).result is AttemptResult.DELIVERED
    assert wecom.tokens == 2


def test_a_token_is_renewed_once_and_not_for_ever(app: WecomApp, wecom: Wecom) -> None:
    wecom.stale |= {f"token{number}" for number in range(9)}
    outcome = app.send("pema", sending())
    assert (outcome.result, outcome.status) == (AttemptResult.REFUSED, "account 42001")
    assert (wecom.tokens, "token2" in (outcome.detail or "")) == (2, False)
