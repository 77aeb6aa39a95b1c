"""Forms: how the state of each trigger is written, and in which version.

A state of another version is never read as this one; it is made anew from the stored events.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import TypeAdapter

from services.domain.findings import Trigger
from services.rules.key_state import KeyState
from services.rules.kinds import KINDS_OF_TRIGGER
from services.rules.memory import Form

FORMS: Mapping[Trigger, Form] = {
    trigger: Form(kind.version, TypeAdapter(KeyState[kind.state_type]))  # type: ignore[name-defined]
    for trigger, kind in KINDS_OF_TRIGGER.items()
}
