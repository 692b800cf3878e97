"""The hours that someone marked, sealed under the table ring: a row tells only that something was marked."""

import json
from collections.abc import Iterable
from typing import Any

from peewee import BlobField, ForeignKeyField

from portal import vault
from portal.circles.models import Seat, still_here
from portal.db import Table, afterwards, forget_deleted, writing
from portal.rings import Closed
from portal.times.week import Answer, Week


class Hours(Table):
    seat = ForeignKeyField(Seat, primary_key=True, on_delete="CASCADE")
    sealed_marks = BlobField()

    @classmethod
    def of(cls, seat: Seat) -> Week | None:
        """What this person has marked here; None if nothing."""
        return cls.around(seat).get(seat.id)

    @classmethod
    def around(cls, seat: Seat) -> dict[str, Week]:
        """What everyone at the table has marked, by their seats, in seat order."""
        rows: Any = cls.select(cls.seat, cls.sealed_marks).join(Seat).where(Seat.circle == seat.circle_id)
        found = {id: opened(seat, id, sealed) for id, sealed in rows.order_by(Seat.place).tuples()}
        return {id: week for id, week in found.items() if week is not None}

    @classmethod
    def mark(cls, seat: Seat, zone: str, days: Iterable[int], begins: int, ends: int, answer: Answer) -> None:
        """Say some hours anew. All that was marked before then holds by the clock of `zone`, too. Raises NotHere."""
        with writing():
            still_here(seat)
            before = cls.of(seat)
            week = Week(zone, before.cells if before else Week.cells).marked(days, begins, ends, answer)
            cls.put(seat, week)

    @classmethod
    def put(cls, seat: Seat, week: Week) -> None:
        """Must run inside `writing()`."""
        cls.delete().where(cls.seat == seat.id).execute()
        afterwards(forget_deleted)
        if not week.is_empty():
            cls.create(seat=seat.id, sealed_marks=seat.keys.seal_table(packed(week), bound_to(seat.id)))

    @classmethod
    def take_back(cls, seat: Seat) -> None:
        """Raises NotHere."""
        with writing():
            still_here(seat)
            cls.put(seat, Week("UTC"))


def bound_to(seat_id: str) -> str:
    return f"hours|{seat_id}|marks"


def packed(week: Week) -> bytes:
    return vault.pad(json.dumps([week.zone, week.cells]).encode(), vault.TEXT_STEP)


def opened(seat: Seat, whose: str, sealed: bytes) -> Week | None:
    """Somebody's week; None where the row was changed by who cannot seal: that one has then marked nothing."""
    try:
        plain = seat.keys.open_table(bytes(sealed), bound_to(whose))
    except (Closed, vault.Unsealable):
        return None
    return Week(*json.loads(vault.unpad(plain, vault.TEXT_STEP)))
