"""The test window of a device by forms: whom the next press goes to, for how long, and its end.

What may be named and what a press then does is decided in `console.testing` and in escalation; here it is
asked and said. A fault keeps what was chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from services.console import registering
from services.console.api.fields import PathId, Shape
from services.console.callers import Caller, Parts, Who
from services.console.gate import GuardedRoute
from services.console.pages.rendering import page
from services.console.problems import Problem
from services.console.testing import ALERT_RUNS, MOST_MINUTES, USUAL_MINUTES, end_window, open_window
from services.console.writing import write
from services.domain.devices import Device
from services.domain.people import Worker
from services.domain.ports import UnitOfWork

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

OFFERED_MINUTES = (2, USUAL_MINUTES, MOST_MINUTES)


class TestForm(Shape):
    """Who answers the test, and for how many minutes the press is waited for."""

    __test__ = False

    worker: str = ""
    minutes: str = str(USUAL_MINUTES)


@router.get("/devices/{device_id}/test")
def ask_for_test(request: Request, parts: Parts, who: Who, device_id: PathId) -> Response:
    with parts.store.reading() as uow:
        device = registering.seen(uow, who, device_id)
        return _form_page(request, uow, who, device, TestForm())


@router.post("/devices/{device_id}/test")
def open_test(
    request: Request, parts: Parts, who: Who, device_id: PathId, form: Annotated[TestForm, Form()]
) -> Response:
    minutes = int(form.minutes) if form.minutes.isascii() and form.minutes.isdigit() else 0
    try:
        write(parts, lambda uow: open_window(uow, parts, who, device_id, form.worker or None, minutes))
    except Problem as problem:
        if problem.code == ALERT_RUNS:
            return RedirectResponse(f"/devices/{device_id}", 303)  # its page says why, in red
        if not problem.faults:
            raise
        with parts.store.reading() as uow:
            device = registering.seen(uow, who, device_id)
            return _form_page(request, uow, who, device, form, {fault.field for fault in problem.faults})
    return RedirectResponse(f"/devices/{device_id}", 303)


@router.post("/devices/{device_id}/test/end")
def end_test(parts: Parts, who: Who, device_id: PathId) -> Response:
    write(parts, lambda uow: end_window(uow, parts, who, device_id))
    return RedirectResponse(f"/devices/{device_id}", 303)


def who_can_answer(uow: UnitOfWork, who: Caller, device: Device) -> list[Worker]:
    """Who can be told of a test: first those who would be called in earnest, then the caller, then all."""
    resident = uow.residents.get(device.resident_id) if device.resident_id else None
    first = [resident.assigned_worker_id, resident.backup_worker_id] if resident else []
    order = [each for each in (*first, who.worker_id) if each]
    able = [worker for worker in uow.workers.all() if worker.active and worker.channels]
    return sorted(able, key=lambda each: order.index(each.id) if each.id in order else len(order))


def _form_page(
    request: Request,
    uow: UnitOfWork,
    who: Caller,
    device: Device,
    form: TestForm,
    faults: Iterable[str] = (),
) -> Response:
    return page(
        request,
        "device_test.html",
        422 if faults else 200,
        device=device,
        workers=who_can_answer(uow, who, device),
        minutes=OFFERED_MINUTES,
        form=form,
        faults=set(faults),
    )
