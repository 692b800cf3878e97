"""What goes from the calendar when one meeting is to be the last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True)
class Dated:
    """A meeting ahead. `day` is its date by the rule of its series, wherever it was moved to."""

    id: str
    origin: str
    day: date
    starts_at: datetime


@dataclass(frozen=True)
class Closing:
    """From which day on each series ends, by its origin; and the ids of what is after the last one all the same."""

    since: dict[str, date]
    left: tuple[str, ...]


def close_after(last: datetime, ahead: Iterable[Dated], usual: dict[str, date]) -> Closing:
    """End each series after its last date that begins no later than `last`, the beginning of the last meeting of all.

    `usual` holds each series with the day from which it ends where none of its meetings is ahead. A series ends by its
    own dates: one that was moved past the last meeting, but stands before the end by its date, is left to be skipped.
    """
    ahead, since = list(ahead), dict(usual)
    for origin in {one.origin for one in ahead}:
        kept = [one.day for one in ahead if one.origin == origin and one.starts_at <= last]
        after = [one.day for one in ahead if one.origin == origin and one.starts_at > last]
        if kept:
            since[origin] = max(kept) + timedelta(days=1)
        elif after:
            since[origin] = min(after)
    left = [one.id for one in ahead if one.starts_at > last and one.day < since[one.origin]]
    return Closing(since, tuple(left))
