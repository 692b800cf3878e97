"""Meetings of the cast's table: some that are over, and the next."""

from datetime import time, timedelta

import pytest

from portal.circles.models import Seat
from portal.db import utcnow
from portal.meetings.models.dates import Meeting, Series, extend_series, mark
from portal.meetings.plan import Place
from portal.meetings.recurrence import Every, local

ZONE = "America/Chicago"
LIBRARY = Place("The back room of the library", "")


def set_series(seat: Seat, now, weeks=1, days=10, usual=LIBRARY) -> list[Meeting]:
    """A series agreed at `now` that begins some days later at six in the evening; its meetings, the first one first."""
    rule = Every(weeks, local(now, ZONE).date() + timedelta(days=days), time(18), ZONE, 90)
    Series.agree(seat, rule, usual, mark(Series.preview(seat, rule, now)), now)
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
