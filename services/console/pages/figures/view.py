"""What the page of the figures shows: shares with so many of so many, the references beside them, and
pictures with the same in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import floor

from markupsafe import Markup

from services.console.pages.figures import drawing
from services.console.pages.saying import said
from services.console.pages.texts import Texts
from services.console.service_figures import SeenFigures
from services.domain.findings import BUILT_IN, PAGES_AT_NIGHT, ROSTER_HOLE, RULE_UNAVAILABLE
from services.domain.homes import Grid
from services.domain.instants import local, zone_named
from services.domain.people import Language
from services.domain.reckoning import nights_in
from services.domain.service_figures import Group, RuleFigures, ServiceFigures, Share, Speed, WorkerFigures

NIGHTS = 31
"""Nights in one picture: what a phone can tell apart."""
OWN_RULES = {
    ROSTER_HOLE: said("A roster with a hole"),
    PAGES_AT_NIGHT: said("Somebody called too often in a night"),
    RULE_UNAVAILABLE: said("A rule that cannot work"),
}
"""Rules of the house whose titles tell of one case each."""
SECONDS_UNTIL = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form said, for its fields: days as a date field writes them, and a grid's id."""

    since: str
    until: str
    grid: str


class View:
    """What the template asks for."""

    def __init__(self, seen: SeenFigures, texts: Texts) -> None:
        self._seen = seen
        self._texts = texts
        zone, found = zone_named(texts.zone), seen.figures
        self._nights = nights_in(found.since, found.until, zone, found.aims)[-NIGHTS:]
        self.most_in_a_night = max(
            (each.pages for worker in found.workers for each in worker.nights), default=0
        )

    @property
    def figures(self) -> ServiceFigures:
        return self._seen.figures

    @property
    def grids(self) -> tuple[Grid, ...]:
        """Those that the caller may choose."""
        return self._seen.grids

    @property
    def of_others(self) -> bool:
        return self._seen.of_others

    @property
    def total(self) -> Group:
        return self.figures.total

    def sentence(self) -> str:
        """The span and what is in it, in a breath."""
        t, found = self._texts, self.figures
        counted = t.plural("{count} urgent alert", "{count} urgent alerts", self.total.alerts)
        last = found.until - timedelta(microseconds=1)
        return t(
            "{since} to {until}: {counted}", since=t.date(found.since), until=t.date(last), counted=counted
        )

    def grid(self, grid_id: str | None) -> str:
        return self._seen.grid_name(grid_id) or self._texts(said("No grid"))

    def worker(self, worker: WorkerFigures) -> str:
        return self._seen.workers.get(worker.worker_id) or worker.worker_id

    def title(self, rule: RuleFigures) -> str:
        own = OWN_RULES.get(rule.rule) if rule.rulebook == BUILT_IN else None
        if own is not None:
            return self._texts(own)
        titles = rule.titles
        return titles.get(self._texts.language.value) or titles.get(Language.ZH_CN.value) or rule.rule

    # -------------------------------------------------------------------- in words

    def within(self, share: Share) -> str:
        """Within what time."""
        if share.within < SECONDS_UNTIL:
            return self._texts("{seconds} s", seconds=int(share.within.total_seconds()))
        return self._texts.span(share.within)

    def percent(self, share: float) -> str:
        """With a tenth, rounded down: never better than it is."""
        return f"{self._texts.number(floor(share * 1000 + 1e-9) / 10)}%"

    def much(self, share: Share) -> str:
        """A share as it is said: in per cent where there are enough, else as a count alone."""
        if share.share is None:
            return "–"
        return self.percent(share.share) if share.has_percent else self.of(share.met, share.of)

    def of(self, met: int, judged: int) -> str:
        t = self._texts
        return t("{met} of {count}", met=t.number(met), count=t.number(judged))

    def wait(self, span: timedelta | None) -> str:
        """A median or the like; not reached where too many were not done at all."""
        return self._texts.count(span) if span is not None else "–"

    def waits(self, speed: Speed) -> str:
        t = self._texts
        if not speed.count:
            return t(said("Nothing to judge yet."))
        never = t.number(speed.never)
        if speed.median is None:
            return t("Never: {never}.", never=never)
        if speed.ninth is None:
            return t(
                "Half of them within {median}. Never: {never}.", median=self.wait(speed.median), never=never
            )
        return t(
            "Half of them within {median}, nine of ten within {ninth}. Never: {never}.",
            median=self.wait(speed.median),
            ninth=self.wait(speed.ninth),
            never=never,
        )

    # ------------------------------------------------------------------- in pictures

    def bar(self, share: Share, name: str) -> Markup:
        t = self._texts
        sentence = t(
            "{name} within {span}: {much}, {of}; reference {reference}",
            name=name,
            span=self.within(share),
            much=self.much(share),
            of=self.of(share.met, share.of),
            reference=self.percent(share.reference),
        )
        return drawing.bar(share.share, share.reference, sentence, is_short=share.is_short)

    def rule_bar(self, rule: RuleFigures) -> Markup:
        sentence = f"{self.title(rule)}: {self.of(rule.for_nothing, rule.closed)}"
        return drawing.bar(rule.share_for_nothing, None, sentence, is_good=False)

    def ends(self, rule: RuleFigures) -> str:
        t = self._texts
        told = sorted(rule.ends.items(), key=lambda each: -each[1])
        return " · ".join(f"{t.word(outcome)} {t.number(count)}" for outcome, count in told if count)

    def hours(self, which: str, limit: int = 0) -> Markup:
        """The first time of a kind, hour by hour."""
        shares = [self._speed(group, which).shares[limit] for group in self.figures.hours]
        reference = shares[0].reference
        told = ", ".join(
            f"{hour:02}:00 {self.of(each.met, each.of)}" for hour, each in enumerate(shares) if each.of
        )
        columns = [drawing.Column(each.share, each.is_short, each.of) for each in shares]
        line = self._texts("reference {reference}", reference=self.percent(reference))
        return drawing.hours(columns, reference, line, told or self._texts(said("Nothing to judge yet.")))

    def first(self, which: str) -> Share:
        return self._speed(self.total, which).shares[0]

    def busy_hours(self) -> list[tuple[int, Group]]:
        """Hours with any alert, for the table under the pictures."""
        return [(hour, group) for hour, group in enumerate(self.figures.hours) if group.alerts]

    def nights(self, worker: WorkerFigures) -> Markup:
        known = {each.night: each for each in worker.nights}
        shown = [known.get(night) for night in self._nights]
        fields = [
            drawing.Field(each.pages, each.is_too_many) if each else drawing.Field(0, is_too_many=False)
            for each in shown
        ]
        told = ", ".join(f"{self.day(each.night)} {each.pages}" for each in shown if each)
        return drawing.nights(fields, self.most_in_a_night, told or "0")

    def dates(self) -> Markup:
        return drawing.dates([self.day(night) for night in self._nights])

    @property
    def nights_left_out(self) -> bool:
        """The span has more nights than the picture."""
        return self.figures.until - self.figures.since > timedelta(days=NIGHTS)

    def day(self, day: date) -> str:
        """Month and day in the digits of everybody: there is room for no more."""
        return f"{day.month}-{day.day}"

    @staticmethod
    def _speed(group: Group, which: str) -> Speed:
        return group.answered if which == "answered" else group.on_site


def asked_days(since: datetime, until: datetime, texts: Texts, grid: str) -> Asked:
    """The days of a span, the last of them whole or up to now."""
    zone = zone_named(texts.zone)
    last = until - timedelta(microseconds=1)
    return Asked(local(since, zone).date().isoformat(), local(last, zone).date().isoformat(), grid)
