"""Secret addresses at which a calendar program reads somebody's dates. Kept are a hash of each, and no clear words."""

import base64
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from nacl.public import PrivateKey
from peewee import BlobField, CharField, ForeignKeyField

from portal import vault
from portal.accounts.models.people import Person
from portal.accounts.tokens import lookup_of
from portal.circles.models import Circle, Seat, lock_table, still_here, when_a_seat_ends
from portal.db import Instant, Prepared, Table, afterwards, forget_deleted, new_id, rows, writing
from portal.feeds.errors import TooManyFeeds
from portal.rings import end_holder
from portal.web.errors import NotHere

TOKEN_BYTES = 16  # 128 bits
MOST = 5  # for one person: those that show places hold keys, so there is an end to them
SHOWN_FOR = timedelta(minutes=15)  # the address, to whoever made it; afterwards to nobody
TITLE_LENGTH = 40  # characters
TITLE_STEP = 4 * TITLE_LENGTH  # bytes: every title is as long as the longest


class Feed(Table):
    """One secret address. Its token opens the title and, through `FeedHolder`, the places; the database opens neither.

    The token follows from its person's own key: it can be shown for a while after it was made, and is stored nowhere.
    """

    id = CharField(max_length=26, primary_key=True, default=new_id)
    person = ForeignKeyField(Person, on_delete="CASCADE")
    circle = ForeignKeyField(Circle, null=True, on_delete="CASCADE")  # null: wherever the person sits
    lookup = BlobField(unique=True)
    made_at = Instant()
    sealed_title = BlobField(null=True)  # by the token; null: a neutral word
    sealed_for_list = BlobField(null=True)  # the same title, to its person's key

    person_id: str
    circle_id: str | None

    @classmethod
    def make(
        cls,
        id: str,
        person: Person,
        private: PrivateKey,
        circle_id: str | None,
        title: str,
        places_of: Iterable[Seat],
        now: datetime,
    ) -> "Feed":
        """Make an address for the dates of one circle, or of all. What was made under this id is not made again.

        It opens the places of `places_of`, each as much as that seat does. Raises TooManyFeeds, NotHere and Refused.
        """
        with writing():
            still_here(person)
            made = cls.get_or_none(cls.id == id)
            if made and made.person_id == person.id:
                return made
            if cls.select().where(cls.person == person.id).count() >= MOST:
                raise TooManyFeeds
            feed = cls(id=new_id() if made else id, person=person.id, circle=circle_id, made_at=now)
            token = feed.token(private)
            feed.lookup = lookup_of(token)
            feed.name(title, token, private)
            feed.save(force_insert=True)
            for seat in sorted(places_of, key=lambda seat: seat.circle_id):
                FeedHolder.admit(feed, seat, token)
        return feed

    def token(self, private: PrivateKey) -> bytes:
        """128 bits that only its person can make. One that is made anew under the same id is another one."""
        return vault.mac(bytes(private), "feed", self.id, self.made_at.isoformat())

    def name(self, title: str, token: bytes, private: PrivateKey) -> None:
        if title:
            padded = vault.pad(title.encode(), TITLE_STEP)
            self.sealed_title = vault.seal(vault.derive(token, "title"), padded, f"feed|{self.id}|title")
            self.sealed_for_list = vault.seal_to(bytes(private.public_key), padded, f"feed|{self.id}|for_list")

    def title(self, token: bytes) -> str:
        """The title that its person chose; empty where it is a neutral word, or was changed and does not open."""
        if self.sealed_title is None:
            return ""
        try:
            opened = vault.unseal(vault.derive(token, "title"), bytes(self.sealed_title), f"feed|{self.id}|title")
        except vault.Unsealable:
            return ""
        return vault.unpad(opened, TITLE_STEP).decode()

    def title_for_list(self, private: PrivateKey) -> str:
        """The same, for the page on which the address can be ended: nothing may stand in the way of that."""
        if self.sealed_for_list is None:
            return ""
        try:
            opened = vault.open_from(private, bytes(self.sealed_for_list), f"feed|{self.id}|for_list")
        except vault.Unsealable:
            return ""
        return vault.unpad(opened, TITLE_STEP).decode()

    def is_shown(self, now: datetime) -> bool:
        """Whether its person may still read the address."""
        return self.made_at <= now < self.made_at + SHOWN_FOR

    @classmethod
    def read(cls, written: str) -> "tuple[Feed, bytes]":
        """The feed of an address with its person, and its token. Raises NotHere: ended, or never made."""
        token = token_of(written)
        found = feed_and_person.models(lookup=lookup_of(token))
        if not found or found[0].person.is_steward:
            raise NotHere
        return found[0], token

    def end(self) -> None:
        """From here on the address answers nobody. Ending it twice changes nothing."""
        with writing():
            for (holder,) in rows(FeedHolder.select(FeedHolder.id).where(FeedHolder.feed == self.id)):
                end_holder(holder)
            Feed.delete().where(Feed.id == self.id).execute()
            afterwards(forget_deleted)


@Prepared
def feed_and_person(lookup: bytes) -> Any:
    return Feed.select(Feed, Person).join(Person).where(Feed.lookup == lookup)


class FeedHolder(Table):
    """That a feed shows the places of one table. Its id is a holder of the table ring, invited by the person's seat.

    The holder goes when that seat ends, as an open invitation does, and a new epoch is granted to it as to those.
    """

    id = CharField(max_length=26, primary_key=True)
    feed = ForeignKeyField(Feed, on_delete="CASCADE")
    seat = ForeignKeyField(Seat, on_delete="CASCADE")

    @classmethod
    def admit(cls, feed: Feed, seat: Seat, token: bytes) -> None:
        """Must run inside `writing()`. Raises NotHere, Closed and Refused."""
        lock_table(seat)
        holder = cls(id=new_id(), feed=feed.id, seat=seat.id)
        seat.keys.admit_invitation(holder.id, places_secret(token))
        holder.save(force_insert=True)


def written_token(token: bytes) -> str:
    return base64.b32encode(token).decode().rstrip("=").lower()


def token_of(written: str) -> bytes:
    """The token of an address, which is written in one way only. Raises NotHere."""
    try:
        token = base64.b32decode(written.upper() + "=" * (-len(written) % 8))
    except ValueError:
        raise NotHere from None
    if len(token) != TOKEN_BYTES or written_token(token) != written:
        raise NotHere
    return token


def places_secret(token: bytes) -> bytes:
    """What the keys of a feed's holders come from: too long to be the token of an invitation, which takes a seat."""
    return vault.derive(token, "places")


@when_a_seat_ends
def end_feeds(seat: Seat, take_back: bool) -> None:
    """Addresses of this table alone end; those of all tables lose its dates. Its holders end with the seat's."""
    Feed.delete().where((Feed.person == seat.person_id) & (Feed.circle == seat.circle_id)).execute()
    afterwards(forget_deleted)


TABLES = (Feed, FeedHolder)
