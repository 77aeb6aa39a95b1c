"""What people do and what their devices then say, as plain records between the parts of the simulator: lives
make acts, devices make sayings of them, the wire carries sayings. Nothing here decides anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Data = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is so, or that somebody does, at an instant (UTC): an event of that kind, noticed by the
    resident's devices of that type, or recorded by a person (no type). ``resident`` is a name of the cast.
    """

    at: datetime
    resident: str
    kind: str
    device_type: str | None
    data: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody of the care team lets one key of a rule be another for one resident: from ``at`` to ``until``
    (UTC; None: for good).
    """

    at: datetime
    resident: str
    rule: str
    key: str
    value: bool | int | str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Residence:
    """Somebody is enrolled, with their devices, or has left (``is_over``), ``at`` an instant (UTC)."""

    at: datetime
    resident: str
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Saying:
    """One message of one device: it reaches the broker ``at`` (UTC), and claims to tell of ``occurred_at``,
    or of no time at all. ``device`` is a name of the cast; two sayings of one ``id`` are one message
    sent twice.
    """

    at: datetime
    device: str
    id: str
    kind: str
    occurred_at: datetime | None
    data: Data = field(default_factory=dict)
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong, by its ``name`` in the notation (`notation.sentences.TROUBLES`): with a
    device of the cast (``who``), or with the house (None). From ``at`` to ``until`` (UTC; None: to the end
    of the story, or at once). ``by`` is how far a clock is off; ``times`` how often, both only where the
    sentence says it.
    """

    name: str
    who: str | None
    at: datetime
    until: datetime | None = None
    by: timedelta | None = None
    times: int | None = None
