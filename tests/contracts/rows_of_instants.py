"""What the rows of every revision have in common: their shape and two instants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

AT = 1_753_207_985_123_456
"""02:13:05.123456 in Bomi, 23 July 2025, in microseconds."""
LATER = AT + 60_000_000

Row = Mapping[str, Any]
