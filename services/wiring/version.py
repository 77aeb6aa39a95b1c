"""The version of the house, as it was installed."""

from __future__ import annotations

from importlib.metadata import version as installed_version


def version() -> str:
    """The installed version of the house."""
    return installed_version("anxin")
