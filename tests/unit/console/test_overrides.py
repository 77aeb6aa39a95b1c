"""Overrides over the API: who, why, until when; refused, replaced, taken back, ended by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.console.parts import RulebookStatus
from services.domain.instants import format_instant
from services.domain.people import Role
from services.rules.reading import read_rulebook
from services.rules.status import BookStatus, RuleAtWork
from services.wiring.console_parts import rulebooks_of
from tests.unit.console.cast import NIGHT, Cast, cast
from tests.unit.console.test_pages import signed_in, words
from tests.unit.rules.cast import rulebook

BOOK = read_rulebook(
    rulebook(
        "id: call, on: call_button.pressed, severity: high",
        "id: out, on: bed.exited, settle: 60s, unless: bed.entered, for: 20m, severity: high",
        "id: not-up, missing: bed.exited, from: '04:00', by: '10:00'",
        "id: many, on: bed.exited, count: 4, within: 2h, settle: 60s",
        'id: at-night, on: bed.exited, unless: bed.entered, for: 20m, between: "22:00-06:00"',
        "id: visits, quota: visit.completed, at_least: 2, per: month, warn: 7d",
        "id: silent, silent: any, for: 2h, per: device",
    )
)
WHY = "gets up to feed the stove"


def at_work() -> list[BookStatus]:
    rules = tuple(RuleAtWork(rule) for rule in BOOK.rules)
    return [BookStatus(BOOK.name, 1, BOOK.content_hash, NIGHT, rules, ())]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Cast]:
    with cast(tmp_path, rules=rulebooks_of(at_work)) as community:
        yield community


def order(house: Cast, rule: str = "out", by: Role = Role.MANAGER, **said: Any) -> Any:
    body = {"resident_id": "yangzom", "key": "for", "value": "40m", "reason": WHY} | said
    return house.of(by).post(f"/api/v1/rules/{rule}/overrides", json=body)


def listed(house: Cast, rule: str = "out", **query: str) -> list[Any]:
    items: list[Any] = (
        house.of(Role.DUTY_DESK).get(f"/api/v1/rules/{rule}/overrides", params=query).json()["items"]
    )
    return items


def test_an_override_says_who_why_and_until_when(house: Cast) -> None:
    end = format_instant(NIGHT + timedelta(days=7))
    answer = house.worker("lhamo").post(
        "/api/v1/rules/out/overrides",
        json={"resident_id": "yangzom", "key": "for", "value": "40m", "reason": WHY, "until": end},
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["rulebook"], made["rule"], made["key"], made["value"]) == ("test", "out", "for", "40m")
    assert (made["author"], made["reason"], made["until"], made["state"]) == ("lhamo", WHY, end, "in_force")
    assert listed(house) == [made]
    with house.store.reading() as uow:
        event = uow.events.get(made["id"])
    assert event is not None
    assert (event.kind, event.data["until"], event.data["reason"]) == ("rule.overridden", end, WHY)
    [entry] = house.of(Role.MANAGER).get("/api/v1/audit?action=rule.overridden").json()["items"]
    assert (entry["object_id"], entry["detail"]) == ("yangzom", f"test/out for=40m until {end}: {WHY}")


def test_it_ends_by_itself_and_is_still_listed(house: Cast) -> None:
    order(house, until=format_instant(NIGHT + timedelta(hours=1)))
    house.clock.move(timedelta(hours=1))
    [over] = listed(house)
    assert (over["state"], over["ending"], over["ended_at"]) == ("ended", "until", over["until"])
    assert listed(house, state="in_force") == []


def test_another_value_of_the_same_key_takes_its_place(house: Cast) -> None:
    first = order(house).json()
    house.clock.move(timedelta(hours=1))
    changed = house.of(Role.ADMIN).patch(
        f"/api/v1/rules/out/overrides/{first['id']}", json={"value": "50m", "reason": "longer still"}
    )
    assert (changed.status_code, changed.json()["value"]) == (200, "50m")
    over, now = listed(house)
    assert (over["ending"], over["ended_reason"], now["state"]) == ("replaced", "longer still", "in_force")
    gone = house.of(Role.ADMIN).patch(
        f"/api/v1/rules/out/overrides/{first['id']}", json={"value": "55m", "reason": "once more"}
    )
    assert gone.status_code == 409


def test_it_is_taken_back_with_a_reason_once(house: Cast) -> None:
    made = order(house).json()
    end = f"/api/v1/rules/out/overrides/{made['id']}/end"
    for _ in range(2):
        answer = house.of(Role.MANAGER).post(end, json={"reason": "the stove is gone"})
        assert (answer.status_code, answer.json()["ending"]) == (200, "taken_back")
    assert [each["ended_reason"] for each in listed(house)] == ["the stove is gone"]
    audit = house.of(Role.MANAGER).get("/api/v1/audit?action=rule.override_taken_back").json()["items"]
    assert len(audit) == 1


@pytest.mark.parametrize(
    ("rule", "said", "field"),
    [
        ("out", {"key": "unless", "value": "bed.entered"}, "key"),
        ("out", {"key": "count", "value": 3}, "key"),
        ("out", {"value": "soon"}, "value"),
        ("out", {"value": "60s"}, "value"),  # not longer than settle
        ("many", {"key": "within", "value": "30s"}, "value"),
        ("not-up", {"key": "by", "value": "04:00"}, "value"),  # from = by
        ("not-up", {"key": "enabled", "value": "no"}, "value"),
        ("out", {"resident_id": "nobody"}, "resident_id"),
        ("out", {"until": format_instant(NIGHT)}, "until"),
        ("out", {"reason": "  "}, "reason"),
        ("out", {"value": None}, "value.bool"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(
    house: Cast, rule: str, said: dict[str, Any], field: str
) -> None:
    answer = order(house, rule, **said)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert listed(house, rule) == []


def test_two_overrides_must_make_sense_together(house: Cast) -> None:
    assert order(house, "not-up", key="by", value="05:00").status_code == 201
    assert order(house, "not-up", key="from", value="05:00").status_code == 422
    assert order(house, "not-up", key="from", value="03:00").status_code == 201


def test_an_unknown_rule_is_told_the_nearest(house: Cast) -> None:
    answer = order(house, "oot")
    assert (answer.status_code, answer.json()["nearest"]) == (404, "out")


def test_switching_off_a_call_rule_does_not_pretend_to_stop_a_press(house: Cast) -> None:
    made = order(house, "call", key="enabled", value=False).json()
    assert "floor" in made["remark"]
    assert order(house).json()["remark"] is None


def test_who_may_and_who_sees(house: Cast) -> None:
    assert order(house, by=Role.DUTY_DESK).status_code == 403
    order(house)
    assert len(house.worker("basang").get("/api/v1/rules/out/overrides").json()["items"]) == 1
    assert house.worker("norbu").get("/api/v1/rules/out/overrides").json()["items"] == []


def test_rules_of_one_name_are_told_apart_by_their_rulebooks(tmp_path: Path) -> None:
    def two() -> list[RulebookStatus]:
        [book] = rulebooks_of(at_work)()
        return [book, book]

    with cast(tmp_path, rules=two) as house:
        assert order(house).status_code == 409


def test_a_rule_may_be_named_with_its_rulebook(house: Cast) -> None:
    assert order(house, "test:out").status_code == 201


def test_the_residents_page_shows_what_differs_who_said_so_and_until_when(house: Cast) -> None:
    client = signed_in(house, "desk")
    client.cookies.set("anxin_language", "en")
    assert "Rules that differ here" not in words(client.get("/residents/yangzom").text)
    order(house, until=format_instant(NIGHT + timedelta(days=3)))
    order(house, "call", key="enabled", value=False)
    shown = " ".join(words(client.get("/residents/yangzom").text))
    for said in (
        "Rules that differ here",
        "only after 40 min",
        WHY,
        "until",
        "Switched off",
        "A press still alerts.",
    ):
        assert said in shown, said
    house.clock.move(timedelta(days=4))
    assert "only after" not in " ".join(words(client.get("/residents/yangzom").text))


@pytest.mark.parametrize(
    ("rule", "key", "value", "said"),
    [
        ("at-night", "for", "541m", "longer than the rule's `between`"),
        ("visits", "warn", "32d", "more days than a month has"),
        ("silent", "for", "0s", "no time at all"),
    ],
)
def test_a_value_that_a_rulebook_could_not_have_is_refused(
    house: Cast, rule: str, key: str, value: str, said: str
) -> None:
    answer = order(house, rule, key=key, value=value)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
