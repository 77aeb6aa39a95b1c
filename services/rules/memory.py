"""Memory: the states that a batch of work has loaded, as values; what changed goes back as versioned JSON
text.

A state is loaded once a batch and written once a batch. Nothing here decides anything; a stored state of a
version that this engine does not know is left out and named, so that it is rebuilt rather than misread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from services.domain.ports import StateKey, StoredState
from services.rules.beds import Bed
from services.rules.connection import Gap
from services.rules.kept import Kept, State
from services.rules.key_state import KeyState
from services.rules.profile import KnownDevice, Profile

PROFILE = "profile"
BED = "bed"
DEVICE = "device"
CONNECTION = "connection"
"""Names of the engine's own states; a rule's name always holds a slash."""

GAPS = StateKey(CONNECTION, "house")

Load = Callable[[Iterable[StateKey]], Mapping[StateKey, StoredState]]
LoadFor = Callable[[str], list[StoredState]]


@dataclass(frozen=True, slots=True)
class Form:
    """How one sort of state is written."""

    version: int
    adapter: TypeAdapter[Any]


_OWN_FORMS = {
    PROFILE: Form(1, TypeAdapter(Profile)),
    BED: Form(1, TypeAdapter(tuple[Bed, ...])),
    DEVICE: Form(1, TypeAdapter(KnownDevice)),
    CONNECTION: Form(1, TypeAdapter(tuple[Gap, ...])),
}


class Memory:
    """States by key. ``forms`` says how the state of each rule is written, by the rule's name."""

    def __init__(
        self,
        forms: Mapping[str, Form],
        load: Load | None = None,
        load_for: LoadFor | None = None,
        kept: Kept | None = None,
    ) -> None:
        self._forms = {**_OWN_FORMS, **forms}
        self._load = load or (lambda _: {})
        self._load_for = load_for or (lambda _: [])
        self._kept = kept
        self._known: dict[StateKey, Any] = {}
        self._due: dict[StateKey, datetime | None] = {}
        self._changed: dict[StateKey, None] = {}
        self._profiles: dict[str, Profile] = {}
        """Those of the known, by the resident: each rule asks for one several times at every event."""
        self._whole: set[str] = set()
        self._under: dict[str, dict[StateKey, None]] = {}
        self.unreadable: list[StateKey] = []
        """States that were stored in a form this engine does not know."""

    def prefetch(self, keys: Iterable[StateKey]) -> None:
        """Load what is not loaded yet, in one go."""
        missing = [at for at in keys if at not in self._known and not self._recalled(at)]
        if not missing:
            return
        loaded = self._load(missing)
        for at in missing:
            self._remember(at, loaded.get(at))

    def _recalled(self, at: StateKey) -> bool:
        """Whether the state was kept from the batch before; then it is loaded."""
        state = None if self._kept is None else self._kept.get(at)
        if state is None:
            return False
        self._keep(at, *state)
        return True

    def loaded(self) -> dict[StateKey, State]:
        """Everything that is loaded, as it is now."""
        return {at: (value, self._due.get(at)) for at, value in self._known.items()}

    def remember(self, stored: Iterable[StoredState]) -> None:
        """Keep states that somebody loaded already."""
        for state in stored:
            if state.at in self._known or (self._is_readable(state) and self._recalled(state.at)):
                continue
            self._remember(state.at, state)

    def get(self, at: StateKey) -> Any:
        """The state, None if there is none."""
        try:
            return self._known[at]
        except KeyError:
            self.prefetch((at,))
        return self._known.get(at)

    def put(self, at: StateKey, value: Any, due_at: datetime | None = None) -> None:
        """The state from now on; None forgets it."""
        self._keep(at, value, due_at)
        self._changed[at] = None

    def assume(self, at: StateKey, value: Any) -> None:
        """Work with a value that is not to be stored."""
        self._keep(at, value, None)

    def rewritten(self) -> frozenset[StateKey]:
        """The states that were put since they were loaded."""
        return frozenset(self._changed)

    def keys_for(self, key: str) -> list[StateKey]:
        """Every state of a key and of the devices under it, loaded."""
        if key not in self._whole:
            self.remember(self._load_for(key))
            self._whole.add(key)
        return sorted(
            (
                at
                for at in self._under.get(_root(key), ())
                if self._known[at] is not None and _is_under(at.key, key)
            ),
            key=lambda at: (at.rule, at.key),
        )

    def due(self) -> list[tuple[datetime, StateKey]]:
        """Every deadline of the loaded states, by (due, rule, key)."""
        found = [(due, at) for at, due in self._due.items() if due is not None]
        return sorted(found, key=lambda each: (each[0], each[1].rule, each[1].key))

    def due_at(self, at: StateKey) -> datetime | None:
        """The deadline of one state."""
        return self._due.get(at)

    def changed(self) -> tuple[list[StoredState], list[StateKey]]:
        """What must be written, and what must be forgotten."""
        kept, gone = [], []
        for at in self._changed:
            value = self._known[at]
            if value is None:
                gone.append(at)
            else:
                kept.append(self._stored(at, value))
        return kept, gone

    def everything(self) -> list[StoredState]:
        """All states as they would be stored."""
        return [self._stored(at, value) for at, value in self._known.items() if value is not None]

    def profile(self, resident_id: str | None) -> Profile | None:
        if resident_id is None:
            return None
        known = self._profiles.get(resident_id)
        if known is not None:
            return known
        found = self.get(StateKey(PROFILE, resident_id))
        return found if isinstance(found, Profile) else None

    def device(self, device_id: str | None) -> KnownDevice | None:
        found = None if device_id is None else self.get(StateKey(DEVICE, device_id))
        return found if isinstance(found, KnownDevice) else None

    def gaps(self) -> tuple[Gap, ...]:
        """The times in which the house was not at the broker."""
        found = self.get(GAPS)
        return found if isinstance(found, tuple) else ()

    def beds(self, resident_id: str) -> tuple[Bed, ...]:
        found = self.get(StateKey(BED, resident_id))
        return found if isinstance(found, tuple) else ()

    def key_state(self, at: StateKey) -> KeyState[Any] | None:
        try:
            found = self._known[at]
        except KeyError:
            found = self.get(at)
        return found if isinstance(found, KeyState) else None

    def _is_readable(self, stored: StoredState) -> bool:
        form = self._forms.get(stored.at.rule)
        return form is not None and form.version == stored.version

    def _stored(self, at: StateKey, value: Any) -> StoredState:
        form = self._forms[at.rule]
        body = form.adapter.serializer.to_json(value).decode()  # past the wrapper, which costs as much again
        return StoredState(at, form.version, body, self._due.get(at))

    def _remember(self, at: StateKey, stored: StoredState | None) -> None:
        value = None
        form = self._forms.get(at.rule)
        if stored is not None and form is not None:
            try:
                value = form.adapter.validate_json(stored.body) if self._is_readable(stored) else None
            except ValidationError:
                value = None
            if value is None:
                self.unreadable.append(at)
        self._keep(at, value, stored.due_at if stored is not None and value is not None else None)

    def _keep(self, at: StateKey, value: Any, due_at: datetime | None) -> None:
        if at not in self._known:
            self._under.setdefault(_root(at.key), {})[at] = None
        self._known[at] = value
        self._due[at] = due_at
        if at.rule == PROFILE:
            if isinstance(value, Profile):
                self._profiles[at.key] = value
            else:
                self._profiles.pop(at.key, None)


def _root(key: str) -> str:
    return key.partition("/")[0]


def _is_under(key: str, resident: str) -> bool:
    return key == resident or key.startswith(f"{resident}/")
