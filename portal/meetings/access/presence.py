"""Who comes to one meeting, as the people of the table see it; and what only the reader sees of themselves.

Before and during a meeting everyone reads who cannot come or comes later. Afterwards nobody reads it of anyone else.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.circles.access import Sitting
from portal.circles.models import Seat
from portal.meetings.access.dates import Row
from portal.meetings.models.least import around_a_meeting, open_note
from portal.meetings.models.pacts import Pact, Reach, asked_of
from portal.meetings.models.presence import AWAY, LATE, MISSED, lately, said_of
from portal.meetings.pact import Wish, what_holds
from portal.meetings.quorum import Outlook, Way, is_short, ways
from portal.rings import Closed
from portal.vault import Unsealable

NEAR = timedelta(hours=12)  # nobody knows much earlier that they will be late


@dataclass(frozen=True)
class Note:
    """A few kind words to everyone."""

    words: str
    by: Sitting | None
    is_yours: bool


@dataclass(frozen=True)
class Wished:
    """What somebody wishes for when they miss two meetings. `has_left`: the person they named is not here any more."""

    wish: Wish = Wish.NOTHING
    who: Sitting | None = None
    has_left: bool = False


@dataclass(frozen=True)
class Missed:
    """Someone who wished to be written to, and how they can be reached: only for whom the wish names."""

    who: Sitting
    wish: Wish
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Presence:
    """What is said about who comes. `yours`, `holds`, `wished` and `missed` are the reader's alone."""

    away: tuple[Sitting, ...] = ()
    late: tuple[Sitting, ...] = ()
    yours: str | None = None
    is_near: bool = False  # so that whoever is late knows it
    holds: bool = False  # has taken something on for this meeting
    wished: Wished | None = None  # where the reader has said that they cannot come
    missed: tuple[Missed, ...] = ()
    ways: tuple[Way, ...] = ()
    settled: bool = False  # fewer may come, and somebody said: we meet as those who can
    note: Note | None = None
    sat_there: tuple[Sitting, ...] = ()  # of whom it can be put down afterwards whether they were missing

    @property
    def others_away(self) -> list[str]:
        return [one.name for one in self.away if not one.is_you]

    @property
    def others_late(self) -> list[str]:
        return [one.name for one in self.late if not one.is_you]


def presence_of(
    seat: Seat, row: Row, names: Mapping[str, Sitting], now: datetime, *, is_next: bool, holds: bool
) -> Presence:
    """Who comes to a meeting of this seat's circle. `names` are all around the table, in seat order."""
    if row.skipped:
        return Presence()
    if row.ends_at <= now:
        return afterwards(seat, row, names, now)
    return beforehand(seat, row, names, now, is_next=is_next, holds=holds)


def beforehand(
    seat: Seat, row: Row, names: Mapping[str, Sitting], now: datetime, *, is_next: bool, holds: bool
) -> Presence:
    """Three queries, and more only where the reader is away or somebody has missed two meetings."""
    said = dict(said_of(meeting=row.id))
    least, settled, *note = around_a_meeting(meeting=row.id)[0]
    away, there = those(AWAY, said, names), opened_note(seat, names, row.id, *note)
    outlook = Outlook(
        len(names),
        len(away),
        seat.circle.seats,
        least,
        settled=settled is not None,
        has_begun=row.starts_at <= now,
        has_note=there is not None,
    )
    return Presence(
        away,
        those(LATE, said, names),
        said.get(seat.id),
        row.starts_at - now <= NEAR,
        holds,
        wished(seat, names) if said.get(seat.id) == AWAY else None,
        missed_ones(seat, names, now) if is_next else (),
        ways(outlook) if is_next else (),
        outlook.settled and is_short(outlook),
        there,
    )


def those(kind: str, said: Mapping[str, str], names: Mapping[str, Sitting]) -> tuple[Sitting, ...]:
    return tuple(one for id, one in names.items() if said.get(id) == kind)


def opened_note(
    seat: Seat, names: Mapping[str, Sitting], meeting: str, id: str | None, author: str, sealed: bytes | None
) -> Note | None:
    if id is None or sealed is None:
        return None
    with suppress(Closed, Unsealable):
        return Note(open_note(seat, meeting, id, author, sealed), names.get(author), author == seat.id)
    return None


def wished(seat: Seat, names: Mapping[str, Sitting]) -> Wished:
    """What the reader wishes for when they miss two meetings."""
    choice = Pact.of(seat)
    holds = what_holds(choice, names)
    return Wished(holds, names.get(choice.who) if holds is Wish.NAMED else None, has_left=holds is not choice.wish)


def missed_ones(seat: Seat, names: Mapping[str, Sitting], now: datetime) -> tuple[Missed, ...]:
    """To whom the reader is asked to write."""
    asked = asked_of(seat, {id: one.joined_at for id, one in names.items()}, now)
    lines = Reach.of(seat, whose=asked) if asked else {}
    return tuple(Missed(one, asked[id].wish, tuple(lines.get(id, ()))) for id, one in names.items() if id in asked)


def afterwards(seat: Seat, row: Row, names: Mapping[str, Sitting], now: datetime) -> Presence:
    """What can still be put right about a meeting that is over; of others, nothing that was said."""
    if row.id not in lately(seat.circle_id, now):
        return Presence()
    yours = dict(said_of(meeting=row.id)).get(seat.id)
    sat_there = tuple(one for one in names.values() if one.joined_at <= row.starts_at)
    return Presence(yours=yours if yours in (AWAY, MISSED) else None, sat_there=sat_there)
