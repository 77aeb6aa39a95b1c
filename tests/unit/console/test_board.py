"""The board: who stands on it in which state and in which words, what a filter narrows, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from services.console.pages.board import view
from services.console.pages.texts import Texts
from services.domain.alerts import Deadline, DeadlineKind
from services.domain.devices import Device, DeviceState, DeviceType, Ecosystem
from services.domain.findings import Severity
from services.domain.people import Absence, Language, Resident, Role, Shift
from tests.unit.console.cast import NIGHT, Cast, press
from tests.unit.console.test_pages import signed_in, words


class Parts(HTMLParser):
    """The words of each live part of a page, by its key; those of a part within a part stand in both."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: dict[str, list[str]] = {}
        self.attributes: dict[str, dict[str, str | None]] = {}
        self._open: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = dict(attributes)
        key = said.get("data-part")
        if key is not None:
            assert key not in self.words, f"two parts are called {key}"
            self.words[key] = []
            self.attributes[key] = said
        if tag not in {"meta", "link", "img", "input"}:
            self._open.append((tag, key))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """A shape of a picture: it holds no words."""

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for _, key in self._open:
            if key is not None and data.strip():
                self.words[key].append(data.strip())


def board(house: Cast, username: str = "desk", address: str = "/") -> Parts:
    return Parts(signed_in(house, username).get(address).text)


def heard_button(house: Cast, resident_id: str = "dawa", **said: object) -> None:
    """A call button of theirs that works."""
    with house.store.writing() as uow:
        resident = uow.residents.get(resident_id)
        assert resident is not None
        uow.devices.add(
            replace(
                Device(
                    f"button-of-{resident_id}",
                    f"button-of-{resident_id}",
                    Ecosystem.NATIVE,
                    DeviceType.CALL_BUTTON,
                    home_id=resident.home_id,
                    resident_id=resident_id,
                    state=DeviceState.LIVE,
                    registered_at=NIGHT - timedelta(days=3),
                    last_seen_at=NIGHT - timedelta(hours=2),
                ),
                **said,  # type: ignore[arg-type]
            )
        )


def on_duty(house: Cast, worker_id: str) -> None:
    with house.store.writing() as uow:
        uow.shifts.add(
            Shift("shift", "team", worker_id, NIGHT - timedelta(hours=1), NIGHT + timedelta(hours=8))
        )


def move_on(house: Cast, **fields: object) -> None:
    with house.store.writing() as uow:
        alert = uow.alerts.get("alert-1")
        assert alert is not None
        uow.alerts.save(replace(alert, **fields), [])  # type: ignore[arg-type]


# --------------------------------------------------------------------------- tiles


def test_whoever_is_protected_is_a_name_and_a_place(house: Cast) -> None:
    assert board(house).words["tile-yangzom"] == ["Yangzom", "3 River Lane"]


def test_an_amber_tile_says_why_whose_it_is_and_until_when(house: Cast) -> None:
    on_duty(house, "tashi")
    heard_button(house, state=DeviceState.SILENT)
    said = board(house).words["tile-dawa"]
    assert said == ["Dawa", "8 Bridge Lane", "有设备失联", "由Tashi处理，限 明天 00:13 前"]


def test_an_amber_tile_says_that_it_is_overdue(house: Cast) -> None:
    on_duty(house, "tashi")
    heard_button(house, state=DeviceState.SILENT, last_seen_at=NIGHT - timedelta(hours=25))
    assert board(house).words["tile-dawa"][-1] == "由Tashi处理，01:13 起已超时"


def test_an_amber_tile_says_that_nobody_on_duty_sees_to_it(house: Cast) -> None:
    house.of(Role.ADMIN).patch("/api/v1/workers/lhamo", json={"active": False})
    on_duty(house, "karma")
    assert board(house).words["tile-dawa"][2:] == ["没有呼叫器", "没有值班的人处理"]


def test_a_gap_without_a_beginning_has_no_end(house: Cast) -> None:
    on_duty(house, "tashi")
    heard_button(house, battery_percent=19.0)
    assert board(house).words["tile-dawa"][2:] == ["设备电量低", "由Tashi处理"]


def test_a_red_tile_says_how_grave_since_when_who_has_it_and_how_long_there_is(house: Cast) -> None:
    press(house)
    house.clock.move(timedelta(seconds=75))
    said = board(house).words["tile-yangzom"]
    assert said == ["Yangzom", "3 River Lane", "紧急", "02:13", "还没有人接", "0:45"]
    house.worker("basang").post("/api/v1/alerts/alert-1/accept")
    said = board(house).words["tile-yangzom"]
    assert said[4:] == ["Basang", "正在赶去", "10:00"]


def test_the_gravest_of_several_alerts_stands_on_the_tile(house: Cast) -> None:
    press(house, "alert-1", severity=Severity.LOW, kind="sensor-silent")
    press(house, "alert-2", severity=Severity.MEDIUM, kind="fast-heart")
    tile = board(house).words["tile-yangzom"]
    assert "尽快处理" in tile
    assert "有空处理" not in tile


def test_a_further_press_that_waits_is_a_red_tile_and_a_card_that_wait_again(house: Cast) -> None:
    press(house)
    house.worker("basang").post("/api/v1/alerts/alert-1/accept")
    parts = board(house)
    assert "data-waits" not in parts.attributes["alert-alert-1"]
    move_on(house, deadlines=(Deadline(DeadlineKind.ANSWER_AGAIN, NIGHT + timedelta(minutes=2)),))
    parts = board(house)
    assert "又按了一次，还没有人回应" in parts.words["tile-yangzom"]
    assert "又按了一次，还没有人回应" in parts.words["alert-alert-1"]
    assert "data-waits" in parts.attributes["alert-alert-1"]
    assert parts.words["waiting"] == ["1 件还没有人接"]


@pytest.mark.parametrize("kind", DeadlineKind)
def test_the_card_says_what_its_countdown_brings(house: Cast, kind: DeadlineKind) -> None:
    press(house)
    move_on(house, deadlines=(Deadline(kind, NIGHT + timedelta(minutes=2)),))
    card = board(house).words["alert-alert-1"]
    said = card[card.index("2:00") + 1]
    assert said.startswith(Texts(Language.ZH_CN, ZoneInfo("UTC")).word(kind))


def test_whoever_is_away_is_said_to_be(house: Cast) -> None:
    with house.store.writing() as uow:
        [yangzom, *_] = uow.residents.all()
        uow.residents.save(replace(yangzom, away=Absence(NIGHT, NIGHT + timedelta(days=1), "hospital", "")))
    assert board(house).words["tile-yangzom"][2] == "外出至 明天 02:13"


def test_whoever_left_has_no_tile_but_their_alert_has_a_card(house: Cast) -> None:
    press(house)
    with house.store.writing() as uow:
        [yangzom, *_] = uow.residents.all()
        uow.residents.save(replace(yangzom, left_at=NIGHT))
    parts = board(house)
    assert "tile-yangzom" not in parts.words
    assert "Yangzom" in parts.words["alert-alert-1"]


def test_tiles_stand_in_their_grid_whoever_needs_something_first(house: Cast) -> None:
    with house.store.writing() as uow:
        uow.residents.add(Resident("sonam", "home-1", "Sonam", NIGHT, assigned_worker_id="norbu"))
    heard_button(house, "sonam")
    press(house, "alert-1", "sonam", device_id="button-of-sonam")
    parts = board(house)
    assert parts.words["grid-grid-1"][:3] == ["First grid", "2", "Sonam"]
    assert parts.words["grid-grid-2"][:3] == ["Second grid", "1", "Dawa"]


def test_a_home_in_no_grid_stands_last(house: Cast) -> None:
    house.of(Role.ADMIN).patch("/api/v1/homes/home-1", json={"grid_id": None})
    parts = board(house)
    assert [key for key in parts.words if key.startswith("grid-")] == ["grid-grid-2", "grid-none"]
    assert parts.words["grid-none"][0] == "未分网格"


def test_a_tile_leads_to_the_resident_and_a_card_to_the_alert(house: Cast) -> None:
    press(house)
    page = signed_in(house).get("/").text
    assert 'href="/residents/yangzom"' in page
    assert 'href="/alerts/alert-1"' in page


# --------------------------------------------------------------------------- cards


def test_cards_stand_by_gravity_then_by_who_still_waits_then_by_time(house: Cast) -> None:
    press(house, "alert-1", severity=Severity.LOW, kind="sensor-silent")
    press(house, "alert-2", severity=Severity.HIGH, kind="call-button")
    press(house, "alert-3", severity=Severity.MEDIUM, kind="fast-heart")
    house.clock.move(timedelta(minutes=1))
    press(house, "alert-4", "dawa", severity=Severity.HIGH, device_id=None)
    house.worker("basang").post("/api/v1/alerts/alert-2/accept")
    cards = [key for key in board(house).words if key.startswith("alert-")]
    assert cards == [f"alert-alert-{number}" for number in (4, 2, 3, 1)]


def test_whoever_can_go_takes_an_alert_with_one_tap(house: Cast) -> None:
    press(house)
    client = signed_in(house, "grid")
    assert 'action="/alerts/alert-1/accept"' in client.get("/").text
    client.post("/alerts/alert-1/accept", data={})
    assert 'action="/alerts/alert-1/accept"' not in client.get("/").text


def test_a_login_that_is_nobody_s_cannot_say_i_have_it(house: Cast) -> None:
    press(house)
    page = house.of(Role.MANAGER).get("/", headers={"Accept": "text/html"}).text
    assert 'href="/alerts/alert-1"' in page
    assert 'action="/alerts/alert-1/accept"' not in page


def test_the_card_names_who_is_told_until_somebody_has_it(house: Cast) -> None:
    press(house)
    assert {"已通知", "Basang"} <= set(board(house).words["alert-alert-1"])
    house.worker("cering").post("/api/v1/alerts/alert-1/accept")
    card = board(house).words["alert-alert-1"]
    assert "已通知" not in card
    assert {"Cering", "正在赶去"} <= set(card)


# --------------------------------------------------------------------------- filters


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/", {"yangzom", "dawa"}),
        ("/?state=protected", {"yangzom"}),
        ("/?state=unprotected", {"dawa"}),
        ("/?state=alert", set()),
        ("/?grid=grid-2", {"dawa"}),
        ("/?grid=grid-2&state=protected", set()),
        ("/?grid=", {"yangzom", "dawa"}),
        ("/?grid=nowhere", set()),
    ],
)
def test_a_filter_narrows_the_tiles(house: Cast, address: str, shown: set[str]) -> None:
    parts = board(house, address=address)
    assert {key.removeprefix("tile-") for key in parts.words if key.startswith("tile-")} == shown


def test_no_filter_hides_an_alert(house: Cast) -> None:
    press(house)
    parts = board(house, address="/?grid=grid-2&state=protected")
    assert "alert-alert-1" in parts.words
    assert parts.words["waiting"] == ["1 件还没有人接"]


def test_a_filter_says_how_many_it_leaves_out(house: Cast) -> None:
    assert "还有 1 人没有显示。" in board(house, address="/?state=protected").words["filters"]
    assert "显示全部老人" not in board(house).words["filters"]


def test_states_are_counted_within_the_chosen_grid(house: Cast) -> None:
    press(house)
    everywhere = board(house).words["filters"]
    assert everywhere[:8] == ["2", "全部", "1", "正在报警", "1", "守护有缺口", "0", "守护正常"]
    assert board(house, address="/?grid=grid-2").words["filters"][:2] == ["1", "全部"]


@pytest.mark.parametrize("address", ["/?colour=red", "/?state=red", "/?state=alert&state=protected"])
def test_an_unknown_filter_is_refused(house: Cast, address: str) -> None:
    assert signed_in(house).get(address).status_code == 422


def test_a_filter_keeps_the_other(house: Cast) -> None:
    page = signed_in(house).get("/?grid=grid-1&state=protected").text
    assert 'href="/?grid=grid-1&amp;state=alert#everybody"' in page
    assert '<input type="hidden" name="state" value="protected">' in page
    assert '<option value="grid-1" selected>' in page


# --------------------------------------------------------------------------- rights, and nobody in silence


def test_a_grid_worker_sees_their_own_grid_and_nobody_else(house: Cast) -> None:
    press(house)
    press(house, "alert-2", "dawa", device_id=None)
    parts = board(house, "grid")
    assert {key for key in parts.words if key.startswith(("tile-", "alert-"))} == {
        "tile-yangzom",
        "alert-alert-1",
    }
    assert board(house, "grid", "/?grid=grid-2").words["filters"][:2] == ["0", "全部"]


def test_who_was_told_of_somebody_else_s_alert_sees_its_card_with_who_and_where(house: Cast) -> None:
    press(house, "alert-1", "dawa", device_id=None)
    handed = house.worker("norbu").post("/api/v1/alerts/alert-1/accept")
    assert handed.status_code == 200
    house.worker("norbu").post("/api/v1/alerts/alert-1/handover", json={"to_worker_id": "basang"})
    parts = board(house, "grid")
    assert {"Dawa", "8 Bridge Lane"} <= set(parts.words["alert-alert-1"])
    assert "tile-dawa" not in parts.words


def test_more_people_than_fit_are_counted_and_whoever_needs_something_still_stands_there(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "MOST_CALM", 1)
    with house.store.writing() as uow:
        for number in range(3):
            uow.residents.add(
                Resident(f"calm-{number}", "home-1", f"Calm {number}", NIGHT, assigned_worker_id="basang")
            )
    parts = board(house)
    assert "tile-dawa" in parts.words
    assert "tile-calm-0" not in parts.words
    assert "另有 4 人守护正常" in parts.words["grid-grid-1"]
    assert "tile-calm-0" in board(house, address="/?grid=grid-1").words
    press(house)
    assert "tile-yangzom" in board(house).words


def test_the_sound_is_offered_by_its_script_alone(house: Cast) -> None:
    page = signed_in(house).get("/").text
    assert '<div class="sound" id="sound" hidden>' in page
    assert "点一下才有声音" in " ".join(words(page))


def test_the_page_bears_what_keeps_it_live(house: Cast) -> None:
    page = signed_in(house).get("/").text
    assert f'data-now="{NIGHT.isoformat()}" data-live="always"' in page


@pytest.mark.parametrize("state", ["accept", "arrive"])
def test_whoever_has_it_answers_a_further_press_with_one_tap(house: Cast, state: str) -> None:
    press(house)
    client = signed_in(house, "grid")
    client.post(f"/alerts/alert-1/{state}", data={})
    assert 'action="/alerts/alert-1/accept"' not in client.get("/").text
    with house.store.reading() as uow:
        alert = uow.alerts.get("alert-1")
        assert alert is not None
    move_on(
        house, deadlines=(*alert.deadlines, Deadline(DeadlineKind.ANSWER_AGAIN, NIGHT + timedelta(minutes=2)))
    )
    assert 'action="/alerts/alert-1/accept"' in client.get("/").text
    assert client.post("/alerts/alert-1/accept", data={}, follow_redirects=False).status_code == 303
    assert "又按了一次，还没有人回应" not in words(client.get("/").text)
