"""Faults of the form of a device, by its own fields and in words that a page can say in every language.

What a device must be like is decided in `registering` and in the schema of the API; here it is only said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pydantic import ValidationError

from services.console.pages.devices.terms import FormFaultKind
from services.console.problems import Problem
from services.console.registering import DeviceFault, Misfit


@dataclass(frozen=True, slots=True)
class FormFault:
    """One fault; ``detail`` is said as it is, in the language of whoever said it, ``link`` leads on."""

    kind: FormFaultKind
    detail: str = ""
    link: str = ""


_FIELDS: Mapping[str, tuple[str, FormFaultKind]] = MappingProxyType(
    {
        "external_id": ("label", FormFaultKind.LABEL_TOO_LONG),
        "type": ("type", FormFaultKind.NO_TYPE),
        "ecosystem": ("ecosystem", FormFaultKind.NO_ECOSYSTEM),
        "place": ("place", FormFaultKind.NOT_A_PLACE),
        "resident_id": ("resident", FormFaultKind.NOBODY),
        "home_id": ("resident", FormFaultKind.NOBODY),
        "gateway_id": ("gateway", FormFaultKind.NOT_A_GATEWAY),
        "mapping": ("mapping", FormFaultKind.NOT_A_MAPPING),
    }
)
_MISFITS: Mapping[Misfit, FormFaultKind] = MappingProxyType(
    {
        Misfit.NOT_A_NATIVE_NAME: FormFaultKind.NOT_A_NATIVE_NAME,
        Misfit.NOT_CARRIED: FormFaultKind.NOT_CARRIED,
        Misfit.NO_SUCH_RESIDENT: FormFaultKind.NOBODY,
        Misfit.NO_SUCH_HOME: FormFaultKind.NOBODY,
        Misfit.NOT_THEIR_HOME: FormFaultKind.NOBODY,
        Misfit.NOT_A_GATEWAY: FormFaultKind.NOT_A_GATEWAY,
    }
)


def faults_of_schema(error: ValidationError, *, label: str) -> dict[str, FormFault]:
    """What the schema of the API refuses, by field of the form."""
    faults: dict[str, FormFault] = {}
    for each in error.errors(include_url=False, include_input=False, include_context=False):
        field, kind = _FIELDS[str(each["loc"][0])]
        if field == "label" and not label:
            kind = FormFaultKind.NO_LABEL
        faults.setdefault(field, FormFault(kind))
    return faults


def device_faults(problem: Problem) -> list[DeviceFault]:
    """What `registering` refused; a problem of any other kind is raised again."""
    faults = [fault for fault in problem.faults if isinstance(fault, DeviceFault)]
    if not faults:
        raise problem
    return faults


def faults_of_device(refused: Iterable[DeviceFault]) -> dict[str, FormFault]:
    """What `registering` refuses, by field of the form."""
    faults: dict[str, FormFault] = {}
    for fault in refused:
        words = fault.expected.partition(": ")[2] if fault.why is Misfit.NOT_CARRIED else ""
        faults.setdefault(_FIELDS[fault.field][0], FormFault(_MISFITS[fault.why], words))
    return faults
