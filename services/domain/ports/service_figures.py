"""What the figures of the service are reckoned from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.domain.service_figures import PagesOf, RuleEnds, Told, UrgentAlert


class FigureRows(Protocol):
    """Rows of the alerts opened in [``since``, ``until``), each by one statement that walks an index of time.

    Synthetic alerts and tests are in none of them. ``grid_ids``: of the homes of these grids alone; None:
    all, those without a home as well. ``worker_ids``: of these people alone; None: of everybody.
    """

    def urgent(
        self, since: datetime, until: datetime, grid_ids: Collection[str] | None = None
    ) -> Sequence[UrgentAlert]:
        """Alerts of high severity, in the order of their opening."""
        ...

    def told(
        self,
        since: datetime,
        until: datetime,
        grid_ids: Collection[str] | None = None,
        worker_ids: Collection[str] | None = None,
    ) -> Sequence[Told]:
        """Who was first told when of those alerts, as far as a channel took it."""
        ...

    def ends(
        self, since: datetime, until: datetime, grid_ids: Collection[str] | None = None
    ) -> Sequence[RuleEnds]:
        """How the alerts of any severity ended that are over, by the rule of the Finding that opened them."""
        ...

    def pages(
        self,
        since: datetime,
        until: datetime,
        nights: Sequence[tuple[datetime, datetime]] = (),
        worker_ids: Collection[str] | None = None,
    ) -> Sequence[PagesOf]:
        """Notices that asked somebody to come and were sent in the span, whatever they were about: all of a
        person's, and those in each of the ``nights`` (from the first instant up to and without the second).
        """
        ...

    def going_out(self, since: datetime, due_until: datetime) -> Mapping[str, int]:
        """Pages a person sent since then, with those that are due by ``due_until`` and have not gone out
        yet; from the newest of an index alone.
        """
        ...
