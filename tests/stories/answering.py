"""What people of a story do with the messages that they got: a tap on the link, a digit sent back."""

from __future__ import annotations

from abc import abstractmethod
from datetime import timedelta

from services.domain.notices import Notice
from services.escalation.links import code_of, link_key, token_of
from services.storage.store import SqlStore
from tests.stories.ground import Ground

MESSENGER = "brings what people reply"
LINK_KEY = link_key("the stage's own")


class Answers(Ground):
    """The part of a stage on which people answer without signing in, and further devices call them."""

    _store: SqlStore

    @abstractmethod
    def _register(self, name: str, kind: str) -> str: ...

    @abstractmethod
    def _say(self, device: str, kind: str, topic: str) -> None: ...

    def hangs(self, device: str) -> None:
        """One more call button in the same room."""
        self._begin()
        self._register(device, "call_button")
        self._settle()

    def falls(self) -> None:
        """A fall detector in the same home, which was never heard before, reports a fall."""
        self._begin()
        self._register("fall", "fall_detector")
        self._say("fall", "fall.detected", "alarm")

    def taps(self, who: str, action: str, **more: str) -> int:
        """Somebody taps a button behind the newest link that they got; the status of the answer."""
        self._begin()
        notice = self._newest_to(who)
        said = {"alert": notice.alert_id, "action": action, **more}
        status = self._api.post(f"/a/{token_of(notice.id, LINK_KEY)}", data=said).status_code
        self._settle()
        return status

    def looks(self, who: str) -> str:
        """The page behind the newest link that somebody got, as whoever opens it sees it."""
        self._begin()
        return self._api.get(f"/a/{token_of(self._newest_to(who).id, LINK_KEY)}").text

    def replies(self, who: str, text: str, message_id: str) -> str:
        """Somebody replies where they were told; what became of it."""
        self._begin()
        said = {
            "id": message_id,
            "channel": "webhook",
            "from": f"https://example.invalid/{who}",
            "text": text,
        }
        known = {"Authorization": f"Bearer {MESSENGER}"}
        answer = self._api.post("/api/v1/replies", json=said, headers=known)
        assert answer.status_code == 201, answer.text
        self._settle()
        return str(answer.json()["result"])

    def code(self, who: str) -> str:
        """The code of the newest message that somebody got."""
        return code_of(self._newest_to(who))

    def _newest_to(self, who: str) -> Notice:
        with self._store.reading() as unit:
            return unit.notices.lately_to(self._worker[who], self._clock.now() - timedelta(days=7), 1)[0]
