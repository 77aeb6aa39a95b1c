"""What the duty desk and those who telephone it do in a story: shifts, taking over, handing on, more time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from services.domain.instants import format_instant, parse_span
from tests.stories.changing_rules import local_instant
from tests.stories.ground import Ground


class SitsAtTheDesk(Ground):
    """The part of a stage on which alerts and shifts change hands."""

    _desk_team: str | None = None

    @abstractmethod
    def _patch(self, path: str, body: Mapping[str, object]) -> None: ...

    @abstractmethod
    def _running(self) -> str:
        """The id of the alert that runs."""

    @abstractmethod
    def _perhaps_running(self) -> str | None: ...

    @abstractmethod
    def _try(self, path: str, body: Mapping[str, object]) -> None:
        """Ask for it; a refusal is fine, a fault is not."""

    def sits(self, who: str, starts: str, ends: str) -> None:
        """Somebody is rostered at the desk from one local instant to another."""
        self._begin()
        if self._desk_team is None:
            self._desk_team = self._post("teams", {"name": "desk"})["id"]
        self._patch(f"workers/{self._worker[who]}", {"team_id": self._desk_team})
        span = {
            "starts_at": format_instant(local_instant(starts)),
            "ends_at": format_instant(local_instant(ends)),
        }
        self._post("shifts", {"team_id": self._desk_team, "worker_id": self._worker[who], **span})
        self._settle()

    def takes_over(self, who: str, from_: str) -> None:
        self._begin()
        self._post("handovers", {"worker_id": self._worker[who], "from_worker_id": self._worker[from_]})
        self._settle()

    def turn(self) -> tuple[list[str], str]:
        """Who has the turn of the desk that is to be taken over next, and when it begins."""
        coming = self._get("handovers/current")["coming"]
        names = {worker: name for name, worker in self._worker.items()}
        return [names[each] for each in coming["worker_ids"]], coming["starts_at"]

    def hands_on(self, who: str, to: str) -> None:
        """Whoever has the alert asks another to take it."""
        self._act("handover", {"worker_id": self._worker[who], "to_worker_id": self._worker[to]})

    def says_for(self, who: str, other: str, action: str, **more: str) -> None:
        """Somebody at the desk writes down what another has said by telephone."""
        self._act(action, {"worker_id": self._worker[who], "on_behalf_of": self._worker[other], **more})

    def tries(self, who: str, action: str, more: Mapping[str, object]) -> None:
        """Somebody does something about the alert that runs, if one does; it may be refused."""
        self._begin()
        running = self._perhaps_running()
        if running is not None:
            said = {"to_worker_id": self._worker[str(more["to"])]} if "to" in more else more
            body = {"worker_id": self._worker[who], **said}
            self._try(f"alerts/{running}/{action}", body)
        self._settle()

    def tries_silence(self, span: str) -> None:
        """The desk asks the house to tell nobody for so long."""
        self._begin()
        until = format_instant(self._clock.now() + parse_span(span))
        self._try("silences", {"resident_id": self._resident, "reason": "女儿陪着", "until": until})
        self._settle()

    def lifts_all(self) -> None:
        """Whatever is silenced is silenced no more."""
        self._begin()
        for each in self._all("silences"):
            self._api.delete(f"/api/v1/silences/{each['id']}")
        self._settle()

    def tries_leave(self, who: str, span: str) -> None:
        """Somebody is not there from now on for so long, whatever the roster says."""
        self._begin()
        now = self._clock.now()
        leave = {"starts_at": format_instant(now), "ends_at": format_instant(now + parse_span(span))}
        self._try("leaves", {"worker_id": self._worker[who], "reason": "病假", **leave})
        self._settle()

    def tries_roster(self, *members: str) -> None:
        """The care team comes by turns from now on: one by day, the next by night."""
        self._begin()
        body = {
            "team_id": self._team,
            "name": "turns",
            "shifts": [
                {"name": "day", "starts": "03:00", "ends": "15:00"},
                {"name": "night", "starts": "15:00", "ends": "03:00"},
            ],
            "cycle": ["day", "night", ""],
            "members": [self._worker[each] for each in members],
            "starts_on": "2025-07-20",
        }
        self._try("rosters", body)
        self._settle()

    def needs(self, who: str, minutes: int, status: int = 200) -> None:
        """So many more minutes."""
        self._act("extend", {"worker_id": self._worker[who], "minutes": minutes}, status)

    def leaves(self, who: str) -> None:
        """Somebody does not work here any more."""
        self._begin()
        self._patch(f"workers/{self._worker[who]}", {"active": False})
        self._settle()

    def gone(self) -> set[str]:
        """The ids of those who do not work here any more."""
        return {each["id"] for each in self._all("workers") if not each["active"]}

    def _act(self, action: str, body: Mapping[str, object], status: int = 200) -> None:
        self._begin()
        self._post(f"alerts/{self._running()}/{action}", body, status)
        self._settle()
