"""When a circle meets: a wall-clock time that repeats, and the instants it falls on.

A night on which the clocks change is settled as RFC 5545 (3.3.5) does: a time the clocks jump over is kept as many
minutes later as they jump; of a time that comes twice the first is meant.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

AHEAD = timedelta(weeks=26)  # far enough to plan around, near enough to change


@dataclass(frozen=True)
class Every:
    """Meet every so many weeks from a first local date on, at a wall time in an IANA zone, for so many minutes."""

    weeks: int
    first: date
    at: time
    zone: str
    minutes: int

    def __post_init__(self) -> None:
        if self.weeks < 1 or self.minutes < 1:
            raise ValueError("a series repeats after one week at least and lasts one minute at least")

    def dates(self, since: date, until: date) -> Iterator[date]:
        """Local dates from `since` to `until`, both included."""
        step = timedelta(weeks=self.weeks)
        past = max(0, -((self.first - since) // step))  # meetings before `since`, rounded up
        day = self.first + past * step
        while day <= until:
            yield day
            day += step

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


def instant(wall: datetime, zone: str) -> datetime:
    """Naive UTC of a naive wall time. Python's `fold=0` is the rule stated above, for the gap and for the overlap."""
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC).replace(tzinfo=None)


def local(moment: datetime, zone: str) -> datetime:
    """Naive wall time in a zone of an instant in naive UTC."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


class Fate(Enum):
    STAYS = "stays"
    OTHER_TIME = "other time"  # the same date at another hour, or shorter or longer
    GOES = "goes"
    COMES = "comes"


@dataclass(frozen=True)
class Planned:
    """A meeting that stands in the calendar: its local date, and what begins and ends it (naive UTC)."""

    day: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Change:
    """What becomes of one date when the series changes; `starts_at` as it will be, or was if it goes."""

    day: date
    fate: Fate
    starts_at: datetime


def changes(standing: Collection[Planned], rule: Every, now: datetime) -> list[Change]:
    """Compare the calendar with a new rule, by date. What has begun is not touched, and its day not met on again."""
    begun = {planned.day for planned in standing if planned.starts_at <= now}
    before = {planned.day: planned for planned in standing if planned.day not in begun}
    after = [day for day in rule.ahead(now) if day not in begun]
    gone = [Change(day, Fate.GOES, planned.starts_at) for day, planned in before.items() if day not in set(after)]
    return sorted(gone + [_become(day, before.get(day), rule) for day in after], key=lambda change: change.day)


def _become(day: date, before: Planned | None, rule: Every) -> Change:
    after = Planned(day, rule.starts(day), rule.ends(day))
    fate = Fate.COMES if before is None else Fate.STAYS if before == after else Fate.OTHER_TIME
    return Change(day, fate, after.starts_at)
