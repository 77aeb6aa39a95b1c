"""A real mail server for a test: it keeps what it takes and refuses whom it was told to."""

import email
import email.policy
import socket
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """A mail server that keeps what it takes and refuses whom it was told to."""

    kept: list[Envelope] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    answer: str = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the server asks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the server asks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.answer.startswith("2"):
            self.kept.append(envelope)
        return self.answer

    def letters(self) -> list[EmailMessage]:
        return [
            email.message_from_bytes(envelope.content or b"", policy=email.policy.default)  # type: ignore[arg-type]
            for envelope in self.kept
        ]


class AnyPort(Controller):
    """Listens on a free port, and greets itself there when it starts."""

    def _trigger_server(self) -> None:
        sockets: list[socket.socket] = self.server.sockets  # type: ignore[union-attr]
        self.port = sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def started(box: Mailbox, **options: object) -> AnyPort:
    controller = AnyPort(box, hostname="127.0.0.1", port=0, **options)  # type: ignore[arg-type]
    controller.start()
    return controller
