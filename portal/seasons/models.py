"""Seasons and what was chosen at their end. Numbers, instants and codes: nothing that anybody wrote."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from peewee import CharField, ForeignKeyField, IntegerField

from portal.circles.models import Circle, Seat, lock_table, still_here
from portal.db import Instant, Table, new_id, rows, writing
from portal.meetings.errors import CalendarChanged
from portal.meetings.models.dates import SKIPPED, Meeting, Series, mark
from portal.meetings.recurrence import local
from portal.seasons.closing import Closing, Dated, close_after
from portal.seasons.counting import Choice, Chosen, puts_right
from portal.seasons.errors import SeasonChanged

NUMBERS = range(2, 61)
A_MOMENT = timedelta(seconds=1)  # what instants are told apart by


class Season(Table):
    """An agreed number of meetings. The newest of a circle is the one that counts; those before it are history."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
    number = IntegerField()
    since = Instant()  # it begins with the first meeting that begins then or later
    made_at = Instant()
    chosen = CharField(max_length=10, null=True)
    chosen_at = Instant(null=True)
    ended_at = Instant(null=True)  # when something was first chosen: what begins later does not count
    until = Instant(null=True)  # the day of meeting again, or the end of the last meeting of all as it stood then
    last = ForeignKeyField(Meeting, null=True, on_delete="SET NULL", backref="+")  # of all; null: it had been

    circle_id: str

    class Meta:
        indexes = ((("circle", "made_at"), True),)

    @classmethod
    def of(cls, circle_id: str) -> "Season | None":
        return cls.select().where(cls.circle == circle_id).order_by(cls.made_at.desc()).first()

    @property
    def seen(self) -> str:
        return seen_as(self.id, self.number, self.chosen, self.until)

    @classmethod
    def agree(cls, seat: Seat, number: int, seen: str, now: datetime, first: datetime | None = None) -> None:
        """Begin the first season, or the first after a close; or give the one that goes on another number.

        A season begins with the next meeting, or with the next one from `first` on.

        Raises SeasonChanged and NotHere.
        """
        with writing():
            stands = cls.locked(seat)
            if stands and stands.chosen is None and stands.number == number:
                return
            if seen != (stands.seen if stands else "") or (stands and stands.chosen not in (None, Choice.CLOSE.value)):
                raise SeasonChanged
            if stands and stands.chosen is None:
                cls.update(number=number).where(cls.id == stands.id).execute()
            else:
                cls.begin(seat, number, max(now, first or now), now, stands)

    @classmethod
    def go_on(
        cls,
        seat: Seat,
        choice: Choice,
        number: int,
        last: datetime | None,
        seen: str,
        now: datetime,
        first: datetime | None = None,
    ) -> None:
        """Renew or change: a new season follows `last`, when the season’s last meeting begins, and not before `first`.

        Raises SeasonChanged and NotHere.
        """
        with writing():
            stands = cls.locked(seat)
            if stands is None or (stands.seen != seen and not stands.follows(seen, choice, number)):
                raise SeasonChanged
            if stands.seen == seen:
                stands.write_down(choice, None, now)
                after = last + A_MOMENT if last and last <= now else now
                cls.begin(seat, number, max(after, now, first or now), now, stands)

    def follows(self, seen: str, choice: Choice, number: int) -> bool:
        """Whether this one came of the very choice that is made again, by a second tap or by someone else."""
        before = Season.get_or_none((Season.id == seen.partition(" ")[0]) & (Season.circle == self.circle_id))
        is_so = self.chosen is None and self.number == number
        return is_so and before is not None and before.chosen == choice.value and before.id != self.id

    @classmethod
    def rest(cls, seat: Seat, until: datetime, was: str, seen: str, now: datetime) -> None:
        """Skip what is ahead until then. `was` is the `days_mark` of the meetings that the page told.

        Raises SeasonChanged, CalendarChanged and NotHere.
        """
        with writing():
            stands = cls.locked(seat)
            if stands and stands.chosen == Choice.REST.value and stands.until == until:
                return
            if stands is None or stands.seen != seen:
                raise SeasonChanged
            skips = to_skip(seat.circle_id, until, now)
            if days_mark(skips) != was:
                raise CalendarChanged
            before = [one.id for one in rested(seat.circle_id, stands.chosen_at, now)]
            Meeting.update(changed_at=now).where(Meeting.id.in_(before)).execute()
            for meeting in skips:
                meeting.skip(seat, now)
            stands.write_down(Choice.REST, until, now)

    @classmethod
    def rest_no_more(cls, seat: Seat, seen: str, now: datetime) -> None:
        """Meet after all on what the rest skipped and is still ahead; the season stands as it did before the rest.

        Raises SeasonChanged and NotHere.
        """
        with writing():
            stands = cls.locked(seat)
            if stands and stands.chosen is None and stands.id == seen.partition(" ")[0]:
                return
            if stands is None or stands.seen != seen or stands.chosen != Choice.REST.value:
                raise SeasonChanged
            for meeting in rested(seat.circle_id, stands.chosen_at, now):
                meeting.skip(seat, now, skipped=False)
            if stands.has_rested(now):
                ChosenBefore.keep(stands)
            nothing = {"chosen": None, "chosen_at": None, "ended_at": None, "until": None}
            cls.update(**nothing).where(cls.id == stands.id).execute()

    @classmethod
    def close(cls, seat: Seat, last: Meeting | None, was: str, seen: str, now: datetime) -> None:
        """Let `last` be the last meeting of all; None: it has been. What has begun stays as it is.

        Raises SeasonChanged, CalendarChanged and NotHere.
        """
        with writing():
            stands = cls.locked(seat)
            last = last and still_here(last)
            until = last.ends_at if last else now
            if stands and stands.is_closed(until, now):
                return
            if stands is None or stands.seen != seen:
                raise SeasonChanged
            if days_mark(after_last(seat.circle_id, last, now)) != was:
                raise CalendarChanged
            end_series(seat, last.starts_at if last else now, now)
            for meeting in after_last(seat.circle_id, last, now):
                meeting.skip(seat, now)
            stands.write_down(Choice.CLOSE, until, now, last)

    def is_closed(self, until: datetime, now: datetime) -> bool:
        """Whether closing then is what stands already."""
        if self.chosen != Choice.CLOSE.value or self.until is None:
            return False
        return self.until == until or max(self.until, until) <= now

    def has_rested(self, now: datetime) -> bool:
        """Whether a date that was skipped since has gone by; before that, a rest that was taken back was none."""
        since = (Meeting.change == SKIPPED) & (Meeting.changed_at >= self.ended_at) & Meeting.skipped
        gone_by = (Meeting.circle == self.circle_id) & (Meeting.starts_at >= self.ended_at) & (Meeting.starts_at <= now)
        return Meeting.select().where(gone_by & since).exists()

    @classmethod
    def locked(cls, seat: Seat) -> "Season | None":
        """The circle’s newest season, while nobody else can choose. Must run inside `writing()`."""
        lock_table(seat)
        return cls.of(seat.circle_id)

    @classmethod
    def begin(cls, seat: Seat, number: int, since: datetime, now: datetime, before: "Season | None" = None) -> None:
        made_at = max(now, before.made_at + A_MOMENT) if before else now
        cls.create(circle=seat.circle_id, number=number, since=since, made_at=made_at)

    def write_down(self, choice: Choice, until: datetime | None, now: datetime, last: Meeting | None = None) -> None:
        if self.chosen and not puts_right(choice, Choice(self.chosen), self.until, now):
            ChosenBefore.keep(self)
        ended_at = self.ended_at or now
        facts = {"chosen": choice.value, "chosen_at": now, "ended_at": ended_at, "until": until, "last": last}
        Season.update(**facts).where(Season.id == self.id).execute()


class ChosenBefore(Table):
    """What a circle chose about a season, and did, before it chose something else about it."""

    season = ForeignKeyField(Season, on_delete="CASCADE", index=False)
    chosen = CharField(max_length=10)
    chosen_at = Instant()

    id: Any

    class Meta:
        indexes = ((("season", "chosen_at"), False),)

    @classmethod
    def keep(cls, season: Season) -> None:
        cls.create(season=season.id, chosen=season.chosen, chosen_at=season.chosen_at)

    @classmethod
    def of(cls, circle_id: str) -> dict[str, list[Chosen]]:
        """What was chosen before about each of a circle's seasons, in order."""
        found = defaultdict(list)
        here = cls.select(cls.season, cls.chosen, cls.chosen_at).join(Season).where(Season.circle == circle_id)
        for season, code, at in rows(here.order_by(cls.chosen_at, cls.id)):
            found[season].append(Chosen(Choice(code), at))
        return dict(found)


def seen_as(id: str, number: int, chosen: str | None, until: datetime | None) -> str:
    """What a page showed of a season: another word once somebody has chosen, or agreed on another number."""
    return f"{id} {number} {chosen or ''} {until.isoformat() if until else ''}".strip()


def ahead(circle_id: str, after: datetime) -> Any:
    """The circle’s meetings that begin after an instant and are not skipped, each with its series."""
    found = Meeting.select(Meeting, Series).join(Series).where((Meeting.circle == circle_id) & ~Meeting.skipped)
    return found.where(Meeting.starts_at > after).order_by(Meeting.starts_at, Meeting.id)


def to_skip(circle_id: str, until: datetime, now: datetime) -> list[Meeting]:
    return list(ahead(circle_id, now).where(Meeting.starts_at < until))


def rested(circle_id: str, chosen_at: datetime | None, now: datetime) -> list[Meeting]:
    """What the rest that was chosen at that moment skipped, if it is still ahead and nothing was done with it since."""
    by_it = Meeting.skipped & (Meeting.change == SKIPPED) & (Meeting.changed_at == chosen_at)
    found = Meeting.select(Meeting, Series).join(Series).where((Meeting.circle == circle_id) & by_it)
    return list(found.where(Meeting.starts_at > now).order_by(Meeting.starts_at, Meeting.id)) if chosen_at else []


def after_last(circle_id: str, last: Meeting | None, now: datetime) -> list[Meeting]:
    """What would not be met any more. What has begun is never among it."""
    return list(ahead(circle_id, max(last.starts_at, now) if last else now))


def days_mark(meetings: Iterable[Meeting]) -> str:
    """A short word for a list of meetings: another one for any others, or for other times."""
    lines = "\n".join(f"{one.id} {one.starts_at}" for one in meetings)
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def end_series(seat: Seat, last: datetime, now: datetime) -> None:
    """End each series of the circle after its last date up to `last`. Must run inside `writing()`."""
    holding, closing = ends(seat.circle_id, last, now)
    for origin, since in closing.since.items():
        end_one(seat, holding[origin], since, now)


def goes(told: Iterable[Meeting], circle_id: str, last: datetime, now: datetime) -> list[Meeting]:
    """Those of the meetings after the last one that go with their series; the others are only skipped."""
    _holding, closing = ends(circle_id, last, now)
    return [one for one in told if one.day >= closing.since.get(one.series.origin, date.max)]


def ends(circle_id: str, last: datetime, now: datetime) -> tuple[dict[str, Series], Closing]:
    """The series that hold, by origin, and from which day on each would end."""
    holding = {one.origin: one for one in Series.select().where(held_by(circle_id))}
    today = {origin: local(now, one.zone).date() for origin, one in holding.items()}
    facts = (Meeting.id, Series.origin, Meeting.day, Meeting.starts_at)
    found = Meeting.select(*facts).join(Series).where((Meeting.circle == circle_id) & (Meeting.ends_at > now))
    standing: Any = found.where(Series.origin.in_(list(holding))).tuples()
    return holding, close_after(last, [Dated(*row) for row in standing], today)


def held_by(circle_id: str) -> Any:
    return (Series.circle == circle_id) & Series.ended_at.is_null()


def end_one(seat: Seat, series: Series, since: date, now: datetime) -> None:
    """One that ends before then anyway is left as it is."""
    told = series.ending(since, now)
    if told or not (series.is_once or (series.until and series.until < since)):
        series.end(seat, since, mark(told, series), now)
