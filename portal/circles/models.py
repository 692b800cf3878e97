"""Circles, who sits in them, what they agreed, whom they invited. What people wrote is sealed under the table ring."""

import hashlib
import json
import secrets
from base64 import b32decode, b32encode
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from nacl.public import PrivateKey
from peewee import BlobField, CharField, DoesNotExist, ForeignKeyField, IntegerField

from portal import vault
from portal.accounts.errors import LinkClosed
from portal.accounts.models.people import Person
from portal.accounts.models.portals import Portal
from portal.accounts.names import NAME_LENGTH
from portal.accounts.tokens import lookup_of
from portal.circles.errors import (
    AgreementChanged,
    CircleFull,
    NotAHealer,
    SeatsTaken,
    StewardSitsNowhere,
    TooManyInvitations,
)
from portal.circles.seats import OPEN_INVITATIONS, next_place
from portal.db import Instant, Prepared, Row, Table, lock, new_id, writing
from portal.rings import Closed, SeatKeys, TableKeys, accept, close, end_holder, invitation_keys, opened_or, start
from portal.web.errors import NotHere
from portal.web.language import _

INVITATION_LASTS = timedelta(hours=72)
NAME_STEP = 4 * NAME_LENGTH  # bytes: every name is as long as the longest
TOKEN_BYTES = 20  # 160 bits, as 32 characters


@dataclass(frozen=True)
class About:
    """What a circle says of itself. `opens`: false where that does not open, and only what a page needs stands here."""

    name: str
    sentence: str
    for_whom: str
    language: str
    zone: str
    opens: bool = field(default=True, compare=False)

    @property
    def said(self) -> dict[str, str]:
        return {name: said for name, said in asdict(self).items() if name != "opens"}


def packed(said: Any) -> bytes:
    """What is said, as bytes whose number tells little of how much."""
    return vault.pad(json.dumps(said, ensure_ascii=False).encode(), vault.TEXT_STEP)


def unpacked(opened: bytes) -> Any:
    return json.loads(vault.unpad(opened, vault.TEXT_STEP))


def seal_mark(sealed: bytes | None) -> str:
    """A short word for what is sealed: another one after each change, and it tells nothing about the content."""
    return hashlib.sha256(bytes(sealed)).hexdigest()[:16] if sealed else ""


def padded(name: str) -> bytes:
    return vault.pad(name.encode(), NAME_STEP)


def name_in(keys: TableKeys, seat_id: str, sealed: bytes) -> str:
    """The name of a seat of one's own table. Raises Closed and Unsealable."""
    return vault.unpad(keys.open_table(bytes(sealed), f"seat|{seat_id}|name"), NAME_STEP).decode()


def still_here(row: Row) -> Row:
    """Lock a row that a page was about. Raises NotHere if it has gone since. Must run inside `writing()`."""
    try:
        return lock(row)
    except DoesNotExist:
        raise NotHere from None


class Circle(Table):
    id = CharField(max_length=26, primary_key=True, default=new_id)
    seats = IntegerField()
    convener = CharField(max_length=26)  # the seat of who started it: a fact, not a rank
    began_at = Instant()
    sealed_about = BlobField()

    @classmethod
    def begin(
        cls, person: Person, private: PrivateKey, about: About, seats: int, agreed: list[str], name: str, now: datetime
    ) -> "Seat":
        """A new circle with its convener's seat. Raises NotAHealer and StewardSitsNowhere."""
        if person.is_steward:
            raise StewardSitsNowhere
        if not person.is_healer:
            raise NotAHealer
        circle = cls(id=new_id(), seats=seats, convener=new_id(), began_at=now)
        with writing():
            keys = start(circle.id, circle.convener, person.id, private)
            circle.describe(keys, about)
            circle.save(force_insert=True)
            Agreement.propose(circle, keys, 1, agreed, now)
            return Seat.take(circle, keys, person, name, affirmed=1, now=now)

    def describe(self, keys: SeatKeys, about: About) -> None:
        self.sealed_about = keys.seal_table(packed(about.said), f"circle|{self.id}|about")

    def change(self, keys: SeatKeys, about: About, seats: int) -> None:
        """Say something else of the circle, or set another number of seats. Raises SeatsTaken."""
        with writing():
            taken = self.seats - still_here(self).free_seats()
            if taken > seats:
                raise SeatsTaken
            self.seats = seats
            self.describe(keys, about)
            self.save(only=[Circle.seats, Circle.sealed_about])

    def is_full(self) -> bool:
        return self.free_seats() < 1

    def free_seats(self) -> int:
        """Rows count, also one that nobody can open: a page says what taking a seat would find."""
        return self.seats - len(places_taken(circle=self.id))


class Agreement(Table):
    """The circle's ground rules, one row a version."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    circle = ForeignKeyField(Circle, on_delete="CASCADE")
    version = IntegerField()
    made_at = Instant()
    sealed_rules = BlobField()

    class Meta:
        indexes = ((("circle", "version"), True),)

    @classmethod
    def propose(cls, circle: Circle, keys: SeatKeys, version: int, agreed: list[str], now: datetime) -> "Agreement":
        agreement = cls(id=new_id(), circle=circle.id, version=version, made_at=now)
        agreement.sealed_rules = keys.seal_table(packed(agreed), f"agreement|{agreement.id}|rules")
        agreement.save(force_insert=True)
        return agreement

    @classmethod
    def of(cls, circle_id: str) -> "Agreement":
        """The version that holds now."""
        return agreement_of.models(circle=circle_id)[0]

    def opened(self, keys: TableKeys) -> list[str]:
        return unpacked(keys.open_table(bytes(self.sealed_rules), f"agreement|{self.id}|rules"))


@Prepared
def agreement_of(circle: str) -> Any:
    return Agreement.select().where(Agreement.circle == circle).order_by(Agreement.version.desc()).limit(1)


class Seat(Table):
    """A person's place in a circle. Fetched through `access.seat_or_404` it holds the opened keys, too."""

    id = CharField(max_length=26, primary_key=True)  # also the id of the ring's holder
    circle = ForeignKeyField(Circle, on_delete="CASCADE")
    person = ForeignKeyField(Person, on_delete="CASCADE")
    place = IntegerField()
    joined_at = Instant()
    affirmed = IntegerField()  # the version of the agreement
    came_by = BlobField(null=True)  # hash of the invitation's lookup: who taps it again is led in
    sealed_name = BlobField()

    class Meta:
        indexes = ((("circle", "person"), True), (("circle", "place"), True))

    circle_id: str
    person_id: str
    keys: SeatKeys

    @classmethod
    def take(
        cls, circle: Circle, keys: SeatKeys, person: Person, name: str, affirmed: int, now: datetime, **given: object
    ) -> "Seat":
        """The row of a holder whom the ring has admitted. Must run inside `writing()`."""
        places = [place for (place,) in places_taken(circle=circle.id)]
        seat = cls(id=keys.holder, circle=circle, person=person.id, place=next_place(places), joined_at=now, **given)
        seat.affirmed, seat.keys = affirmed, keys
        seat.sealed_name = keys.seal_table(padded(name), f"seat|{seat.id}|name")
        seat.save(force_insert=True)
        return seat

    @cached_property
    def about(self) -> About:
        """What the circle says of itself. Raises Closed and Unsealable where no member made this seat.

        That shows in its name: where only the circle's words are damaged, the table stays open and can say them anew.
        """
        said = opened_or(None, self._said)
        if said is None and self.name:
            portal = Portal.current()
            return About(_("Your table"), "", "", portal.language, portal.zone, opens=False)
        return said or self._said()

    def _said(self) -> About:
        opened = self.keys.open_table(bytes(self.circle.sealed_about), f"circle|{self.circle.id}|about")
        return About(**unpacked(opened))

    def opens(self) -> bool:
        """Whether the keys of this seat fit its circle; those of a row that no member made do not."""
        try:
            return bool(self.about)
        except (Closed, vault.Unsealable):
            return False

    @cached_property
    def name(self) -> str:
        return name_in(self.keys, self.id, self.sealed_name)

    @classmethod
    def forget_links(cls, now: datetime) -> None:
        """By which link somebody came is nobody's business once nobody taps it any more."""
        cls.update(came_by=None).where(cls.came_by.is_null(False) & (cls.joined_at < now - INVITATION_LASTS)).execute()

    def rename(self, name: str) -> None:
        with writing():
            self.sealed_name = self.keys.seal_table(padded(name), f"seat|{self.id}|name")
            self.save(only=[Seat.sealed_name])

    def invite(self, now: datetime) -> "Invitation":
        """An open invitation; only its maker can see its link again. Raises CircleFull and TooManyInvitations."""
        token = secrets.token_bytes(TOKEN_BYTES)
        invitation = Invitation(id=new_id(), circle=self.circle_id, made_by=self.id, expires_at=now + INVITATION_LASTS)
        invitation.lookup = lookup_of(token)
        invitation.sealed_token = vault.seal_to(bytes(self.keys.private.public_key), token)
        with writing():
            circle = still_here(self.circle)
            if circle.is_full():
                raise CircleFull
            Invitation.forget_old(now)
            if Invitation.select().where(Invitation.circle == circle.id).count() >= OPEN_INVITATIONS:
                raise TooManyInvitations
            self.keys.admit_invitation(invitation.id, token, ends_at=invitation.expires_at)
            invitation.save(force_insert=True)
        return invitation

    def leave(self, take_back: bool) -> None:
        """End the seat, everywhere at once; those who stay get new epochs in the same transaction.

        `take_back` closes what this person shared here. The last one to leave takes the circle with them.
        """
        with writing():
            circle = still_here(self.circle)
            for end in ENDINGS:
                end(self, take_back)
            Invitation.delete().where(Invitation.made_by == self.id).execute()
            Seat.delete().where(Seat.id == self.id).execute()
            self.keys.leave()
            if circle.free_seats() == circle.seats:
                close(circle.id)
                circle.delete_instance()


@Prepared
def places_taken(circle: str) -> Any:
    return Seat.select(Seat.place).where(Seat.circle == circle)


ENDINGS: list[Callable[[Seat, bool], None]] = []


def when_a_seat_ends(do: Callable[[Seat, bool], None]) -> Callable[[Seat, bool], None]:
    """Have `do(seat, take_back)` done in the transaction in which someone leaves; for the rooms above."""
    ENDINGS.append(do)
    return do


class Invitation(Table):
    """An open invitation. Its id is a holder of the table ring; its token derives the lookup and the holder's keys."""

    id = CharField(max_length=26, primary_key=True)
    circle = ForeignKeyField(Circle, on_delete="CASCADE")
    lookup = BlobField(unique=True)
    made_by = ForeignKeyField(Seat, on_delete="CASCADE")
    expires_at = Instant()
    sealed_token = BlobField()  # to its maker alone

    circle_id: str
    made_by_id: str

    @classmethod
    def read(cls, written: str, now: datetime) -> tuple["Invitation", bytes]:
        """The open invitation of a link, and its token. Raises LinkClosed. Reading uses nothing up."""
        token = token_of(written)
        lookup = lookup_of(token)
        invitation = cls.select(cls, Circle).join(Circle).where((cls.lookup == lookup) & (cls.expires_at > now)).first()
        if invitation is None:
            raise LinkClosed
        return invitation, token

    def rules(self, token: bytes) -> tuple[int, list[str]]:
        """The agreement that a newcomer reads: its version and its rules."""
        agreement = Agreement.of(self.circle_id)
        return agreement.version, agreement.opened(invitation_keys(self.circle_id, self.id, token))

    def accept(
        self, token: bytes, person: Person, private: PrivateKey, name: str, affirmed: int, now: datetime
    ) -> Seat:
        """Take the seat. A refusal changes nothing.

        Raises LinkClosed, CircleFull, StewardSitsNowhere and AgreementChanged.
        """
        if person.is_steward:
            raise StewardSitsNowhere
        with writing():
            circle = still_here(self.circle)
            if circle.is_full():
                raise CircleFull
            if Agreement.of(circle.id).version != affirmed:
                raise AgreementChanged
            used = Invitation.delete().where((Invitation.id == self.id) & (Invitation.expires_at > now))
            if used.execute() != 1:
                raise LinkClosed
            keys = accept(circle.id, self.id, token, new_id(), person.id, private)
            return Seat.take(circle, keys, person, name, affirmed, now, came_by=self.lookup)

    def revoke(self) -> None:
        with writing():
            still_here(self.circle)
            Invitation.delete().where(Invitation.id == self.id).execute()
            end_holder(self.id)

    def link(self, private: PrivateKey) -> str:
        """The token as it stands in the address; only its maker's key opens it."""
        return written_token(vault.open_from(private, bytes(self.sealed_token)))

    @classmethod
    def forget_old(cls, now: datetime) -> None:
        for old in cls.select().where(cls.expires_at <= now):
            old.revoke()


def written_token(token: bytes) -> str:
    return b32encode(token).decode().lower()


def token_of(written: str) -> bytes:
    """The token of an address; nonsense gives one that nothing was made with."""
    try:
        token = b32decode(written.upper())
    except ValueError:
        token = b""
    return token if len(token) == TOKEN_BYTES else bytes(TOKEN_BYTES)


def lock_table(seat: Seat) -> None:
    """Let nobody else change what this circle has until the transaction ends. Raises NotHere for an ended seat."""
    still_here(seat.circle)
    still_here(seat)


TABLES = (Circle, Agreement, Seat, Invitation)
