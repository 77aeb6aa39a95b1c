"""Threads: what a request only hands on is handed on without a thread, so that few have to be waited for."""

from __future__ import annotations

import inspect
from typing import Annotated, Any, get_args

import pytest

from services.console.api.alerts import Acting
from services.console.callers import Parts, Who


@pytest.mark.parametrize("given", [Parts, Who, Acting])
def test_what_every_request_is_given_takes_no_thread(given: Annotated[Any, ...]) -> None:
    [handed_on] = [each.dependency for each in get_args(given)[1:]]
    assert inspect.iscoroutinefunction(handed_on)
