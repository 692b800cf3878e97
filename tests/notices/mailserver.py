"""A real mail server in this process, which answers as a test tells it to."""

import asyncio
import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.ports import free_port

HANG = object()  # instead of an answer: none at all


class Inbox:
    """What arrived, and what is answered to the next recipients and mails instead of yes."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.senders: list[str] = []
        self.recipients: list[str] = []
        self.greeted: list[str] = []
        self.at_recipient: list[object] = []
        self.at_mail: list[object] = []
        self.on_arrival = lambda mail: None
        self.secure: list[bool] = []
        self.signed_in: list[bytes] = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.at_recipient:
            return self.at_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = self.at_mail.pop(0) if self.at_mail else "250 OK"
        if answer is HANG or str(answer).startswith("250"):
            self.raw.append(envelope.content)
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
            self.senders.append(envelope.mail_from)
            self.recipients += envelope.rcpt_tos
            self.greeted.append(session.host_name)
            self.secure.append(session.ssl is not None)
            self.on_arrival(self.mails[-1])
        if answer is HANG:
            await asyncio.sleep(60)
        return answer

    def authenticate(self, server, session, envelope, mechanism, data):
        self.signed_in.append(data.login + b"|" + data.password)
        return AuthResult(success=data.password == b"p@ss:word", handled=False)

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.mails]


@contextmanager
def mail_server(host: str = "127.0.0.1", **given) -> Iterator[tuple[Inbox, int]]:
    """The inbox and the port of a server that runs meanwhile."""
    inbox = Inbox()

    class Listening(Controller):
        def factory(self):
            return SMTP(inbox, hostname="mail.test", ident="test", **given)

    controller = Listening(inbox, hostname=host, port=free_port(host), ready_timeout=60)
    controller.start()
    try:
        yield inbox, controller.port
    finally:
        controller.stop(no_assert=True)
