"""At a service that somebody else started: whether the simulator may write there at all, and how it leaves.

Before anything is written the service is asked who lives there. A house with one person whom neither a
demonstration nor the simulator invented stays as it is, to the last byte. Afterwards the simulator's people
have left, its devices are retired, which ends their credentials, and nobody rings for them any more.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from devices.simulator.api import Api, ApiRefused

MARK = "anxin-simulator"
"""The tag of every resident whom the simulator enrols at a service that is not its own, and the first step of
the address of each telephone that it serves there.
"""
UNAUTHORIZED = 401
ADMIN = "admin"


class NotAdmitted(Exception):
    """The simulator writes nothing at this service; the words say why, and what would help."""


@dataclass(frozen=True, slots=True)
class Guests:
    """Whom the simulator enrolled, by the service's ids."""

    residents: frozenset[str]
    devices: frozenset[str]
    workers: frozenset[str]


def admit(api: Api, url: str) -> None:
    """Return if everybody at the service is invented, or was enrolled by the simulator, or nobody lives there
    yet; else `NotAdmitted`. It only reads.
    """
    try:
        session = api.get("session")
    except ApiRefused as refused:
        if refused.status == UNAUTHORIZED:
            raise NotAdmitted(
                f"{url} does not know the token: make one where it runs, with anxin token add --role admin"
            ) from refused
        raise
    if session["role"] != ADMIN:
        raise NotAdmitted(
            f"the token is one of role {session['role']}, and enrolling people needs one of role admin"
        )
    if session.get("invented") is True:
        return
    if not all(is_ours(resident) for resident in api.all("residents")):
        raise NotAdmitted(
            f"people live at {url} whom no simulator invented, so nothing is written there: "
            "attach to a service started with --demo, or to one of your own with nobody in it"
        )
    if not all(_rings_here_or_nowhere(worker) for worker in api.all("workers") if worker["active"]):
        raise NotAdmitted(
            f"workers of {url} can be reached who are nobody's invention, and invented alerts would call "
            "them out, so nothing is written there: attach to a service with no workers"
        )


def is_ours(resident: dict[str, Any]) -> bool:
    """Whether the simulator enrolled this resident."""
    return MARK in resident["tags"]


def farewell(api: Api, guests: Guests, at: datetime) -> None:
    """Close what is open about the guests, let the residents leave ``at``, retire their devices and let the
    workers go; in this order, so that nothing of it calls anybody.
    """
    left_at = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    _close_what_is_open(api, guests)
    for resident_id in sorted(guests.residents):
        api.change(f"residents/{resident_id}", left_at=left_at, left_reason="the simulator ended")
    for device_id in sorted(guests.devices):
        api.change(f"devices/{device_id}", state="retired")
    for worker_id in sorted(guests.workers):
        api.change(f"workers/{worker_id}", active=False)


def _close_what_is_open(api: Api, guests: Guests) -> None:
    workers = sorted(guests.workers)
    for alert in _about(list(api.all("alerts", state="running")), guests):
        worker_id = alert["accepted_by"] or (workers[0] if workers else None)
        if worker_id is None:
            continue
        with suppress(ApiRefused):  # somebody was quicker, or it is over by itself
            if alert["accepted_by"] is None:
                api.post(f"alerts/{alert['id']}/accept", {"worker_id": worker_id})
            api.post(f"alerts/{alert['id']}/close", {"worker_id": worker_id, "outcome": "test"})


def _about(alerts: Iterable[dict[str, Any]], guests: Guests) -> Iterable[dict[str, Any]]:
    for alert in alerts:
        if alert["resident_id"] in guests.residents or alert["device_id"] in guests.devices:
            yield alert


def _rings_here_or_nowhere(worker: dict[str, Any]) -> bool:
    return all(
        channel["kind"] == "webhook" and _is_telephone_of_ours(str(channel["address"]))
        for channel in worker["channels"]
    )


def _is_telephone_of_ours(address: str) -> bool:
    parts = urlsplit(address)
    return parts.hostname == "127.0.0.1" and parts.path.startswith(f"/{MARK}/")
