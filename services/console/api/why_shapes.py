"""How an answer to *why* looks outside: the reasons with their figures and events, and each in words."""

from __future__ import annotations

from services.console.api.fields import Instant, Shape
from services.console.pages.texts import Texts
from services.console.pages.why import sentences, verdict
from services.domain.findings import Trigger
from services.domain.people import Language
from services.rules.because import Because
from services.rules.why.answer import Answer


class ReasonShape(Shape):
    """One reason: what it is about, from `since` up to and at `until`, what it rests on, and in words."""

    reason: Because
    since: Instant
    until: Instant
    event_ids: list[str]
    figures: dict[str, object]
    finding_id: str | None
    text: str


class WhyShape(Shape):
    """Why a rule came to a Finding about a resident at an instant, or did not.

    `reasons` is never empty, the weightiest stands first. `revision` is that of the rulebook at work then,
    null where there was none with this rule; `revision_now` that at work now, null where it was taken away.
    """

    rulebook: str
    revision: int | None
    content_hash: str | None
    revision_now: int | None
    rule: str
    trigger: Trigger
    resident_id: str
    at: Instant
    found: bool
    reasons: list[ReasonShape]
    language: Language
    text: str


def why_shape(answer: Answer, language: Language) -> WhyShape:
    """The answer, with the words of one language and the clock of where the resident lives."""
    texts = Texts(language, answer.zone)
    said = sentences(texts, answer)
    return WhyShape(
        rulebook=answer.rule.rulebook,
        revision=answer.revision,
        content_hash=answer.content_hash,
        revision_now=answer.revision_now,
        rule=answer.rule.id,
        trigger=answer.rule.trigger,
        resident_id=answer.resident_id,
        at=answer.at,
        found=answer.found,
        reasons=[
            ReasonShape(
                reason=reason.because,
                since=reason.since,
                until=reason.until,
                event_ids=list(reason.event_ids),
                figures=dict(reason.figures),
                finding_id=reason.finding_id,
                text=text,
            )
            for reason, text in zip(answer.reasons, said, strict=True)
        ],
        language=texts.language,
        text=("" if language is Language.ZH_CN else " ").join([verdict(texts, answer), said[0]]),
    )
