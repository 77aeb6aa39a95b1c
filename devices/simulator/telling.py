"""From a scenario of good form to what happens in it, instant by instant, and what must come of it.

Who is named must be there, who does something must have the device for it, and a story must be able to fail.
What is left out is filled in where the story leaves no doubt; where it does, that is a fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from pydantic import ValidationError

from devices.simulator import form, playable
from devices.simulator.lives.form import Life, life_of
from devices.simulator.residing import check_residents, steps_of_residents
from devices.simulator.scenario import Cast, Device, Grid, Home, Resident, Scenario, Worker
from devices.simulator.scene import MIDNIGHT, LineOf, Scene, home_of
from devices.simulator.sentences import parse_answers
from devices.simulator.timeline import steps_of
from devices.simulator.wishes import wishes_of
from notation.faults import nearest_of, shown_value
from notation.forms import Amiss
from notation.times import zone_named
from notation.walls import instant_of


def tell(told: form.ScenarioFile, line_of: LineOf, file: str) -> Scenario | list[Amiss]:
    """The scenario, or all that is wrong with it."""
    scene = Scene(told, line_of)
    cast = Cast(tuple(_homes(scene)), tuple(_workers(scene)), tuple(_residents(scene)), tuple(_grids(scene)))
    _put_up_devices(scene)
    _check_names(scene)
    said_start = scene.instant("starts", told.starts, scene.only()) if told.starts else None
    steps = steps_of(scene, said_start)
    first = steps[0].at if steps else instant_of(scene.first_day, MIDNIGHT, scene.zone)
    starts_at = said_start or first
    ends_at = scene.instant("until", told.until, scene.only())
    last = steps[-1].at if steps else starts_at
    if ends_at <= starts_at or ends_at < last:
        scene.complain(
            "until", shown_value(told.until), "a time after all that happens; the next day is +1 day"
        )
    if not told.title.by_language:
        scene.complain("title", "no language", "the sentence in one of en, zh-CN, bo")
    check_residents(scene, cast.residents, steps, starts_at, ends_at)
    steps = sorted([*steps_of_residents(cast.residents, starts_at), *steps], key=lambda each: each.at)
    wishes = wishes_of(scene, starts_at, ends_at)
    if not wishes:
        scene.complain(
            "expect", "nothing", "something that must or must not come of it, else it proves nothing"
        )
    if scene.amiss:
        return scene.amiss
    return Scenario(
        scenario=told.scenario,
        titles=told.title.by_language,
        timezone=scene.zone,
        starts_at=starts_at,
        ends_at=ends_at,
        first_day=scene.first_day,
        cast=cast,
        devices=tuple(scene.devices.values()),
        steps=tuple(steps),
        wishes=tuple(wishes),
        file=file,
    )


def _homes(scene: Scene) -> Iterator[Home]:
    told = scene.told
    for name, each in told.homes.items():
        scene.known(f"homes.{name}.neighbour", each.neighbour, "one of the workers", told.workers)
        zone = zone_named(each.timezone) if each.timezone else None
        scene.known(f"homes.{name}.grid", each.grid, "one of the grids", told.grids)
        yield Home(name, each.address, tuple(each.places), each.neighbour, zone, each.grid)
    for name, resident in scene.cast.items():
        if resident.home is None and home_of(name, resident) not in told.homes:
            yield Home(home_of(name, resident))


def _workers(scene: Scene) -> Iterator[Worker]:
    for name, each in scene.told.workers.items():
        answers = parse_answers(each.answers)
        for answer in answers:
            others = [other for other in scene.told.workers if other != name]
            scene.known(f"workers.{name}.answers", answer.to, "one of the other workers", others)
        scene.known(f"workers.{name}.grid", each.grid, "one of the grids", scene.told.grids)
        yield Worker(
            name,
            each.called or name,
            each.role,
            answers,
            tuple(each.channels),
            each.language,
            each.grid,
            each.telephone == "off",
        )


def _grids(scene: Scene) -> Iterator[Grid]:
    grids = scene.told.grids
    for name, each in grids.items():
        for number, beside in enumerate(each.beside, start=1):
            scene.known(f"grids.{name}.beside[{number}]", beside, "one of the grids", grids)
        yield Grid(name, tuple(each.beside))


def _life(scene: Scene, field: str, said: Any) -> Life | None:
    """A life by its habit or by its keys; each fault of it is said."""
    if said is None:
        return None
    try:
        return life_of(said)
    except ValidationError as error:
        for fault in error.errors():
            part = "".join(f"[{each + 1}]" if isinstance(each, int) else f".{each}" for each in fault["loc"])
            if fault["type"] == "extra_forbidden":
                scene.unknown(field + part, str(fault["loc"][-1]), "a key of a life", Life.model_fields)
                continue
            expected = str(fault["msg"]).removeprefix("Value error, ").removeprefix("expected ")
            scene.complain(field + part, shown_value(fault["input"]), expected)
        return None


def _residents(scene: Scene) -> Iterator[Resident]:
    told = scene.told
    for name, each in scene.cast.items():
        field = f"cast.{name}"
        scene.known(f"{field}.home", each.home, "one of the homes", told.homes)
        scene.known(f"{field}.worker", each.worker, "one of the workers", told.workers)
        scene.known(f"{field}.backup", each.backup, "one of the workers", told.workers)
        yield Resident(
            name=name,
            called=each.called or name,
            home=home_of(name, each),
            worker=each.worker,
            backup=each.backup,
            tags=tuple(each.tags),
            timezone=scene.zones[name],
            enrolled_at=scene.instant(f"{field}.enrolled", each.enrolled, name) if each.enrolled else None,
            left_at=scene.instant(f"{field}.left", each.left, name) if each.left else None,
            birth_date=date.fromisoformat(each.birth_date) if each.birth_date else None,
            life=_life(scene, f"{field}.life", each.life),
        )


def _put_up_devices(scene: Scene) -> None:
    for name, each in scene.told.devices.items():
        homes = {*scene.told.homes, *(home_of(who, resident) for who, resident in scene.cast.items())}
        home = each.home or (next(iter(homes)) if len(homes) == 1 else None)
        if home is None:
            scene.complain(f"devices.{name}.home", "nothing", "one of the homes")
        scene.known(f"devices.{name}.home", each.home, "one of the homes", homes)
        _put_up(scene, f"devices.{name}", name, each, home or "", None)
    for resident, told in scene.cast.items():
        for name, each in told.devices.items():
            field = f"cast.{resident}.devices.{name}"
            if name in scene.devices:
                scene.complain(field, "the device a second time", "another name")
            _put_up(scene, field, name, each, each.home or home_of(resident, told), resident)
    for name, device in scene.devices.items():
        gateways = {each.name for each in scene.devices.values() if each.type == "gateway"}
        scene.known(f"devices.{name}.gateway", device.gateway, "one of the gateways", gateways)


def _put_up(scene: Scene, field: str, name: str, told: form.Device, home: str, resident: str | None) -> None:
    if told.ecosystem not in playable.ECOSYSTEMS:
        expected = f"an ecosystem that can be played: {_list(playable.ECOSYSTEMS)}"
        nearest = nearest_of(told.ecosystem, playable.ECOSYSTEMS)
        scene.complain(f"{field}.ecosystem", repr(told.ecosystem), expected, nearest)
    scene.devices[name] = Device(name, told.type, home, told.place, resident, told.ecosystem, told.gateway)


def _check_names(scene: Scene) -> None:
    seen: dict[str, str] = {}
    parts = (("cast", scene.cast), ("homes", scene.told.homes), ("workers", scene.told.workers))
    for part, names in (*parts, ("devices", scene.devices)):
        for name in names:
            if name in seen:
                scene.complain(
                    f"{part}.{name}", f"a name that stands in {seen[name]} as well", "a name of its own"
                )
            if name == form.ANYBODY:
                scene.complain(f"{part}.{name}", "the word for everybody", "a name")
            seen[name] = part


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
