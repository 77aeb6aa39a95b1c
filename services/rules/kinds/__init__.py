"""The triggers, one a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.domain.findings import Trigger
from services.rules.case import Kind
from services.rules.kinds.on import On
from services.rules.kinds.quota import Quota
from services.rules.kinds.unless import Unless

KINDS_OF_TRIGGER: Mapping[Trigger, Kind[Any]] = {
    Trigger.ON: On(),
    Trigger.UNLESS: Unless(),
    Trigger.QUOTA: Quota(),
}
"""Every trigger that the engine can run."""
