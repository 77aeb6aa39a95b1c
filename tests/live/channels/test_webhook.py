"""The webhook channel against a real HTTP server: what counts as delivered, and what does not."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from services.domain.notices import AttemptResult
from services.domain.people import Language
from services.notify.channels.posting import MOST_ANSWER
from services.notify.channels.webhook import WebhookChannel
from tests.live.channels.dripping import Dripping
from tests.live.channels.messages import SENT_AT, press, sending

KEY = "a key of these tests"
JSON = "application/json"


@pytest.fixture
def channel() -> Iterator[WebhookChannel]:
    made = WebhookChannel(KEY, "http://anxin.example", send_for=timedelta(seconds=5))
    yield made
    made.close()


@pytest.fixture
def impatient() -> Iterator[WebhookChannel]:
    made = WebhookChannel(KEY, send_for=timedelta(seconds=0.2))
    yield made
    made.close()


def test_a_notice_arrives_as_a_structured_cloud_event(server: HTTPServer, channel: WebhookChannel) -> None:
    server.expect_request("/pema", method="POST").respond_with_data("")
    assert channel.send(server.url_for("/pema"), sending()).result is AttemptResult.DELIVERED
    request, _ = server.log[0]
    assert request.headers["Content-Type"] == "application/cloudevents+json; charset=utf-8"
    notice = press()
    event = json.loads(request.data)
    text = event["data"].pop("text")
    assert event == {
        "specversion": "1.0",
        "type": "anxin.notice.v1",
        "id": notice.id,
        "source": "http://anxin.example",
        "time": "2025-07-22T18:13:00Z",
        "datacontenttype": JSON,
        "data": {
            "notice_id": notice.id,
            "alert_id": notice.alert_id,
            "alert_ids": [notice.alert_id],
            "kind": "alert",
            "alert_kind": "call-button",
            "severity": "high",
            "title": "呼叫器求助：卓玛",
            "language": "zh-CN",
            "resident": {"id": "dolma", "name": "卓玛"},
            "residents": [{"id": "dolma", "name": "卓玛"}],
            "recipient": {
                "worker_id": notice.worker_id,
                "contact": None,
                "name": notice.recipient_name,
            },
            "since": "2025-07-22T18:13:00Z",
            "step": 0,
            "link": sending().message.link,
            "code": sending().message.code,
            "short": f"呼叫器求助：卓玛，卧室，02:13起。回1我去 9去不了，号{sending().message.code}",
        },
    }
    assert "曲扎路 7 号" in text


def test_the_signature_proves_time_and_body(server: HTTPServer, channel: WebhookChannel) -> None:
    server.expect_request("/pema").respond_with_data("")
    channel.send(server.url_for("/pema"), sending())
    request, _ = server.log[0]
    parts = dict(part.split("=", 1) for part in request.headers["X-Anxin-Signature"].split(","))
    assert int(parts["t"]) == int(SENT_AT.timestamp())
    signed = parts["t"].encode() + b"." + request.data
    assert parts["v1"] == hmac.new(KEY.encode(), signed, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize("body", ["", "ok", '{"accepted": true}', '{"accepted": null}', "[false]", "{"])
def test_two_hundreds_are_delivered_whatever_else_they_say(
    server: HTTPServer, channel: WebhookChannel, status: int, body: str
) -> None:
    server.expect_request("/pema").respond_with_data("" if status == 204 else body, status)
    outcome = channel.send(server.url_for("/pema"), sending())
    assert (outcome.result, outcome.status) == (AttemptResult.DELIVERED, str(status))


def test_a_refusal_inside_a_two_hundred_is_a_refusal(server: HTTPServer, channel: WebhookChannel) -> None:
    server.expect_request("/pema").respond_with_json({"accepted": False, "reason": "nobody reads this"})
    outcome = channel.send(server.url_for("/pema"), sending())
    assert (outcome.result, outcome.status) == (AttemptResult.REFUSED, "200")
    assert (outcome.detail, outcome.may_pass) == ("nobody reads this", False)


@pytest.mark.parametrize(
    ("status", "may_pass"),
    [
        (400, False),
        (401, False),
        (404, False),
        (410, False),
        (429, True),
        (500, True),
        (502, True),
        (503, True),
    ],
)
def test_anything_else_is_not_delivered(
    server: HTTPServer, channel: WebhookChannel, status: int, may_pass: bool
) -> None:
    server.expect_request("/pema").respond_with_data("sorry", status)
    outcome = channel.send(server.url_for("/pema"), sending())
    assert (outcome.result, outcome.status) == (AttemptResult.REFUSED, str(status))
    assert (outcome.detail, outcome.may_pass) == ("sorry", may_pass)


def test_no_redirect_is_followed(server: HTTPServer, channel: WebhookChannel) -> None:
    server.expect_request("/pema").respond_with_data("", 307, {"Location": server.url_for("/elsewhere")})
    server.expect_request("/elsewhere").respond_with_data("")
    outcome = channel.send(server.url_for("/pema"), sending())
    assert (outcome.result, outcome.status) == (AttemptResult.REFUSED, "307")
    assert [request.path for request, _ in server.log] == ["/pema"]


def test_a_server_that_does_not_answer_in_time_has_not_confirmed(
    server: HTTPServer, impatient: WebhookChannel
) -> None:
    answer = threading.Event()

    def late(_: Request) -> Response:
        answer.wait(timeout=10)
        return Response("")

    server.expect_request("/pema").respond_with_handler(late)
    try:
        outcome = impatient.send(server.url_for("/pema"), sending())
    finally:
        answer.set()
    assert (outcome.result, outcome.may_pass) == (AttemptResult.TIMED_OUT, True)


@pytest.mark.parametrize(
    ("begin", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 503 Later\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    ],
)
def test_a_server_that_drips_its_answer_has_its_time_in_all(
    dripping: Dripping, impatient: WebhookChannel, begin: bytes, drop: bytes
) -> None:
    outcome = impatient.send(f"http://127.0.0.1:{dripping.port(begin, drop)}/pema", sending())
    assert (outcome.result, outcome.may_pass) == (AttemptResult.TIMED_OUT, True)


def test_each_message_has_a_connection_of_its_own(server: HTTPServer, channel: WebhookChannel) -> None:
    server.expect_request("/pema").respond_with_data("")
    for _ in range(2):
        channel.send(server.url_for("/pema"), sending())
    assert len({request.environ["REMOTE_PORT"] for request, _ in server.log}) == 2


def test_a_server_that_is_not_there_is_a_refusal_that_may_pass(channel: WebhookChannel) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        outcome = channel.send(f"http://127.0.0.1:{taken.getsockname()[1]}/pema", sending())
    assert (outcome.result, outcome.status, outcome.may_pass) == (AttemptResult.REFUSED, "unreachable", True)


def test_a_server_that_hangs_up_is_a_refusal_that_may_pass(channel: WebhookChannel) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            listening.accept()[0].close()

        caller = threading.Thread(target=hang_up)
        caller.start()
        outcome = channel.send(f"http://127.0.0.1:{listening.getsockname()[1]}/pema", sending())
        caller.join(timeout=10)
    assert (outcome.result, outcome.status, outcome.may_pass) == (AttemptResult.REFUSED, "unreachable", True)


def test_an_answer_without_end_is_not_read_to_its_end(server: HTTPServer, channel: WebhookChannel) -> None:
    server.expect_request("/pema").respond_with_data("x" * (MOST_ANSWER * 64))
    assert channel.send(server.url_for("/pema"), sending()).result is AttemptResult.DELIVERED


@pytest.mark.parametrize(
    "address",
    [
        "",
        "pema",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "http://",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0/",
        "http://[ff02::1]/",
        "http://a b/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1/\r\nX: y",
        "http://" + "a" * 3000,
    ],
)
def test_what_is_no_address_of_a_person_is_refused_without_a_send(
    channel: WebhookChannel, address: str
) -> None:
    outcome = channel.send(address, sending())
    assert (outcome.result, outcome.status) == (AttemptResult.REFUSED, "address")


def test_a_message_of_unknown_origin_names_no_resident(server: HTTPServer, channel: WebhookChannel) -> None:
    server.expect_request("/desk").respond_with_data("")
    message = sending(Language.EN)
    message.notice.text.clear()  # type: ignore[attr-defined]
    channel.send(server.url_for("/desk"), message)
    event = json.loads(server.log[0][0].data)
    assert event["data"]["resident"] is None
    assert event["data"]["language"] == "en"
