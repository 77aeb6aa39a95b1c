"""Receipts and the looking up count each message once, and only those of their own run."""

import json
from typing import Any

from devices.simulator.fleet.looking_up import Found, count
from devices.simulator.fleet.mix import id_of
from devices.simulator.fleet.receipts import MILLISECOND, Ledger, Seen

RUN = "f1"


def receipt(number: int, result: str = "stored", run: str = RUN, sent_at: int = 0) -> bytes:
    return json.dumps({"id": id_of(run, 0, number, sent_at), "result": result}).encode()


def event(generator: int, number: int, run: str = RUN) -> dict[str, Any]:
    return {"device_event_id": id_of(run, generator, number, 1)}


def test_a_receipt_counts_once_and_tells_how_long_it_took() -> None:
    ledger = Ledger(RUN)
    for number in range(100):
        ledger.take(receipt(number, sent_at=1000), 1000 + (number + 1) * MILLISECOND)
    ledger.take(receipt(7, "duplicate"), 10**12)
    ledger.take(receipt(1, run="f2"), 10**12)
    ledger.take(b'{"id": null, "result": "stored"}', 10**12)
    assert ledger.told() == {"stored": 100, "duplicate": 1, "quarantined": 0, "p50": 50.0, "p99": 99.0}


def test_what_went_to_quarantine_is_not_stored() -> None:
    ledger = Ledger(RUN)
    ledger.take(receipt(0, "quarantined"), 5)
    told = ledger.told()
    assert (told["stored"], told["quarantined"], told["p50"]) == (0, 1, None)


def test_a_gap_among_the_numbers_is_seen() -> None:
    seen = Seen()
    assert [seen.add(0, number) for number in (0, 5, 2, 5)] == [True, True, True, False]
    assert (seen.count, seen.missing(0, 6), seen.missing(0, 3), seen.missing(1, 4)) == (3, 3, 1, 4)


def test_lost_and_doubled_are_counted_by_id_and_strangers_are_left_out() -> None:
    events = [
        event(0, 0),
        event(0, 1),
        event(0, 1),
        event(1, 0),
        event(0, 9, "f2"),
        {"device_event_id": None},
    ]
    assert count(events, RUN, {0: 3, 1: 1}) == Found(stored=3, lost=1, doubled=1)
