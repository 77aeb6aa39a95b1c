"""The demo community: 71 homes in 6 grids with the people who look after them, all of them invented.

Made once in an empty data folder, through the same ports as everything else, and refused where a real
resident is enrolled. The logins get one new password at every start.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.events import Event, Origin
from services.domain.homes import Grid, Home
from services.domain.identity import derived_id
from services.domain.instants import format_instant, local, start_of_day
from services.domain.people import Contact, Language, Resident, Role, Team, User, Worker
from services.domain.ports import Store, Topic, UnitOfWork
from services.domain.register import device_fact, resident_fact
from services.wiring.demo_nights import nights

MARK = "community"
"""A file in the data folder that says that all its people are invented: ``demo`` or ``simulated``."""

DEMO = "demo"

USERS: dict[str, tuple[Role, str | None]] = {
    "desk": (Role.DUTY_DESK, "desk-1"),
    "grid": (Role.GRID_WORKER, "grid-1"),
    "neighbour": (Role.NEIGHBOUR, "neighbour-1"),
    "tech": (Role.TECHNICIAN, "tech-1"),
    "manager": (Role.MANAGER, "manager-1"),
    "admin": (Role.ADMIN, None),
}

GRIDS = ("雪松", "河湾", "桃林", "石桥", "云杉", "南坡")
HOMES = 71
COUPLES = (8, 29, 52)
"""Homes (by number) in which two people live."""
FIRST_NAMES = (
    "白玛",
    "次旺",
    "德央",
    "格桑",
    "嘉措",
    "康珠",
    "朗杰",
    "美朵",
    "尼玛",
    "平措",
    "曲珍",
    "仁青",
    "索朗",
    "吾金",
    "央金",
    "珠扎",
)
SECOND_NAMES = (
    "桑布",
    "罗追",
    "绕登",
    "措姆",
    "边久",
    "贡布",
    "江白",
    "雍措",
    "次姆",
    "达瓦",
    "晋美",
    "旺堆",
)
TAGS = ("独居", "空巢", "失能", "残疾", "高龄", "低保", "特困", "留守")


class RealResidents(Exception):
    """The data folder holds residents who are not of the demo; the demo community is not put among them."""


@dataclass(frozen=True, slots=True)
class DemoLogins:
    """The demo's logins and their one password, shown once at each start."""

    users: tuple[str, ...]
    password: str


def is_invented(data_dir: Path) -> bool:
    """Whether everybody in a data folder is invented."""
    return (data_dir / MARK).exists()


def logins_of(data_dir: Path) -> Mapping[str, Role]:
    """The names of the demo's logins and their roles, where the data folder is a demo's."""
    mark = data_dir / MARK
    if not mark.exists() or mark.read_text(encoding="ascii").strip() != DEMO:
        return {}
    return {name: role for name, (role, _) in USERS.items()}


def mark_as_invented(data_dir: Path, word: str) -> None:
    """Note that everybody in this data folder is invented."""
    (data_dir / MARK).write_text(word + "\n", encoding="ascii")


def prepare_demo(
    store: Store, data_dir: Path, now: datetime, zone: ZoneInfo, hash_password: Callable[[str], str]
) -> DemoLogins:
    """Make the demo community if it is not there yet, and new passwords for its logins."""
    password = secrets.token_urlsafe(9)
    hashed = hash_password(password)
    with store.writing() as uow:
        if not is_invented(data_dir):
            if uow.residents.page({"synthetic": False}, after=0, limit=1).items:
                raise RealResidents(
                    "residents are enrolled here who are not of the demo; choose another --data-dir"
                )
            _make_community(uow, now, zone)
        for username, (role, worker) in USERS.items():
            user = User(f"usr_demo_{username}", username, role, hashed, worker and _worker_id(worker))
            if uow.users.get(user.id) is None:
                uow.users.add(user)
            else:
                uow.users.save(user)
                uow.access.end_sessions_of(user.id)
        uow.wake_after(Topic.EVENTS)
    mark_as_invented(data_dir, DEMO)
    return DemoLogins(tuple(USERS), password)


def _make_community(uow: UnitOfWork, now: datetime, zone: ZoneInfo) -> None:
    dice = Random(20250723)  # noqa: S311 - invented people need dice, not cryptography
    for team in (Team("team_demo_east", "东片护理队"), Team("team_demo_west", "西片护理队")):
        uow.teams.add(team)
    for grid in _grids():
        uow.grids.add(grid)
    for worker in _workers():
        uow.workers.add(worker)
    enrolled_at = start_of_day(local(now, zone).date().replace(day=1), zone)
    names = [first + second for first in FIRST_NAMES for second in SECOND_NAMES]
    dice.shuffle(names)
    facts: list[Event] = []
    for number in range(1, HOMES + 1):
        home = _home(number)
        uow.homes.add(home)
        for resident in _residents(number, home, enrolled_at, names, dice):
            uow.residents.add(resident)
            facts.append(resident_fact("resident.enrolled", resident, enrolled_at, "demo", zone.key))
            button, bed = _devices(resident, now)
            slept = list(nights(bed, enrolled_at, now, zone))
            if slept:
                bed = replace(
                    bed, registered_at=enrolled_at, state=DeviceState.LIVE, last_seen_at=slept[-1].occurred_at
                )
            for device in (button, bed):
                uow.devices.add(device)
                registered_at = device.registered_at or now
                facts.append(device_fact("device.registered", device, registered_at, "demo"))
            facts.extend(slept)
            facts.extend(_visits(resident, enrolled_at, now, dice))
    uow.events.append(sorted(facts, key=lambda event: event.received_at))


def _worker_id(name: str) -> str:
    return f"wrk_demo_{name}"


def _grids() -> Iterator[Grid]:
    for index, name in enumerate(GRIDS):
        around = ((index - 1) % len(GRIDS), (index + 1) % len(GRIDS))
        yield Grid(
            f"grid_demo_{index + 1}",
            f"{name}网格",
            "team_demo_east" if index < len(GRIDS) // 2 else "team_demo_west",
            tuple(f"grid_demo_{other + 1}" for other in around),
        )


def _workers() -> Iterator[Worker]:
    def worker(
        name: str, shown: str, role: Role, team: str | None = None, grids: tuple[str, ...] = ()
    ) -> Worker:
        language = Language.BO if name in ("grid-3", "neighbour-3") else Language.ZH_CN
        return Worker(_worker_id(name), shown, role, language, team, grids)

    for index in range(len(GRIDS)):
        team = "team_demo_east" if index < len(GRIDS) // 2 else "team_demo_west"
        grid = (f"grid_demo_{index + 1}",)
        yield worker(
            f"grid-{index + 1}",
            f"{SECOND_NAMES[index]}·{FIRST_NAMES[-index - 1]}",
            Role.GRID_WORKER,
            team,
            grid,
        )
        yield worker(
            f"neighbour-{index + 1}",
            f"{SECOND_NAMES[-index - 1]}·{FIRST_NAMES[index]}",
            Role.NEIGHBOUR,
            None,
            grid,
        )
    for index, team in enumerate(("team_demo_east", "team_demo_west")):
        yield worker(f"care-{index + 1}", ("护理员绕登", "护理员措姆")[index], Role.CAREGIVER, team)
        yield worker(f"desk-{index + 1}", ("值班台甲", "值班台乙")[index], Role.DUTY_DESK)
    yield worker("tech-1", "技术员晋美", Role.TECHNICIAN)
    yield worker("manager-1", "主任雍措", Role.MANAGER)


def _home(number: int) -> Home:
    grid = (number - 1) * len(GRIDS) // HOMES + 1
    return Home(
        id=f"home_demo_{number:02}",
        address=f"{GRIDS[grid - 1]}村{number}号",
        key_place="门框上方" if number % 3 else "邻居处",
        phone=_telephone(number),
        grid_id=f"grid_demo_{grid}",
        neighbour_id=_worker_id(f"neighbour-{grid}"),
        places=("卧室", "卫生间", "客厅"),
    )


def _telephone(home: int, whose: int = 0) -> str:
    """A number that rings at nobody's: no Chinese number begins with 000."""
    return f"000-{home:04}-{whose:04}"


def _residents(
    number: int, home: Home, enrolled_at: datetime, names: list[str], dice: Random
) -> Iterator[Resident]:
    grid = int((home.grid_id or "_1").rpartition("_")[2])
    couple = number in COUPLES
    for place in range(2 if couple else 1):
        tags = {"独居"} if not couple else {"空巢"}
        tags |= set(dice.sample(TAGS[2:], k=dice.randint(1, 2)))
        name = names.pop()
        yield Resident(
            id=f"res_demo_{number:02}{'ab'[place] if couple else ''}",
            home_id=home.id,
            name=name,
            enrolled_at=enrolled_at,
            birth_date=date(dice.randint(1933, 1955), dice.randint(1, 12), dice.randint(1, 28)),
            tags=tuple(sorted(tags)),
            language=Language.BO if number % 4 == 0 else Language.ZH_CN,
            phone=_telephone(number, place + 1) if number % 5 else None,
            contacts=(Contact(f"{name}的侄女", "亲属"),),
            assigned_worker_id=_worker_id(f"grid-{grid}"),
            backup_worker_id=_worker_id(f"grid-{grid % len(GRIDS) + 1}"),
        )


def _devices(resident: Resident, now: datetime) -> Iterator[Device]:
    tail = resident.id.removeprefix("res_demo_")
    for kind, type_ in (("button", DeviceType.CALL_BUTTON), ("bed", DeviceType.BED_SENSOR)):
        yield Device(
            id=f"dev_demo_{kind}_{tail}",
            external_id=f"demo-{kind}-{tail}",
            ecosystem=Ecosystem.NATIVE,
            type=type_,
            home_id=resident.home_id,
            place="卧室",
            resident_id=resident.id,
            registered_at=now,
        )


def _visits(resident: Resident, enrolled_at: datetime, now: datetime, dice: Random) -> Iterator[Event]:
    """The visits of this month so far. At least 2 a month are owed, and a few residents had fewer: those the
    board is to show in the last week of a month, and not half the community.
    """
    days = max((now - enrolled_at).days, 1)
    for _ in range(dice.choices((0, 1, 2, 3), weights=(1, 5, 60, 20))[0]):
        at = enrolled_at + timedelta(days=dice.randrange(days), hours=dice.randint(9, 17))
        if at >= now:
            continue
        key = derived_id("evt", "demo-visit", resident.id, format_instant(at))
        service = dice.choice(("助行", "助餐", "助洁", "助医", "代办"))
        yield Event(
            id=key,
            kind="visit.completed",
            occurred_at=at,
            received_at=at,
            origin=Origin.PERSON,
            resident_id=resident.id,
            home_id=resident.home_id,
            data={"service": service, "worker_id": resident.assigned_worker_id},
            recorded_by=resident.assigned_worker_id,
            dedupe_key=key,
        )
