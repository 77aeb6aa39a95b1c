"""Apprise: the hundred services that it knows, for an installation that has it.

It says yes or no and nothing of what the service answered, and some services answer yes with an error inside:
the best outcome is *accepted, not confirmed*, whatever the service. Its own log is silenced, which would name
addresses that are keys. It is no part of what the house needs, so that it may be missing.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from services.domain.addresses import is_fit
from services.domain.notices import AttemptResult
from services.domain.people import ChannelKind
from services.notify.channels.channel import ChannelOutcome, Sending, refused, timed_out
from services.notify.channels.posting import SEND_FOR
from services.notify.channels.wording import below_title

PACKAGE = "apprise"
MOST = 3800
"""Bytes of a text: most services take 4,096."""


def is_installed() -> bool:
    """Whether this installation has Apprise."""
    return importlib.util.find_spec(PACKAGE) is not None


class AppriseChannel:
    """Tells over whatever an address names. Apprise is loaded here, some seconds, and not when somebody
    calls.
    """

    def __init__(self, send_for: timedelta = SEND_FOR) -> None:
        self._send_for = send_for
        self._apprise: Any = importlib.import_module(PACKAGE)
        logging.getLogger(PACKAGE).setLevel(logging.CRITICAL)
        self._known("json://127.0.0.1")  # the services are looked up at the first address

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        if not is_fit(ChannelKind.APPRISE, address):
            return refused("address", "no address of Apprise")
        title, body = sending.message.title, below_title(sending, MOST)
        return _within(self._send_for, lambda: self._told(address, title, body))

    def _told(self, address: str, title: str, body: str) -> ChannelOutcome:
        known = self._known(address)
        if known is None:
            return refused("address", "no service that Apprise knows")
        if known.notify(title=title, body=body, body_format=self._apprise.NotifyFormat.TEXT):
            return ChannelOutcome(AttemptResult.ACCEPTED_UNCONFIRMED, "accepted")
        return refused("refused", "Apprise does not say why", may_pass=True)

    def _known(self, address: str) -> Any | None:
        asset = self._apprise.AppriseAsset(async_mode=False, http_redirects=False, storage_mode="memory")
        hub = self._apprise.Apprise(asset=asset)
        return hub if hub.add(address) else None


def _within(send_for: timedelta, tell: Callable[[], ChannelOutcome]) -> ChannelOutcome:
    """What came of it in time. Apprise has no limit of its own for a whole send; what is late goes on
    unheard, in a thread that holds up nobody's end.
    """
    ended: list[ChannelOutcome] = []

    def run() -> None:
        try:
            ended.append(tell())
        except Exception as error:  # noqa: BLE001 - any of a hundred services; its words may hold a key
            ended.append(refused("fault", type(error).__name__, may_pass=True))

    thread = threading.Thread(target=run, name="anxin-apprise", daemon=True)
    thread.start()
    thread.join(send_for.total_seconds())
    return ended[0] if ended else timed_out("no answer in time")
