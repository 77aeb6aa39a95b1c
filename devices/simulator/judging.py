"""Holds what happened against what was expected and what must not be. Pure: one comparison finds what meets
a wish or, failing that, the nearest thing that happened.

A rule that a scenario expects something of is held to it exactly, as in the stories beside rulebooks:
whatever else it finds is a failure too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

from devices.simulator.happenings import Happening, What
from devices.simulator.local_time import Frame, show_span
from devices.simulator.scenario import Scenario, Wish

MOST_SHOWN = 5
Why = Callable[[Wish], str | None]
"""Why a rule did not come to a Finding that was wished for, in words; None where nobody can say."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One wish, whether it was met, and what speaks for that; ``nearest`` only for one that was not.
    ``line`` is that of the file, 0 where the file says nothing of it.

    For who draws or translates it: ``asked`` is the wish in parts and ``happening`` what met it, came nearest
    or, where it is ``forbidden``, should not have been.
    """

    wish: str
    passed: bool
    evidence: str = ""
    nearest: str = ""
    asked: Wish | None = field(default=None, compare=False, repr=False)
    happening: Happening | None = field(default=None, compare=False, repr=False)
    forbidden: bool = field(default=False, compare=False)
    line: int = field(default=0, compare=False)


def nobody_knows(_: Wish) -> None:
    """Say nothing of why."""
    return


def judge(scenario: Scenario, happenings: Sequence[Happening], why: Why = nobody_knows) -> list[Verdict]:
    """One verdict for each wish, in the order of the file; then one for each Finding that came unasked."""
    return _Judge(scenario.frame, happenings, why).verdicts(scenario.wishes)


def said(device: str, happenings: Iterable[Happening]) -> tuple[str, ...]:
    """What a device was told to say, the same said again and again once."""
    states = (
        each.fields["hears"]
        for each in happenings
        if each.what is What.COMMAND and each.fields.get("device") == device
    )
    return tuple(state for state, _ in groupby(states))


class _Judge:
    def __init__(self, frame: Frame, happenings: Sequence[Happening], why: Why) -> None:
        self._frame = frame
        self._happenings = happenings
        self._why = why
        self._wanted: list[Happening] = []
        """The Findings that were expected and are there."""

    def verdicts(self, wishes: Sequence[Wish]) -> list[Verdict]:
        judged = [self._forbidden(wish) if wish.must_not else self._expected(wish) for wish in wishes]
        return [*judged, *self._unasked(wishes, judged)]

    def _expected(self, wish: Wish) -> Verdict:
        if wish.hears:
            return self._heard(wish)
        met = [each for each in self._of_sort(wish) if wish.is_met_by(each) and not self._is_taken(each)]
        if wish.times not in {None, len(met)} and met:
            shown = "".join(f", {self._frame.show(each.at)}" for each in met[:MOST_SHOWN])
            return self._failed(wish, f"it came {len(met)} times{shown}", met[-1])
        if not met:
            return self._failed(wish, *self._nearest(wish))
        if wish.what is What.FINDING:
            self._wanted.append(met[0])
        return self._passed(wish, met[0], self._frame.show(met[0].at))

    def _forbidden(self, wish: Wish) -> Verdict:
        came = [each for each in self._of_sort(wish) if wish.is_met_by(each)]
        if not came:
            return self._passed(wish)
        more = f", and {len(came) - 1} more" if len(came) > 1 else ""
        return self._failed(wish, f"{self._told(came[0])}{more}", came[0])

    def _heard(self, wish: Wish) -> Verdict:
        device = wish.fields["device"]
        heard = said(device, self._happenings)
        own = [each for each in self._of_sort(wish) if each.fields.get("device") == device]
        last = own[-1] if own else None
        if heard == wish.hears:
            return self._passed(wish, last)
        return self._failed(wish, f"it heard {', '.join(heard) or 'nothing'}", last)

    def _passed(self, wish: Wish, by: Happening | None = None, evidence: str = "") -> Verdict:
        words = words_of(wish, self._frame)
        return Verdict(words, True, evidence, "", wish, by, wish.must_not, wish.line)  # noqa: FBT003

    def _failed(self, wish: Wish, nearest: str, by: Happening | None) -> Verdict:
        words = words_of(wish, self._frame)
        return Verdict(words, False, "", nearest, wish, by, wish.must_not, wish.line)  # noqa: FBT003

    def _unasked(self, wishes: Sequence[Wish], judged: Sequence[Verdict]) -> Iterator[Verdict]:
        """What rules found beyond what was expected of them, unless it was told of already."""
        of_rules = [wish for wish in wishes if wish.what is What.FINDING]
        exact = {wish.fields["rule"]: wish for wish in of_rules if not wish.must_not}
        told = {id(each.happening) for each in judged if each.happening is not None}
        for each in self._happenings:
            rule = each.fields.get("rule", "")
            if each.what is not What.FINDING or rule not in exact or id(each) in told:
                continue
            if not any(wish.must_not and wish.is_met_by(each) for wish in of_rules):
                asked = Wish(exact[rule].line, must_not=True, what=What.FINDING, fields={"rule": rule})
                yield Verdict(
                    f"not: {rule} finds anything else",
                    passed=False,
                    nearest=self._told(each),
                    asked=asked,
                    happening=each,
                    forbidden=True,
                    line=asked.line,
                )

    def _is_taken(self, happening: Happening) -> bool:
        return any(each is happening for each in self._wanted)

    def _of_sort(self, wish: Wish) -> list[Happening]:
        return [each for each in self._happenings if each.what is wish.what]

    def _told(self, happening: Happening) -> str:
        return f"{self._frame.show(happening.at)} {happening.who}: {happening.text}"

    def _nearest(self, wish: Wish) -> tuple[str, Happening | None]:
        """The happening that differs least, and in what; the first fields asked for say most."""
        candidates = [each for each in self._of_sort(wish) if not self._is_taken(each)]
        if wish.what is What.FINDING:
            candidates = [each for each in candidates if each.fields["rule"] == wish.fields["rule"]]
        why = self._why(wish) if wish.what is What.FINDING else None
        because = f"; not then: {why}" if why else ""
        if not candidates:
            none = f"there was no {wish.what} at all"
            return (f"never{because}" if wish.what is What.FINDING else none), None
        weight = {name: 1 << place for place, name in enumerate(reversed([*wish.fields]))}

        def distance(happening: Happening) -> tuple[int, timedelta]:
            return sum(weight[name] for name in wish.differs(happening)), abs(wish.off_by(happening))

        best = min(candidates, key=distance)
        reasons = [
            f"{name} was {best.fields.get(name, 'nothing')}, not {wish.fields[name]}"
            for name in wish.differs(best)
        ]
        if wish.states and best.fields.get("state") not in wish.states:
            reasons.append(f"it is {best.fields.get('state')}, not {' or '.join(wish.states)}")
        off = wish.off_by(best)
        if off:
            reasons.append(f"{show_span(off)} too {'late' if off > timedelta(0) else 'early'}")
        return f"{self._told(best)} ({'; '.join(reasons)}){because if off else ''}", best


def words_of(wish: Wish, frame: Frame) -> str:
    """A wish as a sentence."""
    words = f"{_wanted(wish)}{_when(wish, frame)}"
    return f"not: {words}" if wish.must_not else words


def _wanted(wish: Wish) -> str:
    fields = wish.fields
    match wish.what:
        case What.COMMAND:
            return f"{fields['device']} hears {', '.join(wish.hears)}"
        case What.FINDING:
            words = f"{fields['rule']} finds something"
            words += f" about {fields['resident']}" if "resident" in fields else ""
            words += f" by {fields['device']}" if "device" in fields else ""
            if len(wish.states) == 1:
                words += f", {wish.states[0]}"
            words += f", {fields['reason']}" if "reason" in fields else ""
        case What.ALERT:
            words = f"alert {fields['alert']}" if "alert" in fields else "an alert"
            words += f" about {fields['about']}" if "about" in fields else ""
            words += f", {fields['severity']}" if "severity" in fields else ""
            words += f", ends as {fields['outcome']}" if "outcome" in fields else ""
        case _:
            words = f"{fields.get('told', 'anybody')} told"
            words += f" ({fields['notice']})" if "notice" in fields else ""
            words += f" of {fields['alert']}" if "alert" in fields else ""
            words += f" over {fields['over']}" if "over" in fields else ""
    return words


def _when(wish: Wish, frame: Frame) -> str:
    times = f", {wish.times} times" if wish.times is not None else ""
    if wish.since_at is not None and wish.since_at == wish.by_at:
        return f"{times}, at {frame.show(wish.since_at)}"
    since = f", from {frame.show(wish.since_at)}" if wish.since_at else ""
    return times + since + (f", by {frame.show(wish.by_at)}" if wish.by_at else "")
