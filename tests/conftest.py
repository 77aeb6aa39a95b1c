"""Loads what holds for all tests. Fixtures live in the conftest of the folder that uses them."""

import gc

pytest_plugins = ["tests.clients", "tests.completeness", "tests.shares"]


def pytest_collection_finish() -> None:
    """All tests and what they import stay: the interpreter need not look through them again and again."""
    gc.collect()
    gc.freeze()
