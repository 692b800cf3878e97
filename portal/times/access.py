"""Proposed times as one person at the table reads them: with names, in two clocks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_login import current_user

from portal.circles.access import seats_of
from portal.circles.models import Seat
from portal.clocks import local
from portal.times.models import Hours
from portal.times.proposing import Proposal, propose
from portal.times.week import Answer, Week
from portal.web.filters import listed, written
from portal.web.language import language

FEW = 5  # proposals on the page: a choice, not a search


@dataclass(frozen=True)
class Change:
    """Since when and until when a proposal falls outside the hours of some, and how many minutes later it then is.

    `until` is None where it lasts longer than anyone looked.
    """

    names: str
    since: date
    until: date | None
    minutes: int


@dataclass(frozen=True)
class Proposed:
    """A proposal. `own_zone` is the reader's, where their clock shows another time."""

    first: date
    at: str  # 18:00, by the circle's clock
    begins: datetime
    ends: datetime
    latest: datetime | None
    zone: str
    minutes: int
    own_zone: str | None
    works: str
    if_need_be: str
    outside: str
    for_everyone: bool
    changes: tuple[Change, ...]

    @property
    def weekday(self) -> str:
        return weekday(self.first)

    @property
    def own_weekday(self) -> str | None:
        """Where it is another day for the reader."""
        there = local(self.begins, self.own_zone or self.zone).date()
        return weekday(there) if there != self.first else None


def weekday(day: date) -> str:
    return written(day, "EEEE", language())


@dataclass(frozen=True)
class Found:
    mine: Week | None
    proposed: tuple[Proposed, ...]
    silent: str  # who has marked nothing so far, but for the reader
    others: str  # who has, but for the reader
    zone: str
    for_all: bool  # the proposals suit all who have marked something


def times_for(seat: Seat, minutes: int, now: datetime) -> Found:
    """What to propose to this table, by the circle's clock."""
    zone, said = seat.about.zone, Hours.around(seat)
    names = {one.id: one.name for one in seats_of(seat)}
    said = {id: week for id, week in said.items() if id in names}
    found = propose(said, zone, minutes, local(now, zone).date())
    others = {id: name for id, name in names.items() if id != seat.id}
    return Found(
        said.get(seat.id),
        tuple(proposed(one, names) for one in found[:FEW]),
        listed([name for id, name in others.items() if id not in said]),
        listed([name for id, name in others.items() if id in said]),
        zone,
        bool(found) and len(found[0].able) == len(said),
    )


def proposed(one: Proposal, names: dict[str, str]) -> Proposed:
    own = current_user.person.zone
    differs = local(one.begins, own) != local(one.begins, one.zone)
    works, if_need_be, outside = (
        listed([names[id] for id in one.seats(answer)]) for answer in (Answer.WORKS, Answer.IF_NEED_BE, Answer.NO)
    )
    return Proposed(
        one.first,
        f"{one.at:%H:%M}",
        one.begins,
        one.begins + timedelta(minutes=one.minutes),
        one.latest_begin if one.latest != one.at else None,
        one.zone,
        one.minutes,
        own if differs else None,
        works,
        if_need_be,
        outside,
        len(one.seats(Answer.WORKS)) == len(names),
        tuple(changes(one, names)),
    )


def changes(one: Proposal, names: dict[str, str]) -> list[Change]:
    """Those for whom the same changes on the same dates stand in one sentence."""
    whose: dict[tuple[date, date | None, int], list[str]] = {}
    for lapse in one.lapses:
        when = (lapse.since, None if lapse.lasts else lapse.until, lapse.minutes)
        whose.setdefault(when, []).append(names[lapse.seat])
    return [Change(listed(whom), *when) for when, whom in sorted(whose.items(), key=lambda item: item[0][0])]
