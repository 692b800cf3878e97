"""What people wish for when they are missing, and how they can be reached: both sealed under the table ring."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from peewee import BlobField, ForeignKeyField

from portal.circles.models import Seat, packed, still_here, unpacked, when_a_seat_ends
from portal.db import Prepared, Table, afterwards, forget_deleted, rows, writing
from portal.meetings.models.dates import Meeting
from portal.meetings.models.presence import AWAY, MISSED, Absence, StillNew, said_lately
from portal.meetings.models.turns import Turn
from portal.meetings.pact import IN_A_ROW, Choice, Due, Held, Wish, asks, due
from portal.rings import Closed
from portal.vault import Unsealable
from portal.web.errors import NotHere

CARE_HOLDER = "care_holder"  # the code of the role


class Pact(Table):
    """What somebody chose for the case that they miss two meetings. No row: nothing, which is also what most choose."""

    seat = ForeignKeyField(Seat, primary_key=True, on_delete="CASCADE")
    sealed_choice = BlobField()

    seat_id: str

    @classmethod
    def of(cls, seat: Seat) -> Choice:
        """What this seat chose."""
        return dict(cls.chosen(seat, [seat.id])).get(seat.id, Choice())

    def opened(self, reader: Seat) -> Choice:
        opened = reader.keys.open_table(bytes(self.sealed_choice), f"pact|{self.seat_id}|choice")
        wish, who, answered = unpacked(opened)
        return Choice(Wish(wish), who, datetime.fromisoformat(answered) if answered else None)

    @classmethod
    def chosen(cls, seat: Seat, whose: list[str]) -> Iterator[tuple[str, Choice]]:
        """What these seats at this one's table chose; a row that no member made or changed says nothing."""
        for row in cls.select().where(cls.seat.in_(whose)) if whose else ():
            with suppress(Closed, Unsealable):
                yield row.seat_id, row.opened(seat)

    @classmethod
    def choose(cls, seat: Seat, wish: Wish, who: str = "") -> None:
        """Set beforehand what may happen. Raises NotHere, also where `who` sits at another table or is oneself."""
        with writing():
            still_here(seat)
            named = (Seat.id == who) & (Seat.circle == seat.circle_id) & (Seat.id != seat.id)
            if wish is Wish.NAMED and not Seat.select().where(named).exists():
                raise NotHere
            answered = cls.of(seat).answered
            cls.put(seat, seat.id, Choice(wish, who if wish is Wish.NAMED else "", answered))

    @classmethod
    def written(cls, seat: Seat, missing: str, now: datetime) -> None:
        """Say that one has written: then it is over for everyone. Nothing to do for whoever was not asked to.

        Raises NotHere.
        """
        with writing():
            still_here(seat)
            found = asked_of(seat, joined_at(seat.circle_id), now).get(missing)
            if found:
                choices = dict(cls.chosen(seat, [missing]))
                cls.put(seat, missing, replace(choices[missing], answered=found.through))

    @classmethod
    def put(cls, by: Seat, whose: str, choice: Choice) -> None:
        said = [choice.wish.value, choice.who, choice.answered.isoformat() if choice.answered else ""]
        sealed = by.keys.seal_table(packed(said), f"pact|{whose}|choice")
        if cls.delete().where(cls.seat == whose).execute():
            afterwards(forget_deleted)
        cls.create(seat=whose, sealed_choice=sealed)


class Reach(Table):
    """Ways to be reached that somebody put down for the people of one table: short lines."""

    seat = ForeignKeyField(Seat, primary_key=True, on_delete="CASCADE")
    sealed_lines = BlobField()

    @classmethod
    def of(cls, seat: Seat, whose: Iterable[str] | None = None) -> dict[str, list[str]]:
        """What the people of this seat's table put down (those asked for only), by seat."""
        asked = None if whose is None else set(whose)
        found = {}
        for id, sealed in reaches(circle=seat.circle_id):
            if asked is None or id in asked:
                with suppress(Closed, Unsealable):
                    found[id] = unpacked(seat.keys.open_table(bytes(sealed), f"reach|{id}|lines"))
        return found

    @classmethod
    def say(cls, seat: Seat, lines: list[str]) -> None:
        """Put down how one can be reached; no lines take it all away. Raises NotHere."""
        with writing():
            still_here(seat)
            if cls.delete().where(cls.seat == seat.id).execute():
                afterwards(forget_deleted)
            if lines:
                sealed = seat.keys.seal_table(packed(lines), f"reach|{seat.id}|lines")
                cls.create(seat=seat.id, sealed_lines=sealed)


@Prepared
def reaches(circle: str) -> Any:
    return Reach.select(Reach.seat, Reach.sealed_lines).join(Seat).where(Seat.circle == circle)


@when_a_seat_ends
def erase_what_was_said(seat: Seat, take_back: bool) -> None:
    """What somebody said of themselves goes with their seat, and out of the log."""
    for table in (Reach, Pact, Absence, StillNew):
        table.delete().where(table.seat == seat.id).execute()
    afterwards(forget_deleted)


def asked_of(seat: Seat, joined: Mapping[str, datetime], now: datetime) -> dict[str, Due]:
    """Whom this seat is asked to write to, and why. `joined` says when each of the circle's seats sat down.

    One query where nobody has missed two meetings.
    """
    found = dues(seat, joined, now)
    caring = who_cares(seat.circle_id, now) if found else set()
    return {missing: one for missing, one in found.items() if asks(one, seat.id, missing, caring)}


def dues(seat: Seat, joined: Mapping[str, datetime], now: datetime) -> dict[str, Due]:
    """What is due at this seat's table, by the seat that is missing, for whomever it may be."""
    lately, missed = missed_lately(seat.circle_id, now)
    often = [one for one in joined if len(missed.get(one, ())) >= IN_A_ROW]
    found = {one: due(lately, missed[one], joined[one], choice, joined) for one, choice in Pact.chosen(seat, often)}
    return {missing: one for missing, one in found.items() if one}


def missed_lately(circle_id: str, now: datetime) -> tuple[list[Held], dict[str, set[str]]]:
    """The last meetings that took place, newest first, and which of them each seat missed."""
    lately: dict[Held, None] = {}
    missed = defaultdict(set)
    for meeting, starts_at, seat, kind in said_lately(circle=circle_id, now=now):
        lately[Held(meeting, starts_at)] = None
        if kind in (AWAY, MISSED):
            missed[seat].add(meeting)
    return list(lately), missed


def who_cares(circle_id: str, now: datetime) -> set[str]:
    """The seats that hold care at the circle's next meeting."""
    ahead = (Meeting.circle == circle_id) & (Meeting.ends_at > now) & ~Meeting.skipped
    following = Meeting.select(Meeting.id).where(ahead).order_by(Meeting.starts_at).limit(1)
    holding = Turn.select(Turn.seat).where(Turn.meeting.in_(following) & (Turn.role == CARE_HOLDER))
    return {seat for (seat,) in rows(holding)}


def joined_at(circle_id: str) -> dict[str, datetime]:
    return dict(rows(Seat.select(Seat.id, Seat.joined_at).where(Seat.circle == circle_id)))
