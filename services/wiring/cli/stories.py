"""`anxin rules test`: plays the stories beside rulebooks, and says of each failed expectation the nearest
thing that happened.

It needs no service and no database, and changes nothing but the JUnit file that it is asked for. Exit codes:
0, 1 a story failed, 2 a file that cannot be used or none at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.wiring.cli.options import USAGE, DataDir, refuse, settings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from services.wiring.story_run import TriedFile

FAILED = 1


def play(
    places: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE|FOLDER…",
            help="Stories, rulebooks with stories beside them, or folders; none: those in the data folder, "
            "else those that ship with the house.",
        ),
    ] = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write what came of it as JUnit XML.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Play the stories beside rulebooks; ends with 1 if one fails, with 2 if a file cannot be used."""
    from rich.console import Console

    from services.wiring.clock import stopwatch
    from services.wiring.junit import junit as as_junit
    from services.wiring.story_files import NoStories, found_in
    from services.wiring.story_run import try_files

    try:
        files = found_in(places) if places else _in_force(settings_of(data_dir=data_dir).data_dir)
    except NoStories as error:
        refuse(str(error))
    tried = try_files(files, stopwatch)
    show(Console(highlight=False, soft_wrap=True), tried)
    if junit is not None:
        try:
            junit.write_bytes(as_junit(tried))
        except OSError as error:
            refuse(f"{junit}: cannot be written: {error.strerror}")
    if any(each.faults for each in tried):
        raise typer.Exit(USAGE)
    raise typer.Exit(FAILED if any(each.failed for each in tried) else 0)


def show(console: Console, tried: Sequence[TriedFile]) -> None:
    """A line for each story, and under one that failed what is not as it says."""
    from rich.text import Text

    for file in tried:
        console.print(Text(str(file.file), style="bold"))
        for each in file.stories:
            story, failures = each.verdict.story, each.verdict.failures
            mark = Text("  ✗ ", style="red") if failures else Text("  ✓ ", style="green")
            console.print(mark.append(story.title, style=""))
            for failure in failures:
                console.print(Text(f"      {file.file}:{failure.line}: {failure.message}", style="red"))
        for fault in file.faults:
            console.print(Text(f"  {fault}", style="red"))
    stories = [each for file in tried for each in file.stories]
    failed, broken = sum(file.failed for file in tried), sum(bool(file.faults) for file in tried)
    count = "1 story" if len(stories) == 1 else f"{len(stories)} stories"
    said = f"{count}, {failed} failed, in {sum(each.seconds for each in stories):.2f} s"
    if broken:
        said += f"; {broken} file{'s' if broken > 1 else ''} cannot be used"
    console.print(Text(said, style="red" if failed or broken else "green"))


def _in_force(data_dir: Path) -> list[Path]:
    """The stories of an installation, or those that ship with the house."""
    from services.wiring.story_files import SHIPPED, NoStories, found_in

    try:
        return found_in([data_dir / "rulebooks"])
    except NoStories:
        return found_in([SHIPPED])
