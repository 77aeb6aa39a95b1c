"""Under which name a process is known to the broker and to other processes: kept in its data folder, so that
it is the same after a restart, and not guessable.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from services.wiring.data_folder import kept


def process_name(data_dir: Path, place: int = 1) -> str:
    """The name that belongs to a place in a data folder, made at its first use. A device that knew it could
    take the house's session at the broker.
    """
    name = kept(data_dir / "broker-client.id", lambda: f"anxin-{secrets.token_hex(8)}")
    return name if place == 1 else f"{name}-{place}"
