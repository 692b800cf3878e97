"""Series and the meetings that follow from them. Instants are clear; the usual place is sealed under the table ring."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from peewee import BlobField, BooleanField, CharField, DateField, ForeignKeyField, IntegerField, TimeField

from portal import vault
from portal.circles.models import Circle, Seat, still_here
from portal.db import Instant, Table, afterwards, forget_deleted, new_id, writing
from portal.meetings.errors import CalendarChanged, MeetingOver
from portal.meetings.plan import Place, pack_place, unpack_place
from portal.meetings.recurrence import Change, Every, Fate, Planned, changes


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


def open_usual_place(seat: Seat, series_id: str, sealed: bytes) -> Place:
    opened = seat.keys.open_table(bytes(sealed), f"series|{series_id}|usual_place")
    return unpack_place(vault.unpad(opened, vault.TEXT_STEP))
