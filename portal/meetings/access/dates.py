"""Dates, as the people of one table see them: in two clocks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from flask_login import current_user
from peewee import fn

from portal.circles.models import Seat
from portal.clocks import local
from portal.db import Prepared
from portal.meetings.models.dates import CLOCKS, SERIES, Meeting, Series
from portal.meetings.models.opening import open_name
from portal.meetings.recurrence import Change, Fate, Repeats
from portal.web import filters
from portal.web.errors import NotHere

LOOK_AHEAD = 4  # rows read to find the next meeting: enough unless more than three in a row are skipped


class Row(NamedTuple):
    """What is read of a meeting and its series; models would be slower (docs/performance.md)."""

    id: str
    starts_at: datetime
    ends_at: datetime
    skipped: bool
    zone: str
    series: str
    day: date | None = None  # by the rule of its series
    own_time: bool = False
    sealed_name: bytes | None = None  # of the series
    sealed_plan: bytes | None = None
    sealed_usual_place: bytes | None = None


TIMES = (Meeting.id, Meeting.starts_at, Meeting.ends_at, Meeting.skipped, Series.zone, Series.id)
CLEAR = (*TIMES, Meeting.day, Meeting.own_time)
NAMED = (*CLEAR, Series.sealed_name)
SEALED = (Series.sealed_name, Meeting.sealed_plan, Series.sealed_usual_place)


def rows(circle_id: str, *columns: object) -> Any:
    """The circle's meetings, each with its series."""
    return Meeting.select(*columns).join(Series).where(Meeting.circle == circle_id).tuples()


def ahead(circle_id: str, now: datetime) -> Any:
    return rows(circle_id, *CLEAR, *SEALED).where(Meeting.ends_at > now).order_by(Meeting.starts_at)


@Prepared
def first_ahead(circle_id: str, now: datetime) -> Any:
    return ahead(circle_id, now).limit(LOOK_AHEAD)


@Prepared
def next_of_each(circle_ids: list[str], now: datetime) -> Any:
    """The next meeting of each circle: its circle, then what `Row` names."""
    ahead = Meeting.alias()
    first = fn.MIN(ahead.starts_at).alias("first")
    soonest = ahead.select(ahead.circle, first).where(
        ahead.circle.in_(circle_ids) & (ahead.ends_at > now) & ~ahead.skipped
    )
    soonest = soonest.group_by(ahead.circle)
    is_it = (Meeting.circle == soonest.c.circle_id) & (Meeting.starts_at == soonest.c.first)
    return Meeting.select(Meeting.circle, *TIMES).join(Series).join_from(Meeting, soonest, on=is_it)


@dataclass(frozen=True)
class Shown:
    """One meeting. `own_zone` is the reader's, where their clock shows another time just then."""

    id: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    own_zone: str | None
    skipped: bool
    has_begun: bool
    is_over: bool
    own_time: bool = False
    moved_from: date | None = None  # where it is on another day than its series says

    @property
    def day(self) -> str:
        return filters.day(self.starts_at, self.zone)

    @property
    def begins(self) -> str:
        return filters.clock(self.starts_at, self.zone)


def meeting_or_404(seat: Seat, meeting_id: str) -> Meeting:
    """A meeting of this seat's circle, to change it. Raises NotHere."""
    found = Meeting.get_or_none((Meeting.id == meeting_id) & (Meeting.circle == seat.circle_id))
    if found is None:
        raise NotHere
    return found


def series_or_404(seat: Seat, origin: str) -> Series:
    """What went on from the series `origin` of this seat's circle, to change it. Raises NotHere."""
    found = Series.newest(seat.circle_id, origin)
    if found is None or found.is_once:
        raise NotHere
    return found


def moved_by_hand(origin: str, now: datetime) -> set[date]:
    """The dates ahead of a series whose meetings were moved, lengthened or shortened by hand."""
    return {one.day for one in Meeting.calendar(origin, now) if one.own_time and one.starts_at > now}


def clashes(circle_id: str, told: Iterable[Change], origin: str, now: datetime) -> set[date]:
    """Which dates of a preview would fall together with a meeting of another series of the circle."""
    ahead = rows(circle_id, Meeting.starts_at, Meeting.ends_at).where((Meeting.ends_at > now) & ~Meeting.skipped)
    others = list(ahead.where(Series.origin != origin))
    coming = [change for change in told if change.fate in (Fate.COMES, Fate.OTHER_TIME)]
    return {one.day for one in coming if any(begin < one.ends_at and end > one.starts_at for begin, end in others)}


def next_dates(circle_ids: Iterable[str], now: datetime) -> dict[str, Shown]:
    """The meeting of each of the reader's circles that is on or comes next, where a date stands. One query."""
    found = next_of_each(circle_ids=list(circle_ids), now=now)
    return {circle_id: shown(Row(*facts), now) for circle_id, *facts in found}


def first_kept(circle_id: str, now: datetime) -> Row | None:
    row = ahead(circle_id, now).where(~Meeting.skipped).first()
    return Row(*row) if row else None


def is_next(circle_id: str, row: Row, now: datetime) -> bool:
    before = (Meeting.ends_at > now) & (Meeting.starts_at < row.starts_at) & ~Meeting.skipped
    return row.ends_at > now and not Meeting.select().where((Meeting.circle == circle_id) & before).exists()


def shown(row: Row, now: datetime) -> Shown:
    own = current_user.person.zone
    differs = local(row.starts_at, own) != local(row.starts_at, row.zone)
    has_begun, is_over = row.starts_at <= now, row.ends_at <= now
    facts = (row.id, row.starts_at, row.ends_at, row.zone)
    moved_from = row.day if row.own_time and row.day != local(row.starts_at, row.zone).date() else None
    return Shown(*facts, own if differs else None, row.skipped, has_begun, is_over, row.own_time, moved_from)


def shown_of(meeting: Meeting, now: datetime) -> Shown:
    facts = (meeting.id, meeting.starts_at, meeting.ends_at, meeting.skipped, meeting.series.zone, meeting.series_id)
    return shown(Row(*facts, meeting.day, meeting.own_time), now)


def named(seat: Seat, row: Row) -> str:
    """What the row's series is called; empty where it has no name of its own, or one that does not open."""
    return open_name(seat, row.series, row.sealed_name)


def changes_since(circle_id: str, since: datetime, now: datetime) -> list[tuple[Shown, str]]:
    """Meetings ahead that somebody changed by hand since then, each with what changed last: a code of `models.dates`.

    What moved with its series is not among them: `rhythm_changed` says that once.
    """
    found = changed_by_hand(circle_id=circle_id, since=since, now=now)
    return [(shown(Row(*facts), now), change) for *facts, change in found]


@Prepared
def changed_by_hand(circle_id: str, since: datetime, now: datetime) -> Any:
    by_hand = (Meeting.changed_at > since) & (Meeting.ends_at > now) & Meeting.change.not_in([SERIES, CLOCKS])
    return rows(circle_id, *CLEAR, Meeting.change).where(by_hand).order_by(Meeting.starts_at)


def rhythm_changed(circle_id: str, since: datetime) -> bool:
    """Whether the circle agreed since then to meet again and again at another time, or no longer."""
    return bool(agreed_since(circle_id=circle_id, since=since))


@Prepared
def agreed_since(circle_id: str, since: datetime) -> Any:
    again = (Series.circle == circle_id) & (Series.repeats != Repeats.ONCE.value)
    return Series.select(Series.id).where(again & (Series.agreed_at > since)).limit(1)
