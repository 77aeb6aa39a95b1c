"""The square code of a device's credentials, drawn for the page that shows them once."""

from __future__ import annotations

import json
from ipaddress import ip_address
from urllib.parse import urlsplit

import segno
from markupsafe import Markup

from services.console.api.devices import MqttShape

MODULE = 4
"""Pixels: a camera half a metre away still reads it, and a phone's screen has room for the text as well."""
QUIET_ZONE = 4
"""Modules of white around the code, as ISO/IEC 18004 wants it."""


def text_of(mqtt: MqttShape) -> str:
    """What the code says: the object ``mqtt`` of the API, without blanks (docs/wire)."""
    return json.dumps(mqtt.model_dump(), ensure_ascii=True, separators=(",", ":"))


def code_of(mqtt: MqttShape) -> Markup:
    """The code as SVG. Dark on white in every light of the page: readers want it so."""
    code = segno.make_qr(text_of(mqtt), error="m", boost_error=False)
    drawn = code.svg_inline(border=QUIET_ZONE, omitsize=True, dark="#000", light="#fff", svgclass="code")
    side = code.symbol_size(border=QUIET_ZONE)[0] * MODULE
    sized = drawn.replace("<svg ", f'<svg width="{side}" height="{side}" ', 1)
    return Markup(sized)  # noqa: S704 - drawn by us: paths alone, no text of anybody


def is_of_this_machine(url: str) -> bool:
    """Whether an address leads nowhere but to the machine itself, so that no device can come in by it."""
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
        return address.is_loopback or address.is_unspecified
    except ValueError:
        return host == "localhost"
