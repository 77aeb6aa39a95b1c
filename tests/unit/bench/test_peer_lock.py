"""The peer's lock: each package by its hash, and no address of where it came from."""

import json

from bench.node_red import PACKAGES


def test_each_package_of_the_peer_is_known_by_its_hash_and_by_no_address() -> None:
    lock = json.loads((PACKAGES / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages["node_modules/node-red"]["version"].startswith("4.")
    assert [name for name, package in packages.items() if "resolved" in package] == []
    own = {name: package for name, package in packages.items() if not package.get("inBundle")}
    assert [name for name, package in own.items() if "integrity" not in package] == []
