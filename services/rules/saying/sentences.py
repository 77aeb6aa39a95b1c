"""Sentences: one rule in plain words, a sentence for each thing that it says.

Everything in a rule that bears on what it finds or who is told is said, and nothing else: two rules that work
differently never read the same. The rule is the only source, so what is said cannot drift from what runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import time, timedelta

from services.domain.findings import Severity, Trigger
from services.domain.kinds import ALARM_KINDS, AWAY_PREFIXES
from services.domain.people import Language
from services.rules.profile import senders_of
from services.rules.rulebook import ANY_MESSAGE, Per, Rule, Rulebook
from services.rules.saying.conditions import condition_said
from services.rules.saying.words import Words, words_of

_AT_ONCE = timedelta(0)


def heading_of(rule: Rule, language: Language) -> str:
    """Its title and id."""
    return words_of(language).say("heading", title=_text(rule.titles, language, rule.id), id=rule.id)


def sentences_of(rule: Rule, language: Language) -> tuple[str, ...]:
    """What it looks for, under which conditions, whom it watches and who is told, in that order."""
    words = words_of(language)
    return tuple(
        sentence
        for part in (_matter(rule, words), _conditions(rule, words), _watched(rule, words))
        for sentence in part
    ) + tuple(_telling(rule, words, language))


def book_lines(book: Rulebook, language: Language) -> tuple[str, ...]:
    """A whole rulebook as lines of text, an empty one after each rule."""
    zone = words_of(language).say("timezone", zone=book.timezone) if book.timezone else None
    lines = [book.name, *([zone] if zone else []), ""]
    for rule in book.rules:
        lines += [heading_of(rule, language), *("    " + said for said in sentences_of(rule, language)), ""]
    return tuple(lines)


def _matter(rule: Rule, words: Words) -> Iterator[str]:
    yield {
        Trigger.ON: _on,
        Trigger.COUNT: _count,
        Trigger.UNLESS: _unless,
        Trigger.WHERE: _where,
        Trigger.MISSING: _missing,
        Trigger.SILENT: _silent,
        Trigger.QUOTA: _quota,
        Trigger.DRIFT: _drift,
    }[rule.trigger](rule, words)
    if rule.warn_days is not None:
        yield words.say("warn", warn=words.day_count(rule.warn_days))
    if rule.while_kind is not None:
        yield words.say("while", **{"while": words.kinds[rule.while_kind], "by": _wall(rule.by_wall)})


def _on(rule: Rule, words: Words) -> str:
    return words.say("on", on=words.kinds[rule.kind])


def _count(rule: Rule, words: Words) -> str:
    within = words.span(rule.within_for or _AT_ONCE)
    return words.say("count", on=words.kinds[rule.kind], count=rule.count, within=within)


def _unless(rule: Rule, words: Words) -> str:
    known = {"on": words.kinds[rule.kind], "unless": words.kinds[rule.unless or ""]}
    if rule.watch_for is not None:
        return words.say("unless_for", **known, **{"for": words.span(rule.watch_for)})
    if rule.until is not None:
        return words.say("unless_until", **known, until=_wall(rule.until))
    field = words.fields.get(f"event.data.{rule.days_field}", str(rule.days_field))
    return words.say("unless_days", **known, field=field)


def _where(rule: Rule, words: Words) -> str:
    known = {
        "on": words.kinds[rule.kind],
        "where": condition_said(rule.where, words) if rule.where is not None else "",
    }
    if not rule.watch_for:
        return words.say("where_at_once", **known)
    return words.say("where_for", **known, **{"for": words.span(rule.watch_for)})


def _missing(rule: Rule, words: Words) -> str:
    is_overnight = rule.from_wall is not None and rule.by_wall is not None and rule.from_wall > rule.by_wall
    walls = {"from": _wall(rule.from_wall), "by": _wall(rule.by_wall)}
    sentence = "missing_overnight" if is_overnight else "missing"
    return words.say(sentence, missing=words.kinds[rule.kind], **walls)


def _silent(rule: Rule, words: Words) -> str:
    silence = {"for": words.span(rule.watch_for or _AT_ONCE)}
    if rule.kind == ANY_MESSAGE:
        return words.say("silent_any", **silence)
    return words.say("silent", silent=words.kinds[rule.kind], **silence)


def _quota(rule: Rule, words: Words) -> str:
    period = words.periods[rule.period.value] if rule.period is not None else ""
    return words.say("quota", quota=words.kinds[rule.kind], at_least=rule.at_least, period=period)


def _drift(rule: Rule, words: Words) -> str:
    figure = words.figures[rule.figure.value] if rule.figure is not None else ""
    over = words.day_count(rule.over_days or 0)
    return words.say("drift", figure=figure, over=over, beyond=f"{rule.beyond or 0:g}")


def _conditions(rule: Rule, words: Words) -> Iterator[str]:
    if rule.where is not None and rule.trigger is not Trigger.WHERE:
        yield words.say("where", where=condition_said(rule.where, words))
    if rule.between is not None:
        ends_inside = rule.trigger is Trigger.UNLESS and rule.watch_for is not None
        sentence = "between_due" if ends_inside else "between"
        yield words.say(sentence, start=_wall(rule.between.start), end=_wall(rule.between.end))
    if rule.settle_for is not None:
        yield words.say("settle", settle=words.span(rule.settle_for))
    if rule.trigger is Trigger.WHERE:
        sentence = "gap_bed" if rule.kind.startswith("bed.") else "gap"
        yield words.say(sentence, gap=words.span(rule.gap_for))


def _watched(rule: Rule, words: Words) -> Iterator[str]:
    senders = senders_of(rule.kind)
    if rule.device_types:
        yield words.say("device_types", types=_types(rule.device_types, words))
    elif senders == frozenset(words.devices):
        yield words.say("watches_any")
    elif senders:
        yield words.say("watches", types=_types(senders, words))
    else:
        yield words.say("watches_all")
    if rule.for_residents is not None:
        yield words.say("for_residents", condition=condition_said(rule.for_residents, words))
    if rule.per is Per.DEVICE:
        yield words.say("per_device")
    if rule.trigger is Trigger.QUOTA:
        yield words.say("at_home")
    elif rule.kind.startswith(AWAY_PREFIXES) and not rule.is_plain_on:
        yield words.say("away")


def _telling(rule: Rule, words: Words, language: Language) -> Iterator[str]:
    sentence = "severity_info" if rule.severity is Severity.INFO else "severity"
    yield words.say(sentence, severity=words.severities[rule.severity.value], policy=rule.policy)
    if rule.alert_kind != rule.id:
        yield words.say("alert", alert=rule.alert_kind)
    if rule.kind in ALARM_KINDS:
        yield words.say("floor")
    if rule.why:
        yield words.say("why", why=_text(rule.why, language, ""))
    if not rule.enabled:
        yield words.say("disabled")


def _types(types: frozenset[str], words: Words) -> str:
    return words.all_of(words.devices[type_] for type_ in words.devices if type_ in types)


def _wall(wall: time | None) -> str:
    return f"{wall:%H:%M}" if wall is not None else ""


def _text(texts: Mapping[str, str], language: Language, otherwise: str) -> str:
    return texts.get(language.value) or next(iter(texts.values()), otherwise)
