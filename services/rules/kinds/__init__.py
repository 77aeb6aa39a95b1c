"""The triggers, one a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.domain.findings import Trigger
from services.rules.case import Kind
from services.rules.kinds.count import Count
from services.rules.kinds.drift import Drift
from services.rules.kinds.missing import Missing
from services.rules.kinds.on import On
from services.rules.kinds.quota import Quota
from services.rules.kinds.silent import Silent
from services.rules.kinds.unless import Unless
from services.rules.kinds.where import Where

DRIFT = Drift()

KINDS_OF_TRIGGER: Mapping[Trigger, Kind[Any]] = {
    Trigger.ON: On(),
    Trigger.COUNT: Count(),
    Trigger.UNLESS: Unless(),
    Trigger.WHERE: Where(),
    Trigger.MISSING: Missing(),
    Trigger.SILENT: Silent(),
    Trigger.QUOTA: Quota(),
    Trigger.DRIFT: DRIFT,
}
"""Every trigger that the engine can run."""
