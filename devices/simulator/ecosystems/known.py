"""Which ecosystems there are: every file beside this one that has an ``ECOSYSTEM``."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from devices.simulator import ecosystems
from devices.simulator.ecosystems.speaking import Ecosystem


@cache
def known() -> dict[str, Ecosystem]:
    """All of them, by name."""
    modules = (
        import_module(f"{ecosystems.__name__}.{each.name}") for each in iter_modules(ecosystems.__path__)
    )
    found: list[Ecosystem] = [module.ECOSYSTEM for module in modules if hasattr(module, "ECOSYSTEM")]
    return {each.name: each for each in sorted(found, key=lambda each: each.name)}


def understood() -> list[str]:
    """The names of those in which a scenario can be played."""
    return [each.name for each in known().values() if each.is_understood]
