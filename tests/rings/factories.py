"""Circles made of nothing but keys: no accounts, no pages."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nacl.public import PrivateKey

from portal.db import db, new_id, writing
from portal.rings import TABLES, Closed, SeatKeys, accept, start
from portal.rings.models import Grant, Holder
from portal.vault import Unsealable


@dataclass(frozen=True)
class Person:
    id: str
    private: PrivateKey = field(default_factory=PrivateKey.generate)

    @property
    def public(self) -> bytes:
        return bytes(self.private.public_key)


@contextmanager
def database(path: Path) -> Iterator[None]:
    """The tables of this room in a file of their own, which may forget at a power cut; a real one may not."""
    before = db.database
    if before:
        db.close()
    db.init(str(path))
    db.execute_sql("PRAGMA synchronous = OFF")
    db.create_tables(TABLES)
    yield
    db.close()
    db.init(before)


def make_circle(*names: str, owner: str = "c") -> list[SeatKeys]:
    """The keys of everyone who sits here, the founder's first. A person's id is their name."""
    founder = Person(names[0])
    keys = [start(owner, new_id(), founder.id, founder.private)]
    return keys + [take_seat(keys[0], Person(name)) for name in names[1:]]


def make_invitation(host: SeatKeys, **given) -> tuple[str, bytes]:
    """An open invitation: its holder's id and its token."""
    holder, token = new_id(), secrets.token_bytes(20)
    host.admit_invitation(holder, token, **given)
    return holder, token


def take_seat(host: SeatKeys, newcomer: Person) -> SeatKeys:
    invitation, token = make_invitation(host)
    return accept(host.owner, invitation, token, new_id(), newcomer.id, newcomer.private)


def again(keys: SeatKeys) -> SeatKeys:
    """The same seat in another request: nothing opened yet."""
    return SeatKeys(keys.owner, keys.holder, keys.person_id, keys.private)


def make_piece(author: SeatKeys, *, to_circle: bool = False, to: tuple[SeatKeys, ...] = ()) -> str:
    piece = new_id()
    with writing():
        author.new_piece(piece)
        if to_circle:
            author.open_to_circle(piece)
        if to:
            author.open_to_seats(piece, [keys.holder for keys in to])
    return piece


def opens(keys: SeatKeys, piece: str) -> bool:
    """Whether these keys open a piece in a request of its own."""
    try:
        return bool(again(keys).piece_key(piece))
    except Closed:
        return False


def reads(keys, sealed: bytes, place: str = "meeting|1|plan") -> bool:
    try:
        return bool(keys.open_table(sealed, place))
    except (Closed, Unsealable):
        return False


@dataclass(frozen=True)
class Backup:
    """What a copy of the database keeps of one holder: its row and its grants."""

    holder: Holder
    grants: list[Grant]

    @classmethod
    def of(cls, holder_id: str) -> "Backup":
        return cls(Holder.get(Holder.id == holder_id), list(Grant.select().where(Grant.holder == holder_id)))

    def restore(self) -> None:
        self.holder.invited_by = None  # its maker may be gone
        self.holder.save(force_insert=True)
        for grant in self.grants:
            Grant.insert(**{**grant.__data__, "id": None}).execute()


class PutBack(Exception):
    pass


@contextmanager
def for_a_moment() -> Iterator[None]:
    """Whatever is done to the database inside is undone, as when the steward restores the rows."""
    try:
        with writing():
            yield
            raise PutBack
    except PutBack:
        pass
