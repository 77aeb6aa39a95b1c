"""Not done: what a page says in words when a request was refused, by the code of the problem.

Each code that somebody who looks at a page can meet has a sentence. It says what to do next where there is
something to do, and never anything that the problem itself keeps back.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.console.pages.alerts.refusals import refused_as
from services.console.pages.words import said, word_of
from services.console.problems import Problem

NOTHING_HERE = said("There is nothing here.")
NOT_ALLOWED = said("You may not do this.")
NOT_AS_EXPECTED = said("Not done: something in the form was not right. Try again.")

SENTENCES: Mapping[str, str] = {
    "already_over": said("It is over already. Silence it anew if that is still needed."),
    "already_there": said("Another one is called that already. Choose another name."),
    "ambiguous": NOTHING_HERE,
    "is_away": said("Record that they are back, or that they are away for longer."),
    "may_not_silence": NOT_ALLOWED,
    "busy": said("Many are signing in; try again at once."),
    "fault": said("Something failed in the house itself. Try again; if it fails again, ring the duty desk."),
    "foreign_origin": said("This was sent from another site. Open the page here, and do it again."),
    "link_ended": said(
        "This link has ended: you are no longer among those who are told. Ring the duty desk."
    ),
    "link_over": said("This link is too old. Sign in, or ring the duty desk."),
    "no_such_link": said("This link cannot be read. Does somebody need help? Go, and ring the duty desk."),
    "malformed": NOT_AS_EXPECTED,
    "malformed_json": NOT_AS_EXPECTED,
    "method_not_allowed": NOTHING_HERE,
    "no_credentials": said("There are no credentials to make for this device."),
    "no_right": NOT_ALLOWED,
    "not_found": NOTHING_HERE,
    "not_of_today": said("Only who recorded a visit takes it back, and on the same day."),
    "not_your_role": NOT_ALLOWED,
    "retired": said("It was taken away."),
    "store_unavailable": said("Not possible now; try again in a moment."),
    "too_large": said("Not done: that is too large."),
    "too_many_tries": said("Too many failed tries; wait a few minutes."),
    "unfit": NOT_AS_EXPECTED,
    "who_are_you": said("Not done yet: first say who you are."),
    "wrong_password": said("The present password is wrong."),
}
"""Beside those of `alerts.refusals`."""


def sentence_of(problem: Problem) -> str | None:
    """The English sentence for a refusal; None where only the problem's own words are known."""
    refused = refused_as(problem.code)
    return word_of(refused) if refused is not None else SENTENCES.get(problem.code)
