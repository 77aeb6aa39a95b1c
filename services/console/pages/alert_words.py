"""Words of an alert that come from rulebooks: in the language of whoever reads, and marked with the language
that they really are in.

Where nobody has reviewed the words of a language yet, the Chinese ones stand under them: a wrong word must
not decide whether somebody goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.domain.people import Language
from services.escalation.text import texts


@dataclass(frozen=True, slots=True)
class Said:
    """One line, and its language; None where it is no language's: a code, for want of words."""

    text: str
    language: str | None


def said_in(language: Language, words: Mapping[str, str], otherwise: str) -> tuple[Said, ...]:
    """The words in that language, else in Chinese, else in any, else ``otherwise`` (nothing if it is empty);
    and the Chinese ones under a language that is not reviewed.
    """
    order = (language.value, Language.ZH_CN.value, Language.EN.value, *words)
    spoken = next((each for each in order if words.get(each)), None)
    if spoken is None:
        return (Said(otherwise, None),) if otherwise else ()
    lines = [Said(words[spoken], spoken)]
    chinese = words.get(Language.ZH_CN.value)
    if chinese and spoken != Language.ZH_CN and spoken == language and not texts(language).reviewed:
        lines.append(Said(chinese, Language.ZH_CN.value))
    return tuple(lines)
