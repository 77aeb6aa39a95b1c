"""What the console asks of the other rooms, in its own words: policies, rulebooks, connections, version."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from importlib.metadata import version as installed_version
from pathlib import Path
from zoneinfo import ZoneInfo

from services.console.parts import RulebookStatus, RuleFault, RuleStatus
from services.domain.ports import Clock, Store
from services.ingest.mqtt import MqttInbox
from services.ingest.replay import replay
from services.rules.run import RulesLoop
from services.rules.status import BookStatus, RuleAtWork
from services.wiring.broker import BrokerState, EmbeddedBroker


def version() -> str:
    """The installed version of the house."""
    return installed_version("anxin")


def client_id(data_dir: Path) -> str:
    """The name under which this installation's sessions live at the broker: kept, and not guessable."""
    path = data_dir / "broker-client.id"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"anxin-{secrets.token_hex(8)}", encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def connection_faults(broker: EmbeddedBroker, inbox: MqttInbox) -> list[str]:
    """What is wrong between the house and its devices now, a sentence each."""
    faults = list(inbox.faults)
    if broker.state is not BrokerState.RUNNING:
        faults.append(broker.fault or f"the embedded broker is {broker.state}")
    if not inbox.is_connected and not faults:
        faults.append("the house is not connected to the broker")
    return faults


def rulebooks_of(rules: RulesLoop) -> Callable[[], Sequence[RulebookStatus]]:
    """The rulebooks at work, as the console lists them."""
    return lambda: [_book(book) for book in rules.status()]


def _book(book: BookStatus) -> RulebookStatus:
    return RulebookStatus(
        name=book.name,
        revision=book.revision,
        content_hash=book.content_hash,
        active_since=book.active_since,
        rules=tuple(_rule(rule) for rule in book.rules),
        faults=tuple(RuleFault(None, "", fault, "") for fault in book.faults),
    )


def _rule(at_work: RuleAtWork) -> RuleStatus:
    rule = at_work.rule
    return RuleStatus(
        id=rule.id,
        title=rule.titles,
        trigger=rule.trigger.value,
        severity=rule.severity.value,
        enabled=rule.enabled,
        available=not at_work.faults,
        fault="; ".join(fault.error for fault in at_work.faults) or None,
    )


def replay_of(store: Store, clock: Clock, zone: ZoneInfo) -> Callable[[str], bool]:
    """Takes one quarantined message in again; True if it became an event."""

    def take_again(entry_id: str) -> bool:
        with store.reading() as uow:
            entry = uow.quarantine.get(entry_id)
        return entry is not None and replay(entry, store, clock, zone).event is not None

    return take_again
