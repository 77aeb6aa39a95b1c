"""The living demo: the simulator as a child process that plays the demo community against the running house.

It ends when the house closes its standard input, and so never outlives it.
"""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import sys

from services.domain.access import AccessToken, hash_of
from services.domain.people import Role
from services.domain.ports import Clock, Store, StoreUnavailable
from services.wiring.broker_credentials import Credentials

log = logging.getLogger("anxin.demo")

GUEST = "simulator"
"""The broker's user who may speak for every device of the demo."""


class LivingDemo:
    """One run of the living demo."""

    def __init__(self, store: Store, clock: Clock, http: str, mqtt: str, credentials: Credentials) -> None:
        self._store = store
        self._clock = clock
        self._http = http
        self._mqtt = mqtt
        self._credentials = credentials
        self._token_id = f"tok_{secrets.token_hex(12)}"
        self._child: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the child with a token of its own."""
        secret = secrets.token_urlsafe(32)
        with self._store.writing() as uow:
            uow.access.add_token(
                AccessToken(
                    self._token_id, hash_of(secret), Role.ADMIN, self._clock.now(), name="living demo"
                )
            )
        command = [
            *(sys.executable, "-m", "devices.simulator", "live", "--token-stdin"),
            *("--http", self._http, "--mqtt", self._mqtt),
            *("--username", self._credentials.username, "--password-env", "ANXIN_DEMO_PASSWORD"),
        ]
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "ANXIN_DEMO_PASSWORD": self._credentials.password},
            start_new_session=True,  # Ctrl-C is for the house, which then ends the demo
        )
        if self._child.stdin is not None:
            self._child.stdin.write(secret + "\n")
            self._child.stdin.flush()

    def stop(self, seconds: float) -> None:
        """End the child and take its token back."""
        child = self._child
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        child.terminate()
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        try:
            with self._store.writing() as uow:
                uow.access.revoke_token(self._token_id, self._clock.now())
        except StoreUnavailable:
            # The secret ended with the child, and everybody here is invented: no reason not to end.
            log.warning("the token of the living demo stays in the store, which does not answer")
