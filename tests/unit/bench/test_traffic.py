"""What the bench publishes is what the contract of the wire says, every message once."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from bench import traffic
from bench.community import small_hours
from bench.traffic import Job, Mix
from devices.simulator.fleet import packets
from services.domain.instants import local, parse_instant, zone_named
from services.domain.kinds import DEVICE_KINDS, KINDS

START = datetime(2025, 7, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("mix", list(Mix))
def test_every_message_is_of_a_kind_with_what_it_must_carry(mix: Mix) -> None:
    job = Job(port=1, run="r", homes=200, count=200 if mix is Mix.EXITS else 1500, mix=mix)
    messages = [json.loads(said.payload) for said in traffic.background(job, START)]
    assert {message["id"] for message in messages} == traffic.ids(job)
    for message in messages:
        assert message["kind"] in DEVICE_KINDS
        KINDS[message["kind"]].data.model_validate(message["data"])
        assert abs(parse_instant(message["occurred_at"]) - START) < timedelta(minutes=2)


def test_the_realistic_mix_is_mostly_readings_with_some_presses() -> None:
    job = Job(port=1, run="r", homes=80, count=5000, mix=Mix.REALISTIC)
    kinds = Counter(json.loads(said.payload)["kind"] for said in traffic.background(job, START))
    assert kinds["bed.vitals"] == 4250
    assert kinds["call_button.pressed"] == 10
    assert kinds["bed.entered"] + kinds["bed.exited"] == 300


@pytest.mark.parametrize("homes", [1, 100, 7919])
def test_readings_go_round_all_homes(homes: int) -> None:
    job = Job(port=1, run="r", homes=homes, count=2 * homes)
    readings = Counter(said.device for said in traffic.background(job, START))
    assert readings == {f"bed-{home}": 2 for home in range(homes)}


def test_a_rate_spreads_the_messages_evenly() -> None:
    job = Job(port=1, run="r", homes=10, count=5, rate=1000.0)
    assert [said.due for said in traffic.background(job, START)] == [n * 1_000_000 for n in range(5)]


def test_a_job_comes_out_as_it_went_in() -> None:
    job = Job(port=1883, run="r", homes=10, count=5, mix=Mix.EXITS, presses=3)
    assert Job.of_json(job.as_json()) == job


def test_packets_are_cut_wherever_the_bytes_break() -> None:
    stream = packets.publish("a/b", b"x" * 300, 7) + packets.acknowledge(9) + packets.publish("c", b"", 65535)
    for size in (1, 2, 3, 127, len(stream)):
        buffer = packets.Buffer()
        found = [
            packet
            for place in range(0, len(stream), size)
            for packet in buffer.feed(stream[place : place + size])
        ]
        assert [kind for kind, _ in found] == [packets.PUBLISH, packets.PUBACK, packets.PUBLISH]
        assert [packets.number_in(found[0][1]), packets.number_in(found[2][1])] == [7, 65535]
        assert found[0][1].endswith(b"x" * 300)


@pytest.mark.parametrize("hour", range(24))
def test_it_is_the_small_hours_at_the_homes_whenever_the_bench_runs(hour: int) -> None:
    at = datetime(2025, 7, 23, hour, 30, tzinfo=UTC)
    assert local(at, zone_named(small_hours(at))).hour == 1
