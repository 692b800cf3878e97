"""What somebody marks stays as they said it, and later words about an hour replace earlier ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.times.week import CELL, Answer, Line, Week

NO, IF_NEED_BE, WORKS = Answer
EMPTY = Week("Europe/Lisbon")
WORKDAYS = (0, 1, 2, 3, 4)
EIGHTEEN, NINETEEN, TWENTY, TWENTY_ONE = (hour * 60 for hour in (18, 19, 20, 21))

days = st.sets(st.integers(0, 6), min_size=1)
spans = st.tuples(st.integers(0, 47), st.integers(1, 48)).filter(lambda span: span[0] < span[1])
stretches = st.tuples(days, spans.map(lambda span: (span[0] * CELL, span[1] * CELL)), st.sampled_from(Answer))


def marked(*said: tuple) -> Week:
    week = EMPTY
    for on, (begins, ends), answer in said:
        week = week.marked(on, begins, ends, answer)
    return week


def test_days_with_the_same_hours_are_one_line():
    week = marked((WORKDAYS, (EIGHTEEN, TWENTY_ONE), WORKS))
    assert week.lines() == [Line(WORKDAYS, EIGHTEEN, TWENTY_ONE, WORKS)]


def test_what_is_said_later_of_an_hour_counts_and_the_other_hours_stay():
    week = marked((WORKDAYS, (EIGHTEEN, TWENTY_ONE), WORKS), ([2], (NINETEEN, TWENTY), NO), ([4], (0, 60), IF_NEED_BE))
    assert week.lines() == [
        Line((0, 1, 3, 4), EIGHTEEN, TWENTY_ONE, WORKS),
        Line((2,), EIGHTEEN, NINETEEN, WORKS),
        Line((2,), TWENTY, TWENTY_ONE, WORKS),
        Line((4,), 0, 60, IF_NEED_BE),
    ]


def test_hours_in_a_row_suit_as_well_as_the_least_good_of_them():
    week = marked(([0], (EIGHTEEN, TWENTY), WORKS), ([0], (TWENTY, TWENTY_ONE), IF_NEED_BE))
    assert week.answer(EIGHTEEN, 120) is WORKS
    assert week.answer(EIGHTEEN + 15, 120) is IF_NEED_BE
    assert week.answer(NINETEEN, 121) is NO
    assert week.answer(EIGHTEEN - 1, 60) is NO


def test_sunday_night_runs_into_monday_morning():
    week = marked(([6], (23 * 60, 24 * 60), WORKS), ([0], (0, 60), IF_NEED_BE))
    assert week.answer(6 * 24 * 60 + 23 * 60, 120) is IF_NEED_BE
    assert week.answer(6 * 24 * 60 + 23 * 60, 60) is WORKS
    assert week.answer(6 * 24 * 60 + 23 * 60, 150) is NO


@given(st.lists(stretches, max_size=6))
def test_the_lines_say_all_that_was_marked_and_nothing_else(said):
    week = marked(*said)
    assert marked(*((line.days, (line.begins, line.ends), line.answer) for line in week.lines())) == week
    assert week.is_empty() == (not week.lines())


@given(st.lists(stretches, max_size=4), stretches)
def test_saying_the_same_twice_changes_nothing(said, again):
    assert marked(*said, again, again) == marked(*said, again)


@given(st.lists(stretches, max_size=4), stretches)
def test_what_was_taken_out_is_marked_no_more(said, gone):
    on, (begins, ends), _ = gone
    week = marked(*said, (on, (begins, ends), NO))
    assert {week.answer(day * 24 * 60 + minute, CELL) for day in on for minute in range(begins, ends, CELL)} == {NO}


@pytest.mark.parametrize("cells", ["", "0" * 335, "3" * 336])
def test_what_is_no_week_is_none(cells):
    with pytest.raises(ValueError, match="336"):
        Week("UTC", cells)
