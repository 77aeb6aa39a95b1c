"""The ways out of the house, from its settings: channels, the last resort, the address of the links."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from services.domain.people import Channel, ChannelKind
from services.escalation.scene import House
from services.notify.channels import channel
from services.notify.channels.email import EmailChannel, MailServer
from services.notify.channels.webhook import WebhookChannel
from services.wiring.settings import Settings


def channels(settings: Settings, http: str) -> channel.Channels:
    """The channels that this installation has; e-mail only with a mail server."""
    ways: dict[ChannelKind, channel.Channel] = {
        ChannelKind.WEBHOOK: WebhookChannel(settings.key(), settings.public_url or http)
    }
    if settings.smtp_host:
        ways[ChannelKind.EMAIL] = EmailChannel(
            MailServer(
                host=settings.smtp_host,
                port=settings.smtp_port,
                user=settings.smtp_user,
                password=settings.smtp_password,
                sender=settings.smtp_sender,
                starttls=settings.smtp_starttls,
            )
        )
    return ways


def house_facts(settings: Settings, http: str) -> House:
    """What escalation has to know about this installation."""
    return House(
        timezone=ZoneInfo(settings.timezone),
        language=settings.language,
        last_resort=_last_resort(settings.last_resort),
        link_base=settings.public_url or http,
    )


def _last_resort(address: str) -> Channel | None:
    if not address:
        return None
    kind = ChannelKind.EMAIL if address.startswith("mailto:") else ChannelKind.WEBHOOK
    return Channel(kind, address)
