"""`python3 do.py shots`: a picture of every page on a phone and at a desk, in every language, light and dark,
all of the same staged night. It judges nothing; people look at what it wrote.
"""

from __future__ import annotations

import base64
import shutil
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.browser.chromium import Chromium, chromium
from tests.browser.pages import PAGES, Seen
from tests.browser.screens import DESK, LANGUAGES, PHONE, SCHEMES, SCREENS, Screen
from tests.browser.staged import Staged
from tests.browser.viewers import Viewer, Viewers
from tests.programs import ProgramMissing

ROOT = Path(__file__).parents[2]
MOST_SCREENS = 4
"""Of a long page, from its top: what comes after looks like what came before."""
README_PICTURE = ROOT / "docs" / "board.png"
README_BYTES = 200_000


def main(
    out: Annotated[Path, typer.Option(help="Where the pictures go.")] = ROOT / ".anxin-shots",
    only: Annotated[list[str] | None, typer.Option(help="Pages, by name; may be given again.")] = None,
    *,
    readme: Annotated[bool, typer.Option(help="Only docs/board.png, the picture of the README.")] = False,
) -> None:
    """Write the pictures, and say where they are."""
    wanted = [seen for seen in PAGES if not only or seen.name in only]
    unknown = set(only or ()) - {seen.name for seen in PAGES}
    if unknown:
        names = ", ".join(seen.name for seen in PAGES)
        raise typer.BadParameter(f"no page is called {', '.join(sorted(unknown))}; there are {names}")
    folder = Path(tempfile.mkdtemp(prefix="anxin-shots-"))
    night = Staged(folder / "data")
    try:
        with chromium() as browser:
            night.start()
            if readme:
                picture_for_the_readme(browser, night)
            else:
                out.mkdir(parents=True, exist_ok=True)
                every_picture(browser, night, wanted, out)
    except ProgramMissing as missing:
        typer.echo(str(missing), err=True)
        raise typer.Exit(1) from missing
    finally:
        night.end()
        shutil.rmtree(folder, ignore_errors=True)
    typer.echo(README_PICTURE if readme else out.resolve())


def every_picture(browser: Chromium, night: Staged, wanted: list[Seen], out: Path) -> None:
    cases = list(product(wanted, SCREENS, LANGUAGES))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("pages", total=len(cases))
        for seen, screen, language in cases:
            progress.update(task, description=f"{seen.name} {language}")
            for scheme, picture in pictures(browser, night, seen, screen, language):
                name = f"{seen.name}-{screen.width}-{language.partition('-')[0]}-{scheme}.png"
                (out / name).write_bytes(picture)
            progress.advance(task)


def pictures(
    browser: Chromium, night: Staged, seen: Seen, screen: Screen, language: str
) -> Iterator[tuple[str, bytes]]:
    viewers = Viewers(browser)
    viewer = viewers.come(night, seen.login, screen, language=language, calm=True)
    try:
        viewer.open(seen.path(night))
        for scheme in SCHEMES:
            viewer.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            yield scheme, _picture(viewer, screen, MOST_SCREENS)
    finally:
        viewers.leave()


def picture_for_the_readme(browser: Chromium, night: Staged) -> None:
    """The board at the duty desk, and in front of it the same night on a grid worker's phone."""
    viewers = Viewers(browser)
    try:
        shown = []
        for login, screen in (("desk", DESK), ("grid", PHONE)):
            viewer = viewers.come(night, login, screen, calm=True)
            viewer.open("/")
            shown.append(base64.b64encode(_picture(viewer, screen, 1)).decode())
    finally:
        viewers.leave()
    page = browser.browser.new_page(viewport={"width": 1200, "height": 640})
    page.set_content(README_PAGE.format(desk=shown[0], phone=shown[1]))
    picture = page.screenshot(omit_background=True)
    page.context.close()
    README_PICTURE.write_bytes(picture)
    if len(picture) > README_BYTES:
        typer.echo(f"{len(picture)} bytes; more than {README_BYTES} are too many for a README", err=True)
        raise typer.Exit(1)


README_PAGE = """<!doctype html><style>
body {{ margin: 0; position: relative; height: 640px }}
img {{ position: absolute; border: 1px solid #8888; border-radius: 10px }}
</style><img src="data:image/png;base64,{desk}" style="left: 0; top: 0; width: 1098px">
<img src="data:image/png;base64,{phone}" style="right: 0; bottom: 0; width: 270px">"""


def _picture(viewer: Viewer, screen: Screen, most_screens: int) -> bytes:
    """On a screen that is as high as the page, so that what sticks to its end hides nothing."""
    page = viewer.page
    high: int = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size(
        {"width": screen.width, "height": max(min(high, most_screens * screen.height), screen.height)}
    )
    page.evaluate("document.activeElement?.blur()")
    return page.screenshot()


if __name__ == "__main__":
    app = typer.Typer(add_completion=False)
    app.command()(main)
    sys.exit(app())
