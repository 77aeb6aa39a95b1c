"""The alert log of a played scenario as JSON lines: which alerts there were, who was told of them or was not,
and what people answered. It names nobody but by the scenario's own names and holds no id, so that two runs of
one scenario with one seed are the same bytes.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from devices.simulator.happenings import Happening, What

LOGGED = (What.ANSWER, What.ALERT, What.NOTICE)


def alert_log(happenings: Iterable[Happening]) -> bytes:
    """One object a line, in order of time; instants in UTC, UTF-8."""
    lines = sorted(_line(each) for each in happenings if each.what in LOGGED)
    return "".join(f"{line}\n" for _, _, line in lines).encode()


def _line(happening: Happening) -> tuple[datetime, int, str]:
    said = {
        "at": _instant(happening.at),
        "what": happening.what.value,
        "who": happening.who,
        "until": None if happening.until_at is None else _instant(happening.until_at),
        **dict(sorted(happening.fields.items())),
    }
    line = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return happening.at, LOGGED.index(happening.what), line


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
