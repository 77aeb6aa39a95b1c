"""`anxin figures` over what an installation has stored: in words, as a table, and what it refuses."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.domain.alerts import ChangeReason
from services.domain.homes import Grid, Home
from services.wiring.cli import app
from services.wiring.cli.options import settings_of, store_of
from tests.contracts import cast
from tests.contracts.cast import NIGHT

SPAN = ("--since", "2025-07-23T02:00:00", "--until", "2025-07-23T03:00:00")
"""By the clock of the house, around 02:13."""


def anxin(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["figures", *(str(word) for word in words)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder in which one call of two was taken, after a minute and a half."""
    taken = cast.change(
        "alt_a", at=NIGHT + timedelta(seconds=90), by="wrk_dolma", reason=ChangeReason.ACCEPTED
    )
    with store_of(settings_of(data_dir=tmp_path)) as store, store.writing() as uow:
        uow.grids.add(Grid("grd_a", "东网格"))
        uow.homes.add(Home("hom_lhamo", grid_id="grd_a"))
        uow.workers.add(cast.worker("dolma"))
        uow.alerts.add(cast.alert("a", home_id="hom_lhamo"), [cast.change("alt_a"), taken])
        uow.alerts.add(cast.alert("b", subject="resident:res_b"), [cast.change("alt_b")])
    return tmp_path


def test_it_says_the_figures_in_words_beside_their_references(folder: Path) -> None:
    said = anxin(*SPAN, "--data-dir", folder).stdout
    assert "2025-07-22 18:00 to 2025-07-22 19:00 UTC: urgent alerts: 2, and" in said
    assert "answered within 1m: 0 of 2, too few for per cent (reference 97.5%), short of it" in said
    assert "answered within 3m: 1 of 2, too few for per cent" in said
    assert "\n东网格: 1\n" in said
    assert "wrk_dolma" not in said
    assert "dolma: 0, 0 of them at night" in said


@pytest.mark.parametrize(("calls", "said"), [(9, "0 of 9, too few for per cent"), (10, "0 of 10, 0.0%")])
def test_per_cent_are_said_from_as_many_on_as_on_the_page(tmp_path: Path, calls: int, said: str) -> None:
    with store_of(settings_of(data_dir=tmp_path)) as store, store.writing() as uow:
        for number in range(calls):
            name = f"n{number}"
            uow.alerts.add(cast.alert(name, subject=f"resident:{name}"), [cast.change(f"alt_{name}")])
    assert f"answered within 1m: {said} (reference 97.5%)" in anxin(*SPAN, "--data-dir", tmp_path).stdout


def test_a_table_goes_to_a_file_or_to_standard_output(folder: Path) -> None:
    file = folder / "figures.csv"
    assert anxin(*SPAN, "--csv", file, "--data-dir", folder).exit_code == 0
    printed = anxin(*SPAN, "--csv", "-", "--data-dir", folder)
    assert printed.stdout_bytes.startswith(b"\xef\xbb\xbf")
    written, shown = file.read_bytes(), printed.stdout_bytes
    rows = [
        list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""))) for text in (written, shown)
    ]
    for row in (*rows[0], *rows[1]):
        row.pop("as_of")
    assert rows[0] == rows[1]
    assert ("grid", "grd_a", "东网格") in {(row["of"], row["id"], row["name"]) for row in rows[0]}


def test_one_grid_alone(folder: Path) -> None:
    assert "urgent alerts: 1," in anxin(*SPAN, "--grid", "grd_a", "--data-dir", folder).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "soon"), "--since soon: no instant"),
        (("--since", "2025-07-23T03:00:00", "--until", "2025-07-23T02:00:00"), "an instant before"),
        (("--since", "2015-07-23T03:00:00", "--until", "2025-07-23T02:00:00"), "at most 400 days"),
        (("--grid", "grd_none"), "--grid grd_none: there is no such grid"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(folder: Path, words: tuple[str, ...], said: str) -> None:
    refused = anxin(*words, "--data-dir", folder)
    assert refused.exit_code == 2
    assert said in refused.stderr


def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    refused = anxin("--data-dir", tmp_path / "none")
    assert refused.exit_code == 1
    assert "cannot be opened" in refused.stderr
