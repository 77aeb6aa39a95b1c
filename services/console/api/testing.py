"""Testing: the window in which the next press of a device is a test, told to one worker alone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from services.console.api.devices import DeviceShape, shape_of
from services.console.api.fields import Id, PathId, Shape, Whole
from services.console.callers import Parts, Who
from services.console.gate import GuardedRoute
from services.console.problems import documented
from services.console.testing import MOST_MINUTES, USUAL_MINUTES, end_window, open_window
from services.console.writing import write

router = APIRouter(
    prefix="/api/v1/devices/{device_id}/test-window", tags=["devices"], route_class=GuardedRoute
)


class NewTestWindow(Shape):
    """Who is told of the next press, and for how long the device is waited for."""

    worker_id: Id | None = Field(default=None, description="Left out: the caller's worker.")
    minutes: Annotated[Whole, Field(ge=1, le=MOST_MINUTES)] = USUAL_MINUTES


@router.post("", status_code=201, responses=documented(409))
def open_test_window(
    parts: Parts, who: Who, device_id: PathId, body: NewTestWindow | None = None
) -> DeviceShape:
    said = body or NewTestWindow()
    device = write(parts, lambda uow: open_window(uow, parts, who, device_id, said.worker_id, said.minutes))
    return shape_of(device, parts.clock.now())


@router.delete("", status_code=204)
def end_test_window(parts: Parts, who: Who, device_id: PathId) -> Response:
    write(parts, lambda uow: end_window(uow, parts, who, device_id))
    return Response(status_code=204)
