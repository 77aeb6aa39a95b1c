"""A part: what one service brings to its process, and how its rooms are woken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from services.domain.ports import Topic
from services.domain.stepping import Room
from services.wiring.beats import Beat
from services.wiring.observing import Observing
from services.wiring.self_watch.watching import Watching
from services.wiring.signals import LocalSignals

WAKES: Mapping[Topic, str] = {
    Topic.EVENTS: "rules",
    Topic.FINDINGS: "alerts",
    Topic.ALERTS: "alerts",
    Topic.NOTICES: "delivery",
}
"""Which room has work after a commit."""


def _nothing() -> None:
    """A part that has no connection to make."""


@dataclass(frozen=True, slots=True)
class Part:
    """One service of a process. ``begin`` connects it to the outside, just before its rooms work; a message
    from there calls ``wakers``. ``says`` goes into the line that the process prints when it is ready. The
    rooms ``aside`` have a thread of their own, in which they may wait for the store. ``watching`` watches
    over all of it.
    """

    observing: Observing
    rooms: Mapping[str, Room] = field(default_factory=dict)
    begin: Callable[[], None] = _nothing
    wakers: list[Callable[[], None]] = field(default_factory=list)
    says: Mapping[str, str] = field(default_factory=dict)
    aside: Mapping[str, Room] = field(default_factory=dict)
    watching: Watching | None = None


def one_beat(rooms: Mapping[str, Room], signals: LocalSignals) -> Beat:
    """One beat for the rooms of a process: one writes at a time anyway, so threads of their own would only
    wait for one another.
    """
    beat = Beat(rooms)
    for topic, name in WAKES.items():
        if name in rooms:
            signals.on(topic, beat.waker(name))
    return beat
