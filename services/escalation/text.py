"""Text: the words of one notice in the language of the person it is for.

The words are data, one file a language; here they are filled in with what the notice knows. A message
always says who, what, where, since when and what to do, whatever is missing in the register: a gap in the
data never stops it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from services.domain.alerts import HOUSE
from services.domain.findings import PAGES_AT_NIGHT, ROSTER_HOLE, RULE_UNAVAILABLE, SHIFT_NOT_TAKEN_OVER
from services.domain.instants import NotAnInstant, parse_instant, zone_named
from services.domain.notices import Notice, NoticeKind, NoticeReason
from services.domain.people import Channel, Language
from services.domain.self_watch import REFUSED
from services.escalation.bundling import DIGEST, HELD, gathers_as, matters_of
from services.escalation.links import code_of, is_of_an_alert, link_of
from services.escalation.scene import House
from services.escalation.short import fitted
from services.escalation.telling import ANSWERED_BY_CODE

MOST_IN_TITLE = 3
"""Names that fit a lock screen; all of them stand under it."""
_OF_THE_HOUSE = {
    RULE_UNAVAILABLE: "the_rules",
    REFUSED: "the_path",
    ROSTER_HOLE: "the_roster",
    SHIFT_NOT_TAKEN_OVER: "the_desk",
    PAGES_AT_NIGHT: "the_night",
}
"""Kinds of alerts about no home, and what stands in the place of a resident."""
FOLDER = Path(__file__).resolve().parent / "texts"


class Template(BaseModel):
    """One message: a line that fits a lock screen, what stands under it, and both in the room of one SMS.

    ``short`` without a text is the title; ``ask`` says what may be replied.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    body: str
    short: str = ""
    ask: str = ""


class Texts(BaseModel):
    """All words of one language. ``reviewed`` false: the Chinese message stands under each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reviewed: bool = True
    since: str
    code: str
    words: Mapping[str, str]
    outcomes: Mapping[str, str]
    alert: Mapping[str, Template]
    joined: Mapping[str, Template]
    test: Mapping[str, Template]
    stand_down: Mapping[str, Template]
    handover: Mapping[str, Template]
    watch: Mapping[str, Template]
    """Of the house itself: that it is not well, still not, or well again."""
    silence: Mapping[str, Template]
    answer: Mapping[str, Template]
    bundle: Template
    """Of what was found late."""
    digest: Template
    held: Template
    matter: str
    """One line of a bundle."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, in one language: a title of one line, and the text with its link at its end.

    ``short`` is the same for a channel that has the room of one SMS, without the link: at most
    `short.MOST_UNITS`. ``link`` is the one-tap link by itself, and ``code`` what a reply names the notice by;
    both are empty where there is none.
    """

    title: str
    text: str
    language: Language
    short: str = ""
    link: str = ""
    code: str = ""


def message_of(notice: Notice, house: House | None = None, over: Channel | None = None) -> Message:
    """Put the words of a notice together; ``house`` knows where links lead and with what they are sealed,
    ``over`` is the channel by which it goes.
    """
    said = texts(notice.language)
    link = link_of(notice, house, over) if house is not None else notice.text.get("link", "")
    code = code_of(notice) if names_by_code(notice) else ""
    title, body = _words(notice, notice.language)
    says_code = code and notice.kind is not NoticeKind.ANSWER  # an answer says it where it is needed
    lines = [f"{body}\n{said.code.format(code=code)}" if says_code else body]
    if not said.reviewed:
        lines.append("\n".join(_words(notice, Language.ZH_CN)))
    if link:
        lines.append(link)
    text = "\n\n".join(lines)
    return Message(title, text, notice.language, _short(notice, said, code), link, code)


def names_by_code(notice: Notice) -> bool:
    """Whether a reply may name what a notice is about by its code."""
    return notice.kind in ANSWERED_BY_CODE and is_of_an_alert(notice) and not matters_of(notice)


def facts_of(notice: Notice, language: Language) -> Mapping[str, str]:
    """What a notice says, piece by piece, for forms that are laid down elsewhere: who, what, where, since."""
    return _known(notice, language, texts(language))


def title_of(notice: Notice, language: Language) -> str:
    """The title of a notice in a language."""
    return _words(notice, language)[0]


def watch_message(notice: Notice) -> Message:
    """The words of a message about the house itself; ``what`` is wrong is given in the words of `/readyz`."""

    def words(language: Language) -> tuple[str, str]:
        said = texts(language)
        template = said.watch[notice.text["because"]]
        known = {**notice.text, "since": said.since.format(since=_instant("since", notice))}
        return _filled(template.title, known), _filled(template.body, known).strip()

    title, body = words(notice.language)
    lines = [body] if texts(notice.language).reviewed else [body, "\n".join(words(Language.ZH_CN))]
    link = notice.text["link"]
    return Message(title, "\n\n".join([*lines, link]), notice.language, title, link)


@cache
def texts(language: Language) -> Texts:
    """The words of a language, read once."""
    text = (FOLDER / f"{language.value}.yaml").read_text(encoding="utf-8")
    tree: Any = YAML(typ="safe", pure=True).load(text)
    return Texts.model_validate(tree)


def title_in(language: Language, titles: Mapping[str, str], otherwise: str) -> str:
    """The title of a matter in a language, else in Chinese, else in any, else ``otherwise``."""
    for wanted in (language.value, Language.ZH_CN.value, Language.EN.value, *titles):
        if titles.get(wanted):
            return titles[wanted]
    return otherwise


def _short(notice: Notice, said: Texts, code: str) -> str:
    """In the room of one SMS. Where no native speaker has read a language yet, what is the matter stands in
    Chinese before it: there is no room for the whole.
    """
    if matters := matters_of(notice):
        template, known = _of_many(notice, said), _known_of_many(notice, matters, notice.language, said)
    else:
        template, known = _template(notice, said), _known(notice, notice.language, said)
        if not said.reviewed:
            chinese = _known(notice, Language.ZH_CN, texts(Language.ZH_CN))["what"]
            known["what"] = " ".join(dict.fromkeys((chinese, known["what"])))
    ask = template.ask if code else ""
    return fitted(template.short or template.title, ask, known)


def _template(notice: Notice, said: Texts) -> Template:
    templates: Mapping[str, Template] = getattr(said, notice.kind.value, said.alert)
    first = next(iter(templates))
    because = notice.text.get("because", first)
    if because == first and notice.text.get("alert_kind") in templates:
        because = notice.text["alert_kind"]  # a matter that nobody has to go to a home for
    return templates.get(because, templates[first])


def _words(notice: Notice, language: Language) -> tuple[str, str]:
    said = texts(language)
    if matters := matters_of(notice):
        known = _known_of_many(notice, matters, language, said)
        many = _of_many(notice, said)
        return _filled(many.title, known), _filled(many.body, known)
    template = _template(notice, said)
    known = _known(notice, language, said)
    title = " ".join(_filled(template.title, known).split())
    body = _filled(template.body, known)
    if notice.reason is NoticeReason.LAST_RESORT:
        body = f"{body}\n{said.words['last_resort']}"
    if notice.reason is NoticeReason.TOLD_WITHOUT_STORE:
        body = f"{body}\n{said.words['told_without_store']}"
    return title, body


def _of_many(notice: Notice, said: Texts) -> Template:
    """How several matters are told: as found late, as the morning's, or as held back."""
    return {DIGEST: said.digest, HELD: said.held}.get(gathers_as(notice), said.bundle)


def _known_of_many(
    notice: Notice, matters: Sequence[Mapping[str, str]], language: Language, said: Texts
) -> dict[str, str]:
    each = [_known(replace(notice, text=matter), language, said) for matter in matters]
    names = list(dict.fromkeys(known["who"] for known in each))
    shown = "、".join(names[:MOST_IN_TITLE]) + ("…" if len(names) > MOST_IN_TITLE else "")
    lines = "\n".join(_filled(said.matter, known) for known in each)
    return {"count": str(len(matters)), "who": shown, "list": lines}


def _known(notice: Notice, language: Language, said: Texts) -> dict[str, str]:
    knows = notice.text
    prefix = "title_"
    titles = {key.removeprefix(prefix): value for key, value in knows.items() if key.startswith(prefix)}
    of_the_house = _OF_THE_HOUSE.get(knows.get("alert_kind", ""))
    nobody = said.words[of_the_house or "nobody_known"]
    nowhere = said.words["the_house" if of_the_house else "nowhere_known"]
    since = _instant("since", notice)
    return {
        "who": knows.get("who") or nobody,
        "what": title_in(language, titles, knows.get("alert_kind", "")),
        "where": knows.get("where") or nowhere,
        "near": knows.get("near") or nowhere,
        "since": said.since.format(since=since),
        "time": f"{since:%H:%M}",
        "until": said.since.format(since=_instant("until", notice)),
        "why": knows.get("why") or said.words["no_reason"],
        "list": knows.get("list", ""),
        "code": code_of(notice),
        "holder": _name(knows.get("holder", ""), said),
        "presses": knows.get("presses", "1"),
        "outcome": said.outcomes.get(knows.get("outcome", ""), knows.get("outcome", "")),
    }


def _name(holder: str, said: Texts) -> str:
    """A name as it is; who has none in the register is known by how they came in."""
    if holder == HOUSE:
        return said.words["by_itself"]
    return said.words["a_program"] if holder.startswith("token:") else holder.removeprefix("user:")


def _instant(key: str, notice: Notice) -> datetime:
    """When it began or ends, as the wall clock there shows it."""
    try:
        zone = zone_named(notice.text.get("zone", "UTC"))
    except ValueError:
        zone = ZoneInfo("UTC")
    try:
        instant = parse_instant(notice.text.get(key, ""), zone)
    except NotAnInstant:
        instant = notice.created_at
    return instant.astimezone(zone)


def _filled(template: str, known: Mapping[str, str]) -> str:
    """Fill in by the names of the template alone: a brace in a resident's name is a brace."""
    return template.format_map(known)
