"""The ways to reach a person, one a file."""

from services.notify.channels.channel import Channel, ChannelOutcome, Channels, Sending

__all__ = ["Channel", "ChannelOutcome", "Channels", "Sending"]
