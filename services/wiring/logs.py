"""Logs: one line of JSON a record on standard error, or plain words for a person at a terminal.

Lines of the chronicle are written by a thread of their own, in their order: whoever sends for help waits for
no line. What warns of something is written at once.
"""

from __future__ import annotations

import atexit
import json
import logging
import sys
from datetime import UTC, datetime
from logging.handlers import QueueListener
from queue import SimpleQueue


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        # Set by the chronicle alone: the event that began it, and the ids of what came of it.
        chain = getattr(record, "chain", None)
        if chain is not None:
            line["chain"] = chain
            line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class _Aside(logging.Handler):
    """Puts lines of the chronicle where the thread finds them, and hands on everything else."""

    def __init__(self, at_once: logging.Handler, later: SimpleQueue[logging.LogRecord]) -> None:
        super().__init__()
        self._at_once = at_once
        self._later = later

    def emit(self, record: logging.LogRecord) -> None:
        if hasattr(record, "chain"):
            self._later.put(record)
        else:
            self._at_once.handle(record)


def set_up(*, for_a_person: bool) -> None:
    """Send the house's logs to standard error; libraries speak from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        logging.Formatter("%(levelname)s %(name)s: %(message)s") if for_a_person else _JsonLines()
    )
    later: SimpleQueue[logging.LogRecord] = SimpleQueue()
    writer = QueueListener(later, handler)
    writer.start()
    atexit.register(writer.stop)  # what was said before the end is written before the end
    root = logging.getLogger()
    root.handlers[:] = [_Aside(handler, later)]
    root.setLevel(logging.WARNING)
    logging.getLogger("anxin").setLevel(logging.WARNING if for_a_person else logging.INFO)
