"""The ways out of the house that can be tried without telling anybody: the last resort, the mail server, the
application in WeCom, the broker for notices.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator

from services.domain.people import ChannelKind
from services.notify.channels.mqtt import MqttTopics
from services.notify.channels.posting import Poster
from services.wiring.doctor.installation import Installation
from services.wiring.doctor.judgement import Judgement, fault, ok, to_see_to
from services.wiring.doctor.thresholds import ANSWER_SECONDS
from services.wiring.ways_out import broker_of_notices, lacking, wecom_app

MOST_WORDS = 120
"""Characters of what a server said."""


def last_resort(house: Installation) -> Iterator[Judgement]:
    address = house.settings.last_resort
    if address.startswith("mailto:") and not house.settings.smtp_host:
        yield fault(
            "last resort",
            "it is an e-mail address, and no mail server is set",
            "Set ANXIN_SMTP_HOST, or name a webhook in ANXIN_LAST_RESORT.",
        )
    elif address:
        yield ok("last resort", "is set")
    elif house.is_invented:
        yield ok("last resort", "none, and everybody here is invented")
    else:
        yield fault(
            "last resort",
            "none: an alert for which nobody can be told reaches nobody outside the console",
            "Set ANXIN_LAST_RESORT to an address where somebody looks at any hour.",
        )


def mail_server(house: Installation) -> Iterator[Judgement]:
    settings = house.settings
    if not settings.smtp_host:
        yield ok("mail server", "none is set; nobody is told by e-mail")
        return
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=ANSWER_SECONDS) as connection:
            connection.ehlo()
            if settings.smtp_starttls:
                connection.starttls(context=ssl.create_default_context())
            if settings.smtp_user:
                connection.login(settings.smtp_user, settings.smtp_password)
    except smtplib.SMTPAuthenticationError as error:
        yield fault(
            "mail server",
            f"{where} does not take the login: {error.smtp_code}",
            "Correct ANXIN_SMTP_USER and ANXIN_SMTP_PASSWORD.",
        )
    except (smtplib.SMTPException, OSError) as error:
        yield fault(
            "mail server",
            f"{where} cannot be used: {str(error)[:MOST_WORDS]}",
            "Start it, open the way to it, or correct the ANXIN_SMTP_… settings.",
        )
    else:
        yield from _answers(where, is_plain=bool(settings.smtp_user) and not settings.smtp_starttls)


def _answers(where: str, *, is_plain: bool) -> Iterator[Judgement]:
    if is_plain:
        yield to_see_to(
            "mail server", f"{where} is given the password without TLS", "Set ANXIN_SMTP_STARTTLS to true."
        )
    else:
        yield ok("mail server", f"{where} answers")


def wecom(house: Installation) -> Iterator[Judgement]:
    settings = house.settings
    if lacking(settings, ChannelKind.WECOM_APP):
        yield ok("WeCom", "no application is set up; nobody is told by one")
        return
    poster = Poster()
    outcome = wecom_app(settings, poster).signed_in(house.now)
    poster.close()
    if outcome is None:
        yield ok("WeCom", "takes the application's login")
    else:
        said = f"{outcome.status or outcome.result}: {outcome.detail or 'no answer'}"
        yield fault(
            "WeCom",
            f"does not take the application's login: {said[:MOST_WORDS]}",
            "Correct ANXIN_WECOM_CORP_ID and ANXIN_WECOM_SECRET, or open the way to ANXIN_WECOM_URL.",
        )


def notice_broker(house: Installation) -> Iterator[Judgement]:
    settings = house.settings
    if lacking(settings, ChannelKind.MQTT):
        yield ok("notice broker", "none is set; no notice is published")
        return
    outcome = MqttTopics(broker_of_notices(settings, "")).signed_in()
    if outcome is None:
        yield ok("notice broker", "takes the login")
    else:
        said = f"{outcome.status or outcome.result}: {outcome.detail or 'no answer'}"
        yield fault(
            "notice broker",
            f"cannot be used: {said[:MOST_WORDS]}",
            "Start it, open the way to it, or correct ANXIN_NOTICES_MQTT_URL.",
        )
