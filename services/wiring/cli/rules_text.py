"""`anxin rules text`: rulebooks in plain words, as they lie in a file or as they were in force, and what one
says otherwise than another.

A file needs no store; `NAME@NUMBER` is a revision that the house keeps. Exit codes: 0, 1 no such revision,
2 a rulebook that cannot be used.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.domain.people import Language
from services.wiring.cli.options import USAGE, DataDir, refuse, settings_of, store_of, text_of

if TYPE_CHECKING:
    from services.rules.rulebook import Rulebook

_REVISION = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)@(\d{1,9})", re.ASCII)
_WHICH = "A rulebook, or NAME@NUMBER for one of its revisions."


def text(
    rulebooks: Annotated[list[str], typer.Argument(metavar="RULEBOOK.yaml…", help=_WHICH)],
    language: Annotated[Language, typer.Option(help="In which language.")] = Language.EN,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="RULEBOOK.yaml", help="Say only what is other than in this one, or NAME@NUMBER."
        ),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Say in plain words what the rules look for, whom they watch and who is told."""
    from services.rules.saying.differences import difference_lines
    from services.rules.saying.sentences import book_lines

    books = [_book_of(each, data_dir) for each in rulebooks]
    before = _book_of(since, data_dir) if since is not None else None
    for book in books:
        lines = book_lines(book, language) if before is None else difference_lines(before, book, language)
        typer.echo("\n".join(lines))


def _book_of(which: str, data_dir: Path | None) -> Rulebook:
    from services.rules.faults import RulebookFaults
    from services.rules.reading import read_rulebook

    named = _REVISION.fullmatch(which)
    is_file = named is None or Path(which).exists()
    written = text_of(Path(which)) if is_file else _revision(str(which), data_dir)
    try:
        return read_rulebook(written, Path(which).name)
    except RulebookFaults as refused:
        refuse(*map(str, refused.faults), code=USAGE)


def _revision(which: str, data_dir: Path | None) -> str:
    name, _, number = which.rpartition("@")
    with store_of(settings_of(data_dir=data_dir)) as store, store.reading() as uow:
        revision = uow.rulebooks.get(name, int(number))
    if revision is None or not revision.text:
        refuse(
            f"{which}: the house keeps no such revision; `anxin rules revisions {name}` lists them", code=1
        )
    return revision.text
