"""Bed faults: what sensors say of a bed and no sleeper does, found for the technician as a fault of a device.

A bed that does not settle for half an hour, and sensors of one bed that contradict each other for half a day.
It judges the sensors alone and never keeps a rule from finding anything; a replay of a rulebook does not look
for it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from services.domain.findings import (
    BED_CONTRADICTION,
    BED_UNSTEADY,
    BUILT_IN,
    Evidence,
    Finding,
    FindingChange,
    FindingState,
    Severity,
    found_by_house,
)
from services.domain.identity import derived_id
from services.domain.instants import format_instant
from services.domain.ports import StateKey
from services.rules.beds import Bed, PairChange, Sensor, Trouble, among
from services.rules.engine import Result
from services.rules.memory import BED, Memory
from services.rules.missed import Absence
from services.rules.profile import Profile
from services.rules.reading import DEFAULT_POLICY
from services.rules.signs import Sign
from services.titles.naming import titles_of

ALERT_KIND = "bed-sensor"
UNSTEADY_FOR = timedelta(minutes=30)
"""For how long a bed may fail to settle (docs/rulebooks.md, *Beds*)."""
HELD_FOR = timedelta(seconds=60)
"""How long a bed must stay as it is to have settled, as for the exits of a night (docs/rulebooks.md)."""
OPPOSED_FOR = timedelta(hours=12)
"""For how long the sensors of one bed may contradict each other (docs/rulebooks.md, *Beds*)."""


def observe(
    memory: Memory, resident_id: str, bed: Bed, sign: Sign, change: PairChange | None, result: Result
) -> None:
    """Keep a bed after one of its sensors has reported, gone unheard or been taken away, and say what is
    wrong with it. A deadline before that is met first.
    """
    meet(memory, resident_id, sign.received_at - timedelta.resolution, result)
    profile = memory.profile(resident_id) or Profile(resident_id)
    bed = replace(bed, trouble=_kept(memory, resident_id, bed.place))
    if change is not None and change.kind is not None:
        bed = _after_change(bed, change.sign, sign, profile, result)
    _keep(memory, resident_id, _after_report(bed, sign, result))


def meet(
    memory: Memory, resident_id: str, until: datetime, result: Result, absence: Absence | None = None
) -> None:
    """Say which sensors have contradicted each other for too long up to ``until``."""
    profile = memory.profile(resident_id) or Profile(resident_id)
    for bed in memory.beds(resident_id):
        due_at = _due_at(bed)
        if due_at is None or due_at > until:
            continue
        met_at = due_at if absence is None else absence.met_at(due_at, until)
        if met_at is not None:
            _keep(memory, resident_id, _contradicted(bed, due_at, met_at, profile, result))


def _keep(memory: Memory, resident_id: str, bed: Bed) -> None:
    all_beds = among(memory.beds(resident_id), bed)
    dues = [due for each in all_beds if (due := _due_at(each)) is not None]
    memory.put(StateKey(BED, resident_id), all_beds, min(dues, default=None))


def _kept(memory: Memory, resident_id: str, place: str) -> Trouble:
    """What was known of a bed's trouble, with what a deadline may just have found."""
    return next((bed.trouble for bed in memory.beds(resident_id) if bed.place == place), Trouble())


def _due_at(bed: Bed) -> datetime | None:
    """When the sensors of a bed will have contradicted each other for too long."""
    trouble = bed.trouble
    if trouble.opposed_since is None or trouble.contradiction is not None:
        return None
    return trouble.opposed_since + OPPOSED_FOR


def _contradicted(bed: Bed, at: datetime, raised_at: datetime, profile: Profile, result: Result) -> Bed:
    heard = [sensor for sensor in bed.sensors if sensor.heard]
    suspect = min(heard, key=lambda sensor: (sensor.newest_at, sensor.newest_seq))
    found = _finding(BED_CONTRADICTION, suspect.device_id, at, raised_at, profile)
    figures = {"hours": OPPOSED_FOR / timedelta(hours=1), "sensors": [sensor.device_id for sensor in heard]}
    result.findings.append(replace(found, evidence=Evidence(figures=figures)))
    return replace(bed, trouble=replace(bed.trouble, contradiction=found.id))


def _after_change(bed: Bed, change: Sign, sign: Sign, profile: Profile, result: Result) -> Bed:
    trouble = bed.trouble
    if trouble.changed_at is None or change.at - trouble.changed_at >= HELD_FOR:
        if trouble.unsteady is not None:
            result.changes.append(_ended(trouble.unsteady, sign))
        settled = replace(trouble, restless_since=change.at, changed_at=change.at, unsteady=None)
        return replace(bed, trouble=settled)
    since = trouble.restless_since or change.at
    after = replace(trouble, changed_at=change.at)
    if trouble.unsteady is None and change.at - since >= UNSTEADY_FOR:
        raised_at = max(sign.received_at, change.at)
        found = _finding(BED_UNSTEADY, sign.device_id or "", change.at, raised_at, profile)
        figures = {"minutes": (change.at - since) / timedelta(minutes=1)}
        evidence = Evidence((sign.event_id,), (sign.seq,), figures)
        result.findings.append(replace(found, evidence=evidence))
        after = replace(after, unsteady=found.id)
    return replace(bed, trouble=after)


def _after_report(bed: Bed, sign: Sign, result: Result) -> Bed:
    trouble = bed.trouble
    if _is_opposed(bed.sensors):
        since = trouble.opposed_since or max(sign.at, bed.newest_at or sign.at)
        return replace(bed, trouble=replace(trouble, opposed_since=since))
    if trouble.contradiction is not None:
        result.changes.append(_ended(trouble.contradiction, sign))
    elif trouble.opposed_since is None:
        return bed
    return replace(bed, trouble=replace(trouble, opposed_since=None, contradiction=None))


def _is_opposed(sensors: tuple[Sensor, ...]) -> bool:
    return len({sensor.occupied for sensor in sensors if sensor.heard}) > 1


def _ended(finding_id: str, sign: Sign) -> FindingChange:
    return FindingChange(finding_id, FindingState.ENDED, sign.received_at, sign.event_id)


def _finding(rule: str, device_id: str, at: datetime, raised_at: datetime, profile: Profile) -> Finding:
    """About the device alone: who lives with it needs nothing."""
    found = found_by_house(
        rule,
        derived_id("fnd", BUILT_IN, rule, profile.resident_id, device_id, format_instant(at)),
        at=at,
        raised_at=raised_at,
        severity=Severity.LOW,
        policy=DEFAULT_POLICY[Severity.LOW],
        titles=titles_of(rule),
        figures={},
    )
    return replace(
        found,
        alert_kind=ALERT_KIND,
        device_id=device_id or None,
        home_id=profile.home_id,
        synthetic=profile.synthetic,
    )
