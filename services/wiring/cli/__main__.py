"""`python -m services.wiring.cli`: the command where it is not installed under its own name."""

from services.wiring.cli import app

app()
