"""Bundling: what was found late is told together; what was found in time, and every press, by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.notices import NoticeReason, NoticeState
from services.domain.people import Language
from services.escalation import bundling
from services.escalation.bundling import LATE_AFTER, alert_ids_of, bundled, carried_by, may_be_bundled
from services.escalation.telling import still_called, told_so_far
from services.escalation.text import message_of
from services.notify.channels.webhook import body_of
from tests.unit.escalation.cast import NIGHT, OUT_OF_BED, Case

SECOND = timedelta(seconds=1)


def late_case(late_for: timedelta = timedelta(hours=1), number: int = 1) -> Case:
    case = Case(now=NIGHT, findings=number - 1)
    case.find(**OUT_OF_BED, at=NIGHT - late_for)
    return case


@pytest.mark.parametrize(("late_for", "waits"), [(LATE_AFTER, False), (LATE_AFTER + SECOND, True)])
def test_what_was_found_late_waits_for_others_and_what_was_not_does_not(
    late_for: timedelta, waits: bool
) -> None:
    [notice] = late_case(late_for).notices
    assert may_be_bundled(notice) is waits
    assert notice.next_attempt_at == NIGHT + (bundling.GATHER_FOR if waits else timedelta(0))


def test_a_press_waits_for_nothing_however_late_the_rest_of_its_alert() -> None:
    case = Case(now=NIGHT)
    case.press(at=NIGHT - timedelta(hours=1))
    assert not any(may_be_bundled(notice) for notice in case.notices)


def test_of_a_bundle_one_is_sent_and_names_all_and_the_others_say_why_they_are_not() -> None:
    [first], [second] = late_case().notices, late_case(number=2).notices
    other = replace(second, text={**second.text, "who": "扎西拉姆", "where": "达巴路 3 号"})
    carrier, [left] = bundled(first, [other])
    assert alert_ids_of(carrier) == (first.alert_id, other.alert_id)
    assert (left.state, left.reason) == (NoticeState.NOT_SENT, NoticeReason.BUNDLED)
    assert carried_by(left) == carrier.id
    assert b'"alert_ids":["' + first.alert_id.encode() in body_of(carrier, message_of(carrier), "urn:anxin")
    for language in Language:
        message = message_of(replace(carrier, language=language))
        for said in ("卓玛", "扎西拉姆", "达巴路 3 号"):
            assert said in message.text
        assert "2" in message.title
        assert message.text.endswith("http://anxin/")


def test_who_is_told_by_a_bundle_is_told() -> None:
    [first], [second] = late_case().notices, late_case(number=2).notices
    _, [left] = bundled(first, [second])
    assert told_so_far([left]) == (left,)
    assert still_called([left]) == (left,)


@pytest.mark.parametrize(
    ("waited", "still_finding", "waits"), [(59, True, True), (60, True, False), (59, False, False)]
)
def test_a_late_notice_waits_for_a_minute_while_more_is_found_and_not_at_its_end(
    waited: int, *, still_finding: bool, waits: bool
) -> None:
    [notice] = late_case().notices
    assert bundling.gathers_on(notice, NIGHT + waited * SECOND, still_finding=still_finding) is waits
