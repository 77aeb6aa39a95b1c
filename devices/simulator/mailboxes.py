"""The mailboxes of the cast: a small mail server on loopback where each worker has an address of their own.
It takes every notice that comes, sends nothing on, and keeps it until somebody reads it.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from email import policy
from email.parser import BytesHeaderParser
from queue import Empty, SimpleQueue

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
DOMAIN = "mailbox.invalid"
"""A name that leads nowhere (RFC 2606): a letter to it cannot leave this machine by mistake."""
NOTICE = "X-Anxin-Notice"


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail as it came in: whose mailbox, and which notice it is."""

    worker: str
    notice_id: str
    title: str


class Mailboxes:
    """Serves from `open` to `close`, on a port of its own."""

    def __init__(self) -> None:
        self._letters: SimpleQueue[Letter] = SimpleQueue()
        self.off: frozenset[str] = frozenset()
        """Whose telephone is switched off: a letter to them is taken, as any mail server does, and lies there
        unread.
        """
        self._server = _AnyPort(self, hostname=HOST, port=0)

    def open(self) -> None:
        self._server.start()

    def close(self) -> None:
        self._server.stop()

    @property
    def settings(self) -> Mapping[str, str]:
        """How a service is told to hand in its e-mail here, once it is open."""
        return {"ANXIN_SMTP_HOST": HOST, "ANXIN_SMTP_PORT": str(self._server.port)}

    def address_of(self, worker: str) -> str:
        return f"{worker}@{DOMAIN}"

    def take_new(self) -> list[Letter]:
        """What came since the last time, in order."""
        letters = []
        try:
            while True:
                letters.append(self._letters.get_nowait())
        except Empty:
            return letters

    async def handle_DATA(  # noqa: N802 - the server asks for this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take a letter; what is no notice of ours, or to nobody here, is refused in words."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        head = BytesHeaderParser(policy=policy.default).parsebytes(content)
        workers = [
            name for name, _, domain in (to.partition("@") for to in envelope.rcpt_tos) if domain == DOMAIN
        ]
        if head[NOTICE] is None or not workers:
            return f"554 expected a notice, with its id in {NOTICE}, to somebody at {DOMAIN}"
        for worker in (each for each in workers if each not in self.off):
            self._letters.put(Letter(worker, str(head[NOTICE]), str(head["Subject"] or "")))
        return "250 OK"


class _AnyPort(Controller):
    """Listens on a free port, and greets itself there when it starts."""

    def _trigger_server(self) -> None:
        listening: list[socket.socket] = self.server.sockets  # type: ignore[union-attr]
        self.port = listening[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]
