"""`anxin rules`: run the rules as a service; read a rulebook and say every fault in it, run one over a given
history, play the stories beside it, and try it on the stored history.

Only the service and the trial need a store. Exit codes: 0, 1 faults found, 2 a rulebook that cannot be used,
3 a bad history.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from services.wiring.cli import revisions, rules_backtest, stories
from services.wiring.cli.options import DataDir, settings_of, text_of
from services.wiring.cli.rules_text import text
from services.wiring.cli.rules_why import why
from services.wiring.cli.service import run_service

BAD_HISTORY = 3

app = typer.Typer(help="Rules: run as a service without a command; check rulebooks, play stories, try them.")
app.command("test")(stories.play)
app.command("backtest")(rules_backtest.backtest)
app.command("text")(text)
app.command("why")(why)

RulebookFile = Annotated[Path, typer.Argument(metavar="RULEBOOK.yaml", help="A rulebook, format 1.")]


@app.callback(invoke_without_command=True)
def rules(context: typer.Context, data_dir: DataDir = None) -> None:
    """Run the rules: one process does, others stand by. When it is ready, it prints one line of JSON."""
    if context.invoked_subcommand is None:
        run_service("rules", settings_of(data_dir=data_dir))


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="RULEBOOK.yaml…", help="The rulebooks to check.")],
) -> None:
    """Say every fault in some rulebooks; ends with 1 if there is any, with 2 if one cannot be read."""
    from services.rules.faults import RulebookFaults
    from services.rules.reading import read_rulebook

    is_faulty = False
    for file in files:
        try:
            book = read_rulebook(text_of(file), file.name)
        except RulebookFaults as refused:
            is_faulty = True
            for fault in refused.faults:
                typer.echo(str(fault), err=True)
        else:
            typer.echo(f"{file.name}: {book.name}, {len(book.rules)} rules, no faults")
    raise typer.Exit(1 if is_faulty else 0)


@app.command()
def replay(
    rulebook: RulebookFile,
    history: Annotated[Path, typer.Argument(metavar="HISTORY.jsonl", help="One JSON object a line.")],
) -> None:
    """Print the Findings of a rulebook over a history as lines of JSON."""
    from services.rules.faults import HistoryFault, RulebookFaults
    from services.rules.replay import replay as run

    written = text_of(rulebook)
    lines = text_of(history, BAD_HISTORY).split("\n")
    try:
        findings = run(written, lines, file=rulebook.name)
    except RulebookFaults as refused:
        for fault in refused.faults:
            typer.echo(str(fault), err=True)
        raise typer.Exit(2) from refused
    except HistoryFault as refused:
        typer.echo(f"{history.name}: {refused}", err=True)
        raise typer.Exit(BAD_HISTORY) from refused
    for finding in findings:
        sys.stdout.write(json.dumps(finding, ensure_ascii=False, separators=(",", ":")) + "\n")


for verb in (
    revisions.put,
    revisions.revisions,
    revisions.rollback,
    revisions.override,
    revisions.overrides,
    revisions.end_override,
):
    app.command()(verb)
