"""What escalation and delivery keep: Alerts with their moves, and the outbox of Notices, Attempts and
commands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from services.domain.alerts import Alert, AlertChange
from services.domain.notices import Attempt, DeviceCommand, Notice
from services.domain.people import Channel, ChannelKind
from services.domain.ports.lists import Filters, Page


class Alerts(Protocol):
    """Alerts and their changes.

    What is read in brief has its newest facts, and those before them counted, so that it costs the same
    however often a button was pressed. It may be moved and saved as a whole one; its facts all stay.
    """

    def add(self, alert: Alert, changes: Sequence[AlertChange]) -> Alert:
        """Store a new Alert with its first changes; at most one running a (kind, subject), else
        `Conflict`.
        """
        ...

    def save(self, alert: Alert, changes: Sequence[AlertChange]) -> Alert:
        """Store the moved Alert and its changes if its ``version`` is still the stored one, else
        `Conflict`.
        """
        ...

    def get(self, alert_id: str) -> Alert | None:
        """One Alert with all its facts."""
        ...

    def brief(self, alert_id: str) -> Alert | None:
        """One Alert in brief."""
        ...

    def standing(self, alert_id: str) -> Alert | None:
        """One Alert without its facts, for whoever asks only how it stands. It is not to be saved."""
        ...

    def running(self, kind: str, subject: str) -> Alert | None:
        """The running Alert of a (kind, subject), in brief."""
        ...

    def joined(self, alert_id: str, finding_ids: Iterable[str]) -> set[str]:
        """Those of the Findings that are facts of the Alert."""
        ...

    def running_for(self, resident_ids: Iterable[str]) -> dict[str, list[Alert]]:
        """All running Alerts by resident, in brief."""
        ...

    def with_fact(self, finding_id: str) -> Alert | None:
        """The Alert that a Finding is a fact of, with all its facts."""
        ...

    def running_with_device(self, device_id: str) -> list[Alert]:
        """Running Alerts one of whose facts came from the device, in brief."""
        ...

    def due(self, until: datetime, limit: int) -> list[Alert]:
        """Running Alerts with a deadline ≤ until, by (next_due_at, number), in brief."""
        ...

    def next_due_at(self) -> datetime | None:
        """The nearest deadline of all running Alerts."""
        ...

    def changes(self, alert_id: str) -> list[AlertChange]:
        """All moves of one Alert, ascending."""
        ...

    def changes_after(self, number: int, limit: int) -> list[AlertChange]:
        """Moves of all Alerts, ascending; the live stream reads these."""
        ...

    def last_change(self) -> int:
        """The number of the newest move, 0 for none."""
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[Alert]:
        """By ``resident_id``, ``device_id``, ``kind``, ``state`` (or ``running``), ``severity``, ``since``,
        ``until`` (of `opened_at`), ``synthetic``.
        """
        ...

    def page_in_brief(self, filters: Filters, after: int, limit: int) -> Page[Alert]:
        """As `page`, each Alert in brief."""
        ...


class Notices(Protocol):
    """Notices, Attempts and device commands: the outbox."""

    def add(self, notices: Iterable[Notice]) -> list[Notice]:
        """Store those whose id is not stored yet; answers the new ones, numbered."""
        ...

    def last_number(self) -> int:
        """The number of the newest Notice, 0 for none."""
        ...

    def lease(self, until: datetime, lease_for: timedelta, limit: int) -> list[Notice]:
        """Win up to ``limit`` due notices with ``next_attempt_at`` ≤ until, high ones first, by a
        conditional update.

        A won row's ``next_attempt_at`` becomes until + lease_for, so that nobody else takes it before the
        lease is over.
        """
        ...

    def under_way(self) -> list[Notice]:
        """Due notices with an attempt whose end is not written, ascending."""
        ...

    def next_due_at(self) -> datetime | None:
        """The nearest ``next_attempt_at`` of a due notice."""
        ...

    def save(self, notice: Notice) -> None:
        """Store state, reason, ``next_attempt_at``, ``sent_at`` and ``text``."""
        ...

    def get(self, notice_id: str) -> Notice | None:
        """One notice."""
        ...

    def of_alert(self, alert_id: str) -> list[Notice]:
        """All notices of an Alert, ascending."""
        ...

    def bearing_on(self, alert_id: str) -> list[Notice]:
        """Those of them on which what comes next may rest, ascending: of the calls about joined presses the
        first and the newest to each person, of each run, state and reason, and all else.

        Who was told of one a moment ago is told of by the call that told them.
        """
        ...

    def told_of(self, worker_id: str, alert_ids: Iterable[str]) -> set[str]:
        """Those of the Alerts of which the worker has a notice."""
        ...

    def newest_calls(self, alert_ids: Iterable[str]) -> list[Notice]:
        """Of each of the Alerts and each person the newest notice that calls them, sent or not, and every
        record that a call is held back; ascending.
        """
        ...

    def told_now(self, worker_id: str) -> list[Notice]:
        """Of each running Alert that the worker was told of, the newest notice that was for them to have,
        ascending.
        """
        ...

    def lately_to(self, worker_id: str, since: datetime, limit: int) -> list[Notice]:
        """Up to ``limit`` notices that were for the worker to have, made at or after ``since``, the newest
        first, and none of the house's own tests.
        """
        ...

    def contacts_told(self, since: datetime) -> list[Notice]:
        """Notices that were for emergency contacts to have, made at or after ``since``, ascending; none of
        the house's own presses.
        """
        ...

    def start(self, attempt: Attempt) -> Attempt:
        """Write the row before the send."""
        ...

    def finish(self, attempt: Attempt) -> bool:
        """Write its end; False, and nothing is written, if an end is written already."""
        ...

    def receive(self, attempt: Attempt) -> bool:
        """Write the receipt of an attempt; False, and nothing is written, if it has one. A delivery that is
        reported after a failure counts.
        """
        ...

    def referred_to(self, channel: ChannelKind, reference: str) -> list[Attempt]:
        """The attempts over a kind of channel that its carrier calls so, ascending."""
        ...

    def begun_to(self, whom: str | Channel, since: datetime, most: int) -> list[datetime]:
        """When the newest attempts to a worker (by id), or to one address over its channel, were begun, of
        those after ``since``, the newest first. What was refused does not count.
        """
        ...

    def attempts(self, notice_ids: Iterable[str]) -> list[Attempt]:
        """All attempts of some notices, ascending."""
        ...

    def page(self, filters: Filters, after: int, limit: int) -> Page[Notice]:
        """By ``alert_id``, ``worker_id``, ``state``, ``kind``, ``severity``, ``since``, ``until`` (of
        `created_at`), ``synthetic``.
        """
        ...

    def attempts_page(self, filters: Filters, after: int, limit: int) -> Page[Attempt]:
        """By ``notice_id``, ``alert_id``, ``channel``, ``result``, ``since``, ``until`` (of `started_at`),
        ``synthetic`` (of the notice).
        """
        ...

    def add_commands(self, commands: Iterable[DeviceCommand]) -> None:
        """Store those whose id is not stored yet."""
        ...

    def commands_due(self, limit: int) -> list[DeviceCommand]:
        """Commands that are not published yet, ascending."""
        ...

    def command_published(self, command_id: str, at: datetime) -> None:
        """Note that a command went out."""
        ...
