"""A figure as it is shown: what was measured, on which store, against which goal of the design."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table. ``goal`` is what ``value`` is held against, None where nobody set one;
    ``at_least`` says on which side of it is well.
    """

    name: str
    store: str
    value: float
    unit: str
    goal: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"is_met": self.is_met}
