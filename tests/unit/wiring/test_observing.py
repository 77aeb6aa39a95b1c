"""Observing: what is counted is counted once, whatever ends meanwhile; reasons are of what is missing."""

from __future__ import annotations

from dataclasses import replace

from prometheus_client import CollectorRegistry

from services.domain.notices import AttemptResult, NoticeState
from services.domain.ports import Store
from services.rules.engine import RuleFault
from services.rules.faults import Fault
from services.rules.reading import read_what_is_good
from services.rules.status import BookStatus, RuleAtWork
from services.wiring.clock import SteppedClock
from services.wiring.figures.telling import TellingFigures
from services.wiring.observing import rule_reasons
from tests.contracts import cast
from tests.contracts.cast import MINUTE, NIGHT


def begun(store: Store, *, answers: bool = True) -> CollectorRegistry:
    """The figures of a process that has just started."""
    registry = CollectorRegistry()
    registry.register(TellingFigures(store, SteppedClock(NIGHT), lambda: answers))
    return registry


def shown(registry: CollectorRegistry) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in registry.collect()
        for sample in family.samples
    }


def pressed(store: Store) -> None:
    with store.writing() as uow:
        facts = (cast.fact("fnd_press", is_alarm=True),)
        uow.alerts.add(cast.alert("press", facts=facts), [cast.change("alt_press")])
        uow.notices.add([cast.notice("told")])


def tried(store: Store) -> None:
    with store.writing() as uow:
        uow.notices.start(cast.attempt("first", "ntc_told", started_at=NIGHT + MINUTE))


def confirmed(store: Store) -> None:
    with store.writing() as uow:
        [first] = uow.notices.attempts(["ntc_told"])
        uow.notices.finish(replace(first, ended_at=NIGHT + 2 * MINUTE, result=AttemptResult.DELIVERED))
        uow.notices.save(replace(cast.notice("told"), state=NoticeState.SENT, next_attempt_at=None))


TO_ATTEMPT, TO_CONFIRMATION = "anxin_press_to_attempt_seconds", "anxin_press_to_confirmation_seconds"


def test_a_press_is_measured_once_however_often_somebody_looks(store: Store) -> None:
    registry = begun(store)
    for happens in (pressed, tried, confirmed):
        happens(store)
        for _ in range(2):
            shown(registry)
    figures = shown(registry)
    assert (figures[f"{TO_ATTEMPT}_count",], figures[f"{TO_ATTEMPT}_sum",]) == (1, 60)
    assert (figures[f"{TO_CONFIRMATION}_count",], figures[f"{TO_CONFIRMATION}_sum",]) == (1, 120)
    assert figures["anxin_alerts_opened_total", "call-button", "high"] == 1
    assert figures["anxin_attempts_total", "webhook", "delivered"] == 1
    assert figures["anxin_notices_total", "alert", "step", "sent"] == 1
    assert figures["anxin_notices_due",] == 0


def test_a_press_that_a_crash_held_up_is_measured_by_the_next_process_alone(store: Store) -> None:
    pressed(store)
    after_crash = begun(store)
    tried(store)
    assert shown(after_crash)[f"{TO_ATTEMPT}_sum",] == 60
    after_second_crash = begun(store)
    confirmed(store)
    figures = shown(after_second_crash)
    assert (figures[f"{TO_ATTEMPT}_count",], figures[f"{TO_CONFIRMATION}_count",]) == (0, 1)
    assert figures["anxin_notices_total", "alert", "step", "sent"] == 1
    assert ("anxin_alerts_opened_total", "call-button", "high") not in figures


def test_while_the_store_does_not_answer_counts_stand_and_the_rest_is_left_out(store: Store) -> None:
    pressed(store)
    figures = shown(begun(store, answers=False))
    assert figures[f"{TO_ATTEMPT}_count",] == 0
    assert ("anxin_notices_due",) not in figures


BOOK, _ = read_what_is_good(
    """
format: 1
rulebook: home-beds
rules:
  - id: call
    title: {en: Call, zh-CN: 呼叫, bo: འབོད}
    on: call_button.pressed
    severity: high
    policy: our-own
""",
    "home-beds.yaml",
)


A_FAULT = Fault("home-beds.yaml", "call", "on", "nothing", "a kind of event")


def book(*faults: str, refused: tuple[Fault, ...] = (), revision: int = 3) -> BookStatus:
    assert BOOK is not None
    found = tuple(RuleFault("home-beds/call", "res_措姆", fault) for fault in faults)
    rules = tuple(RuleAtWork(rule, found) for rule in BOOK.rules)
    return BookStatus("home-beds", revision, "", None, rules, refused)


def test_a_rule_or_a_policy_that_cannot_work_is_a_reason_that_names_nobody() -> None:
    [lame, lost] = rule_reasons([book("KeyError: '措姆'")], ["emergency"])
    assert lame.startswith("Rules cannot work: home-beds/call.")
    assert lost.startswith("The policy our-own, which a rule names, is not there")
    assert "措姆" not in lame + lost


def test_a_refused_text_is_a_reason_only_where_nothing_works_in_its_place() -> None:
    assert rule_reasons([book(refused=(A_FAULT,))], ["our-own"]) == []
    [said] = rule_reasons([book(refused=(A_FAULT,), revision=0)], ["our-own"])
    assert said.startswith("The rulebook home-beds has faults and none before it works in its place")
