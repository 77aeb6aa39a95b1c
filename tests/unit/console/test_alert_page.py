"""What stands on the page of an alert: who, what, where, who has it, what comes next, what happened and why;
in the language of whoever reads, and nothing that they may not see.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from services.console.pages.words import KIND_WORDS
from services.domain.alerts import AlertFact, AlertState, Deadline, DeadlineKind, Outcome, RunningTest
from services.domain.devices import Device, DeviceType, Ecosystem
from services.domain.events import Event, Origin
from services.domain.findings import Evidence, Finding, FindingState, Severity
from services.domain.kinds import KINDS
from services.domain.notices import NoticeReason, NoticeState
from services.domain.people import Role
from services.escalation.joining import UNKNOWN_ORIGIN
from tests.unit.console.cast import NIGHT, Cast, press
from tests.unit.console.forms import Forms
from tests.unit.console.test_alert_page_offers import alert_of, change
from tests.unit.console.test_pages import PAGE, signed_in, words
from tests.unit.escalation.cast import finding

ALERT = "/alerts/alert-1"
WHY = {"zh-CN": "请马上前往。", "bo": "མྱུར་དུ་ཕེབས་རོགས།", "en": "Go at once."}


def page_of(house: Cast, worker: str = "basang", language: str = "zh-CN", query: str = "") -> str:
    client = house.worker(worker)
    client.cookies.set("anxin_language", language)
    answer = client.get(ALERT + query, headers=PAGE)
    assert answer.status_code == 200
    return answer.text


def text_of(page: str) -> str:
    return " ".join(words(page[page.index("<main") :]))


def rest_on(house: Cast, *events: Event, **fields: object) -> Finding:
    """The alert of the press, resting on a finding with these events."""
    found = finding(
        1,
        NIGHT,
        resident_id="yangzom",
        device_id="button-1",
        home_id="home-1",
        evidence=Evidence(tuple(each.id for each in events)),
    )
    found = replace(found, **fields)  # type: ignore[arg-type]
    with house.store.writing() as uow:
        uow.events.append(events)
        uow.findings.add([found])
    fact = AlertFact(found.id, found.at, found.raised_at, found.state, found.is_alarm, found.device_id)
    change(house, facts=(fact,))
    return found


def event(number: int, kind: str = "call_button.pressed", **fields: object) -> Event:
    at = NIGHT + timedelta(seconds=number)
    plain = Event(f"evt-{number}", kind, at, at, Origin.DEVICE, "yangzom", "button-1", "home-1")
    return replace(plain, dedupe_key=f"key-{number}", **fields)  # type: ignore[arg-type]


def test_who_what_where_and_since_when_stand_first(house: Cast) -> None:
    press(house)
    with house.store.writing() as uow:
        home, resident = uow.homes.get("home-1"), uow.residents.get("yangzom")
        assert home is not None
        assert resident is not None
        uow.homes.save(replace(home, key_place="under the pot"))
        uow.residents.save(replace(resident, phone="139 0000-0001"))
    page = page_of(house)
    assert page.count("<h1") == 1
    text = text_of(page)
    order = ["紧急", "Yangzom", "呼叫器求助", "02:13", "还没有人接", "3 River Lane"]
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)
    assert 'href="tel:13900000001"' in page
    assert 'href="tel:08941"' in page


def test_what_comes_next_counts_down_with_whom_it_tells(house: Cast) -> None:
    press(house)
    page = page_of(house)
    assert f'data-until="{(NIGHT + timedelta(minutes=2)).isoformat()}">2:00</time>' in page
    assert "届时通知： Cering 、 Dolma ( 02:15 )" in text_of(page)


@pytest.mark.parametrize("kind", DeadlineKind)
def test_every_deadline_says_what_it_brings(house: Cast, kind: DeadlineKind) -> None:
    press(house)
    change(
        house,
        state=AlertState.ACCEPTED,
        accepted_by="basang",
        deadlines=(Deadline(kind, NIGHT + timedelta(minutes=9)),),
    )
    assert "9:00" in text_of(page_of(house))


def test_who_has_it_stands_in_place_of_who_is_told(house: Cast) -> None:
    press(house)
    assert "已通知 Basang" in text_of(page_of(house, "pema"))
    house.worker("cering").post("/api/v1/alerts/alert-1/accept")
    assert "正在赶去 Cering" in text_of(page_of(house, "basang"))
    assert "正在赶去 由您负责" in text_of(page_of(house, "cering"))
    assert "已通知 Basang" not in text_of(page_of(house, "pema"))


def test_who_was_told_and_not_reached_is_marked(house: Cast) -> None:
    press(house)
    assert "没有联系上" not in text_of(page_of(house))
    with house.store.writing() as uow:
        [notice] = uow.notices.of_alert("alert-1")
        uow.notices.save(replace(notice, state=NoticeState.FAILED))
    assert "已通知 Basang ( 没有联系上 )" in text_of(page_of(house)).replace("(没有联系上)", "( 没有联系上 )")


@pytest.mark.parametrize(
    ("language", "said", "failed"),
    [
        ("zh-CN", "早上再通知 Basang · 08:00", "没有联系上"),
        ("bo", "ཞོགས་པར་བརྡ་གཏོང་། Basang · 08:00", "འབྲེལ་བ་མ་བྱུང་།"),
        ("en", "Told in the morning Basang · 08:00", "not reached"),
    ],
)
def test_who_hears_of_it_in_the_morning_was_not_failed_to_be_reached(
    house: Cast, language: str, said: str, failed: str
) -> None:
    fact = AlertFact("finding-1", NIGHT, NIGHT, FindingState.HOLDS, is_alarm=False)
    press(house, severity=Severity.LOW, policy="digest", facts=(fact,))
    with house.store.reading() as uow:
        assert {each.reason for each in uow.notices.of_alert("alert-1")} == {NoticeReason.DIGEST}
    text = text_of(page_of(house, language=language))
    assert said in text
    assert failed not in text


def test_who_is_held_back_for_a_while_hears_of_it_later(house: Cast) -> None:
    press(house)
    with house.store.writing() as uow:
        [notice] = uow.notices.of_alert("alert-1")
        held = replace(
            notice,
            id="ntc_held",
            reason=NoticeReason.THROTTLED,
            state=NoticeState.NOT_SENT,
            next_attempt_at=None,
            text={"held": notice.id},
        )
        uow.notices.add([held])
    text = text_of(page_of(house))
    assert "稍后通知 Basang" in text
    assert "已通知 Basang" not in text


def test_who_is_asked_to_take_it_over_is_asked_on_the_page(house: Cast) -> None:
    press(house)
    house.worker("basang").post("/api/v1/alerts/alert-1/accept")
    house.worker("basang").post("/api/v1/alerts/alert-1/handover", json={"to_worker_id": "cering"})
    assert "Basang 请您接手。您接下之前，仍由对方负责。" in text_of(page_of(house, "cering"))
    assert "已请人接手： Cering" in text_of(page_of(house, "basang"))


def test_a_further_press_without_an_answer_is_said(house: Cast) -> None:
    press(house)
    assert "又按了一次，还没有人回应" not in text_of(page_of(house))
    owed = Deadline(DeadlineKind.ANSWER_AGAIN, NIGHT + timedelta(minutes=2))
    change(house, state=AlertState.ACCEPTED, accepted_by="basang", deadlines=(owed,))
    text = text_of(page_of(house))
    assert "又按了一次，还没有人回应" in text
    assert "2:00 又按了一次，届时没有人回应，就重新通知" in text


def test_how_it_ended_by_whom_and_how_long_it_took(house: Cast) -> None:
    press(house)
    house.worker("basang").post("/api/v1/alerts/alert-1/accept")
    house.clock.move(timedelta(minutes=28))
    house.worker("basang").post(
        "/api/v1/alerts/alert-1/close", json={"outcome": "hospital", "note": "已送县医院"}
    )
    page = page_of(house, "dolma")
    assert "送医院 · Basang · 02:41 · 历时 28 分钟" in text_of(page)
    assert "已送县医院" in text_of(page)
    assert not re.search(r'<noscript>|class="countdown|href="tel:', page)


def test_what_was_over_by_itself_was_ended_by_nobody(house: Cast) -> None:
    press(house)
    change(house, state=AlertState.CLOSED, outcome=Outcome.OVER_BY_ITSELF)
    change(house, closed_by=None)
    assert "自行解除 · 02:13 · 历时 0 分钟" in text_of(page_of(house))


def test_a_device_without_a_resident_is_named_itself(house: Cast) -> None:
    alert = replace(press(house), resident_id=None, home_id=None, facts=())
    with house.store.writing() as uow:
        uow.devices.add(Device("loose-1", "loose-1", Ecosystem.NATIVE, DeviceType.CALL_BUTTON))
        uow.alerts.add(replace(alert, id="alert-2", subject="device:loose-1", device_id="loose-1"), [])
        uow.alerts.add(replace(alert, id="alert-3", subject=UNKNOWN_ORIGIN, device_id=None), [])
    client = house.worker("pema")
    assert "loose-1" in words(client.get("/alerts/alert-2", headers=PAGE).text)
    assert "未登记的设备" in words(client.get("/alerts/alert-3", headers=PAGE).text)


@pytest.mark.parametrize("subject", ["house:roster/{team}", "house:roster/duty-desk", "house:rules"])
@pytest.mark.parametrize("language", ["zh-CN", "bo", "en"])
def test_a_matter_of_the_house_is_called_by_what_it_is_about(
    house: Cast, language: str, subject: str
) -> None:
    with house.store.reading() as uow:
        team = next(iter(uow.teams.all()))
    subject = subject.format(team=team.id)
    alert = press(house)
    change(house, state=AlertState.CLOSED, outcome=Outcome.HELPED)
    alone = replace(
        alert, id="alert-2", subject=subject, resident_id=None, home_id=None, device_id=None, facts=()
    )
    with house.store.writing() as uow:
        uow.alerts.add(alone, [])
    client = house.of(Role.MANAGER)
    client.cookies.set("anxin_language", language)
    page = client.get("/alerts/alert-2", headers=PAGE).text
    called = {
        "house:roster/duty-desk": {"zh-CN": "值班台", "bo": "ལས་རེས་ཁང་།", "en": "Duty desk"},
        "house:rules": {"zh-CN": "系统", "bo": "མ་ལག", "en": "the house"},
    }
    name = called.get(subject, {}).get(language, team.name)
    assert f'<h1 class="who">{name}</h1>' in page


def test_a_hole_of_a_roster_leads_to_the_roster_and_sends_nobody_out(house: Cast) -> None:
    alert = press(house)
    alone = replace(
        alert,
        id="alert-2",
        subject="house:roster/team",
        resident_id=None,
        home_id=None,
        device_id=None,
        facts=(),
    )
    with house.store.writing() as uow:
        uow.alerts.add(alone, [])
    page = house.worker("pema").get("/alerts/alert-2", headers=PAGE).text
    assert 'href="/rosters?team=team"' in page
    assert "由我处理" in words(page)
    assert "这就赶去" not in words(page)
    assert "/rosters?team" not in page_of(house, "pema")


def test_a_press_names_everybody_who_lives_there_and_a_finding_whom_it_is_about(house: Cast) -> None:
    house.of(Role.ADMIN).post("/api/v1/residents", json={"name": "Sonam", "home_id": "home-1"})
    press(house)
    assert "Yangzom 、 Sonam" in text_of(page_of(house)).replace(" 、", " 、 ").replace("  ", " ")
    change(house, facts=tuple(replace(each, is_alarm=False) for each in alert_of(house).facts))
    assert "Sonam" not in text_of(page_of(house))


def test_the_house_s_own_test_says_so(house: Cast) -> None:
    press(house, synthetic=True)
    assert "系统自检：没有人需要帮助。" in text_of(page_of(house, "pema"))


def test_names_notes_and_reasons_are_text_whatever_they_hold(house: Cast) -> None:
    evil = "<img src=x onerror=alert(1)>"
    press(house)
    with house.store.writing() as uow:
        for worker in uow.workers.all():
            uow.workers.save(replace(worker, name=evil))
        home, resident = uow.homes.get("home-1"), uow.residents.get("yangzom")
        assert home is not None
        assert resident is not None
        uow.homes.save(replace(home, address=evil, key_place=evil, phone='"><script>1</script>'))
        uow.residents.save(replace(resident, name=evil, phone=evil))
    basang = house.worker("basang")
    basang.post("/api/v1/alerts/alert-1/accept")
    basang.post("/api/v1/alerts/alert-1/note", json={"note": evil})
    rest_on(house, event(1), titles={"zh-CN": evil})
    for reader in ("basang", "pema"):
        page = page_of(house, reader)
        assert "<img src=x" not in page
        assert "<script>" not in page
        assert "&lt;img src=x" in page
        assert 'href="tel:1"' in page


def test_the_page_is_live_from_the_moment_that_it_shows(house: Cast) -> None:
    press(house)
    page = page_of(house)
    with house.store.reading() as uow:
        assert f'data-after="{uow.alerts.last_change()}" data-now="{NIGHT.isoformat()}" data-live' in page
    parts = re.findall(r'data-part="([^"]+)"', page)
    assert len(parts) == len(set(parts)) >= 5
    change(house, state=AlertState.ARRIVED, accepted_by="basang")
    ids = re.findall(r'\bid="([^"]+)"', page_of(house))
    assert len(ids) == len(set(ids))
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bon\w+=|\bstyle=", page)


# ---------------------------------------------------------------- tests of a button


def test_a_test_says_so_and_can_be_called_real(house: Cast) -> None:
    due = Deadline(DeadlineKind.TEST, NIGHT + timedelta(minutes=1))
    alert = replace(press(house), id="alert-2", subject="device:button-1", policy="test")
    tested = RunningTest("basang", "emergency", alert.titles)
    with house.store.writing() as uow:
        uow.alerts.add(replace(alert, test=tested, deadlines=(due,), owner_ids=("basang",)), [])
    client = house.worker("basang")
    page = client.get("/alerts/alert-2", headers=PAGE).text
    text = text_of(page)
    assert "这是测试。" in text
    assert "1:00 届时没有人回应，就转为真实求助" in text
    bar = page[page.index('class="thumb-bar') :]
    assert 'formaction="/alerts/alert-2/real"' in bar[: bar.index("</form>")]
    client.post("/alerts/alert-2/real", data={}, headers=PAGE)
    page = client.get("/alerts/alert-2", headers=PAGE).text
    assert "这是测试。" not in text_of(page)
    assert "/alerts/alert-2/real" not in page
    assert "Basang 说这不是测试：转为真实求助" in text_of(page)


def test_a_test_that_is_taken_has_passed(house: Cast) -> None:
    due = Deadline(DeadlineKind.TEST, NIGHT + timedelta(minutes=1))
    alert = replace(press(house), id="alert-2", subject="device:button-1", policy="test")
    tested = RunningTest("basang", "emergency", alert.titles)
    with house.store.writing() as uow:
        uow.alerts.add(replace(alert, test=tested, deadlines=(due,), owner_ids=("basang",)), [])
    page = house.worker("basang").post(
        "/alerts/alert-2/accept", data={"back": "/alerts/alert-2"}, headers=PAGE
    )
    assert "测试 · Basang · 02:13" in text_of(page.text)


@pytest.mark.parametrize("action", ["accept", "arrive", "close"])
def test_what_answers_a_test_never_takes_a_call_for_help(house: Cast, action: str) -> None:
    due = Deadline(DeadlineKind.TEST, NIGHT + timedelta(minutes=1))
    alert = replace(press(house), id="alert-2", subject="device:button-1", policy="test")
    tested = RunningTest("basang", "emergency", alert.titles)
    with house.store.writing() as uow:
        uow.alerts.add(replace(alert, test=tested, deadlines=(due,), owner_ids=("basang",)), [])
    client = house.worker("basang")
    [form] = [
        each
        for each in Forms(client.get("/alerts/alert-2", headers=PAGE).text).forms
        if each.action == "/alerts/alert-2/accept"
    ][:1]
    house.clock.move(timedelta(minutes=1))
    said = {**form.hidden, "outcome": "test"}
    answer = client.post(f"/alerts/alert-2/{action}", data=said, headers=PAGE)
    assert answer.status_code == 409
    assert "没有成功：这已不是测试，是真实求助。" in text_of(answer.text)
    with house.store.reading() as uow:
        stored = uow.alerts.get("alert-2")
    assert stored is not None
    assert (stored.is_running, stored.accepted_by) == (True, None)


# ---------------------------------------------------------------- languages


def test_the_matter_is_said_in_the_language_of_whoever_reads(house: Cast) -> None:
    press(house)
    assert "Call button pressed" in text_of(page_of(house, language="en"))
    assert "呼叫器求助" not in text_of(page_of(house, language="en"))


def test_until_tibetan_is_reviewed_the_chinese_words_stand_under_it(house: Cast) -> None:
    press(house, titles={"zh-CN": "呼叫器求助", "bo": "རོགས་འབོད།", "en": "Call button pressed"})
    page = page_of(house, language="bo")
    assert '<span>རོགས་འབོད།</span><span lang="zh-CN" class="second-language">呼叫器求助</span>' in page


def test_words_of_another_language_say_which(house: Cast) -> None:
    press(house)
    assert '<span lang="zh-CN">呼叫器求助</span>' in page_of(house, language="bo")


def test_every_kind_of_event_has_a_word() -> None:
    assert set(KIND_WORDS) == set(KINDS)


@pytest.mark.parametrize("language", ["zh-CN", "bo", "en"])
@pytest.mark.parametrize("severity", [Severity.HIGH, Severity.LOW])
def test_every_state_is_shown_in_every_language(house: Cast, language: str, severity: Severity) -> None:
    press(house, severity=severity)
    for state in AlertState:
        change(house, state=state, accepted_by=None if state is AlertState.OPEN else "basang")
        assert f'<html lang="{language}">' in page_of(house, language=language)


def test_the_board_s_link_is_the_way_back(house: Cast) -> None:
    press(house)
    assert '<a class="back" href="/">' in signed_in(house, "grid").get(ALERT).text
