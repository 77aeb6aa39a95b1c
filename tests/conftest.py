"""Loads what holds for all tests. Fixtures live in the conftest of the folder that uses them."""

pytest_plugins = ["tests.completeness", "tests.shares"]
