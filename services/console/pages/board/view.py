"""The view: what the board shows, gathered from one moment of the store with a fixed number of questions, and
filtered for whoever looks.

A filter narrows the tiles alone: nobody can filter an alert away. Nobody is left out in silence: whoever is
not on the page is counted on it, and only who is well protected is ever folded into a number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.console.callers import Caller
from services.console.pages.alerts.owners import Owners, calls_by_alert, owners_of
from services.console.pages.alerts.subjects import called, is_of_the_house
from services.console.pages.due import is_later
from services.console.pages.names import Names, Nobody
from services.console.pages.rosters.view import Present, on_board
from services.console.parts import Console
from services.console.protections import Watch
from services.console.rights import Sees
from services.console.sight import Sight, every
from services.domain.alerts import Alert, AlertState
from services.domain.devices import Device
from services.domain.findings import Severity
from services.domain.homes import Home
from services.domain.notices import Notice
from services.domain.people import Resident, Team
from services.domain.ports import UnitOfWork
from services.domain.protection import Protection, ProtectionState
from services.domain.self_watch import PressState
from services.domain.silences import Silence

MOST_CALM = 1000
"""Tiles of protected people on a page that shows all grids; with more than these each grid says how many of
them it has instead, and shows them when it is chosen.
"""
WAY_TRIED_WITHIN = timedelta(minutes=10)
"""Where the house's own button was not pressed for so long, nobody tries the way."""
WAY_BROKEN_AFTER = timedelta(minutes=2)
"""As long as the house may take to say outside that the way is broken."""
NO_GRID = "none"
"""The value of the filter for those whose home is in no grid."""

_WAITS = {AlertState.OPEN: 0, AlertState.ACCEPTED: 1, AlertState.ARRIVED: 2}
_TILES = {ProtectionState.ALERT: 0, ProtectionState.UNPROTECTED: 1, ProtectionState.PROTECTED: 2}


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the tiles somebody wants to see; None: all."""

    grid: str | None = None
    state: ProtectionState | None = None

    def takes(self, tile: Tile) -> bool:
        return self.takes_grid(tile.grid_id) and self.state in (None, tile.state)

    def takes_grid(self, grid_id: str) -> bool:
        return self.grid in (None, grid_id)


@dataclass(frozen=True, slots=True)
class Card:
    """One running alert."""

    alert: Alert
    who: str | Nobody
    address: str
    phone: str | None
    key_place: str | None
    told: tuple[Owners, ...]
    of_the_house: bool
    """There is nobody to go to."""
    holder: str | Nobody | None
    reports: int
    is_mine: bool
    i_declined: bool
    """Who looks said that they cannot go, and others are asked."""

    @property
    def waits(self) -> bool:
        """Somebody has to say: I have it."""
        return self.alert.state is AlertState.OPEN or self.alert.is_pressed_again

    @property
    def is_grave(self) -> bool:
        """Somebody is to go; the lighter ones wait for the day."""
        return self.alert.severity in {Severity.HIGH, Severity.MEDIUM}


@dataclass(frozen=True, slots=True)
class Tile:
    """One resident; ``card`` is the gravest of their running alerts."""

    resident: Resident
    grid_id: str
    address: str
    protection: Protection
    owner: str | Nobody | None
    card: Card | None
    silenced_until: datetime | None = None
    """Alerts here are silenced until then: it looks quiet and need not be."""
    is_overdue: bool = False
    """Away, and not back when expected."""

    @property
    def state(self) -> ProtectionState:
        return self.protection.state

    @property
    def is_calm(self) -> bool:
        """Protected, with nothing that hides what may be going on: only such are folded into a number."""
        return self.state is ProtectionState.PROTECTED and self.silenced_until is None and not self.is_overdue


@dataclass(frozen=True, slots=True)
class Part:
    """The residents of one grid; those of none have no name. ``folded`` are protected and not shown one by
    one.
    """

    grid_id: str
    name: str | None
    tiles: tuple[Tile, ...]
    folded: int


@dataclass(frozen=True, slots=True)
class Way:
    """When the house's own press came back last, and whether that is long enough ago to be a fault."""

    last_at: datetime | None
    is_broken: bool


@dataclass(frozen=True, slots=True)
class View:
    """All of the page."""

    now: datetime
    after: int
    chosen: Filter
    cards: tuple[Card, ...]
    parts: tuple[Part, ...]
    grids: tuple[tuple[str, str | None], ...]
    counts: Mapping[ProtectionState, int]
    """Of the chosen grid."""
    everybody: int
    duty: tuple[Present, ...]
    """Who is on duty now and next, a team each."""
    left_out: int
    """Whom the filter leaves out."""
    way: Way | None = None
    """Whether a press would reach anybody now; None where nobody tries."""
    silenced: int = 0
    """Homes and devices whose alerts are silenced now, as far as the caller sees them."""
    unfolded: tuple[Alert, ...] = ()
    """Of these it shows what only whoever goes has to know."""

    def is_later(self, alert: Alert) -> bool:
        """Its countdown may be small."""
        return is_later(alert, self.now)

    @property
    def waiting(self) -> int:
        """Alerts that nobody has."""
        return sum(card.waits for card in self.cards)


def look(uow: UnitOfWork, parts: Console, who: Caller, chosen: Filter) -> View:
    """What this caller sees now."""
    now = parts.clock.now()
    sight = Sight(uow, who)
    filters = {"state": "running", "synthetic": False}
    running = sight.alerts(every(lambda after, limit: uow.alerts.page_in_brief(filters, after, limit)))
    register = _register(uow, who, sight, running)
    watch = Watch(uow, parts, now, devices=register.devices.values())
    names = Names(watch.workers)
    teams = {team.id: team for team in watch.teams}
    makes = _Cards(register, names, teams, calls_by_alert(uow, running), who, sight)
    cards = [makes.one(alert) for alert in sorted(running, key=_urgency)]
    grids = {grid.id: grid.name for grid in watch.grids}
    silences = [each for each in uow.silences.running() if sight.place(each.resident_id, each.home_id)]
    tiles = _tiles(watch, register, names, cards, grids, (silences, now))
    in_grid = [tile for tile in tiles if chosen.takes_grid(tile.grid_id)]
    shown = [tile for tile in in_grid if chosen.takes(tile)]
    return View(
        now=now,
        after=uow.alerts.last_change(),
        chosen=chosen,
        cards=tuple(cards),
        parts=_by_grid(shown, grids, fold=chosen.grid is None and _calm(shown) > MOST_CALM),
        grids=_choices(tiles, grids, chosen),
        counts={state: sum(tile.state is state for tile in in_grid) for state in ProtectionState},
        everybody=len(tiles),
        duty=on_board(watch, who, now),
        left_out=len(tiles) - len(shown),
        way=_way(uow, now),
        silenced=sum(each.holds(now) and not each.synthetic for each in silences),
        unfolded=tuple(sight.unfolded.values()),
    )


def _way(uow: UnitOfWork, now: datetime) -> Way | None:
    newest, back = uow.self_watch.newest(), uow.self_watch.last_back()
    if newest is None or now - newest.pressed_at > WAY_TRIED_WITHIN:
        return None
    last_at = back.told_at if back is not None else None
    is_late = now - (last_at or now) > WAY_BROKEN_AFTER
    return Way(last_at, newest.state is not PressState.BACK and (last_at is None or is_late))


@dataclass(frozen=True, slots=True)
class _Register:
    """Who and what the page may need, by id; ``people`` are those who get a tile."""

    people: Sequence[Resident]
    residents: Mapping[str, Resident]
    homes: Mapping[str, Home]
    devices: Mapping[str, Device]


def _register(uow: UnitOfWork, who: Caller, sight: Sight, running: Sequence[Alert]) -> _Register:
    """All there is for who sees all; else what lies around the caller and what the alerts name."""
    if who.sees is Sees.ALL:
        residents, homes, devices = uow.residents.all(), uow.homes.all(), uow.devices.all()
        around = residents
    else:
        named = {alert.resident_id for alert in running if alert.resident_id}
        near = {each.id: each for each in sight.residents}
        around = list(near.values())
        residents = [*around, *uow.residents.having("id", named - near.keys())]
        home_ids = {each.home_id for each in residents} | {each.home_id or "" for each in running}
        homes = uow.homes.having("id", home_ids)
        own = uow.devices.having("resident_id", near)
        told = uow.devices.having("id", {alert.device_id for alert in running if alert.device_id})
        at_home = uow.devices.having("home_id", home_ids)
        devices = list({each.id: each for each in (*own, *at_home, *told)}.values())
    return _Register(
        [each for each in around if not each.synthetic and each.left_at is None],
        {each.id: each for each in residents},
        {each.id: each for each in homes},
        {each.id: each for each in devices},
    )


def _urgency(alert: Alert) -> tuple[object, ...]:
    """The graver before the lighter, who waits for help before who has it coming, the longer before the
    newer.
    """
    waits = 0 if alert.is_pressed_again else _WAITS.get(alert.state, 3)
    return (-alert.severity.rank, waits, alert.opened_at, alert.number)


@dataclass(frozen=True, slots=True)
class _Cards:
    """Makes the cards of running alerts of what was read for all of them."""

    register: _Register
    names: Names
    teams: Mapping[str, Team]
    calls: Mapping[str, Sequence[Notice]]
    who: Caller
    sight: Sight

    def one(self, alert: Alert) -> Card:
        register, names, me = self.register, self.names, self.who.worker_id
        resident = register.residents.get(alert.resident_id or "")
        home = register.homes.get((resident.home_id if resident else alert.home_id) or "")
        device = register.devices.get(alert.device_id or "")
        where = (home.address if home else None, device.place if device else None)
        label = device.external_id if device else None
        return Card(
            alert=alert,
            who=resident.name if resident else called(alert, label, self.teams.get),
            address=" ".join(part for part in where if part),
            phone=(resident.phone if resident else None) or (home.phone if home else None),
            key_place=home.key_place if home and home.key_place and self.sight.unfolds(alert) else None,
            told=owners_of(alert, self.calls.get(alert.id, ()), names),
            of_the_house=is_of_the_house(alert),
            holder=names.of(alert.accepted_by) if alert.accepted_by else None,
            reports=alert.fact_count,
            is_mine=me is not None and alert.accepted_by == me,
            i_declined=alert.state is AlertState.OPEN and me in alert.declined_by,
        )


def _tiles(
    watch: Watch,
    register: _Register,
    names: Names,
    cards: Iterable[Card],
    grids: Mapping[str, str],
    silenced: tuple[Sequence[Silence], datetime],
) -> list[Tile]:
    """Whoever needs something comes first, the longest in care first among equals."""
    silences, now = silenced
    until = {
        each.resident_id: each.until
        for each in sorted(silences, key=lambda each: each.until)
        if each.holds(now) and each.device_id is None
    }
    overdue = {each.resident_id for each in silences if each.is_overdue}
    own: dict[str, list[Card]] = defaultdict(list)
    for card in cards:
        own[card.alert.resident_id or ""].append(card)
    tiles = []
    for resident in register.people:
        mine = own.get(resident.id, [])
        protection = watch.protection(resident, [card.alert for card in mine])
        home = register.homes.get(resident.home_id)
        grid_id = home.grid_id if home else None
        tiles.append(
            Tile(
                resident,
                grid_id if grid_id in grids and grid_id else NO_GRID,
                home.address if home else "",
                protection,
                names.of(protection.owner_id) if protection.owner_id else None,
                mine[0] if mine else None,
                until.get(resident.id),
                resident.id in overdue,
            )
        )
    return sorted(tiles, key=lambda tile: (_TILES[tile.state], tile.is_calm))


def _calm(tiles: Iterable[Tile]) -> int:
    return sum(tile.is_calm for tile in tiles)


def _by_grid(tiles: Iterable[Tile], grids: Mapping[str, str], *, fold: bool) -> tuple[Part, ...]:
    found: dict[str, list[Tile]] = {grid_id: [] for grid_id in (*grids, NO_GRID)}
    for tile in tiles:
        found[tile.grid_id].append(tile)
    parts = []
    for grid_id, own in found.items():
        shown = [tile for tile in own if not fold or not tile.is_calm]
        if own:
            parts.append(Part(grid_id, grids.get(grid_id), tuple(shown), len(own) - len(shown)))
    return tuple(parts)


def _choices(
    tiles: Iterable[Tile], grids: Mapping[str, str], chosen: Filter
) -> tuple[tuple[str, str | None], ...]:
    """The grids that can be chosen: those where somebody lives, and the one that is chosen now."""
    lived_in = {tile.grid_id for tile in tiles} | {chosen.grid}
    choices = [(grid_id, name) for grid_id, name in grids.items() if grid_id in lived_in]
    return (*choices, *(((NO_GRID, None),) if NO_GRID in lived_in else ()))
