"""Two at once, and what closing does to dates that were moved or added by hand."""

from datetime import datetime, timedelta

import pytest

from portal.meetings.errors import CalendarChanged
from portal.meetings.models.dates import Meeting, Series
from portal.meetings.recurrence import Repeats, Rule
from portal.seasons.counting import Choice
from portal.seasons.models import Season, after_last, days_mark
from tests.meetings.conftest import ZONE, agree, set_series
from tests.racing import at_once

NOW = datetime(2026, 3, 4, 12)  # a Wednesday


@pytest.fixture
def seat(cast):
    return cast["Ana"].seat()


@pytest.fixture
def meetings(seat):
    return set_series(seat, NOW, days=2)


@pytest.fixture
def season(seat, meetings):
    Season.agree(seat, 4, "", NOW)
    return Season.get()


def close(seat, last, seen, now=NOW):
    Season.close(seat, last, days_mark(after_last(seat.circle_id, last, now)), seen, now)


def kept():
    return [one.id for one in Meeting.select().where(~Meeting.skipped).order_by(Meeting.starts_at)]


def test_of_two_who_choose_at_once_one_is_written_down(seat, season):
    def choose(choice):
        return lambda: Season.go_on(seat, choice, 6, None, season.seen, NOW)

    assert at_once(choose(Choice.RENEW), choose(Choice.CHANGE)) == ["SeasonChanged", "done"]
    assert Season.select().count() == 2
    assert Season.select().where(Season.chosen.is_null()).count() == 1


def test_a_meeting_that_was_moved_past_the_last_goes_with_the_rest(seat, meetings, season):
    moved = meetings[1]
    moved.move(seat, moved.starts_at + timedelta(days=30), moved.ends_at + timedelta(days=30), moved.sequence, NOW)
    close(seat, meetings[3], season.seen)
    assert kept() == [meetings[0].id, meetings[2].id, meetings[3].id]
    assert Meeting.get_by_id(moved.id).skipped, "its date by the series is before the end, so it can be met after all"


def test_a_single_meeting_can_be_the_last_and_stays(seat, meetings, season):
    once = Rule(Repeats.ONCE, 1, datetime(2026, 3, 15).date(), datetime(2026, 1, 1, 15).time(), ZONE, 60)
    agree(seat, once, NOW)
    single = Meeting.select().join(Series).where(Series.repeats == Repeats.ONCE.value).get()
    close(seat, single, season.seen)
    assert kept() == [meetings[0].id, meetings[1].id, single.id]


def test_closing_upon_other_dates_than_the_page_told_changes_nothing(seat, meetings, season):
    before = kept()
    with pytest.raises(CalendarChanged):
        Season.close(seat, meetings[3], "other", season.seen, NOW)
    assert kept() == before
    assert Season.get().chosen is None
