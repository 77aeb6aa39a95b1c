"""The small community in an outage: the real loops and the real telling on a real store that refuses to be
written for as long as a test wants. The cast is that of the escalation tests; sends are done at once, or in
threads where a test lets them hang.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from services.domain.alerts import Alert
from services.domain.events import Event
from services.domain.notices import Attempt, Notice, NoticeState
from services.domain.people import ChannelKind
from services.domain.ports import StoreUnavailable
from services.domain.stepping import advance, settle
from services.escalation.gathering import Gathering
from services.escalation.policies import Policies
from services.escalation.policy_files import shipped_policies
from services.escalation.telling import key_of
from services.ingest.messages import Lane, Message
from services.ingest.unstored import Unstored, Watch
from services.notify.snapshot import Keeper
from services.notify.without_store import LateResults, WithoutStore
from services.rules.alarms import Alarms
from services.wiring.rooms import Outside, build_rooms
from services.wiring.shipped import shipped
from tests.unit.escalation import cast
from tests.unit.ingest.door import Inbox, RefusingStore, Voice
from tests.unit.notify.community import community

P = ParamSpec("P")
R = TypeVar("R")
FULL = StoreUnavailable("the disk is full")


class AtOnce(Executor):
    """Does each piece of work before it answers."""

    def submit(self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        done: Future[R] = Future()
        done.set_result(work(*args, **kwargs))
        return done


class WatchedInbox(Inbox):
    """An inbox as the broker's: what is stored is no longer waited for."""

    def __init__(self, unstored: Unstored) -> None:
        super().__init__()
        self._unstored = unstored

    def done(self, messages: list[Message]) -> None:
        self._unstored.done(messages)
        super().done(messages)


class Outage:
    def __init__(self, folder: Path, pool: Executor | None = None) -> None:
        self.here = community(folder)
        self.clock = self.here.clock
        self.store = RefusingStore(self.here.store)
        self.rulebooks: Callable[[], dict[str, str]] = lambda: dict(shipped("rulebooks"))
        self.policies: Callable[[], Policies] = lambda: Policies({}, shipped_policies())
        self.voice = Voice()
        self.unstored = Unstored()
        self.inbox = WatchedInbox(self.unstored)
        gathering = Gathering(self.here.gathering.house, self._policies_now)
        self.channels = {ChannelKind.WEBHOOK: self.here.webhook, ChannelKind.EMAIL: self.here.email}
        self.keeper = Keeper(self.store, self.clock)
        alarms = Alarms(self._texts, cast.SHANGHAI)
        self.told = WithoutStore(self.clock, self.keeper, alarms, gathering, self.channels, pool or AtOnce())
        self.watch = Watch(self.unstored, self.clock, cast.SHANGHAI, lambda: self.keeper.snapshot, self.told)
        self.late = LateResults(self.told, self.store)
        self.rooms = build_rooms(
            self.store,
            self.clock,
            Outside(self.inbox, self.voice, self.channels, told=self.told),
            self._texts,
            gathering,
        )
        self.keeper.step()

    def _texts(self) -> dict[str, str]:
        return self.rulebooks()

    def _policies_now(self) -> Policies:
        return self.policies()

    def settle(self) -> None:
        """All loops work until nothing is left, as they do while the store answers."""
        settle(list(self.rooms.by_name().values()))
        self.keeper.step()

    def begins(self) -> None:
        """Everything is stored up to here; from here on nothing can be."""
        self.settle()
        self.store.refusal = FULL

    def ends(self) -> None:
        """The store is back, and everybody works on."""
        self.store.refusal = None
        self.settle()

    def presses(
        self, own_id: str | None = None, *, button: str = "btn-1", at: datetime | None = None, **more: Any
    ) -> Message:
        said: dict[str, Any] = {"kind": "call_button.pressed"} | ({"id": own_id} if own_id else {}) | more
        return self.comes(f"anxin/v1/{button}/alarm", json.dumps(said), at=at)

    def comes(self, topic: str, said: str, *, at: datetime | None = None, retained: bool = False) -> Message:
        message = Message(topic, said.encode(), at or self.clock.now(), retained, lane=Lane.ALARMS)
        self.unstored.came(message)
        self.inbox.waiting.append(message)
        return message

    def waits(self, seconds: float) -> None:
        """Time goes by in the outage; ingest tries to store, the watch looks, a second at a time."""
        until = self.clock.now() + timedelta(seconds=seconds)
        while True:
            self.rooms.ingest.step()
            self.watch.step()
            self.told.step()
            if self.clock.now() >= until:
                return
            self.clock.move_to(min(until, self.clock.now() + timedelta(seconds=1)))

    def looks(self, seconds: int) -> None:
        """Time goes by while ingest is at work; the watch looks each second."""
        for _ in range(seconds):
            self.clock.move_to(self.clock.now() + timedelta(seconds=1))
            self.watch.step()
            self.told.step()

    def goes_on(self, **length: float) -> None:
        advance(self.clock, list(self.rooms.by_name().values()), self.clock.now() + timedelta(**length))

    def heard(self) -> list[str]:
        """Who was sent something since this was last asked, in the order of their names."""
        return sorted(self.here.told())

    def sent_ids(self) -> list[str]:
        return [sending.notice.id for _, sending in self.here.webhook.sent]

    @property
    def events(self) -> list[Event]:
        with self.store.reading() as uow:
            return uow.events.after(0, 1000, only_alarms=True)

    @property
    def alerts(self) -> list[Alert]:
        with self.store.reading() as uow:
            return list(uow.alerts.page({}, 0, 100).items)

    def notices(self) -> list[Notice]:
        with self.store.reading() as uow:
            return [notice for alert in self.alerts for notice in uow.notices.of_alert(alert.id)]

    def sent_to(self, who: str) -> list[Notice]:
        return [
            notice
            for notice in self.notices()
            if key_of(notice) == who and notice.state is not NoticeState.NOT_SENT
        ]

    def attempts(self, notice: Notice) -> list[Attempt]:
        with self.store.reading() as uow:
            return uow.notices.attempts([notice.id])

    def close(self) -> None:
        self.here.store.close()
