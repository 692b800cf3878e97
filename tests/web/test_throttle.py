"""Waiting after wrong tries: nothing for the first, then longer, never so long that somebody is locked out."""

from hypothesis import given
from hypothesis import strategies as st

from portal.web.throttle import FREE_TRIES, LONGEST, LONGEST_FOR_MAIL, wait_after

kinds = st.sampled_from(sorted(FREE_TRIES))


@given(st.sampled_from(sorted(LONGEST)), st.integers(0, 10_000))
def test_the_wait_grows_and_is_never_over_a_quarter_of_an_hour(kind, failures):
    assert 0 <= wait_after(kind, failures) <= wait_after(kind, failures + 1) <= LONGEST[kind] <= 15 * 60


@given(kinds)
def test_the_first_tries_cost_nothing(kind):
    assert wait_after(kind, FREE_TRIES[kind] - 1) == 0
    assert wait_after(kind, FREE_TRIES[kind]) > 0


@given(st.sampled_from(sorted(LONGEST_FOR_MAIL)), st.integers(0, 10_000))
def test_who_asks_for_mail_again_and_again_waits_longer_and_half_a_day_at_the_most(kind, asked):
    assert 0 <= wait_after(kind, asked) <= wait_after(kind, asked + 1) <= LONGEST_FOR_MAIL[kind] <= 12 * 3600


def test_one_mailbox_gets_fewer_than_ten_mails_a_day_from_people_who_ask_for_it():
    seconds = mails = 0
    while seconds < 24 * 3600:
        mails += 1
        seconds += wait_after("mailbox", mails)
    assert mails < 10
