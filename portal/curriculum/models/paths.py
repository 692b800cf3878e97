"""The lessons that a circle takes together, and who lets the others see how far they are: sealed to the table."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import BlobField, ForeignKeyField

from portal import vault
from portal.circles.models import Circle, Seat, lock_table, still_here
from portal.curriculum.errors import PathChanged
from portal.curriculum.models.study import PADDED_TO, Study
from portal.db import Prepared, Table, afterwards, forget_deleted, writing
from portal.rings import Closed

MOST = 60  # lessons on one path


@dataclass(frozen=True)
class Step:
    """One lesson, by its key, and by which day the circle wants to have read it; None: no day."""

    lesson: str
    by: date | None = None


class Path(Table):
    """The lessons that a circle chose, in their order. A circle has one path or none."""

    circle = ForeignKeyField(Circle, primary_key=True, on_delete="CASCADE")
    sealed_steps = BlobField()

    @classmethod
    def of(cls, seat: Seat) -> tuple[Step, ...]:
        """The lessons in their order. A path that no member made, or that was changed, is none: choose anew."""
        for (sealed,) in path_of(circle=seat.circle_id):
            with suppress(Closed, vault.Unsealable):
                opened = seat.keys.open_table(bytes(sealed), place_of_path(seat))
                steps = json.loads(vault.unpad(opened, vault.TEXT_STEP))
                return tuple(Step(key, date.fromisoformat(by) if by else None) for key, by in steps)
        return ()

    @classmethod
    def choose(cls, seat: Seat, steps: Iterable[Step], seen: str) -> None:
        """Put these lessons in place of the path that was `seen`; with none, there is no path any more.

        Raises PathChanged, and NotHere when the seat has ended.
        """
        chosen = tuple(steps)
        with writing():
            lock_table(seat)
            stands = cls.of(seat)
            if stands == chosen:
                return
            if seen != version(stands):
                raise PathChanged
            if cls.delete().where(cls.circle == seat.circle_id).execute():
                afterwards(forget_deleted)
            if chosen:
                cls.create(
                    circle=seat.circle_id, sealed_steps=seat.keys.seal_table(packed(chosen), place_of_path(seat))
                )


class ShownProgress(Table):
    """Which lessons of the path one person has read, for their table, because they said so. No row: nobody sees it."""

    seat = ForeignKeyField(Seat, primary_key=True, on_delete="CASCADE")
    sealed_read = BlobField()

    @classmethod
    def show(cls, seat: Seat) -> None:
        """Let the table see it from now on, as it stands and as it goes on. Raises Closed, Refused and NotHere."""
        with writing():
            still_here(seat)
            chosen = {step.lesson for step in Path.of(seat)}
            read = [lesson for lesson in Study.of(seat.keys).read if lesson in chosen]
            padded = vault.pad(json.dumps(read).encode(), PADDED_TO)
            sealed = seat.keys.seal_table(padded, place_of_progress(seat.id))
            row = cls.insert(seat=seat.id, sealed_read=sealed)
            row.on_conflict(conflict_target=[cls.seat], update={cls.sealed_read: sealed}).execute()

    @classmethod
    def hide(cls, seat: Seat) -> None:
        """Nobody sees it from the next request on, and what was shown is destroyed."""
        with writing():
            if cls.delete().where(cls.seat == seat.id).execute():
                afterwards(forget_deleted)

    @classmethod
    def keep_up(cls, seats: Iterable[Seat]) -> None:
        """After something was marked: tell it where it is shown."""
        for seat in seats:
            if cls.is_on(seat):
                cls.show(seat)

    @classmethod
    def is_on(cls, seat: Seat) -> bool:
        return cls.select().where(cls.seat == seat.id).exists()

    @classmethod
    def around(cls, seat: Seat) -> dict[str, frozenset[str]]:
        """What those at this table who show it have read, by seat. A row that does not open is left out."""
        found = {}
        for id, sealed in shown_around(circle=seat.circle_id):
            with suppress(Closed, vault.Unsealable):
                opened = seat.keys.open_table(bytes(sealed), place_of_progress(id))
                found[id] = frozenset(json.loads(vault.unpad(opened, PADDED_TO)))
        return found


@Prepared
def path_of(circle: str) -> Any:
    return Path.select(Path.sealed_steps).where(Path.circle == circle)


@Prepared
def shown_around(circle: str) -> Any:
    return ShownProgress.select(ShownProgress.seat, ShownProgress.sealed_read).join(Seat).where(Seat.circle == circle)


def packed(steps: tuple[Step, ...]) -> bytes:
    plain = [(step.lesson, step.by.isoformat() if step.by else "") for step in steps]
    return vault.pad(json.dumps(plain).encode(), vault.TEXT_STEP)


def version(steps: Iterable[Step]) -> str:
    """What tells one state of a path from another, for the form: it goes to those alone who can read the path."""
    return ",".join(f"{step.lesson}:{step.by or ''}" for step in steps)


def place_of_path(seat: Seat) -> str:
    return f"path|{seat.circle_id}|steps"


def place_of_progress(seat_id: str) -> str:
    return f"shown_progress|{seat_id}|read"
