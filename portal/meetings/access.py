"""Meetings as the people of one table see them: opened, with names, in two clocks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from flask_login import current_user
from peewee import JOIN, Value, fn

from portal.circles.access import Sitting, seats_of
from portal.circles.models import Seat
from portal.db import Prepared
from portal.meetings.models import (
    FACILITATOR,
    Meeting,
    Series,
    Turn,
    open_plan,
    open_usual_place,
    seal_mark,
    suggestion,
)
from portal.meetings.plan import Place, Plan
from portal.meetings.recurrence import local
from portal.meetings.rotation import Why
from portal.web import filters
from portal.web.errors import NotHere

LOOK_AHEAD = 4  # rows read to find the next meeting: enough unless more than three in a row are skipped
PAGE = 26  # past meetings shown at a time


class Row(NamedTuple):
    """What is read of a meeting, its series and its turn; models would be slower (docs/performance.md)."""

    id: str
    starts_at: datetime
    ends_at: datetime
    skipped: bool
    zone: str
    holder: str | None
    series: str
    sealed_plan: bytes | None = None
    sealed_usual_place: bytes | None = None


CLEAR = (Meeting.id, Meeting.starts_at, Meeting.ends_at, Meeting.skipped, Series.zone, Turn.seat, Series.id)
SEALED = (Meeting.sealed_plan, Series.sealed_usual_place)


def rows(circle_id: str, *columns: object, role: str = FACILITATOR) -> Any:
    """The circle's meetings, each with its series and whoever said yes to the role."""
    read = Meeting.select(*columns).join(Series)
    read = read.join_from(Meeting, Turn, JOIN.LEFT_OUTER, on=Turn.matches(Meeting.id, role))
    return read.where(Meeting.circle == circle_id).tuples()


def ahead(circle_id: str, now: datetime) -> Any:
    return rows(circle_id, *CLEAR, *SEALED).where(Meeting.ends_at > now).order_by(Meeting.starts_at)


@Prepared
def first_ahead(circle_id: str, now: datetime) -> Any:
    return ahead(circle_id, now).limit(LOOK_AHEAD)


@Prepared
def next_of_each(circle_ids: list[str], now: datetime) -> Any:
    """The next meeting of each circle: its circle, then what `Row` names, but nobody's turn."""
    ahead = Meeting.alias()
    first = fn.MIN(ahead.starts_at).alias("first")
    soonest = ahead.select(ahead.circle, first).where(
        ahead.circle.in_(circle_ids) & (ahead.ends_at > now) & ~ahead.skipped
    )
    soonest = soonest.group_by(ahead.circle)
    facts = (Meeting.circle, Meeting.id, Meeting.starts_at, Meeting.ends_at, Meeting.skipped, Series.zone)
    is_it = (Meeting.circle == soonest.c.circle_id) & (Meeting.starts_at == soonest.c.first)
    return Meeting.select(*facts, Value(None), Series.id).join(Series).join_from(Meeting, soonest, on=is_it)


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

    @property
    def day(self) -> str:
        return filters.day(self.starts_at, self.zone)

    @property
    def begins(self) -> str:
        return filters.clock(self.starts_at, self.zone)


@dataclass(frozen=True)
class Asking:
    """A role at one meeting: who said yes, else who is asked and why. Never who passed."""

    holder: Sitting | None = None
    asked: Sitting | None = None
    why: Why | None = None
    since: datetime | None = None
    long_ago: bool = False  # in another year than the meeting, so that the year must be said

    @property
    def is_yours(self) -> bool:
        return self.holder is not None and self.holder.is_you

    @property
    def asks_you(self) -> bool:
        return self.asked is not None and self.asked.is_you


@dataclass(frozen=True)
class Next:
    """A meeting with all that is said about it. `left_out` are the skipped dates just before the next one."""

    meeting: Shown
    where: Place
    text: str
    turn: Asking
    is_next: bool
    left_out: tuple[datetime, ...] = ()
    seen: str = ""  # which plan this is: see `models.seal_mark`


@dataclass(frozen=True)
class Listed:
    """A line in the list of meetings."""

    meeting: Shown
    holder: Sitting | None


@dataclass(frozen=True)
class Carried:
    has_plan: bool
    holder: Sitting | None


def meeting_or_404(seat: Seat, meeting_id: str) -> Meeting:
    """A meeting of this seat's circle, to change it. Raises NotHere."""
    found = Meeting.get_or_none((Meeting.id == meeting_id) & (Meeting.circle == seat.circle_id))
    if found is None:
        raise NotHere
    return found


def next_dates(circle_ids: Iterable[str], now: datetime) -> dict[str, Shown]:
    """The meeting of each of the reader's circles that is on or comes next, where a date stands. One query."""
    found = next_of_each(circle_ids=list(circle_ids), now=now)
    return {circle_id: shown(Row(*facts), now) for circle_id, *facts in found}


def next_meeting(seat: Seat, now: datetime, around: Iterable[Sitting] | None = None) -> Next | None:
    """The meeting that is on or comes next; None where no date stands. `around` saves reading the names again.

    One query where someone has said yes, three where someone is to be asked.
    """
    first = [Row(*row) for row in first_ahead(circle_id=seat.circle_id, now=now)]
    found = next((row for row in first if not row.skipped), None)
    if found is None and len(first) == LOOK_AHEAD:
        found = first_kept(seat.circle_id, now)
    if found is None:
        return None
    left_out = tuple(row.starts_at for row in first if row.skipped and row.starts_at < found.starts_at)
    return opened(seat, found, now, is_next=True, around=around, left_out=left_out)


def first_kept(circle_id: str, now: datetime) -> Row | None:
    row = ahead(circle_id, now).where(~Meeting.skipped).first()
    return Row(*row) if row else None


def one_meeting(seat: Seat, meeting_id: str, now: datetime) -> Next:
    """A meeting of this seat's circle, to read it. Raises NotHere."""
    found = rows(seat.circle_id, *CLEAR, *SEALED).where(Meeting.id == meeting_id).first()
    if found is None:
        raise NotHere
    row = Row(*found)
    return opened(seat, row, now, is_next=not row.skipped and is_next(seat.circle_id, row, now))


def is_next(circle_id: str, row: Row, now: datetime) -> bool:
    before = (Meeting.ends_at > now) & (Meeting.starts_at < row.starts_at) & ~Meeting.skipped
    return row.ends_at > now and not Meeting.select().where((Meeting.circle == circle_id) & before).exists()


def opened(
    seat: Seat,
    row: Row,
    now: datetime,
    *,
    is_next: bool,
    around: Iterable[Sitting] | None = None,
    left_out: tuple[datetime, ...] = (),
) -> Next:
    names = {one.id: one for one in around or seats_of(seat)}
    plan = open_plan(seat, row.id, row.sealed_plan) if row.sealed_plan else Plan()
    where = plan.where or open_usual_place(seat, row.series, row.sealed_usual_place or b"")
    turn = asking(seat, row, names, now) if is_next else Asking(names.get(row.holder or ""))
    return Next(shown(row, now), where, plan.text, turn, is_next, left_out, seal_mark(row.sealed_plan))


def asking(seat: Seat, row: Row, names: dict[str, Sitting], now: datetime) -> Asking:
    if row.holder in names:
        return Asking(names[row.holder])
    chosen = suggestion(row.id, seat.circle_id, FACILITATOR, now)
    long_ago = chosen.since is not None and local(chosen.since, row.zone).year != local(row.starts_at, row.zone).year
    return Asking(None, names.get(chosen.seat or ""), chosen.why, chosen.since, long_ago)


def carrying(seat: Seat, now: datetime) -> dict[date, Carried]:
    """Which dates ahead carry a plan or somebody's yes: what would go with them if they went."""
    names = {one.id: one for one in seats_of(seat)}
    has_plan = Meeting.sealed_plan.is_null(False)
    carried = rows(seat.circle_id, Meeting.day, has_plan, Turn.seat).where(Meeting.starts_at > now)
    carried = carried.where(has_plan | Turn.seat.is_null(False))
    return {day: Carried(bool(plan), names.get(holder or "")) for day, plan, holder in carried}


def coming(seat: Seat, now: datetime) -> list[Listed]:
    found = rows(seat.circle_id, *CLEAR).where(Meeting.ends_at > now).order_by(Meeting.starts_at)
    return listed(seat, found, now)


def past(seat: Seat, now: datetime, before: datetime) -> list[Listed]:
    """The last meetings that ended before an instant, newest first; one more than `PAGE` if there are older ones."""
    over = rows(seat.circle_id, *CLEAR).where(Meeting.ends_at <= min(now, before))
    return listed(seat, over.order_by(Meeting.starts_at.desc()).limit(PAGE + 1), now)


def listed(seat: Seat, read: Any, now: datetime) -> list[Listed]:
    names = {one.id: one for one in seats_of(seat)}
    found = [Row(*row) for row in read]
    return [Listed(shown(row, now), names.get(row.holder or "")) for row in found]


def shown(row: Row, now: datetime) -> Shown:
    own = current_user.person.zone
    differs = local(row.starts_at, own) != local(row.starts_at, row.zone)
    has_begun, is_over = row.starts_at <= now, row.ends_at <= now
    facts = (row.id, row.starts_at, row.ends_at, row.zone)
    return Shown(*facts, own if differs else None, row.skipped, has_begun, is_over)
