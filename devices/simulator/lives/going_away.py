"""Away from home: what would have happened meanwhile does not, and somebody records the leaving and the
return. Whoever leaves from bed leaves the bed; whoever is back when they would be in bed lies down.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from devices.simulator.acts import Act
from devices.simulator.lives.spells import Away

ENTERED, EXITED, BED = "bed.entered", "bed.exited", "bed_sensor"


def at_home_only(
    name: str, acts: Sequence[Act], absences: Sequence[Away], since_at: datetime, until_at: datetime
) -> Iterator[Act]:
    """The acts of a day (in order; somebody is in bed before the first) with the absences that touch it."""
    in_bed, away = True, any(each.since_at < since_at < each.until_at for each in absences)
    turns = [(each.since_at, True, each) for each in absences] + [
        (each.until_at, False, each) for each in absences
    ]
    left = sorted((turn for turn in turns if since_at <= turn[0] < until_at), key=lambda turn: turn[0])
    for act in (*acts, None):
        while left and (act is None or left[0][0] <= act.at):
            at, leaves, absence = left.pop(0)
            away = leaves
            if leaves and in_bed:
                yield Act(at, name, EXITED, BED)
            yield Act(
                at, name, "resident.away" if leaves else "resident.returned", None, {"reason": absence.reason}
            )
            if not leaves and in_bed:
                yield Act(at, name, ENTERED, BED)
        if act is None:
            return
        if act.kind in (ENTERED, EXITED):
            in_bed = act.kind == ENTERED
        if not away:
            yield act
