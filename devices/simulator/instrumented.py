"""A scenario as its devices say it: its acts noticed by the devices of whoever does them, spoiled by the
faults of devices that its timeline tells of. Faults of the house are not here.
"""

from collections.abc import Iterator

from devices.simulator.acts import Act, Fault, Residence, Saying
from devices.simulator.chorus import goes_ahead
from devices.simulator.ecosystems import native
from devices.simulator.faults import HOUSE_FAULTS
from devices.simulator.instruments.noticing import Instrument
from devices.simulator.instruments.performing import performed
from devices.simulator.scenario import Scenario


def instruments_of(scenario: Scenario) -> tuple[Instrument, ...]:
    """The devices of the cast; each notices what its own resident does."""
    return tuple(
        Instrument(each.name, each.type, (each.resident,) if each.resident else (), each.gateway)
        for each in scenario.devices
    )


def sayings_of(scenario: Scenario, seed: int) -> Iterator[Saying]:
    """What reaches the broker, in order of time, up to the end of the scenario."""
    told = [step.what for step in scenario.steps]
    acts = [each for each in told if isinstance(each, Act | Saying)]
    faults = [each for each in told if isinstance(each, Fault)]
    return performed(instruments_of(scenario), acts, faults, seed, scenario.ends_at)


def is_long(scenario: Scenario) -> bool:
    """Whether its devices are to say ahead of time what they can: a story of whole lives would else stop at
    every message. The house must stay whole in it, its devices be native and there from the start.
    """
    lives = any(each.life is not None for each in scenario.cast.residents)
    are_native = all(each.ecosystem == native.ECOSYSTEM.name for each in scenario.devices)
    return lives and are_native and not any(_disturbs(step.what) for step in scenario.steps)


def _disturbs(what: object) -> bool:
    if isinstance(what, Fault):
        return what.name in HOUSE_FAULTS
    return isinstance(what, Residence) and not what.is_over


def said_ahead(scenario: Scenario, seed: int) -> tuple[Iterator[Saying], list[Saying]]:
    """What its devices may say ahead of time, lazily, and what has to wait for its instant."""
    waiting: list[Saying] = []
    if any(_may_have_to_wait(step.what) for step in scenario.steps):
        waiting = [each for each in sayings_of(scenario, seed) if not goes_ahead(each)]
    return filter(goes_ahead, sayings_of(scenario, seed)), waiting


def _may_have_to_wait(what: object) -> bool:
    return isinstance(what, Fault) or (isinstance(what, Saying) and not goes_ahead(what))
