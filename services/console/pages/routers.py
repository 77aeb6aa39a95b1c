"""The routes of all pages, in their order."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from services.console.pages import files, looks, sign_in, you
from services.console.pages.alerts import page as alert
from services.console.pages.answers import page as answers
from services.console.pages.board import page as board
from services.console.pages.devices import form as device_form
from services.console.pages.devices import listing as device_listing
from services.console.pages.devices import page as device
from services.console.pages.devices import testing as device_testing
from services.console.pages.figures import page as figures
from services.console.pages.handover import page as handover
from services.console.pages.residents import page as resident
from services.console.pages.rosters import page as rosters
from services.console.pages.rosters import rotation
from services.console.pages.silences import page as silences
from services.console.pages.visits import page as visits

PAGES: Sequence[APIRouter] = (
    files.router,
    sign_in.router,
    you.router,
    board.router,
    alert.router,
    answers.router,
    device_listing.router,
    device_form.router,  # before the page of a device: `new` is no device
    device.router,
    device_testing.router,
    resident.router,
    visits.router,
    rosters.router,
    rotation.router,  # after the forms of the week: `swaps` is no roster
    silences.router,
    handover.router,
    figures.router,
    looks.router,
)
