"""Another process holds the database (SQLite), so that the service can store nothing for some seconds of the
machine's clock. Devices go on sending; the story's time waits, since a clock that cannot write cannot move.
"""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

from devices.simulator.faults.house import WHOLE_AGAIN_WITHIN, House, HouseFault, HouseNotWhole, Mend

DATABASE = "anxin.db"


def _strike(house: House, _now: datetime, lasts: timedelta) -> Mend:
    held, failed = Event(), list[str]()
    holder = Thread(
        target=_hold,
        args=(house.service.data_dir / DATABASE, lasts, held, failed),
        name="database-pause",
        daemon=True,
    )
    holder.start()
    held.wait(WHOLE_AGAIN_WITHIN.total_seconds())

    def mend() -> None:
        holder.join()
        if failed:
            raise HouseNotWhole(f"the database could not be held: {failed[0]}")

    return mend


def _hold(database: Path, lasts: timedelta, held: Event, failed: list[str]) -> None:
    """On a thread of its own: hold the place of the one who writes for ``lasts``, then give it back."""
    try:
        with closing(
            sqlite3.connect(database, timeout=WHOLE_AGAIN_WITHIN.total_seconds(), isolation_level=None)
        ) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            held.set()
            Event().wait(lasts.total_seconds())
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        failed.append(str(error))
        held.set()


DATABASE_PAUSE = HouseFault("database-pause", "the database pauses", _strike, lasts=timedelta(seconds=6))
"""Six seconds: the service waits five for its turn to write, and must take up again what it gave up then."""
