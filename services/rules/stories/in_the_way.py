"""What was in the way of a Finding that never came: the last event that could have started it, and what
passed it over, prevented it or left it short.

It reads the rule, with the resident's overrides in it, beside what was played, and says the first thing that
it finds. It explains to whoever wrote a story; it decides nothing about anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from services.domain.events import Event
from services.domain.findings import Trigger
from services.domain.instants import format_span, local, utc_of_local
from services.domain.kinds import ALARM_KINDS, AWAY_PREFIXES, KINDS
from services.rules.case import event_values
from services.rules.conditions import Condition
from services.rules.overrides import overridden
from services.rules.periods import span_holding
from services.rules.profile import Profile, condition_values, senders_of
from services.rules.replay import Played
from services.rules.rulebook import ANY_MESSAGE, PAIR_OF, Rule
from services.rules.signs import Sign, is_replaced, sign_of
from services.rules.stories.story import Expectation, Story
from services.rules.stories.times import written

_DAY = timedelta(days=1)


def in_the_way(expected: Expectation, rule: Rule | None, story: Story, played: Played) -> str:
    """In words for whoever wrote the story."""
    if rule is None:
        return "the floor finds only alarm kinds, and only those that no rule of severity high takes"
    profile = played.profiles.get(expected.resident or "")
    if profile is None:
        return f"{expected.resident or 'nobody'} is not watched"
    return _Look(expected, overridden(rule, profile.overrides), profile, story, played).answer()


class _Look:
    """One look at one rule and one resident."""

    def __init__(
        self, expected: Expectation, rule: Rule, profile: Profile, story: Story, played: Played
    ) -> None:
        self._at = expected.at
        self._rule = rule
        self._profile = profile
        self._story = story
        self._zone = story.zone_of(profile.resident_id)
        taken_back = {each.data.get("event_id") for each in played.events if each.kind == "event.retracted"}
        self._own = [
            each
            for each in played.events
            if each.resident_id == profile.resident_id and each.id not in taken_back
        ]

    def answer(self) -> str:
        looks: Mapping[Trigger, Callable[[], str]] = {
            Trigger.ON: self._never_started,
            Trigger.COUNT: self._too_few,
            Trigger.UNLESS: self._prevented,
            Trigger.WHERE: self._run_too_short,
            Trigger.MISSING: self._not_missing,
            Trigger.SILENT: self._not_silent,
            Trigger.QUOTA: self._quota_met,
            Trigger.DRIFT: lambda: "it is judged at 12:00 only, with at least 14 known days before",
        }
        return self._not_watched() or looks[self._rule.trigger]()

    def _not_watched(self) -> str | None:
        who = self._profile.resident_id
        if not self._rule.enabled:
            return f"the rule is switched off for {who}"
        if not self._profile.is_enrolled_at(self._at) and self._rule.kind not in ALARM_KINDS:
            return f"{who} is not enrolled then"
        if not self._profile.has_sender_of(self._rule.kind):
            senders = " or ".join(sorted(senders_of(self._rule.kind)))
            return f"{who} has no device that sends {self._rule.kind}: no {senders}"
        condition = self._rule.for_residents
        if condition is not None and condition.holds(condition_values(self._profile)) is not True:
            return f"{who} is none of those it is for: for_residents {condition.text}"
        return None

    # ------------------------------------------------------------------ what starts it

    def _started(self) -> list[Event]:
        """The events of its kind up to then, as they are judged."""
        return [each for each in self._own if each.kind == self._rule.kind and sign_of(each).at <= self._at]

    def _never_started(self) -> str:
        events = self._started()
        if not events:
            later = next((each for each in self._own if each.kind == self._rule.kind), None)
            told = f"; the first one is {self._shown(later)}" if later is not None else " at all"
            return f"there is no {self._rule.kind} before then{told}"
        last = events[-1]
        why = self._passed_over(last) or self._unsettled(last) or "and it did not"
        return f"the last event that could have started it was {self._shown(last)}, {why}"

    def _passed_over(self, event: Event) -> str | None:
        """Why an event of its kind is none of the rule's business, None if it is."""
        rule, sign = self._rule, sign_of(event)
        if is_replaced(event) and event.kind not in ALARM_KINDS:
            return "whose claimed time cannot be true, so that it counts for nothing but silence"
        if not self._profile.is_enrolled_at(sign.at) and event.kind not in ALARM_KINDS:
            return "before enrolment"
        device = self._profile.device(event.device_id)
        if rule.device_types and (device is None or device.type not in rule.device_types):
            return f"passed over by device_types {', '.join(sorted(rule.device_types))}"
        if rule.between is not None and not rule.between.holds(sign.at, self._zone):
            return f"passed over by between {rule.between.start:%H:%M}-{rule.between.end:%H:%M}"
        return self._condition_says(rule.where, sign)

    def _condition_says(self, where: Condition | None, sign: Sign) -> str | None:
        if where is None:
            return None
        values = {**condition_values(self._profile), **event_values(sign)}
        answer = where.holds(values)
        if answer:
            return None
        named = {name: values.get(name) for name in where.fields if name.startswith("event.")}
        missing = [name for name, value in named.items() if value is None]
        if answer is None and missing:
            return f"passed over: it carries no {', '.join(missing)} (field_missing)"
        told = ", ".join(f"{name} is {value}" for name, value in named.items())
        return f"for which `where` {where.text} does not hold ({told})"

    # ------------------------------------------------------------------ each trigger

    def _too_few(self) -> str:
        rule = self._rule
        within_for, count = rule.within_for or timedelta(0), rule.count or 1
        inside = [
            each
            for each in self._started()
            if sign_of(each).at >= self._at - within_for
            and self._passed_over(each) is None
            and self._unsettled(each) is None
        ]
        if not inside:
            return self._never_started()
        if len(inside) >= count:
            return self._away(sign_of(inside[0]).at, self._at) or (
                f"{len(inside)} of {count} within {format_span(within_for)}, "
                "but an earlier Finding has used some of them up"
            )
        few = f"only {len(inside)} of {count} within {format_span(within_for)} before then"
        return f"{few}, the last {self._shown(inside[-1])}"

    def _prevented(self) -> str:
        """What ended, or never began, the watch of the last event that could have started it."""
        starts = [each for each in self._started() if self._passed_over(each) is None]
        if not starts:
            return self._never_started()
        start = starts[-1]
        told = f"the last event that could have started it was {self._shown(start)}"
        return f"{told}, {self._end_of_watch(start)}"

    def _end_of_watch(self, start: Event) -> str:
        rule, at = self._rule, sign_of(start).at
        unsettled = self._unsettled(start)
        if unsettled is not None:
            return unsettled
        by = next(
            (
                each
                for each in sorted(self._own, key=lambda each: (sign_of(each).at, each.seq))
                if each.kind == rule.unless
                and (sign_of(each).at, each.seq) > (at, start.seq)
                and self._unsettled(each) is None
            ),
            None,
        )
        if by is not None and sign_of(by).at <= self._at:
            return f"ended by {self._shown(by)}, after {format_span(sign_of(by).at - at)}"
        end = at + rule.watch_for if rule.watch_for is not None else None
        if end is not None and rule.between is not None and end >= rule.between.end_at(at, self._zone):
            shown = f"{rule.between.start:%H:%M}-{rule.between.end:%H:%M}"
            return f"whose end, {self._when(end)}, lies no more inside between {shown}"
        return self._away(at, end or self._at) or "but another watch was running, or its matter had not ended"

    def _unsettled(self, event: Event) -> str | None:
        """Which change back came before it could settle, None if it settled or need not."""
        rule, at = self._rule, sign_of(event).at
        if rule.settle_for is None or event.kind not in PAIR_OF:
            return None
        back = next(
            (
                each
                for each in self._own
                if each.kind in PAIR_OF[event.kind] - {event.kind}
                and at <= sign_of(each).at < at + rule.settle_for
                and each.seq != event.seq
            ),
            None,
        )
        if back is None:
            return None
        return f"which did not settle (settle: {format_span(rule.settle_for)}): {self._shown(back)}"

    def _run_too_short(self) -> str:
        matching: list[Event] = []
        broken_by: Event | None = None
        run: list[Event] = []
        for each in self._started():
            passed_over = self._passed_over(each)
            if passed_over is None:
                if run and sign_of(each).at - sign_of(run[-1]).at > self._rule.gap_for:
                    run = []
                run = [*run, each]
                matching, broken_by = run, None
            elif run and passed_over.startswith("for which"):
                run, broken_by = [], each
        if not matching:
            return self._never_started()
        span = sign_of(matching[-1]).at - sign_of(matching[0]).at
        wanted = format_span(self._rule.watch_for or timedelta(0))
        ends = f"from {self._shown(matching[0])} to {self._shown(matching[-1])}"
        told = f"the last run was {format_span(span)} of {wanted}, {ends}"
        return f"{told}, broken by {self._shown(broken_by)}" if broken_by is not None else told

    def _not_missing(self) -> str:
        rule = self._rule
        if rule.by_wall is None or rule.from_wall is None:
            return "it has no `by`"
        day = local(self._at, self._zone).date()
        by = utc_of_local(day, rule.by_wall, self._zone)
        if by != self._at:
            return f"it is judged at {rule.by_wall:%H:%M} only"
        before = day if rule.from_wall < rule.by_wall else day - _DAY
        start = utc_of_local(before, rule.from_wall, self._zone)
        inside = [
            each
            for each in self._started()
            if sign_of(each).at >= start and self._passed_over(each) is None and self._unsettled(each) is None
        ]
        if inside:
            return f"{self._shown(inside[-1])} lies between {self._when(start)} and {self._when(by)}"
        return self._away(start, by) or self._not_while() or "that day was not judged"

    def _not_while(self) -> str | None:
        if self._rule.while_kind is None:
            return None
        pair = [
            each
            for each in self._own
            if each.kind in PAIR_OF[self._rule.while_kind]
            and sign_of(each).at <= self._at
            and self._unsettled(each) is None
        ]
        newest = max(pair, key=lambda each: (sign_of(each).at, each.seq), default=None)
        if newest is None:
            return f"there was no {self._rule.while_kind} before then (while)"
        if newest.kind != self._rule.while_kind:
            return f"the newest before then was {self._shown(newest)}, not a {self._rule.while_kind} (while)"
        return None

    def _not_silent(self) -> str:
        kinds = set(KINDS) if self._rule.kind == ANY_MESSAGE else {self._rule.kind}
        heard = [
            each
            for each in self._own
            if each.kind in kinds - {"device.offline"} and each.received_at < self._at and each.device_id
        ]
        if not heard:
            return "no device had been heard before then, and silence counts from the first message on"
        last = heard[-1]
        earlier = format_span(self._at - last.received_at)
        return f"the last message before then was {self._shown(last)}, {earlier} earlier"

    def _quota_met(self) -> str:
        rule = self._rule
        if rule.period is None:
            return "it has no period"
        span = span_holding(self._at - timedelta(microseconds=1), rule.period, self._zone)
        if self._at != span.ends_at and (rule.warn_days is None or self._at != span.warns_at(rule.warn_days)):
            warns = f" and {self._when(span.warns_at(rule.warn_days))}" if rule.warn_days is not None else ""
            return f"it is judged at {self._when(span.ends_at)}{warns} only"
        inside = [each for each in self._started() if sign_of(each).at >= span.starts_at]
        if len(inside) >= rule.at_least:
            met = f"{len(inside)} of {rule.at_least} lie in that {rule.period.value}"
            return f"{met}, the last {self._shown(inside[-1])}"
        who = self._profile.resident_id
        return f"{who} was not enrolled and at home for half of that {rule.period.value}"

    def _away(self, start: datetime, end: datetime) -> str | None:
        if not self._rule.kind.startswith(AWAY_PREFIXES) or not self._profile.was_away_in(start, end):
            return None
        since = next(
            each
            for each, until in self._profile.absences()
            if each <= end and (until is None or start < until)
        )
        return f"{self._profile.resident_id} was away from {self._when(since)}"

    # ------------------------------------------------------------------ words

    def _when(self, instant: datetime) -> str:
        return written(instant, self._story.day, self._zone)

    def _shown(self, event: Event) -> str:
        received = (
            f" (received {self._when(event.received_at)})" if event.received_at != event.occurred_at else ""
        )
        return f"the {event.kind} of {self._when(event.occurred_at)}{received}"
