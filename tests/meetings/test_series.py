"""A series makes the meetings of the next year, and a change to it touches none that has begun."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import fn

from portal.clocks import local
from portal.db import db
from portal.errors import PortalError
from portal.meetings.errors import CalendarChanged
from portal.meetings.models.dates import Meeting, Series, mark
from portal.meetings.models.extending import extend_series, extend_some
from portal.meetings.models.listeners import LISTENERS, when_a_date_changes
from portal.meetings.models.plans import open_plan, write_plan
from portal.meetings.models.turns import Turn
from portal.meetings.plan import Place
from portal.meetings.recurrence import AHEAD, Repeats, Rule
from tests.meetings.conftest import LIBRARY, weekly
from tests.meetings.conftest import agree as agreed
from tests.racing import at_once

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
    extend_some([stale.id], NOW + timedelta(weeks=5))
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
    extend_series(during_the_second)
    assert on(seat, date(2026, 3, 13)).starts_at == datetime(2026, 3, 13, 23)
    assert on(seat, date(2026, 3, 20)).starts_at == datetime(2026, 3, 21, 1)
    assert dates(seat) == sorted(set(dates(seat)))


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


# Several series, breaks, ends.


ART = Rule(Repeats.WEEKDAY, 1, date(2026, 3, 14), time(14), "America/Chicago", 180)


def test_a_table_has_several_series_side_by_side(seat, cast):
    fridays = agree(seat, FRIDAYS)
    art = agree(seat, ART, stands=None, name="Art afternoon", usual=Place("The studio", ""))
    assert [series.id for series in Series.of(seat.circle_id, NOW)] == [fridays.id, art.id]
    assert art.name(cast["Bo"].seat()) == "Art afternoon"
    assert b"Art afternoon" not in bytes(art.sealed_name)
    assert on(seat, date(2026, 4, 11)).series.usual_place(seat) == Place("The studio", "")
    assert len(bytes(art.sealed_name)) == len(bytes(agree(seat, ART, stands=art, name="A").sealed_name))


def test_a_change_to_one_series_leaves_the_others_alone(seat):
    agree(seat, FRIDAYS)
    art = agree(seat, ART, stands=None)
    fridays = [(one.id, one.starts_at) for one in Meeting.select().where(Meeting.series != art.id)]
    agree(seat, replace(ART, first=date(2026, 3, 15)), stands=art)
    extend_series(NOW)
    assert fridays == [(one.id, one.starts_at) for one in Meeting.select() if one.day.weekday() == 4]
    assert {day.weekday() for day in dates(seat)} == {4, 6}


def test_two_series_may_meet_on_one_day(seat):
    agree(seat, FRIDAYS)
    agree(seat, replace(FRIDAYS, at=time(10)), stands=None)
    assert dates(seat).count(date(2026, 3, 13)) == 2


def test_a_single_meeting_stands_by_itself(seat):
    once = agree(seat, Rule(Repeats.ONCE, 1, date(2026, 3, 8), time(15), "Europe/Lisbon", 60), stands=None)
    assert dates(seat) == [date(2026, 3, 8)]
    assert Series.of(seat.circle_id, NOW) == []
    added = Meeting.get()
    assert (added.series_id, added.change, added.changed_at) == (once.id, "added", NOW)
    extend_series(NOW + timedelta(days=5))
    assert dates(seat) == [date(2026, 3, 8)]
    assert Series.get_by_id(once.id).ended_at is not None


def test_a_series_that_has_come_to_its_end_is_not_named_any_more(seat):
    agree(seat, replace(FRIDAYS, times=3))
    assert dates(seat) == [date(2026, 3, 6), date(2026, 3, 13), date(2026, 3, 20)]
    extend_series(datetime(2026, 3, 20))
    assert the_series(seat, datetime(2026, 3, 20)) is not None
    extend_series(datetime(2026, 3, 22))
    assert the_series(seat, datetime(2026, 3, 22)) is None
    assert Series.get().ended_at == datetime(2026, 3, 22)


def test_a_break_takes_its_dates_away_and_gives_them_back(seat):
    agree(seat, FRIDAYS)
    write_plan(on(seat, date(2026, 8, 28)), seat, LIBRARY, "After the break", seen="")
    august = replace(FRIDAYS, rests=((date(2026, 8, 1), date(2026, 8, 23)),))
    agree(seat, august)
    assert [day for day in dates(seat) if day.month == 8] == [date(2026, 8, 28)]
    assert the_series(seat).rule == august
    agree(seat, FRIDAYS)
    assert len([day for day in dates(seat) if day.month == 8]) == 4
    kept = on(seat, date(2026, 8, 28))
    assert open_plan(seat, kept.id, kept.sealed_plan).text == "After the break"


def end(series, seat, since, now=NOW):
    series.end(seat, since, mark(series.ending(since, now), series), now)


def test_a_series_ends_on_a_day_and_what_is_before_it_stays(seat):
    series = agree(seat, FRIDAYS)
    end(series, seat, date(2026, 3, 20))
    assert dates(seat) == [date(2026, 3, 6), date(2026, 3, 13)]
    assert the_series(seat).rule.until == date(2026, 3, 19)
    extend_series(NOW + timedelta(weeks=1))
    assert dates(seat) == [date(2026, 3, 6), date(2026, 3, 13)]


def test_a_series_that_ends_at_once_leaves_what_has_begun(seat):
    series = agree(seat, FRIDAYS)
    during_the_second = datetime(2026, 3, 13, 23, 30)
    end(series, seat, date(2026, 3, 13), now=during_the_second)
    assert dates(seat) == [date(2026, 3, 6), date(2026, 3, 13)]
    assert the_series(seat, during_the_second) is None


def test_a_series_that_was_changed_meanwhile_is_not_ended(seat):
    series = agree(seat, FRIDAYS)
    seen = mark(series.ending(date(2026, 3, 20), NOW), series)
    agree(seat, replace(FRIDAYS, at=time(19)))
    with pytest.raises(CalendarChanged):
        series.end(seat, date(2026, 3, 20), seen, NOW)
    assert len(dates(seat)) > 50


def test_only_who_holds_a_series_back_is_told_though_no_date_changed(seat):
    """Somebody wrote another place meanwhile: the dates are the same, and yet the yes was to something else."""
    stood = agree(seat, FRIDAYS)
    seen = mark(Series.preview(FRIDAYS, NOW, stood), stood)
    agree(seat, FRIDAYS, usual=Place("At Bo’s", ""))
    with pytest.raises(CalendarChanged):
        Series.agree(seat, FRIDAYS, LIBRARY, seen, NOW, stands=stood)
    assert the_series(seat).usual_place(seat) == Place("At Bo’s", "")


def test_a_form_that_is_sent_twice_makes_one_series(seat):
    first = agree(seat, FRIDAYS, stands=None, once="o" * 26)
    again = agree(seat, FRIDAYS, stands=None, once="o" * 26)
    assert first.id == again.id
    assert len(dates(seat)) == len(set(dates(seat)))


def test_a_table_that_moves_to_another_zone_keeps_the_hour_on_its_wall(seat):
    agree(seat, FRIDAYS)
    after_the_first = datetime(2026, 3, 8)
    agree(seat, replace(FRIDAYS, zone="Europe/Madrid"), now=after_the_first)
    past, ahead = on(seat, date(2026, 3, 6)), on(seat, date(2026, 3, 13))
    assert (past.series.zone, local(past.starts_at, "America/Chicago").time()) == ("America/Chicago", time(18))
    assert (ahead.series.zone, local(ahead.starts_at, "Europe/Madrid").time()) == ("Europe/Madrid", time(18))
    assert (ahead.change, ahead.sequence, past.sequence) == ("series", 1, 0)


# Who else hears of it.


@pytest.fixture
def heard():
    told = []
    when_a_date_changes(listener := lambda circle, meetings: told.append((circle, meetings)))
    yield told
    LISTENERS.remove(listener)


def test_the_other_rooms_hear_of_every_date_that_comes_goes_or_moves(seat, heard):
    agree(seat, FRIDAYS)
    made = {row.id: row.day for row in Meeting.select()}
    assert heard.pop() == (seat.circle_id, list(made))
    agree(seat, replace(FRIDAYS, every=2))
    _circle, ids = heard.pop()
    assert sorted(made[id] for id in ids) == [day for day in sorted(made.values()) if (day - FRIDAYS.first).days % 14]
    one = on(seat, date(2026, 3, 20))
    one.skip(seat, NOW)
    one.skip(seat, NOW)
    assert heard == [(seat.circle_id, [one.id])]


def test_a_listener_that_fails_leaves_the_dates_as_they_were(seat):
    agree(seat, FRIDAYS)

    @when_a_date_changes
    def refuse(circle, meetings):
        raise RuntimeError("nobody can be told")

    try:
        with pytest.raises(RuntimeError):
            agree(seat, replace(FRIDAYS, first=date(2026, 3, 12)))
    finally:
        LISTENERS.remove(refuse)
    assert {day.weekday() for day in dates(seat)} == {4}


# Under way at once, and by law.


def test_of_two_who_change_the_dates_at_once_one_is_told(seat, cast):
    stood = agree(seat, FRIDAYS)
    others = [replace(FRIDAYS, at=time(hour)) for hour in (17, 19, 20, 21)]

    def change(rule):
        own, seen = cast["Bo"].seat(), mark(Series.preview(rule, NOW, stood), stood)
        return lambda: Series.agree(own, rule, LIBRARY, seen, NOW, stands=stood)

    assert at_once(*map(change, others)) == ["CalendarChanged"] * 3 + ["done"]
    assert the_series(seat).rule in others
    assert {local(one.starts_at, one.series.zone).hour for one in Meeting.select()} == {the_series(seat).at.hour}


def test_two_who_extend_at_once_make_no_date_twice(seat):
    agree(seat, FRIDAYS)
    later = NOW + timedelta(weeks=6)
    assert at_once(*[lambda: extend_series(later)] * 3) == ["done"] * 3
    assert dates(seat) == sorted(set(dates(seat)))
    assert max(dates(seat)) > (NOW + AHEAD).date() + timedelta(weeks=4)


kinds = st.sampled_from([Repeats.WEEKS, Repeats.WEEKDAY, Repeats.DATE])


@st.composite
def any_rule(draw):
    first = NOW.date() + timedelta(days=draw(st.integers(-40, 60)))
    at, zone = (
        time(draw(st.integers(0, 23))),
        draw(st.sampled_from(["America/Chicago", "Africa/Cairo", "Pacific/Chatham"])),
    )
    rests = ((first + timedelta(days=20), first + timedelta(days=40)),) if draw(st.booleans()) else ()
    return Rule(draw(kinds), draw(st.integers(1, 3)), first, at, zone, draw(st.integers(30, 240)), rests=rests)


steps = st.lists(
    st.tuples(
        st.sampled_from(["agree", "move", "skip", "back", "usual", "end", "extend", "wait"]),
        any_rule(),
        st.sampled_from([0, 0, 1, 30, 200]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_a_past_meeting_never_moves(seat, steps):
    """Whatever a table does, one step after another: what had begun before a step is the same after it."""
    with db.atomic() as undone:
        now = NOW
        for verb, rule, hours in steps:
            now = under_way(seat, now) if verb == "wait" else now + timedelta(hours=hours)
            before = begun(seat, now)
            with suppress(PortalError):
                do(verb, seat, rule, now)
            after = begun(seat, now)
            assert {id: after.get(id) for id in before} == before
            per_day = Meeting.select(fn.COUNT()).join(Series).group_by(Series.origin, Meeting.day).tuples()
            assert all(count == 1 for (count,) in per_day)
        undone.rollback()


def begun(seat, now):
    rows = Meeting.select().where((Meeting.circle == seat.circle_id) & (Meeting.starts_at <= now))
    return {one.id: (one.day, one.starts_at, one.ends_at, one.skipped, one.series_id, one.sequence) for one in rows}


def under_way(seat, now):
    """A little after the next meeting has begun."""
    first = Meeting.select(fn.MIN(Meeting.starts_at)).where(
        (Meeting.circle == seat.circle_id) & (Meeting.starts_at > now)
    )
    return (first.scalar() or now) + timedelta(minutes=10)


def do(verb, seat, rule, now):
    holding = the_series(seat, now)
    ahead = Meeting.select().where((Meeting.circle == seat.circle_id) & (Meeting.starts_at > now))
    next_one = ahead.order_by(Meeting.starts_at).first()
    on_now = Meeting.get_or_none(
        (Meeting.circle == seat.circle_id) & (Meeting.starts_at <= now) & (Meeting.ends_at > now)
    )
    if verb == "agree" or holding is None:
        agree(seat, rule, now=now)
    elif verb == "end":
        end(holding, seat, now.date() + timedelta(days=rule.minutes % 60), now)
    elif verb == "extend":
        extend_series(now)
    elif on_now is not None and verb == "move":
        on_now.move(
            seat, on_now.starts_at + timedelta(days=1), on_now.ends_at + timedelta(days=1), on_now.sequence, now
        )
    elif next_one is not None and verb == "move":
        starts_at = next_one.starts_at + timedelta(minutes=rule.minutes - 100)
        next_one.move(seat, starts_at, starts_at + timedelta(minutes=rule.minutes), next_one.sequence, now)
    elif next_one is not None and verb == "usual":
        next_one.put_back(seat, now)
    elif next_one is not None:
        next_one.skip(seat, now, skipped=verb == "skip")


# How it is kept.


def test_a_plan_is_sealed_padded_and_bound_to_its_meeting(seat):
    agree(seat, FRIDAYS)
    one, other = on(seat, date(2026, 3, 6)), on(seat, date(2026, 3, 13))
    write_plan(one, seat, LIBRARY, "Tea", seen="")
    write_plan(other, seat, LIBRARY, "Tea, then silence, then tea", seen="")
    sealed = [bytes(on(seat, meeting.day).sealed_plan) for meeting in (one, other)]
    assert len(sealed[0]) == len(sealed[1])
    Meeting.update(sealed_plan=sealed[1]).where(Meeting.id == one.id).execute()
    assert not open_plan(seat, one.id, on(seat, one.day).sealed_plan).opens


def test_instants_are_stored_naive(seat):
    agree(seat, FRIDAYS)
    stored = db.execute_sql("SELECT starts_at FROM meeting ORDER BY starts_at").fetchone()
    assert stored == ("2026-03-07 00:00:00",)
