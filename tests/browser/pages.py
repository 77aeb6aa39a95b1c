"""The pages of the house, in one list: who looks at each and where it is on the staged night. Shots and
checks go by it, and a page that is in no line fails a test.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.browser.staged import Staged


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as somebody sees it. ``route``: as its right names it; ``at``: its address, with names of the
    staged night in it; ``status``: with which it is answered.
    """

    name: str
    login: str | None
    route: str
    at: str
    status: int = 200

    def path(self, night: Staged) -> str:
        """Where it is on that night."""
        return self.at.format(**night.places)

    def __str__(self) -> str:
        return self.name


PAGES = (
    Seen("sign-in", None, "/sign-in", "/sign-in"),
    Seen("board", "desk", "/", "/"),
    Seen("board-of-a-grid", "grid", "/", "/"),
    Seen("alert", "grid", "/alerts/{alert_id}", "/alerts/{unanswered}"),
    Seen("alert-in-hand", "desk", "/alerts/{alert_id}", "/alerts/{in_hand}"),
    Seen("alert-of-long-ago", "manager", "/alerts/{alert_id}", "/alerts/{long_ago}"),
    Seen("one-tap", None, "/a/{token}", "{one_tap}"),
    Seen("one-tap-in-hand", None, "/a/{token}", "{one_tap_in_hand}"),
    Seen("one-tap-that-ended", None, "/a/{token}", "/a/nothing", status=404),
    Seen("devices", "tech", "/devices", "/devices"),
    Seen("device-for-whom", "tech", "/devices/new", "/devices/new"),
    Seen("device-new", "tech", "/devices/new", "/devices/new?resident={caller}"),
    Seen("device-never-heard", "tech", "/devices/{device_id}", "/devices/{never_heard}"),
    Seen("device-live", "tech", "/devices/{device_id}", "/devices/{bed}"),
    Seen("device-test", "tech", "/devices/{device_id}/test", "/devices/{button}/test"),
    Seen("device-move", "tech", "/devices/{device_id}/move", "/devices/{never_heard}/move"),
    Seen("device-renew", "tech", "/devices/{device_id}/credentials", "/devices/{never_heard}/credentials"),
    Seen("device-retire", "tech", "/devices/{device_id}/retire", "/devices/{never_heard}/retire"),
    Seen("visits", "grid", "/visits", "/visits"),
    Seen("visit-new", "grid", "/visits/new", "/visits/new?resident={caller}"),
    Seen("rosters", "desk", "/rosters", "/rosters"),
    Seen("roster-new", "manager", "/rosters/new", "/rosters/new?team={team}"),
    Seen("roster-change", "manager", "/rosters/{roster_id}", "/rosters/{roster}"),
    Seen("handover", "desk", "/handover", "/handover"),
    Seen("resident", "grid", "/residents/{resident_id}", "/residents/{caller}"),
    Seen("silences", "desk", "/silences", "/silences"),
    Seen("silence-new", "desk", "/silences/new", "/silences/new?resident={caller}"),
    Seen("resident-silenced", "desk", "/residents/{resident_id}", "/residents/{silenced}"),
    Seen("figures", "manager", "/figures", "/figures"),
    Seen("figures-of-oneself", "grid", "/figures", "/figures"),
    Seen("you", "grid", "/you", "/you"),
    Seen("looks", "admin", "/looks", "/looks"),
    Seen("nothing-here", "grid", "", "/nothing-here", status=404),
)

NOT_LOOKED_AT = frozenset(
    {
        *("/healthz", "/readyz", "/metrics", "/openapi.json", "/static/{edition}/{name}"),
        *("/alerts/{alert_id}/{action}", "/offline.js", "/visits/now"),
    }
)
"""Routes outside the API that answer programs, or lead on."""
