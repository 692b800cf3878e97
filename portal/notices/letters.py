"""What stands in a mail: few words, always the same, that tell a passer-by nothing. One function writes it, for the
preview on a person's page as for the mail server.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from portal.accounts.neutral import telling_word
from portal.notices.tokens import message_mark, off_token
from portal.web.filters import clock, day
from portal.web.language import _, language, lazy, use

REMINDER, ASKED, CHANGED = "reminder", "asked", "changed"
KINDS = (REMINDER, ASKED, CHANGED)  # what other rooms may have sent
DIGEST, CONFIRM, TEST = "digest", "confirm", "test"

SUBJECT = {
    REMINDER: lazy("For your calendar"),
    ASKED: lazy("A question for you"),
    CHANGED: lazy("A date has changed"),
    DIGEST: lazy("The days ahead"),
    CONFIRM: lazy("Is this your address?"),
    TEST: lazy("A test"),
}


PLAIN = SMTP.clone(cte_type="7bit")  # not every server takes more
UNFOLDED = PLAIN.clone(max_line_length=990)  # characters; folding would break the address in List-Unsubscribe


@dataclass(frozen=True)
class Office:
    """Where mail comes from: the place's name, the sender's address, the place's address, and what signs links."""

    house: str
    sender: str
    address: str
    secret: str

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or "localhost"

    @property
    def says_nothing(self) -> bool:
        """Whether sender and links are as neutral as the rest."""
        return not telling_word(self.sender) and not telling_word(self.host)


@dataclass(frozen=True)
class Recipient:
    """Whom a mail is for, and how they want to be written to."""

    person_id: str
    email: str
    language: str
    zone: str
    says_time: bool = False


@dataclass(frozen=True)
class About:
    """One thing to write of: its kind, and the moment it happens."""

    kind: str
    happens_at: datetime
    letter: str = ""  # the id of the row, with its version


def message(
    to: Recipient, about: Sequence[About], office: Office, *, at: datetime, as_digest: bool = False
) -> EmailMessage:
    """The whole mail; `at` (naive UTC) is the moment it is written. Only its date and its id differ each time."""
    with speaking(to.language):
        off = f"{office.address}/off/{off_token(office.secret, to.person_id, to.email)}"
        words = in_a_digest(to, about) if as_digest else on_its_own(to, about[0])
        body = "\n".join([*words, "", _("To end these mails:"), off, ""])
        made = envelope(office, to.email, str(SUBJECT[DIGEST if as_digest else about[0].kind]), body, at)
    made["Message-ID"] = f"<{message_mark(office.secret, [one.letter for one in about])}@{office.host}>"
    made["List-Unsubscribe"] = f"<{off}>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return made


def on_its_own(to: Recipient, one: About) -> list[str]:
    match one.kind:
        case "asked":
            return [_("There is a question for you. Look when it suits you.")]
        case "changed":
            return [_("A date on your calendar has changed. Look when it suits you.")]
    return [_("Something is on your calendar: %(when)s.", when=when(to, one.happens_at))]


def in_a_digest(to: Recipient, about: Sequence[About]) -> list[str]:
    moments = sorted({one.happens_at for one in about if one.kind == REMINDER})
    kinds = {one.kind for one in about}
    words = [_("On your calendar:"), *[f"- {when(to, moment)}" for moment in moments]] if moments else []
    if CHANGED in kinds:
        words.append(_("A date on your calendar has changed."))
    if ASKED in kinds:
        words.append(_("There is a question for you."))
    return words


def when(to: Recipient, moment: datetime) -> str:
    """Friday 27 November; with the hour only for who chose so."""
    said = day(moment, to.zone)
    return f"{said}, {clock(moment, to.zone)}" if to.says_time else said


def confirmation(to: Recipient, token: str, office: Office, *, at: datetime, letter: str) -> EmailMessage:
    """The one mail to an address that nobody has confirmed yet."""
    with speaking(to.language):
        words = [
            _("Somebody, probably you, asked for mail to this address. To say yes, open this page:"),
            f"{office.address}/confirm/{token}",
            "",
            _("If it was not you, do nothing. No more will come."),
            "",
        ]
        made = envelope(office, to.email, str(SUBJECT[CONFIRM]), "\n".join(words), at)
    made["Message-ID"] = f"<{message_mark(office.secret, [letter])}@{office.host}>"
    return made


def trial(email: str, office: Office, *, at: datetime, letter: str) -> EmailMessage:
    """What a steward sends to see whether mail works."""
    made = envelope(office, email, str(SUBJECT[TEST]), _("If you can read this, mail works.") + "\n", at)
    made["Message-ID"] = f"<{message_mark(office.secret, [letter])}@{office.host}>"
    return made


def envelope(office: Office, email: str, subject: str, body: str, at: datetime) -> EmailMessage:
    """The place's name stands in it only if it tells nothing."""
    made = EmailMessage(policy=PLAIN)
    house = "" if telling_word(office.house) else office.house
    made["From"] = Address(display_name=house, addr_spec=office.sender)
    if email:
        made["To"] = Address(addr_spec=email)
    made["Subject"] = subject
    made["Date"] = format_datetime(at.replace(tzinfo=UTC))
    made["Auto-Submitted"] = "auto-generated"  # so that no absence note answers it
    made.set_content(body)
    return made


def as_sent(mail: EmailMessage) -> bytes:
    """The bytes that go to the mail server."""
    return mail.as_bytes(policy=UNFOLDED)


@dataclass(frozen=True)
class Preview:
    """What a person sees of a mail before they say yes: taken from the mail itself."""

    sender: str
    subject: str
    body: str

    @classmethod
    def of(cls, mail: EmailMessage) -> "Preview":
        return cls(str(mail["From"]), str(mail["Subject"]), mail.get_content().strip())


def example(now: datetime) -> datetime:
    """A moment for previews: in three days, on the hour."""
    return now.replace(minute=0, second=0) + timedelta(days=3)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """The words in between are in this language."""
    before = language()
    use(code)
    try:
        yield
    finally:
        use(before)
