"""Series and the meetings that follow from them. Instants are clear; usual places and names are sealed (table ring)."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from peewee import (
    BlobField,
    BooleanField,
    CharField,
    DateField,
    ForeignKeyField,
    IntegerField,
    TextField,
    TimeField,
    chunked,
)

from portal.circles.models import Circle, Seat, lock_table, still_here
from portal.clocks import local
from portal.db import Instant, Prepared, Table, afterwards, forget_deleted, new_id, writing
from portal.meetings.errors import CalendarChanged, MeetingOver, TimeChanged, TimeGoneBy
from portal.meetings.models.listeners import tell
from portal.meetings.models.opening import open_name, open_usual_place, seal_name, seal_usual_place
from portal.meetings.plan import Place
from portal.meetings.recurrence import Change, Fate, Planned, Repeats, Rule, changes

# What changed last about a meeting.
ADDED, MOVED, LONGER, SHORTER, USUAL = "added", "moved", "longer", "shorter", "usual"
SKIPPED, BACK, PLACE = "skipped", "back", "place"
SERIES, CLOCKS = "series", "clocks"  # it moved with its series, or with a law that moves the clocks


class Series(Table):
    """When a circle meets, until it agrees on something else: then this row ends and another goes on from it.

    A single meeting is a series that repeats once.
    """

    id = CharField(max_length=26, primary_key=True, default=new_id)
    circle = ForeignKeyField(Circle, on_delete="CASCADE")
    origin = CharField(max_length=26)  # the first of the series that went on from one another
    repeats = CharField(max_length=10)
    every = IntegerField()  # weeks or months
    first_on = DateField()
    at = TimeField()  # by the clock on the wall, in `zone`
    zone = CharField(max_length=50)
    minutes = IntegerField()
    until = DateField(null=True)
    times = IntegerField(null=True)
    rests = TextField(default="[]")  # pairs of a first and a last day
    agreed_at = Instant(null=True)
    ended_at = Instant(null=True)
    sealed_name = BlobField(null=True)
    sealed_usual_place = BlobField()

    circle_id: str

    @property
    def rule(self) -> Rule:
        rests = tuple((date.fromisoformat(begin), date.fromisoformat(end)) for begin, end in json.loads(self.rests))
        facts = (self.first_on, self.at, self.zone, self.minutes, self.until, self.times)
        return Rule(Repeats(self.repeats), self.every, *facts, rests)

    @classmethod
    def of(cls, circle_id: str, now: datetime) -> "list[Series]":
        """What the circle meets by again and again, first what has no name. Single meetings are not among it."""
        return [series for series in meets_by.models(circle_id=circle_id) if series.has_more(now)]

    @classmethod
    def newest(cls, circle_id: str, origin: str) -> "Series | None":
        """The one that holds now of those that went on from one another, or that ended last."""
        these = cls.select().where((cls.circle == circle_id) & (cls.origin == origin))
        return these.order_by(cls.ended_at.is_null().desc(), cls.ended_at.desc(), cls.agreed_at.desc()).first()

    @classmethod
    def made(cls, seat: Seat, once: str | None) -> "Series | None":
        """What the form with this one-time id was carried out as, if it was."""
        return cls.get_or_none((cls.id == once) & (cls.circle == seat.circle_id)) if once else None

    @property
    def is_once(self) -> bool:
        return self.repeats == Repeats.ONCE.value

    def has_more(self, now: datetime) -> bool:
        """Whether a date by the rule, however far, is still to come."""
        rule = self.rule
        yesterday = local(now, self.zone).date() - timedelta(days=1)
        return any(rule.starts(day) > now for day in rule.dates(yesterday, date.max))

    def usual_place(self, seat: Seat) -> Place:
        return open_usual_place(seat, self.id, self.sealed_usual_place)

    def name(self, seat: Seat) -> str:
        return open_name(seat, self.id, self.sealed_name)

    def says(self, seat: Seat, rule: Rule, usual: Place, name: str) -> bool:
        return (self.rule, self.usual_place(seat), self.name(seat)) == (rule, usual, name)

    @classmethod
    def preview(cls, rule: Rule, now: datetime, stands: "Series | None" = None) -> list[Change]:
        """What `agree` would do to each date."""
        return changes(Meeting.calendar(stands.origin, now) if stands else [], rule, now)

    @classmethod
    def agree(
        cls,
        seat: Seat,
        rule: Rule,
        usual: Place,
        seen: str,
        now: datetime,
        *,
        stands: "Series | None" = None,
        name: str = "",
        once: str | None = None,
    ) -> "Series":
        """Begin a series, in place of `stands` if there is one. Meetings that have begun stay as they are.

        `seen` is the `mark` of the preview that was agreed to; what was agreed under the same `once` before is not
        done again. Raises CalendarChanged and NotHere.
        """
        with writing():
            lock_table(seat)
            if made := cls.made(seat, once):
                return made
            stands = stands and cls.newest(seat.circle_id, stands.origin)
            told = cls.preview(rule, now, stands)
            if mark(told, stands) != seen:
                raise CalendarChanged
            if stands:
                cls.update(ended_at=now).where((cls.id == stands.id) & cls.ended_at.is_null()).execute()
            free = once is not None and not cls.select().where(cls.id == once).exists()
            id = once if once and free else new_id()
            series = cls.begin(seat, rule, usual, name, id, now, stands.origin if stands else None)
            series.carry_out(told, now)
        return series

    @classmethod
    def begin(
        cls, seat: Seat, rule: Rule, usual: Place, name: str, id: str, now: datetime, origin: str | None
    ) -> "Series":
        series = cls(id=id, circle=seat.circle_id, origin=origin or id, agreed_at=now)
        series.follow(rule)
        series.sealed_usual_place = seal_usual_place(seat, id, usual)
        series.sealed_name = seal_name(seat, id, name)
        series.save(force_insert=True)
        return series

    def follow(self, rule: Rule) -> None:
        self.repeats, self.every, self.first_on, self.at = rule.repeats.value, rule.every, rule.first, rule.at
        self.zone, self.minutes, self.until, self.times = rule.zone, rule.minutes, rule.until, rule.times
        self.rests = json.dumps([[begin.isoformat(), end.isoformat()] for begin, end in rule.rests])

    def carry_out(self, told: Iterable[Change], now: datetime, why: str = SERIES) -> None:
        """Make the calendar what was previewed. Dates that stay keep their plan and turns, and whether skipped.

        Must run inside `writing()`.
        """
        standing = {one.day: one.id for one in Meeting.calendar(self.origin, now) if one.starts_at > now}
        by_fate = defaultdict(list)
        for change in told:
            by_fate[change.fate].append(change)
        gone = [standing[change.day] for change in by_fate[Fate.GOES]]
        moved = [standing[change.day] for change in by_fate[Fate.OTHER_TIME]]
        Meeting.remove(gone)
        for some in chunked([standing[change.day] for change in by_fate[Fate.STAYS]] + moved, 100):
            Meeting.update(series=self.id).where(Meeting.id.in_(some)).execute()
        for change in by_fate[Fate.OTHER_TIME]:
            Meeting.note(standing[change.day], why, now, starts_at=change.starts_at, ends_at=change.ends_at)
        new = Meeting.add([(self, change) for change in by_fate[Fate.COMES]], now)
        tell(self.circle_id, [*gone, *moved, *new])

    def ending(self, since: date, now: datetime) -> list[Change]:
        """Which dates would go if it ended before the local date `since`. What has begun stays."""
        ahead = [one for one in Meeting.calendar(self.origin, now) if one.starts_at > now and one.day >= since]
        return [Change(one.day, Fate.GOES, one.starts_at, one.ends_at) for one in ahead]

    def end(self, seat: Seat, since: date, seen: str, now: datetime) -> None:
        """Meet by it no more from a local date on. Raises CalendarChanged and NotHere."""
        with writing():
            lock_table(seat)
            stands = still_here(self)
            told = stands.ending(since, now)
            if mark(told, stands) != seen or stands.ended_at:
                raise CalendarChanged
            stands.until, stands.agreed_at = since - timedelta(days=1), now
            if stands.until < stands.first_on:
                stands.until, stands.ended_at = self.until, now
            elif not stands.has_more(now):
                stands.ended_at = now
            stands.save(only=[Series.until, Series.agreed_at, Series.ended_at])
            stands.carry_out(told, now)


@Prepared
def meets_by(circle_id: str) -> Any:
    """The circle's series that repeat and have not ended."""
    again = (Series.circle == circle_id) & Series.ended_at.is_null() & (Series.repeats != Repeats.ONCE.value)
    return Series.select().where(again).order_by(Series.sealed_name.is_null().desc(), Series.origin)


def mark(told: Iterable[Change], stands: Series | None = None) -> str:
    """A short word for a preview: another one for any other changes, or where something else held before."""
    lines = "\n".join(f"{change.day} {change.fate.value} {change.starts_at}" for change in told)
    before = f"{stands.id} {stands.until} {stands.ended_at}\n" if stands else ""
    return hashlib.sha256((before + lines).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class OnCalendar(Planned):
    id: str = ""


class Meeting(Table):
    """One gathering. `day` is its date by the rule of its series, also when it is moved to another.

    `sequence` counts changes of its time, and of whether it takes place: calendars ask for it.
    """

    id = CharField(max_length=26, primary_key=True, default=new_id)
    circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
    series = ForeignKeyField(Series, on_delete="CASCADE", index=False)
    day = DateField()
    starts_at = Instant()
    ends_at = Instant()
    own_time = BooleanField(default=False)  # moved, lengthened or shortened by hand
    skipped = BooleanField(default=False)
    changed_at = Instant(null=True)  # null: as it was made
    change = CharField(max_length=10, default="")
    sequence = IntegerField(default=0)
    sealed_plan = BlobField(null=True)  # null: at the usual place, and no plan yet

    circle_id: str
    series_id: str

    class Meta:
        indexes = ((("series", "day"), True), (("circle", "ends_at"), False))

    @classmethod
    def calendar(cls, origin: str, now: datetime) -> list[OnCalendar]:
        """What is ahead of a series and of those before it, and the last few days, which are not met on again."""
        return cls.calendars([origin], now)[origin]

    @classmethod
    def calendars(cls, origins: list[str], now: datetime) -> dict[str, list[OnCalendar]]:
        since = now - timedelta(days=3)
        lately = (cls.starts_at > since) | (cls.day > since.date())
        facts = (Series.origin, cls.day, cls.starts_at, cls.ends_at, cls.own_time, cls.id)
        rows: Any = cls.select(*facts).join(Series).where(Series.origin.in_(origins) & lately).tuples()
        found: dict[str, list[OnCalendar]] = defaultdict(list)
        for origin, *row in rows:
            found[origin].append(OnCalendar(*row))
        return found

    @classmethod
    def add(cls, coming: Iterable[tuple[Series, Change]], now: datetime) -> list[str]:
        """Make rows, many in one statement, and tell their ids. What is made by hand counts as a change."""
        rows: list[dict[str, Any]] = []
        for series, change in coming:
            by_hand = {"change": ADDED, "changed_at": now} if series.is_once else {"change": "", "changed_at": None}
            times = {"day": change.day, "starts_at": change.starts_at, "ends_at": change.ends_at}
            rows.append({"id": new_id(), "circle": series.circle_id, "series": series.id, **times, **by_hand})
        for some in chunked(rows, 50):
            cls.insert_many(some).execute()
        return [row["id"] for row in rows]

    @classmethod
    def remove(cls, ids: list[str]) -> None:
        for some in chunked(ids, 100):
            cls.delete().where(cls.id.in_(some)).execute()
        if ids:
            afterwards(forget_deleted)

    @classmethod
    def note(cls, id: str, change: str, now: datetime, **facts: object) -> None:
        """Write what changed about a meeting's time; what changes only where it is goes through `PLACE`."""
        counted = {} if change == PLACE else {"sequence": cls.sequence + 1}
        cls.update(change=change, changed_at=now, **counted, **facts).where(cls.id == id).execute()

    @classmethod
    def beside(cls, circle_id: str, starts_at: datetime, ends_at: datetime, but: str = "") -> "Meeting | None":
        """Another meeting of the circle at the same time, if there is one."""
        overlaps = (cls.starts_at < ends_at) & (cls.ends_at > starts_at) & ~cls.skipped & (cls.id != but)
        found = cls.select(cls, Series).join(Series).where((cls.circle == circle_id) & overlaps)
        return found.order_by(cls.starts_at).first()

    def skip(self, seat: Seat, now: datetime, *, skipped: bool = True) -> None:
        """Leave this one out, or meet after all. Plan and turns stay with it. Raises MeetingOver and NotHere."""
        with writing():
            meeting = self.still_ahead(seat, now)
            if meeting.skipped != skipped:
                Meeting.note(self.id, SKIPPED if skipped else BACK, now, skipped=skipped)
                tell(self.circle_id, [self.id])

    def move(self, seat: Seat, starts_at: datetime, ends_at: datetime, seen: int, now: datetime) -> None:
        """Give this one another time, or length. `seen` is the `sequence` of the meeting that was looked at.

        What has begun can still last longer or shorter. Raises TimeChanged, TimeGoneBy, MeetingOver and NotHere.
        """
        with writing():
            meeting = self.still_ahead(seat, now)
            if (starts_at, ends_at) == (meeting.starts_at, meeting.ends_at):
                return
            if meeting.sequence != seen:
                raise TimeChanged
            meeting.put(starts_at, ends_at, now)

    def put_back(self, seat: Seat, now: datetime) -> None:
        """Give it the time of its series again. Raises TimeGoneBy, MeetingOver and NotHere."""
        with writing():
            meeting = self.still_ahead(seat, now)
            usual = meeting.usual_time
            if usual != (meeting.starts_at, meeting.ends_at):
                meeting.put(*usual, now)

    def put(self, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
        """Must run inside `writing()`, on a row that was read in it."""
        if ends_at <= now or (starts_at != self.starts_at and min(starts_at, self.starts_at) <= now):
            raise TimeGoneBy
        change = MOVED if starts_at != self.starts_at else LONGER if ends_at > self.ends_at else SHORTER
        own = (starts_at, ends_at) != self.usual_time
        times = {"starts_at": starts_at, "ends_at": ends_at, "own_time": own}
        Meeting.note(self.id, change if own else USUAL, now, **times)
        tell(self.circle_id, [self.id])

    @property
    def usual_time(self) -> tuple[datetime, datetime]:
        rule = self.series.rule
        return rule.starts(self.day), rule.ends(self.day)

    def still_ahead(self, seat: Seat, now: datetime) -> "Meeting":
        """Lock seat and meeting for a change that makes sense until it ends. Call inside `writing()`."""
        still_here(seat)
        meeting = still_here(self)
        if meeting.ends_at <= now:
            raise MeetingOver
        return meeting
