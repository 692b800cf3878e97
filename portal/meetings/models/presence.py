"""Who has said that they cannot come or come later, and who was missing without a word.

A row holds a seat, a meeting and a kind, never a reason, and goes as soon as the absence pact no longer needs it.
"""

from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN, CharField, Expression, ForeignKeyField

from portal.circles.models import Seat, still_here
from portal.db import Prepared, Table, afterwards, forget_deleted, writing
from portal.meetings.errors import LongOver, NotOverYet, TooLateToSay
from portal.meetings.models.dates import Meeting
from portal.web.errors import NotHere

AWAY, LATE = "away", "late"  # said beforehand, by oneself
MISSED = "missed"  # put down afterwards, by anyone
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
    the last meetings that took place.
    """
    over = Absence.select(Absence.id, Absence.kind, Meeting).join(Meeting).where(Meeting.ends_at <= now)
    gone = [one.id for one in over if not needed(one, now)]
    if gone and Absence.delete().where(Absence.id.in_(gone)).execute():
        afterwards(forget_deleted)


def needed(one: Absence, now: datetime) -> bool:
    meeting = one.meeting
    if one.kind == LATE or meeting.skipped or meeting.ends_at < now - KEPT:
        return False
    return meeting.id in lately(meeting.circle_id, now)
