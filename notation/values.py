"""Plain values, as YAML and JSON have them."""

from __future__ import annotations

from typing import Any

Json = Any
"""None, bool, int, float, str, list or dict of these."""
