"""Carrying the mail out: each row by one process at a time, in a thread of its own, since mail servers hang."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import current_app
from peewee import OperationalError

from portal.accounts.models.people import Person
from portal.accounts.models.portals import Portal
from portal.config import Settings
from portal.db import writing
from portal.jobs import carrier, chore
from portal.notices import timing
from portal.notices.letters import CONFIRM, About, Office, Recipient, confirmation, message
from portal.notices.models import MOST_DOUBTS, REFUSED, UNSURE, Address, Outbox, Wishes
from portal.notices.post import Answer, Console, MailServer, Outcome, Post
from portal.notices.tokens import confirm_token

log = logging.getLogger("portal")

TIMES = 10  # that a busy database is asked, five seconds each
PRETEND_SENDER = "portal@localhost"  # of a mail that is only printed


def office() -> Office:
    """Of this portal."""
    settings = current_app.config["PORTAL"]
    sender = settings.mail_from or PRETEND_SENDER
    return Office(Portal.current().name, sender, settings.address, current_app.config["SECRET_KEY"])


def post_of(settings: Settings, hello: str) -> Post | Console | None:
    """Where mail goes: to the mail server; without one, to the terminal of who tries the portal alone, or nowhere."""
    if settings.smtp_url:
        return Post(MailServer.named(settings.smtp_url), hello)
    return Console() if settings.is_only_here else None


def is_set_up() -> bool:
    """Whether mail would go anywhere. Where not, what waits goes on waiting until it helps nobody."""
    return post_of(current_app.config["PORTAL"], "localhost") is not None


@chore(minutes=60, destroys=True)
def forget_old_mail(now: datetime) -> None:
    Outbox.forget_old(now)
    Address.forget_unconfirmed(now)


@carrier
def carry(now: datetime, stopped: threading.Event, post: Post | Console | None = None) -> None:
    """Send what is due, one mail after the other, until nothing is or the mail server can't be talked to."""
    sender = office()
    post = post or post_of(current_app.config["PORTAL"], sender.host)
    if post is None:
        return
    clock = running_from(now)
    with post:
        while not stopped.is_set():
            rows = Outbox.take(clock())
            if not rows or not deliver(rows, sender, post, clock):
                return


def running_from(now: datetime) -> Callable[[], datetime]:
    began = time.monotonic()
    return lambda: now + timedelta(seconds=int(time.monotonic() - began))


def deliver(rows: list[Outbox], sender: Office, post: Post | Console, clock: Callable[[], datetime]) -> bool:
    """Send the one mail that these make up, and write down what became of it; false where the others must wait."""
    rows = [row for row in rows if not given_up(row)]
    address = Address.of(rows[0].person_id) if rows else None
    if address is None or (address.confirmed_at is None and rows[0].kind != CONFIRM):
        for row in rows:
            row.give_up(REFUSED)  # the address went while it waited
        return True
    person, wishes = Person.get_by_id(rows[0].person_id), Wishes.of(rows[0].person_id)
    if rows[0].kind != CONFIRM and not wishes.digest and put_off(rows, wishes, person.zone, clock()):
        return True
    to = Recipient(person.id, address.email, person.language, person.zone, wishes.says_time)
    answer = post.send(written(rows, to, address, sender, clock(), as_digest=wishes.digest))
    settle(rows, address, answer, clock())
    return answer.goes_on


def given_up(row: Outbox) -> bool:
    """Whether it may have arrived so often that once more would be worse than not at all."""
    if row.doubts >= MOST_DOUBTS:
        row.give_up(UNSURE)
    return row.doubts >= MOST_DOUBTS


def put_off(rows: list[Outbox], wishes: Wishes, zone: str, now: datetime) -> bool:
    """Whether these must wait for the end of the quiet hours, since they are late."""
    ends = timing.after_quiet(now, wishes.wanted(zone))
    for row in rows if ends > now else []:
        row.put_back(ends, tried=False)
    return ends > now


def written(rows: list[Outbox], to: Recipient, address: Address, sender: Office, at: datetime, *, as_digest: bool):
    if rows[0].kind == CONFIRM:
        token = confirm_token(sender.secret, to.person_id, address.email, address.asked_at)
        return confirmation(to, token, sender, at=at, letter=rows[0].letter)
    about = [About(row.kind, row.happens_at, row.letter) for row in rows]
    return message(to, about, sender, at=at, as_digest=as_digest)


def settle(rows: list[Outbox], address: Address, answer: Answer, now: datetime) -> None:
    """Write down what became of a mail, also in a busy database: left unwritten, it would go out once more."""
    for left in reversed(range(TIMES)):
        try:
            with writing():
                write_down(rows, address, answer, now)
            break
        except OperationalError:
            if not left:
                raise
    log.info("mail %s %s %s", answer.outcome.value, rows[0].kind, answer.code)


def write_down(rows: list[Outbox], address: Address, answer: Answer, now: datetime) -> None:
    for row in rows:
        match answer.outcome:
            case Outcome.TAKEN:
                row.mark_sent(now)
            case Outcome.REFUSED:
                row.give_up(REFUSED)
            case outcome:
                row.put_back(row.next_try(now), doubt=outcome is Outcome.UNSURE)
    if answer.outcome in (Outcome.TAKEN, Outcome.REFUSED):
        address.heard(taken=answer.outcome is Outcome.TAKEN, now=now)
