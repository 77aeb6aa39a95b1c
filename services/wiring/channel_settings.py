"""Settings of the ways out: the accounts of an installation at those who carry its messages.

Addresses of people are no settings: they stand with each person. What is a key never shows in a repr or in
the words of a fault. An address of a provider is a setting, so that a gateway of one's own can stand in.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings

from services.domain.people import ChannelKind
from services.ingest.mqtt_session import BrokerAddress
from services.notify.channels.http_gateway import Sign
from services.notify.throttling import Cap

JSON_HEADERS = '{"Content-Type":"application/json"}'
CAPS_EXPECTED = 'expected a JSON object of kinds of channels and caps, e.g. {"dingtalk":"10/1m"}'
CAPS = (
    '{"sms_aliyun":"25/1d","sms_tencent":"5/1d","dingtalk":"10/1m","wecom_bot":"10/1m","wecom_app":"15/1m"}'
)
"""Half of what each of them takes (docs/channels.md): the other half is kept for calls."""
GATEWAY_BODY = '{"to":"{to}","text":"{text}"}'


def web_address(address: str) -> str:
    """An http:// or https:// address, or nothing."""
    kind, _, rest = address.partition("://")
    if address and (kind not in ("http", "https") or not rest):
        raise ValueError("expected an http:// or https:// address")
    return address


def broker_address(url: str) -> str:
    """The address of a broker, or nothing."""
    try:
        if url:
            BrokerAddress.parse(url)
    except ValueError:  # its words hold the password
        raise ValueError("expected mqtt://USER:PASSWORD@HOST:PORT or mqtts://…") from None
    return url


def _words_by_name(text: str) -> str:
    _read(text, dict, 'expected a JSON object of texts, e.g. {"who":"{who}"}')
    return text


def _words_in_order(text: str) -> str:
    _read(text, list, 'expected a JSON list of texts, e.g. ["{who}"]')
    return text


def _read(text: str, kind: type[Any], expected: str) -> None:
    try:
        found = json.loads(text)
    except ValueError:
        raise ValueError(expected) from None
    words = found.values() if isinstance(found, dict) else found if isinstance(found, list) else [None]
    if not isinstance(found, kind) or not all(isinstance(each, str) for each in words):
        raise ValueError(expected)


def _sign(text: str) -> str:
    Sign(text)
    return text


WebAddress = Annotated[str, AfterValidator(web_address)]


def _caps(text: str) -> str:
    _read(text, dict, CAPS_EXPECTED)
    try:
        for kind, cap in json.loads(text).items():
            ChannelKind(kind)
            Cap.parse(cap)
    except ValueError:
        raise ValueError(CAPS_EXPECTED) from None
    return text


def _cap(text: str) -> str:
    if text:
        Cap.parse(text)
    return text


Caps = Annotated[str, AfterValidator(_caps)]
OneCap = Annotated[str, AfterValidator(_cap)]
Broker = Annotated[str, AfterValidator(broker_address)]
ByName = Annotated[str, AfterValidator(_words_by_name)]
InOrder = Annotated[str, AfterValidator(_words_in_order)]
Reading = Annotated[str, AfterValidator(_sign)]


def _key(description: str) -> Any:
    return Field(default="", repr=False, description=description)


class ChannelSettings(BaseSettings):
    """Accounts at those who carry messages; each way out is there when all that it needs is set."""

    smtp_host: str = Field(default="", description="Mail server; empty: no e-mail is sent.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    smtp_user: str = Field(default="", description="Login at the mail server; empty: none.")
    smtp_password: str = _key("Password at the mail server.")
    smtp_sender: str = Field(default="anxin@localhost", description="Sender of the e-mails.")
    smtp_starttls: bool = Field(
        default=False, description="Encrypt the connection to the mail server by STARTTLS."
    )
    wecom_url: WebAddress = Field(default="https://qyapi.weixin.qq.com", description="Address of WeCom.")
    wecom_corp_id: str = Field(default="", description="CorpID in WeCom, for messages of an application.")
    wecom_agent_id: int = Field(default=0, ge=0, description="AgentId of the application in WeCom.")
    wecom_secret: str = _key("Secret of the application in WeCom.")
    dingtalk_url: WebAddress = Field(default="https://oapi.dingtalk.com", description="Address of DingTalk.")
    dingtalk_secret: str = _key("Signs for bots of DingTalk without a secret of their own; empty: unsigned.")
    feishu_url: WebAddress = Field(default="https://open.feishu.cn", description="Address of Feishu.")
    feishu_secret: str = _key("Signs for bots of Feishu without a secret of their own; empty: unsigned.")
    sms_aliyun_url: WebAddress = Field(
        default="https://dysmsapi.aliyuncs.com", description="Address of the text messages of Aliyun."
    )
    sms_aliyun_key_id: str = Field(default="", description="AccessKey ID at Aliyun.")
    sms_aliyun_key_secret: str = _key("AccessKey Secret at Aliyun.")
    sms_aliyun_sign_name: str = Field(default="", description="Signature that Aliyun has approved.")
    sms_aliyun_template: str = Field(default="", description="Code of the template that Aliyun has approved.")
    sms_aliyun_params: ByName = Field(
        default='{"who":"{who}","what":"{what}","where":"{where}","since":"{since}","code":"{code}"}',
        description="What goes into the template, by name.",
    )
    sms_tencent_url: WebAddress = Field(
        default="https://sms.tencentcloudapi.com", description="Address of the text messages of Tencent."
    )
    sms_tencent_region: str = Field(default="ap-guangzhou", description="Region at Tencent.")
    sms_tencent_secret_id: str = Field(default="", description="SecretId at Tencent.")
    sms_tencent_secret_key: str = _key("SecretKey at Tencent.")
    sms_tencent_app_id: str = Field(default="", description="SdkAppId of the text messages at Tencent.")
    sms_tencent_sign_name: str = Field(default="", description="Signature that Tencent has approved.")
    sms_tencent_template: str = Field(default="", description="Id of the template that Tencent has approved.")
    sms_tencent_params: InOrder = Field(
        default='["{what}","{who}","{where}","{since}","{code}"]',
        description="What goes into the template, in its order.",
    )
    sms_param_most: int = Field(default=35, ge=1, description="Characters of one value in a template.")
    sms_gateway_url: WebAddress = Field(
        default="", repr=False, description="Gateway for text messages; may hold {to} and {text}."
    )
    sms_gateway_method: str = Field(
        default="POST", pattern="^(GET|POST|PUT)$", description="How it is asked."
    )
    sms_gateway_headers: ByName = Field(default=JSON_HEADERS, repr=False, description="Headers, as JSON.")
    sms_gateway_body: str = Field(default=GATEWAY_BODY, repr=False, description="Body of the request.")
    sms_gateway_success: Reading = Field(default="", description="What an answer says when it is taken.")
    sms_gateway_passing: Reading = Field(default="", description="… when it may be better later.")
    sms_gateway_account: Reading = Field(default="", description="… when the house itself is refused.")
    sms_gateway_confirms: bool = Field(default=False, description="Whether success means delivered.")
    sms_gateway_reference: str = Field(default="", description="Where an answer has its id of the message.")
    sms_gateway_receipt_id: str = Field(default="id", description="Where a receipt has the id.")
    sms_gateway_receipt_at: str = Field(default="", description="Where a receipt has its time.")
    sms_gateway_received: Reading = Field(default="", description="What a receipt says of success.")
    sms_gateway_not_received: Reading = Field(default="", description="What a receipt says of failure.")
    sms_gateway_receipt_answer: str = Field(default="", description="What the gateway wants to hear.")
    sms_gateway_most: int = Field(default=201, ge=70, description="Characters of a text message.")
    voice_gateway_url: WebAddress = Field(
        default="", repr=False, description="Gateway for telephone calls; may hold {to} and {text}."
    )
    voice_gateway_method: str = Field(
        default="POST", pattern="^(GET|POST|PUT)$", description="How it is asked."
    )
    voice_gateway_headers: ByName = Field(default=JSON_HEADERS, repr=False, description="Headers, as JSON.")
    voice_gateway_body: str = Field(default=GATEWAY_BODY, repr=False, description="Body of the request.")
    voice_gateway_success: Reading = Field(default="", description="What an answer says when it is taken.")
    voice_gateway_passing: Reading = Field(default="", description="… when it may be better later.")
    voice_gateway_account: Reading = Field(default="", description="… when the house itself is refused.")
    voice_gateway_confirms: bool = Field(default=False, description="Whether success means picked up.")
    voice_gateway_reference: str = Field(default="", description="As for text messages.")
    voice_gateway_receipt_id: str = Field(default="id", description="As for text messages.")
    voice_gateway_receipt_at: str = Field(default="", description="As for text messages.")
    voice_gateway_received: Reading = Field(default="", description="What a receipt says: picked up.")
    voice_gateway_not_received: Reading = Field(default="", description="What it says: not picked up.")
    voice_gateway_receipt_answer: str = Field(default="", description="As for text messages.")
    throttle_person: OneCap = Field(
        default="10/10m", description="Messages that can wait to one person; empty: no cap."
    )
    throttle_address: Caps = Field(default=CAPS, description="The same over one address, by kind of channel.")
    ntfy_url: WebAddress = Field(default="", description="ntfy server; empty: none.")
    ntfy_token: str = _key("Access token at the ntfy server; empty: none.")
    apprise: bool = Field(default=False, description="Whether people are told over Apprise as well.")
    notices_mqtt_url: Broker = Field(
        default="", repr=False, description="Broker where notices are published; empty: none."
    )
    notices_mqtt_prefix: str = Field(
        default="anxin-notices/",
        pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._/-]{0,99}/$",
        description="What each topic of a notice begins with; no device speaks there.",
    )
