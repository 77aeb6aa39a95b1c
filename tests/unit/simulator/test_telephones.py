"""The telephones of the cast, over real HTTP on loopback."""

from collections.abc import Iterator

import httpx2
import pytest

from devices.simulator.telephones import Call, Telephones

NOTICE = {"type": "anxin.notice.v1", "id": "ntc_1", "data": {"notice_id": "ntc_1", "alert_id": "alt_1"}}


@pytest.fixture
def telephones() -> Iterator[Telephones]:
    served = Telephones()
    served.open()
    yield served
    served.close()


def test_each_worker_has_a_telephone_of_their_own_and_it_is_read_once(telephones: Telephones) -> None:
    for worker in ("norbu", "pema"):
        answer = httpx2.post(telephones.address_of(worker), json=NOTICE, trust_env=False)
        assert (answer.status_code, answer.json()) == (200, {"accepted": True})
    assert telephones.take_new() == [Call("norbu", NOTICE), Call("pema", NOTICE)]
    assert telephones.take_new() == []


@pytest.mark.parametrize("body", [b"", b"ring", b"[]", b'{"type": "other", "data": {"notice_id": "x"}}'])
def test_what_is_no_notice_is_refused_in_words_and_not_kept(telephones: Telephones, body: bytes) -> None:
    answer = httpx2.post(telephones.address_of("norbu"), content=body, trust_env=False)
    assert answer.status_code == 400
    assert answer.json()["accepted"] is False
    assert telephones.take_new() == []
