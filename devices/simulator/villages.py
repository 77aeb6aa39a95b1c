"""A community in one line of a scenario: `community: {homes: 71}` stands for so many homes with the people in
them, how they live, and who answers for them.

It makes entries of the very grammar that a file may write out, and what the file itself says of a name stays
as it is. Nobody here is anybody: names are put together by number, and one seed gives the same community.
"""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from pydantic import ValidationError

from devices.simulator.form import Community
from notation.values import Json

GRID_OF = 9
"""Homes that one grid worker looks after, as in a county of scattered villages (assumption)."""
NEIGHBOURS_OF = 3
"""Homes that one neighbour looks after; FIELD has ten, which is a lane in a town (assumption)."""
HABITS = {"steady": 60, "early_riser": 14, "night_owl": 8, "restless": 8, "often_away": 6, "frail": 4}
"""Of a hundred people, how many live so (assumption)."""
TWO_IN_A_HOME = 0.1
NEIGHBOURS_WHO_ANSWER = 0.5

_GIVEN = ("尼玛", "达瓦", "次仁", "卓玛", "扎西", "央金", "平措", "白玛", "格桑", "旺姆", "多吉", "曲珍")
_SECOND = ("措姆", "顿珠", "拉姆", "群培", "罗布", "德吉", "欧珠", "玉珍", "加措", "仁青", "桑姆", "朗杰")
_SHORT = {"bed_sensor": "mat", "call_button": "button"}

EARLY = "early_riser"

Entry = dict[str, Any]


def expanded(content: Entry) -> Entry:
    """A scenario's content with its `community:` written out; as it is where that says nothing or is of
    another form, which whoever checks the form will say.
    """
    try:
        community = Community.model_validate(content.get("community"))
    except ValidationError:
        return content
    said = {name: value for name, value in content.items() if name != "community"}
    made = written_out(community)
    for part, entries in made.items():
        own = said.get(part)
        if own is None or isinstance(own, dict):
            said[part] = {**entries, **(own or {})}
    told = said.get("timeline")
    if told is None or isinstance(told, list):
        said["timeline"] = [*_overrides(made["cast"], content.get("starts") or "00:00"), *(told or [])]
    return said


def _overrides(cast: Entry, starts: Json) -> Iterator[Entry]:
    """What the care team has learned: whoever is up for good before it is day is not fetched back to bed."""
    for name, resident in cast.items():
        if isinstance(resident, dict) and resident["life"]["habit"] == EARLY:
            yield {"at": starts, "override": "out-of-bed-at-night", "resident": name, "set": {"for": "120m"}}


def written_out(community: Community) -> dict[str, Entry]:
    """`homes`, `workers` and `cast` of a community."""
    homes: Entry = {}
    cast: Entry = {}
    for number in range(1, community.homes + 1):
        dice = Random(f"{community.seed}/community/home-{number}")
        home, neighbour = f"home-{number}", (number - 1) // NEIGHBOURS_OF + 1
        homes[home] = {
            "address": f"雪松巷 {number} 号",
            "places": ["bedroom", "bathroom", "door"],
            "neighbour": f"neighbour-{neighbour}",
        }
        people = 2 if dice.random() < TWO_IN_A_HOME else 1
        for place in range(people):
            name = f"elder-{number}{'b' * place}"
            cast[name] = _resident(community, dice, name, number, place) | {
                "home": home,
                "tags": ["living_alone"] if people == 1 else [],
            }
    return {"homes": homes, "workers": dict(_workers(community)), "cast": cast}


def _resident(community: Community, dice: Random, name: str, number: int, place: int) -> Entry:
    grid, grids = (number - 1) // GRID_OF + 1, -(-community.homes // GRID_OF)
    life: Entry = {"habit": _one_of(dice, HABITS)}
    if community.vitals_every is not None:
        life["vitals_every"] = community.vitals_every
    return {
        "called": _called(2 * number + place),
        "worker": f"grid-{grid}",
        "backup": f"grid-{grid % grids + 1}" if grids > 1 else None,
        "life": life,
        "devices": {f"{name}-{_short(each)}": each for each in community.devices},
    }


def _workers(community: Community) -> Iterator[tuple[str, Entry]]:
    """Grid workers come, half of the neighbours do, and the desk hands on what is left."""
    for number in range(1, -(-community.homes // GRID_OF) + 1):
        dice = Random(f"{community.seed}/community/grid-{number}")
        yield f"grid-{number}", _worker(dice, f"网格员{number}", "grid_worker", (25, 110), (6, 18))
    for number in range(1, -(-community.homes // NEIGHBOURS_OF) + 1):
        dice = Random(f"{community.seed}/community/neighbour-{number}")
        name, called = f"neighbour-{number}", f"邻居{number}"
        if dice.random() < NEIGHBOURS_WHO_ANSWER:
            yield name, _worker(dice, called, "neighbour", (40, 100), (2, 6))
        else:
            yield name, {"called": called, "role": "neighbour", "answers": "never"}
    dice = Random(f"{community.seed}/community/desk")
    yield "desk", _worker(dice, "值班台", "duty_desk", (20, 60), (15, 30))
    yield "technician", _worker(dice, "技术员", "technician", (600, 1800), (60, 200))


def _worker(
    dice: Random, called: str, role: str, seconds: tuple[int, int], minutes: tuple[int, int]
) -> Entry:
    after, arrives, closes = dice.randint(*seconds), dice.randint(*minutes), dice.randint(5, 20)
    answers = [
        f"accepts after {after}s",
        f"arrives after {arrives}m",
        f"closes after {closes}m as helped",
    ]
    return {"called": called, "role": role, "answers": answers}


def _called(number: int) -> str:
    first, second = divmod(number, len(_GIVEN))
    again = first // len(_SECOND)
    return f"{_GIVEN[second]}{_SECOND[first % len(_SECOND)]}" + (f"{again + 1}" if again else "")


def _one_of(dice: Random, shares: Mapping[str, int]) -> str:
    return dice.choices(list(shares), weights=list(shares.values()))[0]


def _short(type_: str) -> str:
    return _SHORT.get(type_, type_.partition("_")[0])
