"""Sending: one attempt over one channel, whatever the channel does. It always answers, and never raises."""

from __future__ import annotations

import logging

from services.domain.notices import Attempt, Notice
from services.domain.people import Channel
from services.escalation.scene import House
from services.escalation.text import message_of
from services.notify.channels import ChannelOutcome, Channels, Sending
from services.notify.channels.channel import refused

log = logging.getLogger("anxin.delivery")


def outcome_of(channels: Channels, attempt: Attempt, notice: Notice, house: House) -> ChannelOutcome:
    """Send a notice as an attempt says, in whichever thread; what became of it."""
    try:
        channel = channels.get(attempt.channel)
        if channel is None:
            return refused("not_configured", f"no channel {attempt.channel} in this installation")
        message = message_of(notice, house, Channel(attempt.channel, attempt.address))
        return channel.send(attempt.address, Sending(notice, message, attempt.started_at))
    except Exception as error:
        log.exception("the channel %s failed on notice %s", attempt.channel, notice.id)
        return refused("fault", f"{type(error).__name__}: {error}", may_pass=True)
