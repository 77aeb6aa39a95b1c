"""The page of the figures stays true: what a process shows is on it, and what is on it is shown."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from prometheus_client.core import Metric

from services.console.answering.replied import Replied
from services.console.metrics import Requests
from services.domain.people import Language
from services.escalation.gathering import Gathering
from services.escalation.policies import Policies
from services.escalation.policy_files import shipped_policies
from services.escalation.scene import House
from services.ingest.messages import Lane
from services.notify.own_presses import Sight
from services.wiring.clock import SystemClock, stopwatch
from services.wiring.figures.self_watch import SelfWatchFigures
from services.wiring.observing import Observing
from services.wiring.rooms import Outside, books_at_work, build_rooms
from services.wiring.self_watch import outside
from services.wiring.self_watch.ping import Pinger
from services.wiring.self_watch.watcher import Patience
from services.wiring.self_watch.watching import Watching
from services.wiring.senders import Senders
from services.wiring.shipped import shipped
from tests.house import tree
from tests.stores import sqlite_store
from tests.stories.outside import Letterbox

ROW = re.compile(r"^\| `(anxin_\w+)` \| (\w+) \| (.*?)\| ", re.MULTILINE)


class Doorway:
    """The door of a house at which nobody is."""

    is_connected = True

    def waiting_in(self, lane: Lane) -> tuple[int, datetime | None]:
        return 0, None


def of_the_watch() -> SelfWatchFigures:
    """Those of a process that presses the house's own button and tells people outside."""
    clock, pool = SystemClock(), Senders()
    house = outside.House("anxin", Language.EN, ZoneInfo("Asia/Shanghai"), "http://house.invalid/readyz")
    watching = Watching(
        dict,
        dict,
        Patience(60, 60, 1800),
        outside.Outside([], {}, house, clock, stopwatch, pool),
        Pinger("", 60, stopwatch, pool),
        clock,
        stopwatch,
    )
    sight = Sight(stopwatch())
    sight.is_watching = True
    return SelfWatchFigures(sight, watching, stopwatch)


def shown(folder: Path) -> list[Metric]:
    """Every family that a process with all rooms shows."""
    store, clock = sqlite_store(folder), SystemClock()
    letterbox = Letterbox()
    policies = Policies({}, shipped_policies())
    rooms = build_rooms(
        store,
        clock,
        Outside(letterbox, letterbox, {}),
        lambda: shipped("rulebooks"),
        Gathering(House(timezone=ZoneInfo("Asia/Shanghai")), lambda: policies),
    )
    observing = Observing(store, clock, folder, "0", stopwatch)
    observing.ingest(rooms.ingest, Doorway())
    observing.rules(books_at_work(rooms.rules), policies.names)
    observing.telling()
    observing.holdings()
    observing.watched(rooms.by_name())
    observing.registry.register(of_the_watch())
    observing.probe.ask()
    Requests(observing.registry).count("GET", "/healthz", 200)
    Replied(observing.registry).count("accepted")
    try:
        return [each for each in observing.registry.collect() if each.name.startswith("anxin_")]
    finally:
        store.close()


def test_every_figure_is_on_the_page_with_its_type_and_labels(tmp_path: Path) -> None:
    rows = {name: (kind, labels) for name, kind, labels in ROW.findall(tree.text(Path("docs/metrics.md")))}
    families = {each.name + ("_total" if each.type == "counter" else ""): each for each in shown(tmp_path)}
    assert rows.keys() == families.keys()
    for name, (kind, labels) in rows.items():
        family = families[name]
        assert kind == family.type, name
        named = {label for sample in family.samples for label in sample.labels if label != "le"}
        if family.samples:
            assert set(re.findall(r"`(\w+)`", labels)) == named, name


def test_names_follow_the_conventions_of_prometheus(tmp_path: Path) -> None:
    for family in shown(tmp_path):
        assert not family.name.endswith(("_total", "_count", "_sum", "_bucket"))
        assert family.type != "histogram" or family.name.endswith("_seconds")
        assert family.documentation.endswith(".")
