"""Testing: a press inside its device's test window is told to one worker alone, until somebody answers it or
it goes on as real.

It becomes real by itself within a minute, and at once for every reason to doubt: another device, a further
fact, a press too many, a worker who cannot be reached. Going on as real is the whole policy from its first
step. A test never joins what is running, and nothing here can keep it a test for longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from services.domain.alerts import (
    HOUSE,
    Alert,
    ChangeReason,
    Deadline,
    DeadlineKind,
    Outcome,
    RunningTest,
)
from services.domain.devices import Device, DeviceState
from services.domain.events import Event, Mark
from services.domain.findings import Finding, Severity
from services.domain.notices import NoticeKind, NoticeReason
from services.domain.people import Language, Worker
from services.domain.testing import ANSWERED_WITHIN, MOST_PRESSES, POLICY
from services.escalation.closing import closed
from services.escalation.permission import Actor
from services.escalation.reassure import reassured
from services.escalation.routing import recipient_of
from services.escalation.scene import Move, Scene, change
from services.escalation.steps import begin_again, has_failed
from services.escalation.telling import notice_to
from services.escalation.text import texts, title_in

BECAUSE = "test"

_NEVER_A_TEST = frozenset({Mark.UNCONFIRMED, Mark.REPLAYED, Mark.TOLD_WITHOUT_STORE})
"""Copies that a broker kept, what comes out of quarantine, and what people were told as real already."""


def tester_of(finding: Finding, event: Event | None, device: Device | None, scene: Scene) -> Worker | None:
    """Who is told of the test that a Finding opens; None where it is none, or there is any doubt that it is.

    ``event`` is the press and ``device`` what sent it, both as they are stored now. A Finding that is less
    than high would go on as less than a call for help.
    """
    is_call = finding.is_alarm and finding.severity is Severity.HIGH
    if device is None or device.test_window is None or event is None or not is_call:
        return None
    is_marked = Mark.IN_TEST_WINDOW in event.marks and _NEVER_A_TEST.isdisjoint(event.marks)
    is_in_time = finding.at <= scene.now < finding.at + ANSWERED_WITHIN
    is_in_place = device.state is not DeviceState.RETIRED and device.resident_id == finding.resident_id
    if not (is_marked and is_in_time and is_in_place and device.test_window.holds(finding.at)):
        return None
    worker = scene.worker(device.test_window.worker_id)
    return worker if worker is not None and worker.active and worker.channels else None


def open_test(bare: Alert, finding: Finding, tester: Worker, scene: Scene) -> Move:
    """The alert of a press that is a test: told to ``tester``, and real unless it is answered in time."""
    alert = replace(
        bare,
        policy=POLICY,
        titles=_test_titles(bare.titles, bare.kind),
        test=RunningTest(tester.id, bare.policy, bare.titles),
        deadlines=(Deadline(DeadlineKind.TEST, finding.at + ANSWERED_WITHIN),),
        owner_ids=(tester.id,),
    )
    opened = change(
        alert,
        scene,
        ChangeReason.OPENED,
        from_state=None,
        finding_id=finding.id,
        chain=finding.chain,
        test=True,
        told=[tester.id],
    )
    notice = notice_to(
        recipient_of(tester),
        alert,
        scene,
        kind=NoticeKind.TEST,
        reason=NoticeReason.STEP,
        cause=BECAUSE,
        extra={"because": BECAUSE},
    )
    return reassured(None, Move(alert, (opened,), (notice,)), scene)


def is_test(alert: Alert) -> bool:
    """Running, and nobody has answered it nor doubted it yet."""
    return alert.test is not None and alert.is_running


def go_on_as_real(
    alert: Alert,
    scene: Scene,
    reason: ChangeReason,
    *,
    by: str = HOUSE,
    on_behalf_of: str | None = None,
    **detail: object,
) -> Move:
    """The alert as it would have been without the window, from the first step of its policy on; the worker
    who was told of the test is told with it. Nothing for one that is real already.
    """
    test = alert.test
    if test is None or not alert.is_running:
        return Move(alert)
    real = replace(alert, test=None, policy=test.policy, titles=test.titles, declined_by=())
    include = (test.worker_id,)
    return begin_again(
        real, scene, reason, include=include, with_them=(), by=by, on_behalf_of=on_behalf_of, **detail
    )


def unanswered(alert: Alert, scene: Scene) -> Move:
    """The minute is over."""
    return go_on_as_real(alert, scene, ChangeReason.TEST_UNANSWERED)


def overdue(alert: Alert, scene: Scene) -> Move:
    """What is real by now, though nobody has met its deadline yet; nothing for all else."""
    is_over = any(each.kind is DeadlineKind.TEST and each.due_at <= scene.now for each in alert.deadlines)
    return unanswered(alert, scene) if is_over else Move(alert)


def joined_in_test(finding: Finding, alert: Alert, scene: Scene) -> Move:
    """A test with one more fact: the same device again, once, changes nothing; all else makes it real.

    ``alert`` holds the fact already.
    """
    same_device = finding.is_alarm and finding.device_id == alert.device_id
    presses = {fact.at for fact in alert.grounds}  # one press may be a fact by more than one rule
    if same_device and len(presses) <= MOST_PRESSES:
        return Move(alert)
    return go_on_as_real(alert, scene, ChangeReason.TEST_IN_DOUBT, finding_id=finding.id)


def has_reached_nobody(alert: Alert, scene: Scene) -> bool:
    """Whether it is a test of which its worker cannot hear, for every channel has failed."""
    told = [notice for notice in scene.notices if notice.kind is NoticeKind.TEST]
    return is_test(alert) and bool(told) and all(has_failed(notice) for notice in told)


def taken_as_real(move: Move, scene: Scene) -> Move:
    """The move on an alarm of which people are told without the store: it leaves no test behind."""
    told = replace(scene, notices=(*scene.notices, *move.notices))
    return move.then(go_on_as_real(move.alert, told, ChangeReason.TEST_IN_DOUBT))


def clock_set_back(alert: Alert, scene: Scene) -> Move:
    """A test ahead of the house's clock would wait for as long as that was set back, so it is real."""
    ahead = is_test(alert) and alert.opened_at > scene.now
    return go_on_as_real(alert, scene, ChangeReason.TEST_IN_DOUBT) if ahead else Move(alert)


def say_real(alert: Alert, scene: Scene, actor: Actor) -> Move:
    """Somebody says that it is no test. On a real one it changes nothing."""
    return go_on_as_real(
        alert, scene, ChangeReason.SAID_TO_BE_REAL, by=actor.by, on_behalf_of=actor.on_behalf_of
    )


def passed(alert: Alert, scene: Scene, actor: Actor, worker: Worker | None, note: str | None = None) -> Move:
    """Somebody has answered: the press has reached a person, and the test is over."""
    taken = replace(alert, accepted_at=scene.now, accepted_by=worker.id if worker else None)
    return closed(taken, scene, actor, Outcome.TEST, note)


def _test_titles(titles: Mapping[str, str], kind: str) -> dict[str, str]:
    """What it is, in each language of the house, with the word before it that it is a test."""
    return {
        language.value: texts(language).words["test"].format(what=title_in(language, titles, kind))
        for language in Language
    }
