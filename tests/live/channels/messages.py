"""A press as it is sent: a notice of an open alert and its words."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from services.domain.notices import Notice
from services.domain.people import Language
from services.escalation.links import link_key
from services.escalation.scene import House
from services.escalation.text import message_of
from services.notify.channels import Sending
from tests.unit.escalation.cast import NIGHT, Case

HOUSE = House(
    ZoneInfo("Asia/Shanghai"), link_base="https://anxin.example.org", link_key=link_key("hush-hush")
)
SENT_AT = datetime(2025, 7, 22, 18, 13, 6, tzinfo=UTC)


def press(language: Language = Language.ZH_CN) -> Notice:
    case = Case(now=NIGHT)
    case.press()
    return replace(case.notices[0], language=language, number=419)


def sending(language: Language = Language.ZH_CN) -> Sending:
    notice = press(language)
    return Sending(notice, message_of(notice, HOUSE), SENT_AT)
