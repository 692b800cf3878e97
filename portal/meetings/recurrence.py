"""When a circle meets: local dates that repeat, a wall-clock time, and the instants they fall on.

A night on which the clocks change is settled as `portal.clocks` says (RFC 5545, 3.3.10 for what repeats). Dates are
reckoned without a zone and without a time of day, and only then put on the clock: reckoned in UTC they would slip by
the hour that the clocks change, at some hours into the next day.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from itertools import islice, takewhile

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday

from portal.clocks import instant, local

AHEAD = timedelta(weeks=53)  # a year in every calendar that reads the feed, and a week so that none sees its edge
LAST = -1  # as RFC 5545 counts: “-1TU” is the last Tuesday


class Repeats(Enum):
    ONCE = "once"
    WEEKS = "weeks"  # every so many weeks
    WEEKDAY = "weekday"  # the first Tuesday of the month, as the first meeting is
    LAST_WEEKDAY = "last"  # the last Tuesday of the month
    DATE = "date"  # the 15th; where the month is shorter, on its last day


@dataclass(frozen=True)
class Rule:
    """Meet on dates that repeat, from a first local date on, at a wall time in an IANA zone, for so many minutes.

    `every` is weeks or months apart. It ends on `until`, or after so many `times`, or never. `rests` are first and last
    days of breaks: no meeting is made in them, none is moved out of them, and they do not count among the `times`.
    """

    repeats: Repeats
    every: int
    first: date
    at: time
    zone: str
    minutes: int
    until: date | None = None
    times: int | None = None
    rests: tuple[tuple[date, date], ...] = ()

    def __post_init__(self) -> None:
        if self.every < 1 or self.minutes < 1:
            raise ValueError("a series repeats after one week or month at least and lasts one minute at least")
        if self.times is not None and self.times < 1:
            raise ValueError("a series has one meeting at least")
        if self.until is not None and self.until < self.first:
            raise ValueError("a series does not end before its first meeting")
        if any(end < begin for begin, end in self.rests):
            raise ValueError("a break does not end before it begins")
        if self.repeats is Repeats.LAST_WEEKDAY and (self.first + timedelta(weeks=1)).month == self.first.month:
            raise ValueError("the first meeting is on the last such weekday of its month, too")

    @property
    def ordinal(self) -> int | None:
        """Which weekday of the month: 1 to 4, or LAST. None where the rule is not told so.

        No month is sure to have a fifth: who begins with one means the last.
        """
        if self.repeats is Repeats.LAST_WEEKDAY:
            return LAST
        if self.repeats is Repeats.WEEKDAY:
            nth = (self.first.day + 6) // 7
            return nth if nth < 5 else LAST
        return None

    def dates(self, since: date, until: date) -> Iterator[date]:
        """Local dates from `since` to `until`, both included."""
        end = until if self.until is None else min(until, self.until)
        # Numbered from the first meeting on, or else begun close to `since`: a series may be years old.
        pattern = self._pattern(since if self.times is None else self.first)
        days = takewhile(lambda day: day <= end, (moment.date() for moment in pattern))
        met = islice((day for day in days if not self.rests_on(day)), self.times)
        return (day for day in met if day >= since)

    def _pattern(self, since: date) -> rrule:
        """Dates without end or break, beginning no later than at the first one after `since`."""
        if self.repeats is Repeats.ONCE:
            return rrule(DAILY, count=1, dtstart=midnight(self.first))
        if self.repeats is Repeats.WEEKS:
            step = timedelta(weeks=self.every)
            begun = self.first + max(0, (since - self.first) // step) * step
            return rrule(WEEKLY, interval=self.every, dtstart=midnight(begun))
        month = months(self.first) + max(0, (months(since) - months(self.first)) // self.every) * self.every
        begun = date(month // 12, month % 12 + 1, 1)
        if self.ordinal is not None:
            nth = weekday(self.first.weekday(), self.ordinal)
            return rrule(MONTHLY, interval=self.every, dtstart=midnight(begun), byweekday=nth)
        # Of the 28th, 29th, ... up to the day wished for, the last that the month has.
        these = range(min(28, self.first.day), self.first.day + 1)
        return rrule(MONTHLY, interval=self.every, dtstart=midnight(begun), bymonthday=these, bysetpos=-1)

    def rests_on(self, day: date) -> bool:
        return any(begin <= day <= end for begin, end in self.rests)

    def ahead(self, now: datetime) -> list[date]:
        """Local dates of the meetings that begin after `now` (naive UTC) and within `AHEAD`."""
        today = local(now, self.zone).date()
        # The day before today: a jump over midnight can carry yesterday's time into today.
        return [day for day in self.dates(today - timedelta(days=1), today + AHEAD) if self.starts(day) > now]

    def starts(self, day: date) -> datetime:
        """The instant (naive UTC) at which the meeting of a local date begins."""
        return instant(datetime.combine(day, self.at), self.zone)

    def ends(self, day: date) -> datetime:
        return self.starts(day) + timedelta(minutes=self.minutes)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def months(day: date) -> int:
    """Number the months, so that they can be counted over years."""
    return day.year * 12 + day.month - 1


class Fate(Enum):
    STAYS = "stays"
    OTHER_TIME = "other time"  # the same date at another hour, or shorter or longer
    GOES = "goes"
    COMES = "comes"


@dataclass(frozen=True)
class Planned:
    """A meeting that stands in the calendar: its date by the rule, and what begins and ends it (naive UTC)."""

    day: date
    starts_at: datetime
    ends_at: datetime
    own_time: bool = False  # moved or lengthened by hand


@dataclass(frozen=True)
class Change:
    """What becomes of one date when the series changes; its times (naive UTC) as they will be, or were if it goes."""

    day: date
    fate: Fate
    starts_at: datetime
    ends_at: datetime


def changes(standing: Collection[Planned], rule: Rule, now: datetime) -> list[Change]:
    """Compare the meetings of one series with the rule that is to hold from now on, by date.

    What has begun is not touched, and its day not met on again. `standing` is every meeting of the series, and of the
    one that it takes the place of, that is ahead by its time or no more than three days past by its date: one moved by
    hand has begun by its time, and holds its date by the rule.
    """
    begun = {planned.day for planned in standing if planned.starts_at <= now}
    before = {planned.day: planned for planned in standing if planned.day not in begun}
    after = (set(rule.ahead(now)) | kept(before, rule)) - begun
    gone = [Change(p.day, Fate.GOES, p.starts_at, p.ends_at) for p in before.values() if p.day not in after]
    return sorted(gone + [become(day, before.get(day), rule, now) for day in after], key=lambda change: change.day)


def kept(before: Collection[date], rule: Rule) -> set[date]:
    """Those dates that the rule has, too: also where a meeting moved by hand is ahead, and its date is past."""
    return set(rule.dates(min(before), max(before))).intersection(before) if before else set()


def become(day: date, before: Planned | None, rule: Rule, now: datetime) -> Change:
    """A date that the rule has. A meeting keeps its time if that was set by hand, or if the new one is past already."""
    starts_at, ends_at = rule.starts(day), rule.ends(day)
    if before is None:
        return Change(day, Fate.COMES, starts_at, ends_at)
    if before.own_time or starts_at <= now or (before.starts_at, before.ends_at) == (starts_at, ends_at):
        return Change(day, Fate.STAYS, before.starts_at, before.ends_at)
    return Change(day, Fate.OTHER_TIME, starts_at, ends_at)
