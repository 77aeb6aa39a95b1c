"""What a fleet says is what the wire asks for, and each message can be told from all others."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

import pytest

from devices.simulator.fleet import mix
from devices.simulator.fleet.mix import SHARES, Job, Said
from services.domain.devices import NATIVE_ID
from services.domain.kinds import DEVICE_KINDS, KINDS
from services.domain.wire import MAX_EVENT_ID

JOB = Job("f1234", "fleet1128101010", "127.0.0.1", 1, homes=50, rate=100, seconds=60)
NOW = datetime(2025, 7, 22, 18, 13, 5, 123000, tzinfo=UTC)


def some(says: Iterator[Said], count: int = 2000) -> list[Said]:
    return list(islice(says, count))


def test_every_message_is_one_that_a_device_may_send() -> None:
    for said in [*some(mix.background(JOB)), *some(mix.presses(JOB), 10)]:
        payload = json.loads(said.payload(mix.id_of("f1234", 0, 7, 255), NOW))
        assert payload["id"] == "f1234.0.7.ff"
        assert payload["occurred_at"] == "2025-07-22T18:13:05.123Z"
        assert payload["kind"] in DEVICE_KINDS
        KINDS[payload["kind"]].data.model_validate(payload["data"])
        device, lane = said.topic.decode().split("/")[2:]
        assert NATIVE_ID.fullmatch(device)
        assert device.endswith(f"-{said.home}")
        assert lane == ("alarm" if payload["kind"] == "call_button.pressed" else "event")


def test_a_thousand_messages_hold_the_shares_of_the_mix() -> None:
    kinds = Counter(said.kind for said in some(mix.background(JOB), 1000))
    assert sum(SHARES.values()) == 1000
    assert kinds["bed.vitals"] == SHARES["vitals"]
    assert kinds["bed.entered"] + kinds["bed.exited"] == SHARES["bed"]
    assert kinds["device.battery"] == SHARES["battery"]


def test_the_same_seed_says_the_same_and_another_does_not() -> None:
    assert some(mix.background(JOB)) == some(mix.background(JOB))
    assert some(mix.background(JOB)) != some(mix.background(replace(JOB, seed=2)))


def test_nobody_enters_a_bed_that_they_are_in() -> None:
    before: dict[int, str] = {}
    for said in some(mix.background(JOB), 20_000):
        if said.kind in ("bed.entered", "bed.exited"):
            assert said.kind != before.get(said.home, "bed.exited")
            before[said.home] = said.kind


def test_generators_and_connections_share_the_homes_and_each_has_its_own() -> None:
    played = [
        {said.home for said in some(mix.background(replace(JOB, number=number, of=2), part, 2))}
        for number in range(2)
        for part in range(2)
    ]
    assert set().union(*played) == set(range(50))
    assert sum(map(len, played)) == 50


def test_each_home_presses_once_before_one_presses_again() -> None:
    homes = [said.home for said in some(mix.presses(JOB), 51)]
    assert len(set(homes[:50])) == 50
    assert homes[50] == homes[0]


def test_an_id_is_read_as_it_was_written_and_others_are_nobodys() -> None:
    text = mix.id_of("f1234", 15, 10**9, 2**63)
    assert len(text) <= MAX_EVENT_ID
    assert mix.read_id("f1234", text) == mix.Id(15, 10**9, 2**63)
    for other in ("f9.0.1.ff", "81", None, 7):
        assert mix.read_id("f1234", other) is None


@pytest.mark.parametrize("job", [JOB, replace(JOB, username="u", password="p", of=3, number=2)])
def test_a_job_is_read_as_it_was_written(job: Job) -> None:
    assert Job.of_json(job.as_json()) == job
