"""Telling: a happening, a wish and what came of it as sentences in the language of the report, made of their
fields. Where a happening has no fields its own text is shown as it was written.
"""

from datetime import timedelta

from devices.simulator.happenings import Happening, What
from devices.simulator.pages.speaking import Speech
from devices.simulator.pages.story import Story, Wish, moment, reached

SEPARATOR = " · "
_ORDER = ("told", "alert", "rule", "about", "resident", "device")
"""Of the fields of a wish; the others follow."""
_SECTIONS = {
    "alert": "alerts",
    "severity": "severities",
    "outcome": "outcomes",
    "notice": "notices",
    "reached": "values",
    "tried": "values",
}


def what(story: Story, speech: Speech, happening: Happening) -> str:
    """What happened, without who and when."""
    fields = happening.fields
    match happening.what:
        case What.FAULT if "fault" in fields:
            return fault(speech, happening)
        case What.EVENT if "kind" in fields:
            return SEPARATOR.join([speech.word("kinds", fields["kind"]), *_figures(speech, happening)])
        case What.ANSWER if "move" in fields:
            return _answer(story, speech, happening)
        case What.FINDING if "rule" in fields:
            return SEPARATOR.join(fields[name] for name in ("rule", "state", "reason") if name in fields)
        case What.ALERT if "alert" in fields:
            return _alert(story, speech, happening)
        case What.NOTICE if "notice" in fields:
            return notice(speech, happening)
        case What.COMMAND if "hears" in fields:
            return speech.word("hears", fields["hears"])
        case _:
            return happening.text


def who(story: Story, speech: Speech, happening: Happening) -> str:
    """Whom it is about or who did it, by the name people call them."""
    if happening.who == "last resort":
        return speech("last resort")
    owner = story.whose(happening)
    shown = story.called(happening.who)
    if happening.what in (What.COMMAND, What.EVENT) and owner.name and owner.name != happening.who:
        return f"{owner.called}{SEPARATOR}{shown}"
    return shown


def fault(speech: Speech, happening: Happening) -> str:
    fields = happening.fields
    words = [speech.word("faults", fields["fault"])] if "fault" in fields else [happening.text]
    return SEPARATOR.join([*words, *([fields["device"]] if "device" in fields else [])])


def notice(speech: Speech, happening: Happening) -> str:
    fields = happening.fields
    words = [speech.word("notices", fields["notice"]), speech.word("alerts", fields.get("alert", ""))]
    if not reached(happening):
        words[0] = speech("not_reached" if fields.get("tried") == "yes" else "not_told")
    return SEPARATOR.join(word for word in words if word)


def wish(story: Story, speech: Speech, which: Wish) -> str:
    """What was expected, or must not be."""
    verdict = which.verdict
    asked = verdict.asked
    if asked is None:
        return verdict.wish
    fields = {name: value for name, value in asked.fields.items() if name not in ("reached", "tried")}
    names = sorted(fields, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    parts = [value_of(story, speech, name, fields[name]) for name in names]
    parts += [speech.word("hears", state) for state in asked.hears]
    if asked.times is not None:
        parts.append(f"{asked.times} ×")
    if asked.what is What.NOTICE:
        parts[:0] = [] if "told" in fields else [speech("anybody")]
        parts += [] if "notice" in fields else [speech("told")]
    elif asked.what is What.ALERT and "alert" not in fields:
        parts.insert(0, speech("any_alert"))
    if asked.since_at is not None and asked.since_at == asked.by_at:
        parts.append(speech.time(asked.since_at))
        return speech("must_not", what=SEPARATOR.join(parts)) if verdict.forbidden else SEPARATOR.join(parts)
    if asked.since_at is not None:
        parts.append(speech("from", time=speech.time(asked.since_at)))
    if asked.by_at is not None:
        parts.append(speech("by", time=speech.time(asked.by_at)))
    said = SEPARATOR.join(parts)
    return speech("must_not", what=said) if verdict.forbidden else said


def got(story: Story, speech: Speech, which: Wish) -> str:
    """What came of it: the happening that met it, or the nearest one with all in which it differs."""
    verdict = which.verdict
    asked, happening = verdict.asked, verdict.happening
    if asked is None:
        return verdict.evidence if verdict.passed else verdict.nearest
    if happening is None:
        return speech("nothing_came" if verdict.forbidden else "none_at_all")
    said = f"{speech.time(happening.at)} {who(story, speech, happening)}: {what(story, speech, happening)}"
    if verdict.passed or verdict.forbidden:
        return said
    if asked.what is What.COMMAND:
        return SEPARATOR.join(
            speech.word("hears", each.fields["hears"])
            for each in story.whose(happening).heard
            if each.fields.get("device") == asked.fields.get("device")
        )
    reasons = [
        speech(
            "differs",
            field=speech.word("fields", name),
            got=value_of(story, speech, name, happening.fields.get(name, "nothing")),
            want=value_of(story, speech, name, asked.fields[name]),
        )
        for name in asked.differs(happening)
    ]
    if asked.states and happening.fields.get("state") not in asked.states:
        reasons.append(
            speech(
                "differs",
                field=speech.word("fields", "state"),
                got=happening.fields.get("state", ""),
                want=", ".join(asked.states),
            )
        )
    off = asked.off_by(happening)
    if off:
        reasons.append(speech("late" if off > timedelta(0) else "early", span=speech.span(off)))
    return f"{speech('nearest', what=said)}" + (f" ({'; '.join(reasons)})" if reasons else "")


def value_of(story: Story, speech: Speech, name: str, value: str) -> str:
    if value == "nothing":
        return speech.word("values", value)
    if name in ("told", "about", "resident"):
        return speech("last resort") if value == "last resort" else story.called(value)
    return speech.word(_SECTIONS.get(name, ""), value) if name in _SECTIONS else value


def _alert(story: Story, speech: Speech, alert: Happening) -> str:
    fields = alert.fields
    words = [speech.word("alerts", fields["alert"]), speech.word("severities", fields.get("severity", ""))]
    for move, key in (("accepted", "accept"), ("arrived", "arrive")):
        at = moment(alert, move)
        if at is not None:
            holder = story.called(fields.get("holder", ""))
            words.append(f"{speech.time(at)} {holder} {speech.word('moves', key)}".replace("  ", " "))
    if alert.until_at is None:
        words.append(speech("still_running"))
    else:
        words.append(f"{speech.time(alert.until_at)} {speech.word('outcomes', fields.get('outcome', ''))}")
    return SEPARATOR.join(word.strip() for word in words if word.strip())


def _answer(story: Story, speech: Speech, happening: Happening) -> str:
    fields = happening.fields
    words = [speech.word("moves", fields["move"])]
    if "outcome" in fields:
        words.append(speech.word("outcomes", fields["outcome"]))
    words += [fields["by"]] if "by" in fields else []
    words += [story.called(fields["to"])] if "to" in fields else []
    if "refused" in fields:
        words.append(speech.filled("moves", "refused", reason=fields["refused"]))
    return SEPARATOR.join(words)


def _figures(speech: Speech, happening: Happening) -> list[str]:
    names = {"heart_rate": speech("heart"), "respiration_rate": speech("breath"), "percent": "%"}
    return [f"{value:g} {names.get(name, name)}" for name, value in happening.figures.items()]
