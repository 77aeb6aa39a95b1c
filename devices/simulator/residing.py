"""Who is enrolled only while a story runs, and who leaves: the steps of it, and what cannot be meant. Whoever
is not enrolled yet does nothing; whoever has left lives on somewhere else, out of sight.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from devices.simulator.acts import Act, Fault, Residence, Saying
from devices.simulator.scenario import Resident, Scenario, Step
from devices.simulator.scene import Scene
from notation.faults import shown_value


def steps_of_residents(residents: Sequence[Resident], starts_at: datetime) -> Iterator[Step]:
    """Each that lies within the story; one who left before it begins has left as it begins."""
    for each in residents:
        if each.enrolled_at is not None and each.enrolled_at > starts_at:
            yield Step(each.enrolled_at, Residence(each.enrolled_at, each.name), each.name, "is enrolled")
        if each.left_at is not None:
            left = Residence(each.left_at, each.name, is_over=True)
            yield Step(max(each.left_at, starts_at), left, each.name, "has left")


def check_residents(
    scene: Scene, residents: Sequence[Resident], told: Sequence[Step], starts_at: datetime, ends_at: datetime
) -> None:
    """Complain of whoever comes or leaves after the end, leaves before they come, or does something before
    that.
    """
    first = _first_lines(scene, told)
    for each in residents:
        field, said = f"cast.{each.name}", scene.cast[each.name]
        if each.enrolled_at is not None and each.enrolled_at > ends_at:
            scene.complain(f"{field}.enrolled", shown_value(said.enrolled), "a time not after `until`")
        if each.left_at is not None and each.left_at > ends_at:
            scene.complain(f"{field}.left", shown_value(said.left), "a time not after `until`")
        if each.left_at is not None and each.left_at <= (each.enrolled_at or starts_at):
            expected = (
                f"a time after {'`enrolled`' if each.enrolled_at else 'the start: say `enrolled` as well'}"
            )
            scene.complain(f"{field}.left", shown_value(said.left), expected)
        line = first.get(each.name)
        if each.enrolled_at is not None and line is not None and line.at < max(each.enrolled_at, starts_at):
            expected = f"a time not after the first that is told of them, on line {line.line}"
            scene.complain(f"{field}.enrolled", shown_value(said.enrolled), expected)


def _first_lines(scene: Scene, told: Sequence[Step]) -> dict[str, Step]:
    """The first step that is about each resident, or about one of their devices."""
    first: dict[str, Step] = {}
    for step in told:
        what = step.what
        device = what.device if isinstance(what, Saying) else what.who if isinstance(what, Fault) else None
        if device is not None:
            owner = scene.devices[device].resident if device in scene.devices else None
        else:
            owner = None if isinstance(what, Saying | Fault) else what.resident
        if owner is not None:
            first.setdefault(owner, step)
    return first


def while_they_reside(scenario: Scenario) -> Scenario:
    """The scenario without what lives do before somebody is enrolled and from when they have left. What the
    timeline tells stays.
    """
    spans = {
        each.name: (each.enrolled_at, each.left_at)
        for each in scenario.cast.residents
        if each.enrolled_at is not None or each.left_at is not None
    }
    if not spans:
        return scenario
    return replace(scenario, steps=tuple(each for each in scenario.steps if _is_seen(each, spans)))


def _is_seen(step: Step, spans: dict[str, tuple[datetime | None, datetime | None]]) -> bool:
    if step.line or not isinstance(step.what, Act):
        return True
    since_at, until_at = spans.get(step.what.resident, (None, None))
    return not ((since_at and step.at < since_at) or (until_at and step.at >= until_at))
