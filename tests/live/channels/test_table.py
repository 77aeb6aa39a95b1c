"""Every channel over real HTTP, answered as its provider may answer: what each answer comes to."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from pytest_httpserver import HTTPServer

from services.domain.notices import AttemptResult
from services.notify.channels.posting import Poster
from tests.house import tree
from tests.live.channels.messages import sending
from tests.live.channels.table import ROWS, SECRET, Case, Row, Said, page

CELLS = [pytest.param(row, case, id=f"{row.kind}-{case}") for row in ROWS for case in Case]
BY_KIND = [pytest.param(row, id=row.kind.value) for row in ROWS]


def answers(server: HTTPServer, said: Said) -> str:
    """Let a server answer every request so; its address."""
    if said.before:
        server.expect_request("/cgi-bin/gettoken").respond_with_data(said.before)
    server.expect_request("/", method="POST").respond_with_data(said.body, said.status)
    for path in ("/cgi-bin/message/send", "/cgi-bin/webhook/send", "/robot/send", "/send"):
        server.expect_request(path, method="POST").respond_with_data(said.body, said.status)
    for row in ROWS:
        token = row.address.partition("#")[0]
        server.expect_request(f"/open-apis/bot/v2/hook/{token}").respond_with_data(said.body, said.status)
    return server.url_for("/")


@pytest.mark.parametrize(("row", "case"), CELLS)
def test_an_answer_counts_for_what_it_says(server: HTTPServer, poster: Poster, row: Row, case: Case) -> None:
    said = row.answers[case]
    url = answers(server, said)
    outcome = row.make(url, poster).send(row.address.format(url=url), sending())
    assert (outcome.result, outcome.status, outcome.may_pass) == (said.result, said.as_status, said.may_pass)
    assert SECRET not in (outcome.detail or "")
    assert row.address not in (outcome.detail or "")
    assert server.log


@pytest.mark.parametrize("row", BY_KIND)
def test_who_does_not_answer_in_time_has_not_confirmed(row: Row) -> None:
    impatient = Poster(timedelta(seconds=0.1))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        outcome = row.make(url, impatient).send(row.address.format(url=url), sending())
    impatient.close()
    assert (outcome.result, outcome.may_pass) == (AttemptResult.TIMED_OUT, True)


@pytest.mark.parametrize("row", BY_KIND)
def test_a_redirect_is_a_refusal(server: HTTPServer, poster: Poster, row: Row) -> None:
    server.expect_request("/elsewhere").respond_with_json({"errcode": 0, "code": 0, "Code": "OK", "id": "1"})
    elsewhere = {"Location": server.url_for("/elsewhere")}
    server.expect_request("/cgi-bin/gettoken").respond_with_data(row.answers[Case.ACCEPTED].before)
    for path in ("/", "/cgi-bin/message/send", "/cgi-bin/webhook/send", "/robot/send", "/send"):
        server.expect_request(path).respond_with_data("", 307, elsewhere)
    token = row.address.partition("#")[0]
    server.expect_request(f"/open-apis/bot/v2/hook/{token}").respond_with_data("", 307, elsewhere)
    address = row.address.format(url=server.url_for("/"))
    outcome = row.make(server.url_for("/"), poster).send(address, sending())
    assert (outcome.result, outcome.status) == (AttemptResult.REFUSED, "307")
    assert "/elsewhere" not in [request.path for request, _ in server.log]


@pytest.mark.parametrize("row", BY_KIND)
@pytest.mark.parametrize(
    "address", ["", "a b", "../../x?y=1", "x&key=y", "@all", "+86 139 0000 1111", "1\n2"]
)
def test_what_has_not_the_form_of_an_address_is_sent_nowhere(
    server: HTTPServer, poster: Poster, row: Row, address: str
) -> None:
    outcome = row.make(server.url_for("/"), poster).send(address, sending())
    assert (outcome.result, outcome.status) == (AttemptResult.REFUSED, "address")
    assert not server.log


def test_the_page_says_what_the_table_says() -> None:
    text = (tree.ROOT / "docs/channels.md").read_text(encoding="utf-8")
    begin, end = (f"<!-- the table of the tests: {word} -->\n" for word in ("begin", "end"))
    assert text.partition(begin)[2].partition(end)[0] == page() + "\n"


@pytest.mark.parametrize("row", BY_KIND)
def test_no_key_shows_in_a_repr(poster: Poster, row: Row) -> None:
    channel = row.make("http://127.0.0.1:9", poster)
    parts = [each for each in vars(channel).values() if not isinstance(each, str | bytes)]
    assert SECRET not in repr((channel, parts))
