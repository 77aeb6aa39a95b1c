"""What the report of a backtest shows, and the page itself: one file with its styles in it, without scripts
and without anything from elsewhere.

Of residents it names only those whose names it is given: whoever may not see them is not handed them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from markupsafe import Markup

from services.console.pages.backtest import drawing
from services.console.pages.files import FILES
from services.console.pages.rendering import alone
from services.console.pages.saying import said
from services.console.pages.texts import Texts
from services.domain.backtests import (
    Answering,
    Backtest,
    Note,
    NoteKind,
    ResidentTried,
    RuleTried,
    WorkerPages,
)
from services.domain.instants import local, zone_named
from services.domain.people import Language

SHOWN = 12
"""Residents that stand on the page at once; more are a tap away."""
TOKENS_END = "/* ---------------------------------------------------------------- frame */"
"""Where in the styles of every page the tokens and the type end."""

NOTES = {
    NoteKind.NO_HISTORY: said("Nothing is stored yet: there is no history to try it on."),
    NoteKind.SHORTER_HISTORY: said("The history reaches back {count} days only."),
    NoteKind.POLICY_UNKNOWN: said("The rule {rule} names a policy that is not here: {detail}."),
    NoteKind.RULE_FAILED: said("The rule {rule} failed on some of it: {detail}"),
    NoteKind.TESTS_LEFT_OUT: said("Presses of test windows are counted on neither side: {count}."),
    NoteKind.OTHER_RULEBOOKS: said("The other rulebooks of the house went on beside it: {detail}."),
}
"""What whoever reads the report has to know, as sentences; the command line says them too."""


def report_page(report: Backtest, language: Language, timezone: str, names: Mapping[str, str | None]) -> str:
    """The page. ``names`` are residents' by id; None or nothing: the name is not shown."""
    texts = Texts(language, zone_named(timezone))
    return alone("backtest.html", texts, style=_style(), r=report, view=View(report, texts, names))


def _style() -> Markup:
    looks = FILES["console.css"].read_text(encoding="utf-8").partition(TOKENS_END)[0]
    own = FILES["backtest.css"].read_text(encoding="utf-8")
    return Markup("<style>{}</style>").format(Markup(looks + own))  # noqa: S704 - our own files


class View:
    """What the template asks for."""

    def __init__(self, report: Backtest, texts: Texts, names: Mapping[str, str | None]) -> None:
        self._report = report
        self._texts = texts
        self._names = names
        self.most_in_an_hour = max(
            (max(*each.hours_now, *each.hours_would) for each in report.rules), default=0
        )
        self.most_in_a_night = max((each.would for each in report.pages.nights), default=0)

    def sentence(self) -> str:
        """The report in a breath."""
        t, report = self._texts, self._report
        would = t.plural(
            "It would have called once in {days} days, {night} of it at night.",
            "It would have called {count} times in {days} days, {night} of them at night.",
            report.calls.would,
            days=t.number(report.days),
            night=t.number(report.calls_at_night.would),
        )
        now = t.plural(
            "Today's rules called once, {night} of it at night.",
            "Today's rules called {count} times, {night} of them at night.",
            report.calls.now,
            night=t.number(report.calls_at_night.now),
        )
        return f"{would} {now}" if t.language is Language.EN else f"{would}{now}"

    def title(self, rule: RuleTried) -> str:
        titles = rule.titles
        return titles.get(self._texts.language.value) or titles.get(Language.ZH_CN.value) or rule.rule

    def loud(self) -> list[RuleTried]:
        """The rules that called at all, on either side."""
        return [each for each in self._report.rules if each.calls.now or each.calls.would]

    def quiet(self) -> list[RuleTried]:
        return [each for each in self._report.rules if not (each.calls.now or each.calls.would)]

    def days(self) -> Markup:
        drawn = self._report.by_day
        worst = max(drawn, key=lambda each: each.would, default=None)
        most = ""
        if worst is not None and worst.would:
            most = self._texts(said("Most on {day}: {count}."), day=self.day(worst.day), count=worst.would)
        return drawing.days(drawn, [self.day(each.day) for each in drawn], self.sentence(), most)

    def hours(self, rule: RuleTried) -> Markup:
        return drawing.hours(rule.hours_now, rule.hours_would, self.most_in_an_hour, self._hours_said(rule))

    def _hours_said(self, rule: RuleTried) -> str:
        told = [f"{hour:02}:00 {count}" for hour, count in enumerate(rule.hours_would) if count]
        return f"{self.title(rule)}: {', '.join(told) or 0}"

    def hours_scale(self) -> Markup:
        return drawing.hours_scale()

    def nights_scale(self) -> Markup:
        nights = self._nights()
        return drawing.dates_scale(nights, [self.day(each) for each in nights])

    def nights(self, worker_id: str) -> Markup:
        of = {each.night: each.would for each in self._report.pages.nights if each.worker_id == worker_id}
        told = ", ".join(f"{self.day(night)} {count}" for night, count in of.items() if count)
        counts = [of.get(night, 0) for night in self._nights()]
        return drawing.nights(counts, self.most_in_a_night, told or "0")

    def workers(self) -> list[WorkerPages]:
        """Whom either side pages; a row of empty nights says nothing."""
        return [each for each in self._report.pages.workers if each.would or each.now]

    def worst_night(self, worker_id: str) -> int:
        return max(
            (each.would for each in self._report.pages.nights if each.worker_id == worker_id), default=0
        )

    def _nights(self) -> list[date]:
        zone = zone_named(self._texts.zone)
        first = local(self._report.since, zone).date() - timedelta(days=1)
        return [first + timedelta(days=n) for n in range(self._report.days + 2)]

    def day(self, day: date) -> str:
        """Month and day in the digits of everybody: there is room for no more."""
        return f"{day.month}-{day.day}"

    def moment(self, which: str) -> str:
        at = self._report.since if which == "since" else self._report.until
        return f"{self._texts.date(at)} {self._texts.time(at)}"

    def resident(self, tried: ResidentTried) -> str:
        if tried.resident_id is None:
            return self._texts(said("No resident"))
        return self._names.get(tried.resident_id) or tried.resident_id

    def residents(self) -> tuple[tuple[ResidentTried, ...], tuple[ResidentTried, ...]]:
        """Those that stand there at once, and the rest."""
        found = self._report.residents
        return found[:SHOWN], found[SHOWN:]

    def answering(self) -> Iterable[str]:
        used = {each.severity for each in self._report.rules}
        return [self._answering(each) for each in self._report.pages.answering if each.severity in used]

    def _answering(self, each: Answering) -> str:
        t = self._texts
        waits = t(
            "{severity}: accepted after {accept}, there {arrive} later, closed {close} after that.",
            severity=t.word(each.severity),
            accept=self._wait(each.accepts_after),
            arrive=self._wait(each.arrives_after),
            close=self._wait(each.closes_after),
        )
        if not each.accepts_of:
            return f"{waits} {t('This is an assumption: too few alerts were answered.')}"
        rests = t("This is the median of the alerts that were answered: {count}.", count=each.accepts_of)
        return f"{waits} {rests}"

    def _wait(self, wait: timedelta) -> str:
        if wait < timedelta(minutes=1):
            return self._texts("{seconds} s", seconds=int(wait.total_seconds()))
        return self._texts.span(wait)

    def note(self, note: Note) -> str:
        return self._texts(NOTES[note.kind], rule=note.rule, detail=note.detail, count=note.count)
