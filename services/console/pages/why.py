"""Why: each reason why there is a Finding, or none, as a sentence, with its times and lengths as people
say them.

The API and the command line say it in the same words. A figure that a reason lacks is said as a dash; a
reason is never kept back for want of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from services.console.pages.saying import said
from services.console.pages.texts import Texts
from services.console.pages.words import KIND_WORDS
from services.domain.events import Json
from services.domain.instants import NotAnInstant, parse_instant
from services.rules.because import SPANS, UNSAID, Because, Figures
from services.rules.rulebook import Rule
from services.rules.why.answer import Answer, Reason

SENTENCES: Mapping[Because, str] = {
    Because.FOUND: said("It was found, for {at}, and raised at {raised_at}."),
    Because.STALE: said("It was found for {at}, but only at {raised_at}: too late to tell anybody."),
    Because.WITHDRAWN: said(
        "It was found for {at} and taken back at {changed_at}: what should have prevented it came in late."
    ),
    Because.RESTING: said("It was found for {at} and is not over; until then the rule rests."),
    Because.USED_UP: said("These events belong to what was found for {at}; none of them counts twice."),
    Because.TAKEN_BY: said("Another rule took this alarm: {rule}."),
    Because.STILL_RUNNING: said("It is not time yet: the rule waits until {due_at}."),
    Because.SETTLING: said("“{what}” at {since} is waited for: it counts once it has held for {settle}."),
    Because.NOT_ENOUGH: said("Only {counted} of {needed}: “{what}” between {first_at} and {last_at}."),
    Because.PREVENTED: said("“{what}” at {since}, and then in time “{by}”, after {after}."),
    Because.ALREADY_FOLLOWED: said(
        "When “{what}” of {since} came in, “{by}” after {after} was known already."
    ),
    Because.ALREADY_WATCHED: said("“{what}” at {since}: the rule was waiting already."),
    Because.ENDS_OUTSIDE_HOURS: said("“{what}” at {since}: the wait would not end within {between}."),
    Because.RUN_TOO_SHORT: said("From {started_at} to {last_at} only: {run}, and it takes {needed_for}."),
    Because.RUN_BROKEN: said(
        "From {started_at} to {last_at} only: {run}, and it takes {needed_for}; then it was broken."
    ),
    Because.HAPPENED: said("“{what}” did come, at {by_at}."),
    Because.IN_ANOTHER_STATE: said("“{by}” at {by_at} was the last that was known before."),
    Because.HEARD: said("Something was heard at {heard_at} and again after {silent}; it takes {needed_for}."),
    Because.ENOUGH: said("It was done often enough: {counted} of {at_least}."),
    Because.PERIOD_NOT_COUNTED: said("This period does not count: less than half of it was spent at home."),
    Because.AS_EVER: said("The night was as ever: {figure}, where {median} is usual."),
    Because.TOO_FEW_NIGHTS: said("Too few nights are known before it: {known_nights} of {needed_nights}."),
    Because.OUTSIDE_BEFORE: said("Nights were unusual before this one already; only the first is said."),
    Because.BEGAN_BEFORE: said("This time began before the rule watched here; it is not judged."),
    Because.ALREADY_FOUND: said("For that moment something is found already."),
    Because.OUTSIDE_HOURS: said("“{what}” at {since} is outside the hours of the rule, {between}."),
    Because.NOT_MATCHING: said("“{what}” at {since} does not fit {where}: {values}."),
    Because.FIELD_MISSING: said("“{what}” at {since} does not say {fields}."),
    Because.NEVER_SETTLED: said("“{what}” at {since} held for {held} only; it takes {settle}."),
    Because.NO_CHANGE: said("“{what}” at {since} changed nothing: by all that was known it was so before."),
    Because.BED_UNKNOWN: said("No sensor of the bed was heard from; nobody knew whether it was empty."),
    Because.TOO_OLD: said("“{what}” of {since} came in behind newer ones and was passed over."),
    Because.TIME_REPLACED: said("“{what}” at {since}: the device had the time wrong, so it does not count."),
    Because.WRONG_DEVICE: said("“{what}” at {since} came from a device that the rule does not look at."),
    Because.RETRACTED: said("“{what}” at {since} was taken back."),
    Because.AWAY: said("Away since {away_since}."),
    Because.NOT_ENROLLED: said("Not enrolled at that time."),
    Because.LEFT: said("Not with us any more at that time."),
    Because.NO_DEVICE: said("There was no device that reports “{what}”."),
    Because.DEVICE_NOT_LIVE: said(
        "Nothing had been heard there yet; silence counts from the first message on."
    ),
    Because.NOT_MEANT: said("The rule is meant for others: {for_residents}."),
    Because.DISABLED: said("The rule was switched off."),
    Because.NOT_AT_WORK: said("There was no such rule at that time."),
    Because.RULE_UNAVAILABLE: said("The rule does not work just now: {error}"),
    Because.RULE_FAILED: said("The rule failed here: {error}"),
    Because.NOT_RAISED: said("By what is stored it should have been found, for {at}, and it was not."),
    Because.IN_QUARANTINE: said(
        "A message of {device} could not be read, at {since}; it lies in quarantine."
    ),
    Because.NO_EVENT: said("Nothing of the kind came near that time: “{what}”."),
}
"""Each reason as a sentence."""

FOUND_PREVENTABLE = said(
    "It was found, for {at}, and raised at {raised_at}; “{prevented_by}” by {at} would have prevented it."
)
DISABLED_HERE = said("The rule was switched off for this resident.")
AWAY_UNTIL = said("Away from {away_since} to {away_until}.")
AT_THAT_TIME = said("It was {local_time}: the rule watches {between}.")
NEVER_KNOWN = said("Nothing was known yet of “{what}”.")
LAST_BEFORE = said("Nothing of the kind came near that time: “{what}”; the last was at {last_at}.")
NOTHING_FOUND = said("Nothing was found.")
SOMETHING_FOUND = said("Something was found.")

_SHORT = timedelta(minutes=2)


def sentence(texts: Texts, reason: Reason, rule: Rule, at: datetime) -> str:
    """One reason in the language of ``texts``, with the date of what was not on the day of ``at``."""
    figures = Figures(_figures(texts, reason, rule, at))
    return texts.filled(_sentence_of(reason), figures)


def sentences(texts: Texts, answer: Answer) -> list[str]:
    """All reasons, the weightiest first."""
    return [sentence(texts, reason, answer.rule, answer.at) for reason in answer.reasons]


def verdict(texts: Texts, answer: Answer) -> str:
    """Whether there is a Finding, in a word."""
    return texts(SOMETHING_FOUND if answer.found else NOTHING_FOUND)


def _sentence_of(reason: Reason) -> str:
    figures = reason.figures
    if reason.because is Because.FOUND and figures.get("prevented_by"):
        return FOUND_PREVENTABLE
    if reason.because is Because.AWAY and figures.get("away_until"):
        return AWAY_UNTIL
    if reason.because is Because.OUTSIDE_HOURS and not reason.event_ids:
        return AT_THAT_TIME
    if reason.because is Because.DISABLED and figures.get("by") == "override":
        return DISABLED_HERE
    if reason.because is Because.IN_ANOTHER_STATE and not figures.get("by"):
        return NEVER_KNOWN
    if reason.because is Because.NO_EVENT and figures.get("last_at"):
        return LAST_BEFORE
    return SENTENCES[reason.because]


def _figures(texts: Texts, reason: Reason, rule: Rule, at: datetime) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in reason.figures.items():
        if value is not None:
            found[name] = _said(texts, name, value, at)
    for name, figure in SPANS.items():
        value = reason.figures.get(figure)
        if isinstance(value, int | float):
            found[name] = _span(texts, timedelta(seconds=value))
    found["what"] = _kind(texts, reason.figures.get("needed") if _is_state(reason) else rule.kind)
    found["since"] = _second(texts, reason.since, at)
    found["rule"] = str(reason.figures.get("rule", rule.id))
    return found


def _is_state(reason: Reason) -> bool:
    return reason.because is Because.IN_ANOTHER_STATE


def _said(texts: Texts, name: str, value: Json, at: datetime) -> str:
    if name in {"by", "prevented_by"}:
        return _kind(texts, value)
    if name == "values" and isinstance(value, Mapping):
        return ", ".join(f"{key} = {UNSAID if each is None else each}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if name.endswith(("_at", "_since", "_until")) or name == "at":
        try:
            return _second(texts, parse_instant(str(value)), at)
        except NotAnInstant:
            return str(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return texts.number(value)
    return str(value)


def _second(texts: Texts, instant: datetime, at: datetime) -> str:
    """The wall time to the second, with the date where it is not that of ``at``: a *yesterday* would be
    taken for that of whoever reads it.
    """
    clock = texts.second(instant, instant)
    date = texts.date(instant)
    return clock if date == texts.date(at) else f"{date} {clock}"


def _kind(texts: Texts, kind: Json) -> str:
    word = KIND_WORDS.get(str(kind))
    return str(kind) if word is None else texts(word)


def _span(texts: Texts, span: timedelta) -> str:
    """How long; a short one to the second."""
    if span < _SHORT:
        return texts(said("{seconds} s"), seconds=int(span.total_seconds()))
    return texts.span(span)
