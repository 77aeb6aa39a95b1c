"""The programs of the system that some tests start, and the Debian package each comes in. A test asks with
`@pytest.mark.needs_program("mosquitto_pub")` and finds the program here; it never installs anything.
"""

import os
import shutil

PACKAGES = {
    "chromium": "chromium",
    "mosquitto": "mosquitto",
    "mosquitto_pub": "mosquitto-clients",
    "mosquitto_sub": "mosquitto-clients",
}

# Debian keeps servers where the PATH of an ordinary account does not look.
_SERVER_FOLDERS = ("/usr/local/sbin", "/usr/sbin")


class ProgramMissing(Exception):
    """A program that a test starts is not on this machine."""


def is_there(name: str) -> bool:
    return _where(name) is not None


def program(name: str) -> str:
    """Return the path of a program that the test has asked for by its marker."""
    found = _where(name)
    if found is None:
        raise ProgramMissing(f"{name}: apt-get install {PACKAGES[name]}")
    return found


def _where(name: str) -> str | None:
    search = os.pathsep.join([os.environ.get("PATH", os.defpath), *_SERVER_FOLDERS])
    return shutil.which(name, path=search)
