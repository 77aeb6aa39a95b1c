"""The command line, a verb a file. Exit codes: 0, 1 faults found, 2 usage or settings that cannot be used."""

from __future__ import annotations

from services.wiring.cli.main import app

__all__ = ["app"]
