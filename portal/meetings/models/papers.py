"""What is handed from one facilitator to the next, and what people say as they arrive: sealed, and gone in time.

Whose it is and for which meeting is bound into the seal: under another name it does not open.
The clock decides on every page who may still read it; the chore only destroys what nobody may read any more.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import BlobField, CharField, Expression, ForeignKeyField, fn

from portal import vault
from portal.circles.models import Seat, still_here
from portal.db import Table, afterwards, forget_deleted, new_id, writing
from portal.meetings.errors import ArrivalClosed, HandoverClosed
from portal.meetings.models.dates import Meeting
from portal.meetings.models.turns import FACILITATOR, Turn
from portal.rings import Closed

HANDED_LENGTH = 1000  # characters to each question
WORD_LENGTH = 40  # characters
WORD_STEP = 256  # bytes: every word is as long as the longest
BEFORE = timedelta(hours=1)  # from then on somebody may say a word on the way


@dataclass(frozen=True)
class Handed:
    """What the next facilitator may want to know: what to carry on with, what to leave be, and where the key is."""

    carry_on: str = ""
    let_be: str = ""
    practical: str = ""


class Handover(Table):
    """From who facilitated a meeting to who facilitates the next: for that one person, until that one is over.

    The table's key could open it, and the portal shows it to nobody else.
    """

    id = CharField(max_length=26, primary_key=True, default=new_id)
    meeting = ForeignKeyField(Meeting, on_delete="CASCADE", index=False)  # the one that was facilitated
    seat = ForeignKeyField(Seat, on_delete="CASCADE")
    sealed_words = BlobField()

    class Meta:
        indexes = ((("meeting", "seat"), True),)

    meeting_id: str
    seat_id: str

    @classmethod
    def write(cls, meeting: Meeting, seat: Seat, words: Handed, now: datetime) -> None:
        """Put these words in place of one's own before; with none, erase them. Raises HandoverClosed and NotHere."""
        with writing():
            still_here(seat)
            if not may_hand_over(still_here(meeting), seat, now):
                raise HandoverClosed
            if cls.delete().where((cls.meeting == meeting.id) & (cls.seat == seat.id)).execute():
                afterwards(forget_deleted)
            if words != Handed():
                handover = cls(id=new_id(), meeting=meeting.id, seat=seat.id)
                padded = vault.pad(json.dumps(asdict(words), ensure_ascii=False).encode(), vault.TEXT_STEP)
                handover.sealed_words = seat.keys.seal_table(padded, handover.bound_to)
                handover.save(force_insert=True)

    @classmethod
    def has_written(cls, meeting_id: str, seat: Seat) -> bool:
        return cls.select().where((cls.meeting == meeting_id) & (cls.seat == seat.id)).exists()

    @classmethod
    def own(cls, meeting_id: str, seat: Seat) -> Handed | None:
        """What this seat wrote, if it opens."""
        row = cls.get_or_none((cls.meeting == meeting_id) & (cls.seat == seat.id))
        with suppress(Closed, vault.Unsealable):
            return row.opened(seat) if row else None
        return None

    @classmethod
    def for_meeting(cls, circle_id: str, starts_at: datetime) -> list["Handover"]:
        """Those that wait for the meeting that begins then: what was skipped in between hands them on."""
        last = before(circle_id, starts_at)
        waiting = (Meeting.circle == circle_id) & (Meeting.starts_at < starts_at)
        if last:
            waiting &= Meeting.starts_at >= last.starts_at
        return list(cls.select(cls, Meeting).join(Meeting).where(waiting).order_by(Meeting.starts_at, cls.id))

    @property
    def bound_to(self) -> str:
        return f"handover|{self.id}|words|{self.meeting_id}|{self.seat_id}"

    def opened(self, seat: Seat) -> Handed:
        """Raises Closed and Unsealable."""
        opened = seat.keys.open_table(bytes(self.sealed_words), self.bound_to)
        return Handed(**json.loads(vault.unpad(opened, vault.TEXT_STEP)))


class ArrivalWord(Table):
    """One short line as somebody arrives: for those who are there, and gone when the meeting closes."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    meeting = ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
    seat = ForeignKeyField(Seat, on_delete="CASCADE")
    sealed_word = BlobField()

    class Meta:
        indexes = ((("meeting", "seat"), True),)

    meeting_id: str
    seat_id: str

    @classmethod
    def say(cls, meeting: Meeting, seat: Seat, word: str, now: datetime) -> None:
        """Put this word in place of one's own before; with none, take it back. Raises ArrivalClosed and NotHere."""
        with writing():
            still_here(seat)
            if not may_arrive(still_here(meeting), now):
                raise ArrivalClosed
            if cls.delete().where((cls.meeting == meeting.id) & (cls.seat == seat.id)).execute():
                afterwards(forget_deleted)
            if word:
                said = cls(id=new_id(), meeting=meeting.id, seat=seat.id)
                padded = vault.pad(word.encode(), WORD_STEP)
                said.sealed_word = seat.keys.seal_table(padded, said.bound_to)
                said.save(force_insert=True)

    @classmethod
    def at(cls, meeting_id: str) -> list["ArrivalWord"]:
        return list(cls.select().where(cls.meeting == meeting_id))

    @property
    def bound_to(self) -> str:
        return f"arrival_word|{self.id}|word|{self.meeting_id}|{self.seat_id}"

    def opened(self, seat: Seat) -> str:
        """Raises Closed and Unsealable."""
        opened = seat.keys.open_table(bytes(self.sealed_word), self.bound_to)
        return vault.unpad(opened, WORD_STEP).decode()


def facilitates(meeting_id: str, seat: Seat) -> bool:
    """Whether this seat has said yes to facilitating that meeting, or held it."""
    return Turn.select().where(Turn.matches(meeting_id, FACILITATOR) & (Turn.seat == seat.id)).exists()


def may_hand_over(meeting: Any, seat: Seat, now: datetime) -> bool:
    """Whoever facilitated, from its beginning until the next meeting begins.

    Who has handed something on can still change it, though others put down since that somebody else facilitated.
    """
    if meeting.skipped or meeting.starts_at > now:
        return False
    if not facilitates(meeting.id, seat) and not Handover.has_written(meeting.id, seat):
        return False
    following = after(seat.circle_id, meeting.starts_at)
    return following is None or following.starts_at > now


def may_arrive(meeting: Any, now: datetime) -> bool:
    return not meeting.skipped and meeting.starts_at - BEFORE <= now < meeting.ends_at


def met(circle_id: str) -> Expression:
    return (Meeting.circle == circle_id) & ~Meeting.skipped


def before(circle_id: str, starts_at: datetime) -> Meeting | None:
    """The last meeting before an instant that was not skipped."""
    earlier = Meeting.select().where(met(circle_id) & (Meeting.starts_at < starts_at))
    return earlier.order_by(Meeting.starts_at.desc()).first()


def after(circle_id: str, starts_at: datetime) -> Meeting | None:
    """The first meeting after an instant that is not skipped, also one that is over."""
    later = Meeting.select().where(met(circle_id) & (Meeting.starts_at > starts_at))
    return later.order_by(Meeting.starts_at).first()


def forget_papers(now: datetime) -> None:
    """Delete what has served, from the log, too: handovers after the next meeting, words after theirs."""
    following = Meeting.alias()
    was_next = (following.circle == Meeting.circle) & (following.starts_at > Meeting.starts_at) & ~following.skipped
    next_over = fn.EXISTS(following.select(following.id).where(was_next & (following.ends_at <= now)))
    served = Handover.select(Handover.id).join(Meeting).where(next_over)
    closed = ArrivalWord.select(ArrivalWord.id).join(Meeting).where(Meeting.ends_at <= now)
    gone = Handover.delete().where(Handover.id.in_(served)).execute()
    if gone + ArrivalWord.delete().where(ArrivalWord.id.in_(closed)).execute():
        afterwards(forget_deleted)
