"""The rule that proposes: laws that hold for all hours and zones, and the clock changes of this half-year."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.times.proposing import EARLIEST, LATEST, TOGETHER, WEEKS, Proposal, propose
from portal.times.week import CELL, Answer, Week

NO, IF_NEED_BE, WORKS = Answer
CHICAGO, LISBON, PHOENIX, MANILA = "America/Chicago", "Europe/Lisbon", "America/Phoenix", "Asia/Manila"
ZONES = (CHICAGO, LISBON, MANILA, "Asia/Kathmandu", "Pacific/Chatham", "Australia/Lord_Howe", "Africa/Casablanca")
TODAY = date(2026, 11, 23)  # a Monday
WORKDAYS = range(5)
STEP = 5  # minutes: every clock of ZONES shows whole quarters of an hour when another does

spans = st.tuples(st.integers(0, 47), st.integers(1, 48)).filter(lambda span: span[0] < span[1])
stretches = st.tuples(st.sets(st.integers(0, 6), min_size=1), spans, st.sampled_from([WORKS, IF_NEED_BE]))
zones = st.sampled_from(ZONES)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
lengths = st.sampled_from([60, 90, 120, 150])


def with_more(week: Week, stretch: tuple) -> Week:
    """The week with one more stretch; no hour gets worse by it."""
    on, (begins, ends), answer = stretch
    better = week.marked(on, begins * CELL, ends * CELL, answer)
    return Week(week.zone, "".join(map(max, week.cells, better.cells)))


@st.composite
def weeks(draw, zone=zones) -> Week:
    week = Week(draw(zone))
    for stretch in draw(st.lists(stretches, min_size=1, max_size=3)):
        week = with_more(week, stretch)
    return week


tables = st.dictionaries(st.sampled_from("ABCDEF"), weeks(), min_size=2, max_size=4)


def week(zone: str, *said: tuple) -> Week:
    """A week from (days, hour, hour, answer)."""
    found = Week(zone)
    for on, begins, ends, answer in said:
        found = found.marked(on, int(begins * 60), int(ends * 60), answer)
    return found


def suits(one: Week, begins: datetime, minutes: int) -> Answer:
    """The same question answered the slow way: step by step by the clock on that wall at the beginning."""
    there = begins.replace(tzinfo=UTC).astimezone(ZoneInfo(one.zone)).replace(tzinfo=None)
    walls = [there + timedelta(minutes=minute) for minute in range(0, minutes, STEP)]
    return Answer(min(int(one.cells[wall.weekday() * 48 + (wall.hour * 60 + wall.minute) // CELL]) for wall in walls))


def beginnings(zone: str, minutes: int, today: date) -> list[datetime]:
    """Every instant at which a meeting could begin in the seven days after today."""
    walls = [
        datetime.combine(today + timedelta(days=ahead), time(minute // 60, minute % 60))
        for ahead in range(1, 8)
        for minute in range(EARLIEST, LATEST - minutes + 1, CELL)
    ]
    return [wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None) for wall in walls]


# Laws.


@given(tables, zones, lengths, days)
@settings(max_examples=60)
def test_while_a_time_suits_all_nothing_else_is_proposed(said, zone, minutes, today):
    all_can = any(
        all(suits(one, begins, minutes) for one in said.values()) for begins in beginnings(zone, minutes, today)
    )
    found = propose(said, zone, minutes, today)
    if all_can:
        assert found
        assert all(len(one.able) == len(said) for one in found)
    assert all(len(one.able) < len(said) for one in found) or all_can


@given(tables, zones, lengths, days)
@settings(max_examples=60)
def test_a_proposal_says_of_each_what_they_marked_for_that_instant(said, zone, minutes, today):
    for one in propose(said, zone, minutes, today):
        assert one.answers == {seat: suits(week, one.begins, minutes) for seat, week in said.items()}
        assert one.answers == {seat: suits(week, one.latest_begin, minutes) for seat, week in said.items()}
        assert len(one.able) >= TOGETHER


@given(tables, zones, lengths, days)
@settings(max_examples=60)
def test_nobody_is_left_out_by_a_proposal_whom_another_one_takes_in_beside_the_same_people(said, zone, minutes, today):
    """And every group that finds a time, with nobody to be added, is offered one."""
    found = {one.able for one in propose(said, zone, minutes, today)}
    groups = {
        frozenset(seat for seat, week in said.items() if suits(week, begins, minutes))
        for begins in beginnings(zone, minutes, today)
    }
    widest = {group for group in groups if len(group) >= TOGETHER and not any(group < other for other in groups)}
    assert found == widest


@given(tables, zones, lengths, days)
@settings(max_examples=60)
def test_nobody_is_asked_to_meet_at_night_by_the_tables_clock(said, zone, minutes, today):
    for one in propose(said, zone, minutes, today):
        assert one.at.hour * 60 + one.at.minute >= EARLIEST
        assert one.latest.hour * 60 + one.latest.minute + minutes <= LATEST
        assert today < one.first <= today + timedelta(days=7)
        assert one.at <= one.latest


@given(tables, zones, lengths, days, st.data())
@settings(max_examples=60)
def test_marking_more_never_makes_the_best_proposal_worse(said, zone, minutes, today, data):
    seat = data.draw(st.sampled_from(sorted(said)))
    more = {**said, seat: with_more(said[seat], data.draw(stretches))}
    before, after = (next(iter(propose(table, zone, minutes, today)), None) for table in (said, more))
    if before is not None:
        assert after is not None
        assert after.rank[:3] <= before.rank[:3]


@given(tables, zones, lengths, days, st.randoms())
@settings(max_examples=60)
def test_it_makes_no_difference_who_marked_what(said, zone, minutes, today, random):
    seats = list(said)
    others = random.sample(seats, len(seats))
    renamed = dict(zip(others, said.values(), strict=True))
    found, again = (propose(table, zone, minutes, today) for table in (said, renamed))
    assert [when(one) for one in found] == [when(one) for one in again]
    names = dict(zip(seats, others, strict=True))
    assert [{names[seat]: said for seat, said in one.answers.items()} for one in found] == [
        dict(o.answers) for o in again
    ]


def when(one: Proposal) -> tuple:
    return one.first, one.at, one.latest


@given(tables, zones, zones, lengths, days)
@settings(max_examples=60)
def test_a_time_that_suits_all_is_the_same_instant_by_whichever_clock_it_is_proposed(said, zone, other, minutes, today):
    """Where both clocks let the meeting begin, both tables find the instants that suit."""
    possible = set(beginnings(zone, minutes, today)) & set(beginnings(other, minutes, today))
    suited = {begins for begins in possible if all(suits(one, begins, minutes) for one in said.values())}
    for clock in (zone, other):
        spread = {begins for one in propose(said, clock, minutes, today) for begins in instants(one)}
        assert suited <= spread


def instants(one: Proposal) -> set[datetime]:
    """All beginnings that a proposal stands for."""
    length = (one.latest.hour - one.at.hour) * 60 + one.latest.minute - one.at.minute
    walls = [datetime.combine(one.first, one.at) + timedelta(minutes=late) for late in range(0, length + 1, CELL)]
    return {wall.replace(tzinfo=ZoneInfo(one.zone)).astimezone(UTC).replace(tzinfo=None) for wall in walls}


@given(tables, zones, lengths, days)
@settings(max_examples=40)
def test_every_date_on_which_it_no_longer_fits_someone_is_told(said, zone, minutes, today):
    for one in propose(said, zone, minutes, today)[:3]:
        dates = [one.first + timedelta(weeks=ahead) for ahead in range(WEEKS)]
        for seat in (seat for seat, answer in one.answers.items() if answer):
            told = {
                day for day in dates for lapse in one.lapses if lapse.seat == seat and lapse.since <= day <= lapse.until
            }
            begins = {day: Proposal(day, one.at, one.at, zone, minutes, {}).begins for day in dates}
            assert told == {day for day in dates if suits(said[seat], begins[day], minutes) is NO}


# Examples.


def test_the_time_that_suits_most_without_need_comes_first():
    said = {
        "Ana": week(CHICAGO, (WORKDAYS, 18, 21, WORKS)),
        "Bo": week(CHICAGO, ([1], 18, 20, IF_NEED_BE), ([3], 19, 21, WORKS)),
    }
    found = propose(said, CHICAGO, 90, TODAY)
    assert [(one.first, one.at, one.latest) for one in found] == [
        (date(2026, 11, 26), time(19), time(19, 30)),
        (date(2026, 11, 24), time(18), time(18, 30)),
    ]


def test_where_no_time_suits_all_the_closest_are_proposed_with_who_is_left_out():
    said = {
        "Ana": week(CHICAGO, ([0], 18, 21, WORKS)),
        "Bo": week(CHICAGO, ([0], 18, 21, IF_NEED_BE)),
        "Dee": week(CHICAGO, ([5], 9, 12, WORKS)),
    }
    (one,) = propose(said, CHICAGO, 90, TODAY)
    assert one.answers == {"Ana": WORKS, "Bo": IF_NEED_BE, "Dee": NO}
    assert one.first == date(2026, 11, 30)


def test_more_people_come_before_fewer_who_can_more_easily_and_sooner():
    said = {
        "Ana": week(CHICAGO, ([0, 4], 18, 20, WORKS)),
        "Bo": week(CHICAGO, ([4], 18, 20, IF_NEED_BE)),
        "Dee": week(CHICAGO, ([4], 18, 20, IF_NEED_BE)),
        "Eli": week(CHICAGO, ([0], 18, 20, WORKS)),
    }
    found = propose(said, CHICAGO, 120, TODAY)
    assert [one.able for one in found] == [{"Ana", "Bo", "Dee"}, {"Ana", "Eli"}]


def test_one_persons_hours_alone_propose_nothing():
    assert propose({"Ana": week(CHICAGO, (range(7), 0, 24, WORKS))}, CHICAGO, 90, TODAY) == []
    assert propose({}, CHICAGO, 90, TODAY) == []


def test_hours_that_are_shorter_than_the_meeting_do_not_suit():
    said = {name: week(CHICAGO, ([2], 18, 19.5, WORKS)) for name in ("Ana", "Bo")}
    assert [one.at for one in propose(said, CHICAGO, 90, TODAY)] == [time(18)]
    assert propose(said, CHICAGO, 120, TODAY) == []


def test_sunday_evening_here_is_monday_morning_there():
    said = {
        "Ana": week(CHICAGO, ([6], 18, 20, WORKS)),
        "Gus": week(MANILA, ([0], 8, 10, WORKS)),
    }
    (one,) = propose(said, CHICAGO, 120, TODAY)
    assert (one.first, one.at) == (date(2026, 11, 29), time(18))
    assert one.begins == datetime(2026, 11, 30, 0)


def test_while_only_one_of_two_clocks_has_changed_it_is_told_from_when_until_when():
    """In 2027 clocks change in Chicago on 14 March, in Lisbon on 28 March."""
    said = {"Ana": week(CHICAGO, ([3], 11, 14, WORKS)), "Bo": week(LISBON, ([3], 17, 18.5, WORKS))}
    (one,) = propose(said, CHICAGO, 90, TODAY)
    (lapse,) = one.lapses
    assert (lapse.seat, lapse.minutes, lapse.lasts, lapse.weeks) == ("Bo", -60, False, 2)
    assert (lapse.since, lapse.until) == (date(2027, 3, 18), date(2027, 3, 25))


def test_where_a_clock_never_changes_it_lasts():
    said = {"Ana": week(CHICAGO, ([3], 11, 14, WORKS)), "Eli": week(PHOENIX, ([3], 10, 11, WORKS))}
    (one,) = propose(said, CHICAGO, 60, TODAY)
    (lapse,) = one.lapses
    assert (lapse.seat, lapse.since, lapse.lasts, lapse.minutes) == ("Eli", date(2027, 3, 18), True, -60)


def test_of_two_times_that_suit_alike_the_one_that_lasts_longer_comes_first():
    said = {
        "Ana": week(CHICAGO, ([1, 3], 11, 12, WORKS)),
        "Eli": week(PHOENIX, ([1], 10, 11, WORKS), ([3], 9, 11, WORKS)),
    }
    assert [one.first.weekday() for one in propose(said, CHICAGO, 60, TODAY)] == [3, 1]


def test_people_who_share_a_clock_lose_nothing_when_it_changes():
    said = {name: week(CHICAGO, ([3], 18, 20, WORKS)) for name in ("Ana", "Bo")}
    (one,) = propose(said, CHICAGO, 120, date(2027, 3, 8))
    assert one.lapses == ()


def test_half_an_hour_of_difference_is_half_an_hour():
    """Lord Howe moves its clocks by thirty minutes, on 4 April 2027 back."""
    said = {
        "Ana": week("Australia/Brisbane", ([5], 10, 12, WORKS)),
        "Kim": week("Australia/Lord_Howe", ([5], 11, 12, WORKS)),
    }
    (one,) = propose(said, "Australia/Brisbane", 60, date(2027, 1, 4))
    assert [(lapse.minutes, lapse.since) for lapse in one.lapses] == [(-30, date(2027, 4, 10))]
