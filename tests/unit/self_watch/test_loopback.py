"""The loop-back: a real receiver on loopback that confirms the house's own message and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.domain.notices import AttemptResult
from services.escalation.text import message_of
from services.notify.channels.channel import Sending
from services.notify.channels.loopback import LoopbackChannel, Receiver
from services.notify.channels.webhook import WebhookChannel
from tests.contracts import cast
from tests.contracts.cast import NIGHT

KEY = "the house's own"
OWN = cast.notice("own", synthetic=True)
SENDING = Sending(OWN, message_of(OWN), NIGHT)


def test_it_confirms_a_message_that_the_house_signed() -> None:
    outcome = LoopbackChannel(WebhookChannel(KEY), KEY).send("loopback", SENDING)
    assert (outcome.result, outcome.status) == (AttemptResult.DELIVERED, "200")


def test_it_takes_nothing_that_is_about_people() -> None:
    real = replace(SENDING, notice=replace(OWN, synthetic=False))
    assert LoopbackChannel(WebhookChannel(KEY), KEY).send("loopback", real).result is AttemptResult.REFUSED


def test_a_signature_of_another_key_is_not_confirmed() -> None:
    outcome = LoopbackChannel(WebhookChannel("another"), KEY).send("loopback", SENDING)
    assert (outcome.result, outcome.detail) == (AttemptResult.REFUSED, "the signature is not the house's")


def test_another_message_than_the_one_that_was_sent_is_not_confirmed() -> None:
    with Receiver(KEY.encode(), "ntc_another") as receiver:
        outcome = WebhookChannel(KEY, send_for=timedelta(seconds=5)).send(receiver.url, SENDING)
    assert outcome.result is AttemptResult.REFUSED
