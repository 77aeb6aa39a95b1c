"""The ways out of the house, from its settings: channels, the last resort, the address of the links."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from services.domain.people import Channel, ChannelKind
from services.escalation.links import link_key
from services.escalation.scene import House
from services.ingest.mqtt_session import BrokerAddress
from services.notify.channels import channel, sms_aliyun, sms_tencent, webhook
from services.notify.channels.apprise import AppriseChannel, is_installed
from services.notify.channels.dingtalk import DingTalk
from services.notify.channels.email import EmailChannel, MailServer
from services.notify.channels.feishu import Feishu
from services.notify.channels.http_gateway import Gateway, Receiving, Sign
from services.notify.channels.loopback import LoopbackChannel
from services.notify.channels.mqtt import MqttTopics, NoticeBroker
from services.notify.channels.ntfy import Ntfy
from services.notify.channels.posting import Poster
from services.notify.channels.receiving import Carrier
from services.notify.channels.sms_aliyun import AliyunAccount, SmsAliyun
from services.notify.channels.sms_gateway import SmsGateway
from services.notify.channels.sms_tencent import SmsTencent, TencentAccount
from services.notify.channels.voice import VoiceGateway
from services.notify.channels.webhook import WebhookChannel
from services.notify.channels.wecom_app import WecomAccount, WecomApp
from services.notify.channels.wecom_bot import WecomBot
from services.notify.throttling import Cap, Throttle
from services.wiring.settings import Settings

NEEDED: Mapping[ChannelKind, tuple[str, ...]] = {
    ChannelKind.EMAIL: ("smtp_host",),
    ChannelKind.WECOM_APP: ("wecom_corp_id", "wecom_agent_id", "wecom_secret"),
    ChannelKind.SMS_ALIYUN: (
        "sms_aliyun_key_id",
        "sms_aliyun_key_secret",
        "sms_aliyun_sign_name",
        "sms_aliyun_template",
    ),
    ChannelKind.SMS_TENCENT: (
        "sms_tencent_secret_id",
        "sms_tencent_secret_key",
        "sms_tencent_app_id",
        "sms_tencent_sign_name",
        "sms_tencent_template",
    ),
    ChannelKind.SMS_GATEWAY: ("sms_gateway_url",),
    ChannelKind.VOICE: ("voice_gateway_url",),
    ChannelKind.NTFY: ("ntfy_url",),
    ChannelKind.MQTT: ("notices_mqtt_url",),
    ChannelKind.APPRISE: ("apprise",),
}
"""The settings without which there is no way out of a kind; the others need none."""

PACKAGE = "the package apprise"
"""Lacks where ANXIN_APPRISE is set and Apprise is not installed."""

Make = Callable[[Settings, Poster], channel.Channel]
"""How a channel is made of the settings."""


def wecom_app(settings: Settings, poster: Poster) -> WecomApp:
    """The application in WeCom."""
    account = WecomAccount(settings.wecom_corp_id, settings.wecom_agent_id, settings.wecom_secret)
    return WecomApp(poster, account, settings.wecom_url)


MADE: Mapping[ChannelKind, Make] = {
    ChannelKind.EMAIL: lambda settings, _: EmailChannel(_mail_server(settings)),
    ChannelKind.WECOM_BOT: lambda settings, poster: WecomBot(poster, settings.wecom_url),
    ChannelKind.DINGTALK: lambda settings, poster: DingTalk(
        poster, settings.dingtalk_secret, settings.dingtalk_url
    ),
    ChannelKind.FEISHU: lambda settings, poster: Feishu(poster, settings.feishu_secret, settings.feishu_url),
    ChannelKind.WECOM_APP: wecom_app,
    ChannelKind.SMS_ALIYUN: lambda settings, poster: SmsAliyun(
        poster, _aliyun(settings), settings.sms_aliyun_url
    ),
    ChannelKind.SMS_TENCENT: lambda settings, poster: SmsTencent(
        poster, _tencent(settings), settings.sms_tencent_url
    ),
    ChannelKind.SMS_GATEWAY: lambda settings, poster: SmsGateway(
        poster, _gateway(settings, "sms_gateway"), settings.sms_gateway_most
    ),
    ChannelKind.VOICE: lambda settings, poster: VoiceGateway(poster, _gateway(settings, "voice_gateway")),
    ChannelKind.NTFY: lambda settings, poster: Ntfy(poster, settings.ntfy_url, settings.ntfy_token),
    ChannelKind.APPRISE: lambda _, __: AppriseChannel(),
}


def channels(settings: Settings, http: str) -> channel.Channels:
    """The channels that this installation has."""
    poster = Poster()
    source = settings.public_url or http
    hooks = WebhookChannel(settings.key(), source, poster=poster)
    ways: dict[ChannelKind, channel.Channel] = {
        ChannelKind.WEBHOOK: hooks,
        ChannelKind.LOOPBACK: LoopbackChannel(hooks, settings.key()),
    }
    ways |= {kind: make(settings, poster) for kind, make in MADE.items() if not lacking(settings, kind)}
    if not lacking(settings, ChannelKind.MQTT):
        ways[ChannelKind.MQTT] = MqttTopics(broker_of_notices(settings, source))
    return ways


def lacking(settings: Settings, kind: ChannelKind) -> tuple[str, ...]:
    """What a kind of channel needs and is not there: settings as variables, or the package of Apprise."""
    unset = tuple(_variable(name) for name in NEEDED.get(kind, ()) if not getattr(settings, name))
    is_missing = kind is ChannelKind.APPRISE and not unset and not is_installed()
    return (PACKAGE,) if is_missing else unset


def begun(settings: Settings) -> Mapping[ChannelKind, tuple[str, ...]]:
    """What is lacking of each way out of which something is set."""
    found = {
        kind: lacking(settings, kind)
        for kind, names in NEEDED.items()
        if any(getattr(settings, name) for name in names)
    }
    return {kind: names for kind, names in found.items() if names}


def house_facts(settings: Settings, http: str) -> House:
    """What escalation has to know about this installation."""
    return House(
        timezone=ZoneInfo(settings.timezone),
        language=settings.language,
        last_resort=channel_of(settings.last_resort) if settings.last_resort else None,
        link_base=settings.public_url or http,
        link_key=link_key(settings.key()),
        link_for=timedelta(days=settings.link_days),
    )


def _variable(name: str) -> str:
    return f"ANXIN_{name.upper()}"


def _mail_server(settings: Settings) -> MailServer:
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password,
        sender=settings.smtp_sender,
        starttls=settings.smtp_starttls,
    )


def _aliyun(settings: Settings) -> AliyunAccount:
    return AliyunAccount(
        key_id=settings.sms_aliyun_key_id,
        key_secret=settings.sms_aliyun_key_secret,
        sign_name=settings.sms_aliyun_sign_name,
        template=settings.sms_aliyun_template,
        params=json.loads(settings.sms_aliyun_params),
        param_most=settings.sms_param_most,
    )


def _tencent(settings: Settings) -> TencentAccount:
    return TencentAccount(
        secret_id=settings.sms_tencent_secret_id,
        secret_key=settings.sms_tencent_secret_key,
        region=settings.sms_tencent_region,
        app_id=settings.sms_tencent_app_id,
        sign_name=settings.sms_tencent_sign_name,
        template=settings.sms_tencent_template,
        params=tuple(json.loads(settings.sms_tencent_params)),
        param_most=settings.sms_param_most,
    )


def broker_of_notices(settings: Settings, source: str) -> NoticeBroker:
    """Where notices are published."""
    at = BrokerAddress.parse(settings.notices_mqtt_url)
    prefix = settings.notices_mqtt_prefix
    return NoticeBroker(at.host, at.port, at.username, at.password, at.tls, prefix, source)


def _gateway(settings: Settings, name: str) -> Gateway:
    def of(what: str) -> str:
        return str(getattr(settings, f"{name}_{what}"))

    return Gateway(
        url=of("url"),
        body=of("body"),
        method=of("method"),
        headers=json.loads(of("headers")),
        success=Sign(of("success")),
        passing=Sign(of("passing")),
        account=Sign(of("account")),
        confirms=bool(getattr(settings, f"{name}_confirms")),
        reference=of("reference"),
    )


def carriers(settings: Settings) -> Mapping[ChannelKind, Carrier]:
    """Who of the installation's carriers brings receipts, and how."""
    brings = {
        ChannelKind.WEBHOOK: Carrier(webhook.reads, signs=True),
        ChannelKind.SMS_ALIYUN: Carrier(sms_aliyun.reads, sms_aliyun.ACKNOWLEDGED, asks_again=True),
        ChannelKind.SMS_TENCENT: Carrier(sms_tencent.reads, sms_tencent.ACKNOWLEDGED, asks_again=True),
        ChannelKind.SMS_GATEWAY: _receiving(settings, "sms_gateway"),
        ChannelKind.VOICE: _receiving(settings, "voice_gateway"),
    }
    return {
        kind: carrier
        for kind, carrier in brings.items()
        if carrier is not None and not lacking(settings, kind)
    }


def _receiving(settings: Settings, name: str) -> Carrier | None:
    """None where the settings do not say how success and failure are told."""

    def of(what: str) -> str:
        return str(getattr(settings, f"{name}_{what}"))

    if not (of("received") or of("not_received")):
        return None
    receiving = Receiving(of("receipt_id"), of("receipt_at"), Sign(of("received")), Sign(of("not_received")))
    return Carrier(receiving.reads, of("receipt_answer"), asks_again=bool(of("receipt_answer")))


def throttle(settings: Settings) -> Throttle:
    """How many messages that can wait go out."""
    return Throttle(
        Cap.parse(settings.throttle_person) if settings.throttle_person else None,
        {ChannelKind(kind): Cap.parse(cap) for kind, cap in json.loads(settings.throttle_address).items()},
    )


def channel_of(address: str) -> Channel:
    """The channel of an address as the settings write it."""
    kind = ChannelKind.EMAIL if address.startswith("mailto:") else ChannelKind.WEBHOOK
    return Channel(kind, address)
