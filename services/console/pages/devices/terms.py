"""The terms in which the pages of devices speak; `words` has a word for each of them."""

from __future__ import annotations

from enum import StrEnum


class Show(StrEnum):
    """Which devices are shown; the middle ones are somebody's to mend."""

    ALL = "all"
    NEVER = "never"
    SILENT = "silent"
    LOW = "low"
    RETIRED = "retired"


class FormFaultKind(StrEnum):
    """What is wrong with a field."""

    NO_LABEL = "no_label"
    LABEL_TOO_LONG = "label_too_long"
    NOT_A_NATIVE_NAME = "not_a_native_name"
    NOT_CARRIED = "not_carried"
    TAKEN = "taken"
    NO_TYPE = "no_type"
    NO_ECOSYSTEM = "no_ecosystem"
    NOT_A_PLACE = "not_a_place"
    NOBODY = "nobody"
    NOT_A_GATEWAY = "not_a_gateway"
    NOT_A_MAPPING = "not_a_mapping"


class StepKind(StrEnum):
    """One thing that has to be seen before the technician may leave."""

    REGISTERED = "registered"
    CREDENTIALS = "credentials"
    HEARD = "heard"
    PRESSED = "pressed"
    FALL = "fall"
    SMOKE = "smoke"
    GAS = "gas"
    LEAK = "leak"
    IN_BED = "in_bed"
    OUT_OF_BED = "out_of_bed"
    MOVED = "moved"
    OPENED = "opened"
    CLOSED = "closed"
    TOLD = "told"
    ANSWERED = "answered"


class Reach(StrEnum):
    """How far a notice came."""

    DELIVERED = "delivered"
    UNCONFIRMED = "unconfirmed"
    UNDER_WAY = "under_way"
    FAILED = "failed"


class Task(StrEnum):
    """What is to be done now."""

    MAKE_CREDENTIALS = "make_credentials"
    ENTER_CREDENTIALS = "enter_credentials"
    SWITCH_ON = "switch_on"
    PRESS = "press"
    REPORT = "report"
    WET = "wet"
    LIE_DOWN = "lie_down"
    GET_UP = "get_up"
    WALK_PAST = "walk_past"
    OPEN_IT = "open_it"
    CLOSE_IT = "close_it"
    WAIT_FOR_TELLING = "wait_for_telling"
    WAIT_FOR_ANSWER = "wait_for_answer"


class Advice(StrEnum):
    """What to look at."""

    BATTERY = "battery"
    WIFI = "wifi"
    SPELLING = "spelling"
    ADDRESS = "address"
    GATEWAY = "gateway"
    PAIRED = "paired"
    LABEL = "label"
    PLATFORM = "platform"
    NEARER = "nearer"
    LAMP = "lamp"
    CHANNEL = "channel"
    TELEPHONE = "telephone"
    ANOTHER_DEVICE = "another_device"
