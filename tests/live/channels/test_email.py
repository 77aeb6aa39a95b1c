"""The e-mail channel against a real SMTP server: what it takes, what it refuses, and what nobody can know."""

import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from services.domain.notices import AttemptResult
from services.domain.people import Language
from services.notify.channels.email import EmailChannel, MailServer
from tests.live.channels.dripping import Dripping
from tests.live.channels.messages import sending
from tests.live.channels.table import EMAIL, Case
from tests.live.mailbox import Mailbox, started

PASSWORD = "open sesame"


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def channel(box: Mailbox) -> Iterator[EmailChannel]:
    controller = started(box)
    yield EmailChannel(MailServer("127.0.0.1", controller.port, sender="Anxin <anxin@example.org>"))
    controller.stop()


def test_a_server_that_takes_a_message_is_no_word_from_a_person(box: Mailbox, channel: EmailChannel) -> None:
    outcome = channel.send("pema@example.org", sending())
    assert (outcome.result, outcome.status) == (AttemptResult.ACCEPTED_UNCONFIRMED, "250")
    assert [envelope.rcpt_tos for envelope in box.kept] == [["pema@example.org"]]


def test_a_letter_says_the_message_in_text_and_as_a_page(box: Mailbox, channel: EmailChannel) -> None:
    channel.send("mailto:pema@example.org", sending())
    letter = box.letters()[0]
    assert letter["Subject"] == "呼叫器求助：卓玛"
    assert letter["To"] == "pema@example.org"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "zh-CN"
    assert letter["Importance"] == "high"
    text, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert page is not None
    assert "在哪里：曲扎路 7 号 卧室" in text.get_content()
    assert f'<a href="{sending().message.link}">' in page.get_content()


def test_a_letter_is_in_the_language_of_its_reader(box: Mailbox, channel: EmailChannel) -> None:
    channel.send("pema@example.org", sending(Language.BO))
    letter = box.letters()[0]
    text = letter.get_body(("plain",))
    assert letter["Content-Language"] == "bo"
    assert text is not None
    assert "བྱ་དགོས་པ།" in text.get_content()
    assert "怎么办：" in text.get_content()


def test_a_repeat_bears_the_same_message_id(box: Mailbox, channel: EmailChannel) -> None:
    channel.send("pema@example.org", sending())
    channel.send("pema@example.org", sending())
    assert len({str(letter["Message-ID"]) for letter in box.letters()}) == 1


@pytest.mark.parametrize(
    ("answer", "may_pass"), [("550 no such mailbox", False), ("451 try again later", True)]
)
def test_a_refused_recipient_is_a_refusal_and_others_are_not_touched(
    box: Mailbox, channel: EmailChannel, answer: str, may_pass: bool
) -> None:
    box.refused["pema@example.org"] = answer
    outcome = channel.send("pema@example.org", sending())
    assert (outcome.result, outcome.status) == (AttemptResult.REFUSED, answer[:3])
    assert (outcome.detail, outcome.may_pass) == (answer[4:], may_pass)
    assert channel.send("tashi@example.org", sending()).result is AttemptResult.ACCEPTED_UNCONFIRMED


@pytest.mark.parametrize(("answer", "may_pass"), [("554 spam", False), ("452 full", True)])
def test_a_refused_message_is_a_refusal(
    box: Mailbox, channel: EmailChannel, answer: str, may_pass: bool
) -> None:
    box.answer = answer
    outcome = channel.send("pema@example.org", sending())
    assert (outcome.result, outcome.status, outcome.may_pass) == (
        AttemptResult.REFUSED,
        answer[:3],
        may_pass,
    )


def test_a_server_that_says_nothing_is_timed_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        channel = EmailChannel(MailServer("127.0.0.1", port, send_for=timedelta(seconds=0.2)))
        outcome = channel.send("pema@example.org", sending())
    assert (outcome.result, outcome.may_pass) == (AttemptResult.TIMED_OUT, True)


def test_a_server_that_is_not_there_is_a_refusal_that_may_pass() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        channel = EmailChannel(MailServer("127.0.0.1", taken.getsockname()[1]))
        outcome = channel.send("pema@example.org", sending())
    assert (outcome.result, outcome.status, outcome.may_pass) == (AttemptResult.REFUSED, "unreachable", True)


@pytest.mark.parametrize(
    "address", ["", "pema", "a@b@c", "pema@example.org, x@y", "p\r\nBcc: x@y@z", "<a@b>", "mailto:"]
)
def test_what_is_no_address_is_refused_without_a_send(
    box: Mailbox, channel: EmailChannel, address: str
) -> None:
    outcome = channel.send(address, sending())
    assert (outcome.result, outcome.status) == (AttemptResult.REFUSED, "address")
    assert box.kept == []


def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    known = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=known, handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # a server of the loopback
@pytest.mark.parametrize(
    ("password", "result"),
    [(PASSWORD, AttemptResult.ACCEPTED_UNCONFIRMED), ("wrong", AttemptResult.REFUSED)],
)
def test_a_server_that_asks_for_a_login_gets_one(box: Mailbox, password: str, result: AttemptResult) -> None:
    controller = started(box, authenticator=login, auth_require_tls=False, auth_required=True)
    try:
        server = MailServer("127.0.0.1", controller.port, user="anxin", password=password)
        assert EmailChannel(server).send("pema@example.org", sending()).result is result
    finally:
        controller.stop()


def test_starttls_is_not_given_up_for_a_server_that_has_none(box: Mailbox) -> None:
    controller = started(box)
    try:
        server = MailServer("127.0.0.1", controller.port, starttls=True)
        outcome = EmailChannel(server).send("pema@example.org", sending())
    finally:
        controller.stop()
    assert outcome.result is AttemptResult.REFUSED
    assert box.kept == []


def test_a_server_that_drips_its_answer_has_its_time_in_all(dripping: Dripping) -> None:
    server = MailServer("127.0.0.1", dripping.port(b"220-"), send_for=timedelta(seconds=0.5))
    outcome = EmailChannel(server).send("pema@example.org", sending())
    assert (outcome.result, outcome.may_pass) == (AttemptResult.TIMED_OUT, True)


def kept_waiting(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    return AuthResult(success=False, handled=False, message="454 4.7.0 Temporary authentication failure")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # a server of the loopback
@pytest.mark.parametrize("case", list(EMAIL))
def test_an_answer_counts_for_what_it_says(box: Mailbox, case: Case) -> None:
    said = EMAIL[case]
    is_login = case is Case.ACCOUNT
    if not is_login and said.status != 250:
        box.refused["pema@example.org"] = f"{said.status} {said.body}"
    controller = started(box, authenticator=login, auth_require_tls=False, auth_required=is_login)
    try:
        user = ("anxin", "wrong") if is_login else ("", "")
        server = MailServer("127.0.0.1", controller.port, *user)
        outcome = EmailChannel(server).send("pema@example.org", sending())
    finally:
        controller.stop()
    assert (outcome.result, outcome.status, outcome.may_pass) == (said.result, said.as_status, said.may_pass)
    assert "wrong" not in repr(server)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_server_that_cannot_look_a_login_up_just_now_is_asked_again(box: Mailbox) -> None:
    controller = started(box, authenticator=kept_waiting, auth_require_tls=False, auth_required=True)
    try:
        server = MailServer("127.0.0.1", controller.port, "anxin", "right")
        outcome = EmailChannel(server).send("pema@example.org", sending())
    finally:
        controller.stop()
    assert (outcome.result, outcome.status, outcome.may_pass) == (AttemptResult.REFUSED, "454", True)
