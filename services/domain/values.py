"""Values: dataclasses that nobody changes, made many times at every event.

The checker of types takes them for frozen and refuses every change. At run time they are not: a frozen
dataclass is made four times as slowly, and the rules make a dozen for each event. Only what is made on the
way of an event is declared so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    def value(*, frozen: bool, slots: bool) -> Callable[[type], type]:
        """As `dataclass`, equal and hashed by its fields; ``frozen`` is what the checker holds."""
        if not frozen:
            raise TypeError("a value is frozen")
        return dataclass(slots=slots, unsafe_hash=True)


__all__ = ["value"]
