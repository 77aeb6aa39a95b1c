"""Pages that people keep as files: opened without the house, they ask nobody for anything."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from tests.browser.chromium import Chromium
from tests.browser.measuring import barriers, layout_faults


def faults_of_a_kept_page(
    browser: Chromium, path: Path, width: int, light: Literal["light", "dark"]
) -> list[str]:
    """What is wrong with it at a width (px) and in a light, as sentences; empty where nothing is."""
    context = browser.browser.new_context(viewport={"width": width, "height": 900}, color_scheme=light)
    asked: list[str] = []
    try:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        faults = barriers(page) + layout_faults(page)
    finally:
        context.close()
    return [*faults, *(f"asks for {url}" for url in asked if url != path.as_uri())]
