"""What each provider may answer, as its documentation prints it, and what that comes to: the table of
docs/channels.md and the cases of its test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.domain.notices import AttemptResult
from services.domain.people import ChannelKind
from services.notify.channels import Channel
from services.notify.channels.dingtalk import DingTalk
from services.notify.channels.feishu import Feishu
from services.notify.channels.http_gateway import Gateway, Sign
from services.notify.channels.ntfy import Ntfy
from services.notify.channels.posting import Poster
from services.notify.channels.sms_aliyun import AliyunAccount, SmsAliyun
from services.notify.channels.sms_gateway import SmsGateway
from services.notify.channels.sms_tencent import SmsTencent, TencentAccount
from services.notify.channels.voice import VoiceGateway
from services.notify.channels.webhook import WebhookChannel
from services.notify.channels.wecom_app import WecomAccount, WecomApp
from services.notify.channels.wecom_bot import WecomBot


class Case(StrEnum):
    """The columns."""

    ACCEPTED = "accepted"
    REFUSED = "refused inside 200"
    THEIR_4XX = "4xx"
    THEIR_5XX = "5xx"
    TOO_FAST = "rate limit"
    ACCOUNT = "bad credentials"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, and what it comes to: the result, the status of the attempt, whether it is tried again."""

    status: int
    body: str
    result: AttemptResult
    as_status: str
    may_pass: bool = False
    before: str = ""
    """What is answered to the request for a token, where there is one."""

    @property
    def cell(self) -> str:
        if self.result is AttemptResult.DELIVERED:
            return "delivered"
        if self.result is AttemptResult.ACCEPTED_UNCONFIRMED:
            return "handed on"
        return f"`{self.as_status}`" + (", again" if self.may_pass else "")


@dataclass(frozen=True, slots=True)
class Row:
    """One channel: how it is made for a server, whom it tells, what it may be answered, where that stands."""

    kind: ChannelKind
    address: str
    make: Callable[[str, Poster], Channel]
    answers: Mapping[Case, Said]
    sources: tuple[str, ...]


SECRET = "hush-hush-hush"
"""In every account of these tests; it may come out nowhere."""


def delivered(body: object, status: str = "0", before: str = "") -> Said:
    return Said(200, _text(body), AttemptResult.DELIVERED, status, before=before)


def handed_on(body: object, status: str) -> Said:
    return Said(200, _text(body), AttemptResult.ACCEPTED_UNCONFIRMED, status)


def refusal(status: int, body: object, as_status: str, before: str = "", *, again: bool = False) -> Said:
    return Said(status, _text(body), AttemptResult.REFUSED, as_status, again, before)


def _text(body: object) -> str:
    return body if isinstance(body, str) else json.dumps(body)


def errcode(code: int, words: str) -> dict[str, object]:
    return {"errcode": code, "errmsg": words}


THEIR_4XX = refusal(404, "<html>404 Not Found</html>", "404")
THEIR_5XX = refusal(502, "<html>502 Bad Gateway</html>", "502", again=True)

WECOM_BOT = Row(
    ChannelKind.WECOM_BOT,
    "693a91f6-7000-4bc4-97a0-0ec2511aa5aa",
    lambda url, poster: WecomBot(poster, url),
    {
        Case.ACCEPTED: delivered(errcode(0, "ok")),
        Case.REFUSED: refusal(200, errcode(40008, "invalid message type"), "40008"),
        Case.THEIR_4XX: THEIR_4XX,
        Case.THEIR_5XX: THEIR_5XX,
        Case.TOO_FAST: refusal(200, errcode(45009, "api freq out of limit"), "45009", again=True),
        Case.ACCOUNT: refusal(200, errcode(93000, "invalid webhook url"), "account 93000"),
    },
    (
        "https://developer.work.weixin.qq.com/document/path/91770",
        "https://developer.work.weixin.qq.com/document/path/90455",
    ),
)
TOKEN = _text({"errcode": 0, "errmsg": "ok", "access_token": "accesstoken000001", "expires_in": 7200})
WECOM_APP = Row(
    ChannelKind.WECOM_APP,
    "pema",
    lambda url, poster: WecomApp(poster, WecomAccount("ww1", 1000002, SECRET), url),
    {
        Case.ACCEPTED: delivered({**errcode(0, "ok"), "msgid": "xxxx"}, before=TOKEN),
        Case.REFUSED: refusal(
            200, {**errcode(0, "ok"), "invaliduser": "pema", "msgid": "xxxx"}, "invaliduser", TOKEN
        ),
        Case.THEIR_4XX: refusal(404, THEIR_4XX.body, "404", TOKEN),
        Case.THEIR_5XX: refusal(502, THEIR_5XX.body, "502", TOKEN, again=True),
        Case.TOO_FAST: refusal(200, errcode(45009, "api freq out of limit"), "45009", TOKEN, again=True),
        Case.ACCOUNT: refusal(
            200, "never asked", "account 40001", _text(errcode(40001, f"invalid credential {SECRET}"))
        ),
    },
    (
        "https://developer.work.weixin.qq.com/document/path/91039",
        "https://developer.work.weixin.qq.com/document/path/90236",
        "https://developer.work.weixin.qq.com/document/path/90455",
    ),
)
DINGTALK = Row(
    ChannelKind.DINGTALK,
    f"566cc69da782ec#{SECRET}",
    lambda url, poster: DingTalk(poster, "", url),
    {
        Case.ACCEPTED: delivered(errcode(0, "ok")),
        Case.REFUSED: refusal(200, errcode(34014, "会话消息的json结构无效或不完整"), "34014"),
        Case.THEIR_4XX: THEIR_4XX,
        Case.THEIR_5XX: THEIR_5XX,
        Case.TOO_FAST: refusal(
            200, errcode(130101, "send too fast, exceed 20 times per minute"), "130101", again=True
        ),
        Case.ACCOUNT: refusal(200, errcode(310000, f"sign not match {SECRET}"), "account 310000"),
    },
    (
        "https://open.dingtalk.com/document/orgapp/custom-robot-access",
        "https://cloud.tencent.com/developer/article/1834468 (310000)",
        "https://blog.csdn.net/jialiuyang/article/details/118615052 (130101)",
        "https://blog.csdn.net/weixin_40514790/article/details/104249446 (the codes in general)",
    ),
)
FEISHU = Row(
    ChannelKind.FEISHU,
    f"0a1b2c3d-0000-4bc4-97a0-0ec2511aa5aa#{SECRET}",
    lambda url, poster: Feishu(poster, "", url),
    {
        Case.ACCEPTED: delivered({"StatusCode": 0, "StatusMessage": "success", "code": 0, "msg": "success"}),
        Case.REFUSED: refusal(200, {"code": 9499, "msg": "Bad Request", "data": {}}, "9499"),
        Case.THEIR_4XX: THEIR_4XX,
        Case.THEIR_5XX: THEIR_5XX,
        Case.TOO_FAST: refusal(200, {"code": 11232, "msg": "frequency limited"}, "11232", again=True),
        Case.ACCOUNT: refusal(
            200,
            {
                "code": 19021,
                "msg": f"sign match fail or timestamp is not within one hour from current time {SECRET}",
            },
            "account 19021",
        ),
    },
    ("https://open.feishu.cn/document/ukTMukTMukTM/ucTM5YjL3ETO24yNxkjN",),
)


def aliyun(code: str, words: str) -> dict[str, str]:
    return {"Message": words, "RequestId": "F655A8D5-B967-440B-8683-DAD6FF8DE990", "Code": code}


SMS_ALIYUN = Row(
    ChannelKind.SMS_ALIYUN,
    "13900001111",
    lambda url, poster: SmsAliyun(
        poster, AliyunAccount("LTAI", SECRET, "安心", "SMS_1", {"who": "{who}"}, 35), url
    ),
    {
        Case.ACCEPTED: handed_on({**aliyun("OK", "OK"), "BizId": "9006197469364984400"}, "OK"),
        Case.REFUSED: refusal(
            200, aliyun("isv.MOBILE_NUMBER_ILLEGAL", "invalid mobile number"), "isv.MOBILE_NUMBER_ILLEGAL"
        ),
        Case.THEIR_4XX: refusal(400, aliyun("MissingPhoneNumbers", "PhoneNumbers"), "MissingPhoneNumbers"),
        Case.THEIR_5XX: refusal(
            503, aliyun("ServiceUnavailable", "temporary failure"), "ServiceUnavailable", again=True
        ),
        Case.TOO_FAST: refusal(
            200,
            aliyun("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1"),
            "isv.BUSINESS_LIMIT_CONTROL",
            again=True,
        ),
        Case.ACCOUNT: refusal(
            404,
            aliyun("InvalidAccessKeyId.NotFound", f"Specified access key is not found. {SECRET}"),
            "account InvalidAccessKeyId.NotFound",
        ),
    },
    (
        "https://help.aliyun.com/document_detail/55284.htm",
        "https://help.aliyun.com/document_detail/101346.html",
        "https://help.aliyun.com/document_detail/2593177.html",
    ),
)


def tencent(code: str, words: str) -> dict[str, object]:
    row = {"SerialNo": "", "PhoneNumber": "+8613900001111", "Fee": 0, "SessionContext": "", "IsoCode": "CN"}
    return {"Response": {"SendStatusSet": [{**row, "Code": code, "Message": words}], "RequestId": "a0aabda6"}}


def tencent_error(code: str, words: str) -> dict[str, object]:
    return {"Response": {"Error": {"Code": code, "Message": words}, "RequestId": "ed93f3cb"}}


SMS_TENCENT = Row(
    ChannelKind.SMS_TENCENT,
    "+8613900001111",
    lambda url, poster: SmsTencent(
        poster,
        TencentAccount("AKID", SECRET, "ap-guangzhou", "1400006666", "安心", "1110", ("{who}",), 35),
        url,
    ),
    {
        Case.ACCEPTED: handed_on(tencent("Ok", "send success"), "Ok"),
        Case.REFUSED: refusal(
            200,
            tencent("FailedOperation.PhoneNumberInBlacklist", "phone is in blacklist"),
            "FailedOperation.PhoneNumberInBlacklist",
        ),
        Case.THEIR_4XX: THEIR_4XX,
        Case.THEIR_5XX: THEIR_5XX,
        Case.TOO_FAST: refusal(
            200,
            tencent("LimitExceeded.PhoneNumberThirtySecondLimit", "the number of sms messages"),
            "LimitExceeded.PhoneNumberThirtySecondLimit",
            again=True,
        ),
        Case.ACCOUNT: refusal(
            200,
            tencent_error("AuthFailure.SignatureFailure", f"The provided credentials {SECRET}"),
            "account AuthFailure.SignatureFailure",
        ),
    },
    (
        "https://cloud.tencent.com/document/api/382/55981",
        "https://cloud.tencent.com/document/api/382/59177",
        "https://cloud.tencent.com/document/api/382/52075",
    ),
)


def gateway(url: str) -> Gateway:
    return Gateway(
        f"{url}/send",
        '{"to":"{to}","text":"{text}"}',
        headers={"Content-Type": "application/json", "Authorization": SECRET},
        success=Sign("code=0"),
        passing=Sign("code=429"),
        account=Sign("code=401"),
    )


GATEWAY: Mapping[Case, Said] = {
    Case.ACCEPTED: handed_on({"code": 0}, "200"),
    Case.REFUSED: refusal(200, {"code": 7, "words": "no such number"}, "200"),
    Case.THEIR_4XX: THEIR_4XX,
    Case.THEIR_5XX: THEIR_5XX,
    Case.TOO_FAST: refusal(200, {"code": 429}, "200", again=True),
    Case.ACCOUNT: refusal(200, {"code": 401, "words": SECRET}, "account 200"),
}
SMS_GATEWAY = Row(
    ChannelKind.SMS_GATEWAY,
    "13900001111",
    lambda url, poster: SmsGateway(poster, gateway(url), 201),
    GATEWAY,
    ("what the installation says of its gateway",),
)
VOICE = Row(
    ChannelKind.VOICE,
    "089312345678",
    lambda url, poster: VoiceGateway(poster, gateway(url)),
    GATEWAY,
    ("what the installation says of its gateway",),
)


def ntfy(code: int, words: str) -> dict[str, object]:
    return {"code": code, "http": code // 100, "error": words, "link": "https://ntfy.sh/docs/publish/"}


NTFY = Row(
    ChannelKind.NTFY,
    "pema-7Gk2",
    lambda url, poster: Ntfy(poster, url, SECRET),
    {
        Case.ACCEPTED: handed_on(
            {"id": "E4rGZ2i0kEOU", "time": 1753207986, "event": "message", "topic": "pema-7Gk2"}, "200"
        ),
        Case.REFUSED: refusal(200, "<html>Sign in to this network</html>", "unreadable", again=True),
        Case.THEIR_4XX: refusal(
            400, ntfy(40017, "invalid request: request body must be message JSON"), "40017"
        ),
        Case.THEIR_5XX: refusal(500, ntfy(50001, "internal server error"), "50001", again=True),
        Case.TOO_FAST: refusal(
            429, ntfy(42901, "limit reached: too many requests, please be nice"), "42901", again=True
        ),
        Case.ACCOUNT: refusal(401, ntfy(40101, f"unauthorized {SECRET}"), "account 40101"),
    },
    (
        "https://docs.ntfy.sh/publish/",
        "https://github.com/binwiederhier/ntfy/blob/main/server/errors.go",
    ),
)

WEBHOOK = Row(
    ChannelKind.WEBHOOK,
    "{url}send",
    lambda _, poster: WebhookChannel(SECRET, poster=poster),
    {
        Case.ACCEPTED: delivered("", "200"),
        Case.REFUSED: refusal(200, {"accepted": False, "reason": "nobody reads this"}, "200"),
        Case.THEIR_4XX: THEIR_4XX,
        Case.THEIR_5XX: THEIR_5XX,
        Case.TOO_FAST: refusal(429, "too many", "429", again=True),
        Case.ACCOUNT: refusal(401, "who are you?", "401"),
    },
    ("[the webhook](wire/webhook.md)",),
)

EMAIL: Mapping[Case, Said] = {
    Case.ACCEPTED: Said(250, "OK", AttemptResult.ACCEPTED_UNCONFIRMED, "250"),
    Case.THEIR_4XX: refusal(550, "5.1.1 mailbox unavailable", "550"),
    Case.THEIR_5XX: refusal(451, "4.3.0 local error in processing", "451", again=True),
    Case.TOO_FAST: refusal(452, "4.5.3 too many recipients", "452", again=True),
    Case.ACCOUNT: refusal(535, "5.7.8 authentication credentials invalid", "account 535"),
}
"""SMTP has no answer that says yes and means no. 4xx stands for what is final here, 5xx for what may pass."""
MQTT: Mapping[Case, Said] = {
    Case.ACCEPTED: Said(0, "PUBACK", AttemptResult.ACCEPTED_UNCONFIRMED, "PUBACK"),
    Case.THEIR_5XX: refusal(0, "", "disconnected", again=True),
    Case.ACCOUNT: refusal(5, "", "account Not authorized"),
}
"""A broker of MQTT 3.1.1 has no words for the rest."""
APPRISE: Mapping[Case, Said] = {
    Case.ACCEPTED: Said(200, "", AttemptResult.ACCEPTED_UNCONFIRMED, "accepted"),
    Case.REFUSED: Said(200, '{"accepted":false}', AttemptResult.ACCEPTED_UNCONFIRMED, "accepted"),
    Case.THEIR_4XX: refusal(404, "", "refused", again=True),
    Case.THEIR_5XX: refusal(502, "", "refused", again=True),
    Case.TOO_FAST: refusal(429, "", "refused", again=True),
    Case.ACCOUNT: refusal(401, "", "refused", again=True),
}
"""It says nothing of what it was answered: everything may pass, and an error inside a 200 is a yes."""
NOT_OVER_HTTP: Mapping[ChannelKind, tuple[Mapping[Case, Said], str]] = {
    ChannelKind.EMAIL: (EMAIL, "RFC 5321 §4.2, RFC 4954 §6, RFC 3463"),
    ChannelKind.MQTT: (MQTT, "MQTT 3.1.1 §3.2.2.3, §3.4, §4.3.2"),
    ChannelKind.APPRISE: (APPRISE, "Apprise 2.3 itself, by its JSON service"),
}

ROWS = (WEBHOOK, WECOM_BOT, WECOM_APP, DINGTALK, FEISHU, SMS_ALIYUN, SMS_TENCENT, SMS_GATEWAY, VOICE, NTFY)


def page() -> str:
    """The table as it stands in docs/channels.md."""
    answers: dict[ChannelKind, Mapping[Case, Said]] = {row.kind: row.answers for row in ROWS}
    answers |= {kind: found for kind, (found, _) in NOT_OVER_HTTP.items()}
    sources = {row.kind: ", ".join(row.sources) for row in ROWS}
    sources |= {kind: source for kind, (_, source) in NOT_OVER_HTTP.items()}
    lines = [f"| | {' | '.join(Case)} | time-out |", "|---" * (len(Case) + 2) + "|"]
    kinds = [kind for kind in ChannelKind if kind in answers]
    for kind in kinds:
        cells = [answers[kind][case].cell if case in answers[kind] else "–" for case in Case]
        lines.append(f"| `{kind}` | {' | '.join(cells)} | timed out, again |")
    lines += ["", "Where these answers stand:", ""]
    lines += [f"- `{kind}`: {sources[kind]}" for kind in kinds]
    return "\n".join(lines)
