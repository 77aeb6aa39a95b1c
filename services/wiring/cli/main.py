"""The command `anxin` and its verbs. Each verb imports what it needs only when it runs."""

from __future__ import annotations

import typer

from services.wiring.cli import (
    broker,
    database,
    doctor,
    figures,
    people,
    policies,
    receipts,
    rules,
    schema,
    service,
    simulate,
    up,
)
from services.wiring.garbage import look_seldom

app = typer.Typer(
    help="Anxin keeps watch over elders who live at home, and tells the right person until somebody has it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def anxin() -> None:
    look_seldom()


app.command("up")(up.up)
app.command("doctor")(doctor.doctor)
for name in service.WORDS:
    app.command(name)(service.verb(name))
app.add_typer(database.app, name="db")
app.add_typer(broker.app, name="broker")
app.add_typer(people.users, name="user")
app.add_typer(people.tokens, name="token")
app.add_typer(rules.app, name="rules")
app.add_typer(policies.app, name="policies")
app.command("receipts")(receipts.receipts)
app.command("figures")(figures.figures)
app.command("schema")(schema.schema)
app.add_typer(simulate.app, name="simulate")
