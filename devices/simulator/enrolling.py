"""Enrols the cast of a scenario at a service, through its API: workers with their telephones, homes,
residents, devices with the credentials that the service hands out. It keeps which id belongs to which name,
both ways.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from devices.simulator.api import Api, Object
from devices.simulator.attaching import MARK, Guests
from devices.simulator.scenario import Device, Resident, Scenario, Worker

ChannelsOf = Callable[[Worker], list[dict[str, str]]]
"""The ways to somebody, as the API takes them."""
AT_ONCE = 32
"""Devices that are registered side by side: the broker reads its list anew once for all who wait. The service
serves forty at a time.
"""
LONGEST_NAME = 64
"""Characters of a native device's name (docs/wire)."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the service handed out for one device."""

    external_id: str
    url: str
    username: str
    password: str = field(repr=False)

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Where the broker listens."""
        parts = urlsplit(self.url)
        return parts.hostname or "127.0.0.1", parts.port or 1883


@dataclass(slots=True)
class Enrolled:
    """The ids that the service gave to the names of a scenario."""

    workers: dict[str, str] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    residents: dict[str, str] = field(default_factory=dict)
    devices: dict[str, str] = field(default_factory=dict)
    credentials: dict[str, Credentials] = field(default_factory=dict)
    channels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The kinds of each worker's channels, by name, in the order of preference."""

    def name_of(self, service_id: str | None) -> str | None:
        """The scenario's name of somebody or something; None for whoever is not of the scenario."""
        for names in (self.workers, self.residents, self.devices, self.homes):
            for name, known in names.items():
                if known == service_id:
                    return name
        return None

    @property
    def guests(self) -> Guests:
        """Everybody and everything that has to leave a service that is not the simulator's own."""
        return Guests(
            frozenset(self.residents.values()),
            frozenset(self.devices.values()),
            frozenset(self.workers.values()),
        )


def enrol(scenario: Scenario, api: Api, channels_of: ChannelsOf, mark: str = "") -> Enrolled:
    """Enrol everybody. ``mark`` is put into the names of the devices, which must be new to a service that is
    not the simulator's own; its residents are tagged there.
    """
    enrolled = Enrolled()
    grids = _enrol_grids(scenario, api)
    for worker in scenario.cast.workers:
        made = api.make(
            "workers",
            name=worker.called,
            role=worker.role,
            channels=channels_of(worker),
            language=worker.language,
            grid_ids=[grids[worker.grid]] if worker.grid else None,
        )
        enrolled.workers[worker.name] = made["id"]
        enrolled.channels[worker.name] = worker.channels
    for home in scenario.cast.homes:
        neighbour_id = enrolled.workers.get(home.neighbour or "")
        made = api.make(
            "homes",
            address=home.address,
            places=list(home.places),
            neighbour_id=neighbour_id,
            grid_id=grids.get(home.grid or ""),
            timezone=(home.timezone or scenario.timezone).key,
        )
        enrolled.homes[home.name] = made["id"]
    for resident in scenario.cast.residents:
        if resident.enrolled_at is None or resident.enrolled_at <= scenario.starts_at:
            _enrol_person(resident, scenario, api, enrolled, mark)
    theirs = [
        each for each in scenario.devices if each.resident is None or each.resident in enrolled.residents
    ]
    _enrol_devices(theirs, scenario, api, enrolled, mark)
    return enrolled


def _enrol_grids(scenario: Scenario, api: Api) -> dict[str, str]:
    """The grids of the scenario by name; those beside one can be said when all are there."""
    grids = {each.name: str(api.make("grids", name=each.name)["id"]) for each in scenario.cast.grids}
    for each in scenario.cast.grids:
        if each.beside:
            beside = [grids[name] for name in each.beside]
            api.change(f"grids/{grids[each.name]}", neighbouring_ids=beside)
    return grids


def enrol_resident(
    resident: Resident, scenario: Scenario, api: Api, enrolled: Enrolled, mark: str = ""
) -> None:
    """Enrol one of the cast, with their devices, in a home that is enrolled already."""
    _enrol_person(resident, scenario, api, enrolled, mark)
    own = [each for each in scenario.devices if each.resident == resident.name]
    _enrol_devices(own, scenario, api, enrolled, mark)


def _enrol_person(resident: Resident, scenario: Scenario, api: Api, enrolled: Enrolled, mark: str) -> None:
    made = api.make(
        "residents",
        name=resident.called,
        home_id=enrolled.homes[resident.home],
        assigned_worker_id=enrolled.workers.get(resident.worker or ""),
        backup_worker_id=enrolled.workers.get(resident.backup or ""),
        tags=[*resident.tags, *([MARK] if mark else [])],
        timezone=(resident.timezone or scenario.timezone).key,
        birth_date=resident.birth_date.isoformat() if resident.birth_date else None,
        enrolled_at=resident.enrolled_at.isoformat() if resident.enrolled_at else None,
    )
    enrolled.residents[resident.name] = made["id"]


def _enrol_devices(
    devices: Sequence[Device], scenario: Scenario, api: Api, enrolled: Enrolled, mark: str
) -> None:
    """Several at a time: each waits for the broker to know it, and those who wait together wait once."""

    def enrol_one(device: Device) -> tuple[Device, str, Object]:
        external_id = f"{scenario.scenario}{mark}-{device.name}"[-LONGEST_NAME:]
        made = api.make(
            "devices",
            external_id=external_id,
            ecosystem=device.ecosystem,
            type=device.type,
            home_id=enrolled.homes[device.home],
            place=device.place,
            resident_id=enrolled.residents.get(device.resident or ""),
        )
        return device, external_id, made

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        for device, external_id, made in pool.map(enrol_one, devices):
            enrolled.devices[device.name] = made["id"]
            mqtt = made["mqtt"]
            enrolled.credentials[device.name] = Credentials(
                external_id, mqtt["url"], mqtt["username"], mqtt["password"]
            )
