"""`anxin rules put`, `revisions`, `rollback`, `override`, `overrides`, `end-override`: what the API does, at
the machine itself.

They write into the store of the installation, whether it runs or not; the running service is at work with it
within a second or two. Exit codes: 0, 1 refused, 2 a file or an instant that cannot be read.
"""

from __future__ import annotations

import getpass
import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.wiring.cli.options import USAGE, DataDir, refuse, settings_of, store_of, text_of

if TYPE_CHECKING:
    from datetime import datetime

    from services.domain.ports import Store, UnitOfWork
    from services.rules.overriding import Ordered
    from services.rules.revising import By

REFUSED = 1

Name = Annotated[str, typer.Argument(metavar="NAME", help="The rulebook.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it stands beside the revision or override.")]
Author = Annotated[str, typer.Option("--by", help="Who; the account at this machine if it is not said.")]
RuleName = Annotated[str, typer.Argument(metavar="RULE", help="The rule, or RULEBOOK/RULE.")]
Resident = Annotated[str, typer.Argument(metavar="RESIDENT", help="The resident's id.")]
Key = Annotated[
    str, typer.Argument(metavar="KEY", help="by, from, for, count, within, at_least, warn, enabled.")
]


def put(
    file: Annotated[Path, typer.Argument(metavar="RULEBOOK.yaml", help="The whole text.")],
    reason: Reason,
    made_from: Annotated[
        int | None,
        typer.Option(
            "--made-from", help="The revision it was written from; refused if there is a newer one."
        ),
    ] = None,
    author: Author = "",
    data_dir: DataDir = None,
) -> None:
    """Put a rulebook in force as its next revision; refused whole with every fault in it."""
    from services.rules.faults import RulebookFaults
    from services.rules.reading import read_rulebook
    from services.rules.revising import NotTheNewest, hash_of_good, newest_of, put_in_force

    text = text_of(file)
    with _house(data_dir) as store:
        try:
            name = read_rulebook(text, file.name).name
            hash_of_good(name, text)
            with store.writing() as uow:
                newest = newest_of(uow, name)
                base = newest.revision if made_from is None and newest is not None else made_from
                revision, is_new = put_in_force(uow, name, text, base, _by(author, reason))
                if is_new:
                    said = f"revision {revision.revision}: {reason}"
                    _note(uow, author, "rulebook.revised", ("rulebook", name), said)
        except RulebookFaults as refused:
            refuse(*map(str, refused.faults), code=REFUSED)
        except NotTheNewest as error:
            refuse(_overtaken(error.newest.revision if error.newest else None), code=REFUSED)
    what = "is in force" if is_new else "was in force already"
    typer.echo(f"{name}: revision {revision.revision} ({revision.content_hash}) {what}")


def revisions(name: Name, data_dir: DataDir = None) -> None:
    """List the revisions of a rulebook: number, since when, content, author, reason."""
    from services.domain.instants import format_instant

    with _house(data_dir) as store, store.reading() as uow:
        after: int | None = 0
        found = False
        while after is not None:
            page = uow.rulebooks.page(name, after, 100)
            for each in page.items:
                found = True
                why = each.reason or ("saved as a file" if each.text else "the file was taken away")
                back = f" (as revision {each.restores})" if each.restores is not None else ""
                since = format_instant(each.active_since)
                typer.echo(
                    f"{each.revision}\t{since}\t{each.content_hash or '-'}\t{each.author or '-'}\t{why}{back}"
                )
            after = page.next
    if not found:
        refuse(f"no rulebook {name!r} was ever in force", code=REFUSED)


def rollback(
    name: Name,
    revision: Annotated[
        int, typer.Argument(metavar="N", min=1, max=2**31, help="The revision to go back to.")
    ],
    reason: Reason,
    author: Author = "",
    data_dir: DataDir = None,
) -> None:
    """Put the text of an earlier revision in force again, as the next one."""
    from services.rules.faults import RulebookFaults
    from services.rules.revising import NoSuchRevision, roll_back

    with _house(data_dir) as store:
        try:
            with store.writing() as uow:
                made, is_new = roll_back(uow, name, revision, None, _by(author, reason))
                if is_new:
                    said = f"revision {made.revision} as revision {revision}: {reason}"
                    _note(uow, author, "rulebook.rolled_back", ("rulebook", name), said)
        except NoSuchRevision as error:
            refuse(str(error), code=REFUSED)
        except RulebookFaults as refused:
            refuse(*map(str, refused.faults), code=REFUSED)
    what = f"is in force, with the text of revision {revision}" if is_new else "has that text already"
    typer.echo(f"{name}: revision {made.revision} {what}")


def override(
    rule: RuleName,
    resident: Resident,
    key: Key,
    value: Annotated[
        str, typer.Argument(metavar="VALUE", help="As in a rulebook: 11:30, 40m, 3, 7d, false.")
    ],
    reason: Reason,
    until: Annotated[
        str | None, typer.Option("--until", help="When it ends by itself, e.g. 2025-08-01T08:00:00.")
    ] = None,
    author: Author = "",
    data_dir: DataDir = None,
) -> None:
    """Give one key of a rule another value for one resident, in the place of one given before."""
    from services.rules.overrides import NotAnOverride
    from services.rules.overriding import Wish, order, remark_on
    from services.rules.shelf import as_stored

    end = _instant(until, data_dir)
    with _house(data_dir) as store, store.writing() as uow:
        rules = as_stored(uow.rulebooks.latest()).rules
        named = _named(rule, rules)
        person = uow.residents.get(resident)
        if person is None:
            refuse(f"no resident has the id {resident!r}", code=REFUSED)
        wish = Wish(key, _value(value), end)
        try:
            made = order(uow, rules[named], person, wish, _by(author, reason), _fresh("evt"))
        except NotAnOverride as error:
            refuse(str(error), code=REFUSED)
        said = f"{named} {key}={value}{f' until {until}' if until else ''}: {reason}"
        _note(uow, author, "rule.overridden", ("resident", resident), said)
        remark = remark_on(rules[named], key, wish.value)
    typer.echo(_line(made))
    if remark is not None:
        typer.echo(remark, err=True)


def overrides(
    resident: Annotated[str | None, typer.Argument(metavar="RESIDENT", help="Of one resident alone.")] = None,
    all_of_them: Annotated[bool, typer.Option("--all", help="Those that are over as well.")] = False,
    data_dir: DataDir = None,
) -> None:
    """List the overrides in force: whose, what, since when, until when, by whom, why."""
    from services.rules.overriding import all_orders

    with _house(data_dir) as store, store.reading() as uow:
        for each in all_orders(uow, _now(), resident):
            if all_of_them or each.ending is None:
                typer.echo(_line(each))


def end_override(
    rule: RuleName,
    resident: Resident,
    key: Key,
    reason: Reason,
    author: Author = "",
    data_dir: DataDir = None,
) -> None:
    """Take an override back now; from then on the rule's own value holds."""
    from services.rules.overriding import all_orders, take_back

    with _house(data_dir) as store, store.writing() as uow:
        running = [
            each
            for each in all_orders(uow, _now(), resident)
            if each.ending is None and each.key == key and rule in {each.rule, each.rule.rpartition("/")[2]}
        ]
        person = uow.residents.get(resident)
        if person is None or not running:
            refuse(f"{rule} has no override of {key!r} in force for {resident!r}", code=REFUSED)
        for each in running:
            ended = take_back(uow, each, person, _by(author, reason), _fresh("evt"))
            _note(
                uow,
                author,
                "rule.override_taken_back",
                ("resident", resident),
                f"{each.rule} {key}: {reason}",
            )
            typer.echo(_line(ended))


# ---------------------------------------------------------------------- what they share


@contextmanager
def _house(data_dir: Path | None) -> Iterator[Store]:
    with store_of(settings_of(data_dir=data_dir)) as store:
        yield store


def _now() -> datetime:
    from services.wiring.clock import SystemClock

    return SystemClock().now()


def _author(author: str) -> str:
    return author or f"machine:{getpass.getuser()}"


def _by(author: str, reason: str) -> By:
    from services.rules.revising import By

    if not reason.strip():
        refuse("--reason needs a reason")
    return By(_author(author), reason.strip(), _now())


def _fresh(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"


def _note(uow: UnitOfWork, author: str, action: str, what: tuple[str, str], detail: str) -> None:
    from services.domain.records import AuditEntry

    kind, object_id = what
    uow.audit.add(
        AuditEntry(_fresh("aud"), _now(), _author(author), "machine", action, kind, object_id, detail)
    )


def _named(rule: str, rules: Iterable[str]) -> str:
    from notation.faults import nearest_of

    names = list(rules)
    found = [name for name in names if rule in {name, name.rpartition("/")[2]}]
    if len(found) > 1:
        refuse(f"several rulebooks have a rule {rule!r}: {', '.join(found)}", code=REFUSED)
    if not found:
        nearest = nearest_of(rule, [name.rpartition("/")[2] for name in names])
        meant = f"; did you mean {nearest!r}?" if nearest else ""
        refuse(f"there is no rule {rule!r}{meant}", code=REFUSED)
    return found[0]


def _value(text: str) -> object:
    """`true`, `false` and whole numbers as such, all else as text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int) else text


def _instant(text: str | None, data_dir: Path | None) -> datetime | None:
    from services.domain.instants import NotAnInstant, parse_instant, zone_named

    if text is None:
        return None
    try:
        return parse_instant(text, zone_named(settings_of(data_dir=data_dir).timezone))
    except NotAnInstant:
        refuse(
            f"--until {text}: no instant such as 2025-08-01T08:00:00, with an offset or without", code=USAGE
        )


def _line(order: Ordered) -> str:
    from services.domain.instants import format_instant

    until = format_instant(order.until) if order.until is not None else "no end"
    state = "in force" if order.ending is None else order.ending.value.replace("_", " ")
    what = f"{order.rule}\t{order.key}={json.dumps(order.value)}"
    since = format_instant(order.since)
    return f"{order.resident_id}\t{what}\t{since}\t{until}\t{state}\t{order.author or '-'}\t{order.reason}"


def _overtaken(newest: int | None) -> str:
    if newest is None:
        return "there is no such rulebook yet: put it without --made-from"
    return f"revision {newest} is the newest: `anxin rules revisions` says whose it is and why"
