"""A series makes the meetings of the next year, and a change to it touches none that has begun."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from portal.db import db
from portal.meetings.errors import CalendarChanged
from portal.meetings.models.dates import Meeting, Series, extend_series, mark
from portal.meetings.models.plans import open_plan, write_plan
from portal.meetings.models.turns import Turn
from portal.meetings.plan import Place
from portal.meetings.recurrence import AHEAD, local
from portal.vault import Unsealable
from tests.meetings.conftest import LIBRARY, weekly
from tests.meetings.conftest import agree as agreed

NOW = datetime(2026, 3, 4, 12)  # a Wednesday
FRIDAYS = weekly(date(2026, 3, 6))


@pytest.fixture
def seat(cast):
    return cast["Ana"].seat()


def agree(seat, rule, now=NOW, usual=LIBRARY, **given):
    """In place of the series that the table has, if it has one."""
    return agreed(seat, rule, now, usual, **({"stands": the_series(seat, now)} | given))


def the_series(seat, now=NOW):
    return next(iter(Series.of(seat.circle_id, now)), None)


def dates(seat):
    return [row.day for row in Meeting.select().where(Meeting.circle == seat.circle_id).order_by(Meeting.day)]


def on(seat, day):
    return Meeting.get((Meeting.circle == seat.circle_id) & (Meeting.day == day))


def test_a_series_makes_a_year_of_meetings(seat):
    agree(seat, FRIDAYS)
    assert dates(seat) == list(FRIDAYS.dates(date(2026, 3, 6), local(NOW, FRIDAYS.zone).date() + AHEAD))
    first, summer = on(seat, date(2026, 3, 6)), on(seat, date(2026, 3, 13))
    assert (first.starts_at, first.ends_at) == (datetime(2026, 3, 7, 0), datetime(2026, 3, 7, 1, 30))
    assert summer.starts_at == datetime(2026, 3, 13, 23)


def test_the_usual_place_is_sealed_and_opens_for_everyone_at_the_table(seat, cast):
    series = agree(seat, FRIDAYS)
    assert the_series(seat).usual_place(cast["Bo"].seat()) == LIBRARY
    assert b"library" not in bytes(series.sealed_usual_place)


def test_a_chore_keeps_a_year_ahead_and_makes_no_date_twice(seat):
    agree(seat, FRIDAYS)
    later = NOW + timedelta(weeks=5)
    extend_series(later)
    extend_series(later)
    assert dates(seat) == list(FRIDAYS.dates(date(2026, 3, 6), local(later, FRIDAYS.zone).date() + AHEAD))


def test_a_chore_brings_back_the_hour_when_a_law_moves_the_clocks(seat):
    agree(seat, FRIDAYS)
    meeting = on(seat, date(2026, 6, 5))
    was = meeting.starts_at
    Meeting.update(starts_at=was + timedelta(hours=1), ends_at=meeting.ends_at).where(
        Meeting.id == meeting.id
    ).execute()
    extend_series(NOW)
    assert on(seat, date(2026, 6, 5)).starts_at == was


def test_a_series_that_ended_is_not_extended(seat):
    agree(seat, FRIDAYS)
    thursdays = replace(FRIDAYS, first=date(2026, 3, 12))
    agree(seat, thursdays)
    extend_series(NOW + timedelta(weeks=5))
    assert {day.weekday() for day in dates(seat)} == {3}


def test_a_chore_that_read_a_series_just_before_it_ended_makes_nothing(seat):
    stale = agree(seat, FRIDAYS)
    agree(seat, replace(FRIDAYS, first=date(2026, 3, 12)))
    stale.extend(NOW + timedelta(weeks=5))
    assert {day.weekday() for day in dates(seat)} == {3}


def test_a_chore_takes_no_date_away(seat):
    agree(seat, FRIDAYS)
    saturday = date(2026, 3, 14)
    Meeting.update(day=saturday).where(Meeting.day == date(2026, 3, 13)).execute()
    extend_series(NOW)
    assert saturday in dates(seat)


def test_a_change_leaves_what_has_begun_and_what_has_been(seat):
    agree(seat, FRIDAYS)
    during_the_second = datetime(2026, 3, 13, 23, 30)
    agree(seat, replace(FRIDAYS, at=time(20)), now=during_the_second)
    assert on(seat, date(2026, 3, 6)).starts_at == datetime(2026, 3, 7, 0)
    assert on(seat, date(2026, 3, 13)).starts_at == datetime(2026, 3, 13, 23)
    assert on(seat, date(2026, 3, 20)).starts_at == datetime(2026, 3, 21, 1)


def test_a_meeting_that_has_been_keeps_the_place_it_had(seat):
    agree(seat, FRIDAYS)
    after = datetime(2026, 3, 8)
    agree(seat, FRIDAYS, now=after, usual=Place("At Bo’s", ""))
    assert on(seat, date(2026, 3, 6)).series.usual_place(seat) == LIBRARY
    assert on(seat, date(2026, 3, 13)).series.usual_place(seat) == Place("At Bo’s", "")


def test_a_date_that_stays_keeps_its_plan_its_turn_and_that_it_is_skipped(seat):
    agree(seat, FRIDAYS)
    planned, skipped = on(seat, date(2026, 3, 13)), on(seat, date(2026, 3, 20))
    write_plan(planned, seat, Place("The park", ""), "Bring a blanket", seen="")
    Turn.take(planned, seat, NOW)
    skipped.skip(seat, NOW)
    agree(seat, replace(FRIDAYS, at=time(19)))
    kept = on(seat, date(2026, 3, 13))
    assert open_plan(seat, kept.id, kept.sealed_plan).text == "Bring a blanket"
    assert [(turn.meeting_id, turn.seat_id) for turn in Turn.select()] == [(planned.id, seat.id)]
    assert on(seat, date(2026, 3, 20)).skipped


def test_a_date_that_goes_takes_its_turn_with_it(seat):
    agree(seat, FRIDAYS)
    Turn.take(on(seat, date(2026, 3, 13)), seat, NOW)
    agree(seat, replace(FRIDAYS, first=date(2026, 3, 12)))
    assert date(2026, 3, 13) not in dates(seat)
    assert Turn.select().count() == 0


def test_what_goes_with_a_date_leaves_the_log_of_the_database_too(seat, home):
    agree(seat, FRIDAYS)
    write_plan(on(seat, date(2026, 3, 13)), seat, LIBRARY, "Tea", seen="")
    sealed = bytes(on(seat, date(2026, 3, 13)).sealed_plan)
    agree(seat, replace(FRIDAYS, first=date(2026, 3, 12)))
    assert not any(sealed in path.read_bytes() for path in home.glob("portal.db*"))


def test_a_yes_to_dates_that_have_changed_meanwhile_changes_nothing(seat):
    agree(seat, FRIDAYS)
    thursdays, later = replace(FRIDAYS, first=date(2026, 3, 12)), replace(FRIDAYS, at=time(19))
    stood = the_series(seat)
    seen = mark(Series.preview(thursdays, NOW, stood), stood)
    agree(seat, later)
    with pytest.raises(CalendarChanged):
        Series.agree(seat, thursdays, LIBRARY, seen, NOW, stands=stood)
    assert the_series(seat).rule == later
    assert {day.weekday() for day in dates(seat)} == {4}


def test_a_series_goes_on_in_one_row_at_a_time(seat, cast):
    agree(seat, FRIDAYS)
    agree(seat, replace(FRIDAYS, every=2))
    agree(cast["Cy"].seat(), FRIDAYS)
    open_ones = Series.select().where(Series.ended_at.is_null())
    assert sorted(series.circle_id for series in open_ones) == sorted([cast.table, cast.other_table])


def test_a_plan_is_sealed_padded_and_bound_to_its_meeting(seat):
    agree(seat, FRIDAYS)
    one, other = on(seat, date(2026, 3, 6)), on(seat, date(2026, 3, 13))
    write_plan(one, seat, LIBRARY, "Tea", seen="")
    write_plan(other, seat, LIBRARY, "Tea, then silence, then tea", seen="")
    sealed = [bytes(on(seat, meeting.day).sealed_plan) for meeting in (one, other)]
    assert len(sealed[0]) == len(sealed[1])
    Meeting.update(sealed_plan=sealed[1]).where(Meeting.id == one.id).execute()
    with pytest.raises(Unsealable):
        open_plan(seat, one.id, on(seat, one.day).sealed_plan)


def test_instants_are_stored_naive(seat):
    agree(seat, FRIDAYS)
    stored = db.execute_sql("SELECT starts_at FROM meeting ORDER BY starts_at").fetchone()
    assert stored == ("2026-03-07 00:00:00",)
