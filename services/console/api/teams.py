"""Teams: care teams, on which grids and rosters hang."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter

from services.console.api.fields import Name, PathId, Shape, changes_of, unset
from services.console.api.lists import Listed, Part, listed
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import documented, not_found
from services.console.writing import note, write
from services.domain.people import Team
from services.domain.ports import UnitOfWork

router = APIRouter(prefix="/api/v1/teams", tags=["teams"], route_class=GuardedRoute)


class NewTeam(Shape):
    """A care team."""

    name: Name


class TeamChanges(Shape):
    """The changed fields of a team."""

    name: Name = unset()


class TeamShape(Shape):
    """A care team."""

    id: str
    name: str


@router.get("")
def list_teams(parts: Parts, part: Part) -> Listed[TeamShape]:
    with parts.store.reading() as uow:
        return listed(uow.teams.page, {}, part, TeamShape.model_validate)


@router.post("", status_code=201)
def create_team(parts: Parts, who: Who, body: NewTeam) -> TeamShape:
    def work(uow: UnitOfWork) -> Team:
        team = uow.teams.add(Team(parts.new_id("tea"), body.name))
        note(uow, parts, who, "team.created", ("team", team.id))
        return team

    return TeamShape.model_validate(write(parts, work))


@router.get("/{team_id}")
def read_team(parts: Parts, team_id: PathId) -> TeamShape:
    with parts.store.reading() as uow:
        team = uow.teams.get(team_id)
        if team is None:
            raise not_found("team")
        return TeamShape.model_validate(team)


@router.patch("/{team_id}", responses=documented(409))
def change_team(parts: Parts, who: Who, team_id: PathId, body: TeamChanges) -> TeamShape:
    def work(uow: UnitOfWork) -> Team:
        before = uow.teams.get(team_id)
        if before is None:
            raise not_found("team")
        team = uow.teams.save(replace(before, **changes_of(body)))
        note(uow, parts, who, "team.changed", ("team", team.id), ", ".join(sorted(body.model_fields_set)))
        return team

    return TeamShape.model_validate(write(parts, work))
