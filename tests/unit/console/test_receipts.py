"""The door for receipts over HTTP: who is let in, and what each answer says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from services.console.app import make_app
from services.console.parts import Console
from services.console.throttle import TRIES_OF_AN_ADDRESS
from services.domain.people import ChannelKind
from services.notify.channels import sms_aliyun, webhook
from services.notify.channels.receiving import Carrier
from services.notify.receipts import Receipts, token_for
from services.wiring.console_parts import rulebooks_in
from tests.stories.outside import NoBroker
from tests.unit.escalation.cast import ROUTINE
from tests.unit.notify.community import Community, community

KEY = "the key of the house"
CARRIERS = {
    ChannelKind.WEBHOOK: Carrier(webhook.reads, signs=True),
    ChannelKind.SMS_ALIYUN: Carrier(sms_aliyun.reads, sms_aliyun.ACKNOWLEDGED, asks_again=True),
}


class Door:
    """A community in which somebody was told, and the console before it."""

    def __init__(self, here: Community) -> None:
        self.here = here
        console = Console(
            store=here.store,
            clock=here.clock,
            new_id=lambda prefix: f"{prefix}-1",
            device_credentials=NoBroker(),
            gathering=here.gathering,
            waiter=lambda _seconds: False,
            rules=rulebooks_in(here.store),
            receipts=Receipts(here.store, here.clock, CARRIERS, KEY),
        )
        self._client = TestClient(make_app(console))
        here.gets_mail_too("pema")
        here.press(**ROUTINE)
        here.told()

    def brings(self, channel: str, body: object, **how: object) -> httpx2.Response:
        answer: httpx2.Response = self._client.post(f"/api/v1/receipts/{channel}", json=body, **how)  # type: ignore[arg-type]
        self.here.settle()
        return answer

    @property
    def failed(self) -> dict[str, str]:
        return {"notice_id": self.here.notice_of("pema").id, "result": "failed"}


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    here = community(tmp_path)
    yield Door(here)
    here.store.close()


def token(channel: ChannelKind = ChannelKind.WEBHOOK) -> dict[str, str]:
    return {"token": token_for(KEY, channel)}


def test_what_never_arrived_is_told_over_the_next_channel_at_once(door: Door) -> None:
    answer = door.brings("webhook", door.failed, params=token())
    assert answer.status_code == 200
    assert [each["result"] for each in answer.json()["items"]] == ["stored"]
    assert len(door.here.told("email")) == 1
    again = door.brings("webhook", door.failed, headers={"Authorization": f"Bearer {token()['token']}"})
    assert [each["result"] for each in again.json()["items"]] == ["duplicate"]
    assert door.here.told("email") == []


def test_whoever_is_not_the_carrier_changes_nothing(door: Door) -> None:
    for how in ({}, {"params": {"token": "guess"}}, {"headers": {"Authorization": "Bearer guess"}}):
        answer = door.brings("webhook", door.failed, **how)
        assert (answer.status_code, answer.json()["code"]) == (401, "who_are_you")
    assert door.here.attempts("pema")[0].receipt is None


def test_strangers_wait_after_many_tries_and_the_carrier_behind_the_same_address_never(door: Door) -> None:
    door.here.settle = lambda *_: None  # type: ignore[method-assign]
    guess = {"params": {"token": "guess"}}
    tries = [door.brings("webhook", door.failed, **guess) for _ in range(TRIES_OF_AN_ADDRESS + 1)]
    assert {each.status_code for each in tries[:-1]} == {401}
    assert (tries[-1].status_code, tries[-1].json()["code"]) == (429, "too_many_tries")
    assert int(tries[-1].headers["Retry-After"]) > 0
    assert door.brings("ntfy", door.failed, **guess).status_code == 429
    assert door.here.attempts("pema")[0].receipt is None
    batch = [{"notice_id": f"ntc_{number}", "result": "failed"} for number in range(200)] + [door.failed]
    burst = [door.brings("webhook", batch, params=token()) for _ in range(TRIES_OF_AN_ADDRESS // 20)]
    assert {each.status_code for each in burst} == {200}
    assert door.here.attempts("pema")[0].receipt is not None


def test_a_name_that_nobody_knows_is_answered_in_words(door: Door) -> None:
    answer = door.brings("webhook", {"notice_id": "ntc_nobody", "result": "failed"}, params=token())
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "No message with this id" in answer.json()["detail"]
    both = door.brings("webhook", [{"notice_id": "x", "result": "failed"}, door.failed], params=token())
    assert [each["result"] for each in both.json()["items"]] == ["unknown", "stored"]


def test_a_provider_hears_what_it_wants_to_hear(door: Door) -> None:
    said = [{"success": True, "biz_id": "1", "out_id": "ntc_nobody"}]
    answer = door.brings("sms_aliyun", said, params=token(ChannelKind.SMS_ALIYUN))
    assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": "成功"})


@pytest.mark.parametrize(("channel", "status"), [("ntfy", 404), ("pigeon", 422)])
def test_over_a_channel_without_receipts_none_come(door: Door, channel: str, status: int) -> None:
    assert door.brings(channel, door.failed, params=token()).status_code == status


@pytest.mark.parametrize(
    "body", [[], "words", 7, None, {"result": "failed"}, {"notice_id": "x", "result": 3}]
)
def test_what_is_no_receipt_is_refused_in_words(door: Door, body: object) -> None:
    answer = door.brings("webhook", body, params=token())
    assert (answer.status_code, answer.json()["code"]) == (422, "unfit")
    assert "expected" in answer.json()["detail"]
