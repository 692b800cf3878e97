"""When a mail is due: by what its person chose, never in their quiet hours, never when it no longer helps.

Hours are those on the clock of the person's own zone. On a night on which the clocks change, an hour that is jumped
over is kept as much later as they jump; of an hour that comes twice the first is meant.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.clocks import instant, local

STEP = timedelta(minutes=5)
ROOM = timedelta(minutes=25)  # before the quiet begins, for a mail server that wants to be asked twice
DAY = timedelta(days=1)
WEEK = 7  # days


@dataclass(frozen=True)
class Wanted:
    """How one person wants mail: how early, not in which hours, and perhaps all at once on one day of the week.

    `quiet` holds the hour in which the quiet begins and the one in which it ends; equal hours mean none. `digest` is a
    weekday (Monday is 0) and an hour. That hour was chosen, so it may lie in the quiet ones.
    """

    zone: str
    early: timedelta
    quiet: tuple[int, int]
    digest: tuple[int, int] | None = None


def before(happens_at: datetime, drop_at: datetime, wanted: Wanted, now: datetime) -> datetime | None:
    """When to remind of what happens then; None if there is no moment left that would help.

    Quiet hours move it earlier, since later may be too late.
    """
    if wanted.digest:
        moment = last_digest(happens_at, wanted)
        return moment if now <= moment < drop_at else None
    moment = before_quiet(happens_at - wanted.early, wanted)
    return moment if now <= moment < drop_at else soon(min(happens_at, drop_at), wanted, now)


def soon(drop_at: datetime, wanted: Wanted, now: datetime) -> datetime | None:
    """When to tell what is new: now, or when the quiet hours end, or with the next digest; None if that is too late."""
    moment = next_digest(now, wanted) if wanted.digest else after_quiet(now, wanted)
    return moment if moment < drop_at else None


def is_quiet(moment: datetime, wanted: Wanted) -> bool:
    begins, ends = wanted.quiet
    hour = local(moment, wanted.zone).hour
    return begins <= hour < ends if begins <= ends else hour >= begins or hour < ends


def before_quiet(moment: datetime, wanted: Wanted) -> datetime:
    """The moment itself, or one shortly before the quiet in which it lies."""
    if not is_quiet(moment, wanted):
        return moment
    while is_quiet(moment, wanted):
        moment -= STEP
    return moment if is_quiet(moment - ROOM, wanted) else moment - ROOM


def after_quiet(moment: datetime, wanted: Wanted) -> datetime:
    """The moment itself, or the first one after the quiet in which it lies."""
    if not is_quiet(moment, wanted):
        return moment
    moment = moment.replace(minute=moment.minute // 5 * 5, second=0)  # so that it ends on the hour
    while is_quiet(moment, wanted):
        moment += STEP
    return moment


def last_digest(happens_at: datetime, wanted: Wanted) -> datetime:
    """The last one before it happens."""
    return max(moment for moment in digests(happens_at, wanted) if moment < happens_at)


def next_digest(now: datetime, wanted: Wanted) -> datetime:
    return min(moment for moment in digests(now, wanted) if moment >= now)


def digests(moment: datetime, wanted: Wanted) -> Iterator[datetime]:
    """Those of a week before the moment to a week after it."""
    weekday, hour = wanted.digest or (0, 0)
    today = local(moment, wanted.zone).date()
    first = today + DAY * ((weekday - today.weekday()) % WEEK)
    for weeks in (-2, -1, 0, 1, 2):  # an hour that is jumped over at midnight falls on the next day
        yield on_the_clock(first + weeks * WEEK * DAY, hour, wanted.zone)


def on_the_clock(day: date, hour: int, zone: str) -> datetime:
    return instant(datetime.combine(day, time(hour)), zone)
