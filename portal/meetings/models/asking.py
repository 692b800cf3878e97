"""Whom to ask for the roles of the circle's next meeting: what the tables keep, told to the rule of rotation."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from peewee import Value, fn

from portal.circles.models import Circle, Seat
from portal.db import Prepared, writing
from portal.meetings.models.dates import Meeting
from portal.meetings.models.presence import away_from, come_to
from portal.meetings.models.roles import FACILITATOR, in_use
from portal.meetings.models.turns import NOT_NOW, PARTNER, Passed, Together, Turn, Willingness
from portal.meetings.rotation import NOBODY, Role, Standing, Suggestion, whom_to_ask

PASSED = "passed"
LATELY = timedelta(weeks=26)  # what is read of the past at every look
Said = set[tuple[str, str, str]]  # seat, role and what was said


def suggestion(meeting_id: str, circle_id: str, role: str, now: datetime) -> Suggestion:
    """Whom to ask for one role at the circle's next meeting."""
    return suggestions(meeting_id, circle_id, now).get(role, NOBODY)


def suggestions(meeting_id: str, circle_id: str, now: datetime) -> dict[str, Suggestion]:
    """Whom to ask for each role at the circle's next meeting that still wants somebody."""
    found = sorted(turns_at(meetings=[meeting_id]), key=lambda turn: turn[3:])
    if any(code == "" for _meeting, code, *_ in found):
        return {}
    holders: dict[str, list[str]] = {}
    for _meeting, code, seat, *_order in found:
        holders.setdefault(code, []).append(seat)
    return ask(meeting_id, circle_id, in_use(circle_id), holders, now)


def ask(
    meeting_id: str, circle_id: str, codes: Sequence[str], holders: Mapping[str, Sequence[str]], now: datetime
) -> dict[str, Suggestion]:
    """Whom to ask for each role of the circle's next meeting that still wants somebody, in four queries or five.

    Not for a meeting that people hold together: for that one, nobody is asked.
    """
    said: Said = set(said_of_roles(meeting_id=meeting_id, circle_id=circle_id))
    away = away_from(meeting_id)
    seats = seats_around(circle_id=circle_id, now=now)
    held = when_held(circle_id, seats, codes, said, now)
    roles = [
        Role(code, tuple(standing(facts, code, held, said, away) for facts in seats), tuple(holders.get(code, ())))
        for code in codes
    ]
    return whom_to_ask(roles)


def pass_on(meeting: Meeting, seat: Seat, now: datetime, role: str = FACILITATOR) -> None:
    """Pass when asked; nothing to do for anyone who is not. Raises MeetingOver and NotHere."""
    with writing():
        meeting.still_ahead(seat, now)
        if suggestion(meeting.id, meeting.circle_id, role, now).seat == seat.id:
            Passed.note(meeting.id, role, seat.id)


Facts = tuple[str, int, datetime, str, bool]  # a row of `seats_around`
Held = dict[tuple[str, str], tuple[datetime, bool]]  # by seat and role: when it was last held; whether beside another


def when_held(circle_id: str, seats: Sequence[Facts], codes: Sequence[str], said: Said, now: datetime) -> Held:
    """When each seat last held each role.

    The last half-year is read first: in it nearly everyone has held what they are asked for, and it does not grow.
    Further back, only what somebody could be asked for is looked up.
    """
    since = now - LATELY
    held = by_seat_and_role(held_lately(circle_id=circle_id, since=since, now=now))
    unknown = [
        (seat, code)
        for seat, _place, joined_at, *_ in seats
        for code in codes
        if joined_at < since and (seat, code) not in held and (seat, code, NOT_NOW) not in said
    ]
    if not unknown:
        return held
    who, what = (sorted(set(part)) for part in zip(*unknown, strict=True))
    return by_seat_and_role(held_before(seats=who, roles=what, since=since)) | held


def by_seat_and_role(rows: Iterable[tuple]) -> Held:
    return {(seat, role): (held_at, beside_at == held_at) for seat, role, held_at, beside_at in rows}


def standing(facts: Facts, code: str, held: Held, said: Said, away: set[str]) -> Standing:
    seat, place, joined_at, convener, has_been = facts
    held_at, came_along = held.get((seat, code), (None, False))
    return Standing(
        seat,
        place,
        joined_at,
        held_at,
        came_along,
        willing=(seat, code, NOT_NOW) not in said,
        only_with_partner=(seat, code, PARTNER) in said,
        expected=seat not in away,
        passed=(seat, code, PASSED) in said,
        has_been=bool(has_been),
        opens=seat == convener,
    )


@Prepared
def turns_at(meetings: list[str]) -> Any:
    """Every turn of these meetings: meeting, role, seat, and what puts whoever came along last.

    A meeting that nobody leads has a row with neither role nor seat.
    """
    turns = Turn.select(Turn.meeting, Turn.role, Turn.seat, Turn.came_along, Turn.id)
    together = Together.select(Together.meeting, Value(""), Value(""), Value(0), Value(0))
    return turns.where(Turn.meeting.in_(meetings)) | together.where(Together.meeting.in_(meetings))


@Prepared
def seats_around(circle_id: str, now: datetime) -> Any:
    """Each seat: id, place, when it joined, the convener's seat; and whether it has been at a meeting."""
    has_been = fn.EXISTS(Meeting.select(Meeting.id).where(come_to(now)))
    facts = (Seat.id, Seat.place, Seat.joined_at, Circle.convener, has_been)
    return Seat.select(*facts).join(Circle).where(Seat.circle == circle_id)


HELD = (Turn.seat, Turn.role, fn.MAX(Meeting.starts_at), fn.MAX(Meeting.starts_at).filter(Turn.came_along))


@Prepared
def held_lately(circle_id: str, since: datetime, now: datetime) -> Any:
    """Each seat and role, when it was last held, and when last beside another, at meetings that ended since.

    Only meetings that are over and took place count, and only their start is told.
    """
    found = Meeting.select(*HELD).join(Turn, on=Turn.meeting == Meeting.id)
    ended = (Meeting.ends_at > since) & (Meeting.ends_at <= now) & ~Meeting.skipped
    return found.where((Meeting.circle == circle_id) & ended).group_by(Turn.seat, Turn.role)


@Prepared
def held_before(seats: list[str], roles: list[str], since: datetime) -> Any:
    """The same further back, for some seats and roles."""
    found = Turn.select(*HELD).join(Meeting).where(Turn.seat.in_(seats) & Turn.role.in_(roles))
    return found.where((Meeting.ends_at <= since) & ~Meeting.skipped).group_by(Turn.seat, Turn.role)


@Prepared
def said_of_roles(meeting_id: str, circle_id: str) -> Any:
    """Seats with a role and PASSED for this meeting, or their answer where it is not yes."""
    passed = Passed.select(Passed.seat, Passed.role, Value(PASSED)).where(Passed.meeting == meeting_id)
    answers = Willingness.select(Willingness.seat, Willingness.role, Willingness.answer).join(Seat)
    return passed | answers.where(Seat.circle == circle_id)
