"""The running service: asked whether it is ready, in its own words."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2

from services.wiring.doctor.installation import Installation, reachable
from services.wiring.doctor.judgement import Judgement, fault, ok, to_see_to
from services.wiring.doctor.thresholds import ANSWER_SECONDS
from services.wiring.web import http_address

CHECK = "service"


def service(house: Installation) -> Iterator[Judgement]:
    settings = house.settings
    if settings.http_port == 0:
        yield _without_address(house)
        return
    address = http_address(reachable(settings.http_host), settings.http_port)
    url = f"{address}/readyz"
    try:
        answer = httpx2.get(url, timeout=ANSWER_SECONDS)
        said = answer.json()
        reasons = [str(reason) for reason in said["reasons"]]
    except httpx2.HTTPError as error:
        yield _silent(house, url, str(error))
    except (ValueError, KeyError, TypeError):
        yield fault(
            CHECK, f"another program answers on {url}", "Choose another ANXIN_HTTP_BIND, or end that one."
        )
    else:
        if not house.is_running:
            yield to_see_to(
                CHECK,
                f"a house answers on {address}, and none runs on this folder",
                "If that one is meant, name its folder with --data-dir; else start this one: `anxin up`.",
            )
        elif reasons:
            yield fault(
                CHECK, f"not ready: {'; '.join(reasons)}"[:400], "See to what it says; its log says more."
            )
        else:
            yield ok(CHECK, f"ready on {address}")


def _without_address(house: Installation) -> Judgement:
    if not house.is_running:
        return to_see_to(CHECK, "does not run on this folder", "Start it: `anxin up`.")
    return to_see_to(
        CHECK, "runs on a port that it picked itself", "Name it with --http-port to hear whether it is ready."
    )


def _silent(house: Installation, url: str, why: str) -> Judgement:
    if house.is_running:
        return fault(
            CHECK,
            f"holds the folder and does not answer on {url}: {why}",
            "See its log; name its port with --http-port if it is another; else end it and start it anew.",
        )
    return to_see_to(CHECK, "does not run on this folder", "Start it: `anxin up`.")
