"""Rights: the one table that says which role may call which route, and how much of the community it sees
there.

Deny by default: a route without a row answers 403, a role that a row does not name as well. Nothing else
decides who may call what; what of it a caller sees is worked out in `sight`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from services.domain.people import PERSONS_ROLES, Role


class Sees(StrEnum):
    """How much of the community a caller sees on a route."""

    ALL = "all"
    AROUND = "around"
    """Residents and homes that the caller answers for, and the alerts about them or told to the caller."""


@dataclass(frozen=True, slots=True)
class Right:
    """Who may call one route; ``public`` needs nobody to be known."""

    roles: Mapping[Role, Sees] = field(default_factory=dict)
    public: bool = False


def _right(*all_of_it: Role, around: tuple[Role, ...] = ()) -> Right:
    roles = dict.fromkeys(around, Sees.AROUND) | dict.fromkeys(all_of_it, Sees.ALL)
    return Right(MappingProxyType(roles))


_GRID, _NEIGHBOUR, _CAREGIVER = Role.GRID_WORKER, Role.NEIGHBOUR, Role.CAREGIVER
_DESK, _TECHNICIAN, _MANAGER, _ADMIN = Role.DUTY_DESK, Role.TECHNICIAN, Role.MANAGER, Role.ADMIN
_OUTDOORS = (_GRID, _NEIGHBOUR, _CAREGIVER)

PUBLIC = Right(public=True)
EVERYBODY = _right(*PERSONS_ROLES)
CARE = _right(_DESK, _MANAGER, _ADMIN)
AROUND = _right(_DESK, _MANAGER, _ADMIN, around=(*_OUTDOORS, _TECHNICIAN))
HOMES = _right(_DESK, _TECHNICIAN, _MANAGER, _ADMIN, around=_OUTDOORS)
FITTING = _right(_TECHNICIAN, _MANAGER, _ADMIN)
HOUSEKEEPING = _right(_DESK, _TECHNICIAN, _MANAGER, _ADMIN)
RECORDING = _right(_DESK, _MANAGER, _ADMIN, around=_OUTDOORS)
SILENCING = _right(_DESK, _MANAGER, _ADMIN, around=(_GRID,))
STAFF = _right(_MANAGER, _ADMIN)
ADMIN = _right(_ADMIN)
MESSAGES = _right(Role.MESSENGER)

_API = "/api/v1"

RIGHTS: Mapping[tuple[str, str], Right] = MappingProxyType(
    {
        ("GET", "/healthz"): PUBLIC,
        ("GET", "/readyz"): PUBLIC,
        ("GET", "/metrics"): PUBLIC,
        ("GET", "/openapi.json"): PUBLIC,
        ("GET", "/static/{edition}/{name}"): PUBLIC,
        ("GET", "/sign-in"): PUBLIC,
        ("POST", "/sign-in"): PUBLIC,
        ("POST", "/sign-out"): EVERYBODY,
        ("POST", "/language"): PUBLIC,
        ("GET", "/you"): EVERYBODY,
        ("POST", "/you/password"): EVERYBODY,
        ("POST", "/you/sign-out"): EVERYBODY,
        ("GET", "/looks"): EVERYBODY,
        ("GET", "/"): AROUND,
        ("GET", "/alerts/{alert_id}"): AROUND,
        ("GET", "/alerts/{alert_id}/{action}"): AROUND,
        ("POST", "/alerts/{alert_id}/{action}"): AROUND,
        ("GET", "/a/{token}"): PUBLIC,
        ("POST", "/a/{token}"): PUBLIC,
        ("GET", "/residents/{resident_id}"): HOMES,
        ("GET", "/visits"): RECORDING,
        ("POST", "/visits"): RECORDING,
        ("GET", "/visits/new"): RECORDING,
        ("GET", "/visits/now"): RECORDING,
        ("POST", "/visits/{visit_id}/take-back"): RECORDING,
        ("GET", "/silences"): HOMES,
        ("POST", "/silences"): SILENCING,
        ("GET", "/silences/new"): SILENCING,
        ("POST", "/silences/{silence_id}/end"): SILENCING,
        ("POST", "/silences/{silence_id}/extend"): SILENCING,
        ("GET", "/figures"): AROUND,
        ("GET", "/offline.js"): PUBLIC,
        ("GET", "/rosters"): EVERYBODY,
        ("POST", "/rosters/swaps"): CARE,
        ("POST", "/rosters/swaps/{swap_id}/take-back"): CARE,
        ("POST", "/rosters/leaves"): CARE,
        ("POST", "/rosters/leaves/{leave_id}/take-back"): CARE,
        ("GET", "/rosters/new"): STAFF,
        ("POST", "/rosters"): STAFF,
        ("GET", "/rosters/{roster_id}"): STAFF,
        ("POST", "/rosters/{roster_id}"): STAFF,
        ("POST", "/rosters/{roster_id}/remove"): STAFF,
        ("GET", "/handover"): CARE,
        ("POST", "/handover"): CARE,
        ("POST", "/handover/notes"): CARE,
        ("GET", "/devices"): HOMES,
        ("GET", "/devices/new"): FITTING,
        ("POST", "/devices"): FITTING,
        ("GET", "/devices/{device_id}"): HOMES,
        ("GET", "/devices/{device_id}/move"): FITTING,
        ("POST", "/devices/{device_id}/move"): FITTING,
        ("GET", "/devices/{device_id}/credentials"): FITTING,
        ("POST", "/devices/{device_id}/credentials"): FITTING,
        ("GET", "/devices/{device_id}/test"): FITTING,
        ("POST", "/devices/{device_id}/test"): FITTING,
        ("POST", "/devices/{device_id}/test/end"): FITTING,
        ("GET", "/devices/{device_id}/retire"): FITTING,
        ("POST", "/devices/{device_id}/retire"): FITTING,
        ("GET", f"{_API}/session"): EVERYBODY,
        ("POST", f"{_API}/session"): PUBLIC,
        ("DELETE", f"{_API}/session"): EVERYBODY,
        ("GET", f"{_API}/homes"): HOMES,
        ("POST", f"{_API}/homes"): HOUSEKEEPING,
        ("GET", f"{_API}/homes/{{home_id}}"): HOMES,
        ("PATCH", f"{_API}/homes/{{home_id}}"): HOUSEKEEPING,
        ("GET", f"{_API}/residents"): HOMES,
        ("POST", f"{_API}/residents"): CARE,
        ("GET", f"{_API}/residents/{{resident_id}}"): HOMES,
        ("PATCH", f"{_API}/residents/{{resident_id}}"): CARE,
        ("GET", f"{_API}/workers"): EVERYBODY,
        ("POST", f"{_API}/workers"): STAFF,
        ("GET", f"{_API}/workers/{{worker_id}}"): EVERYBODY,
        ("PATCH", f"{_API}/workers/{{worker_id}}"): STAFF,
        ("GET", f"{_API}/grids"): EVERYBODY,
        ("POST", f"{_API}/grids"): STAFF,
        ("GET", f"{_API}/grids/{{grid_id}}"): EVERYBODY,
        ("PATCH", f"{_API}/grids/{{grid_id}}"): STAFF,
        ("GET", f"{_API}/teams"): EVERYBODY,
        ("POST", f"{_API}/teams"): STAFF,
        ("GET", f"{_API}/teams/{{team_id}}"): EVERYBODY,
        ("PATCH", f"{_API}/teams/{{team_id}}"): STAFF,
        ("GET", f"{_API}/shifts"): EVERYBODY,
        ("POST", f"{_API}/shifts"): CARE,
        ("GET", f"{_API}/shifts/{{shift_id}}"): EVERYBODY,
        ("PATCH", f"{_API}/shifts/{{shift_id}}"): CARE,
        ("DELETE", f"{_API}/shifts/{{shift_id}}"): CARE,
        ("GET", f"{_API}/rosters"): EVERYBODY,
        ("POST", f"{_API}/rosters"): STAFF,
        ("GET", f"{_API}/rosters/{{roster_id}}"): EVERYBODY,
        ("PATCH", f"{_API}/rosters/{{roster_id}}"): STAFF,
        ("DELETE", f"{_API}/rosters/{{roster_id}}"): STAFF,
        ("GET", f"{_API}/rosters/{{roster_id}}/duties"): EVERYBODY,
        ("GET", f"{_API}/duty"): EVERYBODY,
        ("GET", f"{_API}/swaps"): EVERYBODY,
        ("POST", f"{_API}/swaps"): CARE,
        ("GET", f"{_API}/swaps/{{swap_id}}"): EVERYBODY,
        ("DELETE", f"{_API}/swaps/{{swap_id}}"): CARE,
        ("GET", f"{_API}/leaves"): CARE,
        ("POST", f"{_API}/leaves"): CARE,
        ("GET", f"{_API}/leaves/{{leave_id}}"): CARE,
        ("DELETE", f"{_API}/leaves/{{leave_id}}"): CARE,
        ("GET", f"{_API}/handovers"): CARE,
        ("POST", f"{_API}/handovers"): CARE,
        ("GET", f"{_API}/handovers/current"): CARE,
        ("GET", f"{_API}/handovers/{{handover_id}}"): CARE,
        ("GET", f"{_API}/handover-notes"): CARE,
        ("POST", f"{_API}/handover-notes"): CARE,
        ("GET", f"{_API}/users"): ADMIN,
        ("POST", f"{_API}/users"): ADMIN,
        ("GET", f"{_API}/users/{{user_id}}"): ADMIN,
        ("PATCH", f"{_API}/users/{{user_id}}"): ADMIN,
        ("GET", f"{_API}/users/{{user_id}}/sessions"): ADMIN,
        ("DELETE", f"{_API}/users/{{user_id}}/sessions"): ADMIN,
        ("POST", f"{_API}/tokens"): ADMIN,
        ("DELETE", f"{_API}/tokens/{{token_id}}"): ADMIN,
        ("GET", f"{_API}/devices"): HOMES,
        ("POST", f"{_API}/devices"): FITTING,
        ("GET", f"{_API}/devices/{{device_id}}"): HOMES,
        ("PATCH", f"{_API}/devices/{{device_id}}"): FITTING,
        ("POST", f"{_API}/devices/{{device_id}}/credentials"): FITTING,
        ("DELETE", f"{_API}/devices/{{device_id}}/credentials"): FITTING,
        ("POST", f"{_API}/devices/{{device_id}}/test-window"): FITTING,
        ("DELETE", f"{_API}/devices/{{device_id}}/test-window"): FITTING,
        ("GET", f"{_API}/events"): HOMES,
        ("POST", f"{_API}/events"): RECORDING,
        ("GET", f"{_API}/events/{{event_id}}"): HOMES,
        ("GET", f"{_API}/visits"): AROUND,
        ("POST", f"{_API}/visits"): RECORDING,
        ("GET", f"{_API}/visits/{{visit_id}}"): AROUND,
        ("GET", f"{_API}/findings"): AROUND,
        ("GET", f"{_API}/findings/{{finding_id}}"): AROUND,
        ("GET", f"{_API}/alerts"): AROUND,
        ("GET", f"{_API}/alerts/{{alert_id}}"): AROUND,
        ("POST", f"{_API}/alerts/{{alert_id}}/accept"): AROUND,
        ("POST", f"{_API}/alerts/{{alert_id}}/arrive"): AROUND,
        ("POST", f"{_API}/alerts/{{alert_id}}/close"): AROUND,
        ("POST", f"{_API}/alerts/{{alert_id}}/decline"): AROUND,
        ("POST", f"{_API}/alerts/{{alert_id}}/handover"): AROUND,
        ("POST", f"{_API}/alerts/{{alert_id}}/extend"): AROUND,
        ("POST", f"{_API}/alerts/{{alert_id}}/note"): AROUND,
        ("POST", f"{_API}/alerts/{{alert_id}}/real"): AROUND,
        ("POST", f"{_API}/replies"): MESSAGES,
        ("GET", f"{_API}/notices"): AROUND,
        ("GET", f"{_API}/notices/{{notice_id}}"): AROUND,
        ("GET", f"{_API}/attempts"): AROUND,
        ("POST", f"{_API}/receipts/{{channel}}"): PUBLIC,
        ("GET", f"{_API}/quarantine"): HOUSEKEEPING,
        ("GET", f"{_API}/quarantine/{{entry_id}}"): HOUSEKEEPING,
        ("POST", f"{_API}/quarantine/{{entry_id}}/replay"): FITTING,
        ("GET", f"{_API}/figures"): AROUND,
        ("GET", f"{_API}/figures.csv"): AROUND,
        ("GET", f"{_API}/audit"): STAFF,
        ("GET", f"{_API}/rulebooks"): EVERYBODY,
        ("GET", f"{_API}/rulebooks/{{name}}"): EVERYBODY,
        ("PUT", f"{_API}/rulebooks/{{name}}"): STAFF,
        ("POST", f"{_API}/rulebooks/{{name}}/rollback"): STAFF,
        ("GET", f"{_API}/rulebooks/{{name}}/revisions"): EVERYBODY,
        ("GET", f"{_API}/rulebooks/{{name}}/revisions/{{number}}"): EVERYBODY,
        ("GET", f"{_API}/rules"): EVERYBODY,
        ("POST", f"{_API}/rules/backtest"): STAFF,
        ("GET", f"{_API}/why"): AROUND,
        ("GET", f"{_API}/rules/{{rule_id}}/overrides"): HOMES,
        ("POST", f"{_API}/rules/{{rule_id}}/overrides"): STAFF,
        ("PATCH", f"{_API}/rules/{{rule_id}}/overrides/{{override_id}}"): STAFF,
        ("POST", f"{_API}/rules/{{rule_id}}/overrides/{{override_id}}/end"): STAFF,
        ("GET", f"{_API}/silences"): HOMES,
        ("POST", f"{_API}/silences"): SILENCING,
        ("GET", f"{_API}/silences/{{silence_id}}"): HOMES,
        ("PATCH", f"{_API}/silences/{{silence_id}}"): SILENCING,
        ("DELETE", f"{_API}/silences/{{silence_id}}"): SILENCING,
        ("GET", f"{_API}/stream"): AROUND,
        ("POST", f"{_API}/clock"): STAFF,
    }
)

ONLY_WHERE_OFFERED = frozenset(
    {
        ("POST", f"{_API}/clock"),
        ("POST", f"{_API}/quarantine/{{entry_id}}/replay"),
        ("POST", f"{_API}/rules/backtest"),
    }
)
"""Rows whose route exists only where the wiring hands in what it needs."""

SEES_FIGURES_OF_OTHERS = frozenset({Role.MANAGER})
"""Who sees the figures of each person by name; everybody else sees their own."""
SEES_ADDRESSES = frozenset({Role.MANAGER, Role.ADMIN})
"""Who sees the addresses at which others are reached; everybody else sees them masked."""
