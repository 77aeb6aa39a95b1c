"""Mosquitto as the compose file has it: its own configuration, with the paths and the port of a test, and
the accounts that the compose file's own command makes.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import threading
from pathlib import Path
from typing import Self

from services.ingest.mqtt_session import BrokerAddress
from services.wiring.broker_credentials import Credentials
from tests.live.house.forked import said
from tests.live.house.running import environment
from tests.live.split import compose
from tests.programs import program

SECONDS = 20.0
ATTEMPTS = 5
PLUGINS = ("/usr/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu")
"""Where the plugin lies: Debian keeps it beside the libraries of its architecture."""
CONFIG = compose.ROOT / "deploy" / "mosquitto" / "mosquitto.conf"


class CountyBroker:
    """One broker in a folder of its own, started and ended with its block."""

    host = "127.0.0.1"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True)
        self._make_accounts()
        self.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"mqtt://{self.host}:{self.port}"

    @property
    def house(self) -> Credentials:
        """What ingest signs in with."""
        address = BrokerAddress.parse(compose.environment_of("ingest")["ANXIN_MQTT_URL"])
        return Credentials(str(address.username), str(address.password))

    @property
    def accounts(self) -> Path:
        return self._folder / "dynamic-security.json"

    def start(self) -> None:
        for _ in range(ATTEMPTS):
            if self._launch(self.port or _free_port()):
                return
        raise AssertionError("mosquitto did not start")

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it and keep what it stored."""
        process, self._process = self._process, None
        if process is not None and process.stdout is not None:
            process.send_signal(number)
            process.wait(SECONDS)
            process.stdout.close()

    def _make_accounts(self) -> None:
        command = compose.command_of("broker-accounts")
        assert command[0] == "anxin"
        words = [word.replace("/mosquitto/data", str(self._folder)) for word in command[1:]]
        said(words, environment(compose.environment_of("broker-accounts")))

    def _launch(self, port: int) -> bool:
        plugin = next(path for place in PLUGINS if (path := Path(place, _PLUGIN)).exists())
        text = CONFIG.read_text(encoding="utf-8")
        text = text.replace(f"/usr/lib/{_PLUGIN}", str(plugin))
        text = text.replace("/mosquitto/data", str(self._folder))
        text = text.replace("/mosquitto/config", str(CONFIG.parent))
        text = re.sub(r"^listener 1883$", f"listener {port} {self.host}", text, flags=re.MULTILINE)
        if os.geteuid() == 0:
            text += (
                "user root\n"  # else it takes another account's rights and its persistence fails in silence
            )
        config = self._folder / "mosquitto.conf"
        config.write_text(text, encoding="utf-8")
        process = subprocess.Popen(
            [program("mosquitto"), "-c", str(config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        guard = threading.Timer(SECONDS, process.kill)
        guard.start()
        heard = []
        for line in process.stdout:
            heard.append(line)
            if "running" in line:
                guard.cancel()
                self._process, self.port = process, port
                return True
        guard.cancel()
        process.wait()
        process.stdout.close()
        assert any("in use" in line for line in heard), "".join(heard)
        return False


_PLUGIN = "mosquitto_dynamic_security.so"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
