"""Meetings of the cast's table: some that are over, and the next."""

from datetime import time, timedelta

import pytest

from portal.circles.models import Seat
from portal.clocks import local
from portal.db import utcnow
from portal.meetings.models.dates import Meeting, Series, mark
from portal.meetings.models.extending import extend_series
from portal.meetings.plan import Place
from portal.meetings.recurrence import Repeats, Rule

ZONE = "America/Chicago"
LIBRARY = Place("The back room of the library", "")


def weekly(first, at=time(18), zone=ZONE, minutes=90, every=1, **given) -> Rule:
    return Rule(Repeats.WEEKS, every, first, at, zone, minutes, **given)


def agree(seat: Seat, rule: Rule, now, usual=LIBRARY, stands=None, **given) -> Series:
    """Say yes to what the preview shows just then."""
    seen = mark(Series.preview(rule, now, stands), stands)
    return Series.agree(seat, rule, usual, seen, now, stands=stands, **given)


def set_series(seat: Seat, now, weeks=1, days=10, usual=LIBRARY) -> list[Meeting]:
    """A series agreed at `now` that begins some days later at six in the evening; its meetings, the first one first.

    It takes the place of the one that the table has.
    """
    rule = weekly(local(now, ZONE).date() + timedelta(days=days), every=weeks)
    agree(seat, rule, now, usual, next(iter(Series.of(seat.circle_id, now)), None))
    extend_series(utcnow())
    return list(Meeting.select().where(Meeting.circle == seat.circle_id).order_by(Meeting.starts_at))


@pytest.fixture
def begun():
    """Five weeks ago, when the cast sat down."""
    return utcnow() - timedelta(weeks=5)


@pytest.fixture
def people(cast):
    return {name: cast[name].seat() for name in ("Ana", "Bo")}


@pytest.fixture
def meetings(people, begun):
    """Meetings every week; the first four are over, the fifth is the next."""
    return set_series(people["Ana"], begun)


@pytest.fixture
def upcoming(meetings):
    return meetings[4]


@pytest.fixture
def at(table):
    """The address of a meeting's page, or of one below it."""
    return lambda meeting, rest="": f"{table}/meetings/{meeting.id}{rest}"
