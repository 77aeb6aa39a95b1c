"""Visits on a phone without a line: what is written waits on the phone, is shown plainly, and goes exactly
once; nobody sees or sends what another wrote, and nothing is lost.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Route, expect

from devices.simulator import clock
from services.domain.instants import parse_instant
from tests.browser.line import Line, Over
from tests.browser.viewers import Viewer, Viewers
from tests.browser.village import NEAR, PASSWORD, Village

OPENS_OFFLINE = "没有网络时，本机也能打开走访页面。"
SENT_WITHIN = timedelta(seconds=75)


class Phone:
    """A grid worker's phone at the end of a line that a test cuts."""

    def __init__(self, village: Village, line: Line, viewer: Viewer) -> None:
        self.village = village
        self.line = line
        self.viewer = viewer
        self.page: Page = viewer.page
        self._before = len(village.api.items("visits"))

    def open(self, path: str = "/visits") -> None:
        # The page may go on by itself meanwhile, to show what was sent: then there is no answer to this.
        self.page.goto(self.line.http + path)

    def is_ready(self) -> None:
        """Both pages are kept on the phone."""
        self.open()
        expect(self.page.locator("#opens-offline")).to_have_text(OPENS_OFFLINE)

    def cut(self) -> None:
        self.viewer.faults.expect_a_cut_line()
        self.line.cut()

    def write(self, note: str, page: Page | None = None, at: str | None = None) -> None:
        page = page or self.page
        page.get_by_label("走访对象").select_option(self.village.residents[NEAR])
        page.get_by_text("助餐", exact=True).click()
        page.get_by_label("走访情况").fill(note)
        if at is not None:
            page.get_by_text("不是刚才去的").click()
            page.get_by_label("到访时间").fill(at)
        page.get_by_role("button", name="登记", exact=True).click()

    def waits(self, count: int, page: Page | None = None) -> None:
        expect((page or self.page).locator("#waiting-title")).to_have_text(f"在本机等待发送：{count} 条")

    def nothing_waits(self) -> None:
        expect(self.page.locator("#waiting")).to_be_hidden()

    def visits(self) -> list[dict[str, Any]]:
        """What the house has of it."""
        return self.village.api.items("visits")[self._before :]

    def has_sent(self, *notes: str) -> None:
        """These and no others, each once; the page has seen it, too."""
        assert clock.until(lambda: len(self.visits()) >= len(notes), SENT_WITHIN)
        self.nothing_waits()
        assert sorted(str(visit["note"]) for visit in self.visits()) == sorted(notes)


@pytest.fixture
def phone(viewers: Viewers, village: Village, line: Line) -> Phone:
    return Phone(village, line, viewers.come(Over(line, village), "grid"))


def sign_in(phone: Phone, login: str) -> None:
    phone.open("/sign-in")
    phone.page.get_by_label("用户名").fill(login)
    phone.page.get_by_label("密码").fill(PASSWORD)
    phone.page.get_by_role("button", name="登录").click()
    phone.page.wait_for_url("**/")


def sign_out(phone: Phone) -> None:
    phone.page.locator("details.person summary").click()
    phone.page.get_by_role("button", name="退出").click()
    phone.page.wait_for_url("**/sign-in")


def test_with_a_line_a_visit_is_recorded_at_once(phone: Phone) -> None:
    phone.open(f"/visits/new?resident={phone.village.residents[NEAR]}")
    phone.write("在家")
    expect(phone.page.get_by_text(f"已登记：{NEAR}")).to_be_visible()
    phone.has_sent("在家")


def test_without_a_line_visits_wait_and_go_once_when_it_is_back(phone: Phone) -> None:
    phone.is_ready()
    phone.cut()
    phone.open("/visits/new")
    expect(phone.page.locator(".kept-page")).to_contain_text("没有网络。这是")
    began_at = clock.now()
    phone.write("第一次")
    phone.waits(1)
    phone.write("第二次")
    phone.waits(2)
    expect(phone.page.locator("#waiting-list")).to_contain_text(NEAR)
    phone.open("/visits")  # the list, too, and what waits stands on it
    phone.waits(2)
    assert phone.visits() == []
    phone.line.mend()
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.has_sent("第一次", "第二次")
    for visit in phone.visits():
        assert abs(parse_instant(visit["occurred_at"]) - began_at) < SENT_WITHIN
        assert visit["worker_id"] == phone.village.workers["grid"]


def test_what_is_written_while_another_visit_is_on_its_way_is_kept(phone: Phone) -> None:
    phone.is_ready()
    phone.open("/visits/new")
    phone.viewer.faults.expect_a_cut_line()
    held: list[Route] = []
    phone.viewer.context.route("**/visits/now", lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright marks its handlers
    phone.write("走在路上")
    phone.waits(1)
    phone.write("接着写的")
    phone.waits(2)
    for route in held:
        route.abort()
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.has_sent("走在路上", "接着写的")


def test_an_answer_that_was_lost_does_not_make_a_second_visit(phone: Phone) -> None:
    phone.open("/visits/new")
    lost: list[int] = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().status)
        route.abort()

    phone.viewer.faults.expect_a_cut_line()
    phone.viewer.context.route("**/api/v1/visits", lose, times=1)
    phone.write("答复丢了")
    expect(phone.page.locator("#waiting-sent")).to_have_text("已发送并登记：1 条")
    assert lost == [201]
    phone.has_sent("答复丢了")


def test_a_service_that_is_killed_and_started_again_gets_what_waited(phone: Phone) -> None:
    phone.is_ready()
    phone.viewer.faults.expect_a_cut_line()
    phone.village.stop()
    phone.open("/visits/new")
    phone.write("重启之前")
    phone.waits(1)
    phone.village.start_again()
    phone.has_sent("重启之前")


def test_two_tabs_send_it_once(phone: Phone) -> None:
    phone.is_ready()
    other = phone.viewer.another_page()
    other.goto(f"{phone.line.http}/visits")
    phone.cut()
    phone.open("/visits/new")
    phone.write("两个标签")
    phone.waits(1)
    phone.line.mend()
    for page in (phone.page, other):
        page.evaluate("dispatchEvent(new Event('online'))")
    phone.has_sent("两个标签")
    expect(other.locator("#waiting")).to_be_hidden()
    other.close()


def test_another_person_on_the_phone_neither_sees_nor_sends_it(phone: Phone) -> None:
    phone.is_ready()
    phone.cut()
    phone.open("/visits/new")
    phone.write("只有本人能看")
    phone.waits(1)
    phone.viewer.context.request.delete(f"{phone.village.http}/api/v1/session")
    phone.line.mend()
    sign_in(phone, "desk")
    phone.open("/visits")
    expect(phone.page.locator("#waiting-others")).to_have_text("本机还有别人的登记：1 条，等本人登录后发送。")
    expect(phone.page.get_by_text("只有本人能看")).to_have_count(0)
    assert phone.page.locator("#waiting-list li").count() == 0
    assert phone.visits() == []
    sign_out(phone)
    sign_in(phone, "grid")
    phone.open("/visits")
    phone.has_sent("只有本人能看")
    assert phone.visits()[0]["worker_id"] == phone.village.workers["grid"]


def test_a_session_that_is_over_loses_nothing(phone: Phone) -> None:
    phone.open("/visits/new")
    phone.viewer.faults.refusal_is_expected(401)
    phone.viewer.context.request.delete(f"{phone.line.http}/api/v1/session")
    phone.write("登录过期")
    phone.waits(1)
    expect(phone.page.locator("#waiting-state")).to_contain_text("请重新登录，登记的内容都在。")
    phone.page.locator("#waiting-state").get_by_role("link", name="登录").click()
    sign_in(phone, "grid")
    phone.open("/visits")
    phone.has_sent("登录过期")


def test_what_is_refused_is_kept_with_its_reason_and_can_be_mended(phone: Phone) -> None:
    phone.open("/visits/new")
    phone.viewer.faults.refusal_is_expected(422)
    tomorrow = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    phone.write("时间填错", at=tomorrow)
    expect(phone.page.locator("#waiting-title")).to_have_text("未被接收：1 条")
    expect(phone.page.locator("#waiting-list")).to_contain_text("时间不对：太久以前，或者还没到。")
    phone.page.get_by_role("link", name="修改").click()
    expect(phone.page.get_by_label("走访情况")).to_have_value("时间填错")
    phone.page.get_by_label("到访时间").fill("")
    phone.page.get_by_role("button", name="登记", exact=True).click()
    phone.page.wait_for_url("**/visits?recorded=*")
    phone.has_sent("时间填错")


def test_what_is_refused_can_be_thrown_away(phone: Phone) -> None:
    phone.open("/visits/new")
    phone.viewer.faults.refusal_is_expected(422)
    tomorrow = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    phone.write("不要了", at=tomorrow)
    phone.page.once("dialog", lambda dialog: dialog.accept())
    phone.page.get_by_role("button", name="丢弃").click()
    phone.nothing_waits()
    assert phone.visits() == []


@pytest.mark.parametrize("wrong_by", [timedelta(days=2), -timedelta(days=500)])
def test_a_phone_whose_clock_is_wrong_records_the_true_time(phone: Phone, wrong_by: timedelta) -> None:
    # Only pages can be given another clock, and on a phone page and worker have the same: so the page sends.
    phone.viewer.context.add_init_script(
        "delete self.SyncManager; delete ServiceWorkerRegistration.prototype.sync"
    )
    phone.viewer.context.clock.set_system_time(clock.now() + wrong_by)
    phone.is_ready()
    phone.cut()
    phone.open("/visits/new")
    phone.write("钟不准")
    phone.waits(1)
    phone.line.mend()
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    assert clock.until(lambda: len(phone.visits()) == 1, SENT_WITHIN)
    [visit] = phone.visits()
    lag = parse_instant(visit["received_at"]) - parse_instant(visit["occurred_at"])
    assert timedelta(0) <= lag < SENT_WITHIN


def test_by_plain_http_an_open_page_keeps_what_is_written_and_promises_no_more(phone: Phone) -> None:
    # What browsers leave out where the address is not a secure one.
    left_out = "delete Navigator.prototype.serviceWorker; delete Navigator.prototype.locks"
    phone.viewer.context.add_init_script(f"{left_out}; delete self.caches")
    phone.open("/visits/new")
    phone.cut()
    phone.write("局域网")
    phone.waits(1)
    expect(phone.page.locator("#waiting-state")).to_have_text(
        "没有网络。恢复后会自动发送。 发送完之前请不要关闭这个页面。"
    )
    expect(phone.page.locator("#opens-offline")).to_be_hidden()
    phone.line.mend()
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.has_sent("局域网")


def test_signing_out_takes_the_pages_from_the_phone_and_leaves_what_waits(phone: Phone) -> None:
    phone.is_ready()
    sign_out(phone)
    assert clock.until(lambda: not kept_pages(phone.page), SENT_WITHIN)
    phone.cut()
    with pytest.raises(Error, match="ERR_"):
        phone.page.goto(f"{phone.line.http}/visits")


def test_the_board_and_alerts_never_come_from_the_phone(phone: Phone) -> None:
    phone.is_ready()
    phone.cut()
    for path in ("/", "/alerts/none", "/visitsandmore"):
        with pytest.raises(Error, match="ERR_"):
            phone.page.goto(phone.line.http + path)


def test_a_new_edition_takes_the_place_of_the_old_one(phone: Phone) -> None:
    phone.is_ready()
    phone.page.evaluate("caches.open('anxin-visits-files-older').then(() => caches.open('somebody-else-s'))")
    phone.page.evaluate("navigator.serviceWorker.getRegistration('/visits').then((old) => old.unregister())")
    phone.is_ready()
    names = phone.page.evaluate("caches.keys()")
    assert "anxin-visits-files-older" not in names
    assert "somebody-else-s" in names
    assert len(names) == 3


def kept_pages(page: Page) -> list[str]:
    names: list[str] = page.evaluate("caches.keys()")
    return [name for name in names if name.startswith("anxin-visits-pages-")]
