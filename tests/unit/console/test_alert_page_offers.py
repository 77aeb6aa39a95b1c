"""What the page of an alert offers, to whom, in which state. What is permitted is written down here anew,
from the contract and not from the code.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.console.pages.alerts.offers import lengths
from services.domain.alerts import Alert, AlertState, Deadline, DeadlineKind
from services.domain.findings import Severity
from services.domain.people import Role
from tests.unit.console.cast import Cast, press
from tests.unit.console.forms import Forms

PAGE = {"Accept": "text/html"}
TRUSTED = {"pema", "lhamo", "admin"}
"""Duty desk, manager, admin: they act for others, and end what another has."""
LOOKERS = ("basang", "cering", "dolma", "karma", "pema", "lhamo", "admin")
PEOPLE = {"basang", "cering", "dolma", "norbu", "pema", "tashi", "lhamo", "karma"}

STATES: dict[str, dict[str, Any]] = {
    "nobody has it": {},
    "nobody has it and basang cannot go": {"declined_by": ("basang",)},
    "basang is on the way": {"state": AlertState.ACCEPTED, "accepted_by": "basang"},
    "basang is on the way and asks cering": {
        "state": AlertState.ACCEPTED,
        "accepted_by": "basang",
        "handover_to": "cering",
    },
    "basang is there": {"state": AlertState.ARRIVED, "accepted_by": "basang"},
    "it is over": {"state": AlertState.CLOSED, "accepted_by": "basang"},
}


HELD_TO = {AlertState.ACCEPTED: DeadlineKind.ARRIVAL, AlertState.ARRIVED: DeadlineKind.CLOSING}
"""What whoever has an alert is held to; without it there is nothing that more time could put off."""


def stand(house: Cast, severity: Severity = Severity.HIGH, **fields: object) -> None:
    """An alert in a state of its own."""
    press(house, severity=severity, policy="emergency" if severity is Severity.HIGH else "routine")
    change(house, **fields)


def change(house: Cast, **fields: object) -> None:
    now = house.clock.now()
    if fields.get("accepted_by"):
        held_to = HELD_TO.get(fields.get("state"))  # type: ignore[call-overload]
        owed = (Deadline(held_to, now + timedelta(minutes=20)),) if held_to else ()
        owner_ids = (fields["accepted_by"],)
        fields = {"accepted_at": now, "owner_ids": owner_ids, "deadlines": owed} | fields
    if fields.get("state") is AlertState.CLOSED:
        fields |= {"closed_at": now, "closed_by": "basang", "owner_ids": (), "deadlines": ()}
    with house.store.writing() as uow:
        alert = uow.alerts.get("alert-1")
        assert alert is not None
        uow.alerts.save(replace(alert, **fields), [])  # type: ignore[arg-type]


def alert_of(house: Cast) -> Alert:
    with house.store.reading() as uow:
        alert = uow.alerts.get("alert-1")
        assert alert is not None
        return alert


def client_of(house: Cast, name: str) -> TestClient:
    return house.of(Role.ADMIN) if name == "admin" else house.worker(name)


def offered(page: str) -> set[tuple[str, str]]:
    """Each action with in whose name it is offered: ``me``, or a worker's id."""
    found: set[tuple[str, str]] = set()
    for form in Forms(page).forms:
        for address, _ in form.buttons:
            if not address.startswith("/alerts/alert-1/"):
                continue
            action = address.rpartition("/")[2]
            if "worker" in form.hidden:
                found.add((action, form.hidden["worker"]))
                continue
            names = form.choices.get("worker", [""])
            # the first is "myself", or only asks to choose where one is nobody oneself
            mine = (
                {"me"} if names == [""] or 'name="worker" required' not in page_of(page, address) else set()
            )
            found |= {(action, name) for name in {*mine, *names} if name}
    return found


def page_of(page: str, address: str) -> str:
    """The part of the page that is the form of an address."""
    start = page.index(f'action="{address}"')
    return page[start : page.index("</form>", start)]


def permitted(looker: str, state: str, severity: Severity) -> set[tuple[str, str]]:
    """The contract: what this one may say and what changes anything, and for whom."""
    if state == "it is over":
        return set()
    holder = "basang" if state.startswith("basang is") else None
    asked = "cering" if "asks cering" in state else None
    said_no = "basang" if "cannot go" in state else None
    is_there = state == "basang is there"

    def may(action: str, person: str | None) -> bool:
        if action == "accept":
            return person is not None and (person == asked if holder else True)
        if action == "arrive":
            return person is not None and (
                (person == holder and not is_there) or person == asked or holder is None
            )
        if action == "decline":
            return person is not None and (
                person in {holder, asked} or (holder is None and person != said_no)
            )
        if action == "close":
            return (
                severity is not Severity.HIGH
                or looker in TRUSTED
                or (holder is not None and person == holder)
            )
        if action in {"extend", "handover"}:
            return holder is not None and (looker in TRUSTED or person == holder)
        return action == "note"

    me = None if looker == "admin" else looker
    found = {
        (action, "me")
        for action in ("accept", "arrive", "decline", "close", "extend", "handover", "note")
        if may(action, me)
    }
    if looker in TRUSTED:
        found |= {
            (action, other)
            for action in ("accept", "arrive", "decline", "close", "note")
            for other in PEOPLE - {looker}
            if may(action, other)
        }
    return found


@pytest.mark.parametrize("severity", [Severity.HIGH, Severity.MEDIUM])
@pytest.mark.parametrize("state", STATES)
def test_what_is_permitted_is_offered_and_nothing_else(house: Cast, state: str, severity: Severity) -> None:
    stand(house, severity, **STATES[state])
    for looker in LOOKERS:
        page = client_of(house, looker).get("/alerts/alert-1", headers=PAGE).text
        assert offered(page) == permitted(looker, state, severity), (looker, state)


@pytest.mark.parametrize("state", ["nobody has it", "basang is on the way", "basang is there"])
def test_what_is_offered_is_done(house: Cast, state: str) -> None:
    stand(house, **STATES[state])
    basang = house.worker("basang")
    actions = {action for action, _ in offered(basang.get("/alerts/alert-1", headers=PAGE).text)}
    for action in sorted(
        actions, key=["note", "extend", "handover", "accept", "arrive", "decline", "close"].index
    ):
        change(house, **{"accepted_by": None} | STATES[state])
        before = alert_of(house)
        form = {"minutes": "10", "outcome": "helped", "note": "x", "to": "cering"}
        answer = basang.post(f"/alerts/alert-1/{action}", data=form, headers=PAGE, follow_redirects=False)
        assert answer.status_code == 303, (state, action)
        assert alert_of(house).version > before.version, (state, action)


@pytest.mark.parametrize(
    ("looker", "state", "first"),
    [
        ("basang", "nobody has it", "accept"),
        ("admin", "nobody has it", "accept"),
        ("basang", "basang is on the way", "arrive"),
        ("basang", "basang is there", "close"),
        ("cering", "basang is on the way and asks cering", "accept"),
        ("cering", "basang is on the way", None),
        ("pema", "basang is on the way", "arrive"),
        ("pema", "basang is there", "close"),
        ("basang", "it is over", None),
    ],
)
def test_one_thing_comes_first_and_lies_under_the_thumb(
    house: Cast, looker: str, state: str, first: str | None
) -> None:
    stand(house, **STATES[state])
    page = client_of(house, looker).get("/alerts/alert-1", headers=PAGE).text
    if first is None:
        assert 'class="thumb-bar' not in page
        return
    bar = page[page.index('class="thumb-bar') :]
    bar = bar[: bar.index("</div>")]
    assert ('form="closing"' if first == "close" else f'action="/alerts/alert-1/{first}"') in bar
    assert bar.index("<button") == bar.index('<button class="act"')


def test_where_no_arrival_is_needed_the_end_comes_first(house: Cast) -> None:
    stand(house, Severity.MEDIUM, **STATES["basang is on the way"])
    page = house.worker("basang").get("/alerts/alert-1", headers=PAGE).text
    assert '<button class="act" form="closing">' in page


def test_a_further_press_can_be_answered_on_the_way_and_there(house: Cast) -> None:
    owed = Deadline(DeadlineKind.ANSWER_AGAIN, house.clock.now() + timedelta(minutes=2))
    stand(house, **STATES["basang is on the way"])
    for state, first in ((AlertState.ACCEPTED, "accept"), (AlertState.ARRIVED, "arrive")):
        change(house, state=state, accepted_by="basang", deadlines=(*alert_of(house).deadlines, owed))
        basang = house.worker("basang")
        page = basang.get("/alerts/alert-1", headers=PAGE).text
        assert {(first, "me"), ("note", "me")} <= offered(page)
        bar = page[page.index('class="thumb-bar') :]
        assert f'action="/alerts/alert-1/{first}"' in bar[: bar.index("</form>")]
        basang.post(f"/alerts/alert-1/{first}", data={}, headers=PAGE)
        assert DeadlineKind.ANSWER_AGAIN not in {each.kind for each in alert_of(house).deadlines}


def test_who_can_take_it_over_stands_in_the_order_of_who_is_near(house: Cast) -> None:
    stand(house, **STATES["basang is on the way"])
    page = house.worker("basang").get("/alerts/alert-1", headers=PAGE).text
    [form] = [each for each in Forms(page).forms if each.action.endswith("/handover")]
    assert form.choices["to"] == ["", "cering", "dolma", "karma", "pema", "norbu", "lhamo", "tashi"]


@pytest.mark.parametrize(
    ("most", "minutes"),
    [
        (timedelta(minutes=30), (10, 20, 30)),
        (timedelta(minutes=29), (10, 20)),
        (timedelta(minutes=5), (5,)),
        (timedelta(seconds=30), (1,)),
        (timedelta(hours=2), (10, 20, 30)),
        (timedelta(days=3), (60, 240, 1440)),
    ],
)
def test_more_time_is_offered_as_far_as_the_policy_allows(most: timedelta, minutes: tuple[int, ...]) -> None:
    assert lengths(most) == minutes
