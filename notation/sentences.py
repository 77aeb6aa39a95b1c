"""The sentences of a timeline: what somebody does ('02:13 deji presses'), what a device says by itself
('03:00 mat sends bed.exited') and what goes wrong ('from 03:00 the gateway is down for 40m').

The two tables here, `VERBS` and `TROUBLES`, are the one place where a new thing to do or to go wrong gets its
words; an unknown one is refused with the nearest known. What comes of a sentence is decided by who plays it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from notation.faults import nearest_of
from notation.forms import NAME, Unfit
from notation.kinds import SENT_BY
from notation.spans import SPAN, NotASpan, read_step
from notation.times import TIME, Moment, NotATime, read_moment, rolled

EXPECTED = "a sentence such as '02:13 deji presses': a local time, a name, what is done"
FORM = f"^(from )?{TIME} .+$"
"""How a sentence begins, as a pattern that JSON Schema reads as well."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What a verb makes happen: an event of a device of that type, or one that a person records (no type)."""

    kind: str
    device_type: str | None
    data: Mapping[str, str] = field(default_factory=dict)


VERBS: Mapping[str, Doing] = {
    "gets up": Doing("bed.exited", "bed_sensor"),
    "goes to bed": Doing("bed.entered", "bed_sensor"),
    "presses": Doing("call_button.pressed", "call_button"),
    "falls": Doing("fall.detected", "fall_detector"),
    "moves about": Doing("motion.detected", "motion_sensor"),
    "opens the door": Doing("door.opened", "door_sensor"),
    "closes the door": Doing("door.closed", "door_sensor"),
    "leaves for hospital": Doing("resident.away", None, {"reason": "hospital"}),
    "leaves home": Doing("resident.away", None),
    "comes home": Doing("resident.returned", None),
    "is visited": Doing("visit.completed", None),
    "orders a meal": Doing("meal.ordered", None),
    "collects the meal": Doing("meal.collected", None),
    "has a check-up": Doing("checkup.completed", None),
}
"""What a resident can do. A device can do one thing by itself: ``DEVICE sends KIND``."""


class Of(StrEnum):
    """What something can go wrong with."""

    HOUSE = "house"
    """The service, its broker, its database: there is one of each."""
    DEVICE = "device"
    GATEWAY = "gateway"


class Lasts(StrEnum):
    """Whether it lasts: `for 40m`, or `until 03:40`."""

    ALWAYS = "always"
    MAYBE = "maybe"
    """Without a word to the end of the story."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that can go wrong, in words: DEVICE, GATEWAY, SPAN and COUNT stand for what is said there."""

    name: str
    words: str
    of: Of
    lasts: Lasts = Lasts.NEVER

    @property
    def example(self) -> str:
        """The words as somebody would write them."""
        named = {"DEVICE": "mat", "GATEWAY": "the gateway", "SPAN": "2h", "COUNT": "3"}
        said = re.sub("|".join(named), lambda match: named[match[0]], self.words)
        return f"{said} for 40m" if self.lasts is Lasts.ALWAYS else said


TROUBLES: tuple[Trouble, ...] = (
    Trouble("service-restart", "the service restarts", Of.HOUSE),
    Trouble("broker-restart", "the broker restarts", Of.HOUSE),
    Trouble("database-pause", "the database pauses", Of.HOUSE, Lasts.ALWAYS),
    Trouble("gateway-down", "GATEWAY is down", Of.GATEWAY, Lasts.ALWAYS),
    Trouble("chatter", "DEVICE chatters", Of.DEVICE, Lasts.ALWAYS),
    Trouble("repeat", "DEVICE repeats its press", Of.DEVICE),
    Trouble("clock-ahead", "DEVICE's clock is SPAN ahead", Of.DEVICE, Lasts.MAYBE),
    Trouble("clock-behind", "DEVICE's clock is SPAN behind", Of.DEVICE, Lasts.MAYBE),
    Trouble("clock-gains", "DEVICE's clock gains SPAN a day", Of.DEVICE, Lasts.MAYBE),
    Trouble("clock-loses", "DEVICE's clock loses SPAN a day", Of.DEVICE, Lasts.MAYBE),
    Trouble("clock-anew", "DEVICE's clock begins anew in 1970", Of.DEVICE, Lasts.MAYBE),
    Trouble("clock-none", "DEVICE says no time", Of.DEVICE, Lasts.MAYBE),
    Trouble("repeats", "DEVICE repeats each press", Of.DEVICE, Lasts.MAYBE),
    Trouble("press-in-a-row", "DEVICE is pressed three times each time", Of.DEVICE, Lasts.MAYBE),
    Trouble("gateway-unnoticed", "GATEWAY is down unnoticed", Of.GATEWAY, Lasts.ALWAYS),
    Trouble("gateway-mixes", "GATEWAY is down and mixes what it keeps", Of.GATEWAY, Lasts.ALWAYS),
    Trouble("reconnects", "GATEWAY reconnects COUNT times", Of.GATEWAY),
    Trouble("battery-dies", "DEVICE's battery runs down in SPAN", Of.DEVICE, Lasts.MAYBE),
    Trouble("retained", "DEVICE leaves its messages at the broker", Of.DEVICE, Lasts.MAYBE),
    Trouble("duplicates", "DEVICE says everything twice", Of.DEVICE, Lasts.MAYBE),
    Trouble("out-of-order", "DEVICE speaks out of order", Of.DEVICE, Lasts.MAYBE),
    Trouble("flood", "DEVICE floods", Of.DEVICE, Lasts.ALWAYS),
)
"""What can go wrong. A row gives it words; whoever plays it says that it can be played."""

_NAMES = {
    "DEVICE": f"(?P<who>{NAME})",
    "GATEWAY": f"(?P<who>the gateway|{NAME})",
    "SPAN": f"(?P<by>{SPAN})",
    "COUNT": "(?P<count>[1-9][0-9]{0,3})",
}
_LASTING = f"(?: for (?P<lasts>{SPAN})| until (?P<until>{TIME}))?"


def _pattern(trouble: Trouble) -> re.Pattern[str]:
    words = re.sub(
        "|".join(_NAMES), lambda match: _NAMES[match[0]], re.escape(trouble.words).replace(r"\ ", " ")
    )
    return re.compile(words + _LASTING, re.ASCII)


_TROUBLES = tuple((trouble, _pattern(trouble)) for trouble in TROUBLES)
_LINE = re.compile(f"(?P<from>from )?(?P<at>{TIME}) (?P<rest>.+)", re.ASCII)
_SENDS = re.compile(rf"({NAME}) sends (\S+)", re.ASCII)
_FIRST = re.compile(rf"({NAME}) (.+)", re.ASCII)
_HOUSE = re.compile(r"the (service|broker|database) ", re.ASCII)


@dataclass(frozen=True, slots=True)
class Did:
    """A resident does something; nobody named is the only one."""

    who: str | None
    verb: str

    @property
    def doing(self) -> Doing:
        return VERBS[self.verb]


@dataclass(frozen=True, slots=True)
class Sent:
    """A device says something by itself."""

    device: str
    kind: str


@dataclass(frozen=True, slots=True)
class Broke:
    """Something goes wrong: with ``who``, None for the house or for the only gateway."""

    trouble: Trouble
    who: str | None
    lasts_for: timedelta | None = None
    until: Moment | None = None
    by: timedelta | None = None
    count: int | None = None

    def until_at(self, at: datetime, first_day: date, zone: ZoneInfo) -> datetime | None:
        """Its end, None where none is said."""
        if self.lasts_for is not None:
            return at + self.lasts_for
        return rolled(self.until, at, first_day, zone) if self.until is not None else None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: when, and what. ``words`` are those behind the time."""

    moment: Moment
    what: Did | Sent | Broke
    words: str


def read_sentence(text: str) -> Sentence:
    """What a sentence says; `Unfit` with the nearest right one if it says nothing."""
    match = _LINE.fullmatch(text)
    if match is None:
        raise Unfit(EXPECTED)
    try:
        moment = read_moment(match["at"])
        what = _what(match["rest"])
    except NotATime as error:
        raise Unfit("a local time that there is") from error
    if match["from"] and not isinstance(what, Broke):
        raise Unfit("`from` only before what lasts; what somebody does has its time alone")
    return Sentence(moment, what, match["rest"])


def _what(rest: str) -> Did | Sent | Broke:
    if rest in VERBS:
        return Did(None, rest)
    first = _FIRST.fullmatch(rest)
    if first is not None and first[2] in VERBS:
        return Did(first[1], first[2])
    sends = _SENDS.fullmatch(rest)
    if sends is not None:
        if sends[2] not in SENT_BY:
            raise Unfit("a kind of event that a device sends", nearest_of(sends[2], SENT_BY))
        return Sent(sends[1], sends[2])
    for trouble, pattern in _TROUBLES:
        found = pattern.fullmatch(rest)
        if found is not None:
            return _broke(trouble, found.groupdict())
    raise _NobodyKnows(rest)


def _broke(trouble: Trouble, said: Mapping[str, str | None]) -> Broke:
    is_said = said["lasts"] is not None or said["until"] is not None
    if trouble.lasts is Lasts.ALWAYS and not is_said:
        raise Unfit(f"how long it lasts: '{trouble.example}', or 'until 03:40'")
    if trouble.lasts is Lasts.NEVER and is_said:
        raise Unfit(f"nothing that lasts: '{trouble.example}'")
    try:
        lasts_for, by = (read_step(word) if word else None for word in (said["lasts"], said.get("by")))
    except NotASpan as error:
        raise Unfit("a span of some length such as 40m") from error
    count = said.get("count")
    return Broke(
        trouble,
        None if said.get("who") == "the gateway" else said.get("who"),
        lasts_for,
        read_moment(said["until"]) if said["until"] else None,
        by,
        int(count) if count is not None else None,
    )


class _NobodyKnows(Unfit):
    """Words that stand in neither table; what comes nearest to them is looked for when somebody asks."""

    def __init__(self, rest: str) -> None:
        super().__init__("something that somebody can do, that a device does, or that goes wrong")
        self._rest = rest

    @cached_property
    def _looked_for(self) -> Unfit:
        return _closest(self._rest)

    @property
    def expected(self) -> str:
        return self._looked_for.expected

    @property
    def nearest(self) -> str | None:
        return self._looked_for.nearest


def _closest(rest: str) -> Unfit:
    first = None if _HOUSE.match(rest) else _FIRST.fullmatch(rest)
    ways = [("", rest), *([(f"{first[1]} ", first[2])] if first is not None else [])]
    meant = [
        (_likeness(words, verb), who + verb) for who, words in ways if (verb := nearest_of(words, VERBS))
    ]
    if meant:
        return Unfit("something that somebody can do", max(meant)[1])
    return Unfit(
        f"something that somebody can do ({', '.join(VERBS)}), that a device does (DEVICE sends KIND), "
        f"or that goes wrong ({', '.join(each.words for each in TROUBLES)})",
        nearest_of(rest, [each.example for each in TROUBLES]),
    )


def _likeness(word: str, other: str) -> float:
    return SequenceMatcher(None, word, other).ratio()
