"""`anxin rules why`: why a rule came to a Finding about a resident at an instant, or did not.

It is asked over a history file, without service and database. Exit codes: 0 answered, 1 no such rule or
resident, 2 a call or rulebook that cannot be used, 3 a bad history.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from services.domain.people import Language
from services.wiring.cli.options import USAGE, refuse

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from services.rules.why.answer import Answer

UNKNOWN = 1
BAD_HISTORY = 3


def why(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Its id, or RULEBOOK/ID.")],
    resident: Annotated[str, typer.Argument(metavar="RESIDENT", help="The resident's id.")],
    at: Annotated[
        str,
        typer.Argument(
            metavar="AT", help="An RFC 3339 instant; without an offset as clocks show it where they live."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="As the API answers it.")] = False,
    language: Annotated[Language, typer.Option("--language", help="In which language.")] = Language.ZH_CN,
    rulebook: Annotated[Path | None, typer.Option("--rulebook", help="With --history: a rulebook.")] = None,
    history: Annotated[Path | None, typer.Option("--history", help="With --rulebook: what happened.")] = None,
) -> None:
    """Say why a rule came to a finding about a resident at an instant, or did not."""
    if rulebook is None or history is None:
        refuse("--rulebook and --history go together")
    answer, zone = _told(rulebook, history, rule, resident, at)
    _print(answer, zone, language, as_json=as_json)


def _print(answer: Answer, zone: ZoneInfo, language: Language, *, as_json: bool) -> None:
    from services.console.api.why_shapes import why_shape
    from services.console.pages.texts import Texts

    texts = Texts(language, zone)
    shape = why_shape(answer, texts)
    if as_json:
        typer.echo(shape.model_dump_json())
        return
    typer.echo(f"{shape.rule} · {shape.resident_id} · {texts.date(answer.at)} {texts.time(answer.at)}")
    typer.echo(shape.text)
    for reason in shape.reasons[1:]:
        typer.echo(f"· {reason.text}")


def _told(rulebook: Path, history: Path, rule: str, resident: str, at: str) -> tuple[Answer, ZoneInfo]:
    from services.domain.instants import NotAnInstant
    from services.rules.faults import HistoryFault, RulebookFaults
    from services.rules.why.told import UnknownResident, UnknownRule, why_in_history

    try:
        lines = _text_of(history, BAD_HISTORY).split("\n")
        return why_in_history(_text_of(rulebook), lines, rule, resident, at, file=rulebook.name)
    except RulebookFaults as refused:
        _end(USAGE, *map(str, refused.faults))
    except HistoryFault as refused:
        _end(BAD_HISTORY, f"{history.name}: {refused}")
    except (UnknownRule, UnknownResident) as refused:
        _end(UNKNOWN, str(refused))
    except NotAnInstant:
        _end(USAGE, f"{at[:64]!r} is no instant; expected e.g. 2025-07-23T02:40:00+08:00")


def _end(code: int, *sentences: str) -> NoReturn:
    for said in sentences:
        typer.echo(said, err=True)
    raise typer.Exit(code)


def _text_of(file: Path, code: int = USAGE) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        typer.echo(f"{file}: cannot be read as UTF-8 text: {error}", err=True)
        raise typer.Exit(code) from error
