"""What is new is counted from the end of the reader's visit before this one."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.home.visits import APART, NEVER, TICK, Visit

NOON = datetime(2026, 3, 6, 12)


def looks(*minutes: int) -> Visit:
    """Someone looks at noon, and again so many minutes after noon each time."""
    visit = Visit(NOON)
    for later in minutes:
        visit = visit.again(NOON + timedelta(minutes=later))
    return visit


def test_nothing_is_new_at_a_first_visit():
    assert looks().before == NEVER
    assert looks(10, 20).before == NEVER


def test_what_is_new_stays_new_for_the_whole_visit():
    assert looks(600).before == NOON
    assert looks(600, 610, 640, 690).before == NOON


def test_the_next_visit_counts_from_the_last_look_of_the_one_before():
    assert looks(600, 640, 2000).before == NOON + timedelta(minutes=640)


@given(st.lists(st.integers(-10_000, 10_000), max_size=12))
def test_no_clock_that_jumps_back_begins_a_visit_or_hides_what_came_since(jumps):
    visit = Visit(NOON)
    for minutes in jumps:
        now = visit.looked_at + timedelta(minutes=minutes)
        after = visit.again(now)
        assert after.before in (visit.before, visit.looked_at)
        if visit.before not in (NEVER, visit.looked_at):
            assert (after.before == visit.looked_at) == (timedelta(minutes=minutes) >= APART)
        visit = after


def test_a_reader_who_keeps_reading_does_not_keep_writing():
    kept = looks(600)
    soon, later = kept.again(kept.looked_at + TICK / 2), kept.again(kept.looked_at + TICK)
    assert not soon.is_worth_keeping(kept)
    assert later.is_worth_keeping(kept)
    assert kept.again(kept.looked_at + APART).is_worth_keeping(kept)
