"""The outcome of a played story, by which two plays are held against one another: which alerts there were and
who was told or not told of them, and when, in the story's own names; and what each device was told to say,
which goes by its order alone, for the broker tells no time. Two plays had one outcome if these are equal.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from devices.simulator.happenings import Happening, What

CALLS = frozenset({"call-button", "fall", "smoke", "gas"})
"""Alerts of somebody who calls for help, or of what calls for them (the alarm kinds of RULES §4)."""
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the outcome. ``name`` says which: alert and subject, or person, kind of notice and alert,
    or the device that is told what to say.

    ``details`` are what else is compared of it; ``until_at`` is the end of an alert, None while it runs.
    """

    what: What
    name: tuple[str, ...]
    at: datetime
    details: tuple[tuple[str, str], ...] = ()
    until_at: datetime | None = None

    @property
    def alert(self) -> str:
        """The kind of the alert that it is about."""
        return self.name[-1]

    @property
    def compared(self) -> tuple[object, ...]:
        """What must be equal in two entries of one name, for them to say the same."""
        return self.details if self.what is What.COMMAND else (self.at, self.details)

    @property
    def heard(self) -> tuple[str, ...]:
        """The states that a device was told to say, in order."""
        return tuple(state for _, state in self.details) if self.what is What.COMMAND else ()

    @property
    def is_of_a_call(self) -> bool:
        return self.what is not What.COMMAND and self.alert in CALLS

    def __str__(self) -> str:
        if self.what is What.ALERT:
            about, alert = self.name
            return f"alert {alert} about {about}"
        if self.what is What.COMMAND:
            return f"{self.name[0]} hears {', '.join(self.heard)}"
        told, notice, alert = self.name
        reached = dict(self.details).get("reached") == "yes"
        return f"{told} {'told' if reached else 'not told'} ({notice}) of {alert}"


def outcome_of(happenings: Iterable[Happening]) -> tuple[Entry, ...]:
    """What came of a play, in order."""
    happenings = list(happenings)
    entries = [entry for each in happenings if (entry := _entry(each)) is not None]
    entries += _heard(happenings)
    return tuple(
        sorted(entries, key=lambda each: (each.at, each.what is What.NOTICE, each.name, each.details))
    )


def _heard(happenings: Iterable[Happening]) -> Iterator[Entry]:
    """One entry a device, at its last word. The same state again says nothing new: a device that connects
    anew and a press that joins have the present one said once more (CONTRACTS §1).
    """
    devices: dict[str, list[Happening]] = defaultdict(list)
    for each in happenings:
        if each.what is What.COMMAND:
            devices[each.fields["device"]].append(each)
    for device, words in devices.items():
        states = [state for state, _ in groupby(each.fields["hears"] for each in words)]
        yield Entry(What.COMMAND, (device,), words[-1].at, tuple(("hears", state) for state in states))


def _entry(happening: Happening) -> Entry | None:
    fields = happening.fields
    if happening.what is What.ALERT:
        details = tuple((name, fields.get(name, "none")) for name in ("severity", "outcome"))
        name = (fields["about"], fields["alert"])
        return Entry(What.ALERT, name, happening.at, details, happening.until_at)
    if happening.what is What.NOTICE:
        reached = (("reached", fields["reached"]),)
        return Entry(What.NOTICE, (fields["told"], fields["notice"], fields["alert"]), happening.at, reached)
    return None
