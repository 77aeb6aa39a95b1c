"""A house that lives through a history by its own loops on a stepped clock, and is tried on it afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from services.backtest.trying import Asked, Installation, backtest
from services.domain.backtests import Backtest
from services.domain.people import Channel, ChannelKind, Role, Worker
from services.domain.stepping import advance
from services.escalation.gathering import Gathering
from services.escalation.policy_files import read_policies, shipped_texts
from services.escalation.scene import House
from services.notify.run import AlertLoop
from services.rules.history import read_history
from services.storage.store import SqlStore
from tests.stores import sqlite_store
from tests.unit.rules.cast import History
from tests.unit.rules.live import Live

POLICIES, _ = read_policies(shipped_texts())
INSTALLATION = Installation(House(ZoneInfo("Asia/Shanghai")), POLICIES)
CHANNEL = (Channel(ChannelKind.WEBHOOK, "http://127.0.0.1/dolma"),)
DOLMA = Worker("dolma", "卓玛", Role.GRID_WORKER, channels=CHANNEL)
TASHI = Worker("tashi", "扎西", Role.GRID_WORKER, channels=CHANNEL)
DESK = Worker("desk", "值班台", Role.DUTY_DESK, channels=CHANNEL)
RULEBOOK_FILE = "test.yaml"


class LivedThrough:
    """A house in a folder, with everything that its rules and its alerts stored."""

    def __init__(self, folder: Path, history: History, rulebook: str | None = None) -> None:
        self.store: SqlStore = sqlite_store(folder)
        with self.store.writing() as uow:
            for worker in (DOLMA, TASHI, DESK):
                uow.workers.add(worker)
        lines = list(read_history(history.texts()))
        texts = {} if rulebook is None else {RULEBOOK_FILE: rulebook}
        self.live = Live(self.store, texts, lines[0].received_at)
        self.ends_at: datetime = lines[-1].received_at
        self._alerts = AlertLoop(
            self.store, self.live.clock, Gathering(INSTALLATION.house, lambda: INSTALLATION.policies)
        )
        for line in lines:
            self._advance(line.received_at - timedelta(microseconds=1))
            self.live.take(line)
            self._assign()
            self._advance(line.received_at)

    def _advance(self, until: datetime) -> None:
        if until >= self.live.clock.now():
            advance(self.live.clock, [self.live.loop, self._alerts], until)

    def _assign(self) -> None:
        """Dolma answers for everybody, and Tashi after her."""
        with self.store.writing() as uow:
            for resident in uow.residents.all():
                if resident.assigned_worker_id is None:
                    uow.residents.save(
                        replace(resident, assigned_worker_id="dolma", backup_worker_id="tashi")
                    )

    def tried(self, rulebook: str, days: int = 30, until: datetime | None = None) -> Backtest:
        end = until or self.ends_at + timedelta(microseconds=1)
        return backtest(self.store, INSTALLATION, Asked(rulebook, RULEBOOK_FILE, days, end))
