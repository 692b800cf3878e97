"""A meeting keeps its local time; the nights on which clocks change are settled by one stated rule."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.meetings.recurrence import AHEAD, Change, Every, Fate, Planned, changes, instant, local

ODD_ZONES = [
    "UTC",
    "America/Chicago",
    "Europe/Madrid",
    "Africa/Cairo",  # changes at midnight
    "Africa/Casablanca",  # an hour less for Ramadan
    "America/Santiago",  # changes at midnight, in the other half of the year
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Chatham",  # 12:45 ahead, changes at 2:45
    "Pacific/Apia",  # left out the whole of 30 December 2011
    "America/St_Johns",  # used to change at 0:01
    "Asia/Kathmandu",
    "Antarctica/Troll",  # by two hours
]
zones = st.sampled_from(ODD_ZONES)


def offset(moment, zone):
    return local(moment, zone) - moment


def jump(moment, zone):
    return offset(moment + timedelta(days=2), zone) - offset(moment - timedelta(days=2), zone)


def clock_changes(zone):
    """The instants, to the minute, at which the clocks of a zone changed or will."""
    days = [datetime(2005, 1, 1) + timedelta(days=number) for number in range(30 * 365)]
    for day in days:
        if offset(day, zone) != offset(day + timedelta(days=1), zone):
            minutes = range(24 * 60 + 1)
            at = bisect_left(minutes, True, key=lambda m: offset(day + timedelta(minutes=m), zone) != offset(day, zone))
            yield day + timedelta(minutes=at)


CLOCK_CHANGES = [(moment, zone) for zone in ODD_ZONES for moment in clock_changes(zone)]


@st.composite
def walls_anywhere(draw):
    wall = draw(st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1)))
    return wall.replace(second=0, microsecond=0), draw(zones)


@st.composite
def walls_in_a_night_of_change(draw):
    """Within three hours of the change, by the clock as it was."""
    moment, zone = draw(st.sampled_from(CLOCK_CHANGES))
    return local(moment - timedelta(minutes=1), zone) + timedelta(minutes=draw(st.integers(-180, 180))), zone


@st.composite
def walls_that_are_jumped_over(draw):
    moment, zone = draw(st.sampled_from(CLOCK_CHANGES).filter(lambda change: jump(*change) > timedelta()))
    gap = jump(moment, zone) // timedelta(minutes=1)
    return moment + offset(moment - timedelta(days=2), zone) + timedelta(minutes=draw(st.integers(0, gap - 1))), zone


walls = walls_anywhere() | walls_in_a_night_of_change()


@st.composite
def rules(draw):
    first = draw(st.dates(date(2006, 1, 1), date(2034, 1, 1)))
    at = time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 15, 30, 59])))
    return Every(draw(st.integers(1, 9)), first, at, draw(zones), draw(st.integers(15, 240)))


@st.composite
def rules_and_moments(draw):
    rule = draw(rules())
    now = datetime.combine(rule.first, time()) + timedelta(hours=draw(st.integers(-24 * 60, 24 * 400)))
    return rule, now


def is_real(wall, zone):
    aware = wall.replace(tzinfo=ZoneInfo(zone))
    return aware.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall


@given(walls)
def test_a_wall_time_that_exists_is_kept(there):
    wall, zone = there
    assume(is_real(wall, zone))
    assert local(instant(wall, zone), zone) == wall


@given(walls)
def test_of_a_time_that_comes_twice_the_first_is_meant(there):
    wall, zone = there
    moment = instant(wall, zone)
    earlier = [moment - timedelta(minutes=minutes) for minutes in (30, 60, 120, 180)]
    assert wall not in [local(other, zone) for other in earlier]


@given(walls_that_are_jumped_over())
def test_a_time_that_is_jumped_over_is_kept_as_much_later_as_the_clocks_jump(there):
    wall, zone = there
    assert not is_real(wall, zone)
    moment = instant(wall, zone)
    assert local(moment, zone) - wall == jump(moment, zone)


@pytest.mark.parametrize(
    ("wall", "zone", "said", "utc"),
    [
        ("2026-03-08 02:30", "America/Chicago", "2026-03-08 03:30", "2026-03-08 08:30"),
        ("2026-11-01 01:30", "America/Chicago", "2026-11-01 01:30", "2026-11-01 06:30"),
        ("2026-03-29 02:30", "Europe/Madrid", "2026-03-29 03:30", "2026-03-29 01:30"),
        ("2026-10-25 02:30", "Europe/Madrid", "2026-10-25 02:30", "2026-10-25 00:30"),
        ("2026-04-24 00:30", "Africa/Cairo", "2026-04-24 01:30", "2026-04-23 22:30"),
        ("2026-09-06 00:00", "America/Santiago", "2026-09-06 01:00", "2026-09-06 04:00"),
        ("2026-10-04 02:15", "Australia/Lord_Howe", "2026-10-04 02:45", "2026-10-03 15:45"),
        ("2026-04-05 01:45", "Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45"),
        ("2026-09-27 03:00", "Pacific/Chatham", "2026-09-27 04:00", "2026-09-26 14:15"),
        ("2011-12-30 18:00", "Pacific/Apia", "2011-12-31 18:00", "2011-12-31 04:00"),
    ],
)
def test_nights_on_which_the_clocks_change(wall, zone, said, utc):
    moment = instant(datetime.fromisoformat(wall), zone)
    assert moment == datetime.fromisoformat(utc)
    assert local(moment, zone) == datetime.fromisoformat(said)


@given(walls)
def test_instants_are_naive(there):
    wall, zone = there
    assert instant(wall, zone).tzinfo is None
    assert local(wall, zone).tzinfo is None


def test_six_in_the_evening_stays_six_in_the_evening_over_both_clock_changes():
    rule = Every(1, date(2026, 1, 2), time(18), "America/Chicago", 90)
    year = list(rule.dates(date(2026, 1, 1), date(2026, 12, 31)))
    assert len(year) == 52
    assert {local(rule.starts(day), rule.zone).time() for day in year} == {time(18)}
    assert {rule.starts(day).hour for day in year} == {23, 0}


@given(rules_and_moments())
def test_the_weekday_stays_and_the_weeks_are_counted_from_the_first(asked):
    rule, now = asked
    for day in rule.ahead(now):
        assert day.weekday() == rule.first.weekday()
        assert (day - rule.first).days % (7 * rule.weeks) == 0
        assert day >= rule.first


@given(rules_and_moments())
def test_every_date_of_the_time_ahead_is_there_once(asked):
    rule, now = asked
    today = local(now, rule.zone).date()
    every_day = [today + timedelta(days=days) for days in range(-1, AHEAD.days + 1)]
    due = [day for day in every_day if day >= rule.first and (day - rule.first).days % (7 * rule.weeks) == 0]
    assert rule.ahead(now) == [day for day in due if rule.starts(day) > now]


def test_a_meeting_that_a_clock_change_carries_past_midnight_is_still_ahead():
    rule = Every(1, date(2026, 3, 28), time(23, 30), "America/Scoresbysund", 60)
    after_midnight = rule.starts(rule.first) - timedelta(minutes=10)
    assert local(after_midnight, rule.zone) == datetime(2026, 3, 29, 0, 20)
    assert rule.ahead(after_midnight)[0] == rule.first


@given(rules(), st.integers(-100, 1000), st.integers(0, 200))
def test_dates_include_both_ends(rule, after, length):
    since = rule.first + timedelta(days=after)
    until = since + timedelta(days=length)
    every_day = [since + timedelta(days=days) for days in range(length + 1)]
    due = [day for day in every_day if day >= rule.first and (day - rule.first).days % (7 * rule.weeks) == 0]
    assert list(rule.dates(since, until)) == due


@given(rules_and_moments(), st.integers(1, 24 * 60))
def test_making_rows_ahead_day_by_day_misses_none_and_makes_none_twice(asked, hours):
    rule, now = asked
    later = now + timedelta(hours=hours)
    both = set(rule.ahead(now)) | set(rule.ahead(later))
    straight = rule.dates(local(now, rule.zone).date() - timedelta(days=1), local(later, rule.zone).date() + AHEAD)
    assert both == {day for day in straight if rule.starts(day) > now}


@given(rules_and_moments())
def test_meetings_begin_in_the_order_of_their_dates(asked):
    rule, now = asked
    starts = [rule.starts(day) for day in rule.ahead(now)]
    assert starts == sorted(set(starts))


@given(rules())
def test_a_meeting_lasts_as_long_as_agreed_whatever_the_clocks_do(rule):
    assert rule.ends(rule.first) - rule.starts(rule.first) == timedelta(minutes=rule.minutes)


@pytest.mark.parametrize("wrong", [{"weeks": 0}, {"minutes": 0}])
def test_a_series_that_goes_nowhere_is_refused(wrong):
    with pytest.raises(ValueError, match="at least"):
        Every(**{"weeks": 1, "first": date(2026, 1, 2), "at": time(18), "zone": "UTC", "minutes": 90, **wrong})


# Changing the series.

FRIDAYS = Every(1, date(2026, 1, 2), time(18), "America/Chicago", 90)
NOW = datetime(2026, 3, 6, 12)


def calendar(rule, since, until):
    return [Planned(day, rule.starts(day), rule.ends(day)) for day in rule.dates(since, until)]


@st.composite
def switches(draw):
    old, now = draw(rules_and_moments())
    new = draw(rules())
    first = local(now, new.zone).date() + timedelta(days=draw(st.integers(-30, 60)))
    new = Every(new.weeks, first, draw(st.sampled_from([old.at, new.at])), new.zone, new.minutes)
    today = local(now, old.zone).date()
    return calendar(old, today - timedelta(days=60), today + AHEAD), new, now


@given(switches())
def test_nothing_that_has_begun_changes_and_no_day_is_met_on_twice(switch):
    standing, rule, now = switch
    begun = {planned.day for planned in standing if planned.starts_at <= now}
    days = [change.day for change in changes(standing, rule, now)]
    assert not begun & set(days)
    assert len(days) == len(set(days))


@given(switches())
def test_the_preview_names_every_meeting_that_stands_and_every_one_that_will(switch):
    standing, rule, now = switch
    told = changes(standing, rule, now)
    stood = {planned.day for planned in standing if planned.starts_at > now}
    begun = {planned.day for planned in standing} - stood
    assert {change.day for change in told if change.fate is not Fate.COMES} == stood
    assert [change.day for change in told if change.fate is not Fate.GOES] == [
        day for day in rule.ahead(now) if day not in begun
    ]


def test_the_same_rule_again_changes_nothing():
    standing = calendar(FRIDAYS, date(2026, 2, 1), date(2027, 3, 12))
    told = changes(standing, FRIDAYS, NOW)
    assert {change.fate for change in told} == {Fate.STAYS}
    assert told[0] == Change(date(2026, 3, 6), Fate.STAYS, datetime(2026, 3, 7), datetime(2026, 3, 7, 1, 30))


def test_another_hour_moves_each_meeting_and_another_weekday_replaces_them():
    standing = calendar(FRIDAYS, date(2026, 3, 6), date(2027, 3, 12))
    later = Every(1, date(2026, 3, 6), time(19), "America/Chicago", 90)
    assert {change.fate for change in changes(standing, later, NOW)} == {Fate.OTHER_TIME}
    thursdays = Every(1, date(2026, 3, 12), time(18), "America/Chicago", 90)
    fates = [(change.day.day, change.fate) for change in changes(standing, thursdays, NOW)[:3]]
    assert fates == [(6, Fate.GOES), (12, Fate.COMES), (13, Fate.GOES)]


def test_a_longer_meeting_is_another_time():
    standing = calendar(FRIDAYS, date(2026, 3, 6), date(2027, 3, 12))
    longer = Every(1, date(2026, 3, 6), time(18), "America/Chicago", 120)
    assert {change.fate for change in changes(standing, longer, NOW)} == {Fate.OTHER_TIME}


def test_a_meeting_under_way_is_left_alone_though_the_new_hour_is_still_to_come():
    standing = calendar(FRIDAYS, date(2026, 3, 6), date(2027, 3, 12))
    later = Every(1, date(2026, 3, 6), time(20), "America/Chicago", 90)
    under_way = datetime(2026, 3, 7, 0, 30)
    assert changes(standing, later, under_way)[0].day == date(2026, 3, 13)
