"""Who holds a role at a meeting, who is asked, who would rather not: all clear, and none of it words."""

from datetime import datetime
from typing import Any

from peewee import JOIN, CharField, Expression, ForeignKeyField, Value, fn

from portal.circles.models import Circle, Seat, still_here
from portal.db import Prepared, Table, afterwards, forget_deleted, writing
from portal.meetings.errors import AlreadyTaken, NotOverYet
from portal.meetings.models.dates import Meeting
from portal.meetings.models.presence import away_from
from portal.meetings.rotation import Standing, Suggestion, suggest
from portal.web.errors import NotHere

FACILITATOR = "facilitator"  # the only role so far; roles are told apart by their code everywhere
YES, NOT_NOW = "yes", "not_now"  # whether someone wishes to be asked for a role
PASSED = "passed"


class Turn(Table):
    """One person's holding of a role at one meeting. It counts as held once the meeting is over."""

    meeting = ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
    role = CharField(max_length=20)
    seat = ForeignKeyField(Seat, on_delete="CASCADE")

    class Meta:
        indexes = ((("meeting", "role"), True),)

    @classmethod
    def matches(cls, meeting: object, role: str) -> Expression:
        return (cls.meeting == meeting) & (cls.role == role)

    @classmethod
    def holder(cls, meeting_id: str, role: str) -> str | None:
        return cls.select(cls.seat).where(cls.matches(meeting_id, role)).scalar()

    @classmethod
    def put(cls, meeting_id: str, role: str, seat_id: str | None) -> None:
        cls.delete().where(cls.matches(meeting_id, role)).execute()
        if seat_id:
            cls.create(meeting=meeting_id, role=role, seat=seat_id)

    @classmethod
    def take(
        cls, meeting: Meeting, seat: Seat, now: datetime, instead_of: str | None = None, role: str = FACILITATOR
    ) -> None:
        """Say yes, asked or not. `instead_of` is the seat it is taken over from, by word of mouth.

        Raises AlreadyTaken where someone else has it, MeetingOver and NotHere.
        """
        with writing():
            meeting.still_ahead(seat, now)
            holder = cls.holder(meeting.id, role)
            if holder not in (None, seat.id, instead_of):
                raise AlreadyTaken(holder)
            cls.put(meeting.id, role, seat.id)
            Passed.delete().where(Passed.matches(meeting.id, role, seat.id)).execute()

    @classmethod
    def give_back(cls, meeting: Meeting, seat: Seat, now: datetime, role: str = FACILITATOR) -> None:
        """Take back one's yes, so that the next person is asked. Raises MeetingOver and NotHere."""
        with writing():
            meeting.still_ahead(seat, now)
            if cls.delete().where(cls.matches(meeting.id, role) & (cls.seat == seat.id)).execute():
                Passed.note(meeting.id, role, seat.id)

    @classmethod
    def stand_down(cls, meeting: Meeting, seat: Seat) -> None:
        """Let go of everything at a meeting to which this seat cannot come. Must run inside `writing()`."""
        cls.delete().where((cls.meeting == meeting.id) & (cls.seat == seat.id)).execute()

    @classmethod
    def pass_on(cls, meeting: Meeting, seat: Seat, now: datetime, role: str = FACILITATOR) -> None:
        """Pass when asked; nothing to do for anyone who is not. Raises MeetingOver and NotHere."""
        with writing():
            meeting.still_ahead(seat, now)
            if (
                cls.holder(meeting.id, role) is None
                and suggestion(meeting.id, meeting.circle_id, role, now).seat == seat.id
            ):
                Passed.note(meeting.id, role, seat.id)

    @classmethod
    def settle(
        cls,
        meeting: Meeting,
        seat: Seat,
        holder: str | None,
        now: datetime,
        *,
        met: bool = True,
        role: str = FACILITATOR,
    ) -> None:
        """Put right who held a role at a meeting that is over, or that there was none.

        Raises NotOverYet, and NotHere also where `holder` is no seat of this circle.
        """
        with writing():
            still_here(seat)
            if still_here(meeting).ends_at > now:
                raise NotOverYet
            if holder and not Seat.select().where((Seat.id == holder) & (Seat.circle == meeting.circle_id)).exists():
                raise NotHere
            Meeting.update(skipped=not met).where(Meeting.id == meeting.id).execute()
            cls.put(meeting.id, role, holder if met else None)


class Passed(Table):
    """Who has passed on a meeting to come. Shown to nobody, counted nowhere, gone when the meeting is over."""

    meeting = ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
    role = CharField(max_length=20)
    seat = ForeignKeyField(Seat, on_delete="CASCADE")

    class Meta:
        indexes = ((("meeting", "role", "seat"), True),)

    @classmethod
    def matches(cls, meeting_id: str, role: str, seat_id: str) -> Expression:
        return (cls.meeting == meeting_id) & (cls.role == role) & (cls.seat == seat_id)

    @classmethod
    def note(cls, meeting_id: str, role: str, seat_id: str) -> None:
        cls.insert(meeting=meeting_id, role=role, seat=seat_id).on_conflict_ignore().execute()


class Willingness(Table):
    """Whether someone wishes to be asked for a role. No row means yes."""

    seat = ForeignKeyField(Seat, on_delete="CASCADE", index=False)
    role = CharField(max_length=20)
    answer = CharField(max_length=20)

    class Meta:
        indexes = ((("seat", "role"), True),)

    @classmethod
    def say(cls, seat: Seat, answer: str, role: str = FACILITATOR) -> None:
        """Raises NotHere."""
        with writing():
            still_here(seat)
            cls.delete().where((cls.seat == seat.id) & (cls.role == role)).execute()
            cls.create(seat=seat.id, role=role, answer=answer)

    @classmethod
    def of(cls, seat: Seat, role: str = FACILITATOR) -> str:
        row = cls.select(cls.answer).where((cls.seat == seat.id) & (cls.role == role)).first()
        return row.answer if row else YES


def suggestion(meeting_id: str, circle_id: str, role: str, now: datetime) -> Suggestion:
    """Whom to ask for the circle's next meeting, in three queries."""
    aside, away = set(not_to_ask(meeting_id=meeting_id, circle_id=circle_id, role=role)), away_from(meeting_id)
    standings, last_met = [], None
    known = ever_held(circle_id=circle_id, role=role, now=now)
    for seat, place, joined_at, convener, held_at, last_met in known:  # noqa: B007
        willing, passed = (seat, NOT_NOW) not in aside, (seat, PASSED) in aside
        facts = {"willing": willing, "expected": seat not in away, "passed": passed, "opens": seat == convener}
        standings.append(Standing(seat, place, joined_at, held_at, **facts))
    return suggest(standings, last_met)


@Prepared
def ever_held(circle_id: str, role: str, now: datetime) -> Any:
    """Each seat: id, place, when it joined, the convener's seat, when it last held the role; and the last meeting.

    Only meetings that are over and took place count, and only their start is told.
    """
    earlier = Meeting.alias()
    last_met = earlier.select(fn.MAX(earlier.starts_at)).where(
        (earlier.circle == circle_id) & (earlier.ends_at <= now) & ~earlier.skipped
    )
    took_place = (Meeting.id == Turn.meeting) & (Meeting.ends_at <= now) & ~Meeting.skipped
    facts = (Seat.id, Seat.place, Seat.joined_at, Circle.convener)
    return (
        Seat.select(*facts, fn.MAX(Meeting.starts_at), last_met)
        .join(Circle)
        .join_from(Seat, Turn, JOIN.LEFT_OUTER, on=(Turn.seat == Seat.id) & (Turn.role == role))
        .join(Meeting, JOIN.LEFT_OUTER, on=took_place)
        .where(Seat.circle == circle_id)
        .group_by(*facts)
    )


@Prepared
def not_to_ask(meeting_id: str, circle_id: str, role: str) -> Any:
    """Seats that are not to be asked for a meeting, each with PASSED or NOT_NOW."""
    passed = Passed.select(Passed.seat, Value(PASSED)).where((Passed.meeting == meeting_id) & (Passed.role == role))
    rest = Willingness.select(Willingness.seat, Value(NOT_NOW)).join(Seat)
    rest = rest.where((Seat.circle == circle_id) & (Willingness.role == role) & (Willingness.answer == NOT_NOW))
    return passed | rest


def forget_passes(now: datetime) -> None:
    """Passes are nobody's business once the meeting is over: delete them, and what the log remembers of them."""
    over = Meeting.select(Meeting.id).where(Meeting.ends_at <= now)
    if Passed.delete().where(Passed.meeting.in_(over)).execute():
        afterwards(forget_deleted)
