"""`anxin rules why`: why a rule came to a Finding about a resident at an instant, or did not.

Over the stored events of an installation, or over a history file without service and database. Exit codes:
0 answered, 1 no such rule or resident, 2 a call or rulebook that cannot be used, 3 a bad history.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from services.domain.people import Language
from services.wiring.cli.options import USAGE, DataDir, refuse, settings_of, store_of, text_of

if TYPE_CHECKING:
    from services.rules.why.answer import Answer

UNKNOWN = 1
BAD_HISTORY = 3


def why(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Its id, or RULEBOOK/ID.")],
    resident: Annotated[str, typer.Argument(metavar="RESIDENT", help="The resident's id.")],
    at: Annotated[
        str,
        typer.Argument(
            metavar="AT",
            help="An instant such as 2025-07-23T02:40; without an offset as clocks show it where they live.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="As the API answers it.")] = False,
    language: Annotated[Language, typer.Option("--language", help="In which language.")] = Language.EN,
    rulebook: Annotated[Path | None, typer.Option("--rulebook", help="With --history: a rulebook.")] = None,
    history: Annotated[
        Path | None, typer.Option("--history", help="Ask about this history, not about what is stored.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Say why a rule came to a Finding about a resident at an instant, or did not."""
    if (rulebook is None) is not (history is None):
        refuse("--rulebook and --history go together")
    if rulebook is not None and history is not None:
        answer = _told(rulebook, history, rule, resident, at)
    else:
        answer = _stored(data_dir, rule, resident, at)
    _print(answer, language, as_json=as_json)


def _print(answer: Answer, language: Language, *, as_json: bool) -> None:
    from services.console.api.why_shapes import why_shape
    from services.console.pages.texts import Texts

    texts = Texts(language, answer.zone)
    shape = why_shape(answer, language)
    if as_json:
        typer.echo(shape.model_dump_json())
        return
    typer.echo(f"{shape.rule} · {shape.resident_id} · {texts.date(answer.at)} {texts.time(answer.at)}")
    typer.echo(shape.text)
    said = dict.fromkeys(reason.text for reason in shape.reasons)  # two devices may have the same to say
    for text in list(said)[1:]:
        typer.echo(f"· {text}")


def _told(rulebook: Path, history: Path, rule: str, resident: str, at: str) -> Answer:
    from services.domain.instants import NotAnInstant
    from services.rules.faults import HistoryFault, RulebookFaults
    from services.rules.why.told import UnknownResident, UnknownRule, why_in_history

    try:
        lines = text_of(history, BAD_HISTORY).split("\n")
        return why_in_history(text_of(rulebook), lines, rule, resident, at, file=rulebook.name)
    except RulebookFaults as refused:
        _end(USAGE, *map(str, refused.faults))
    except HistoryFault as refused:
        _end(BAD_HISTORY, f"{history.name}: {refused}")
    except (UnknownRule, UnknownResident) as refused:
        _end(UNKNOWN, str(refused))
    except NotAnInstant:
        _end(USAGE, f"{at[:64]!r} is no instant; expected e.g. 2025-07-23T02:40 or 2025-07-23T02:40:00+08:00")


def _stored(data_dir: Path | None, rule: str, resident_id: str, at: str) -> Answer:
    from services.domain.instants import NotAnInstant, zone_named
    from services.rules.why.answer import instant_asked
    from services.rules.why.stored import why_stored
    from services.rules.why.told import UnknownRule
    from services.wiring.clock import SystemClock

    settings, now = settings_of(data_dir=data_dir), SystemClock().now()
    with store_of(settings) as store, store.reading() as uow:
        resident = uow.residents.get(resident_id)
        if resident is None:
            _end(UNKNOWN, f"no resident has the id {resident_id!r}")
        home = uow.homes.get(resident.home_id)
        named = resident.timezone or (home.timezone if home is not None else None) or settings.timezone
        try:
            asked_at = instant_asked(at, zone_named(named))
            if asked_at > now:
                typer.echo(f"anxin: {at} lies ahead; this is what is known now", err=True)
            return why_stored(uow, zone_named(settings.timezone), rule, resident_id, asked_at, now)
        except UnknownRule as refused:
            _end(UNKNOWN, str(refused))
        except NotAnInstant:
            _end(
                USAGE,
                f"{at[:64]!r} is no instant; expected e.g. 2025-07-23T02:40 or 2025-07-23T02:40:00+08:00",
            )


def _end(code: int, *sentences: str) -> NoReturn:
    for said in sentences:
        typer.echo(said, err=True)
    raise typer.Exit(code)
