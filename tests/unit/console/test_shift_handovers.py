"""The hand-over of the duty desk: what the next shift is shown, who took over from whom, and what is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.domain.people import Role
from tests.unit.console.cast import NIGHT, Cast
from tests.unit.console.test_pages import signed_in, words

EVENING, MORNING = NIGHT - timedelta(hours=4), NIGHT + timedelta(hours=5)


def desk_worker(house: Cast, name: str, role: str = "duty_desk") -> str:
    made = house.of(Role.ADMIN).post("/api/v1/workers", json={"name": name, "role": role})
    return str(made.json()["id"])


def rostered(house: Cast, worker_id: str, starts: Any, ends: Any) -> None:
    admin = house.of(Role.ADMIN)
    team = admin.post("/api/v1/teams", json={"name": "desk"}).json()["id"]
    admin.patch(f"/api/v1/workers/{worker_id}", json={"team_id": team})
    body = {
        "team_id": team,
        "worker_id": worker_id,
        "starts_at": starts.isoformat(),
        "ends_at": ends.isoformat(),
    }
    assert admin.post("/api/v1/shifts", json=body).status_code == 201


def current(client: TestClient) -> dict[str, Any]:
    answer = client.get("/api/v1/handovers/current")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_whoever_takes_over_and_whoever_hands_over_are_named_with_the_instant(house: Cast) -> None:
    giver, taker = desk_worker(house, "Lobsang"), desk_worker(house, "Drolma")
    admin = house.of(Role.ADMIN)
    made = admin.post("/api/v1/handovers", json={"from_worker_id": giver, "worker_id": taker, "note": "钥匙"})
    assert made.status_code == 201, made.text
    handover = made.json()
    assert (handover["from_worker_id"], handover["taken_over_by"]) == (giver, taker)
    assert handover["taken_over_at"] == NIGHT.isoformat().replace("+00:00", "Z")
    assert admin.get(f"/api/v1/handovers/{handover['id']}").json() == handover
    assert current(admin)["taken_over"] == handover
    entry = admin.get("/api/v1/audit?action=shift.taken_over").json()["items"][0]
    assert (entry["object_id"], entry["detail"]) == (handover["id"], f"{taker} from {giver}")


def test_a_repeated_taking_over_is_written_down_once(house: Cast) -> None:
    giver, taker = desk_worker(house, "Lobsang"), desk_worker(house, "Drolma")
    admin = house.of(Role.ADMIN)
    body = {"from_worker_id": giver, "worker_id": taker}
    for _ in range(2):
        answer = admin.post("/api/v1/handovers", json=body, headers={"Idempotency-Key": "once"})
        assert answer.status_code == 201
    assert len(admin.get("/api/v1/handovers").json()["items"]) == 1


@pytest.mark.parametrize(("field", "who"), [("from_worker_id", "nobody"), ("worker_id", "basang")])
def test_only_those_of_the_desk_hand_over_and_take_over(house: Cast, field: str, who: str) -> None:
    body = {"from_worker_id": desk_worker(house, "Lobsang"), "worker_id": desk_worker(house, "Drolma")}
    answer = house.of(Role.ADMIN).post("/api/v1/handovers", json=body | {field: who})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_notes_are_kept_with_their_author_and_shown_to_the_next_shift_until_it_takes_over(
    house: Cast,
) -> None:
    admin = house.of(Role.ADMIN)
    giver, taker = desk_worker(house, "Lobsang"), desk_worker(house, "Drolma")
    assert admin.post("/api/v1/handover-notes", json={"text": "三号楼停电到八点"}).status_code == 201
    assert [each["text"] for each in current(admin)["notes"]] == ["三号楼停电到八点"]
    house.clock.move(timedelta(minutes=1))
    admin.post("/api/v1/handovers", json={"from_worker_id": giver, "worker_id": taker})
    assert current(admin)["notes"] == []
    assert [each["text"] for each in admin.get("/api/v1/handover-notes").json()["items"]] == [
        "三号楼停电到八点"
    ]
    assert admin.post("/api/v1/handover-notes", json={"text": ""}).status_code == 422


def test_whoever_takes_over_sees_the_notes_of_the_shift_before_until_the_next_hand_over(house: Cast) -> None:
    admin, client = house.of(Role.ADMIN), signed_in(house, "desk")
    first, second = desk_worker(house, "Lobsang"), desk_worker(house, "Drolma")
    made = []
    for text, giver, taker in (("门禁坏了", first, second), ("电梯停了", second, first)):
        admin.post("/api/v1/handover-notes", json={"text": text})
        house.clock.move(timedelta(minutes=1))
        body = {"from_worker_id": giver, "worker_id": taker}
        made.append(admin.post("/api/v1/handovers", json=body).json()["id"])
        page = client.get("/handover").text
        section = page.partition('id="earlier-notes"')[2].partition("</section>")[0]
        assert text in section
        assert section.count("<li>") == 1
        assert "上一班记事" in words(page)
    for each, text in zip(made, ("门禁坏了", "电梯停了"), strict=True):
        kept = admin.get(f"/api/v1/handovers/{each}").json()
        assert [note["text"] for note in kept["notes"]] == [text]
        assert text in page.partition('id="before"')[2]
    assert [note["text"] for note in current(admin)["taken_over"]["notes"]] == ["电梯停了"]


def test_who_has_the_desk_does_not_take_it_over_again_before_its_next_turn(house: Cast) -> None:
    admin, client = house.of(Role.ADMIN), signed_in(house, "desk")
    giver, taker = desk_worker(house, "Lobsang"), desk_worker(house, "Drolma")
    rostered(house, taker, EVENING, MORNING)
    rostered(house, taker, MORNING, MORNING + timedelta(hours=8))
    body = {"from_worker_id": giver, "worker_id": taker}
    assert admin.post("/api/v1/handovers", json=body).status_code == 201
    house.clock.move(timedelta(minutes=1))
    again = admin.post("/api/v1/handovers", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "has_the_desk")
    assert "Drolma has the desk already" in again.json()["detail"]
    page = client.post("/handover", data={"key": "k3"} | body)
    assert page.status_code == 409
    assert "未重复接班：Drolma 自 " in " ".join(words(page.text))
    assert len(admin.get("/api/v1/handovers").json()["items"]) == 1
    house.clock.move(MORNING - house.clock.now())
    assert admin.post("/api/v1/handovers", json=body).status_code == 201


def test_what_ends_in_the_coming_shift_is_shown_and_what_ends_after_it_is_not(house: Cast) -> None:
    admin = house.of(Role.ADMIN)
    desk = desk_worker(house, "Drolma")
    rostered(house, desk, NIGHT + timedelta(hours=1), MORNING)
    for until, shown in ((MORNING - timedelta(minutes=1), 1), (MORNING + timedelta(minutes=1), 0)):
        away = {"until": until.isoformat(), "reason": "走亲戚"}
        event = {"kind": "resident.away", "resident_id": "yangzom", "data": away}
        assert admin.post("/api/v1/events", json=event).status_code == 201
        assert len(current(admin)["ending"]) == shown
        back = {"kind": "resident.returned", "resident_id": "yangzom", "data": {}}
        admin.post("/api/v1/events", json=back)


def test_who_is_not_protected_stands_there_with_why_and_whose_it_is(house: Cast) -> None:
    admin = house.of(Role.ADMIN)
    admin.post("/api/v1/residents", json={"name": "Tsering", "home_id": "home-1"})
    gaps = current(admin)["unprotected"]
    assert "nobody_assigned" in gaps[-1]["reasons"]


def test_grid_workers_do_not_see_the_desk(house: Cast) -> None:
    assert house.of(Role.GRID_WORKER).get("/api/v1/handovers/current").status_code == 403
    assert signed_in(house, "grid").get("/handover").status_code == 403


def test_the_page_takes_a_note_and_the_desk_without_a_script(house: Cast) -> None:
    giver, taker = desk_worker(house, "Lobsang"), desk_worker(house, "Drolma")
    client = signed_in(house, "desk")
    note = client.post("/handover/notes", data={"key": "n1", "text": " 门禁坏了 "}, follow_redirects=False)
    assert note.status_code == 303
    assert "门禁坏了" in words(client.get("/handover").text)
    form = {"key": "k1", "from_worker_id": giver, "worker_id": taker, "note": ""}
    for _ in range(2):
        assert client.post("/handover", data=form, follow_redirects=False).status_code == 303
    page = " ".join(words(client.get("/handover?taken=true").text))
    assert "已接班" in page
    assert "Drolma 接 Lobsang 的班" in page
    assert len(house.of(Role.ADMIN).get("/api/v1/handovers").json()["items"]) == 1


def test_a_form_that_names_nobody_is_answered_in_words(house: Cast) -> None:
    answer = signed_in(house, "desk").post("/handover", data={"key": "k2"})
    assert answer.status_code == 422
    assert "未能接班：请选择交班人和接班人。" in words(answer.text)


def test_who_has_the_same_gap_stands_together_and_after_the_taking_over(house: Cast) -> None:
    admin = house.of(Role.ADMIN)
    for name in ("Tsering", "Norbu", "Pema"):
        admin.post("/api/v1/residents", json={"name": name, "home_id": "home-1"})
    page = words(signed_in(house, "desk").get("/handover").text)
    gaps = page[page.index("确认接班") :]
    alike = gaps.index("没有责任人")
    assert [each for each in gaps[alike:] if each in {"Tsering", "Norbu", "Pema"}] == [
        "Tsering",
        "Norbu",
        "Pema",
    ]
    assert gaps.count("没有责任人") == 1
