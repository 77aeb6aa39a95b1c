"""Who gets in: devices at the broker, people at the console, and the key that receivers know us by."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator

from services.domain.devices import DeviceState, Ecosystem
from services.domain.people import Role
from services.domain.ports import UnitOfWork
from services.wiring.doctor.installation import Installation
from services.wiring.doctor.judgement import Judgement, fault, named, ok, to_see_to

BCRYPT = re.compile(r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}")
ARGON2 = re.compile(r"\$argon2(id|i|d)\$v=\d+\$.+\$.+")


def devices(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    native = [
        device
        for device in uow.devices.all()
        if device.ecosystem is Ecosystem.NATIVE
        and device.state is not DeviceState.RETIRED
        and not device.synthetic
    ]
    broken = [
        each.id for each in native if each.credential_hash and not BCRYPT.fullmatch(each.credential_hash)
    ]
    without = [each.id for each in native if each.credential_hash is None]
    if broken:
        yield fault(
            "device credentials",
            f"no broker can check those of {named(broken)}",
            "Make new ones (POST /api/v1/devices/{id}/credentials) and put them into the devices.",
        )
    elif without and not house.is_invented:  # invented devices are played by one guest of the broker
        yield to_see_to(
            "device credentials",
            f"{named(without)} cannot sign in: none were made, or they were revoked",
            "Make new ones, or retire what is no longer in use.",
        )
    else:
        yield ok("device credentials", f"those of {len(native) - len(without)} native devices can be checked")


def logins(_house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    users = [user for user in uow.users.all() if user.active]
    broken = [user.id for user in users if not ARGON2.fullmatch(user.password_hash)]
    if broken:
        yield fault(
            "logins", f"the passwords of {named(broken)} cannot be checked", "Set them anew in the console."
        )
    if any(user.role is Role.ADMIN for user in users):
        yield ok("admins", f"{sum(user.role is Role.ADMIN for user in users)} can sign in")
    else:
        yield to_see_to(
            "admins",
            "no admin can sign in",
            "Make one: `anxin user add --role admin NAME` prints a password.",
        )


def signing_key(house: Installation) -> Iterator[Judgement]:
    check = "signing key"
    if house.settings.secret_key:
        yield ok(check, "ANXIN_SECRET_KEY")
        return
    path = house.data_dir / "secret.key"
    try:
        mode, key = stat.S_IMODE(path.stat().st_mode), path.read_text("ascii").strip()
    except FileNotFoundError:
        yield to_see_to(
            check,
            f"{path} is not there",
            "Right before the first start; else put it back from a backup: receivers refuse another.",
        )
        return
    except (OSError, UnicodeDecodeError) as error:
        yield fault(check, f"{path} cannot be read: {error}", "Put it back from a backup.")
        return
    if not key:
        yield fault(check, f"{path} is empty", "Put it back from a backup.")
    elif mode & 0o077:
        yield fault(check, f"{path} can be read by others", f"chmod 600 {path}; then think of a new key.")
    else:
        yield ok(check, f"{path}, for its owner only")
