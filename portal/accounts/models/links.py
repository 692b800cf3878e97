"""The links that let a first person in."""

import secrets
from datetime import datetime, timedelta

from peewee import BlobField, CharField

from portal.accounts.errors import LinkClosed
from portal.accounts.models.people import Person
from portal.accounts.tokens import hashed
from portal.db import Instant, Table, new_id, writing

HEALER_LINK_LASTS = timedelta(days=14)  # it holds no keys, and people need time to think about it
SETUP_LINK_LASTS = timedelta(days=2)


class FirstLink(Table):
    """A one-time link that lets a person make an account: the steward at set-up, or a healer. It holds no keys."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    lookup = BlobField(unique=True)
    purpose = CharField(max_length=10)  # setup or healer
    expires_at = Instant()

    @classmethod
    def make(cls, purpose: str, now: datetime) -> str:
        """The token for the address; here is only its hash. A new set-up link ends the ones before it."""
        token = secrets.token_urlsafe(20)
        lasts = SETUP_LINK_LASTS if purpose == "setup" else HEALER_LINK_LASTS
        with writing():
            if purpose == "setup":
                cls.delete().where(cls.purpose == "setup").execute()
            cls.create(lookup=hashed(token.encode()), purpose=purpose, expires_at=now + lasts)
        return token

    @classmethod
    def read(cls, purpose: str, token: str, now: datetime) -> "FirstLink":
        """The open link of this token. Raises LinkClosed. Reading uses nothing up."""
        link = cls.get_or_none(
            (cls.lookup == hashed(token.encode())) & (cls.purpose == purpose) & (cls.expires_at > now)
        )
        if link is None:
            raise LinkClosed
        return link

    def make_healer(self, person_id: str) -> None:
        """Let somebody who has an account start a circle. Raises LinkClosed."""
        with writing():
            self.use_up()
            Person.update(is_healer=True).where(Person.id == person_id).execute()

    def use_up(self) -> None:
        """Raises LinkClosed when somebody was faster. Must run inside `writing()`."""
        if FirstLink.delete().where(FirstLink.id == self.id).execute() != 1:
            raise LinkClosed

    @classmethod
    def forget_old(cls, now: datetime) -> None:
        cls.delete().where(cls.expires_at <= now).execute()
