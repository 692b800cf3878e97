"""Key rings: the epochs of a circle's secrets, who holds them, and the wraps that are a piece's audience.

All that a stolen database would hold; whatever needs a secret stands in `access`. An owner is a circle (later a cohort,
the intake readers). Each has two rings, *table* and *works*, whose epochs begin together.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any

from peewee import BlobField, CharField, DoesNotExist, ForeignKeyField, IntegerField, IntegrityError, TextField

from portal.db import Instant, Prepared, Table, afterwards, lock, utcnow, writing
from portal.rings.errors import Closed, Refused
from portal.rings.proofs import pin, proof, tag
from portal.vault import new_key, pair, seal_to

TABLE, WORKS = RINGS = "table", "works"
BOTH = " ".join(RINGS)
AUTHOR, SEAT, RING = "author", "seat", "ring"  # the kinds of audience


class Ring(Table):
    """One row for each owner: what every change of its holders, epochs, grants and wraps locks first."""

    owner = CharField(max_length=26, primary_key=True)


@contextmanager
def changing(owner: str) -> Iterator[None]:
    """One transaction that holds the owner's row, so that what it reads is still so when it writes.

    A caller that also locks a row of its own room (the circle's) locks that one first. Raises Closed.
    """
    with writing():
        try:
            lock(Ring(owner=owner))
        except DoesNotExist as error:
            raise Closed from error
        yield


class Holder(Table):
    """A seat, an open invitation, or a feed that shows places: whose id it shares, and whom insiders have admitted."""

    id = CharField(max_length=26, primary_key=True)
    owner = ForeignKeyField(Ring, on_delete="CASCADE")
    public = BlobField()
    rings = CharField()  # those it is granted when an epoch begins, with a space between
    ends_at = Instant(null=True)
    tag = BlobField(default=b"")  # by the newest table secret
    pin = BlobField(default=b"")  # by the holder's own secret
    invited_by = ForeignKeyField("self", null=True, on_delete="CASCADE")  # of an invitation: it goes with its maker

    owner_id: str
    invited_by_id: str | None

    def holds(self, ring: str) -> bool:
        return ring in self.rings.split()

    def is_over(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now

    def is_tagged_by(self, table_secret: bytes) -> bool:
        return compare_digest(bytes(self.tag), self._tag(table_secret))

    def has_pinned(self, first: bytes, own_secret: bytes) -> bool:
        return compare_digest(bytes(self.pin), pin(own_secret, self.owner_id, first))

    def tag_by(self, table_secret: bytes) -> None:
        self.tag = self._tag(table_secret)

    def pin_to(self, first: bytes, own_secret: bytes) -> None:
        self.pin = pin(own_secret, self.owner_id, first)

    def _tag(self, table_secret: bytes) -> bytes:
        until = self.ends_at.isoformat() if self.ends_at else ""
        return tag(table_secret, self.owner_id, self.id, bytes(self.public), self.rings.split(), until)


class Epoch(Table):
    """One secret of a ring, from its beginning to the next; the secret itself stands only in grants."""

    owner = ForeignKeyField(Ring, on_delete="CASCADE")
    ring = CharField(max_length=5)
    number = IntegerField()  # from 1
    public = BlobField()  # of the pair that the secret makes: the portal can seal to the ring without reading it
    holders = TextField()  # JSON: everyone it was granted to, since it began
    proof = BlobField()

    owner_id: str

    class Meta:
        indexes = ((("owner", "ring", "number"), True),)

    @classmethod
    def of(cls, owner: str, ring: str) -> list["Epoch"]:
        """Every epoch of a ring, oldest first."""
        return list(cls.select().where((cls.owner == owner) & (cls.ring == ring)).order_by(cls.number))

    @classmethod
    def newest(cls, owner: str, ring: str) -> "Epoch | None":
        return cls.select().where((cls.owner == owner) & (cls.ring == ring)).order_by(cls.number.desc()).first()

    def is_for(self, holders: Iterable[Holder]) -> bool:
        """Whether exactly those of `holders` who hold this ring were granted it."""
        return self.holders == written(holder.id for holder in holders if holder.holds(self.ring))

    def name(self, holders: Iterable[str], before: bytes, secret: bytes) -> None:
        """State who was granted this secret, and prove it."""
        self.holders = written(holders)
        self.proof = self._proof(before, secret)

    def is_proven_by(self, before: bytes, secret: bytes) -> bool:
        proven = compare_digest(bytes(self.proof), self._proof(before, secret))
        return proven and bytes(self.public) == public_half(secret)

    def _proof(self, before: bytes, secret: bytes) -> bytes:
        return proof(before, self.owner_id, self.ring, self.number, secret, self.holders)


def written(holders: Iterable[str]) -> str:
    return json.dumps(sorted(holders))


def public_half(secret: bytes) -> bytes:
    return bytes(pair(secret).public_key)


class Grant(Table):
    """An epoch's secret, sealed to a holder's public key."""

    holder = ForeignKeyField(Holder, on_delete="CASCADE")
    ring = CharField(max_length=5)
    number = IntegerField()
    sealed_secret = BlobField()

    class Meta:
        indexes = ((("holder", "ring", "number"), True),)

    @classmethod
    def give(cls, holder: Holder, ring: str, number: int, secret: bytes) -> None:
        bound_to = cls.place(holder.owner_id, holder.id, ring, number)
        sealed = seal_to(bytes(holder.public), secret, bound_to)
        cls.create(holder=holder.id, ring=ring, number=number, sealed_secret=sealed)

    @staticmethod
    def place(owner: str, holder: str, ring: str, number: int) -> str:
        return f"grant|{owner}|{holder}|{ring}|{number}"


class Wrap(Table):
    """A piece's key, sealed to one audience: the author, a named seat, or a works epoch. There is no other audience."""

    piece = CharField(max_length=26)
    kind = CharField(max_length=6)
    who = CharField(max_length=26, default="")  # the author's person or the named holder
    owner = CharField(max_length=26, default="", index=True)
    number = IntegerField(default=0)  # of the works epoch
    sealed_key = BlobField()

    class Meta:
        indexes = ((("piece", "kind", "who", "owner", "number"), True), (("who",), False))

    def place(self) -> str:
        return f"piece|{self.piece}|{self.kind}|{self.who}|{self.owner}|{self.number}"

    def put(self) -> None:
        """Save it in the stead of one to the same audience."""
        audience = (Wrap.piece, Wrap.kind, Wrap.who, Wrap.owner, Wrap.number)
        Wrap.insert(self.__data__).on_conflict(conflict_target=audience, preserve=(Wrap.sealed_key,)).execute()

    @classmethod
    def forget(cls, holder: str) -> None:
        """Take away what was opened to a seat by name."""
        cls.delete().where((cls.kind == SEAT) & (cls.who == holder)).execute()


class Told(Table):
    """What a circle is told: a key, an epoch or a root that no member made, said once until it is put away."""

    owner = CharField(max_length=26)
    at = Instant()
    what = CharField(max_length=5)  # "key", "epoch", "root" or "seat"
    about = CharField(max_length=40)  # a holder's id, or a ring and its number

    class Meta:
        indexes = ((("owner", "what", "about"), True),)

    @classmethod
    def tell(cls, owner: str, what: str, about: str) -> None:
        """Write it down once the transaction under way has ended: a refusal rolls that one back, but not this.

        What stands there already is only looked up, for a page that is read must not wait for those who write.
        """
        row = {"owner": owner, "at": utcnow(), "what": what, "about": about}

        def write() -> None:
            if not told_before(owner=owner, what=what, about=about):
                cls.insert(row).on_conflict_ignore().execute()

        afterwards(write)

    @classmethod
    def anything(cls, owner: str) -> bool:
        return bool(anything_told(owner=owner))

    @classmethod
    def put_away(cls, owner: str) -> None:
        """The circle has read it and talked about it."""
        cls.delete().where(cls.owner == owner).execute()


@Prepared
def told_before(owner: str, what: str, about: str) -> Any:
    return Told.select(Told.what).where((Told.owner == owner) & (Told.what == what) & (Told.about == about))


@Prepared
def anything_told(owner: str) -> Any:
    return Told.select(Told.what).where(Told.owner == owner).limit(1)


TABLES = (Ring, Holder, Epoch, Grant, Wrap, Told)


@dataclass(frozen=True)
class Audience:
    """Whom a piece is open to: a person (author), a holder (seat) or an owner's works epoch (ring)."""

    kind: str
    who: str = ""
    owner: str = ""
    number: int = 0


def audience(piece_id: str) -> list[Audience]:
    """Everyone a piece is open to. Its wraps are all there is."""
    rows = Wrap.select().where(Wrap.piece == piece_id).order_by(Wrap.kind, Wrap.owner, Wrap.who, Wrap.number)
    return [Audience(wrap.kind, wrap.who, wrap.owner, wrap.number) for wrap in rows]


def destroy(piece_id: str) -> None:
    """Destroy a piece's key: nobody opens it again, the author no more than others."""
    with wraps_locked([piece_id]):
        Wrap.delete().where(Wrap.piece == piece_id).execute()


@contextmanager
def wraps_locked(pieces: Any) -> Iterator[None]:
    """One transaction that holds every owner's row to whose holders one of the pieces is open, in one order."""
    with writing():
        owners = Wrap.select(Wrap.owner).where(Wrap.piece.in_(pieces) & (Wrap.owner != ""))
        for ring in Ring.select().where(Ring.owner.in_(owners)).order_by(Ring.owner):
            lock(ring)
        yield


def admitted(owner: str, table_secret: bytes) -> list[Holder]:
    """Those whom an insider let in and whose time is not over. The circle is told of every other key."""
    now, good = utcnow(), []
    for holder in Holder.select().where(Holder.owner == owner).order_by(Holder.id):
        if holder.is_over(now):  # asked first: nobody tags it any more
            continue
        if holder.is_tagged_by(table_secret):
            good.append(holder)
        else:
            Told.tell(owner, "key", holder.id)
    return good


def begin(owner: str, holders: list[Holder], before: bytes = b"") -> bytes:
    """Begin the next epoch of both rings for these holders, tag each by it, and return its table secret.

    `before` is the table secret until now: it proves the new one, which proves the works'. Call inside `changing`.
    """
    table = _begin(owner, TABLE, holders, before)
    _begin(owner, WORKS, holders, table)
    for holder in holders:
        holder.tag_by(table)
        holder.save(only=[Holder.tag])
    return table


def _begin(owner: str, ring: str, holders: list[Holder], before: bytes) -> bytes:
    newest = Epoch.newest(owner, ring)
    secret, number = new_key(), newest.number + 1 if newest else 1
    epoch = Epoch(owner=owner, ring=ring, number=number, public=public_half(secret))
    granted = [holder for holder in holders if holder.holds(ring)]
    epoch.name([holder.id for holder in granted], before, secret)
    try:
        epoch.save()
        for holder in granted:
            Grant.give(holder, ring, number, secret)
    except IntegrityError as error:  # grants of an epoch whose row somebody took away
        Told.tell(owner, "epoch", f"{ring} {number}")
        raise Refused from error
    return secret


def admit(holder: Holder, table: list[bytes], own_secret: bytes) -> None:
    """Let a newcomer in with every table secret, oldest first, and none of the works. Call inside `changing`.

    The newest secret tags the newcomer; their own pins the first. The newest epoch names them: should they go before
    anyone writes, it is no longer for those who sit here, and the next write begins another.
    """
    holder.tag_by(table[-1])
    holder.pin_to(table[0], own_secret)
    holder.save(force_insert=True)
    for number, secret in enumerate(table, start=1):
        Grant.give(holder, TABLE, number, secret)
    name_newcomer(holder, table)


def name_newcomer(holder: Holder, table: list[bytes]) -> None:
    newest = Epoch.of(holder.owner_id, TABLE)[-1]
    newest.name({*json.loads(newest.holders), holder.id}, before=b"".join(table[-2:-1]), secret=table[-1])
    newest.save()


def end_holder(holder_id: str) -> None:
    """End a seat or an invitation at once. Needs nobody's secret, and may be called again.

    The database drops its grants and the invitations it made with its row. The next write begins new epochs.
    """
    holder = Holder.get_or_none(Holder.id == holder_id)
    if holder is None:
        return
    with changing(holder.owner_id):
        Wrap.forget(holder_id)
        Holder.delete().where(Holder.id == holder_id).execute()


def close(owner: str) -> None:
    """Destroy all rings of an owner: its holders, epochs and grants, and what was opened to any of them."""
    with changing(owner):
        Wrap.delete().where(Wrap.owner == owner).execute()
        Told.delete().where(Told.owner == owner).execute()
        Ring.delete().where(Ring.owner == owner).execute()
