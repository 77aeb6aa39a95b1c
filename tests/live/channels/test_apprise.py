"""Apprise itself against a real HTTP server, by its JSON service: what its yes and its no come to."""

from __future__ import annotations

import logging
import socket
from datetime import timedelta

import pytest
from pytest_httpserver import HTTPServer

from services.domain.notices import AttemptResult
from services.notify.channels.apprise import AppriseChannel
from tests.live.channels.messages import sending
from tests.live.channels.table import APPRISE, SECRET, Case

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the services that it loads


@pytest.fixture(scope="module")
def channel() -> AppriseChannel:
    return AppriseChannel()


@pytest.mark.parametrize("case", list(APPRISE))
def test_an_answer_counts_for_what_apprise_says_of_it(
    server: HTTPServer, channel: AppriseChannel, caplog: pytest.LogCaptureFixture, case: Case
) -> None:
    said = APPRISE[case]
    server.expect_request("/pema").respond_with_data(said.body, said.status)
    outcome = channel.send(f"json://anxin:{SECRET}@127.0.0.1:{server.port}/pema", sending())
    assert (outcome.result, outcome.status, outcome.may_pass) == (said.result, said.as_status, said.may_pass)
    body = server.log[0][0].get_json()
    assert (body["title"], "在哪里：曲扎路 7 号" in body["message"]) == ("呼叫器求助：卓玛", True)
    assert SECRET not in caplog.text + (outcome.detail or "")
    assert logging.getLogger("apprise").getEffectiveLevel() == logging.CRITICAL


def test_no_redirect_is_followed(server: HTTPServer, channel: AppriseChannel) -> None:
    server.expect_request("/pema").respond_with_data("", 307, {"Location": server.url_for("/elsewhere")})
    server.expect_request("/elsewhere").respond_with_data("")
    outcome = channel.send(f"json://127.0.0.1:{server.port}/pema", sending())
    assert outcome.result is AttemptResult.REFUSED
    assert [request.path for request, _ in server.log] == ["/pema"]


@pytest.mark.parametrize("address", ["pigeon://loft/3", "no address", "json://"])
def test_what_apprise_does_not_know_is_refused(channel: AppriseChannel, address: str) -> None:
    outcome = channel.send(address, sending())
    assert (outcome.result, outcome.status, outcome.may_pass) == (AttemptResult.REFUSED, "address", False)


def test_who_does_not_answer_in_time_has_not_confirmed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        outcome = AppriseChannel(timedelta(seconds=0.2)).send(f"json://127.0.0.1:{port}/pema", sending())
    assert (outcome.result, outcome.may_pass) == (AttemptResult.TIMED_OUT, True)
