"""Screens: before what people sit, in which language and which light. The one place of their sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scheme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen in CSS pixels; a finger is thicker than a pointer."""

    name: str
    width: int
    height: int
    touch: bool


PHONE = Screen("phone", 390, 844, touch=True)
DESK = Screen("desk", 1440, 900, touch=False)
NARROW = Screen("narrow", 320, 640, touch=True)
"""The narrowest on which nothing may have to be moved sideways (WCAG 1.4.10)."""

SCREENS = (PHONE, DESK)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LANGUAGES = ("zh-CN", "bo", "en")
