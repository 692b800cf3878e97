"""Whom to ask for the roles of the circle's next meeting: what the tables keep, told to the rule of rotation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from peewee import JOIN, Case, Value, fn

from portal.circles.models import Circle, Seat
from portal.db import Prepared, writing
from portal.meetings.models.dates import Meeting
from portal.meetings.models.presence import away_from
from portal.meetings.models.roles import FACILITATOR, in_use
from portal.meetings.models.turns import NOT_NOW, PARTNER, Passed, Together, Turn, Willingness
from portal.meetings.rotation import NOBODY, Role, Standing, Suggestion, whom_to_ask

PASSED = "passed"
Said = set[tuple[str, str, str]]  # seat, role and what was said


def suggestion(meeting_id: str, circle_id: str, role: str, now: datetime) -> Suggestion:
    """Whom to ask for one role at the circle's next meeting."""
    found = sorted(turns_at(meetings=[meeting_id]), key=lambda turn: turn[3:])
    if any(code == "" for _meeting, code, *_ in found):
        return NOBODY
    holders: dict[str, list[str]] = {}
    for _meeting, code, seat, *_order in found:
        holders.setdefault(code, []).append(seat)
    return ask(meeting_id, circle_id, in_use(circle_id), holders, now).get(role, NOBODY)


def ask(
    meeting_id: str, circle_id: str, codes: Sequence[str], holders: Mapping[str, Sequence[str]], now: datetime
) -> dict[str, Suggestion]:
    """Whom to ask for each role of the circle's next meeting that still wants somebody, in three queries.

    Not for a meeting that people hold together: for that one, nobody is asked.
    """
    said: Said = set(said_of_roles(meeting_id=meeting_id, circle_id=circle_id))
    seats, held, last_met = standings(circle_id, now)
    away = away_from(meeting_id)
    roles = [
        Role(code, tuple(standing(facts, code, held, said, away) for facts in seats), tuple(holders.get(code, ())))
        for code in codes
    ]
    return whom_to_ask(roles, last_met)


def pass_on(meeting: Meeting, seat: Seat, now: datetime, role: str = FACILITATOR) -> None:
    """Pass when asked; nothing to do for anyone who is not. Raises MeetingOver and NotHere."""
    with writing():
        meeting.still_ahead(seat, now)
        if suggestion(meeting.id, meeting.circle_id, role, now).seat == seat.id:
            Passed.note(meeting.id, role, seat.id)


Facts = tuple[str, int, datetime, str]  # a seat: its id, place, when it joined, and the convener's seat
Held = dict[tuple[str, str], tuple[datetime, bool]]  # by seat and role: when it was last held; whether beside another


def standings(circle_id: str, now: datetime) -> tuple[list[Facts], Held, datetime | None]:
    seats: dict[str, Facts] = {}
    held: Held = {}
    last_met = None
    known = ever_held(circle_id=circle_id, now=now)
    for seat, place, joined_at, convener, role, held_at, beside_at, last_met in known:  # noqa: B007
        seats[seat] = (seat, place, joined_at, convener)
        if held_at is not None:
            held[seat, role] = (held_at, beside_at == held_at)
    return list(seats.values()), held, last_met


def standing(facts: Facts, code: str, held: Held, said: Said, away: set[str]) -> Standing:
    seat, place, joined_at, convener = facts
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
def ever_held(circle_id: str, now: datetime) -> Any:
    """Each seat with each role it ever had: id, place, when it joined, the convener's seat; the role (null where there
    was none), when it was last held, and when last beside another; and the last meeting.

    Only meetings that are over and took place count, and only their start is told.
    """
    earlier = Meeting.alias()
    last_met = earlier.select(fn.MAX(earlier.starts_at)).where(
        (earlier.circle == circle_id) & (earlier.ends_at <= now) & ~earlier.skipped
    )
    took_place = (Meeting.id == Turn.meeting) & (Meeting.ends_at <= now) & ~Meeting.skipped
    beside = fn.MAX(Case(None, [(Turn.came_along, Meeting.starts_at)]))
    facts = (Seat.id, Seat.place, Seat.joined_at, Circle.convener, Turn.role)
    return (
        Seat.select(*facts, fn.MAX(Meeting.starts_at), beside, last_met)
        .join(Circle)
        .join_from(Seat, Turn, JOIN.LEFT_OUTER, on=Turn.seat == Seat.id)
        .join(Meeting, JOIN.LEFT_OUTER, on=took_place)
        .where(Seat.circle == circle_id)
        .group_by(*facts)
    )


@Prepared
def said_of_roles(meeting_id: str, circle_id: str) -> Any:
    """Seats with a role and PASSED for this meeting, or their answer where it is not yes."""
    passed = Passed.select(Passed.seat, Passed.role, Value(PASSED)).where(Passed.meeting == meeting_id)
    answers = Willingness.select(Willingness.seat, Willingness.role, Willingness.answer).join(Seat)
    return passed | answers.where(Seat.circle == circle_id)
