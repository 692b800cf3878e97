"""Who has said that they cannot come or come later, and who was missing without a word.

A row holds a seat, a meeting and a kind, never a reason, and goes as soon as the absence pact no longer needs it. What
it told of somebody's first meeting is written down before: `StillNew`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN, CharField, Expression, ForeignKeyField, fn

from portal.circles.models import Seat, still_here
from portal.db import Instant, Prepared, Table, afterwards, forget_deleted, writing
from portal.meetings.errors import LongOver, NotOverYet, TooLateToSay
from portal.meetings.models.dates import Meeting
from portal.web.errors import NotHere

AWAY, LATE = "away", "late"  # said beforehand, by oneself
MISSED = "missed"  # put down afterwards, by anyone
NOT_THERE = [AWAY, MISSED]
CAME = "came"  # said afterwards; of oneself it stands above what others put down
LATELY = 2  # meetings that took place: what the absence pact looks at
KEPT = timedelta(weeks=26)  # and no longer than this, where a circle has stopped meeting


class Absence(Table):
    """What was said of one seat at one meeting. No row: expected before it, and there after it."""

    meeting = ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
    seat = ForeignKeyField(Seat, on_delete="CASCADE")
    kind = CharField(max_length=10)

    id: Any
    meeting_id: str
    seat_id: str

    class Meta:
        indexes = ((("meeting", "seat"), True),)

    @classmethod
    def matches(cls, meeting: Meeting, seat_id: str) -> Expression:
        return (cls.meeting == meeting.id) & (cls.seat == seat_id)

    @classmethod
    def say(cls, meeting: Meeting, seat: Seat, kind: str | None, now: datetime) -> None:
        """Say of oneself AWAY or LATE, or None to be expected again. Raises TooLateToSay and NotHere."""
        with writing():
            still_to_come(meeting, seat, now)
            cls.put(meeting, seat.id, kind)

    @classmethod
    def put(cls, meeting: Meeting, seat_id: str, kind: str | None) -> None:
        """Must run inside `writing()`."""
        if cls.delete().where(cls.matches(meeting, seat_id)).execute():
            afterwards(forget_deleted)
        if kind:
            cls.create(meeting=meeting.id, seat=seat_id, kind=kind)

    @classmethod
    def comes(cls, meeting: Meeting, seat: Seat) -> None:
        """Whoever takes something on for a meeting comes to it, though perhaps later. Must run inside `writing()`."""
        if cls.of(meeting, seat.id) == AWAY:
            cls.put(meeting, seat.id, None)

    @classmethod
    def were_there(cls, meeting: Meeting, seat_ids: Iterable[str]) -> None:
        """Who held something at a meeting was at it, whatever was said before. Must run inside `writing()`."""
        said_otherwise = (cls.meeting == meeting.id) & cls.seat.in_(list(seat_ids)) & cls.kind.in_(NOT_THERE)
        if cls.delete().where(said_otherwise).execute():
            afterwards(forget_deleted)

    @classmethod
    def put_down(cls, meeting: Meeting, seat: Seat, of: str, kind: str, now: datetime) -> None:
        """Put down MISSED or CAME afterwards, of oneself or of another. Who says that they came has the last word.

        Raises NotOverYet, LongOver, and NotHere also where `of` is nobody who sat at the table by then.
        """
        with writing():
            still_here(seat)
            if still_here(meeting).ends_at > now:
                raise NotOverYet
            if meeting.id not in lately(meeting.circle_id, now):
                raise LongOver
            if not sat_there(of, meeting):
                raise NotHere
            if of == seat.id:
                cls.put(meeting, of, kind)
            elif cls.of(meeting, of) != CAME:
                cls.put(meeting, of, MISSED if kind == MISSED else None)

    @classmethod
    def of(cls, meeting: Meeting, seat_id: str) -> str | None:
        return cls.select(cls.kind).where(cls.matches(meeting, seat_id)).scalar()


def still_to_come(meeting: Meeting, seat: Seat, now: datetime) -> None:
    """Lock both for a change that makes sense until the meeting ends. Call inside `writing()`."""
    still_here(seat)
    if still_here(meeting).ends_at <= now:
        raise TooLateToSay


def sat_there(seat_id: str, meeting: Meeting) -> bool:
    by_then = (Seat.id == seat_id) & (Seat.circle == meeting.circle_id) & (Seat.joined_at <= meeting.starts_at)
    return Seat.select().where(by_then).exists()


def away_from(meeting_id: str) -> set[str]:
    """The seats that said they cannot come to this meeting: not asked for a role at it, not reminded of it."""
    return {seat for seat, kind in said_of(meeting=meeting_id) if kind == AWAY}


@Prepared
def said_of(meeting: str) -> Any:
    """Each seat of which something was said for a meeting, and what."""
    return Absence.select(Absence.seat, Absence.kind).where(Absence.meeting == meeting)


def lately(circle_id: str, now: datetime) -> list[str]:
    """The last meetings that took place, newest first."""
    return [id for (id,) in last_held(circle_id, now).tuples()]


def last_held(circle_id: str, now: datetime) -> Any:
    held = (Meeting.circle == circle_id) & (Meeting.ends_at <= now) & ~Meeting.skipped
    return Meeting.select(Meeting.id).where(held).order_by(Meeting.starts_at.desc(), Meeting.id).limit(LATELY)


@Prepared
def said_lately(circle: str, now: datetime) -> Any:
    """The last meetings that took place, newest first, with each seat of which something was said, and what."""
    facts = (Meeting.id, Meeting.starts_at, Absence.seat, Absence.kind)
    with_absences = Meeting.select(*facts).join(Absence, JOIN.LEFT_OUTER, on=(Absence.meeting == Meeting.id))
    return with_absences.where(Meeting.id.in_(last_held(circle, now))).order_by(Meeting.starts_at.desc(), Meeting.id)


def forget_absences(now: datetime) -> None:
    """Delete what no absence pact needs any more, and what the log remembers of it.

    That is: who came late once the meeting is over, everything about a skipped one, and whatever lies further back than
    the last meetings that took place. Looks first, and locks only if there is something to do.
    """
    if not (unneeded(now) or StillNew.outdated(now)):
        return
    with writing():
        gone = unneeded(now)
        StillNew.write_down(gone, now)
        Absence.delete().where(Absence.id.in_([one.id for one in gone])).execute()
        for one in StillNew.outdated(now):
            one.put_right(now)
        afterwards(forget_deleted)


def unneeded(now: datetime) -> list[Absence]:
    over = Absence.select(Absence, Meeting).join(Meeting).where(Meeting.ends_at <= now)
    return [one for one in over if not needed(one, now)]


def needed(one: Absence, now: datetime) -> bool:
    meeting = one.meeting
    if one.kind == LATE or meeting.skipped or meeting.ends_at < now - KEPT:
        return False
    return meeting.id in lately(meeting.circle_id, now)


class StillNew(Table):
    """Somebody who had not been at a meeting when what showed it was erased. No row: what stands in `Absence` is all.

    Of meetings that began until `through`, they were at none. Goes once they have been at one that nobody can put
    right any more.
    """

    seat = ForeignKeyField(Seat, primary_key=True, on_delete="CASCADE")
    through = Instant()

    seat_id: str

    @classmethod
    def write_down(cls, gone: Iterable[Absence], now: datetime) -> None:
        """Of these absences, which are about to be erased, what the rule of rotation needs.

        Must run inside `writing()`.
        """
        for one in gone:
            if one.kind in NOT_THERE:
                first = first_come_to(one.seat_id, now)
                if first is None or first.starts_at > one.meeting.starts_at:
                    cls.put(one.seat_id, one.meeting.starts_at)

    @classmethod
    def put(cls, seat_id: str, through: datetime) -> None:
        cls.insert(seat=seat_id, through=through).on_conflict_ignore().execute()
        cls.update(through=through).where((cls.seat == seat_id) & (cls.through < through)).execute()

    @classmethod
    def outdated(cls, now: datetime) -> "list[StillNew]":
        """Those of whom it need not be known any more, and those that a clock wrote which was set back since."""
        return [one for one in cls.select() if one.through > now or one.has_served(now)]

    def has_served(self, now: datetime) -> bool:
        first = first_come_to(self.seat_id, now)
        return first is not None and first.id not in lately(first.circle_id, now)

    def put_right(self, now: datetime) -> None:
        if self.has_served(now):
            self.delete_instance()
        else:
            StillNew.update(through=now).where((StillNew.seat == self.seat_id) & (StillNew.through > now)).execute()


def come_to(now: datetime) -> Expression:
    """Whether `Seat` was at `Meeting`: it took place since they sat down, and nothing says that they were not there."""
    took_place = (Meeting.circle == Seat.circle) & (Meeting.ends_at <= now) & ~Meeting.skipped
    sat = (Meeting.ends_at > Seat.joined_at) & (Meeting.starts_at >= Seat.joined_at)  # the first is what the index has
    said = Absence.select(Absence.id).where((Absence.meeting == Meeting.id) & (Absence.seat == Seat.id))
    new = StillNew.select(StillNew.seat).where((StillNew.seat == Seat.id) & (StillNew.through >= Meeting.starts_at))
    return took_place & sat & ~fn.EXISTS(said.where(Absence.kind.in_(NOT_THERE))) & ~fn.EXISTS(new)


def first_come_to(seat_id: str, now: datetime) -> Meeting | None:
    """The first meeting at which somebody was, as far as it is known."""
    found = Meeting.select(Meeting).join(Seat, on=(Seat.id == seat_id)).where(come_to(now))
    return found.order_by(Meeting.starts_at, Meeting.id).first()
