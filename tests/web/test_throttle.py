"""Waiting after wrong tries: nothing for the first, then longer, never so long that somebody is locked out."""

from hypothesis import given
from hypothesis import strategies as st

from portal.web.throttle import FREE_TRIES, LONGEST, wait_after

kinds = st.sampled_from(sorted(FREE_TRIES))


@given(kinds, st.integers(0, 10_000))
def test_the_wait_grows_and_is_never_over_a_quarter_of_an_hour(kind, failures):
    assert 0 <= wait_after(kind, failures) <= wait_after(kind, failures + 1) <= LONGEST[kind] <= 15 * 60


@given(kinds)
def test_the_first_tries_cost_nothing(kind):
    assert wait_after(kind, FREE_TRIES[kind] - 1) == 0
    assert wait_after(kind, FREE_TRIES[kind]) > 0
