"""A technician stands before a device and its page: each step turns green when it is true, and not before."""

from __future__ import annotations

import re

from tests.stories.outside import CAST
from tests.stories.stage import Stage, story


def page_of(stage: Stage, name: str) -> str:
    """The page of a device, as the technician's phone shows it now."""
    answer = stage._api.get(f"/devices/{id_of(stage, name)}", headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def id_of(stage: Stage, name: str) -> str:
    return str(next(each["id"] for each in stage._all("devices") if each["external_id"] == name))


def done(page: str) -> list[str]:
    """The steps that stand as done on the page of a device."""
    return re.findall(r'<li class="done" data-part="step-(\w+)"', page)


def due(page: str) -> list[str]:
    return re.findall(r'<li class="now" data-part="step-(\w+)"', page)


@story("2025-07-23 13:59")
def test_a_button_is_done_when_a_press_of_it_was_answered(stage: Stage) -> None:
    assert done(page_of(stage, "button")) == ["registered", "credentials"]
    assert due(page_of(stage, "button")) == ["heard"]
    stage.at("14:00").press()
    page = page_of(stage, "button")
    assert done(page) == ["registered", "credentials", "heard", "pressed", "told"]
    assert due(page) == ["answered"]
    assert "assigned" in page
    stage.at("14:01").does("assigned", "accept")
    page = page_of(stage, "button")
    assert done(page)[-1] == "answered"
    assert due(page) == []
    assert "措姆" in page


@story("2025-07-23 13:59")
def test_nobody_counts_as_told_whose_telephone_refused(stage: Stage) -> None:
    for name in CAST:
        stage.refuses(name)
    stage.at("14:00").press()
    page = page_of(stage, "button")
    assert done(page) == ["registered", "credentials", "heard", "pressed"]
    assert due(page) == ["told"]


@story("2025-07-23 13:59")
def test_a_button_that_moved_is_proved_anew(stage: Stage) -> None:
    stage.at("14:00").press()
    stage.at("14:01").does("assigned", "accept")
    form = {"home": "", "resident": stage._resident, "other_place": "kitchen"}
    stage.at("14:02")._api.post(f"/devices/{id_of(stage, 'button')}/move", data=form)
    assert done(page_of(stage, "button")) == ["registered", "credentials", "heard"]
    stage.at("14:03").press()
    assert due(page_of(stage, "button")) == ["answered"], "it joined what runs, and nobody answered since"
    stage.at("14:04").does("assigned", "arrive")
    assert due(page_of(stage, "button")) == []


@story("2025-07-23 13:59")
def test_a_bed_sensor_is_done_when_somebody_lay_down_and_got_up(stage: Stage) -> None:
    stage.at("14:00").enters_bed()
    assert due(page_of(stage, "bed")) == ["out_of_bed"]
    stage.at("14:01").leaves_bed()
    assert done(page_of(stage, "bed")) == ["registered", "credentials", "heard", "in_bed", "out_of_bed"]
    assert "data-every" not in page_of(stage, "bed")


@story("2025-07-23 13:59")
def test_a_press_in_a_test_window_walks_the_same_way_and_calls_nobody_else(stage: Stage) -> None:
    stage.at("14:00").opens_window("technician")
    page = page_of(stage, "button")
    assert 'data-until="2025-07-23T06:05:00+00:00"' in page
    assert "现在按下就是真实求助" not in page
    stage.at("14:01").press()
    page = page_of(stage, "button")
    assert done(page) == ["registered", "credentials", "heard", "pressed", "told"]
    assert 'data-until="2025-07-23T06:02:00+00:00"' in page, "a minute for the answer"
    stage.at("14:01:30").does("technician", "accept")
    assert due(page_of(stage, "button")) == []
    assert stage.told() == ["14:01 technician: test"]


@story("2025-07-23 13:59")
def test_a_test_window_asks_a_proved_button_for_its_press_again(stage: Stage) -> None:
    stage.at("14:00").press()
    stage.at("14:01").does("assigned", "accept")
    stage.does("assigned", "close", outcome="test")
    assert due(page_of(stage, "button")) == []
    stage.at("14:02").opens_window("technician")
    assert due(page_of(stage, "button")) == ["pressed"]
    stage.at("14:08")
    assert due(page_of(stage, "button")) == [], "the window is over, and what was proved stays so"
