"""`silent`, by looking at the whole list again for every question: who was heard when, by reception."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.domain.instants import parse_span
from services.domain.kinds import DEVICE_KINDS, KINDS
from tests.oracle.facts import Fact, Moment, Story
from tests.oracle.happened import Said
from tests.oracle.matching import Rule, is_live

LATE_BATCH_FOR = timedelta(seconds=60)
ANY = "any"
TURNS = {"resident.away", "resident.returned"}


@dataclass(frozen=True, slots=True)
class SilentRule(Rule):
    """What the rule says; ``on`` is the kind, or any."""

    for_: str = ""


@dataclass(frozen=True, slots=True)
class _Heard:
    """From when silence is reckoned, and the message that says so, if one does."""

    at: datetime
    known: Moment
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """One key, about whose silence anything can be asked as of any Moment."""

    story: Story
    rule: SilentRule
    resident: str
    device: str | None

    def messages(self, moment: Moment) -> list[Fact]:
        """What the key's devices have sent, or people have recorded, up to then; `device.offline` is none."""
        return [
            fact
            for fact in self.story.facts
            if fact.known <= moment and fact.resident == self.resident and self._is_mine(fact)
        ]

    def _is_mine(self, fact: Fact) -> bool:
        if self.rule.on not in {ANY, *DEVICE_KINDS}:
            return fact.kind == self.rule.on
        device = self.story.device_at(fact.device, fact.known)
        if fact.kind == "device.offline" or device is None or device.type is None:
            return False
        if self.device is not None and fact.device != self.device:
            return False
        sends = self.rule.on == ANY or device.type in {each.value for each in KINDS[self.rule.on].sent_by}
        return sends and (not self.rule.types or device.type in self.rule.types)

    def heard(self, moment: Moment) -> _Heard | None:
        """The newest sign of life, or when it went live; None before."""
        messages = self.messages(moment)
        signs = [fact for fact in messages if self.rule.on in {ANY, fact.kind}]
        if self.rule.on in DEVICE_KINDS or self.rule.on == ANY:
            newest = (signs or messages[:1])[-1:]
            return _Heard(newest[0].received_at, newest[0].known, newest[0]) if newest else None
        # What people record is waited for from enrolment on, and what is taken back was never there.
        signs = [fact for fact in signs if not self.story.is_retracted(fact, moment)]
        if signs:
            return _Heard(signs[-1].received_at, signs[-1].known, signs[-1])
        line = next(each for each in self.story.registers if each.resident == self.resident)
        known = (line.received_at, 0, line.received_at, line.seq)
        if known > moment or line.enrolled_at is None:
            return None
        return _Heard(max(line.received_at, line.enrolled_at), known)

    def end(self, heard: _Heard, moment: Moment) -> tuple[datetime, datetime] | None:
        """When the silence is long enough, and from when on it can be raised; None while somebody is away."""
        span = parse_span(
            self.story.number(self.rule.id, "for", self.resident, None, moment) or self.rule.for_
        )
        start, spoken = heard.at, heard.at
        for since, until in self.story.times_away(self.resident, moment) if self._rests_away else ():
            if since > start + span or (until is not None and until <= start):
                continue
            if until is None:
                return None
            start = until
            spoken = max(spoken, self._told_of(until, moment))
        return start + span, max(start + span, spoken + LATE_BATCH_FOR)

    @property
    def _rests_away(self) -> bool:
        return self.rule.on != ANY and self.rule.rests_away

    def _told_of(self, until: datetime, moment: Moment) -> datetime:
        """When we learned of a return."""
        return min(
            fact.received_at
            for fact in self.story.facts
            if fact.kind == "resident.returned"
            and fact.resident == self.resident
            and fact.occurred_at == until
            and fact.known <= moment
            and not self.story.is_retracted(fact, moment)
        )

    def is_judged(self, heard: _Heard, moment: Moment) -> bool:
        if not self.story.number(self.rule.id, "enabled", self.resident, True, moment):
            return False
        if self.rule.on in DEVICE_KINDS and not is_live(self.story, self.rule, self.resident, moment):
            return False
        if not self.story.is_enrolled(self.resident, heard.at, moment):
            return False
        return self.story.is_enrolled(self.resident, moment[0], moment)

    def moments(self) -> list[Moment]:
        found = [fact.known for fact in self.story.facts]
        found += [each.known for each in self.story.overrides]
        found += [(each.received_at, 0, each.received_at, each.seq) for each in self.story.registers]
        return sorted(set(found))


def say(story: Story, rule: SilentRule) -> list[Said]:
    """What the rule says about everybody."""
    found: list[Said] = []
    for resident in story.residents():
        devices: Sequence[str | None] = [None]
        if rule.per == "device":
            devices = sorted({each.device for each in story.registers if each.device})
        for device in devices:
            found += _key(_Asked(story, rule, resident, device))
    return found


def _key(asked: _Asked) -> list[Said]:
    found: list[Said] = []
    moments = asked.moments()
    for number, moment in enumerate(moments):
        heard = asked.heard(moment)
        ends = asked.end(heard, moment) if heard is not None else None
        if heard is None or ends is None:
            continue
        raised_at = max(ends[1], moment[0])
        raised = (raised_at, 2, raised_at, 0)
        following = moments[number + 1] if number + 1 < len(moments) else None
        if raised_at > asked.story.until or (following is not None and following < raised):
            continue
        if not asked.is_judged(heard, raised) or any(_rests(asked, each, moment, ends[0]) for each in found):
            continue
        found.append(_said(asked, heard, ends[0], raised))
    return found


def _rests(asked: _Asked, said: Said, moment: Moment, at: datetime) -> bool:
    """Whether the rule still rests after a Finding, until the next message."""
    return said.at == at or _state(asked, said.raised_at, said.events, said.at, moment) == "holds"


def _state(asked: _Asked, raised_at: datetime, events: tuple[int, ...], at: datetime, moment: Moment) -> str:
    raised, state = (raised_at, 2, raised_at, 0), "holds"
    rests_on = [fact for fact in asked.story.facts if fact.seq in events]
    start = rests_on[0].received_at if rests_on else None
    for each in asked.moments():
        if not raised < each <= moment:
            continue
        new = [fact for fact in asked.story.facts if fact.known == each]
        if any(fact.kind in TURNS and fact.resident == asked.resident for fact in new) and asked._rests_away:
            begin = start or _begun(asked, raised)
            ended_before = [
                until
                for _, until in asked.story.times_away(asked.resident, raised)
                if until is not None and begin < until <= at
            ]
            begin = max([begin, *ended_before])
            if asked.story.touches_away(asked.resident, begin, at, each):
                return "withdrawn"
        if any(fact in asked.messages(each) and asked.rule.on in {ANY, fact.kind} for fact in new):
            state = "ended"
    return state


def _begun(asked: _Asked, moment: Moment) -> datetime:
    heard = asked.heard(moment)
    assert heard is not None  # something was found
    return heard.at


def _said(asked: _Asked, heard: _Heard, at: datetime, raised: Moment) -> Said:
    events = (heard.fact.seq,) if heard.fact is not None else ()
    state = _state(asked, raised[0], events, at, (asked.story.until, 9, asked.story.until, 0))
    return Said(at, raised[0], state, None, events, asked.rule.id, asked.resident, asked.device)
