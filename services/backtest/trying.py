"""Trying: a rulebook on the stored history of the last days, beside what was raised live in them.

It composes the two thinking rooms, which never meet: Findings by the engine of the rules, then their calls by
the functions of escalation. It reads and never writes; what live would have said is said by what runs live.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from services.backtest import comparing
from services.backtest.answering import answering_of
from services.backtest.calling import Calling, Calls, as_raised
from services.backtest.paging import pages_of
from services.backtest.passing import Asked, Helpers, Pass, shared_out, tried
from services.backtest.reading import History, Live, Readings
from services.domain.backtests import MOST_DAYS, Backtest, Note, NoteKind, Progress
from services.domain.events import Mark
from services.domain.findings import BUILT_IN, Finding, FindingChange
from services.domain.instants import local, zone_named
from services.escalation.policies import Policies
from services.escalation.scene import House
from services.rules.reading import FLOOR, read_rulebook
from services.rules.rulebook import Rulebook
from services.rules.shelf import as_stored
from services.rules.trial import Tried

__all__ = ["Asked", "Installation", "backtest"]


@dataclass(frozen=True, slots=True)
class Installation:
    """What is the same for every backtest of an installation; the policies are those of now."""

    house: House
    policies: Policies


def nothing_said(_done: int, _of: int) -> None:
    """Progress that nobody looks at."""


def backtest(
    store: Readings,
    house: Installation,
    asked: Asked,
    progress: Progress = nothing_said,
    helpers: Helpers | None = None,
) -> Backtest:
    """The report, the same whoever helps with it. Bad input: `RulebookFaults` with every fault; ValueError
    for days that make no sense.
    """
    if not 1 <= asked.days <= MOST_DAYS:
        raise ValueError(f"days from 1 to {MOST_DAYS}, found {asked.days}")
    book = read_rulebook(asked.text, asked.file)
    return _Backtest(store, house, asked, book, helpers).report(progress)


class _Backtest:
    """One backtest."""

    def __init__(
        self, store: Readings, house: Installation, asked: Asked, book: Rulebook, helpers: Helpers | None
    ) -> None:
        self._store = store
        self._asked = asked
        self._house = house
        self._book = book
        self._helpers = helpers
        self._since = asked.since
        self._history = History(store)
        self._people = self._history.people()
        self._beside = [
            each.book.name
            for each in as_stored(self._history.seen.rulebooks).books
            if each.book.name != book.name
        ]

    def report(self, progress: Progress) -> Backtest:
        trial = self._tried(progress)
        live = self._history.live(self._since, self._asked.until)
        found = [
            each for each in trial.findings.values() if self._since <= each.raised_at < self._asked.until
        ]
        was = [as_raised(each) for each in live.findings]
        tests = self._tests(live, (*found, *was))
        found = [each for each in found if tests.isdisjoint(each.evidence.event_ids)]
        was = [each for each in was if tests.isdisjoint(each.evidence.event_ids)]
        # Faults of devices and of rules at work, found by the house itself: they are there whatever is tried.
        by_itself = [each for each in was if each.rulebook == BUILT_IN and not _is_floor(each)]
        found = [each for each in found if each.rulebook != BUILT_IN or _is_floor(each)] + by_itself
        now, would = comparing.matched(self._own(was), self._own(found), self._zone_of)
        answering = answering_of(live.alerts, live.notices)

        def called(findings: Sequence[Finding], changes: Sequence[FindingChange]) -> Calls:
            calling = Calling(self._people, self._house.house, self._house.policies, answering)
            return calling.play(findings, changes, self._asked.until)

        known = {each.id for each in by_itself}
        others = [change for change in live.changes if change.finding_id in known]
        reckoned = called(was, live.changes), called(found, [*trial.changes, *others])
        zone = self._house.house.timezone
        return Backtest(
            rulebook=self._book.name,
            content_hash=self._book.content_hash,
            days=self._asked.days,
            since=self._since,
            until=self._asked.until,
            history_since=self._history.begins_at,
            events=self._history.count_since(self._since),
            calls=comparing.tally(now.calls(), would.calls()),
            calls_at_night=comparing.tally(
                *(
                    [
                        each
                        for each in side.calls()
                        if comparing.is_at_night(each[0].raised_at, self._zone_of(each[0]))
                    ]
                    for side in (now, would)
                )
            ),
            by_day=comparing.by_day(now, would, self._days(zone), self._zone_of),
            rules=comparing.by_rule(now, would, self._book.rules, self._zone_of),
            residents=comparing.by_resident(now, would),
            pages=pages_of(*reckoned, live.notices, self._people, zone, answering.values()),
            notes=tuple(self._notes(trial, len(tests))),
        )

    def _tried(self, progress: Progress) -> Tried:
        """The rulebooks over the log."""
        residents = [resident.id for resident in self._people.residents.all() if not resident.synthetic]
        processes = self._helpers.processes if self._helpers is not None else 1
        shares, of = shared_out(residents, self._history.last_seq, processes)
        work = Pass(self._asked, self._history.seen, self._house.house.timezone, shares, of)
        return tried(self._store, work, self._helpers, progress)

    def _own(self, findings: Sequence[Finding]) -> list[Finding]:
        """Those of the rulebook that is tried, and of the floor, which takes what no rule does."""
        return [each for each in findings if each.rulebook == self._book.name or _is_floor(each)]

    def _tests(self, live: Live, findings: Sequence[Finding]) -> set[str]:
        """The presses that were taken as tests: they call nobody but who tests."""
        tested = {fact.finding_id for alert in live.alerts if alert.test is not None for fact in alert.facts}
        of_tests = {seen for each in live.findings if each.id in tested for seen in each.evidence.event_ids}
        asked = {seen for each in findings if each.is_alarm for seen in each.evidence.event_ids} & of_tests
        known = self._history.events_of(asked)
        return {each for each, event in known.items() if Mark.IN_TEST_WINDOW in event.marks}

    def _zone_of(self, finding: Finding) -> ZoneInfo:
        """The wall clock of whoever it is about, as it is now."""
        resident = self._people.residents.get(finding.resident_id or "")
        home = self._people.homes.get((resident.home_id if resident else finding.home_id) or "")
        named = (resident.timezone if resident else None) or (home.timezone if home else None)
        try:
            return zone_named(named) if named else self._house.house.timezone
        except ValueError:
            return self._house.house.timezone

    def _days(self, zone: ZoneInfo) -> Iterator[date]:
        day = local(self._since, zone).date()
        last = local(self._asked.until - timedelta(microseconds=1), zone).date()
        while day <= last:
            yield day
            day += timedelta(days=1)

    def _notes(self, trial: Tried, tests: int) -> Iterator[Note]:
        begins_at = self._history.begins_at
        if begins_at is None:
            yield Note(NoteKind.NO_HISTORY)
        elif begins_at > self._since:
            yield Note(NoteKind.SHORTER_HISTORY, count=(self._asked.until - begins_at).days)
        known = set(self._house.policies.names())
        for rule in self._book.rules:
            if rule.policy not in known:
                stand_in = self._house.policies.named(rule.policy, rule.severity).policy
                yield Note(NoteKind.POLICY_UNKNOWN, rule.id, f"{rule.policy} → {stand_in}")
        for fault in trial.faults:
            yield Note(NoteKind.RULE_FAILED, fault.rule, fault.error)
        if tests:
            yield Note(NoteKind.TESTS_LEFT_OUT, count=tests)
        if self._beside:
            yield Note(NoteKind.OTHER_RULEBOOKS, detail=", ".join(self._beside), count=len(self._beside))


def _is_floor(finding: Finding) -> bool:
    return finding.rulebook == BUILT_IN and finding.rule == FLOOR
