"""The e-mail channel: one message to one mail server, in the reader's language.

A server that takes a message says nothing about a person: the best outcome here is *accepted, not
confirmed*. Each recipient has a message of their own, so that one refused address never stops another's.
"""

from __future__ import annotations

import html
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from services.domain.findings import Severity
from services.domain.notices import AttemptResult
from services.notify.channels.channel import ChannelOutcome, Sending, refused, timed_out
from services.notify.channels.posting import account_refused
from services.notify.channels.time_limit import TimeLimit

SEND_FOR = timedelta(seconds=5)
"""How long the server may take for all of its answers together."""
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,255}")
_PASSING = range(400, 500)
"""Codes of a server that asks to try again later (RFC 5321 §4.2.1)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail is handed in, and as whom."""

    host: str
    port: int = 587
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = "anxin@localhost"
    starttls: bool = False
    send_for: timedelta = SEND_FOR


class EmailChannel:
    """Hands messages to a mail server, a connection each: alarms are rare and servers drop idle ones."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        recipient = address.removeprefix("mailto:")
        if not _ADDRESS.fullmatch(recipient):
            return refused("address", "no e-mail address")
        with TimeLimit(self._server.send_for) as limit:
            outcome = self._try(recipient, letter(self._server.sender, recipient, sending), limit)
        is_unknown = limit.is_over and outcome.result is not AttemptResult.ACCEPTED_UNCONFIRMED
        return timed_out("no whole answer in time") if is_unknown else outcome

    def _try(self, recipient: str, message: EmailMessage, limit: TimeLimit) -> ChannelOutcome:
        try:
            self._hand_in(recipient, message, limit)
        except TimeoutError as error:
            return timed_out(str(error))
        except smtplib.SMTPRecipientsRefused as error:
            code, said = error.recipients.get(recipient, (0, b""))
            return _refused(code, said)
        except smtplib.SMTPAuthenticationError as error:
            return _not_let_in(error.smtp_code, error.smtp_error)
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code, error.smtp_error)
        except smtplib.SMTPServerDisconnected as error:
            if isinstance(error.__context__, TimeoutError):  # how smtplib says that an answer did not come
                return timed_out(str(error))
            return refused("disconnected", str(error), may_pass=True)
        except smtplib.SMTPException as error:
            return refused("protocol", str(error))
        except OSError as error:  # refused connections, unknown hosts and broken TLS
            return refused("unreachable", str(error), may_pass=True)
        return ChannelOutcome(AttemptResult.ACCEPTED_UNCONFIRMED, "250")

    def _hand_in(self, recipient: str, message: EmailMessage, limit: TimeLimit) -> None:
        server = self._server
        with _LimitedSmtp(server, limit) as connection:
            if server.starttls:
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(message, to_addrs=[recipient])


class _LimitedSmtp(smtplib.SMTP):
    """A connection whose whole conversation has a time limit."""

    def __init__(self, server: MailServer, limit: TimeLimit) -> None:
        self._limit = limit  # before the connection, which is made here
        super().__init__(server.host, server.port, timeout=server.send_for.total_seconds())

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = socket.create_connection((host, port), timeout)
        self._limit.watch(connection)
        return connection


def letter(sender: str, recipient: str, sending: Sending) -> EmailMessage:
    """The message as it is handed in; a repeat bears the same Message-ID."""
    notice, words = sending.notice, sending.message
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    message = EmailMessage()
    message["Subject"] = words.title
    message["From"] = sender
    message["To"] = recipient
    message["Date"] = format_datetime(notice.created_at)
    message["Message-ID"] = f"<{notice.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message["X-Anxin-Notice"] = notice.id
    if notice.severity is Severity.HIGH:
        message["Importance"] = "high"
    message.set_content(words.text)
    message.add_alternative(_page(words.text, words.language.value), subtype="html")
    message["Content-Language"] = words.language.value  # set last: the parts would take it along
    return message


def _page(text: str, language: str) -> str:
    lines = (_linked(html.escape(line)) for line in text.splitlines())
    return f'<!doctype html><html lang="{language}"><body><p>{"<br>".join(lines)}</p></body></html>'


def _linked(line: str) -> str:
    if line.startswith(("http://", "https://")) and " " not in line:
        return f'<a href="{line}">{line}</a>'
    return line


def _not_let_in(code: int, said: bytes | str) -> ChannelOutcome:
    """The login is none; a server that cannot look it up just now asks by its code to try later."""
    outcome = _refused(code, said)
    return outcome if outcome.may_pass else account_refused(str(code), outcome.detail or "")


def _refused(code: int, said: bytes | str) -> ChannelOutcome:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return refused(str(code), words, may_pass=code in _PASSING)
