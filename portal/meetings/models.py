"""Series, meetings and turns. Instants and turns are clear; places, links and plans are sealed under the table ring."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from peewee import (
    JOIN,
    BlobField,
    BooleanField,
    CharField,
    DateField,
    Expression,
    ForeignKeyField,
    IntegerField,
    TimeField,
    Value,
    fn,
)

from portal import vault
from portal.circles.models import Circle, Seat, still_here
from portal.db import Instant, Prepared, Table, afterwards, forget_deleted, new_id, writing
from portal.meetings.errors import AlreadyTaken, CalendarChanged, MeetingOver, NotOverYet, PlanChanged
from portal.meetings.plan import Place, Plan, pack_place, pack_plan, unpack_place, unpack_plan
from portal.meetings.recurrence import Change, Every, Fate, Planned, changes
from portal.meetings.rotation import Standing, Suggestion, suggest
from portal.web.errors import NotHere

FACILITATOR = "facilitator"  # the only role so far; roles are told apart by their code everywhere
YES, NOT_NOW = "yes", "not_now"  # whether someone wishes to be asked for a role
PASSED = "passed"


class Series(Table):
    """When a circle meets, until it agrees on something else: then this row ends and another begins."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    circle = ForeignKeyField(Circle, on_delete="CASCADE")
    weeks = IntegerField()
    first_on = DateField()
    at = TimeField()  # by the clock on the wall, in `zone`
    zone = CharField(max_length=50)
    minutes = IntegerField()
    ended_at = Instant(null=True)
    sealed_usual_place = BlobField()

    circle_id: str

    @property
    def rule(self) -> Every:
        return Every(self.weeks, self.first_on, self.at, self.zone, self.minutes)

    @classmethod
    def of(cls, circle_id: str) -> "Series | None":
        """The series that holds now."""
        return cls.select().where((cls.circle == circle_id) & cls.ended_at.is_null()).first()

    def usual_place(self, seat: Seat) -> Place:
        return open_usual_place(seat, self.id, self.sealed_usual_place)

    @classmethod
    def preview(cls, seat: Seat, rule: Every, now: datetime) -> list[Change]:
        """What `agree` would do to each date."""
        return changes(Meeting.calendar(seat.circle_id, now), rule, now)

    @classmethod
    def agree(cls, seat: Seat, rule: Every, usual: Place, seen: str, now: datetime) -> "Series":
        """Begin a series in place of the one before it. Meetings that have begun stay as they are.

        `seen` is the `mark` of the preview that was agreed to. Raises CalendarChanged and NotHere.
        """
        with writing():
            still_here(seat.circle)
            still_here(seat)
            told = cls.preview(seat, rule, now)
            if mark(told) != seen:
                raise CalendarChanged
            cls.update(ended_at=now).where((cls.circle == seat.circle_id) & cls.ended_at.is_null()).execute()
            series = cls.begin(seat, rule, usual)
            series.carry_out(told)
            if any(change.fate is Fate.GOES for change in told):
                afterwards(forget_deleted)
        return series

    @classmethod
    def begin(cls, seat: Seat, rule: Every, usual: Place) -> "Series":
        series = cls(id=new_id(), circle=seat.circle_id, weeks=rule.weeks, first_on=rule.first, at=rule.at)
        series.zone, series.minutes = rule.zone, rule.minutes
        padded = vault.pad(pack_place(usual), vault.TEXT_STEP)
        series.sealed_usual_place = seat.keys.seal_table(padded, f"series|{series.id}|usual_place")
        series.save(force_insert=True)
        return series

    def carry_out(self, told: Iterable[Change]) -> None:
        """Make the calendar what was previewed. Dates that stay keep their plan and turns, and whether skipped."""
        for change in told:
            on_that_day = (Meeting.circle == self.circle_id) & (Meeting.day == change.day)
            if change.fate is Fate.GOES:
                Meeting.delete().where(on_that_day).execute()
            elif change.fate is not Fate.COMES:
                length = timedelta(minutes=self.minutes)
                again = {"series": self.id, "starts_at": change.starts_at, "ends_at": change.starts_at + length}
                Meeting.update(**again).where(on_that_day).execute()
        Meeting.add(self, [change for change in told if change.fate is Fate.COMES])

    def extend(self, now: datetime) -> None:
        """Make the rows that are missing in the next half-year; move those for which a law has moved the clocks."""
        if self.overdue(now):
            with writing():
                series = still_here(self)
                if series.ended_at is None:
                    series.carry_out(series.overdue(now))

    def overdue(self, now: datetime) -> list[Change]:
        told = changes(Meeting.calendar(self.circle_id, now), self.rule, now)
        return [change for change in told if change.fate in (Fate.COMES, Fate.OTHER_TIME)]


def mark(told: Iterable[Change]) -> str:
    """A short word for a preview: another one for any other set of changes."""
    lines = "\n".join(f"{change.day} {change.fate.value} {change.starts_at}" for change in told)
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def extend_series(now: datetime) -> None:
    """Keep half a year of meetings ahead for every circle. Touches clear columns only, so it needs no keys."""
    for series in Series.select().where(Series.ended_at.is_null()):
        series.extend(now)


class Meeting(Table):
    """One gathering. `day` is its date on the wall calendar of the series' zone."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
    series = ForeignKeyField(Series, on_delete="CASCADE")
    day = DateField()
    starts_at = Instant()
    ends_at = Instant()
    skipped = BooleanField(default=False)
    sealed_plan = BlobField(null=True)  # null: at the usual place, and no plan yet

    circle_id: str

    class Meta:
        indexes = ((("circle", "day"), True), (("circle", "ends_at"), False))

    @classmethod
    def calendar(cls, circle_id: str, now: datetime) -> list[Planned]:
        """What is ahead, and the last few days, on which a new rule must not fall again."""
        lately = cls.starts_at > now - timedelta(days=3)
        rows: Any = cls.select(cls.day, cls.starts_at, cls.ends_at).where((cls.circle == circle_id) & lately).tuples()
        return [Planned(*row) for row in rows]

    @classmethod
    def add(cls, series: Series, coming: Iterable[Change]) -> None:
        for change in coming:
            ends_at = change.starts_at + timedelta(minutes=series.minutes)
            cls.create(
                circle=series.circle_id, series=series.id, day=change.day, starts_at=change.starts_at, ends_at=ends_at
            )

    def plan(self, seat: Seat) -> Plan:
        return Plan() if self.sealed_plan is None else open_plan(seat, self.id, self.sealed_plan)

    def write_plan(self, seat: Seat, where: Place, text: str, seen: str) -> None:
        """Put a plan in place of the one whose `seal_mark` was `seen`. Raises PlanChanged and NotHere."""
        with writing():
            still_here(seat)
            meeting = still_here(self)
            if seal_mark(meeting.sealed_plan) != seen:
                raise PlanChanged
            plan = Plan.over(meeting.series.usual_place(seat), where, text)
            padded = vault.pad(pack_plan(plan), vault.TEXT_STEP)
            sealed = None if plan == Plan() else seat.keys.seal_table(padded, f"meeting|{self.id}|plan")
            Meeting.update(sealed_plan=sealed).where(Meeting.id == self.id).execute()

    def skip(self, seat: Seat, now: datetime, *, skipped: bool = True) -> None:
        """Leave this one out, or meet after all. Plan and turns stay with it. Raises MeetingOver and NotHere."""
        with writing():
            self.still_ahead(seat, now)
            Meeting.update(skipped=skipped).where(Meeting.id == self.id).execute()

    def still_ahead(self, seat: Seat, now: datetime) -> None:
        """Lock seat and meeting for a change that makes sense until it ends. Call inside `writing()`."""
        still_here(seat)
        if still_here(self).ends_at <= now:
            raise MeetingOver

    def take(self, seat: Seat, now: datetime, instead_of: str | None = None, role: str = FACILITATOR) -> None:
        """Say yes, asked or not. `instead_of` is the seat it is taken over from, by word of mouth.

        Raises AlreadyTaken where someone else has it, MeetingOver and NotHere.
        """
        with writing():
            self.still_ahead(seat, now)
            holder = Turn.holder(self.id, role)
            if holder not in (None, seat.id, instead_of):
                raise AlreadyTaken(holder)
            Turn.put(self.id, role, seat.id)
            Passed.delete().where(Passed.matches(self.id, role, seat.id)).execute()

    def give_back(self, seat: Seat, now: datetime, role: str = FACILITATOR) -> None:
        """Take back one's yes, so that the next person is asked. Raises MeetingOver and NotHere."""
        with writing():
            self.still_ahead(seat, now)
            if Turn.delete().where(Turn.matches(self.id, role) & (Turn.seat == seat.id)).execute():
                Passed.note(self.id, role, seat.id)

    def pass_on(self, seat: Seat, now: datetime, role: str = FACILITATOR) -> None:
        """Pass when asked; nothing to do for anyone who is not. Raises MeetingOver and NotHere."""
        with writing():
            self.still_ahead(seat, now)
            if Turn.holder(self.id, role) is None and suggestion(self.id, self.circle_id, role, now).seat == seat.id:
                Passed.note(self.id, role, seat.id)

    def settle(
        self, seat: Seat, holder: str | None, now: datetime, *, met: bool = True, role: str = FACILITATOR
    ) -> None:
        """Put right who held a role at a meeting that is over, or that there was none.

        Raises NotOverYet, and NotHere also where `holder` is no seat of this circle.
        """
        with writing():
            still_here(seat)
            if still_here(self).ends_at > now:
                raise NotOverYet
            if holder and not Seat.select().where((Seat.id == holder) & (Seat.circle == self.circle_id)).exists():
                raise NotHere
            Meeting.update(skipped=not met).where(Meeting.id == self.id).execute()
            Turn.put(self.id, role, holder if met else None)


def open_plan(seat: Seat, meeting_id: str, sealed: bytes) -> Plan:
    opened = seat.keys.open_table(bytes(sealed), f"meeting|{meeting_id}|plan")
    return unpack_plan(vault.unpad(opened, vault.TEXT_STEP))


def seal_mark(sealed: bytes | None) -> str:
    """A short word for what is sealed: another one after each change, and it tells nothing about the content."""
    return hashlib.sha256(bytes(sealed)).hexdigest()[:16] if sealed else ""


def open_usual_place(seat: Seat, series_id: str, sealed: bytes) -> Place:
    opened = seat.keys.open_table(bytes(sealed), f"series|{series_id}|usual_place")
    return unpack_place(vault.unpad(opened, vault.TEXT_STEP))


def suggestion(meeting_id: str, circle_id: str, role: str, now: datetime) -> Suggestion:
    """Whom to ask for the circle's next meeting, in two queries."""
    aside = set(not_to_ask(meeting_id=meeting_id, circle_id=circle_id, role=role))
    standings, last_met = [], None
    known = ever_held(circle_id=circle_id, role=role, now=now)
    for seat, place, joined_at, convener, held_at, last_met in known:  # noqa: B007
        willing, passed = (seat, NOT_NOW) not in aside, (seat, PASSED) in aside
        standings.append(
            Standing(seat, place, joined_at, held_at, willing=willing, passed=passed, opens=seat == convener)
        )
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
