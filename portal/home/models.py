"""When somebody last looked at their table's page: sealed to them alone, and shown to nobody, not even to them."""

from datetime import datetime
from typing import Any

from peewee import BlobField, ForeignKeyField

from portal import vault
from portal.circles.models import Seat
from portal.db import Prepared, Table, if_it_can
from portal.home.visits import Visit


class LastLook(Table):
    """One row for a seat. The steward learns from it no more than that somebody has looked at some time."""

    seat = ForeignKeyField(Seat, primary_key=True, on_delete="CASCADE")
    sealed_visit = BlobField()

    @classmethod
    def visit(cls, seat: Seat, now: datetime) -> Visit:
        """This visit of the seat's person, kept for the next one. A full disk keeps nobody from reading."""
        earlier = cls.kept(seat)
        visit = earlier.again(now) if earlier else Visit(now)
        if earlier is None or visit.is_worth_keeping(earlier):
            with if_it_can():
                cls.keep(seat, visit)
        return visit

    @classmethod
    def kept(cls, seat: Seat) -> Visit | None:
        found = last_look(seat=seat.id)
        if not found:
            return None
        try:
            opened = vault.unseal(own_key(seat), bytes(found[0][0]), place(seat)).decode()
        except vault.Unsealable:  # not by this person's key: then there was no visit
            return None
        return Visit(*(datetime.fromisoformat(moment) for moment in opened.split("|")))

    @classmethod
    def keep(cls, seat: Seat, visit: Visit) -> None:
        text = f"{visit.looked_at.isoformat()}|{visit.before.isoformat()}".encode()
        sealed = vault.seal(own_key(seat), text, place(seat))
        row = cls.insert(seat=seat.id, sealed_visit=sealed)
        row.on_conflict(conflict_target=[cls.seat], update={cls.sealed_visit: sealed}).execute()


@Prepared
def last_look(seat: str) -> Any:
    return LastLook.select(LastLook.sealed_visit).where(LastLook.seat == seat)


def own_key(seat: Seat) -> bytes:
    return vault.derive(bytes(seat.keys.private), "visits")


def place(seat: Seat) -> str:
    return f"last_look|{seat.id}|visit"
