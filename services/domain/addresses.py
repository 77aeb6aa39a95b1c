"""Addresses: the form of an address of each kind of channel, and how much of it others may see.

What has the form may still reach nobody; what has not is refused where it is entered, and sent to never.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from services.domain.people import Channel, ChannelKind

BETWEEN = "#"
"""Stands between the token of a bot and the secret that its messages are signed with."""


@dataclass(frozen=True, slots=True)
class Form:
    """The form of the addresses of one kind, as a regular expression and in words."""

    pattern: str
    expected: str
    is_key: bool = False
    """Whoever knows such an address can write to everybody who reads there."""


_TELEPHONE = Form(r"^\+?[0-9]{5,15}$", "a telephone number: digits, with + before a country code")
_BOT = r"[A-Za-z0-9_-]{8,128}"
_SIGNED_BOT = rf"^{_BOT}({BETWEEN}[A-Za-z0-9_-]{{4,128}})?$"

FORMS: Mapping[ChannelKind, Form] = {
    ChannelKind.WECOM_BOT: Form(
        rf"^{_BOT}$", "the key of a group's bot: what stands after key= in its address", is_key=True
    ),
    ChannelKind.WECOM_APP: Form(
        r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$", "the account (userid) of one member of the corporation"
    ),
    ChannelKind.DINGTALK: Form(
        _SIGNED_BOT, "the access_token of a group's bot, or access_token#secret", is_key=True
    ),
    ChannelKind.FEISHU: Form(
        _SIGNED_BOT, "what stands after /hook/ in the address of a group's bot, or that#secret", is_key=True
    ),
    ChannelKind.SMS_ALIYUN: _TELEPHONE,
    ChannelKind.SMS_TENCENT: _TELEPHONE,
    ChannelKind.SMS_GATEWAY: _TELEPHONE,
    ChannelKind.VOICE: _TELEPHONE,
    ChannelKind.NTFY: Form(r"^[A-Za-z0-9_-]{1,64}$", "a topic: letters, digits, _ and -", is_key=True),
    ChannelKind.MQTT: Form(
        r"^[A-Za-z0-9_-][A-Za-z0-9._/-]{0,199}$", "a topic: letters, digits, / . _ and -, without wildcards"
    ),
    ChannelKind.APPRISE: Form(
        r"^[A-Za-z][A-Za-z0-9.+-]{1,31}://[!-~]{1,460}$", "an address of Apprise: service://…", is_key=True
    ),
}
"""Webhooks and e-mail have more to their addresses than a form; their channels judge them."""

_PATTERNS = {kind: re.compile(form.pattern, re.ASCII) for kind, form in FORMS.items()}


def is_fit(kind: ChannelKind, address: str) -> bool:
    """Whether an address has the form of its kind; of a kind without one, always."""
    pattern = _PATTERNS.get(kind)
    return pattern is None or ("\n" not in address and pattern.search(address) is not None)


def token_and_secret(address: str) -> tuple[str, str]:
    """The two parts of the address of a bot; the secret is empty where it has none of its own."""
    token, _, secret = address.partition(BETWEEN)
    return token, secret


def masked(channel: Channel) -> str:
    """An address of which enough is left to recognise it and too little to use it."""
    address = channel.address
    form = FORMS.get(channel.kind)
    scheme, mark, rest = address.partition("://")
    if mark and form is not None:  # what stands for a host may be a key here
        return f"{scheme}://…"
    if mark:
        return f"{scheme}{mark}{rest.partition('/')[0].rpartition('@')[2]}/…"
    if form is _TELEPHONE:
        return f"…{address[-4:]}"
    name, at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}" if at else f"{address[:3]}…"


def shown_to_its_own(channel: Channel) -> str:
    """An address as the person sees it whom it reaches: whole, but for a key of many."""
    form = FORMS.get(channel.kind)
    return masked(channel) if form is not None and form.is_key else channel.address
