"""The alert log: what came of a story in its own names, the same bytes of the same story."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from devices.simulator.happenings import What
from devices.simulator.log import alert_log
from tests.unit.simulator.pages.told import night, played


def test_alerts_notices_and_answers_are_logged_in_order_and_nothing_else() -> None:
    lines = [json.loads(line) for line in alert_log(played(night()).happenings).splitlines()]
    assert {line["what"] for line in lines} == {"alert", "notice", "answer"}
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)


def test_the_order_in_which_things_were_learned_is_not_in_it() -> None:
    happenings = played(night()).happenings
    assert alert_log(reversed(happenings)) == alert_log(happenings)


def test_an_alert_that_opens_a_second_later_is_another_log() -> None:
    happenings = played(night()).happenings
    later = [
        replace(each, at=each.at + timedelta(seconds=1)) if each.what is What.ALERT else each
        for each in happenings
    ]
    assert alert_log(later) != alert_log(happenings)
