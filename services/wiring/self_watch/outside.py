"""Outside: tells whoever looks after the house that it is not well, by webhook and e-mail.

It goes neither through the store nor through alerts and delivery, which may be what is broken: each address
is called directly, in a thread of its own, and again until it has taken the newest word. It names nobody who
lives here.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.domain.findings import Severity
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.notices import AttemptResult, Notice, NoticeKind, NoticeReason
from services.domain.people import Channel, Language
from services.domain.ports import Clock
from services.escalation.text import watch_message
from services.notify.channels.channel import Channels, Sending, refused
from services.wiring.self_watch.watcher import Stage, Word

AGAIN_AFTER_SECONDS = 15.0
"""How long an address that did not take a word is left alone."""
TAKEN = frozenset({AttemptResult.DELIVERED, AttemptResult.ACCEPTED_UNCONFIRMED})

log = logging.getLogger("anxin.self-watch")


@dataclass(frozen=True, slots=True)
class House:
    """What a word says of the house: who speaks, in which language, and where to look."""

    name: str
    language: Language
    zone: ZoneInfo
    link: str


@dataclass(slots=True)
class _Waiting:
    notice: Notice
    not_before: float = 0.0
    is_under_way: bool = False


class Outside:
    """Used by the watcher's thread; what became of a send comes from that of the send."""

    def __init__(
        self,
        addresses: Iterable[Channel],
        channels: Channels,
        house: House,
        clock: Clock,
        stopwatch: Callable[[], float],
        pool: Executor,
    ) -> None:
        self.sent: Counter[tuple[str, str]] = Counter()
        """How the sends ended, by channel and result."""
        self._addresses: Sequence[Channel] = tuple(addresses)
        self._channels = channels
        self._house = house
        self._clock = clock
        self._stopwatch = stopwatch
        self._pool = pool
        self._waiting: dict[Channel, _Waiting] = {}

    @property
    def unsaid(self) -> int:
        """Addresses that have not taken the newest word."""
        return len(self._waiting)

    def say(self, word: Word, began_at: datetime) -> None:
        """Let every address have this word, in the place of one that it has not taken yet."""
        now = self._clock.now()
        log.error("the house is not well (%s): %s", word.stage, " ".join(word.sentences))
        for to in self._addresses:
            self._waiting[to] = _Waiting(self._notice(word, to, began_at, now))

    def step(self) -> None:
        """Begin the sends that are due; never waits."""
        now = self._stopwatch()
        for to, waiting in list(self._waiting.items()):
            if not waiting.is_under_way and now >= waiting.not_before:
                waiting.is_under_way = True
                self._pool.submit(self._send, to, waiting)

    def _send(self, to: Channel, waiting: _Waiting) -> None:
        channel = self._channels.get(to.kind)
        message = watch_message(waiting.notice)
        try:
            if channel is None:
                outcome = refused("not_configured", f"no channel {to.kind} in this installation")
            else:
                outcome = channel.send(to.address, Sending(waiting.notice, message, self._clock.now()))
        except Exception as error:
            log.exception("the word outside failed over %s", to.kind)
            outcome = refused("fault", type(error).__name__)
        self.sent[to.kind.value, outcome.result.value] += 1
        if outcome.result in TAKEN:
            if self._waiting.get(to) is waiting:
                del self._waiting[to]
            return
        log.error("nobody outside was told over %s: %s %s", to.kind, outcome.result, outcome.detail or "")
        waiting.not_before = self._stopwatch() + AGAIN_AFTER_SECONDS
        waiting.is_under_way = False

    def _notice(self, word: Word, to: Channel, began_at: datetime, now: datetime) -> Notice:
        house = self._house
        return Notice(
            id=derived_id("wtc", house.name, word.stage, format_instant(now), to.kind, to.address),
            alert_id="",
            kind=NoticeKind.ALERT,
            reason=NoticeReason.LAST_RESORT,
            created_at=now,
            severity=Severity.LOW if word.stage is Stage.OVER else Severity.HIGH,
            language=house.language,
            channels=(to,),
            text={
                "alert_kind": "house.watch",
                "because": word.stage.value,
                "what": "\n".join(word.sentences),
                "house": house.name,
                "since": format_instant(began_at),
                "zone": house.zone.key,
                "link": house.link,
            },
        )
