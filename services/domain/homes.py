"""Homes and grids: where people live, and which part of the community looks after it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Home:
    """A household: residents live in it, devices stand in one of its places."""

    id: str
    address: str = ""
    key_place: str | None = None
    phone: str | None = None
    grid_id: str | None = None
    neighbour_id: str | None = None
    """The worker (role neighbour) who answers for this home: often ten minutes closer than anybody with a
    badge.
    """
    places: tuple[str, ...] = ()
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid (网格): the homes that one set of grid workers knows."""

    id: str
    name: str
    team_id: str | None = None
    neighbouring_ids: tuple[str, ...] = ()
    """Grids whose people are asked when a duty desk stays silent."""
