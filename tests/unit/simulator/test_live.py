"""The living demo against a small service: a press within seconds, answers to the end, and an end when it
is told.
"""

import io
import json
import os
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import httpx2
import pytest

from devices.simulator.__main__ import main
from devices.simulator.api import Api
from devices.simulator.live import LiveDemo, NobodyLivesHere, stop_at_end_of
from devices.simulator.telephones import Call, Telephones

START = datetime(2025, 7, 22, 4, 0, tzinfo=UTC)
RESIDENTS: list[dict[str, Any]] = [
    {"id": f"res_{number}", "timezone": "Asia/Shanghai"} for number in range(5)
]
DEVICES = [
    {
        "external_id": f"demo-{kind}-{number}",
        "ecosystem": "native",
        "type": type_,
        "state": "live",
        "resident_id": f"res_{number}",
    }
    for number in range(5)
    for kind, type_ in (("button", "call_button"), ("bed", "bed_sensor"))
]


class SmallTelephones(Telephones):
    """Telephones that nobody serves: what is told is of no matter here."""

    def __init__(self) -> None:
        """Open nothing."""

    def address_of(self, worker: str) -> str:
        return f"http://127.0.0.1:5/{worker}"

    def take_new(self) -> list[Call]:
        return []


TELEPHONES = SmallTelephones()


class SmallService:
    """Opens an alert for each press that it is sent, and lets it be moved on; it is the outlet as well."""

    def __init__(self, devices: list[dict[str, Any]] | None = None) -> None:
        self.devices = DEVICES if devices is None else devices
        self.sent: list[tuple[str, Any, bool]] = []
        self.alerts: dict[str, dict[str, Any]] = {}
        self.moves: list[str] = []
        self.workers: list[dict[str, Any]] = [
            {"id": f"wrk_{number}", "active": number < 3, "channels": []} for number in (1, 2, 3)
        ]
        self.users: list[dict[str, Any]] = [{"username": "admin", "worker_id": None}]
        self.residents = RESIDENTS
        self.refuses = False
        self.is_gone = False

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        said = payload.decode() if retain else json.loads(payload)
        self.sent.append((topic, said, retain))
        if topic.endswith("/alarm"):
            alert_id = f"alt_{len(self.alerts)}"
            self.alerts[alert_id] = {
                "id": alert_id,
                "state": "open",
                "owner_ids": ["last_resort", "wrk_1", "wrk_2"],
            }

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        if self.is_gone:
            raise httpx2.ConnectError("refused")
        path = request.url.path.removeprefix("/api/v1/")
        if request.method == "GET":
            state = request.url.params.get("state")
            alerts = [alert for alert in self.alerts.values() if alert["state"] == state]
            items = {
                "devices": self.devices,
                "residents": self.residents,
                "workers": self.workers,
                "alerts": alerts,
                "users": self.users,
            }[path]
            return httpx2.Response(200, json={"items": items, "next": None})
        if request.method == "PATCH":
            worker = next(each for each in self.workers if path == f"workers/{each['id']}")
            worker |= json.loads(request.content)
            return httpx2.Response(200, json=worker)
        _, alert_id, move = path.split("/")
        if self.refuses:
            return httpx2.Response(409, json={"title": "already_accepted"})
        body = json.loads(request.content)
        self.moves.append(f"{alert_id} {move}")
        alert = self.alerts[alert_id]
        alert["state"] = {"accept": "accepted", "arrive": "arrived", "close": "closed"}[move]
        alert["owner_ids"] = [body["worker_id"]]
        assert (move == "close") == ("outcome" in body)
        return httpx2.Response(200, json=alert)

    def demo(self, complaints: io.StringIO | None = None) -> LiveDemo:
        api = Api("http://127.0.0.1:1", "secret", transport=httpx2.MockTransport(self.answer))
        return LiveDemo(api, self, TELEPHONES, 1, START, complaints or io.StringIO())


def lived(demo: LiveDemo, span: timedelta) -> None:
    now = START
    while now <= START + span:
        now = demo.step(now)


def test_all_devices_come_online_and_stay_known_so() -> None:
    service = SmallService()
    service.demo().come_online()
    assert [said for _, said, _ in service.sent] == ["online"] * len(DEVICES)
    assert all(topic.endswith("/status") and retain for topic, _, retain in service.sent)


def test_a_press_is_on_its_way_within_five_seconds_as_the_contract_writes_it() -> None:
    service = SmallService()
    lived(service.demo(), timedelta(seconds=5))
    topic, press, _ = next(each for each in service.sent if each[0].endswith("/alarm"))
    assert topic.startswith("anxin/v1/demo-button-")
    assert press["kind"] == "call_button.pressed"
    assert press["occurred_at"] == "2025-07-22T04:00:02.000Z"


def test_no_two_events_of_one_run_share_an_id() -> None:
    service = SmallService()
    lived(service.demo(), timedelta(minutes=10))
    ids = [said["id"] for _, said, _ in service.sent]
    assert len(ids) == len(set(ids)) > 20
    assert max(map(len, ids)) <= 64


def test_every_alert_of_the_first_minutes_is_taken_to_its_end() -> None:
    service = SmallService()
    lived(service.demo(), timedelta(minutes=30))
    assert service.alerts["alt_0"]["state"] == "closed"
    assert [move for move in service.moves if move.startswith("alt_0 ")] == [
        "alt_0 accept",
        "alt_0 arrive",
        "alt_0 close",
    ]


def test_a_refusal_is_said_and_the_life_goes_on() -> None:
    service, complaints = SmallService(), io.StringIO()
    service.refuses = True
    lived(service.demo(complaints), timedelta(minutes=15))
    assert "accept was refused: already_accepted" in complaints.getvalue()
    assert len(service.alerts) > 3


def test_a_service_that_is_gone_for_a_while_is_said_and_the_life_goes_on() -> None:
    service, complaints = SmallService(), io.StringIO()
    demo = service.demo(complaints)
    service.is_gone = True
    lived(demo, timedelta(minutes=5))
    assert "the service does not answer" in complaints.getvalue()
    assert len(service.alerts) > 1


def test_workers_whom_nothing_reaches_get_telephones_and_others_keep_their_own() -> None:
    service = SmallService()
    own = [{"kind": "webhook", "address": "https://example.org/demo-telephone/1"}]
    stale = [{"kind": "webhook", "address": "http://127.0.0.1:4/demo-telephone/wrk_2"}]
    service.workers[0]["channels"], service.workers[1]["channels"] = own, stale
    service.demo()
    new = [{"kind": "webhook", "address": "http://127.0.0.1:5/demo-telephone/wrk_2"}]
    assert [worker["channels"] for worker in service.workers] == [own, new, []]


def test_the_last_resort_is_no_person_who_could_answer() -> None:
    service = SmallService()
    service.workers.clear()
    lived(service.demo(), timedelta(minutes=20))
    assert service.moves == []


def test_nobody_answers_in_the_name_of_whoever_signs_in() -> None:
    service = SmallService()
    service.users.append({"username": "grid", "worker_id": "wrk_1"})
    lived(service.demo(), timedelta(minutes=30))
    assert service.alerts["alt_0"]["owner_ids"] == ["wrk_2"]
    assert all(alert["owner_ids"] != ["wrk_1"] for alert in service.alerts.values())


def test_what_only_a_login_was_told_of_waits_for_them() -> None:
    service = SmallService()
    service.users += [{"username": name, "worker_id": f"wrk_{name}"} for name in "123"]
    lived(service.demo(), timedelta(minutes=30))
    assert service.moves == []


@pytest.mark.parametrize("number", range(5))
def test_the_first_press_is_one_that_a_login_is_told_of(number: int) -> None:
    service = SmallService()
    service.users.append({"username": "grid", "worker_id": "wrk_1"})
    service.residents = [*RESIDENTS]
    service.residents[number] = {**RESIDENTS[number], "assigned_worker_id": "wrk_1"}
    lived(service.demo(), timedelta(minutes=10))
    presses = [topic for topic, _, _ in service.sent if topic.endswith("/alarm")]
    assert presses[0] == f"anxin/v1/demo-button-{number}/alarm"
    assert len(set(presses)) > 1


@pytest.mark.parametrize("changes", [{"resident_id": None}, {"state": "retired"}, {"type": "bed_sensor"}])
def test_where_nobody_can_press_the_demo_says_so(changes: dict[str, Any]) -> None:
    with pytest.raises(NobodyLivesHere, match="nobody can press"):
        SmallService([{**device, **changes} for device in DEVICES]).demo()


def test_it_ends_when_the_other_end_of_its_input_is_closed() -> None:
    ours, theirs = os.pipe()
    stop = Event()
    with os.fdopen(ours) as stream, os.fdopen(theirs, "w") as other_end:
        stop_at_end_of(stream, stop)
        other_end.write("still there\n")
        other_end.flush()
        assert not stop.is_set()
        other_end.close()
        assert stop.wait(10)


def test_without_a_token_there_is_nothing_to_be_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    places = ["live", "--http", "http://127.0.0.1:1", "--mqtt", "mqtt://127.0.0.1:1"]
    with pytest.raises(SystemExit) as ended:
        main([*places, "--username", "u", "--password", "p", "--token-stdin"])
    assert ended.value.code == 2
    assert "a token is needed" in capsys.readouterr().err
