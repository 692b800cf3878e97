"""A calendar program that reads a series as RFC 5545 writes it finds the same meetings.

The other side is recurring-ical-events. It is told the zone in two ways: by its IANA name, and spelled out as a
VTIMEZONE, which dateutil reads with clock arithmetic of its own. The dates of both come from dateutil's rrule, as ours
do; test_recurrence finds those by leafing through a calendar.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from portal.clocks import local
from portal.meetings.recurrence import Repeats, Rule
from tests.meetings.test_recurrence import CLOCK_CHANGES, breaks, is_real, offset, ways_to_begin

ZONES = ["Africa/Cairo", "Africa/Casablanca", "America/Chicago", "America/Santiago", "America/St_Johns"]
ZONES += ["Antarctica/Troll", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Madrid", "Pacific/Chatham", "UTC"]
EARLY = datetime(2019, 1, 1)
CHANGES = [(moment, zone) for moment, zone in CLOCK_CHANGES if zone in ZONES and 2020 <= moment.year <= 2034]
FIRSTS = st.dates(date(2020, 1, 1), date(2034, 12, 31))  # and some two years on, well before CLOCK_CHANGES end
MINUTES = 90
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def as_rrule(rule):
    """The rule in the words of RFC 5545, without its breaks; where they matter, without its number, too."""
    every = f"INTERVAL={rule.every}"
    if rule.repeats is Repeats.WEEKS:
        pattern = f"FREQ=WEEKLY;{every}"
    elif rule.ordinal is not None:
        pattern = f"FREQ=MONTHLY;{every};BYDAY={rule.ordinal}{WEEKDAYS[rule.first.weekday()]}"
    elif rule.first.day <= 28:
        pattern = f"FREQ=MONTHLY;{every};BYMONTHDAY={rule.first.day}"
    else:
        days = ",".join(str(day) for day in range(28, rule.first.day + 1))
        pattern = f"FREQ=MONTHLY;{every};BYMONTHDAY={days};BYSETPOS=-1"
    if rule.until is not None:
        return f"{pattern};UNTIL={rule.starts(rule.until):%Y%m%dT%H%M%SZ}"  # not both, says 3.3.10
    return pattern if rule.times is None or rule.rests else f"{pattern};COUNT={rule.times}"


def sign(delta):
    minutes = abs(delta) // timedelta(minutes=1)
    return f"{'-' if delta < timedelta() else '+'}{minutes // 60:02}{minutes % 60:02}"


def spelled_out(zone):
    """A VTIMEZONE that names each change of the clocks by itself."""
    known = [(EARLY, zone), *((moment, name) for moment, name in CLOCK_CHANGES if name == zone and moment > EARLY)]
    for moment, name in known:
        before, after = offset(moment - timedelta(minutes=1), name), offset(moment, name)
        yield "BEGIN:STANDARD"
        yield f"DTSTART:{moment + before:%Y%m%dT%H%M%S}"
        yield f"TZOFFSETFROM:{sign(before)}"
        yield f"TZOFFSETTO:{sign(after)}"
        yield "END:STANDARD"


def calendar(rule, *, by_name):
    tzid = rule.zone if by_name else f"/spelled-out/{rule.zone}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test"]
    if not by_name:
        lines += ["BEGIN:VTIMEZONE", f"TZID:{tzid}", *spelled_out(rule.zone), "END:VTIMEZONE"]
    lines += ["BEGIN:VEVENT", "UID:1", f"DTSTART;TZID={tzid}:{datetime.combine(rule.first, rule.at):%Y%m%dT%H%M%S}"]
    lines += [f"DURATION:PT{rule.minutes}M"]
    if rule.repeats is not Repeats.ONCE:
        lines += [f"RRULE:{as_rrule(rule)}"]
    for begin, end in rule.rests:
        days = [datetime.combine(begin, rule.at) + timedelta(days=number) for number in range((end - begin).days + 1)]
        lines += [f"EXDATE;TZID={tzid}:{day:%Y%m%dT%H%M%S}" for day in days]
    return "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""])


def utc(moment):
    return moment.astimezone(UTC).replace(tzinfo=None)


def told(rule, until, *, by_name):
    """Begin and end of what the other library finds from the first meeting to a day."""
    events = recurring_ical_events.of(Calendar.from_ical(calendar(rule, by_name=by_name)))
    found = sorted(
        events.between(rule.first - timedelta(days=2), until + timedelta(days=2)), key=lambda event: event.start
    )
    found = [event for event in found if event.start.date() <= until]
    return [(utc(event.start), utc(event.end)) for event in found][: rule.times]


def starts(rule, until, *, by_name):
    return [begin for begin, _end in told(rule, until, by_name=by_name)]


def jump_at(moment, zone):
    """How far the clocks go forward between the day before and the day after."""
    return offset(moment + timedelta(days=1), zone) - offset(moment - timedelta(days=1), zone)


def expected(rule, day, *, by_name):
    """What the other library should find.

    It parts from RFC 5545 where a zone is spelled out: a time that is jumped over it reckons from the offset after
    the jump, not before it, and so comes out earlier than the meeting by the whole jump.
    """
    moment = rule.starts(day)
    if by_name or is_real(datetime.combine(day, rule.at), rule.zone):
        return moment
    return moment - jump_at(moment, rule.zone)


@st.composite
def limits(draw, rule):
    until = draw(st.none() | st.integers(0, 900).map(lambda days: rule.first + timedelta(days=days)))
    rests = draw(st.lists(breaks(rule.first), max_size=2))
    return replace(rule, until=until, times=draw(st.none() | st.integers(1, 30)), rests=tuple(rests))


@st.composite
def rules_anywhere(draw):
    """At any time of day, most often around midnight."""
    repeats, first = draw(ways_to_begin(FIRSTS))
    hour = draw(st.sampled_from([23, 0, 1]) | st.integers(0, 23))
    at = time(hour, draw(st.sampled_from([0, 1, 15, 30, 45, 59])))
    return draw(limits(Rule(repeats, draw(st.integers(1, 5)), first, at, draw(st.sampled_from(ZONES)), MINUTES)))


@st.composite
def rules_into_a_night_of_change(draw):
    """Within three hours of a change of the clocks, on its date or on one of the dates that lead there."""
    moment, zone = draw(st.sampled_from(CHANGES))
    wall = local(moment - timedelta(minutes=1), zone) + timedelta(
        minutes=draw(st.integers(-180, 180) | st.integers(1, 60))
    )
    repeats, night = draw(ways_to_begin(st.just(wall.date())))
    if repeats is Repeats.WEEKS:
        night -= timedelta(weeks=draw(st.integers(0, 20)))
    return draw(limits(Rule(repeats, 1, night, wall.time(), zone, MINUTES)))


@settings(max_examples=300)
@given(rules_anywhere() | rules_into_a_night_of_change(), st.integers(0, 800), st.booleans())
def test_another_library_finds_the_same_meetings(rule, length, by_name):
    until = rule.first + timedelta(days=length)
    found = starts(rule, until, by_name=by_name)
    assert found == [expected(rule, day, by_name=by_name) for day in rule.dates(rule.first, until)]


NIGHTS = [
    ("America/Chicago", "2026-03-08 02:30", "2026-03-08 08:30"),
    ("America/Chicago", "2026-11-01 01:30", "2026-11-01 06:30"),
    ("Africa/Cairo", "2026-04-24 00:30", "2026-04-23 22:30"),
    ("Africa/Cairo", "2026-10-29 23:30", "2026-10-29 20:30"),
    ("Africa/Casablanca", "2026-03-22 02:30", "2026-03-22 02:30"),
    ("Africa/Casablanca", "2027-02-07 02:30", "2027-02-07 01:30"),
    ("America/Santiago", "2026-09-06 00:00", "2026-09-06 04:00"),
    ("America/Santiago", "2026-04-04 23:15", "2026-04-05 02:15"),
    ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:45"),
    ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45"),
    ("Pacific/Chatham", "2026-09-27 03:00", "2026-09-26 14:15"),
    ("Pacific/Chatham", "2026-04-05 03:00", "2026-04-04 13:15"),
    ("Antarctica/Troll", "2026-03-29 01:30", "2026-03-29 01:30"),
]


def weekly_into(wall, zone):
    night = datetime.fromisoformat(wall)
    return Rule(Repeats.WEEKS, 1, night.date() - timedelta(weeks=3), night.time(), zone, MINUTES), night.date()


@pytest.mark.parametrize(("zone", "wall", "moment"), NIGHTS)
def test_both_settle_a_night_of_change_as_the_rfc_does(zone, wall, moment):
    rule, night = weekly_into(wall, zone)
    assert rule.starts(night) == starts(rule, night, by_name=True)[-1] == datetime.fromisoformat(moment)


@pytest.mark.parametrize(("zone", "wall", "moment"), NIGHTS)
def test_with_the_zone_spelled_out_the_other_library_puts_a_time_that_is_jumped_over_before_the_jump(
    zone, wall, moment
):
    """Where they part, for the first time: see `expected`. Seven of these nights have such a jump."""
    rule, night = weekly_into(wall, zone)
    differs = rule.starts(night) - starts(rule, night, by_name=False)[-1]
    assert differs == max(timedelta(), jump_at(datetime.fromisoformat(moment), zone))


@pytest.mark.parametrize(("zone", "wall", "moment"), NIGHTS)
def test_the_other_library_ends_a_meeting_by_the_clock_on_the_wall_and_we_after_its_minutes(zone, wall, moment):
    """Where they part, for the second time: RFC 5545 means a DURATION in minutes as exact time (3.3.6)."""
    rule, night = weekly_into(wall, zone)
    begin, end = told(rule, night, by_name=True)[-1]
    assert rule.ends(night) - rule.starts(night) == timedelta(minutes=MINUTES)
    assert end - begin == timedelta(minutes=MINUTES) - jump_at(begin, zone)


@pytest.mark.parametrize("wall", ["2026-03-08 02:00", "2026-03-08 02:59"])
def test_a_series_may_end_on_a_night_whose_hour_is_jumped_over(wall):
    rule, night = weekly_into(wall, "America/Chicago")
    rule = replace(rule, until=night)
    assert not is_real(datetime.combine(night, rule.at), rule.zone)
    found = starts(rule, night + timedelta(days=50), by_name=True)
    assert found == [rule.starts(day) for day in rule.dates(rule.first, date.max)]
    assert len(found) == 4


def test_a_month_that_is_too_short_is_written_as_its_last_day():
    rule = Rule(Repeats.DATE, 1, date(2026, 12, 30), time(18), "America/Chicago", MINUTES)
    assert as_rrule(rule) == "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=28,29,30;BYSETPOS=-1"
    found = starts(rule, date(2027, 4, 30), by_name=True)
    assert [local(moment, rule.zone).day for moment in found] == [30, 30, 28, 30, 30]
