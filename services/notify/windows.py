"""Windows: test windows whose time is over are ended, and no clock that is set back brings one to life again
or keeps a test waiting.

A chore of the alert loop. An open window that lies ahead of the clock is ended too, and a running test that
does goes on as real.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from services.domain.alerts import Alert
from services.domain.ports import Store, UnitOfWork
from services.domain.testing import TestWindow
from services.escalation.gathering import Gathering, store_move
from services.escalation.testing import clock_set_back, is_test

LOOKS_EVERY = timedelta(seconds=1)
"""As often as the beat; a window that is over holds nothing, whether it is ended yet or not."""
PART = 500
"""Running alerts that are read at once where the clock was set back."""


class WindowsOver:
    """Looks at most once a second. What it has seen of the clock is remembered in memory only; so a new
    process looks at running tests once.
    """

    def __init__(self, store: Store, gathering: Gathering) -> None:
        self._store = store
        self._gathering = gathering
        self._looked_at: datetime | None = None

    def look(self, uow: UnitOfWork, now: datetime) -> Callable[[], bool] | None:
        """Which windows are over, to be ended."""
        before = self._looked_at
        if before is not None and before <= now < before + LOOKS_EVERY:
            return None
        over = [device.id for device in uow.devices.in_test() if _is_over(device.test_window, now)]
        ahead = _tests_ahead(uow, now) if before is None or now < before else []
        if not over and not ahead:
            self._looked_at = now
            return None

        def end() -> bool:
            if over:
                self._end(over, now)
            for alert in ahead:
                self._go_on(alert.id, now)
            self._looked_at = now
            return True

        return end

    def next_due_at(self, uow: UnitOfWork) -> datetime | None:  # noqa: ARG002 - whatever is stored
        """No instant of its own: a window that is over holds nothing, whether it is ended yet or not."""
        return None

    def _end(self, device_ids: list[str], now: datetime) -> None:
        with self._store.writing() as uow:
            for device_id in device_ids:
                device = uow.devices.get(device_id)
                if device is not None and _is_over(device.test_window, now):
                    uow.devices.end_test_window(device_id)

    def _go_on(self, alert_id: str, now: datetime) -> None:
        with self._store.writing() as uow:
            alert = uow.alerts.brief(alert_id)
            if alert is not None:
                scene = self._gathering.around_alert(uow, alert, now)
                store_move(uow, alert, clock_set_back(alert, scene))


def _is_over(window: TestWindow | None, now: datetime) -> bool:
    return window is not None and not window.opened_at <= now < window.until


def _tests_ahead(uow: UnitOfWork, now: datetime) -> list[Alert]:
    """The running tests that were opened at an instant which, by the clock, is still to come."""
    found: list[Alert] = []
    after: int | None = 0
    while after is not None:
        page = uow.alerts.page_in_brief({"running": True}, after, PART)
        found += [alert for alert in page.items if is_test(alert) and alert.opened_at > now]
        after = page.next
    return found
