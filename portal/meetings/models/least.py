"""When fewer may come: the circle's own least, what it settled for one meeting, and a kind note to everyone."""

from datetime import datetime
from typing import Any

from peewee import JOIN, BlobField, CharField, ForeignKeyField, IntegerField

from portal.circles.models import Circle, Seat, lock_table, packed, still_here, unpacked
from portal.db import Prepared, Table, afterwards, forget_deleted, new_id, writing
from portal.meetings.errors import LeastChanged, NoteThere
from portal.meetings.models.dates import Meeting
from portal.meetings.models.presence import still_to_come
from portal.rings import opened_or


class Least(Table):
    """With how few a circle still wishes to meet. No row: it has set no number."""

    circle = ForeignKeyField(Circle, primary_key=True, on_delete="CASCADE")
    number = IntegerField()

    @classmethod
    def of(cls, circle_id: str) -> int | None:
        return cls.select(cls.number).where(cls.circle == circle_id).scalar()

    @classmethod
    def agree(cls, seat: Seat, number: int | None, seen: int | None) -> None:
        """Set another number, or none, in place of the one that was `seen`. Raises LeastChanged and NotHere."""
        with writing():
            lock_table(seat)
            stands = cls.of(seat.circle_id)
            if stands not in (seen, number):
                raise LeastChanged
            cls.delete().where(cls.circle == seat.circle_id).execute()
            if number is not None:
                cls.create(circle=seat.circle_id, number=number)


class AsWeAre(Table):
    """A meeting of which somebody said: we meet as those who can. It is then not asked again."""

    meeting = ForeignKeyField(Meeting, primary_key=True, on_delete="CASCADE")

    @classmethod
    def say(cls, meeting: Meeting, seat: Seat, now: datetime, *, settled: bool) -> None:
        """Settle it, or open it again. Raises TooLateToSay and NotHere."""
        with writing():
            still_to_come(meeting, seat, now)
            cls.delete().where(cls.meeting == meeting.id).execute()
            if settled:
                cls.create(meeting=meeting.id)


class KindNote(Table):
    """A few words to everyone about a coming meeting, by one of them. One at a time is enough."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    meeting = ForeignKeyField(Meeting, unique=True, on_delete="CASCADE")
    seat = ForeignKeyField(Seat, on_delete="CASCADE")
    sealed_words = BlobField()

    meeting_id: str
    seat_id: str

    @classmethod
    def leave(cls, meeting: Meeting, seat: Seat, words: str, now: datetime) -> None:
        """Leave a note, or another in place of one's own or of one that does not open.

        Raises NoteThere, TooLateToSay and NotHere.
        """
        with writing():
            still_to_come(meeting, seat, now)
            there = cls.get_or_none(cls.meeting == meeting.id)
            if there and there.seat_id != seat.id and there.opens(seat):
                raise NoteThere
            cls.drop(meeting, there.seat_id if there else seat.id)
            note = cls(id=new_id(), meeting=meeting.id, seat=seat.id)
            note.sealed_words = seat.keys.seal_table(packed(words), bound_to(note.id, meeting.id, seat.id))
            note.save(force_insert=True)

    @classmethod
    def take_back(cls, meeting: Meeting, seat: Seat) -> None:
        """Take back one's own note. Nothing to do for anyone else. Raises NotHere."""
        with writing():
            still_here(seat)
            cls.drop(meeting, seat.id)

    @classmethod
    def drop(cls, meeting: Meeting, author: str) -> None:
        """Must run inside `writing()`."""
        if cls.delete().where((cls.meeting == meeting.id) & (cls.seat == author)).execute():
            afterwards(forget_deleted)

    def opens(self, seat: Seat) -> bool:
        return opened_or(None, open_note, seat, self.meeting_id, self.id, self.seat_id, self.sealed_words) is not None


@Prepared
def around_a_meeting(meeting: str) -> Any:
    """The circle's least, whether it was settled, and the note with its author: one row, empty where there is none."""
    facts = (Least.number, AsWeAre.meeting, KindNote.id, KindNote.seat, KindNote.sealed_words)
    return (
        Meeting.select(*facts)
        .join(Least, JOIN.LEFT_OUTER, on=(Least.circle == Meeting.circle))
        .join_from(Meeting, AsWeAre, JOIN.LEFT_OUTER, on=(AsWeAre.meeting == Meeting.id))
        .join_from(Meeting, KindNote, JOIN.LEFT_OUTER, on=(KindNote.meeting == Meeting.id))
        .where(Meeting.id == meeting)
    )


def bound_to(note_id: str, meeting_id: str, author: str) -> str:
    """Whose it is and for which meeting is bound into the seal: under another name it does not open."""
    return f"kind_note|{note_id}|words|{meeting_id}|{author}"


def open_note(seat: Seat, meeting_id: str, note_id: str, author: str, sealed: bytes) -> str:
    """Raises Closed and Unsealable."""
    return unpacked(seat.keys.open_table(bytes(sealed), bound_to(note_id, meeting_id, author)))


def forget_notes(now: datetime) -> None:
    """Delete what was said about a meeting that is over, and what the log remembers of it."""
    over = Meeting.select(Meeting.id).where(Meeting.ends_at <= now)
    gone = [table.delete().where(table.meeting.in_(over)).execute() for table in (AsWeAre, KindNote)]
    if any(gone):
        afterwards(forget_deleted)
