"""The figures of the service as a table for spreadsheets: one figure a row, in columns that stay as they are
(docs/figures.md lists them).

UTF-8 with its mark in front, or spreadsheets spoil the Chinese. A name is never left in a form in which a
spreadsheet would reckon with it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

from services.console.service_figures import SeenFigures
from services.domain.instants import format_instant
from services.domain.service_figures import Group, RuleFigures, Share, Speed, WorkerFigures

COLUMNS = (
    *("since", "until", "as_of", "of", "id", "name", "figure"),
    *("within_seconds", "met", "judged", "percent", "reference_percent", "value"),
)
"""``percent`` is met of judged; ``value`` a count, or seconds where the figure says so."""
RECKONED = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, blanks before it or not."""

Cell = str | int | float | None
Row = tuple[Cell, ...]
"""From ``figure`` on."""


def as_csv(seen: SeenFigures) -> bytes:
    """The table, with all that the caller may see."""
    text = StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(COLUMNS)
    found = seen.figures
    span = [format_instant(at) for at in (found.since, found.until, found.now)]
    for of, id_, name, row in _rows(seen):
        table.writerow(
            [*span, of, harmless(id_), harmless(name), *("" if cell is None else cell for cell in row)]
        )
    return text.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """A text in which no spreadsheet sees a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(RECKONED) else text


def _rows(seen: SeenFigures) -> Iterator[tuple[str, str, str, Row]]:
    found = seen.figures
    yield from (("all", "", "", row) for row in _of_group(found.total))
    for grid in found.grids:
        name = seen.grid_name(grid.grid_id) or ""
        yield from (("grid", grid.grid_id or "", name, row) for row in _of_group(grid.group))
    for hour, group in enumerate(found.hours):
        yield from (("hour", str(hour), f"{hour:02}:00", row) for row in _of_group(group))
    for rule in found.rules:
        name = rule.titles.get("zh-CN") or next(iter(rule.titles.values()), "")
        yield from (("rule", f"{rule.rulebook}/{rule.rule}", name, row) for row in _of_rule(rule))
    for worker in found.workers:
        name = seen.workers.get(worker.worker_id, "")
        yield from (("worker", worker.worker_id, name, row) for row in _of_worker(worker))
        for night in worker.nights:
            row = ("pages_of_the_night", None, None, None, None, None, night.pages)
            yield "night", worker.worker_id, f"{name} {night.night.isoformat()}".strip(), row


def _of_group(group: Group) -> Iterator[Row]:
    yield _count("urgent_alerts", group.alerts)
    yield _count("silenced_alerts", group.silenced)
    yield from _of_speed("answered", group.answered)
    yield from _of_speed("on_site", group.on_site)


def _of_speed(name: str, speed: Speed) -> Iterator[Row]:
    for share in speed.shares:
        yield _of_share(f"{name}_in_time", share)
    yield _count(f"{name}_never", speed.never)
    yield _count(f"{name}_median_seconds", _seconds(speed.median))
    yield _count(f"{name}_nine_of_ten_seconds", _seconds(speed.ninth))


def _of_share(name: str, share: Share) -> Row:
    within = int(share.within.total_seconds())
    return name, within, share.met, share.of, _percent(share.share), _percent(share.reference), None


def _of_rule(rule: RuleFigures) -> Iterator[Row]:
    share = _percent(rule.share_for_nothing)
    yield "non_actionable", None, rule.for_nothing, rule.closed, share, None, None
    for outcome, count in sorted(rule.ends.items()):
        yield _count(f"ended_{outcome.value}", count)


def _of_worker(worker: WorkerFigures) -> Iterator[Row]:
    yield _count("told_of", worker.told)
    yield _count("taken", worker.taken)
    yield from _of_speed("answered", worker.answered)
    yield from _of_speed("on_site", worker.on_site)
    yield _count("pages", worker.pages)
    yield _count("pages_at_night", worker.pages_at_night)
    yield _count("nights_with_too_many", worker.nights_with_too_many)


def _count(name: str, value: float | None) -> Row:
    return name, None, None, None, None, None, value


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds(), 3)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 2)
