"""Shapes that residents and workers share: channels, contacts, absences."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, model_validator

from services.console.api.fields import Instant, Shape
from services.domain.people import ChannelKind


class ChannelFields(Shape):
    """One way to reach one person."""

    kind: ChannelKind
    address: Annotated[str, StringConstraints(min_length=3, max_length=500, pattern=r"^[\x21-\x7e]+$")] = (
        Field(description="An http(s) address for a webhook, a mail address for e-mail.")
    )

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind is ChannelKind.EMAIL:
            name, _, domain = self.address.rpartition("@")
            if not name or not domain or set(self.address) & set(',;:<>"()[]\\'):
                raise ValueError("expected one mail address, e.g. desk@example.org")
        elif not _is_http(self.address):
            raise ValueError("expected an http:// or https:// address")
        return self


class ChannelShape(Shape):
    """One way to reach one person; the address is masked for who need not know it."""

    kind: ChannelKind
    address: str


class ContactShape(Shape):
    """Somebody of the family or the neighbourhood."""

    name: str
    relation: str
    channels: list[ChannelShape]


class AbsenceShape(Shape):
    """Since when, and as far as known until when, somebody is away."""

    since: Instant
    until: Instant | None
    reason: str
    by: str


def _is_http(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
