"""Roles at one meeting, as the people of one table see them: with names, and each with what is theirs alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.circles.access import Sitting
from portal.circles.models import Seat
from portal.clocks import local
from portal.db import Prepared, rows
from portal.meetings.access.dates import Row
from portal.meetings.access.roles import RoleHere, all_roles
from portal.meetings.models.asking import ask, turns_at
from portal.meetings.models.dates import Meeting, Series
from portal.meetings.models.roles import BUILT_IN, FACILITATOR
from portal.meetings.models.turns import MOST, UNLED, Swap, Turn
from portal.meetings.rotation import NOBODY, Suggestion, Why
from portal.web import filters
from portal.web.errors import NotHere

THE_FACILITATOR = RoleHere(FACILITATOR, BUILT_IN[FACILITATOR].name, BUILT_IN[FACILITATOR].does)


@dataclass(frozen=True)
class Asking:
    """A role at one meeting: who said yes, else who is asked and why. Never who passed, nor who would rather not.

    Who is asked to hold it beside somebody, and who would be asked to hold it beside them, is told to them alone.
    """

    role: RoleHere = THE_FACILITATOR
    holders: tuple[Sitting, ...] = ()
    asked: Sitting | None = None
    why: Why | None = None
    since: datetime | None = None
    long_ago: bool = False  # in another year than the meeting, so that the year must be said
    partner: Sitting | None = None

    @property
    def holder(self) -> Sitting | None:
        """Whoever said yes first."""
        return self.holders[0] if self.holders else None

    @property
    def who(self) -> str:
        """The names of those who hold it, in words."""
        return filters.listed([one.name for one in self.holders])

    @property
    def is_yours(self) -> bool:
        return any(one.is_you for one in self.holders)

    @property
    def beside_you(self) -> Sitting | None:
        """Who holds it with the reader."""
        return next((one for one in self.holders if not one.is_you), None) if self.is_yours else None

    @property
    def has_room(self) -> bool:
        return len(self.holders) < MOST

    @property
    def asks_you(self) -> bool:
        return self.asked is not None and self.asked.is_you


@dataclass(frozen=True)
class Turns:
    """Who does what at one meeting. `together`: nobody leads it. `unled`: nobody has said yes, and it is soon."""

    facilitator: Asking
    others: tuple[Asking, ...] = ()
    together: bool = False
    unled: bool = False

    @property
    def all(self) -> tuple[Asking, ...]:
        return (self.facilitator, *self.others)

    @property
    def asks_you(self) -> list[Asking]:
        """The roles beside facilitating that the reader is asked to hold."""
        return [one for one in self.others if one.asks_you]

    @property
    def spoken_for(self) -> list[Asking]:
        """The other roles beside facilitating that somebody holds or is asked for."""
        return [one for one in self.others if (one.holders or one.asked) and not one.asks_you]

    def of(self, code: str) -> Asking:
        """Raises NotHere."""
        found = next((one for one in self.all if one.role.code == code), None)
        if found is None:
            raise NotHere
        return found


@dataclass(frozen=True)
class Said:
    """Who said yes at one meeting: for each role the seats, whoever came along last; and whether nobody leads it."""

    held: Mapping[str, list[str]]
    together: bool = False

    @property
    def seats(self) -> list[str]:
        return [one for seats in self.held.values() for one in seats]


NOTHING = Said({})


def said_yes(meeting_ids: Iterable[str]) -> dict[str, Said]:
    """What was said for each of these meetings. One query."""
    held: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    together = set()
    for meeting, role, seat, *_order in sorted(turns_at(meetings=list(meeting_ids)), key=lambda turn: turn[3:]):
        if role:
            held[meeting][role].append(seat)
        else:
            together.add(meeting)
    return {meeting: Said(held[meeting], meeting in together) for meeting in {*held, *together}}


def turns_of(seat: Seat, row: Row, names: Mapping[str, Sitting], now: datetime, *, is_next: bool) -> Turns:
    """Who does what at a meeting; people are asked for the next one only. Two queries, six where somebody is asked."""
    roles = all_roles(seat)
    said = said_yes([row.id]).get(row.id, NOTHING)
    if row.ends_at <= now:
        return composed(seat, row, names, said, [one for one in roles if not one.rests or one.code in said.held])
    used = [one for one in roles if not one.rests]
    if not is_next or said.together:
        return composed(seat, row, names, said, used)
    known = {code: [one for one in seats if one in names] for code, seats in said.held.items()}
    whom = ask(row.id, seat.circle_id, [one.code for one in used], known, now)
    soon = row.starts_at - now <= UNLED
    return composed(seat, row, names, said, used, whom, unled=soon and not known.get(FACILITATOR))


def composed(
    seat: Seat,
    row: Row,
    names: Mapping[str, Sitting],
    said: Said,
    roles: list[RoleHere],
    whom: Mapping[str, Suggestion] | None = None,
    *,
    unled: bool = False,
) -> Turns:
    found = []
    for role in roles:
        holders = tuple(names[one] for one in said.held.get(role.code, ()) if one in names)
        found.append(asking(seat, row, names, role, holders, (whom or {}).get(role.code, NOBODY)))
    return Turns(found[0], tuple(found[1:]), said.together, unled)


def asking(
    seat: Seat, row: Row, names: Mapping[str, Sitting], role: RoleHere, holders: tuple[Sitting, ...], chosen: Suggestion
) -> Asking:
    if holders and chosen.seat != seat.id:  # that somebody wants company is told to whoever is asked for it
        return Asking(role, holders)
    since = chosen.since
    long_ago = since is not None and local(since, row.zone).year != local(row.starts_at, row.zone).year
    partner = names.get(chosen.partner or "") if chosen.seat == seat.id else None
    return Asking(role, holders, names.get(chosen.seat or ""), chosen.why, since, long_ago, partner)


@dataclass(frozen=True)
class TurnThen:
    """One turn of a swap: whose it is now, for which role, and when."""

    id: int
    whose: Sitting
    role: RoleHere
    meeting_id: str
    starts_at: datetime
    zone: str


@dataclass(frozen=True)
class Offer:
    """An offer to swap turns, as one of the two people sees it."""

    id: str
    offered: TurnThen
    wanted: TurnThen

    @property
    def is_yours(self) -> bool:
        return self.offered.whose.is_you

    def is_about(self, meeting_id: str) -> bool:
        return meeting_id in (self.offered.meeting_id, self.wanted.meeting_id)


def offers(seat: Seat, names: Mapping[str, Sitting], now: datetime) -> list[Offer]:
    """What the reader offered, and what was offered to them and not put away. One query where that is nothing."""
    read = offers_of(seat=seat.id, now=now)
    if not read:
        return []
    roles = {one.code: one for one in all_roles(seat)}
    found = []
    for id, *facts in read:
        offered, wanted = (turn_then(part, names, roles) for part in (facts[:6], facts[6:]))
        if offered and wanted:
            found.append(Offer(id, offered, wanted))
    return found


def turn_then(facts: list[Any], names: Mapping[str, Sitting], roles: Mapping[str, RoleHere]) -> TurnThen | None:
    id, whose, code, *when = facts
    return TurnThen(id, names[whose], roles[code], *when) if whose in names and code in roles else None


@Prepared
def offers_of(seat: str, now: datetime) -> Any:
    offered, wanted = Turn.alias(), Turn.alias()
    (own, theirs), (first, second) = (Meeting.alias(), Meeting.alias()), (Series.alias(), Series.alias())
    facts = [
        (turn.id, turn.seat, turn.role, meeting.id, meeting.starts_at, series.zone)
        for turn, meeting, series in ((offered, own, first), (wanted, theirs, second))
    ]
    is_mine = (offered.seat == seat) | ((wanted.seat == seat) & ~Swap.put_away)
    ahead = (own.starts_at > now) & (theirs.starts_at > now) & ~own.skipped & ~theirs.skipped
    return (
        Swap.select(Swap.id, *facts[0], *facts[1])
        .join(offered, on=Swap.offered == offered.id)
        .join(own, on=offered.meeting == own.id)
        .join(first, on=own.series == first.id)
        .join_from(Swap, wanted, on=Swap.wanted == wanted.id)
        .join(theirs, on=wanted.meeting == theirs.id)
        .join(second, on=theirs.series == second.id)
        .where(is_mine & ahead)
        .order_by(own.starts_at, Swap.id)
    )


def offer_or_404(seat: Seat, swap_id: str, *, made_by_you: bool, now: datetime) -> Swap:
    """An offer that the reader made, or one made to them. Raises NotHere."""
    mine = [id for id, _turn, whose, *_ in offers_of(seat=seat.id, now=now) if (whose == seat.id) == made_by_you]
    if swap_id not in mine:
        raise NotHere
    return Swap.get_by_id(swap_id)


def turns_ahead(seat: Seat, names: Mapping[str, Sitting], now: datetime) -> list[TurnThen]:
    """Every turn that somebody took on for a meeting that has not begun."""
    roles = {one.code: one for one in all_roles(seat) if not one.rests}
    facts = (Turn.id, Turn.seat, Turn.role, Meeting.id, Meeting.starts_at, Series.zone)
    ahead = (Meeting.circle == seat.circle_id) & (Meeting.starts_at > now) & ~Meeting.skipped
    read = Turn.select(*facts).join(Meeting).join(Series).where(ahead).order_by(Meeting.starts_at, Turn.id)
    found = [turn_then(list(row), names, roles) for row in rows(read)]
    return [one for one in found if one]
