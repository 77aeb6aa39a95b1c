"""`anxin policies`: read escalation policies, and who has which, and say every fault in them.

It needs no running service and changes nothing; names of grids and residents are held against the registers
where there is a database. Exit codes: 0, 1 faults found, 2 a file that cannot be read
or none to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.wiring.cli.options import USAGE, DataDir, refuse, settings_of

if TYPE_CHECKING:
    from services.escalation.assignment_checks import Known
    from services.escalation.policy_faults import PolicyFault
    from services.wiring.settings import Settings

FAULTY = 1

app = typer.Typer(help="Escalation policies: check them.", no_args_is_help=True)


@app.callback()
def policies() -> None:
    """Escalation policies: check them."""


@app.command()
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="POLICY.yaml…", help="The files to check; none: those in the data folder."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Say every fault in some policies; ends with 1 if there is any, with 2 if one cannot be read."""
    settings = settings_of(data_dir=data_dir)
    codes = [_check(file, settings) for file in files or _in_force(settings.data_dir)]
    if not files:
        _say_what_is_lacking(settings.data_dir / "policies")
    raise typer.Exit(max(codes))


def _check(file: Path, settings: Settings) -> int:
    """Say what is wrong with one file; the exit code that it asks for."""
    from services.escalation.policy_files import ASSIGNMENTS, FIGURES, SILENCES, read_policy

    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        typer.echo(f"{file}: cannot be read as UTF-8 text: {error}", err=True)
        return USAGE
    if file.name == SILENCES:
        return _check_silences(file, text)
    if file.name == ASSIGNMENTS:
        return _check_assignments(file, text, settings)
    if file.name == FIGURES:
        return _check_figures(file, text)
    policy, faults = read_policy(text, file.name)
    if policy is None:
        return _faulty(faults)
    return _well(file, text, f"{policy.policy}, {len(policy.steps)} steps")


def _check_assignments(file: Path, text: str, settings: Settings) -> int:
    """Hold the assignments against the policies beside them and against the registers, if there are any."""
    from services.escalation.policy_files import read_assignments, read_policies
    from services.wiring.shipped import texts_in

    policies, _ = read_policies(texts_in(file.parent)())
    known = _registered(settings)
    assignments, faults = read_assignments(text, file.name, policies, known)
    if assignments is None:
        return _faulty(faults)
    lines = len(assignments.grids) + len(assignments.residents)
    unseen = "" if known is not None or not lines else "; names not held against the registers: no database"
    return _well(file, text, f"{lines} grids and residents with policies of their own", unseen)


def _check_silences(file: Path, text: str) -> int:
    from services.escalation.silence_policy import read_silence_policy

    silencing, faults = read_silence_policy(text)
    if silencing is None or faults:
        return _faulty(faults)
    return _well(file, text, "who may silence for how long")


def _check_figures(file: Path, text: str) -> int:
    from services.escalation.figure_aims import read_aims

    aims, faults = read_aims(text)
    if aims is None or faults:
        return _faulty(faults)
    return _well(file, text, "what the figures are held against")


def _well(file: Path, text: str, what: str, more: str = "") -> int:
    from services.wiring.shipped import shipped

    as_shipped = ", as shipped" if shipped("policies").get(file.name) == text else ""
    typer.echo(f"{file.name}: {what}, no faults{as_shipped}{more}")
    return 0


def _faulty(faults: Sequence[PolicyFault]) -> int:
    for fault in faults:
        typer.echo(str(fault), err=True)
    return FAULTY


def _registered(settings: Settings) -> Known | None:
    """The grids and residents of an installation; None where there is no database of this version to read."""
    from services.domain.ports import StoreUnavailable
    from services.escalation.assignment_checks import known_of
    from services.storage import migrate
    from services.storage.looking import look_at

    looking = look_at(settings.store_url)
    try:
        if looking.revision() != migrate.head():
            return None
        with looking.reading() as uow:
            return known_of(uow.grids.all(), uow.residents.all())
    except StoreUnavailable:
        return None
    finally:
        looking.close()


def _say_what_is_lacking(folder: Path) -> None:
    """Name the policies that are in force without a file here."""
    from services.wiring.shipped import lacking_policies

    for file in lacking_policies(folder):
        typer.echo(f"{file}: in force as shipped; the next start lays it out here, to be changed")


def _in_force(data_dir: Path) -> list[Path]:
    """The policy files of an installation."""
    folder = data_dir / "policies"
    found = sorted(path for path in folder.glob("*.yaml") if not path.name.endswith(".story.yaml"))
    if not found:
        refuse(f"no policies lie in {folder}; `anxin up` lays out those of the house at its first start")
    return found
