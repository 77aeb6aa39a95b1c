"""`anxin policies`: read escalation policies and say every fault in them.

It needs no running service and changes nothing. Exit codes: 0, 1 faults found, 2 a file that cannot be read
or none to read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.wiring.cli.options import USAGE, DataDir, refuse, settings_of

FAULTY = 1

app = typer.Typer(help="Escalation policies: check them.", no_args_is_help=True)


@app.callback()
def policies() -> None:
    """Escalation policies: check them."""


@app.command()
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="POLICY.yaml…", help="The policies to check; none: those in the data folder."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Say every fault in some policies; ends with 1 if there is any, with 2 if one cannot be read."""
    codes = [_check(file) for file in files or _in_force(settings_of(data_dir=data_dir).data_dir)]
    raise typer.Exit(max(codes))


def _check(file: Path) -> int:
    """Say what is wrong with one file; the exit code that it asks for."""
    from services.escalation.policy_files import SILENCES, read_policy
    from services.escalation.silence_policy import read_silence_policy

    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        typer.echo(f"{file}: cannot be read as UTF-8 text: {error}", err=True)
        return USAGE
    if file.name == SILENCES:
        silencing, wrong = read_silence_policy(text)
        for fault in wrong:
            typer.echo(str(fault), err=True)
        if silencing is not None:
            typer.echo(f"{file.name}: who may silence for how long, no faults")
        return FAULTY if wrong else 0
    policy, faults = read_policy(text, file.name)
    if policy is None:
        for fault in faults:
            typer.echo(str(fault), err=True)
        return FAULTY
    typer.echo(f"{file.name}: {policy.policy}, {len(policy.steps)} steps, no faults")
    return 0


def _in_force(data_dir: Path) -> list[Path]:
    """The policy files of an installation."""
    folder = data_dir / "policies"
    found = sorted(path for path in folder.glob("*.yaml") if not path.name.endswith(".story.yaml"))
    if not found:
        refuse(f"no policies lie in {folder}; `anxin up` lays out those of the house at its first start")
    return found
