"""People who said yes to mail, and the mail server that takes it."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from portal.db import new_id
from portal.notices import delivery
from portal.notices.models import Address, Outbox, Wishes
from portal.notices.post import MailServer, Post
from tests.notices.mailserver import Inbox, mail_server

NOON = datetime(2026, 11, 23, 18)  # in Chicago, on a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def say_yes(member, email: str | None = None, now: datetime = NOON - 30 * DAY, **wishes) -> Address:
    """As if they had asked, got the mail and confirmed."""
    Outbox.delete().where(Outbox.person == member.id).execute()
    Address.ask(member.id, email or f"{member.name.lower()}@mail.example", now)
    Address.of(member.id).confirm(now)
    Outbox.delete().where(Outbox.kind == "confirm").execute()
    chosen = Wishes.of(member.id)
    for name, value in {"asked": True, **wishes}.items():
        setattr(chosen, name, value)
    chosen.keep(now)
    return Address.of(member.id)


def remind(member, happens_at: datetime, about: str | None = None, now: datetime = NOON - DAY, **given) -> Outbox:
    about = about or new_id()
    kind = given.pop("kind", "reminder")
    Outbox.put(member.id, about, kind, happens_at, now, **given)
    return Outbox.get((Outbox.about == about) & (Outbox.person == member.id) & (Outbox.kind == kind))


@pytest.fixture
def server() -> Iterator[tuple[Inbox, int]]:
    with mail_server() as running:
        yield running


@pytest.fixture
def inbox(server) -> Inbox:
    return server[0]


@pytest.fixture
def post(server) -> Callable[..., Post]:
    def post(patience: float = 60) -> Post:
        return Post(MailServer("127.0.0.1", server[1], tls_at_once=False, patience=patience), "localhost")

    return post


@pytest.fixture
def carried(app, cast, post, monkeypatch) -> Callable[..., None]:
    """Have what is due at a moment carried to the mail server, as if that took no time at all."""
    monkeypatch.setattr(delivery, "running_from", lambda now: lambda: now)

    def at(now: datetime, by: Post | None = None) -> None:
        with app.app_context():
            delivery.carry(now, threading.Event(), by or post())

    return at
