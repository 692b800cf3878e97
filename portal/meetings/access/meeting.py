"""Whole meetings: their dates with what the other subjects say of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.circles.access import Sitting, seats_of
from portal.circles.models import Seat
from portal.db import Prepared
from portal.meetings.access.dates import (
    CLEAR,
    LOOK_AHEAD,
    NAMED,
    SEALED,
    Row,
    Shown,
    first_ahead,
    first_kept,
    is_next,
    named,
    rows,
    shown,
)
from portal.meetings.access.presence import Presence, presence_of
from portal.meetings.access.roles import RoleHere, all_roles
from portal.meetings.access.turns import NOTHING, Asking, Offer, Said, Turns, offers, said_yes, turns_of
from portal.meetings.models.dates import Meeting, Series
from portal.meetings.models.opening import open_usual_place
from portal.meetings.models.plans import open_plan, seal_mark
from portal.meetings.plan import Block, Place, Plan
from portal.web.errors import NotHere

PAGE = 26  # past meetings shown at a time


@dataclass(frozen=True)
class Next:
    """A meeting with all that is said about it. `left_out` are the skipped dates just before the next one."""

    meeting: Shown
    where: Place
    text: str
    turns: Turns
    is_next: bool
    left_out: tuple[datetime, ...] = ()
    seen: str = ""  # which plan this is: see `models.seal_mark`
    called: str = ""  # what its series is called, if anything
    blocks: tuple[Block, ...] = ()
    swaps: tuple[Offer, ...] = ()  # that the reader made, or was made
    presence: Presence = Presence()
    plan_opens: bool = True

    @property
    def turn(self) -> Asking:
        """Whose turn it is to facilitate."""
        return self.turns.facilitator


@dataclass(frozen=True)
class Listed:
    """A line in the list of meetings."""

    meeting: Shown
    held: tuple[Asking, ...]
    together: bool = False
    called: str = ""


@dataclass(frozen=True)
class Carried:
    has_plan: bool
    holder: Sitting | None  # one of those who said yes to something; the reader, if they did


def next_meeting(seat: Seat, now: datetime, around: Iterable[Sitting] | None = None) -> Next | None:
    """The meeting that is on or comes next; None where no date stands. `around` saves reading the names again.

    Seven queries beside the names; four where people hold the meeting together.
    """
    first = [Row(*row) for row in first_ahead(circle_id=seat.circle_id, now=now)]
    found = next((row for row in first if not row.skipped), None)
    if found is None and len(first) == LOOK_AHEAD:
        found = first_kept(seat.circle_id, now)
    if found is None:
        return None
    left_out = tuple(row.starts_at for row in first if row.skipped and row.starts_at < found.starts_at)
    return opened(seat, found, now, is_next=True, around=around, left_out=left_out)


def one_meeting(seat: Seat, meeting_id: str, now: datetime) -> Next:
    """A meeting of this seat's circle, to read it. Raises NotHere."""
    found = rows(seat.circle_id, *CLEAR, *SEALED).where(Meeting.id == meeting_id).first()
    if found is None:
        raise NotHere
    row = Row(*found)
    return opened(seat, row, now, is_next=not row.skipped and is_next(seat.circle_id, row, now))


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
    plan = open_plan(seat, row.id, row.sealed_plan) if row.sealed_plan is not None else Plan()
    where = plan.where or open_usual_place(seat, row.series, row.sealed_usual_place or b"")
    turns = turns_of(seat, row, names, now, is_next=is_next)
    swaps = tuple(offers(seat, names, now))
    said = where, plan.text, turns, is_next, left_out, seal_mark(row.sealed_plan), named(seat, row), plan.blocks
    holds = any(one.is_yours for one in turns.all)
    presence = presence_of(seat, row, names, now, is_next=is_next, holds=holds)
    return Next(shown(row, now), *said, swaps, presence=presence, plan_opens=plan.opens)


def carrying(seat: Seat, origin: str, now: datetime) -> dict[date, Carried]:
    """Which dates ahead of a series carry a plan or somebody's yes: what would go with them if they went."""
    names = {one.id: one for one in seats_of(seat)}
    ahead = rows(seat.circle_id, Meeting.id, Meeting.day, Meeting.sealed_plan.is_null(False))
    found = list(ahead.where((Meeting.starts_at > now) & (Series.origin == origin)))
    said = said_yes(id for id, *_ in found)
    return {
        day: Carried(bool(plan), one_of(said.get(id, NOTHING), names)) for id, day, plan in found if plan or id in said
    }


def one_of(said: Said, names: Mapping[str, Sitting]) -> Sitting | None:
    known = [names[one] for one in said.seats if one in names]
    return next((one for one in known if one.is_you), known[0] if known else None)


def coming(seat: Seat, now: datetime) -> list[Listed]:
    return listed(seat, still_ahead(circle_id=seat.circle_id, now=now), now)


def past(seat: Seat, now: datetime, before: datetime) -> list[Listed]:
    """The last meetings that ended before an instant, newest first; one more than `PAGE` if there are older ones."""
    return listed(seat, over_by(circle_id=seat.circle_id, before=min(now, before)), now)


@Prepared
def still_ahead(circle_id: str, now: datetime) -> Any:
    return rows(circle_id, *NAMED).where(Meeting.ends_at > now).order_by(Meeting.starts_at)


@Prepared
def over_by(circle_id: str, before: datetime) -> Any:
    over = rows(circle_id, *NAMED).where(Meeting.ends_at <= before)
    return over.order_by(Meeting.starts_at.desc()).limit(PAGE + 1)


def listed(seat: Seat, read: Iterable[tuple], now: datetime) -> list[Listed]:
    names = {one.id: one for one in seats_of(seat)}
    found, roles = [Row(*row) for row in read], all_roles(seat)
    said = said_yes(row.id for row in found)
    called = {row.series: named(seat, row) for row in found}
    return [line(row, names, roles, said.get(row.id, NOTHING), called[row.series], now) for row in found]


def line(
    row: Row, names: Mapping[str, Sitting], roles: list[RoleHere], said: Said, called: str, now: datetime
) -> Listed:
    every = (Asking(role, tuple(names[one] for one in said.held.get(role.code, ()) if one in names)) for role in roles)
    return Listed(shown(row, now), tuple(one for one in every if one.holders), said.together, called)
