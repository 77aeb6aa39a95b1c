"""Holds what happened against what was expected and what must not be. Pure: a wish becomes the fields and
the span of time it asks for, and one comparison finds what meets it or, failing that, the nearest thing
that happened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from devices.simulator.happenings import Happening, What
from devices.simulator.local_time import Frame, show_span
from devices.simulator.scenario import (
    ANY_ALERT,
    ANYBODY,
    AlertExpected,
    HeardExpected,
    Scenario,
    ToldExpected,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a wish asks for: a sort of happening, fields of it, and a span of time, open where it is None."""

    what: What
    fields: dict[str, str]
    since_at: datetime | None
    by_at: datetime | None

    def differs(self, happening: Happening) -> list[str]:
        """The fields in which a happening is not what was asked for."""
        return [name for name, value in self.fields.items() if happening.fields.get(name) != value]

    def off_by(self, happening: Happening) -> timedelta:
        """How far outside the span of time a happening lies; negative before it, nothing inside."""
        if self.since_at is not None and happening.at < self.since_at:
            return happening.at - self.since_at
        if self.by_at is not None and happening.at > self.by_at:
            return happening.at - self.by_at
        return timedelta(0)

    def is_met_by(self, happening: Happening) -> bool:
        return not self.differs(happening) and not self.off_by(happening)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One wish, whether it was met, and what speaks for that; ``nearest`` only for a wish that was not.

    For who draws or translates it: ``asked`` is the wish in parts and ``happening`` what met it, came nearest
    or, where it is ``forbidden``, should not have been.
    """

    wish: str
    passed: bool
    evidence: str = ""
    nearest: str = ""
    asked: Asked | None = field(default=None, compare=False, repr=False)
    happening: Happening | None = field(default=None, compare=False, repr=False)
    forbidden: bool = field(default=False, compare=False)


def judge(scenario: Scenario, happenings: Sequence[Happening]) -> list[Verdict]:
    """One verdict for each wish, in the order of the file."""
    frame = scenario.frame
    return [
        *(_expected(wish, happenings, frame) for wish in scenario.expect),
        *(_forbidden(wish, happenings, frame) for wish in scenario.must_not),
    ]


def _expected(
    wish: AlertExpected | ToldExpected | HeardExpected, happenings: Sequence[Happening], frame: Frame
) -> Verdict:
    if isinstance(wish, HeardExpected):
        return _heard(wish, happenings)
    asked, words = _asked(wish, frame, only_tried=False), _words(wish)
    same_sort = [happening for happening in happenings if happening.what is asked.what]
    met = next((happening for happening in same_sort if asked.is_met_by(happening)), None)
    if met is not None:
        return Verdict(words, passed=True, evidence=frame.show(met.at), asked=asked, happening=met)
    near, shown = _nearest(asked, same_sort, frame)
    return Verdict(words, passed=False, nearest=shown, asked=asked, happening=near)


def _forbidden(wish: AlertExpected | ToldExpected, happenings: Sequence[Happening], frame: Frame) -> Verdict:
    asked, words = _asked(wish, frame, only_tried=True), f"not: {_words(wish)}"
    came = [each for each in happenings if each.what is asked.what and asked.is_met_by(each)]
    if not came:
        return Verdict(words, passed=True, asked=asked, forbidden=True)
    first, more = came[0], f", and {len(came) - 1} more" if len(came) > 1 else ""
    shown = f"{frame.show(first.at)} {first.who}: {first.text}{more}"
    return Verdict(words, passed=False, nearest=shown, asked=asked, happening=first, forbidden=True)


def _heard(wish: HeardExpected, happenings: Sequence[Happening]) -> Verdict:
    words = f"{wish.device} hears {', '.join(wish.hears)}"
    heard = said(wish.device, happenings)
    shown = f"it heard {', '.join(heard) or 'nothing'}"
    asked = Asked(What.COMMAND, {"device": wish.device, "hears": ", ".join(wish.hears)}, None, None)
    last = next(
        (
            each
            for each in reversed(happenings)
            if each.fields.get("device") == wish.device and each.what is What.COMMAND
        ),
        None,
    )
    if heard == wish.hears:
        return Verdict(words, passed=True, asked=asked, happening=last)
    return Verdict(words, passed=False, nearest=shown, asked=asked, happening=last)


def said(device: str, happenings: Iterable[Happening]) -> tuple[str, ...]:
    """What a device was told to say, the same said again and again once."""
    states = (
        each.fields["hears"]
        for each in happenings
        if each.what is What.COMMAND and each.fields.get("device") == device
    )
    return tuple(state for state, _ in groupby(states))


def _asked(wish: AlertExpected | ToldExpected, frame: Frame, *, only_tried: bool) -> Asked:
    since_at = None if wish.since is None else frame.at(wish.since)
    by_at = None if wish.by is None else frame.at(wish.by)
    if isinstance(wish, AlertExpected):
        fields = {
            "alert": wish.alert,
            "about": wish.about,
            "severity": wish.severity,
            "outcome": wish.outcome,
        }
        if wish.alert == ANY_ALERT:
            del fields["alert"]
        what = What.ALERT
    else:
        fields = {"told": wish.told, "notice": wish.notice, "alert": wish.alert}
        fields["tried" if only_tried else "reached"] = "yes"
        if wish.told == ANYBODY:
            del fields["told"]
        what = What.NOTICE
    return Asked(what, {name: value for name, value in fields.items() if value is not None}, since_at, by_at)


def _nearest(asked: Asked, candidates: Sequence[Happening], frame: Frame) -> tuple[Happening | None, str]:
    """The happening that differs least, and in what; the first fields asked for say most."""
    if not candidates:
        return None, f"there was no {asked.what} at all"
    weight = {name: 1 << place for place, name in enumerate(reversed(asked.fields))}

    def distance(happening: Happening) -> tuple[int, timedelta]:
        return sum(weight[name] for name in asked.differs(happening)), abs(asked.off_by(happening))

    best = min(candidates, key=distance)
    reasons = [
        f"{name} was {best.fields.get(name, 'nothing')}, not {asked.fields[name]}"
        for name in asked.differs(best)
    ]
    off = asked.off_by(best)
    if off:
        reasons.append(f"{show_span(off)} too {'late' if off > timedelta(0) else 'early'}")
    return best, f"{frame.show(best.at)} {best.who}: {best.text} ({'; '.join(reasons)})"


def _words(wish: AlertExpected | ToldExpected) -> str:
    """A wish as a sentence."""
    if isinstance(wish, AlertExpected):
        words = "an alert" if wish.alert == ANY_ALERT else f"alert {wish.alert}"
        words += f" about {wish.about}" if wish.about else ""
        words += f", {wish.severity}" if wish.severity else ""
        words += f", ends as {wish.outcome}" if wish.outcome else ""
    else:
        words = f"{wish.told} told"
        words += f" ({wish.notice})" if wish.notice else ""
        words += f" of {wish.alert}" if wish.alert else ""
    words += f", from {wish.since}" if wish.since else ""
    return words + (f", by {wish.by}" if wish.by else "")
