"""Behind a proxy: whose word is taken for where a sign-in comes from, over a real connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from services.console.throttle import TRIES_OF_A_NAME, Throttle
from services.wiring.web import WebServer, bind
from tests.unit.console.cast import PASSWORD, Cast, cast

SECONDS = 20.0


@contextmanager
def served(folder: Path, trusted_proxies: str) -> Iterator[tuple[Cast, str]]:
    with cast(folder) as house:
        listener = bind("127.0.0.1", 0)
        server = WebServer(house.app, listener, trusted_proxies)
        server.start(SECONDS)
        try:
            yield house, f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.stop(SECONDS)
            listener.close()


def sign_in(url: str, forwarded_for: str) -> int:
    login = {"username": "desk", "password": PASSWORD}
    answer = httpx2.post(
        f"{url}/api/v1/session", json=login, headers={"X-Forwarded-For": forwarded_for}, timeout=SECONDS
    )
    return answer.status_code


def tried_too_often(house: Cast, address: str) -> None:
    throttle: Throttle = house.app.state.throttle
    for _ in range(TRIES_OF_A_NAME):
        throttle.begin(address, "desk")


@pytest.mark.parametrize("trusted", ["127.0.0.1", "127.0.0.0/8, 10.0.0.0/8", "*"])
def test_through_a_trusted_proxy_only_who_tried_too_often_waits(tmp_path: Path, trusted: str) -> None:
    with served(tmp_path, trusted) as (house, url):
        tried_too_often(house, "192.0.2.66")
        assert sign_in(url, "192.0.2.66") == 429
        assert sign_in(url, "192.0.2.1") == 201


def test_what_stands_before_the_trusted_proxy_s_own_word_is_not_believed(tmp_path: Path) -> None:
    with served(tmp_path, "127.0.0.1") as (house, url):
        tried_too_often(house, "192.0.2.66")
        assert sign_in(url, "192.0.2.1, 192.0.2.66") == 429


@pytest.mark.parametrize("trusted", ["", "192.0.2.9"])
def test_who_is_no_trusted_proxy_does_not_choose_an_address(tmp_path: Path, trusted: str) -> None:
    with served(tmp_path, trusted) as (house, url):
        tried_too_often(house, "127.0.0.1")
        assert sign_in(url, "192.0.2.1") == 429
