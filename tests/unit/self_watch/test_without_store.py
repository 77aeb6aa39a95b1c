"""While nothing can be stored the house's own press is told to nobody: it is no call for help."""

from __future__ import annotations

from services.domain.circle import Circle
from services.domain.people import ChannelKind, Role
from services.domain.self_watch import own_button, own_resident
from services.escalation.policies import Policies
from services.escalation.policy_files import shipped_policies
from services.escalation.scene import House as Facts
from services.escalation.scene import Scene
from services.escalation.without_store import call_anybody, call_at_once, is_call
from tests.contracts import cast
from tests.unit.self_watch.house import LAST_RESORT, START, ZONE, House


def test_neither_the_desk_nor_the_managers_nor_the_last_resort_hear_of_it() -> None:
    resident, button = own_resident(START), own_button(START)
    people = {role: House.worker(role.value, role) for role in Role}
    circle = Circle(
        resident=resident,
        residents=(resident,),
        duty_desk=(people[Role.DUTY_DESK],),
        managers=(people[Role.MANAGER],),
        admins=(people[Role.ADMIN],),
        workers=tuple(people.values()),
    )
    policies = Policies({}, shipped_policies())
    scene = Scene(START, Facts(ZONE, last_resort=LAST_RESORT), policies, circle, {button.id: button})
    finding = cast.finding(
        "own", is_alarm=True, synthetic=True, resident_id=resident.id, device_id=button.id, policy="emergency"
    )
    move = call_at_once(finding, None, scene)
    assert move is not None
    more = call_anybody(move.alert, scene, finding.id, but=set())
    called = [notice for notice in (*move.notices, *more) if is_call(notice)]
    assert {channel.kind for notice in called for channel in notice.channels} == {ChannelKind.LOOPBACK}
