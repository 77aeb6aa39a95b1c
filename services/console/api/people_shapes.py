"""Shapes that residents and workers share: channels, contacts, absences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from services.console.api.fields import Instant, Shape
from services.domain.addresses import FORMS
from services.domain.people import Channel, ChannelKind

_IPV6 = r"\[(::1|([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4})\]"
_HOST = rf"([A-Za-z0-9]([A-Za-z0-9.\-]{{0,251}}[A-Za-z0-9])?|{_IPV6})"
_PORT = r"(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"


class WebhookFields(Shape):
    """An address that takes notices by HTTP; it may be on loopback."""

    kind: Literal["webhook"]
    address: Annotated[
        str, StringConstraints(max_length=500, pattern=rf"^https?://{_HOST}{_PORT}([/?][\x21-\x7e]*)?$")
    ]


class EmailFields(Shape):
    """One mail address."""

    kind: Literal["email"]
    address: Annotated[
        str,
        StringConstraints(
            max_length=254,
            pattern=r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.\-]{0,185}[A-Za-z0-9])?$",
        ),
    ]


def _form(kind: ChannelKind) -> StringConstraints:
    return StringConstraints(max_length=500, pattern=FORMS[kind].pattern)


class WecomBotFields(Shape):
    """The bot of a group in WeCom."""

    kind: Literal["wecom_bot"]
    address: Annotated[str, _form(ChannelKind.WECOM_BOT)]


class WecomAppFields(Shape):
    """A member of the corporation in WeCom, told by its application."""

    kind: Literal["wecom_app"]
    address: Annotated[str, _form(ChannelKind.WECOM_APP)]


class SignedBotFields(Shape):
    """The bot of a group in DingTalk or Feishu, with the secret of its signature if it has one of its own."""

    kind: Literal["dingtalk", "feishu"]
    address: Annotated[str, _form(ChannelKind.DINGTALK)]


class TelephoneFields(Shape):
    """A telephone that is written to or called."""

    kind: Literal["sms_aliyun", "sms_tencent", "sms_gateway", "voice"]
    address: Annotated[str, _form(ChannelKind.VOICE)]


class NtfyFields(Shape):
    """A topic at the ntfy server."""

    kind: Literal["ntfy"]
    address: Annotated[str, _form(ChannelKind.NTFY)]


class MqttFields(Shape):
    """A topic at the broker for notices, under the prefix of this installation."""

    kind: Literal["mqtt"]
    address: Annotated[str, _form(ChannelKind.MQTT)]


class AppriseFields(Shape):
    """An address of one of the services that Apprise knows."""

    kind: Literal["apprise"]
    address: Annotated[str, _form(ChannelKind.APPRISE)]


AnyFields = (
    WebhookFields
    | EmailFields
    | WecomBotFields
    | WecomAppFields
    | SignedBotFields
    | TelephoneFields
    | NtfyFields
    | MqttFields
    | AppriseFields
)
ChannelFields = Annotated[AnyFields, Field(discriminator="kind")]


def channels_of(fields: Iterable[AnyFields]) -> tuple[Channel, ...]:
    return tuple(Channel(ChannelKind(each.kind), each.address) for each in fields)


class ChannelShape(Shape):
    """One way to reach one person; the address is masked for who need not know it."""

    kind: ChannelKind
    address: str


class ContactShape(Shape):
    """Somebody of the family or the neighbourhood."""

    name: str
    relation: str
    channels: list[ChannelShape]


class AbsenceShape(Shape):
    """Since when, and as far as known until when, somebody is away."""

    since: Instant
    until: Instant | None
    reason: str
    by: str
