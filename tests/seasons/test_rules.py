"""What makes up a season, where in it a circle stands, and what goes when one meeting is the last."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.seasons.closing import Dated, close_after
from portal.seasons.counting import Choice, Gathering, Stage, count, farewell, stage

START = datetime(2026, 3, 6, 18)
DAYS = st.integers(0, 120)


def gathering(day, skipped=False):
    begins = START + timedelta(days=day)
    return Gathering(f"{day:03}", begins, begins + timedelta(minutes=90), "UTC", skipped)


gatherings = st.dictionaries(DAYS, st.booleans(), max_size=20).map(
    lambda found: [gathering(day, skipped) for day, skipped in found.items()]
)
numbers = st.integers(2, 60)


@given(gatherings, numbers, DAYS, DAYS)
def test_a_season_is_its_first_meetings_that_are_not_skipped(found, number, since, now):
    since, now = START + timedelta(days=since), START + timedelta(days=now)
    counted = count(found, number, since, now)
    expected = [one.id for one in sorted(found, key=lambda g: g.id) if not one.skipped and one.starts_at >= since]
    assert [one.id for one in (*counted.held, *counted.coming)] == expected[:number]
    assert all(one.ends_at <= now for one in counted.held)
    assert all(one.ends_at > now for one in counted.coming)


@given(gatherings, numbers, DAYS, DAYS)
def test_as_time_goes_on_no_meeting_is_uncounted(found, number, now, later):
    early, late = (count(found, number, START, START + timedelta(days=day)) for day in sorted((now, later)))
    assert late.held[: len(early.held)] == early.held


def test_the_circle_chooses_from_the_beginning_of_the_last_meeting_on():
    found = [gathering(day) for day in (0, 7)]
    for now, expected in (
        (gathering(7).starts_at - timedelta(seconds=1), Stage.GOING),
        (gathering(7).starts_at, Stage.CHOOSING),
    ):
        assert stage(None, None, count(found, 2, START, now), now) is expected


def test_a_rest_ends_in_choosing():
    counted, until = count([], 2, START, START), START + timedelta(days=3)
    before, after = until - timedelta(seconds=1), until
    assert [stage(Choice.REST, until, counted, now) for now in (before, after)] == [Stage.RESTING, Stage.CHOOSING]


def test_a_close_ends_with_its_last_meeting_wherever_it_was_moved_to_and_by_dates_that_are_set_since():
    last, moved, anew = gathering(7), gathering(9), gathering(14)
    counted = count([], 2, START, START)
    for found, ends_now, now, expected in (
        (last, last.ends_at, last.starts_at, Stage.CLOSING),
        (last, last.ends_at, last.ends_at, Stage.CLOSED),
        (moved, moved.ends_at, last.ends_at, Stage.CLOSING),
        (anew, last.ends_at, last.starts_at, Stage.NONE),
        (anew, None, last.starts_at, Stage.NONE),
        (None, None, last.starts_at, Stage.CLOSED),
    ):
        closed = farewell(found, last.ends_at, ends_now)
        assert stage(Choice.CLOSE, last.ends_at, counted, now, closed) is expected


@given(gatherings, numbers, DAYS, DAYS)
def test_what_begins_after_the_choice_is_not_counted(found, number, until, now):
    until, now = START + timedelta(days=until), START + timedelta(days=now)
    counted = count(found, number, START, now, until)
    assert all(one.starts_at <= until for one in (*counted.held, *counted.coming))


dated = st.lists(
    st.tuples(st.sampled_from("ab"), DAYS, st.integers(-9, 9)), max_size=20, unique_by=lambda one: one[:2]
).map(
    lambda found: [
        Dated(f"{origin}{day}", origin, (START + timedelta(days=day)).date(), START + timedelta(days=day + moved))
        for origin, day, moved in found
    ]
)


@given(dated, DAYS)
def test_after_closing_nothing_is_left_after_the_last_and_nothing_before_it_goes(found, day):
    last = START + timedelta(days=day)
    closing = close_after(last, found, {})
    gone = {one.id for one in found if one.day >= closing.since[one.origin]} | set(closing.left)
    assert gone == {one.id for one in found if one.starts_at > last}
