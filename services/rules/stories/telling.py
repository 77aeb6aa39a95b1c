"""From a story of good form to what happens in it, instant by instant: beside its rulebook and its cast.

Who is in it, which device spoke and when it ends are filled in where the story leaves no doubt; where it
does, that is a fault.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from notation.entries import Resident
from notation.faults import shown_value
from services.domain.findings import FindingReason, FindingState
from services.domain.instants import zone_named
from services.rules.overrides import overridden
from services.rules.rule_fields import span_from
from services.rules.rulebook import Rulebook
from services.rules.stories.form import Expected, Forbidden, StoryFile, Told
from services.rules.stories.horizon import LATE_BATCH_FOR, waits_until
from services.rules.stories.scene import Complaint, Scene
from services.rules.stories.story import Expectation, Happening, Prohibition, Story
from services.rules.stories.timeline import read_timeline

DEFAULT_CAST = {"deji": Resident()}
"""Who is in a story that names nobody."""


def tell(told: Told, head: StoryFile, book: Rulebook, house: ZoneInfo, complaint: Complaint) -> Story | None:
    """The story, None after a complaint. ``house`` is the zone of whoever has none."""
    zone = zone_named(book.timezone) if book.timezone else house
    cast = told.cast or head.cast or DEFAULT_CAST
    zones = {name: zone_named(each.timezone) if each.timezone else zone for name, each in cast.items()}
    day = date.fromisoformat(told.day or head.day)
    scene = Scene(told, book, day, zone, cast, zones, complaint)
    timeline = read_timeline(scene)
    happenings = timeline.happenings
    expected = tuple(_expected(scene, n, each) for n, each in enumerate(told.expect, start=1))
    forbidden = tuple(_forbidden(scene, n, each) for n, each in enumerate(told.must_not, start=1))
    if not (expected or forbidden or told.nothing_else):
        scene.complain("expect", "nothing", "something that must or must not be found")
    if not scene.is_whole() or not happenings:
        return None
    ends_at = _end(scene, happenings, expected, forbidden)
    if not scene.is_whole():
        return None
    return Story(
        line=complaint.line_of("story"),
        title=told.story,
        day=day,
        zones=zones,
        zone=zone,
        register=timeline.register,
        happenings=happenings,
        expected=expected,
        forbidden=forbidden,
        nothing_else=told.nothing_else,
        ends_at=ends_at,
    )


def _expected(scene: Scene, number: int, given: Expected) -> Expectation:
    field = f"expect[{number}]"
    scene.rule(f"{field}.rule", given.rule)
    resident = _whose(scene, field, given.resident)
    if resident is None and given.device not in scene.told.devices:
        scene.complain(f"{field}.resident", "nobody", "who of the cast", None)
    late = span_from(given.late) if given.late is not None else None
    return Expectation(
        line=scene.complaint.line_of(field),
        rule=given.rule,
        at=scene.instant(f"{field}.at", given.at, resident),
        resident=None if given.device in scene.told.devices else resident,
        device=given.device,
        state=FindingState(given.state) if given.state else None,
        reason=FindingReason(given.reason) if given.reason else None,
        late_seconds=late.total_seconds() if late is not None else None,
    )


def _forbidden(scene: Scene, number: int, given: Forbidden) -> Prohibition:
    field = f"must_not[{number}]"
    scene.rule(f"{field}.rule", given.rule)
    resident = given.resident
    if resident is not None and resident not in scene.cast:
        scene.unknown(f"{field}.resident", resident, "one of the cast", scene.cast)
    clock = resident or scene.only()
    from_at = scene.instant(f"{field}.from", given.from_, clock) if given.from_ else None
    until_at = scene.instant(f"{field}.until", given.until, clock) if given.until else None
    if from_at and until_at and until_at < from_at:
        scene.complain(f"{field}.until", shown_value(given.until), "a time after `from`")
    return Prohibition(scene.complaint.line_of(field), given.rule, resident, from_at, until_at)


def _whose(scene: Scene, field: str, named: str | None) -> str | None:
    if named is None:
        return scene.only()
    if named not in scene.cast:
        scene.unknown(f"{field}.resident", named, "one of the cast", scene.cast)
    return named


def _end(
    scene: Scene,
    happenings: tuple[Happening, ...],
    expected: tuple[Expectation, ...],
    forbidden: tuple[Prohibition, ...],
) -> datetime:
    last = max(happenings[-1].received_at, scene.lasts_until or happenings[-1].received_at)
    named = {each.rule for each in expected} | {each.rule for each in forbidden}
    rules = [rule for rule in scene.book.rules if rule.id in named or not named]
    rules += [overridden(rule, scene.overrides) for rule in rules]
    ends = [
        waits_until(rule, last, scene.most_days, zone)
        for rule in rules
        for zone in {scene.zone, *scene.zones.values()}
    ]
    bounds = [bound for each in forbidden for bound in (each.from_at, each.until_at) if bound is not None]
    moments = [last, *(each.at for each in expected), *bounds]
    if scene.told.until is None:
        return max(*moments, *ends, *(each.at + LATE_BATCH_FOR for each in expected))
    ends_at = scene.instant("until", scene.told.until, scene.only())
    if ends_at < max(moments):
        scene.complain("until", shown_value(scene.told.until), "a time after everything that is named")
    return ends_at
