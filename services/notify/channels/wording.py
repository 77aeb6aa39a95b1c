"""Wording: the words of a message as a provider takes them, who all limit their length.

What is cut is the middle: the title says who and what, and the link at the end is how somebody answers; both
stay as long as there is room for anything. Where no link can go there is the code, by which a reply is
understood. A template laid down at a provider takes the single facts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from services.domain.findings import Severity
from services.domain.notices import NoticeKind
from services.domain.people import Language
from services.escalation.bundling import matters_of
from services.escalation.short import units
from services.escalation.text import facts_of, texts, title_of
from services.notify.channels.channel import Sending

CUT = "…"
NOTHING = "–"
"""What stands where a template asks for what a message has not: no provider takes an empty value."""
_NAME = re.compile(r"\{([a-z]+)\}")


def in_bytes(text: str) -> int:
    """How long a text is in UTF-8."""
    return len(text.encode())


def whole(sending: Sending, most: int, size: Callable[[str], int] = in_bytes) -> str:
    """The message with its title, no longer than ``most``."""
    return _with_answer(f"{sending.message.title}\n{_before_link(sending)}", sending, most, size)


def below_title(sending: Sending, most: int, size: Callable[[str], int] = in_bytes) -> str:
    """The message without its title, for those who show that by itself."""
    return _with_answer(_before_link(sending), sending, most, size)


def _with_answer(head: str, sending: Sending, most: int, size: Callable[[str], int]) -> str:
    """``head`` and the link, or where something has to be cut with the code in its place above the link."""
    link, message = link_of(sending), sending.message
    found = fitted(head, link, most, size)
    if not message.code or message.code not in head or message.code in found:
        return found
    code = texts(message.language).code.format(code=message.code)
    tails = (f"{code}\n{link}", code) if link else (code,)
    each_of_them = (fitted(head, tail, most, size) for tail in tails)
    return next((each for each in each_of_them if message.code in each), found)


def short(sending: Sending, most: int) -> str:
    """What fits into a text message of ``most`` characters: who, what, where, what to reply, and the link.

    Where the link has no room the code, which stands in the short form, is how somebody answers; several
    matters at once have none, so that their names give way to the link.
    """
    said, link = sending.message.short, link_of(sending)
    whole_of_it = f"{said}\n{link}" if link else said
    if units(whole_of_it) <= most:
        return whole_of_it
    return fitted(said, link if matters_of(sending.notice) else "", most, units)


def spoken(sending: Sending, most: int) -> str:
    """What is read out to somebody who picked up, in one language."""
    known = facts(sending)
    about = [] if matters_of(sending.notice) else [known["where"], known["since"]]
    code = texts(_spoken_in(sending)).code.format(code=known["code"]) if known["code"] else ""
    return "。".join([known["title"], *about, ""])[: most - len(code)] + code


def link_of(sending: Sending) -> str:
    """Where the message is answered; empty if nowhere."""
    return sending.message.link


def facts(sending: Sending, to: str = "") -> Mapping[str, str]:
    """What a template may take: the single facts, the short text and the whole, link and code, the telephone.

    In the language of the reader, if people may be called out by it alone, else in Chinese. Of several
    matters at once each fact is that of all.
    """
    notice, language = sending.notice, _spoken_in(sending)
    matters = [replace(notice, text=matter) for matter in matters_of(notice)] or [notice]
    each = [facts_of(matter, language) for matter in matters]
    return {
        **{name: "、".join(dict.fromkeys(one[name] for one in each)) for name in each[0]},
        "title": title_of(notice, language),
        "text": sending.message.text,
        "link": link_of(sending),
        "code": sending.message.code,
        "id": notice.id,
        "to": to,
    }


def parameter(template: str, sending: Sending, most: int) -> str:
    """One value for a template that a provider keeps: in one line, no longer than ``most`` characters."""
    known = facts(sending)

    def filled(part: str) -> str:
        return " ".join(_NAME.sub(lambda found: known.get(found[1], found[0]), part).split())

    whole_of_it, code = filled(template), known["code"]
    if len(whole_of_it) <= most or not code or "{code}" not in template:
        return fitted(whole_of_it or NOTHING, "", most, len)
    before, _, after = template.partition("{code}")
    tail = f"{code}{filled(after)}"[: max(most, len(code))]
    return f"{fitted(filled(before), '', most - len(tail), len)}{tail}" if most > len(tail) else tail


def is_pressing(sending: Sending) -> bool:
    """Whether a whole group is to look up: somebody is called to come at once."""
    notice = sending.notice
    return notice.severity is Severity.HIGH and notice.kind in (NoticeKind.ALERT, NoticeKind.JOINED)


def fitted(head: str, link: str, most: int, size: Callable[[str], int]) -> str:
    """``head`` and ``link`` in lines below each other; what is too long loses the end of ``head``, and a link
    that leaves no room for it is left out.
    """
    tail = f"\n{link}" if link and size(link) + size(CUT) < most // 2 else ""
    if size(head + tail) <= most:
        return head + tail
    room = most - size(CUT + tail)
    low, high = 0, len(head)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(head[:middle]) <= room else (low, middle - 1)
    return head[:low].rstrip() + CUT + tail


def _spoken_in(sending: Sending) -> Language:
    """The language of the reader, if people may be called out by it alone, else Chinese."""
    language = sending.notice.language
    return language if texts(language).reviewed else Language.ZH_CN


def _before_link(sending: Sending) -> str:
    """What stands before the link of a message."""
    return sending.message.text.removesuffix(link_of(sending)).rstrip()
