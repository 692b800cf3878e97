"""Changing a series: what has begun stays as it was, and what was moved by hand keeps its time."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clocks import local
from portal.meetings.recurrence import AHEAD, Change, Fate, Planned, Repeats, Rule, changes
from tests.meetings.test_recurrence import rules, rules_and_moments, zones

FRIDAYS = Rule(Repeats.WEEKS, 1, date(2026, 1, 2), time(18), "America/Chicago", 90)
NOW = datetime(2026, 3, 6, 12)  # a Friday, before the meeting
END = date(2027, 3, 12)  # the last day of what is ahead


def planned(rule, day):
    return Planned(day, rule.starts(day), rule.ends(day))


def calendar(rule, since=date(2026, 3, 6), until=END):
    return [planned(rule, day) for day in rule.dates(since, until)]


def moved(meeting, *, hours=0, longer=0):
    starts_at = meeting.starts_at + timedelta(hours=hours)
    length = meeting.ends_at - meeting.starts_at + timedelta(minutes=longer)
    return Planned(meeting.day, starts_at, starts_at + length, own_time=True)


def carry_out(told, standing):
    """The calendar after a change, as the model writes it."""
    after = {meeting.day: meeting for meeting in standing}
    for change in told:
        own_time = change.day in after and after[change.day].own_time
        after.pop(change.day, None)
        if change.fate is not Fate.GOES:
            after[change.day] = Planned(change.day, change.starts_at, change.ends_at, own_time)
    return list(after.values())


@st.composite
def calendars(draw):
    """What stands of a series, a few of its meetings moved or lengthened by hand, and now."""
    rule, now = draw(rules_and_moments())
    today = local(now, rule.zone).date()
    days = draw(st.integers(0, 30)) if draw(st.booleans()) else AHEAD.days
    standing = calendar(rule, today - timedelta(days=60), today + timedelta(days=days))
    by_hand = draw(st.dictionaries(st.sampled_from(range(20)), st.tuples(st.integers(-300, 300), st.integers(0, 90))))
    for number, (hours, longer) in by_hand.items():
        if number < len(standing):
            standing[number] = moved(standing[number], hours=hours, longer=longer)
    return rule, standing, now


@st.composite
def new_rules(draw, old):
    """Another rule that shares much with the one before it, or nothing."""
    other = draw(rules())
    more = {"until": None, "times": None, "rests": draw(st.sampled_from([(), old.rests, other.rests]))}
    facts = draw(st.sets(st.sampled_from(["at", "zone", "minutes", "every", "times", "first"])))
    if "first" in facts:
        facts, more["repeats"] = facts | {"repeats"}, other.repeats
    new = replace(old, **more | {fact: getattr(other, fact) for fact in facts})
    return replace(new, until=draw(st.none() | st.integers(0, 600).map(lambda days: new.first + timedelta(days=days))))


@st.composite
def switches(draw):
    old, standing, now = draw(calendars())
    return standing, draw(new_rules(old)), now


def begun_in(standing, now):
    return {meeting for meeting in standing if meeting.starts_at <= now}


@given(switches())
def test_nothing_that_has_begun_changes_and_no_day_is_met_on_twice(switch):
    standing, rule, now = switch
    days = [change.day for change in changes(standing, rule, now)]
    assert not {meeting.day for meeting in begun_in(standing, now)} & set(days)
    assert len(days) == len(set(days))
    assert days == sorted(days)


@given(calendars(), st.data())
def test_a_past_meeting_never_moves(calendar, data):
    """Over months in which the series is changed again and again and meetings are moved by hand."""
    rule, standing, now = calendar
    past = {}
    for _month in range(6):
        rule = data.draw(new_rules(rule))
        standing = carry_out(changes(standing, rule, now), standing)
        ahead = [meeting for meeting in standing if meeting.starts_at > now]
        if ahead:
            one = data.draw(st.sampled_from(ahead))
            standing[standing.index(one)] = moved(one, hours=data.draw(st.integers(0, 200)))
        now += timedelta(hours=data.draw(st.integers(0, 31 * 24)))
        assert past.items() <= {meeting.day: meeting for meeting in standing}.items()
        past = {meeting.day: meeting for meeting in begun_in(standing, now)}


@given(switches())
def test_the_preview_names_every_meeting_that_stands_and_every_one_that_will(switch):
    standing, rule, now = switch
    told = changes(standing, rule, now)
    begun = {meeting.day for meeting in begun_in(standing, now)}
    stood = {meeting.day: meeting for meeting in standing if meeting.day not in begun}
    assert {change.day for change in told if change.fate is not Fate.COMES} == stood.keys()
    after = {change.day for change in told if change.fate is not Fate.GOES}
    assert set(rule.ahead(now)) - begun <= after
    for day in after - set(rule.ahead(now)):
        assert list(rule.dates(day, day)) == [day]
        assert day in stood


@given(switches())
def test_what_was_moved_by_hand_keeps_its_time_where_its_date_stays(switch):
    standing, rule, now = switch
    told = {change.day: change for change in changes(standing, rule, now)}
    for meeting in set(standing) - begun_in(standing, now):
        if meeting.own_time:
            fate = Fate.STAYS if list(rule.dates(meeting.day, meeting.day)) else Fate.GOES
            assert told[meeting.day] == Change(meeting.day, fate, meeting.starts_at, meeting.ends_at)


@given(switches())
def test_everything_else_keeps_to_the_new_rule_and_what_goes_is_told_as_it_was(switch):
    standing, rule, now = switch
    before = {meeting.day: meeting for meeting in standing}
    for change in changes(standing, rule, now):
        is_told = Planned(change.day, change.starts_at, change.ends_at)
        if change.fate in (Fate.COMES, Fate.OTHER_TIME):
            assert is_told == planned(rule, change.day) != before.get(change.day)
            assert change.starts_at > now
        elif not before[change.day].own_time:
            assert is_told == before[change.day]
            is_past = rule.starts(change.day) <= now
            assert change.fate is Fate.GOES or is_told == planned(rule, change.day) or is_past


@given(switches())
def test_a_change_that_was_carried_out_leaves_nothing_to_change(switch):
    standing, rule, now = switch
    standing = carry_out(changes(standing, rule, now), standing)
    assert {change.fate for change in changes(standing, rule, now)} <= {Fate.STAYS}


@given(calendars(), zones)
def test_a_circle_that_moves_to_another_zone_keeps_its_dates(there, zone):
    rule, standing, now = there
    standing = carry_out(changes(standing, rule, now), standing)
    elsewhere = replace(rule, zone=zone)
    fates = {change.day: change.fate for change in changes(standing, elsewhere, now)}
    for meeting in set(standing) - begun_in(standing, now):
        assert fates[meeting.day] in (Fate.STAYS, Fate.OTHER_TIME)


def test_the_same_rule_again_changes_nothing():
    told = changes(calendar(FRIDAYS, date(2026, 2, 1)), FRIDAYS, NOW)
    assert {change.fate for change in told} == {Fate.STAYS}
    assert told[0] == Change(date(2026, 3, 6), Fate.STAYS, datetime(2026, 3, 7), datetime(2026, 3, 7, 1, 30))


def test_another_hour_moves_each_meeting_and_another_weekday_replaces_them():
    standing = calendar(FRIDAYS)
    later = replace(FRIDAYS, at=time(19))
    assert {change.fate for change in changes(standing, later, NOW)} == {Fate.OTHER_TIME}
    thursdays = replace(FRIDAYS, first=date(2026, 3, 12))
    fates = [(change.day.day, change.fate) for change in changes(standing, thursdays, NOW)[:3]]
    assert fates == [(6, Fate.GOES), (12, Fate.COMES), (13, Fate.GOES)]


@pytest.mark.parametrize("other", [{"minutes": 120}, {"at": time(18, 30), "minutes": 60}, {"at": time(17, 30)}])
def test_another_begin_or_another_end_is_another_time(other):
    told = changes(calendar(FRIDAYS), replace(FRIDAYS, **other), NOW)
    assert {change.fate for change in told} == {Fate.OTHER_TIME}


def test_in_another_zone_each_date_stays_at_another_instant():
    told = changes(calendar(FRIDAYS), replace(FRIDAYS, zone="Europe/Madrid"), NOW)
    assert {change.fate for change in told} == {Fate.OTHER_TIME}
    assert told[0].starts_at == datetime(2026, 3, 6, 17)


def test_a_circle_that_moves_west_loses_not_even_the_last_date_that_was_made():
    tonga = replace(FRIDAYS, zone="Pacific/Tongatapu")
    noon = datetime(2026, 3, 5, 12)  # already Friday in Tonga, still Thursday in Chicago
    told = changes(calendar(tonga), FRIDAYS, noon)
    assert (told[-1].day, told[-1].fate) == (END, Fate.OTHER_TIME)


def test_a_break_takes_the_meetings_in_it_and_no_other():
    rested = replace(FRIDAYS, rests=((date(2026, 8, 1), date(2026, 8, 31)),))
    told = changes(calendar(FRIDAYS), rested, NOW)
    assert [change.day.day for change in told if change.fate is Fate.GOES] == [7, 14, 21, 28]
    assert {change.fate for change in told if change.day.month != 8} == {Fate.STAYS}


def test_a_meeting_under_way_is_left_alone_though_the_new_hour_is_still_to_come():
    under_way = datetime(2026, 3, 7, 0, 30)
    told = changes(calendar(FRIDAYS), replace(FRIDAYS, at=time(20)), under_way)
    assert told[0].day == date(2026, 3, 13)


@pytest.mark.parametrize("sooner", [time(17), time(17, 30)])
def test_a_meeting_whose_new_hour_is_past_already_is_met_at_the_old_one(sooner):
    half_past_five = datetime(2026, 3, 6, 23, 30)
    told = changes(calendar(FRIDAYS), replace(FRIDAYS, at=sooner), half_past_five)
    assert told[0] == Change(date(2026, 3, 6), Fate.STAYS, datetime(2026, 3, 7), datetime(2026, 3, 7, 1, 30))
    assert told[1].fate is Fate.OTHER_TIME


def test_a_meeting_that_begins_this_minute_has_begun():
    assert changes(calendar(FRIDAYS), FRIDAYS, datetime(2026, 3, 7))[0].day == date(2026, 3, 13)


SUNDAY_INSTEAD = moved(planned(FRIDAYS, date(2026, 3, 6)), hours=48)


@pytest.mark.parametrize("rule", [FRIDAYS, replace(FRIDAYS, at=time(19))])
def test_a_meeting_moved_past_its_own_date_is_still_to_come(rule):
    saturday = datetime(2026, 3, 7, 15)
    told = changes([SUNDAY_INSTEAD, *calendar(FRIDAYS, date(2026, 3, 13))], rule, saturday)
    assert told[0] == Change(date(2026, 3, 6), Fate.STAYS, SUNDAY_INSTEAD.starts_at, SUNDAY_INSTEAD.ends_at)


def test_a_meeting_that_was_held_before_its_date_is_not_met_on_again():
    held = moved(planned(FRIDAYS, date(2026, 3, 13)), hours=-48)
    told = changes([held, *calendar(FRIDAYS, date(2026, 3, 20))], FRIDAYS, datetime(2026, 3, 12))
    assert told[0].day == date(2026, 3, 20)


def test_a_meeting_moved_by_hand_goes_with_its_date():
    thursdays = replace(FRIDAYS, first=date(2026, 3, 12))
    told = changes([SUNDAY_INSTEAD], thursdays, NOW)
    assert told[0] == Change(date(2026, 3, 6), Fate.GOES, SUNDAY_INSTEAD.starts_at, SUNDAY_INSTEAD.ends_at)


def test_the_preview_goes_by_dates_also_where_one_was_moved_past_the_next():
    late = moved(planned(FRIDAYS, date(2026, 3, 6)), hours=200)
    told = changes([late, *calendar(FRIDAYS, date(2026, 3, 13))], FRIDAYS, NOW)
    assert [change.day.day for change in told[:2]] == [6, 13]


def test_a_meeting_made_by_hand_can_be_moved_beyond_its_date():
    once = replace(FRIDAYS, repeats=Repeats.ONCE, first=date(2026, 3, 6))
    told = changes([SUNDAY_INSTEAD], once, datetime(2026, 3, 8))
    assert [change.fate for change in told] == [Fate.STAYS]
