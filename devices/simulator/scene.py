"""A scenario while it is read: who is in it, whose wall clock counts, and what went wrong.

It only answers and notes; what a scenario means is decided in timeline.py, wishes.py and telling.py.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from devices.simulator import form
from devices.simulator.scenario import Device
from notation.faults import nearest_of, shown_value
from notation.forms import Amiss
from notation.times import YEARS, NotATime, read_moment, zone_named
from notation.walls import instant_of

FIRST_DAY = date(2025, 7, 22)
"""An ordinary Tuesday, as in the stories beside rulebooks."""
DEFAULT_CAST = {"deji": form.Resident()}
"""Who is in a scenario that names nobody."""
MIDNIGHT = datetime.min.time()
LineOf = Callable[[str], int]


class Scene:
    """A scenario while it is read: who is in it, whose wall clock counts, and what went wrong."""

    def __init__(self, told: form.ScenarioFile, line_of: LineOf) -> None:
        self.told = told
        self.line_of = line_of
        self.amiss: list[Amiss] = []
        self.zone = zone_named(told.timezone)
        self.first_day = self._first_day()
        self.cast = told.cast or DEFAULT_CAST
        self.zones = {name: self._zone_of(each) for name, each in self.cast.items()}
        self.devices: dict[str, Device] = {}

    def complain(self, field: str, found: str, expected: str, nearest: str | None = None) -> None:
        self.amiss.append(Amiss(field, found, expected, nearest))

    def unknown(self, field: str, word: str, what: str, known: Iterable[str]) -> None:
        names = sorted(known)
        self.complain(
            field, repr(word), f"{what} ({', '.join(names) or 'there is none'})", nearest_of(word, names)
        )

    def known(self, field: str, word: str | None, what: str, known: Iterable[str]) -> None:
        """Complain about a word that is none of those known."""
        names = set(known)
        if word is not None and word not in names:
            self.unknown(field, word, what, names)

    def instant(self, field: str, text: str, resident: str | None = None) -> datetime:
        """The instant of a time that was checked for its form."""
        try:
            return read_moment(text).instant(self.first_day, self.zones.get(resident or "", self.zone))
        except NotATime:
            return self.no_year(field, text)

    def no_year(self, field: str, text: str) -> datetime:
        self.complain(field, shown_value(text), f"a year from {YEARS[0]} to {YEARS[-1]}")
        return instant_of(date(YEARS[-1], 1, 1), MIDNIGHT, self.zone)

    def only(self) -> str | None:
        """The one who is in the story, None if there are several."""
        return next(iter(self.cast)) if len(self.cast) == 1 else None

    def own(self, resident: str | None, types: Container[str]) -> list[str]:
        return [
            each.name for each in self.devices.values() if each.type in types and each.resident == resident
        ]

    def comes_by_itself(self, resident: str, type_: str) -> str:
        """A device that nobody named comes with the first event that needs it."""
        name = f"{resident}-{type_}"
        self.devices[name] = Device(name, type_, home_of(resident, self.cast[resident]), resident=resident)
        return name

    def _first_day(self) -> date:
        said = read_moment(self.told.starts).day if self.told.starts else None
        if self.told.day is not None:
            said = date.fromisoformat(self.told.day)
        if said is not None and said.year not in YEARS:
            self.no_year("day" if self.told.day is not None else "starts", said.isoformat())
            return FIRST_DAY
        return said or FIRST_DAY

    def _zone_of(self, resident: form.Resident) -> ZoneInfo:
        home = self.told.homes.get(resident.home or "")
        named = resident.timezone or (home.timezone if home is not None else None)
        return zone_named(named) if named else self.zone


def home_of(name: str, resident: form.Resident) -> str:
    return resident.home or f"{name}-home"
