"""Words: what each state, reason and kind that a page shows is called there, in English; the catalogues say
it in the other languages.

Every member of these enums has a word: a page never shows a code. `said` marks a text for extraction.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from services.console.pages.alerts.owners import ToldWhen
from services.console.pages.alerts.refusals import Refused
from services.console.pages.devices.words import DEVICE_WORDS
from services.console.pages.names import Nobody
from services.console.pages.saying import said
from services.domain.alerts import AlertState, ChangeReason, DeadlineKind, Outcome
from services.domain.devices import DeviceState, DeviceType
from services.domain.duty import HoleReason
from services.domain.findings import FindingState, Severity
from services.domain.notices import AttemptResult, NoticeKind, NoticeReason, ReceiptResult
from services.domain.people import ChannelKind, Role
from services.domain.protection import ProtectionReason, ProtectionState
from services.domain.silences import Ending, SilenceKind
from services.domain.visits import Mistake, Service
from services.escalation.policies import Relation

__all__ = ["WORDS", "said", "word_of"]

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    Role: {
        Role.GRID_WORKER: said("Grid worker"),
        Role.NEIGHBOUR: said("Neighbour"),
        Role.CAREGIVER: said("Caregiver"),
        Role.DUTY_DESK: said("Duty desk"),
        Role.TECHNICIAN: said("Technician"),
        Role.MANAGER: said("Manager of the service"),
        Role.ADMIN: said("Administrator"),
        Role.MESSENGER: said("Messenger (a program)"),
    },
    AlertState: {
        AlertState.OPEN: said("Nobody has it yet"),
        AlertState.ACCEPTED: said("On the way"),
        AlertState.ARRIVED: said("Somebody is there"),
        AlertState.CLOSED: said("Over"),
    },
    ToldWhen: {
        ToldWhen.NOW: said("Told now"),
        ToldWhen.HELD: said("Told a little later"),
        ToldWhen.IN_THE_MORNING: said("Told in the morning"),
        ToldWhen.AFTER_THE_SILENCE: said("Told after the silence"),
    },
    Severity: {
        Severity.HIGH: said("Urgent"),
        Severity.MEDIUM: said("Soon"),
        Severity.LOW: said("When you can"),
        Severity.INFO: said("Note"),
    },
    Outcome: {
        Outcome.HELPED: said("Helped"),
        Outcome.HOSPITAL: said("To hospital"),
        Outcome.FALSE_ALARM: said("False alarm"),
        Outcome.TEST: said("A test"),
        Outcome.OVER_BY_ITSELF: said("Over by itself"),
        Outcome.OTHER: said("Something else"),
    },
    ProtectionState: {
        ProtectionState.ALERT: said("Alert running"),
        ProtectionState.UNPROTECTED: said("Not protected"),
        ProtectionState.PROTECTED: said("Protected"),
    },
    ProtectionReason: {
        ProtectionReason.RUNNING_ALERT: said("Alert running"),
        ProtectionReason.LEFT: said("Has left"),
        ProtectionReason.NO_CALL_DEVICE: said("No call button"),
        ProtectionReason.DEVICE_NEVER_LIVE: said("A device was never heard"),
        ProtectionReason.DEVICE_SILENT: said("A device is silent"),
        ProtectionReason.BATTERY_LOW: said("A battery is low"),
        ProtectionReason.NOBODY_ASSIGNED: said("Nobody is assigned"),
        ProtectionReason.ROSTER_HOLE: said("Nobody is on duty at some time"),
    },
    DeviceType: {
        DeviceType.CALL_BUTTON: said("Call button"),
        DeviceType.BED_SENSOR: said("Bed sensor"),
        DeviceType.MOTION_SENSOR: said("Motion sensor"),
        DeviceType.DOOR_SENSOR: said("Door sensor"),
        DeviceType.SMOKE_DETECTOR: said("Smoke detector"),
        DeviceType.GAS_DETECTOR: said("Gas detector"),
        DeviceType.LEAK_SENSOR: said("Leak sensor"),
        DeviceType.FALL_DETECTOR: said("Fall detector"),
        DeviceType.GATEWAY: said("Gateway"),
        DeviceType.OTHER: said("Another device"),
    },
    DeviceState: {
        DeviceState.REGISTERED: said("Never heard yet"),
        DeviceState.LIVE: said("Alive"),
        DeviceState.SILENT: said("Silent"),
        DeviceState.RETIRED: said("Taken away"),
    },
    Service: {
        Service.WALKING: said("Help with walking"),
        Service.MEALS: said("Help with meals"),
        Service.CLEANING: said("Help with cleaning"),
        Service.MEDICAL: said("Medical errands"),
        Service.ERRANDS: said("Errands done"),
    },
    Mistake: {
        Mistake.WRONG_PERSON: said("The wrong person"),
        Mistake.WRONG_DETAILS: said("The wrong time or service"),
        Mistake.TWICE: said("Recorded twice"),
        Mistake.NOT_MADE: said("No visit was made"),
    },
    Nobody: {
        Nobody.HOUSE: said("the house"),
        Nobody.DUTY_DESK: said("Duty desk"),
        Nobody.LAST_RESORT: said("the last resort"),
        Nobody.PROGRAM: said("a program"),
        Nobody.UNKNOWN_DEVICE: said("A device that nobody entered"),
    },
    Refused: {
        Refused.ALREADY_ACCEPTED: said("Not done: somebody else has it."),
        Refused.ALREADY_CLOSED: said("Not done: it is over already."),
        Refused.REAL_BY_NOW: said(
            "Not done: this is no test any more but a call for help. Take it if you go."
        ),
        Refused.NOT_ACCEPTED_YET: said("Not done: nobody has it yet. It has to be taken first."),
        Refused.NOT_THE_HOLDER: said("Not done: only who has it, the duty desk or a manager may do this."),
        Refused.NOT_FOR_OTHERS: said("Not done: only the duty desk or a manager speaks for somebody else."),
        Refused.CHANGED_MEANWHILE: said("Not done: others are changing it just now. Try again."),
        Refused.NOBODY_NAMED: said("Not done: say in whose name."),
        Refused.NOBODY_THERE: said("Not done: that person does not work here any more."),
        Refused.NOT_TO_THEM: said("Not done: choose somebody who works here."),
        Refused.TOO_LONG: said("Not done: that is longer than is allowed at a time."),
        Refused.NO_OUTCOME: said("Not done yet: say how it ended."),
        Refused.NO_NOTE: said("Not done yet: the note is empty."),
        Refused.OTHERWISE: said("Not done: something in the form was not right. Try again."),
    },
    ChangeReason: {
        ChangeReason.OPENED: said("Alert raised"),
        ChangeReason.JOINED: said("Reported once more"),
        ChangeReason.PRESSED_AGAIN: said("Pressed again long after somebody came: called anew"),
        ChangeReason.SEVERITY_RAISED: said("More urgent now"),
        ChangeReason.STEP_DUE: said("The next are told"),
        ChangeReason.STEP_EMPTY: said("There is nobody to tell at this step"),
        ChangeReason.STEP_FAILED: said("Nobody of this step could be reached"),
        ChangeReason.NOBODY_TO_TELL: said("Nobody else is left to tell"),
        ChangeReason.ACCEPTED: said("has it, on the way"),
        ChangeReason.DECLINED: said("cannot go"),
        ChangeReason.ARRIVED: said("is there"),
        ChangeReason.NOT_ARRIVED_REMINDED: said("Not there yet: reminded"),
        ChangeReason.NOT_ARRIVED: said("Nobody arrived: called anew"),
        ChangeReason.NOT_CLOSED_REMINDED: said("No word how it ended: reminded"),
        ChangeReason.NOT_CLOSED: said("Not seen to: called anew"),
        ChangeReason.NOT_ANSWERED_AGAIN: said("The further press was not answered: called anew"),
        ChangeReason.HANDED_OVER: said("hands it over"),
        ChangeReason.HANDOVER_UNANSWERED: said("No answer to the hand-over: it stays where it was"),
        ChangeReason.EXTENDED: said("needs more time"),
        ChangeReason.NOTED: said("writes a note"),
        ChangeReason.CLOSED: said("says that it is over"),
        ChangeReason.OVER_BY_ITSELF: said("Over by itself"),
        ChangeReason.FACT_ENDED: said("What was found is so no longer"),
        ChangeReason.FACT_WITHDRAWN: said("What was found was taken back"),
        ChangeReason.FOUND_AGAIN: said("Looked at again and still so: called anew"),
        ChangeReason.STILL_TRUE_AFTER_CLOSE: said("Still so after it was closed"),
        ChangeReason.SILENCED: said("Silenced: nobody is told before that ends"),
        ChangeReason.SILENCE_OVER: said("The silence is over and it is still so"),
        ChangeReason.SILENCE_BROKEN: said("A call for help: the silence does not count"),
        ChangeReason.TEST_UNANSWERED: said("Nobody answered the test: it goes on as real"),
        ChangeReason.TEST_IN_DOUBT: said("It may be no test: it goes on as real"),
        ChangeReason.SAID_TO_BE_REAL: said("says that it is no test: it goes on as real"),
    },
    DeadlineKind: {
        DeadlineKind.STEP: said("then the next are told"),
        DeadlineKind.ARRIVAL_REMINDER: said("then a reminder: is somebody there?"),
        DeadlineKind.ARRIVAL: said("nobody there by then: others are called again"),
        DeadlineKind.CLOSING: said("then the house asks how it ended"),
        DeadlineKind.ANSWER_AGAIN: said("the further press not answered by then: others are called again"),
        DeadlineKind.HANDOVER: said("no answer to the hand-over by then: it stays where it is"),
        DeadlineKind.RECHECK: said("then the house looks again"),
        DeadlineKind.SILENCE: said("silenced until then: nobody is told"),
        DeadlineKind.TEST: said("without an answer by then it goes on as a real call"),
    },
    SilenceKind: {
        SilenceKind.SILENCE: said("Silenced"),
        SilenceKind.AWAY: said("Away"),
    },
    Ending: {
        Ending.TIME: said("Ended in its time"),
        Ending.LIFTED: said("Ended before its time"),
        Ending.BED: said("Ended by itself: somebody was in bed"),
        Ending.PRESS: said("Ended by itself: the call button was pressed"),
        Ending.RETURNED: said("Back home"),
        Ending.TAKEN_BACK: said("Taken back"),
    },
    FindingState: {
        FindingState.HOLDS: said("Still so"),
        FindingState.ENDED: said("No longer so"),
        FindingState.WITHDRAWN: said("Taken back: it was not so"),
        FindingState.STALE: said("Known too late"),
    },
    NoticeKind: {
        NoticeKind.ALERT: said("Called"),
        NoticeKind.JOINED: said("Called: reported once more"),
        NoticeKind.STAND_DOWN: said("Told: needed no longer"),
        NoticeKind.HANDOVER: said("Told: about handing over"),
        NoticeKind.TEST: said("A test"),
        NoticeKind.SILENCE: said("Told: about a silence or an absence"),
        NoticeKind.ANSWER: said("Answered a reply of theirs"),
    },
    NoticeReason: {
        NoticeReason.STEP: said("it is their turn"),
        NoticeReason.REMINDER: said("a reminder"),
        NoticeReason.JOINED: said("a further report"),
        NoticeReason.STAND_DOWN: said("needed no longer"),
        NoticeReason.HANDOVER: said("asked to take it over"),
        NoticeReason.HANDOVER_UNANSWERED: said("no answer to the hand-over"),
        NoticeReason.OVER_BY_ITSELF: said("over by itself"),
        NoticeReason.ANSWER: said("they replied to a message"),
        NoticeReason.LAST_RESORT: said("nobody else could be told"),
        NoticeReason.PATH_CHECK: said("the nightly test of the ways to people"),
        NoticeReason.UNCONFIRMED: said("handed on; nobody knows whether it was read"),
        NoticeReason.EVERY_CHANNEL_FAILED: said("no way to them worked"),
        NoticeReason.RECEIPT: said("confirmed afterwards by the carrier"),
        NoticeReason.NOT_RECEIVED: said("the carrier says that it never arrived"),
        NoticeReason.DIGEST: said("can wait; told in the morning, all in one message"),
        NoticeReason.THROTTLED: said("too many messages at once; told a little later"),
        NoticeReason.OVERTAKEN: said("a newer or graver message takes its place"),
        NoticeReason.OWN_PRESS: said("the house tests itself; no person is told"),
        NoticeReason.TOLD_WITHOUT_STORE: said("told from memory while nothing could be stored"),
        NoticeReason.DUPLICATE: said("told already at this step"),
        NoticeReason.TOLD_A_MOMENT_AGO: said("told a moment ago"),
        NoticeReason.BUNDLED: said("told in one message with others"),
        NoticeReason.ACCEPTED_ALREADY: said("somebody has it"),
        NoticeReason.CLOSED_ALREADY: said("it is over"),
        NoticeReason.DECLINED: said("said 'not I'"),
        NoticeReason.AWAY: said("away"),
        NoticeReason.ON_LEAVE: said("on leave"),
        NoticeReason.QUIET_HOURS: said("it is night; told in the morning"),
        NoticeReason.SILENCED: said("silenced"),
        NoticeReason.SILENCE_ENDS: said("a silence ends"),
        NoticeReason.CALLED_TOO_OFTEN: said("called too often tonight already"),
        NoticeReason.NOBODY_ON_DUTY: said("nobody is on duty"),
        NoticeReason.NOT_ASSIGNED: said("nobody is entered"),
        NoticeReason.INACTIVE: said("works here no longer"),
        NoticeReason.NO_CHANNEL: said("no way to reach them is entered"),
        NoticeReason.CHANNEL_REFUSED: said("their channel refused"),
    },
    AttemptResult: {
        AttemptResult.DELIVERED: said("delivered"),
        AttemptResult.ACCEPTED_UNCONFIRMED: said("handed on, not confirmed"),
        AttemptResult.REFUSED: said("refused"),
        AttemptResult.TIMED_OUT: said("no answer in time"),
        AttemptResult.UNKNOWN: said("not known whether it arrived"),
    },
    ReceiptResult: {
        ReceiptResult.DELIVERED: said("on the telephone, says the carrier"),
        ReceiptResult.FAILED: said("never arrived, says the carrier"),
    },
    ChannelKind: {
        ChannelKind.WEBHOOK: said("message"),
        ChannelKind.EMAIL: said("e-mail"),
        ChannelKind.WECOM_BOT: said("WeCom group"),
        ChannelKind.WECOM_APP: said("WeCom"),
        ChannelKind.DINGTALK: said("DingTalk group"),
        ChannelKind.FEISHU: said("Feishu group"),
        ChannelKind.SMS_ALIYUN: said("text message (Aliyun)"),
        ChannelKind.SMS_TENCENT: said("text message (Tencent)"),
        ChannelKind.SMS_GATEWAY: said("text message"),
        ChannelKind.VOICE: said("telephone call"),
        ChannelKind.NTFY: said("push notice"),
        ChannelKind.MQTT: said("display or siren"),
        ChannelKind.APPRISE: said("other service"),
        ChannelKind.LOOPBACK: said("to itself"),
    },
    Relation: {
        Relation.ASSIGNED: said("assigned worker"),
        Relation.BACKUP: said("backup"),
        Relation.NEIGHBOUR: said("neighbour"),
        Relation.TEAM_ON_DUTY: said("team on duty"),
        Relation.DUTY_DESK: said("duty desk"),
        Relation.TECHNICIAN: said("technician"),
        Relation.MANAGER: said("manager"),
        Relation.ADMIN: said("admin"),
        Relation.EMERGENCY_CONTACT: said("family contact"),
        Relation.NEIGHBOURING_ON_DUTY: said("on duty in the grid beside"),
    },
    HoleReason: {
        HoleReason.NOBODY: said("nobody has the turn"),
        HoleReason.ON_LEAVE: said("on leave"),
        HoleReason.INACTIVE: said("works here no longer"),
        HoleReason.NO_CHANNEL: said("no way to reach them is entered"),
    },
    **DEVICE_WORDS,
}


KIND_WORDS: Mapping[str, str] = {
    "call_button.pressed": said("call button pressed"),
    "call_button.tested": said("call button tested"),
    "bed.entered": said("in bed"),
    "bed.exited": said("out of bed"),
    "bed.vitals": said("pulse and breath"),
    "motion.detected": said("movement"),
    "door.opened": said("door opened"),
    "door.closed": said("door closed"),
    "fall.detected": said("a fall"),
    "smoke.detected": said("smoke"),
    "gas.detected": said("gas"),
    "leak.detected": said("water on the floor"),
    "device.online": said("device heard again"),
    "device.offline": said("device lost"),
    "device.battery": said("battery read"),
    "visit.completed": said("a visit"),
    "meal.ordered": said("a meal ordered"),
    "meal.collected": said("a meal collected"),
    "medication.delivered": said("medicine brought"),
    "checkup.completed": said("a check-up"),
    "resident.away": said("went away"),
    "resident.returned": said("came back"),
    "event.retracted": said("an entry taken back"),
    "resident.enrolled": said("enrolled"),
    "resident.changed": said("entry changed"),
    "resident.left": said("left"),
    "device.registered": said("device entered"),
    "device.changed": said("device changed"),
    "device.retired": said("device taken away"),
    "rule.overridden": said("rule adjusted"),
    "house.connected": said("the house hears devices again"),
    "house.disconnected": said("the house hears no device"),
}
"""What each kind of event is called."""


def word_of(member: StrEnum) -> str:
    """The English word of a member of one of these enums; KeyError for one of another."""
    return WORDS[type(member)][member]
