"""When the clocks of a zone change, as a calendar program is told it (RFC 5545, 3.6.5): every change by itself.

Rules would be shorter, but no rule says what Morocco does each year around Ramadan; and these need no program that
understands rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

A_DAY = timedelta(days=1)
NO_TIME = timedelta()


@dataclass(frozen=True)
class Clock:
    """What a zone's clocks say for a while."""

    offset: timedelta
    name: str
    is_other: bool  # than the zone's usual time

    @classmethod
    def at(cls, moment: datetime, zone: ZoneInfo) -> "Clock":
        there = moment.replace(tzinfo=UTC).astimezone(zone)
        return cls(there.utcoffset() or NO_TIME, there.tzname() or "", bool(there.dst()))


@lru_cache(64)
def zone_lines(name: str, first_year: int, last_year: int) -> tuple[str, ...]:
    """A VTIMEZONE that holds from the first of these years to the last."""
    zone = ZoneInfo(name)
    begin, end = datetime(first_year, 1, 1) - A_DAY, datetime(last_year + 1, 1, 1) + A_DAY
    first = Clock.at(begin, zone)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}", *clock_lines(begin, first, first)]
    before = first
    for moment, clock in changes(zone, begin, end):
        lines += clock_lines(moment, before, clock)
        before = clock
    return (*lines, "END:VTIMEZONE")


def changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[tuple[datetime, Clock]]:
    """Every instant (naive UTC) between these at which the clocks are changed, and to what."""
    moment, clock = begin, Clock.at(begin, zone)
    while moment < end:
        following = Clock.at(moment + A_DAY, zone)
        if following != clock:
            yield the_very_second(zone, moment, moment + A_DAY), following
            clock = following
        moment += A_DAY


def the_very_second(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second at which the clocks are as they are `after`."""
    clock = Clock.at(after, zone)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if Clock.at(middle, zone) == clock:
            after = middle
        else:
            before = middle
    return after


def clock_lines(moment: datetime, before: Clock, after: Clock) -> list[str]:
    """What is told of a change: its time is the one that the clocks showed before it."""
    kind = "DAYLIGHT" if after.is_other else "STANDARD"
    onset = (moment + before.offset).isoformat("T", "seconds").replace("-", "").replace(":", "")
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{onset}",
        f"TZOFFSETFROM:{signed(before.offset)}",
        f"TZOFFSETTO:{signed(after.offset)}",
        f"TZNAME:{after.name}",
        f"END:{kind}",
    ]


def signed(offset: timedelta) -> str:
    """+0530."""
    minutes = offset // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}{rest:02}"
