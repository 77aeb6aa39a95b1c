"""The visits' pages: who stands on them and in which order, the form and its bounds, and that whatever is
sent twice is recorded once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from services.console.pages.files import EDITION
from services.domain.people import Role
from services.rules.periods import Period
from tests.unit.console.cast import NIGHT, Cast
from tests.unit.console.test_pages import PAGE, signed_in, words
from tests.unit.console.visiting import QUOTA, said, with_the_rule

KEY = "key-of-this-form"
FORM = {"key": KEY, "resident_id": "yangzom", "service": "助餐", "note": "吃得好"}


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Cast]:
    with with_the_rule(tmp_path) as house:
        yield house


@pytest.fixture
def basang(village: Cast) -> TestClient:
    return signed_in(village, "grid")


def sent(client: TestClient, **form: str) -> Response:
    return client.post("/visits", data=FORM | form, follow_redirects=False)


def visits(house: Cast) -> list[dict[str, object]]:
    found: list[dict[str, object]] = house.of(Role.ADMIN).get("/api/v1/visits").json()["items"]
    return found


def test_the_list_says_who_is_owed_how_many_and_how_long_the_month_lasts(basang: TestClient) -> None:
    page = words(basang.get("/visits").text)
    assert {"Yangzom", "还差 2 次", "近 100 天没有走访"} <= set(page)
    assert page[page.index("待走访老人") + 1] == "1"
    assert page[page.index("本月剩余天数") + 1] == "9"  # it is the 23rd there


def test_the_last_visit_is_said_with_when_by_whom_and_what_for(village: Cast, basang: TestClient) -> None:
    said(village, "visit.completed", NIGHT - timedelta(hours=1), by="cering", service="助洁")
    page = basang.get("/visits").text
    assert "还差 1 次" in words(page)
    last = " ".join(words(page)[words(page).index("上次走访") :][:3])
    assert all(part in last for part in ("01:13", "Cering", "助洁"))


def test_a_grid_worker_sees_their_own_people_first_and_nobody_else_s(village: Cast) -> None:
    admin = village.of(Role.ADMIN)
    admin.post("/api/v1/residents", json={"name": "Neighbouring", "home_id": "home-1"})
    page = words(signed_in(village, "grid").get("/visits").text)
    assert "Dawa" not in page
    assert page.index("我负责的老人") < page.index("Yangzom") < page.index("First grid")
    assert page.index("First grid") < page.index("Neighbouring")


def test_who_is_owed_more_stands_before_who_is_owed_less(village: Cast, basang: TestClient) -> None:
    village.of(Role.ADMIN).post(
        "/api/v1/residents",
        json={
            "name": "Zhuoma",
            "home_id": "home-1",
            "assigned_worker_id": "basang",
            "enrolled_at": "2025-01-01T00:00:00Z",
        },
    )
    said(village, "visit.completed", NIGHT - timedelta(hours=1))
    page = words(basang.get("/visits").text)
    assert page.index("Zhuoma") < page.index("Yangzom")


def test_the_desk_sees_everybody_by_grid_and_can_look_at_one_grid(village: Cast) -> None:
    desk = signed_in(village)
    assert {"First grid", "Yangzom", "Second grid", "Dawa"} <= set(words(desk.get("/visits").text))
    one = words(desk.get("/visits?grid=grid-2").text)
    assert "Dawa" in one
    assert "Yangzom" not in one


def test_somebody_who_has_left_is_not_visited_any_more(village: Cast, basang: TestClient) -> None:
    village.of(Role.ADMIN).patch("/api/v1/residents/yangzom", json={"left_at": "2025-07-01T00:00:00Z"})
    assert "Yangzom" not in words(basang.get("/visits").text)


def test_somebody_who_is_away_is_marked(village: Cast, basang: TestClient) -> None:
    body = {"kind": "resident.away", "resident_id": "yangzom", "occurred_at": "2025-06-20T00:00:00Z"}
    village.worker("basang").post("/api/v1/events", json=body)
    assert {"外出", "本期无走访任务"} <= set(words(basang.get("/visits").text))


def test_a_rule_of_weeks_speaks_of_weeks(tmp_path: Path) -> None:
    with with_the_rule(tmp_path, replace(QUOTA, period=Period.WEEK, at_least=1)) as house:
        page = words(signed_in(house, "grid").get("/visits").text)
    assert page[page.index("本周剩余天数") + 1] == "5"
    assert "还差 1 次" in page


def test_without_a_rule_the_page_says_that_nothing_is_owed(house: Cast) -> None:
    page = words(signed_in(house, "grid").get("/visits").text)
    assert "还没有规定应走访几次。" in page
    assert "Yangzom" in page


def test_a_form_records_a_visit_of_now_and_says_so(village: Cast, basang: TestClient) -> None:
    answer = sent(basang)
    [visit] = visits(village)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/visits?recorded={visit['id']}")
    assert (visit["resident_id"], visit["service"], visit["note"]) == ("yangzom", "助餐", "吃得好")
    assert (visit["worker_id"], visit["occurred_at"]) == ("basang", "2025-07-22T18:13:00Z")
    page = words(basang.get(answer.headers["location"]).text)
    assert any(word.startswith("已登记：Yangzom") for word in page)
    assert "还差 1 次" in page


def test_a_visit_that_only_looked_in_names_no_service(village: Cast, basang: TestClient) -> None:
    assert sent(basang, service="", note="").status_code == 303
    assert (visits(village)[0]["service"], visits(village)[0]["note"]) == (None, None)
    assert "看望" in " ".join(words(basang.get("/visits").text))


def test_a_form_that_is_sent_twice_records_once(village: Cast, basang: TestClient) -> None:
    first, again = sent(basang), sent(basang)
    assert first.headers["location"] == again.headers["location"]
    assert len(visits(village)) == 1


def test_a_form_and_the_api_know_each_other_s_keys(village: Cast, basang: TestClient) -> None:
    body = {"resident_id": "yangzom", "service": "助餐", "note": "吃得好"}
    answer = basang.post("/api/v1/visits", json=body, headers={"Idempotency-Key": KEY})
    assert sent(basang).headers["location"].endswith(answer.json()["id"])
    assert len(visits(village)) == 1


def test_the_same_form_with_other_words_is_refused_and_offered_anew(
    village: Cast, basang: TestClient
) -> None:
    sent(basang)
    answer = sent(basang, note="别的")
    assert answer.status_code == 422
    assert "这条已经发送过，内容不同。请先看看列表。" in words(answer.text)
    assert f'value="{KEY}"' not in answer.text
    assert "别的" in answer.text
    assert len(visits(village)) == 1


def test_each_form_has_a_key_of_its_own(basang: TestClient) -> None:
    keys = [re.search(r'name="key" value="([^"]+)"', basang.get("/visits/new").text) for _ in range(2)]
    assert keys[0]
    assert keys[1]
    assert keys[0][1] != keys[1][1]


def test_another_time_is_the_wall_time_of_the_home(village: Cast, basang: TestClient) -> None:
    village.of(Role.ADMIN).patch("/api/v1/homes/home-1", json={"timezone": "Asia/Kathmandu"})
    assert sent(basang, at="2025-07-22T20:00").status_code == 303
    assert visits(village)[0]["occurred_at"] == "2025-07-22T14:15:00Z"


@pytest.mark.parametrize("at", ["2025-07-23T02:14", "2024-06-17T00:00", "yesterday", "2025-13-40T99:99"])
def test_a_time_that_does_not_fit_is_said_and_nothing_is_lost(
    village: Cast, basang: TestClient, at: str
) -> None:
    answer = sent(basang, at=at)
    assert answer.status_code == 422
    assert "时间不对：太久以前，或者还没到。" in words(answer.text)
    assert "吃得好" in answer.text
    assert visits(village) == []


@pytest.mark.parametrize("resident", ["dawa", "nobody", ""])
def test_nobody_records_for_whom_they_may_not_see(village: Cast, basang: TestClient, resident: str) -> None:
    assert sent(basang, resident_id=resident).status_code == 422
    assert sent(basang, resident_id=resident, at="2025-07-22T20:00").status_code == 422
    assert visits(village) == []


def test_the_desk_records_for_who_went(village: Cast) -> None:
    desk = signed_in(village)
    assert '<option value="cering">' in desk.get("/visits/new").text
    assert sent(desk, worker_id="cering").status_code == 303
    assert visits(village)[0]["worker_id"] == "cering"
    assert visits(village)[0]["recorded_by"] == "pema"


def test_the_form_opens_with_whom_it_is_for(basang: TestClient) -> None:
    page = basang.get("/visits/new?resident=yangzom").text
    assert re.search(r'<option value="yangzom"[^>]* selected>', page)
    assert "Dawa" not in page


def test_one_s_own_visit_of_today_is_taken_back_once(village: Cast, basang: TestClient) -> None:
    sent(basang)
    visit_id = visits(village)[0]["id"]
    assert "我今天登记的" in words(basang.get("/visits").text)
    for _ in range(2):
        answer = basang.post(
            f"/visits/{visit_id}/take-back", data={"reason": "wrong person"}, follow_redirects=False
        )
        assert (answer.status_code, answer.headers["location"]) == (303, f"/visits?taken_back={visit_id}")
    events = village.of(Role.ADMIN).get("/api/v1/events?kind=event.retracted").json()["items"]
    assert [event["data"] for event in events] == [{"event_id": visit_id, "reason": "wrong person"}]
    page = words(basang.get("/visits").text)
    assert "还差 2 次" in page
    assert "我今天登记的" not in page
    assert any("已撤回" in each for each in words(basang.get(f"/visits?taken_back={visit_id}").text))


def test_only_what_was_taken_back_is_said_to_be(village: Cast, basang: TestClient) -> None:
    sent(basang)
    visit_id = visits(village)[0]["id"]
    for named in (visit_id, "none"):
        assert not any("已撤回" in each for each in words(basang.get(f"/visits?taken_back={named}").text))


def test_neither_another_s_visit_nor_one_of_yesterday_is_taken_back_here(
    village: Cast, basang: TestClient
) -> None:
    other = village.worker("cering").post("/api/v1/visits", json={"resident_id": "yangzom"}).json()
    yesterday = said(village, "visit.completed", NIGHT - timedelta(hours=3))  # 23:13 of the day before
    for visit_id in (other["id"], yesterday.id):
        answer = basang.post(f"/visits/{visit_id}/take-back", data={"reason": "wrong person"})
        assert answer.status_code == 409
    assert basang.post("/visits/none/take-back", data={"reason": "wrong person"}).status_code == 404
    assert village.of(Role.ADMIN).get("/api/v1/events?kind=event.retracted").json()["items"] == []


def test_whoever_records_no_visits_has_no_such_pages(village: Cast) -> None:
    for path in ("/visits", "/visits/new", "/visits/now"):
        assert village.worker("tashi").get(path, headers=PAGE).status_code == 403
        assert village.client().get(path).status_code == 401
    assert "/visits" not in village.worker("tashi").get("/", headers=PAGE).text


def test_a_phone_is_told_who_is_signed_in_and_what_time_it_is(basang: TestClient) -> None:
    assert basang.get("/visits/now").json() == {"user": "usr-grid", "now": "2025-07-22T18:13:00Z"}


def test_what_one_wrote_is_not_sent_as_another(village: Cast, basang: TestClient) -> None:
    body = {"resident_id": "yangzom"}
    meant = {"Anxin-User": "usr-grid"}
    answer = signed_in(village).post("/api/v1/visits", json=body, headers=meant)
    assert (answer.status_code, answer.json()["code"]) == (409, "another_user")
    assert visits(village) == []
    assert basang.post("/api/v1/visits", json=body, headers=meant).status_code == 201


def test_a_key_with_a_time_is_known_for_good(village: Cast, basang: TestClient) -> None:
    body = {"resident_id": "yangzom", "occurred_at": "2025-07-22T18:00:00Z"}
    first = basang.post("/api/v1/visits", json=body, headers={"Idempotency-Key": KEY}).json()
    village.clock.move(timedelta(days=9))
    client = signed_in(village, "grid")
    client.post("/api/v1/visits", json=body, headers={"Idempotency-Key": "of-another-visit"})
    again = client.post("/api/v1/visits", json=body, headers={"Idempotency-Key": KEY})
    assert (again.status_code, again.json()) == (201, first)
    assert len(visits(village)) == 2


def test_the_worker_script_belongs_to_its_edition_and_is_asked_for_each_time(house: Cast) -> None:
    answer = house.client().get("/offline.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert f'const EDITION = "{EDITION}";' in answer.text
    files = re.search(r"const FILES = \[(.*)\];", answer.text)
    assert files is not None
    for address in re.findall(r'"([^"]+)"', files[1]):
        assert house.client().get(address).status_code == 200, address
