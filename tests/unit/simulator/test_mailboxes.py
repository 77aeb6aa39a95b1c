"""The mailboxes of the cast, over real SMTP on loopback."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from devices.simulator.mailboxes import Letter, Mailboxes


@pytest.fixture
def mailboxes() -> Iterator[Mailboxes]:
    served = Mailboxes()
    served.open()
    yield served
    served.close()


def hand_in(
    mailboxes: Mailboxes, to: str, notice_id: str | None = "ntc_1", title: str = "按下呼叫按钮"
) -> None:
    message = EmailMessage()
    message["Subject"], message["To"], message["From"] = title, to, "anxin@localhost"
    if notice_id is not None:
        message["X-Anxin-Notice"] = notice_id
    message.set_content("…")
    settings = mailboxes.settings
    with smtplib.SMTP(settings["ANXIN_SMTP_HOST"], int(settings["ANXIN_SMTP_PORT"])) as server:
        server.send_message(message)


def test_each_worker_has_a_mailbox_of_their_own_and_it_is_read_once(mailboxes: Mailboxes) -> None:
    for worker in ("norbu", "pema"):
        hand_in(mailboxes, mailboxes.address_of(worker))
    assert mailboxes.take_new() == [
        Letter("norbu", "ntc_1", "按下呼叫按钮"),
        Letter("pema", "ntc_1", "按下呼叫按钮"),
    ]
    assert mailboxes.take_new() == []


def test_a_letter_to_a_telephone_that_is_off_is_taken_and_read_by_nobody(mailboxes: Mailboxes) -> None:
    mailboxes.off = frozenset({"norbu"})
    hand_in(mailboxes, mailboxes.address_of("norbu"))
    hand_in(mailboxes, mailboxes.address_of("pema"))
    assert [each.worker for each in mailboxes.take_new()] == ["pema"]


@pytest.mark.parametrize(("to", "notice_id"), [("norbu@mailbox.invalid", None), ("a@example.org", "ntc_1")])
def test_what_is_no_notice_to_one_of_the_cast_is_refused_in_words_and_not_kept(
    mailboxes: Mailboxes, to: str, notice_id: str | None
) -> None:
    with pytest.raises(smtplib.SMTPDataError, match=r"554.*expected a notice"):
        hand_in(mailboxes, to, notice_id)
    assert mailboxes.take_new() == []
