"""`anxin rules backtest`: a rulebook on the stored history, beside what was raised live in that time.

It only reads, and may run beside a service on the same folder. Exit codes: 0, 1 faults in the rulebook or a
store that cannot be read, 2 a wrong usage, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.domain.people import Language
from services.wiring.cli.options import DataDir, refuse, settings_of, text_of, write_to

if TYPE_CHECKING:
    from services.domain.backtests import Backtest, Tally
    from services.wiring.settings import Settings

FAULTY = 1
INTERRUPTED = 130
STANDARD_INPUT = "-"
SHOWN = 12
"""Rows of residents and workers in the short report; the page and the JSON have all."""


def backtest(
    file: Annotated[
        Path, typer.Argument(metavar="RULEBOOK.yaml", help="The rulebook to try; - reads standard input.")
    ],
    days: Annotated[int, typer.Option("--days", min=1, max=400, help="How many days back.")] = 30,
    until: Annotated[
        str | None, typer.Option("--until", metavar="INSTANT", help="Where the days end; default: now.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the report there as one page.")
    ] = None,
    language: Annotated[
        Language | None, typer.Option("--language", help="Of the page; default: that of the house.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    behind: Annotated[
        bool, typer.Option("--behind", help="Let everything else on this machine go first.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Try a rulebook on the stored history of the last days; nothing that is stored is changed."""
    settings = settings_of(data_dir=data_dir)
    if behind:
        os.nice(19)
    try:
        report = _tried(settings, file, days, until)
        if html is not None:
            write_to(html, _page(settings, report, language).encode(), code=1)
    except KeyboardInterrupt:
        refuse("interrupted; nothing was changed", code=INTERRUPTED)
    if as_json:
        sys.stdout.write(_json(report) + "\n")
    else:
        _show(report)
    if html is not None:
        typer.echo(f"{html}: the report as a page", err=True)


def _tried(settings: Settings, file: Path, days: int, until: str | None) -> Backtest:
    from services.backtest.trying import Asked, backtest
    from services.domain.instants import NotAnInstant, parse_instant, zone_named
    from services.domain.ports import StoreUnavailable
    from services.rules.faults import RulebookFaults
    from services.wiring.backtest_processes import Processes, ShareLost
    from services.wiring.backtesting import installation, looked_at
    from services.wiring.cli.progress import bars
    from services.wiring.clock import SystemClock
    from services.wiring.opening import CannotOpen, cannot_open

    text, name = _text_of(file)
    try:
        end = SystemClock().now() if until is None else parse_instant(until, zone_named(settings.timezone))
    except NotAnInstant:
        refuse(f"--until {until}: no instant such as 2025-08-01T08:00:00, with an offset or without")
    try:
        with looked_at(settings) as store, bars("backtest") as [bar]:
            done = 0

            def progress(now: int, of: int) -> None:
                nonlocal done
                bar.total(of)
                bar.advance(now - done)
                done = now

            asked = Asked(text, name, days, end)
            return backtest(store, installation(settings), asked, progress, Processes(settings))
    except RulebookFaults as refused:
        for fault in refused.faults:
            typer.echo(str(fault), err=True)
        raise typer.Exit(FAULTY) from refused
    except (CannotOpen, ShareLost) as error:
        refuse(str(error), code=1)
    except StoreUnavailable as error:
        refuse(str(cannot_open(settings, error)), code=1)


def _text_of(file: Path) -> tuple[str, str]:
    if str(file) != STANDARD_INPUT:
        return text_of(file), file.name
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig"), "rulebook"
    except UnicodeDecodeError:
        refuse("standard input: it is no UTF-8 text")


def _page(settings: Settings, report: Backtest, language: Language | None) -> str:
    from services.console.pages.backtest.view import report_page
    from services.wiring.backtesting import looked_at

    with looked_at(settings) as store, store.reading() as uow:
        names = {resident.id: resident.name for resident in uow.residents.all()}
    return report_page(report, language or settings.language, settings.timezone, names)


def _json(report: Backtest) -> str:
    from pydantic import TypeAdapter

    from services.domain.backtests import Backtest

    return TypeAdapter(Backtest).dump_json(report, by_alias=True).decode()


# ---------------------------------------------------------------------- the short report


def _show(report: Backtest) -> None:
    from services.console.pages.words import WORDS
    from services.domain.notices import NoticeReason

    typer.echo(
        f"{report.rulebook}, {report.days} days up to {report.until:%Y-%m-%d %H:%M} UTC, "
        f"{report.events} events: it would have called {_times(report.calls.would)}, "
        f"{report.calls_at_night.would} of them at night; today's rules called {_times(report.calls.now)}, "
        f"{report.calls_at_night.now} at night."
    )
    _table("rule", [(each.rule, each.calls) for each in report.rules])
    people = [(each.resident_id or "(no resident)", each.calls) for each in report.residents]
    _table("resident", people[:SHOWN], more=len(people) - SHOWN)
    pages = report.pages
    typer.echo(
        f"\nAlerts: {pages.alerts_would} would have been opened, {pages.alerts_now} with today's Findings. "
        f"Pages: {pages.would}, {pages.now} reckoned in the same way for today's, {pages.sent} really sent."
    )
    for each in [each for each in pages.workers if each.would or each.now][:SHOWN]:
        worst = max((night.would for night in pages.nights if night.worker_id == each.worker_id), default=0)
        typer.echo(
            f"  {each.name}: {_pages(each.would)}, {each.would_at_night} of them at night, "
            f"at most {worst} in one night; now {each.now}, {each.now_at_night} at night"
        )
    for reason in pages.not_told:
        typer.echo(
            f"  not told, {WORDS[NoticeReason][reason.reason].lower()}: {reason.would}; now {reason.now}"
        )
    _assumptions(report)


def _assumptions(report: Backtest) -> None:
    from services.console.pages.backtest.view import NOTES
    from services.domain.instants import format_span

    typer.echo("\nAssumed: people, rosters and policies as they are now; every message arrives;")
    for each in report.pages.answering:
        if each.severity.value in {rule.severity.value for rule in report.rules}:
            rests = f"the median of {each.accepts_of} alerts" if each.accepts_of else "an assumption"
            typer.echo(
                f"  {each.severity.value}: accepted after {format_span(each.accepts_after)} ({rests}), "
                f"arrived {format_span(each.arrives_after)} later, "
                f"closed {format_span(each.closes_after)} after that"
            )
    for note in report.notes:
        typer.echo(NOTES[note.kind].format(rule=note.rule, detail=note.detail, count=note.count))


def _table(of: str, rows: list[tuple[str, Tally]], more: int = 0) -> None:
    wide = max([len(of), *(len(name) for name, _ in rows)])
    typer.echo(f"\n{of:<{wide}}  {'now':>6} {'would':>6} {'only now':>9} {'only would':>11}")
    for name, tally in rows:
        typer.echo(
            f"{name:<{wide}}  {tally.now:>6} {tally.would:>6} {tally.only_now:>9} {tally.only_would:>11}"
        )
    if more > 0:
        typer.echo(f"… and {more} more")


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
