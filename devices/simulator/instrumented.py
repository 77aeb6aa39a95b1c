"""A scenario as its devices say it: its acts noticed by the devices of whoever does them, spoiled by the
faults of devices that its timeline tells of. Faults of the house are not here.
"""

from collections.abc import Iterator

from devices.simulator.acts import Act, Fault, Saying
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
