"""Gives the invented workers of a demo telephones that are served here, so that somebody can be told.
Whoever has a way of their own to be reached keeps it: only an empty list, or a telephone of an earlier run,
is replaced.
"""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from devices.simulator.api import Api

MARK = "demo-telephone"


def hand_out_telephones(api: Api, address_of: Callable[[str], str]) -> frozenset[str]:
    """Let every active worker be reachable; the ids of all of them, who can therefore answer."""
    workers = [worker for worker in api.all("workers") if worker["active"]]
    for worker in workers:
        if all(_is_ours(channel) for channel in worker["channels"]):
            channel = {"kind": "webhook", "address": address_of(f"{MARK}/{worker['id']}")}
            api.change(f"workers/{worker['id']}", channels=[channel])
    return frozenset(str(worker["id"]) for worker in workers)


def able(owner_ids: Iterable[str], workers: frozenset[str]) -> tuple[str, ...]:
    """Those of the owners who can answer: the last resort of an installation is an owner, but no person."""
    return tuple(owner for owner in owner_ids if owner in workers)


def _is_ours(channel: dict[str, Any]) -> bool:
    parts = urlsplit(str(channel["address"]))
    return parts.hostname == "127.0.0.1" and parts.path.startswith(f"/{MARK}/")
