"""Which meetings make up a season, and where in it a circle stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum


@dataclass(frozen=True)
class Gathering:
    """A meeting of any series; its times are naive UTC, `zone` is that of its series."""

    id: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    skipped: bool = False


@dataclass(frozen=True)
class Count:
    """The meetings of a season, in the order in which they begin: those that took place, then those that are to come.

    `coming` may begin with one that is going on. The two are fewer than `number` where the calendar ends before.
    """

    number: int
    held: tuple[Gathering, ...]
    coming: tuple[Gathering, ...]

    @property
    def next(self) -> Gathering | None:
        return self.coming[0] if self.coming else None

    @property
    def nth(self) -> int:
        """Which one of the season the next one is."""
        return len(self.held) + 1

    @property
    def last(self) -> Gathering | None:
        """The last one of the season; None where no date is known for it yet."""
        known = (*self.held, *self.coming)
        return max(known, key=in_order) if len(known) == self.number else None

    @property
    def is_over(self) -> bool:
        return len(self.held) == self.number


def in_order(one: Gathering) -> tuple[datetime, str]:
    return one.starts_at, one.id


def count(
    gatherings: Iterable[Gathering], number: int, since: datetime, now: datetime, until: datetime | None = None
) -> Count:
    """The first `number` meetings that are not skipped and begin between `since` and `until`, both included.

    A meeting counts as held once it is over. What is skipped, moved or added shifts all that come after it.
    """
    within = [
        g for g in gatherings if not g.skipped and since <= g.starts_at and (until is None or g.starts_at <= until)
    ]
    season = sorted(within, key=in_order)[:number]
    held = tuple(one for one in season if one.ends_at <= now)
    return Count(number, held, tuple(one for one in season if one.ends_at > now))


@dataclass(frozen=True)
class Farewell:
    """What a close has come to: the last meeting that stands, of all that the circle has."""

    last: Gathering | None
    is_anew: bool  # dates were set since, and what was chosen is done


def farewell(last: Gathering | None, until: datetime, ends_now: datetime | None) -> Farewell:
    """`until` is the end of the chosen last meeting as it stood then; `ends_now` is where it was moved to since."""
    return Farewell(last, last is not None and last.starts_at >= max(until, ends_now or until))


class Choice(Enum):
    """What a circle can choose at the end of a season."""

    RENEW = "renew"
    REST = "rest"
    CHANGE = "change"
    CLOSE = "close"


@dataclass(frozen=True)
class Chosen:
    """What a circle chose about a season, and when. Who chose is not kept."""

    choice: Choice
    at: datetime


def puts_right(choice: Choice, before: Choice, until: datetime | None, now: datetime) -> bool:
    """Whether this only says again, with another date, what was chosen before and is still going on."""
    return choice is before and until is not None and now < until


class Stage(Enum):
    GOING = "going"
    CHOOSING = "choosing"  # from the beginning of the last meeting on, and again when a rest is over
    RESTING = "resting"
    CLOSING = "closing"  # the last meeting of all is to come
    CLOSED = "closed"
    NONE = "none"  # what was chosen is done, and no season was agreed on since


def stage(
    chosen: Choice | None, until: datetime | None, counted: Count, now: datetime, closed: Farewell | None = None
) -> Stage:
    """Where the newest season stands. `until` is the day of meeting again; `closed` what became of a close."""
    if chosen is None:
        begun = counted.last is not None and counted.last.starts_at <= now
        return Stage.CHOOSING if begun or counted.is_over else Stage.GOING
    if chosen is Choice.REST and until:
        return Stage.RESTING if now < until else Stage.CHOOSING
    if chosen is not Choice.CLOSE or closed is None or closed.is_anew:
        return Stage.NONE
    return Stage.CLOSING if closed.last and closed.last.ends_at > now else Stage.CLOSED
