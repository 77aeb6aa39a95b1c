"""The watch of the house over itself: whether its own presses come back, what the last path check found, and
whether anybody outside would hear that the house is not well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from statistics import median

from services.domain.ports import UnitOfWork
from services.domain.self_watch import OwnPress, PressState
from services.wiring.doctor.installation import Installation
from services.wiring.doctor.judgement import Judgement, fault, ok, to_see_to

LOOKED_BACK = timedelta(hours=1)
"""Sixty presses: enough for a figure, few enough that what was mended this morning is no fault."""


def own_presses(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    check = "own presses"
    newest, back = uow.self_watch.newest(), uow.self_watch.last_back()
    made = [
        each
        for each in uow.self_watch.since(house.now - LOOKED_BACK)
        if each.state is not PressState.UNDER_WAY
    ]
    missed = sum(each.state is PressState.MISSED for each in made)
    if house.settings.self_watch_every == 0:
        yield to_see_to(
            check, "switched off: nobody tries the way of a press", "Set ANXIN_SELF_WATCH_EVERY to 60."
        )
    elif newest is None:
        yield ok(check, "none yet: the first is made a minute after the start")
    elif not house.is_running:
        yield ok(check, "none now: the house does not run on this folder")
    elif newest.state is PressState.MISSED:
        last = f"the last that did was at {back.pressed_at:%Y-%m-%d %H:%M:%SZ}" if back else "none ever did"
        yield fault(
            check,
            f"the newest did not come back, {last}",
            "Ask `/readyz` of each process, and see its log: the press is lost between broker and delivery.",
        )
    elif missed:
        yield to_see_to(
            check,
            f"{missed} of {len(made)} in the last hour did not come back; the others took {_figure(made)}",
            "See the log at those times; a restart or a busy disk explains one.",
        )
    else:
        yield ok(check, f"{len(made)} in the last hour came back in {_figure(made)}")


def _figure(made: Sequence[OwnPress]) -> str:
    took = sorted(each.took.total_seconds() for each in made if each.took is not None)
    return f"{median(took):.3f} s (median), {took[-1]:.3f} s at most" if took else "–"


def path_check(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    check = "path check"
    last = uow.self_watch.last_check()
    if not house.settings.path_check_at:
        yield to_see_to(
            check,
            "switched off: nobody tries the ways to those on duty",
            "Set ANXIN_PATH_CHECK_AT, e.g. 21:30.",
        )
    elif last is None or last.ended_at is None:
        yield ok(check, f"none yet; the next is at {house.settings.path_check_at}")
    elif last.refused:
        yield to_see_to(
            check,
            f"{last.refused} of {last.told} channels refused their test on {last.ended_at:%Y-%m-%d}",
            "The alert 'path check not taken' names them: correct the addresses, or what stands behind them.",
        )
    else:
        yield ok(check, f"{last.told} channels took their test on {last.ended_at:%Y-%m-%d}")


def told_outside(house: Installation) -> Iterator[Judgement]:
    check = "told outside"
    addresses = house.settings.watch_addresses
    mails = [each for each in addresses if each.startswith("mailto:")]
    if mails and not house.settings.smtp_host:
        yield fault(
            check,
            "an e-mail address is to be told when the house is not well, and no mail server is set",
            "Set ANXIN_SMTP_HOST, or name webhooks in ANXIN_WATCH_TELL.",
        )
    elif not addresses and not house.is_invented:
        yield fault(
            check,
            "nobody hears when the house itself is not well",
            "Set ANXIN_LAST_RESORT, or ANXIN_WATCH_TELL to a webhook and a mailto: address.",
        )
    elif len(addresses) == 1 and not house.is_invented:
        yield to_see_to(
            check,
            "one address alone hears when the house is not well",
            "Name a second of another kind in ANXIN_WATCH_TELL: a webhook and a mailto: address.",
        )
    else:
        yield ok(check, f"{len(addresses)} addresses hear when the house is not well")


def outside_monitor(house: Installation) -> Iterator[Judgement]:
    check = "outside monitor"
    if house.settings.ping_url:
        yield ok(check, "is called while all is well")
    elif house.is_invented:
        yield ok(check, "none, and everybody here is invented")
    else:
        yield to_see_to(
            check,
            "none: nobody hears when this machine is off or cut from the network",
            "Set ANXIN_PING_URL to a monitor that raises an alarm when the calls stay away.",
        )
