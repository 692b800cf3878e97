"""Which activities a circle keeps at hand: one sealed list, so that the rows tell neither which nor how many."""

from typing import Any

from peewee import BlobField, ForeignKeyField

from portal.circles.models import Circle, Seat, lock_table, packed, unpacked
from portal.db import Prepared, Table, afterwards, forget_deleted, writing
from portal.rings import Closed
from portal.vault import Unsealable


class KeptActivities(Table):
    """The codes (`models.own.code_of`) that a circle keeps, in the order in which they were kept."""

    circle = ForeignKeyField(Circle, primary_key=True, on_delete="CASCADE")
    sealed_codes = BlobField()

    @classmethod
    def of(cls, seat: Seat) -> tuple[str, ...]:
        """Nothing where the list does not open: then no member wrote it."""
        found = kept_by.models(circle=seat.circle_id)
        try:
            return tuple(unpacked(seat.keys.open_table(bytes(found[0].sealed_codes), place(seat)))) if found else ()
        except (Closed, Unsealable):
            return ()

    @classmethod
    def keep(cls, seat: Seat, code: str) -> None:
        """Keep one at hand; kept twice, it is kept. Raises NotHere."""
        with writing():
            lock_table(seat)
            kept = cls.of(seat)
            if code not in kept:
                cls.put(seat, (*kept, code))

    @classmethod
    def let_go(cls, seat: Seat, code: str) -> None:
        """Keep it no longer. Raises NotHere."""
        with writing():
            lock_table(seat)
            kept = cls.of(seat)
            if code in kept:
                cls.put(seat, tuple(one for one in kept if one != code))

    @classmethod
    def put(cls, seat: Seat, codes: tuple[str, ...]) -> None:
        sealed = seat.keys.seal_table(packed(codes), place(seat))
        row = cls.insert(circle=seat.circle_id, sealed_codes=sealed)
        row.on_conflict(conflict_target=[cls.circle], update={cls.sealed_codes: sealed}).execute()
        afterwards(forget_deleted)


def place(seat: Seat) -> str:
    return f"kept_activities|{seat.circle_id}|codes"


@Prepared
def kept_by(circle: str) -> Any:
    return KeptActivities.select().where(KeptActivities.circle == circle)
