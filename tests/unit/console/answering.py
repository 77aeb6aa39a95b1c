"""What the tests of answering without signing in share: the link that somebody was sent, the forms of its
page, and a messenger.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from services.domain.alerts import Alert
from services.domain.notices import Notice, NoticeKind
from services.domain.people import Channel, ChannelKind, Role
from services.escalation.links import code_of, link_of
from services.escalation.telling import key_of
from services.escalation.text import Message, message_of
from tests.unit.console.cast import Cast
from tests.unit.console.forms import Forms


def notices_to(house: Cast, who: str, kind: NoticeKind | None = None) -> list[Notice]:
    """What somebody was told, ascending."""
    with house.store.reading() as uow:
        every = [
            notice
            for alert in uow.alerts.page({}, 0, 100).items
            for notice in uow.notices.of_alert(alert.id)
            if key_of(notice) == who and kind in (None, notice.kind)
        ]
    return sorted(every, key=lambda notice: notice.number)


def link_to(house: Cast, who: str) -> str:
    """The path of the newest link that somebody was sent."""
    link = link_of(notices_to(house, who)[-1], house.parts.house)
    return link.removeprefix("http://console.test")


def code_to(house: Cast, who: str, alert_id: str) -> str:
    """The newest code of an alert that somebody was sent."""
    mine = [notice for notice in notices_to(house, who) if notice.alert_id == alert_id]
    return code_of(mine[-1])


def tap(client: TestClient, link: str, action: str, **more: str) -> Response:
    """Tap a button of the page as it stands now, as a browser does."""
    forms = Forms(client.get(link).text).forms
    form = next(each for each in forms if action in {value for _, value in each.buttons})
    sent = {**form.hidden, "action": action, **more}
    return client.post(link, data=sent, headers={"Origin": "http://console.test"})


def alert_of(house: Cast, alert_id: str = "alert-1") -> Alert:
    with house.store.reading() as uow:
        alert = uow.alerts.get(alert_id)
    assert alert is not None
    return alert


def audited(house: Cast, action: str) -> list[tuple[str, str]]:
    """Who did it to what, by the audit."""
    with house.store.reading() as uow:
        return [(each.actor, each.object_id) for each in uow.audit.page({"action": action}, 0, 100).items]


NUMBERS = {
    "basang": "138 0000 0001",
    "cering": "+86 13800000002",
    "dolma": "13800000003",
    "pema": "13800000004",
}
PHONE = ChannelKind.WEBHOOK
"""Stands for any channel that takes replies; what they are called differs by installation."""


def give_addresses(house: Cast, **addresses: str) -> None:
    """Everybody named is reached at an address by which they can reply."""
    with house.store.writing() as uow:
        for name, address in addresses.items():
            worker = uow.workers.get(name)
            assert worker is not None
            uow.workers.save(replace(worker, channels=(Channel(PHONE, address),)))


@dataclass
class Messenger:
    """Brings replies, each with an id of its own."""

    house: Cast
    client: TestClient = field(init=False)
    ids: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.client = self.house.of(Role.MESSENGER)

    def brings(self, sender: str, text: str, **more: Any) -> str:
        """Bring a reply; what the door says became of it."""
        said = {"id": f"m-{next(self.ids)}", "channel": PHONE.value, "from": sender, "text": text, **more}
        answer = self.client.post("/api/v1/replies", json=said)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["result"])

    def told(self, who: str) -> Message:
        """What somebody heard last of what they replied."""
        return message_of(notices_to(self.house, who, NoticeKind.ANSWER)[-1], self.house.parts.house)
