"""Replies: what somebody sent back by a channel becomes their answer to an alert, and they hear what became
of it.

Who it is says the address; which alert it is says the code, or there is only one that waits for them. In
doubt nothing is changed and they are asked again. The same message of a messenger counts once, however often
it is brought. A message that came out wrong changes nothing; what somebody may do decides escalation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from services.console.acting import Action, Deed, carry_out
from services.console.answering.links import caller_of, person_of
from services.console.answering.senders import as_registered, is_same, plain, senders
from services.console.parts import Console
from services.console.problems import Problem
from services.domain.alerts import Alert, Outcome
from services.domain.chronicle import notices_made
from services.domain.notices import Notice, NoticeKind
from services.domain.people import Channel, Worker
from services.domain.ports import Topic, UnitOfWork
from services.escalation.answering import answer, answer_id, waits_for
from services.escalation.links import code_of
from services.escalation.permission import Actor, NotAllowed, require_may_close
from services.escalation.replies import Said, Word, said_in
from services.escalation.scene import is_urgent
from services.escalation.telling import key_of
from services.escalation.text import names_by_code, title_in

MOST_LATE = 200
"""Notices of the last days in which a late answer's code is looked for."""
MOST_LISTED = 6
"""Alerts that an answer lists by code, the newest."""


class Result(StrEnum):
    """What became of a reply. Members but the first two are why its sender is told what they are told."""

    UNKNOWN_SENDER = "unknown_sender"
    UNANSWERED = "unanswered"
    """Nothing was said, or nothing runs, and nobody is told: an answer to that could be answered for ever."""
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    HOW_IT_ENDED = "how_it_ended"
    CLOSED = "closed"
    DECLINED = "declined"
    TEST_PASSED = "test_passed"
    SAID_TO_BE_REAL = "said_to_be_real"
    ALREADY_ACCEPTED = "already_accepted"
    ALREADY_CLOSED = "already_closed"
    NOT_THE_HOLDER = "not_the_holder"
    WHICH_ONE = "which_one"
    UNKNOWN_CODE = "unknown_code"
    NOT_UNDERSTOOD = "not_understood"
    NOTHING_RUNNING = "nothing_running"
    TOO_MANY = "too_many"


UNCLEAR = frozenset({Result.WHICH_ONE, Result.UNKNOWN_CODE, Result.NOT_UNDERSTOOD, Result.NOTHING_RUNNING})
"""What changes nothing and is counted against whoever guesses, or a machine that answers answers."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message as a messenger brought it."""

    messenger: str
    message_id: str
    by: Channel
    text: str
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody whose address it is, a notice that they were told by, and its alert as it stands."""

    person: Worker
    notice: Notice
    alert: Alert

    @property
    def waits(self) -> bool:
        return waits_for(self.alert, self.person.id)

    @property
    def is_about(self) -> tuple[str, str]:
        """Whom and what a code names, whichever of several notices bears it."""
        return self.person.id, self.alert.id


class Misses(Protocol):
    """Counts the unclear replies of an address within a few minutes."""

    def so_far(self, address: str) -> int:
        """How many there were."""
        ...

    def one_more(self, address: str) -> int:
        """Count one more, and answer how many there are."""
        ...


MOST_MISSES = 5
"""Unclear replies of one address within the window that are answered; then its codes are not tried any more,
which is said once.
"""
CLOCKS_DIFFER = timedelta(minutes=2)
"""How far the clock of whoever dated a reply may be behind ours."""


def take(uow: UnitOfWork, parts: Console, reply: Reply, misses: Misses) -> Result:
    """Do what a reply says, and make the notice that answers it; all in the caller's transaction."""
    notice_id = answer_id(reply.messenger, reply.message_id)
    before = uow.notices.get(notice_id)
    if before is not None:
        return Result(before.text["because"])
    at_hand = AtHand(uow, parts, reply)
    if not at_hand.is_known:
        return Result.UNKNOWN_SENDER
    said = said_in(reply.text)
    address = f"{reply.by.kind}:{plain(reply.by.kind, reply.by.address)}"
    guesses = said.codes and misses.so_far(address) >= MOST_MISSES
    found = Result.UNKNOWN_CODE if guesses else _found(at_hand, said)
    if isinstance(found, Told):
        result, more = _done(uow, parts, found, said, reply.text)
    else:
        result, more = found, {"list": at_hand.listed()}
    about = found if isinstance(found, Told) else at_hand.any_of_them
    if result in UNCLEAR and (missed := misses.one_more(address)) > MOST_MISSES:
        result = Result.TOO_MANY if missed == MOST_MISSES + 1 else Result.UNANSWERED
    if about is None or result is Result.UNANSWERED:
        return Result.UNANSWERED
    _tell(uow, parts, about, reply, notice_id, result, more)
    return result


class AtHand:
    """What could be meant: who is reached at the address, and what they were told of."""

    def __init__(self, uow: UnitOfWork, parts: Console, reply: Reply) -> None:
        self._uow = uow
        self._parts = parts
        self._since = parts.clock.now() - parts.house.link_for
        self._by = reply.by
        self._until = reply.sent_at
        self._senders = senders(uow, reply.by, self._since)

    @property
    def is_known(self) -> bool:
        return bool(self._senders)

    @cached_property
    def running(self) -> tuple[Told, ...]:
        """The newest notice of each running alert to each of them, ascending."""
        found = [
            told
            for worker in self._senders.workers
            for told in self._told(worker, self._uow.notices.told_now(worker.id))
        ]
        newest: dict[tuple[str, str], Told] = {}
        for told in self._of_contacts:
            if told.alert.is_running:
                newest[told.is_about] = told
        return tuple(sorted((*found, *newest.values()), key=lambda told: told.notice.number))

    @cached_property
    def late(self) -> tuple[Told, ...]:
        """What they were told of in the last days, whatever became of it, the newest first."""
        found = [
            told
            for worker in self._senders.workers
            for told in self._told(worker, self._uow.notices.lately_to(worker.id, self._since, MOST_LATE))
        ]
        return tuple(sorted((*found, *self._of_contacts), key=lambda told: -told.notice.number))

    @property
    def waiting(self) -> tuple[Told, ...]:
        return tuple(told for told in self.running if told.waits and self._could_be_meant(told.alert))

    @property
    def any_of_them(self) -> Told | None:
        """What an answer that is about no alert hangs on: what waits, else what they were told of last."""
        told = (*reversed(self.waiting), *reversed(self.running), *self.late)
        return next((each for each in told if self._could_be_meant(each.alert)), None)

    def named(self, code: str) -> tuple[Told, ...]:
        """What a code names, each person and alert once: of what runs, else of what is over."""
        of_running = (
            Told(told.person, notice, told.alert)
            for told in self.running
            for notice in self._uow.notices.of_alert(told.alert.id)
            if key_of(notice) == told.person.id
        )
        for told_of in (of_running, self.late):
            bears = (told for told in told_of if names_by_code(told.notice) and code_of(told.notice) == code)
            found = {told.is_about: told for told in bears}
            if found:
                return tuple(found.values())
        return ()

    def listed(self) -> str:
        """The codes of what waits, with whom each is about, the newest first; and with who is asked, where
        several have the same address.
        """
        is_shared = len({told.person.id for told in self.waiting}) > 1
        return "\n".join(_line(told, is_shared=is_shared) for told in self.waiting[: -MOST_LISTED - 1 : -1])

    def _could_be_meant(self, alert: Alert) -> bool:
        """Nobody answers what came after their answer: one that was long under way is about another."""
        return self._until is None or alert.opened_at <= self._until + CLOCKS_DIFFER

    @cached_property
    def _of_contacts(self) -> tuple[Told, ...]:
        found: list[Told] = []
        for notice in self._senders.to_contacts:
            person = person_of(self._uow, self._parts, notice)
            if person is not None and any(is_same(each, self._by) for each in person.channels):
                found += self._told(person, [notice])
        return tuple(found)

    def _told(self, person: Worker, notices: Iterable[Notice]) -> list[Told]:
        return [
            Told(person, notice, alert)
            for notice in notices
            if (alert := self._uow.alerts.brief(notice.alert_id)) is not None
        ]


def _line(told: Told, *, is_shared: bool) -> str:
    language, knows = told.notice.language, told.notice.text
    titles = {str(each): title for each, title in told.alert.titles.items()}
    who = knows.get("who") or title_in(language, titles, told.alert.kind)
    return f"{code_of(told.notice)} {who}" + (f" ({told.person.name})" if is_shared else "")


def _found(at_hand: AtHand, said: Said) -> Told | Result:
    """The one thing that a reply is about, or why it cannot be said."""
    if said.codes:
        named = [told for code in said.codes for told in at_hand.named(code)]
        if not named:
            return Result.UNKNOWN_CODE
        if len(named) > 1:
            return Result.WHICH_ONE
        return named[0] if said.word is not None else Result.NOT_UNDERSTOOD
    if said.word is None:
        return Result.NOT_UNDERSTOOD if at_hand.waiting else Result.UNANSWERED
    waiting = at_hand.waiting
    if len(waiting) > 1:
        # Who is called at night answers that call, whatever else has waited since the day.
        urgent = [told for told in waiting if is_urgent(told.alert)]
        return urgent[0] if urgent == [waiting[-1]] else Result.WHICH_ONE
    if waiting:
        return waiting[0]
    late = at_hand.any_of_them
    return late if late is not None else Result.NOTHING_RUNNING


_ACTIONS = {
    Word.ACCEPT: Action.ACCEPT,
    Word.ARRIVE: Action.ARRIVE,
    Word.CLOSE: Action.CLOSE,
    Word.HELP: Action.HELP,
    Word.DECLINE: Action.DECLINE,
}
_RESULTS = {
    Action.ACCEPT: Result.ACCEPTED,
    Action.ARRIVE: Result.ARRIVED,
    Action.CLOSE: Result.CLOSED,
    Action.HELP: Result.DECLINED,
    Action.DECLINE: Result.DECLINED,
}
_REFUSALS = {
    "already_accepted": Result.ALREADY_ACCEPTED,
    "already_closed": Result.ALREADY_CLOSED,
    "not_the_holder": Result.NOT_THE_HOLDER,
    "not_accepted_yet": Result.NOT_THE_HOLDER,
    "real_by_now": Result.SAID_TO_BE_REAL,
}


def _done(
    uow: UnitOfWork, parts: Console, told: Told, said: Said, text: str
) -> tuple[Result, dict[str, str]]:
    """Carry it out; what became of it, with what its words need."""
    alert = uow.alerts.get(told.alert.id) or told.alert
    if alert.is_running and not told.waits and not said.codes:
        # Nothing waits for them: whatever their role lets them do, it is not this alert that they name.
        return Result.ALREADY_ACCEPTED, {"holder": alert.accepted_by or ""}
    who = caller_of(told.person, "reply")
    if said.word is Word.CLOSE and said.outcome is None:
        return _asks_how(alert, told.person)
    action = _ACTIONS[said.word or Word.ACCEPT]
    spoken = text.strip() if action in {Action.HELP, Action.DECLINE} and not text.strip().isdigit() else None
    deed = Deed(
        action,
        alert.id,
        note=spoken,
        outcome=said.outcome or Outcome.OTHER,
        as_test=told.notice.kind is NoticeKind.TEST,
    )
    try:
        after = carry_out(uow, parts, who, deed, alert)
    except Problem as problem:
        if problem.code not in _REFUSALS:
            raise
        return _REFUSALS[problem.code], {
            "holder": alert.accepted_by or alert.closed_by or "",
            **_outcome(alert),
        }
    if alert.test is not None and alert.is_running:
        is_passed = not after.is_running and after.outcome is Outcome.TEST
        return (Result.TEST_PASSED if is_passed else Result.SAID_TO_BE_REAL), {}
    return _RESULTS[action], _outcome(after)


def _asks_how(alert: Alert, person: Worker) -> tuple[Result, dict[str, str]]:
    """A digit alone ends nothing: they are asked how it ended, if it is theirs to say."""
    if not alert.is_running:
        return Result.ALREADY_CLOSED, {"holder": alert.closed_by or "", **_outcome(alert)}
    try:
        require_may_close(alert, Actor(by=person.id, role=person.role, worker_id=person.id))
    except NotAllowed:
        is_anothers = alert.accepted_by not in (None, person.id)
        holder = {"holder": alert.accepted_by or ""}
        return (Result.ALREADY_ACCEPTED, holder) if is_anothers else (Result.NOT_THE_HOLDER, {})
    return Result.HOW_IT_ENDED, {}


def _outcome(alert: Alert) -> dict[str, str]:
    return {"outcome": alert.outcome.value} if alert.outcome is not None else {}


def _tell(
    uow: UnitOfWork,
    parts: Console,
    about: Told,
    reply: Reply,
    notice_id: str,
    result: Result,
    more: dict[str, str],
) -> None:
    alert = uow.alerts.get(about.alert.id) or about.alert
    scene = parts.gathering.around_alert(uow, alert, parts.clock.now())
    if more.get("holder"):
        more["holder"] = scene.name_of(more["holder"])
    by = as_registered(about.notice.channels + about.person.channels, reply.by)
    said = answer(about.person, by, alert, scene, notice_id, result.value, **more)
    uow.say_after(notices_made(uow.notices.add([said])))
    uow.wake_after(Topic.NOTICES)
