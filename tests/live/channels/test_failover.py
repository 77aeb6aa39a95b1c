"""Failover over real servers: a person whose webhook fails gets the e-mail, and a step that reaches
nobody goes on.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from services.domain.findings import Severity
from services.domain.notices import NoticeState
from services.domain.people import Channel, ChannelKind
from services.notify.channels.email import EmailChannel, MailServer
from services.notify.channels.webhook import WebhookChannel
from tests.live.mailbox import Mailbox, started
from tests.unit.notify.community import Community, community


class Reachable:
    """The community with Pema at real servers."""

    def __init__(self, folder: Path) -> None:
        self.http = HTTPServer(port=0)
        self.http.start()
        self.box = Mailbox()
        self.mail = started(self.box)
        self.webhook = WebhookChannel("key", send_for=timedelta(seconds=2))
        self.here: Community = community(folder)
        self.here.delivery._channels = {
            ChannelKind.WEBHOOK: self.webhook,
            ChannelKind.EMAIL: EmailChannel(MailServer("127.0.0.1", self.mail.port)),
        }
        self.reach("pema", "tashi", "lhamo")

    def reach(self, *who: str) -> None:
        with self.here.store.writing() as uow:
            for each in who:
                worker = uow.workers.get(each)
                assert worker is not None
                hook = Channel(ChannelKind.WEBHOOK, self.http.url_for(f"/{each}"))
                mail = Channel(ChannelKind.EMAIL, f"{each}@example.org")
                uow.workers.save(replace(worker, channels=(hook, mail)))

    def mailed(self) -> list[str]:
        return [address for envelope in self.box.kept for address in envelope.rcpt_tos]

    def hooked(self) -> list[str]:
        return [request.path for request, _ in self.http.log]

    def close(self) -> None:
        self.webhook.close()
        self.mail.stop()
        self.http.stop()
        self.here.store.close()


@pytest.fixture
def reachable(tmp_path: Path) -> Iterator[Reachable]:
    made = Reachable(tmp_path)
    yield made
    made.close()


def test_a_press_reaches_the_webhook_and_the_mailbox(reachable: Reachable) -> None:
    reachable.http.expect_request("/pema").respond_with_data("")
    reachable.here.press()
    assert (reachable.hooked(), reachable.mailed()) == (["/pema"], ["pema@example.org"])
    assert [each.result for each in reachable.here.attempts("pema")] == ["delivered", "accepted_unconfirmed"]


def test_a_refusal_inside_a_two_hundred_is_failed_over_at_once(reachable: Reachable) -> None:
    reachable.http.expect_request("/pema").respond_with_json({"accepted": False, "reason": "no"})
    reachable.here.press(severity=Severity.MEDIUM, policy="routine", is_alarm=False)
    assert (reachable.hooked(), reachable.mailed()) == (["/pema"], ["pema@example.org"])
    assert reachable.here.notice_of("pema").reason == "unconfirmed"


def test_a_step_that_reaches_nobody_is_followed_by_the_next_at_once(reachable: Reachable) -> None:
    reachable.http.expect_request("/pema").respond_with_data("", 404)
    reachable.http.expect_request("/tashi").respond_with_data("")
    reachable.http.expect_request("/lhamo").respond_with_data("")
    reachable.box.refused["pema@example.org"] = "550 no such mailbox"
    reachable.here.press()
    assert reachable.hooked() == ["/pema", "/tashi", "/lhamo"]
    assert reachable.here.notice_of("pema").state is NoticeState.FAILED
