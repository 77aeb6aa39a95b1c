"""Withdrawing: what is over by itself, and what never is."""

from services.domain.alerts import AlertState, ChangeReason, Outcome
from services.domain.findings import FindingState
from services.domain.notices import NoticeKind, NoticeReason
from tests.unit.escalation.cast import OUT_OF_BED, Case


def out_of_bed() -> Case:
    case = Case()
    case.find(**OUT_OF_BED)
    return case


def test_an_alert_whose_only_fact_ended_closes_by_itself_and_says_so_to_whoever_was_told() -> None:
    case = out_of_bed()
    case.after(minutes=3)
    case.fact(1, FindingState.ENDED)
    assert (case.state(), case.running.outcome) == (AlertState.CLOSED, Outcome.OVER_BY_ITSELF)
    assert case.told(NoticeKind.STAND_DOWN) == ["pema", "tashi", "lhamo"]
    assert case.notices[-1].reason is NoticeReason.OVER_BY_ITSELF
    assert case.reasons()[-2:] == [ChangeReason.FACT_ENDED, ChangeReason.OVER_BY_ITSELF]


def test_an_alert_that_somebody_has_stays_open_for_them_to_close() -> None:
    case = out_of_bed()
    case.accept("pema")
    case.fact(1, FindingState.WITHDRAWN)
    assert case.state() is AlertState.ACCEPTED
    assert case.running.facts[0].state is FindingState.WITHDRAWN


def test_an_alert_stays_open_while_one_of_its_facts_holds() -> None:
    case = out_of_bed()
    case.find(**OUT_OF_BED)
    case.fact(1, FindingState.ENDED)
    assert case.state() is AlertState.OPEN
    case.fact(2, FindingState.WITHDRAWN)
    assert case.state() is AlertState.CLOSED


def test_an_alert_with_a_press_in_it_is_never_over_by_itself() -> None:
    case = out_of_bed()
    case.press(alert_kind="out-of-bed")
    case.fact(1, FindingState.ENDED)
    case.fact(2, FindingState.WITHDRAWN)
    assert case.state() is AlertState.OPEN


def test_a_change_that_is_known_already_is_nothing() -> None:
    case = out_of_bed()
    case.find(**OUT_OF_BED)
    case.fact(1, FindingState.ENDED)
    changes = len(case.changes)
    case.fact(1, FindingState.ENDED)
    assert len(case.changes) == changes


def test_a_fact_of_a_closed_alert_changes_nothing() -> None:
    case = out_of_bed()
    case.accept("pema")
    case.close("pema")
    case.fact(1, FindingState.WITHDRAWN)
    assert case.running.facts[0].state is FindingState.HOLDS
