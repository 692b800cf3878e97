"""A meeting keeps its local time; the nights on which clocks change are settled by one stated rule."""

from bisect import bisect_left
from calendar import monthrange
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.clocks import instant, local
from portal.meetings.recurrence import AHEAD, LAST, Repeats, Rule

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
YEARS = st.dates(date(2006, 1, 1), date(2034, 1, 1))


def offset(moment, zone):
    return local(moment, zone) - moment


def jump(moment, zone):
    return offset(moment + timedelta(days=2), zone) - offset(moment - timedelta(days=2), zone)


def clock_changes(zone):
    """The instants, to the minute, at which the clocks of a zone changed or will."""
    days = [datetime(2005, 1, 1) + timedelta(days=number) for number in range(33 * 365)]
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
def ways_to_begin(draw, days=YEARS):
    """A way to repeat, and a day on which the first meeting may be."""
    repeats, day = draw(st.sampled_from(Repeats)), draw(days)
    if repeats is Repeats.LAST_WEEKDAY:
        day += timedelta(weeks=(monthrange(day.year, day.month)[1] - day.day) // 7)
    return repeats, day


@st.composite
def breaks(draw, first):
    begin = first + timedelta(days=draw(st.integers(-30, 700)))
    return begin, begin + timedelta(days=draw(st.integers(0, 60)))


@st.composite
def rules(draw, ends=True):
    repeats, first = draw(ways_to_begin())
    at = time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 15, 30, 59])))
    rule = Rule(repeats, draw(st.integers(1, 9)), first, at, draw(zones), draw(st.integers(15, 240)))
    if not ends:
        return rule
    until = draw(st.none() | st.integers(0, 1500).map(lambda days: first + timedelta(days=days)))
    times = draw(st.none() | st.integers(1, 60))
    return replace(rule, until=until, times=times, rests=tuple(draw(st.lists(breaks(first), max_size=3))))


@st.composite
def rules_and_moments(draw):
    rule = draw(rules())
    now = datetime.combine(rule.first, time()) + timedelta(hours=draw(st.integers(-24 * 60, 24 * 400)))
    return rule, now


def months_between(one, other):
    return (other.year - one.year) * 12 + other.month - one.month


def is_last(day):
    """Whether no such weekday follows in its month."""
    return (day + timedelta(weeks=1)).month != day.month


def falls_on(rule, day):
    """Whether a day is a date of the pattern, by looking at this day alone."""
    if day < rule.first or rule.repeats is Repeats.ONCE:
        return day == rule.first
    if rule.repeats is Repeats.WEEKS:
        return (day - rule.first).days % (7 * rule.every) == 0
    if months_between(rule.first, day) % rule.every:
        return False
    if rule.repeats is Repeats.DATE:
        return day.day == min(rule.first.day, monthrange(day.year, day.month)[1])
    if rule.repeats is Repeats.LAST_WEEKDAY or rule.first.day > 28:
        return day.weekday() == rule.first.weekday() and is_last(day)
    return day.weekday() == rule.first.weekday() and (day.day - 1) // 7 == (rule.first.day - 1) // 7


def due(rule, since, until):
    """Every date from one day to another, found by leafing through all days since the first meeting."""
    leaves = [rule.first + timedelta(days=days) for days in range((until - rule.first).days + 1)]
    leaves = [day for day in leaves if rule.until is None or day <= rule.until]
    resting = {begin + timedelta(days=days) for begin, end in rule.rests for days in range((end - begin).days + 1)}
    met = [day for day in leaves if falls_on(rule, day) and day not in resting]
    return [day for day in met[: rule.times] if day >= since]


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


# A rule and its dates.


def meets(repeats, first, every=1, **more):
    return Rule(repeats, every, date.fromisoformat(first), time(18), "America/Chicago", 90, **more)


def told(rule, many):
    return [str(day) for day in islice(rule.dates(rule.first, date(2100, 1, 1)), many)]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        (meets(Repeats.ONCE, "2026-01-31"), ["2026-01-31"]),
        (meets(Repeats.WEEKS, "2026-02-20"), ["2026-02-20", "2026-02-27", "2026-03-06"]),
        (meets(Repeats.WEEKS, "2026-12-18", every=2), ["2026-12-18", "2027-01-01", "2027-01-15"]),
        (meets(Repeats.WEEKDAY, "2026-12-01"), ["2026-12-01", "2027-01-05", "2027-02-02"]),
        (meets(Repeats.WEEKDAY, "2026-01-28", every=2), ["2026-01-28", "2026-03-25", "2026-05-27"]),
        (meets(Repeats.WEEKDAY, "2026-01-29"), ["2026-01-29", "2026-02-26", "2026-03-26", "2026-04-30"]),
        (meets(Repeats.LAST_WEEKDAY, "2026-02-24"), ["2026-02-24", "2026-03-31", "2026-04-28"]),
        (meets(Repeats.DATE, "2026-01-15", every=3), ["2026-01-15", "2026-04-15", "2026-07-15"]),
        (meets(Repeats.DATE, "2027-12-31"), ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]),
        (meets(Repeats.DATE, "2026-12-30"), ["2026-12-30", "2027-01-30", "2027-02-28", "2027-03-30", "2027-04-30"]),
        (meets(Repeats.DATE, "2026-02-28"), ["2026-02-28", "2026-03-28", "2026-04-28"]),
    ],
)
def test_the_ways_to_repeat(rule, days):
    assert told(rule, len(days)) == days


def test_one_meeting_alone_is_all_there_is():
    assert told(meets(Repeats.ONCE, "2026-01-31"), 5) == ["2026-01-31"]


@given(rules(), st.integers(-100, 2000), st.integers(0, 800))
def test_dates_are_those_that_leafing_through_a_calendar_finds(rule, after, length):
    since = rule.first + timedelta(days=after)
    until = since + timedelta(days=length)
    assert list(rule.dates(since, until)) == due(rule, since, until)


@given(rules(ends=False), st.integers(0, 400))
def test_both_ends_are_included(rule, after):
    day = next(rule.dates(rule.first + timedelta(days=after), date.max), rule.first)
    assert list(rule.dates(day, day)) == [day]
    assert list(replace(rule, until=day).dates(day, date.max)) == [day]


def test_a_meeting_on_the_31st_is_never_left_out_but_comes_on_the_last_day():
    rule = meets(Repeats.DATE, "2026-01-31")
    days = [day.day for day in rule.dates(date(2028, 1, 1), date(2028, 12, 31))]
    assert days == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


@given(rules(ends=False).filter(lambda rule: rule.repeats in (Repeats.WEEKDAY, Repeats.LAST_WEEKDAY, Repeats.DATE)))
def test_a_monthly_meeting_skips_no_month(rule):
    days = list(rule.dates(rule.first, rule.first + timedelta(days=2000)))
    assert {months_between(one, other) for one, other in pairwise(days)} == {rule.every}


@pytest.mark.parametrize(
    ("repeats", "first", "ordinal"),
    [
        (Repeats.WEEKDAY, "2026-09-01", 1),
        (Repeats.WEEKDAY, "2026-09-07", 1),
        (Repeats.WEEKDAY, "2026-09-08", 2),
        (Repeats.WEEKDAY, "2026-09-21", 3),
        (Repeats.WEEKDAY, "2026-09-28", 4),
        (Repeats.WEEKDAY, "2026-09-29", LAST),
        (Repeats.LAST_WEEKDAY, "2026-09-28", LAST),
        (Repeats.LAST_WEEKDAY, "2026-02-22", LAST),
        (Repeats.DATE, "2026-09-08", None),
        (Repeats.WEEKS, "2026-09-08", None),
        (Repeats.ONCE, "2026-09-08", None),
    ],
)
def test_a_rule_says_which_weekday_of_the_month_it_is(repeats, first, ordinal):
    assert meets(repeats, first).ordinal == ordinal


@given(rules())
def test_the_first_meeting_is_on_the_first_date_unless_it_falls_in_a_break(rule):
    days = list(rule.dates(rule.first, rule.first))
    assert days == ([] if rule.rests_on(rule.first) else [rule.first])


def test_so_many_times_are_counted_from_the_first_and_a_break_takes_none_away():
    season = meets(Repeats.WEEKS, "2026-07-17", times=6)
    assert told(season, 9)[-1] == "2026-08-21"
    rested = replace(season, rests=((date(2026, 8, 1), date(2026, 8, 31)),))
    assert told(rested, 9) == ["2026-07-17", "2026-07-24", "2026-07-31", "2026-09-04", "2026-09-11", "2026-09-18"]
    assert len(list(rested.dates(date(2026, 9, 5), date.max))) == 2


@given(rules())
def test_times_counts_meetings(rule):
    assume(rule.repeats is not Repeats.ONCE)
    season = replace(rule, times=12, until=None)
    assert len(list(season.dates(date.min, date(2100, 1, 1)))) == 12


@given(rules(), rules())
def test_a_break_makes_no_meeting_and_moves_none(rule, other):
    rule = replace(rule, times=None)
    window = rule.first - timedelta(days=50), rule.first + timedelta(days=900)
    rested = replace(rule, rests=rule.rests + other.rests)
    assert list(rested.dates(*window)) == [day for day in rule.dates(*window) if not rested.rests_on(day)]


def test_both_days_of_a_break_are_days_of_rest():
    rule = meets(Repeats.WEEKS, "2026-07-31", rests=((date(2026, 8, 7), date(2026, 8, 21)),))
    assert told(rule, 3) == ["2026-07-31", "2026-08-28", "2026-09-04"]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"every": 0}, "at least"),
        ({"minutes": 0}, "at least"),
        ({"times": 0}, "one meeting at least"),
        ({"until": date(2026, 1, 1)}, "end before its first"),
        ({"rests": ((date(2026, 8, 1), date(2026, 8, 2)), (date(2026, 9, 2), date(2026, 9, 1)))}, "break"),
        ({"repeats": Repeats.LAST_WEEKDAY}, "last such weekday"),
        ({"repeats": Repeats.LAST_WEEKDAY, "first": date(2026, 1, 24)}, "last such weekday"),
    ],
)
def test_a_series_that_makes_no_sense_is_refused(wrong, why):
    with pytest.raises(ValueError, match=why):
        replace(meets(Repeats.WEEKS, "2026-01-02"), **wrong)


@pytest.mark.parametrize(
    "least",
    [
        {"every": 1, "minutes": 1, "times": 1, "until": date(2026, 1, 2)},
        {"rests": ((date(2026, 8, 1), date(2026, 8, 1)),)},
        {"repeats": Repeats.LAST_WEEKDAY, "first": date(2026, 1, 25)},
    ],
)
def test_the_least_that_makes_sense_is_taken(least):
    assert told(replace(meets(Repeats.WEEKS, "2026-01-02"), **least), 1) == [str(least.get("first", "2026-01-02"))]


# A rule and the clock.


@pytest.mark.parametrize("repeats", [Repeats.WEEKS, Repeats.WEEKDAY, Repeats.DATE])
def test_six_in_the_evening_stays_six_in_the_evening_over_both_clock_changes(repeats):
    rule = meets(repeats, "2026-01-02")
    year = list(rule.dates(date(2026, 1, 1), date(2026, 12, 31)))
    assert len(year) == (52 if repeats is Repeats.WEEKS else 12)
    assert {local(rule.starts(day), rule.zone).time() for day in year} == {time(18)}
    assert {rule.starts(day).hour for day in year} == {23, 0}


@given(rules_and_moments())
def test_a_meeting_is_on_its_date_at_its_time_wherever_the_clock_shows_that_time(asked):
    rule, now = asked
    for day in rule.ahead(now):
        wall = datetime.combine(day, rule.at)
        assert local(rule.starts(day), rule.zone) == wall or not is_real(wall, rule.zone)


@given(rules_and_moments(), zones)
def test_a_circle_in_another_zone_meets_on_the_same_dates_at_the_same_time_of_day(asked, zone):
    rule, now = asked
    moved, window = replace(rule, zone=zone), (now.date(), now.date() + AHEAD)
    days = list(rule.dates(*window))
    assert list(moved.dates(*window)) == days
    walls = [datetime.combine(day, rule.at) for day in days]
    assert [local(moved.starts(wall.date()), zone) for wall in walls if is_real(wall, zone)] == [
        wall for wall in walls if is_real(wall, zone)
    ]


@given(rules_and_moments())
def test_every_date_of_the_time_ahead_is_there_once(asked):
    rule, now = asked
    today = local(now, rule.zone).date()
    days = due(rule, today - timedelta(days=1), today + AHEAD)
    assert rule.ahead(now) == [day for day in days if rule.starts(day) > now]


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2026-03-06 12:00", "2027-03-12"),  # a Friday
        ("2026-03-06 03:00", "2027-03-05"),  # in Chicago still Thursday
        ("2026-03-05 12:00", "2027-03-05"),
    ],
)
def test_a_year_and_a_week_are_made_ahead_to_the_day(now, last):
    fridays = meets(Repeats.WEEKS, "2026-01-02")
    assert fridays.ahead(datetime.fromisoformat(now))[-1] == date.fromisoformat(last)


def test_a_meeting_that_a_clock_change_carries_past_midnight_is_still_ahead():
    rule = Rule(Repeats.WEEKS, 1, date(2026, 3, 28), time(23, 30), "America/Scoresbysund", 60)
    after_midnight = rule.starts(rule.first) - timedelta(minutes=10)
    assert local(after_midnight, rule.zone) == datetime(2026, 3, 29, 0, 20)
    assert rule.ahead(after_midnight)[0] == rule.first


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
