"""Handing a mail to the mail server, and what it answered. Every step has its time, and the whole talk, too."""

import re
import smtplib
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from enum import Enum
from typing import TextIO
from urllib.parse import unquote, urlsplit

from portal.notices.letters import as_sent

PATIENCE = 20  # seconds for one answer
TALK = 120  # seconds for all that is said about one mail: a server that answers byte by byte is cut off
GOODBYE = 1  # seconds
SUBMISSION, TLS_SUBMISSION = 587, 465
HERE = ("localhost", "127.0.0.1", "::1")
SAID = 200  # characters of an answer that are shown
CLOSING = 421
TOKEN = re.compile(r"(/(?:off|confirm)/)\S+")


class Outcome(Enum):
    TAKEN = "taken"
    REFUSED = "refused"  # for good: this mailbox or this mail
    LATER = "later"  # not now, or the server could not be talked to at all
    UNSURE = "unsure"  # the whole mail was handed over, and no answer came


@dataclass(frozen=True)
class Answer:
    """What became of a mail.

    `said` is what the server answered or what went wrong: it can hold an address, so it is for the steward's eyes and
    no log. `code` is the number or the name of it.
    """

    outcome: Outcome
    code: str
    said: str
    goes_on: bool = True  # whether this server can be talked to about the next mail


class Refusal(Exception):
    """What the server answered instead of yes; `for_good` only where it is about this mailbox or this mail."""

    def __init__(self, code: int, words: bytes, *, for_good: bool) -> None:
        super().__init__(sentence(code, words))
        self.code, self.for_good, self.is_clear = code, for_good, 400 <= code < 600


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    tls_at_once: bool
    user: str = ""
    password: str = ""
    patience: float = PATIENCE
    talk: float = TALK

    @classmethod
    def named(cls, url: str) -> "MailServer":
        """The one that the setting `smtp_url` names; whether it is whole was seen when the settings were read."""
        parts = urlsplit(url)
        at_once = parts.scheme == "smtps"
        port = parts.port or (TLS_SUBMISSION if at_once else SUBMISSION)
        return cls(str(parts.hostname), port, at_once, unquote(parts.username or ""), unquote(parts.password or ""))

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine: the one way on which mail may go without TLS."""
        return self.host in HERE

    def connect(self, hello: str) -> smtplib.SMTP:
        """Sign in, under TLS with a certificate that holds. Raises OSError and SMTPException."""
        if self.tls_at_once:
            safe = ssl.create_default_context()
            talk: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, hello, timeout=self.patience, context=safe)
        else:
            talk = smtplib.SMTP(self.host, self.port, hello, timeout=self.patience)
        try:
            if not self.tls_at_once and not self.is_here:
                talk.starttls(context=ssl.create_default_context())
            talk.ehlo_or_helo_if_needed()
            if self.user:
                talk.login(self.user, self.password)
        except BaseException:
            talk.close()
            raise
        return talk


class Post:
    """One talk with the mail server, begun with the first mail. For `with`."""

    def __init__(self, server: MailServer, hello: str) -> None:
        self.server, self.hello = server, hello
        self.talk: smtplib.SMTP | None = None
        self.handed_over = False  # whether the whole mail may be there, though no answer has come
        self.was_cut = False

    def __enter__(self) -> "Post":
        return self

    def __exit__(self, *_given: object) -> None:
        self.end()

    def send(self, mail: EmailMessage) -> Answer:
        """Hand it over. Raises nothing that a mail server could cause."""
        self.handed_over = self.was_cut = False
        try:
            with cut_off_after(self.server.talk, self.cut):
                answer = Answer(Outcome.TAKEN, "250", self.hand_over(mail, time.monotonic() + self.server.talk))
        except (Refusal, OSError, smtplib.SMTPException, ValueError) as error:  # a cut can also break as a ValueError
            answer = self.what_became(error)
        if not answer.goes_on:
            self.end()
        return answer

    def what_became(self, error: Exception) -> Answer:
        """Only a clear and whole no is one."""
        if isinstance(error, Refusal) and error.is_clear and not self.was_cut:
            outcome = Outcome.REFUSED if error.for_good else Outcome.LATER
            return Answer(outcome, str(error.code), str(error), goes_on=error.code != CLOSING)
        outcome = Outcome.UNSURE if self.handed_over else Outcome.LATER
        return Answer(outcome, type(error).__name__, in_words(error), goes_on=False)

    def hand_over(self, mail: EmailMessage, until: float) -> str:
        """What the server says to it, step by step: only so is it known whether the whole mail had left."""
        talk = self.talk = self.talk or self.server.connect(self.hello)
        expect(talk.mail(address_of(mail, "From")), 250, for_good=False)  # a wrong sender is the steward's to mend
        try:
            expect(talk.rcpt(address_of(mail, "To")), 250, 251, for_good=True)
            expect(talk.docmd("DATA"), 354, for_good=True)
        except Refusal:
            with suppress(OSError, smtplib.SMTPException):
                talk.rset()
            raise
        if time.monotonic() > until:  # somebody else may have the mail in hand by now
            raise TimeoutError("too slow")
        talk.send(re.sub(rb"(?m)^\.", b"..", as_sent(mail)))
        self.handed_over = True
        talk.send(b".\r\n")
        return expect(talk.getreply(), 250, for_good=True)

    def cut(self) -> None:
        """From another thread: whoever waits for an answer finds that the talk has ended."""
        self.was_cut, talk = True, self.talk
        if talk is not None and talk.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(talk.sock, socket.SHUT_RDWR)  # not TLS's own, which would wait for an answer

    def end(self) -> None:
        talk, self.talk = self.talk, None
        if talk is None:
            return
        with suppress(OSError, smtplib.SMTPException):
            if talk.sock is not None:
                talk.sock.settimeout(GOODBYE)
                talk.quit()
        talk.close()


def expect(answer: tuple[int, bytes], *fine: int, for_good: bool) -> str:
    """The answer in words. Raises Refusal."""
    code, words = answer
    if code not in fine:
        raise Refusal(code, words, for_good=for_good and 500 <= code < 600)
    return sentence(code, words)


def sentence(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"[:SAID]


def address_of(mail: EmailMessage, header: str) -> str:
    return mail[header].addresses[0].addr_spec


def in_words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return sentence(error.smtp_code, error.smtp_error)
    return (str(error) or type(error).__name__)[:SAID]


@contextmanager
def cut_off_after(seconds: float, cut: Callable[[], None]) -> Iterator[None]:
    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class Console:
    """Where no mail server is set and nobody else can open the portal: mail is printed, without its address.

    Its links are printed only to a terminal: what goes to a file might be kept as a log.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout

    def __enter__(self) -> "Console":
        return self

    def __exit__(self, *_given: object) -> None:
        pass

    def send(self, mail: EmailMessage) -> Answer:
        body = str(mail.get_content())
        if not self.stream.isatty():
            body = TOKEN.sub(r"\1…", body)
        head = ["A mail, if there were a mail server:", f"From: {mail['From']}", f"Subject: {mail['Subject']}", ""]
        lines = [f"| {line}".rstrip() for line in [*head, *body.splitlines()]]
        print("\n".join(lines), file=self.stream, flush=True)
        return Answer(Outcome.TAKEN, "printed", "printed")
