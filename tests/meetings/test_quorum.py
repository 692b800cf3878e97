"""Fewer than the circle's own least: when that is so, and which ways it opens."""

from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from portal.meetings.quorum import Outlook, Way, is_short, may_be, ways


@st.composite
def outlooks(draw):
    seats = draw(st.integers(2, 7))
    seated = draw(st.integers(1, seats))
    least = draw(st.none() | st.integers(2, 7))
    facts = [draw(st.booleans()) for _ in range(3)]
    return Outlook(seated, draw(st.integers(0, seated)), seats, least, *facts)


@given(outlooks())
def test_a_circle_that_set_no_number_is_never_asked(outlook):
    assert ways(replace(outlook, least=None)) == ()


@given(outlooks())
def test_where_everyone_of_a_full_table_can_come_nothing_is_asked(outlook):
    assert ways(replace(outlook, away=0, seated=outlook.seats)) == ()


@given(outlooks())
def test_it_is_offered_just_below_the_least_and_not_at_it(outlook):
    if outlook.least is not None and outlook.least <= outlook.seated:
        enough = replace(outlook, away=outlook.seated - outlook.least)
        assert not is_short(enough)
        assert is_short(replace(enough, away=enough.away + 1))


@given(outlooks())
def test_one_more_who_comes_never_makes_it_fewer(outlook):
    if outlook.away and not is_short(outlook):
        assert not is_short(replace(outlook, away=outlook.away - 1))


@given(outlooks())
def test_what_was_settled_is_not_asked_again_and_can_be_taken_up_again(outlook):
    assert ways(replace(outlook, settled=True)) == ()
    open_again = ways(replace(outlook, settled=False))
    assert bool(open_again) == (is_short(outlook) and not outlook.has_begun)


@given(outlooks())
def test_who_is_together_already_is_asked_nothing(outlook):
    assert ways(replace(outlook, has_begun=True)) == ()


@given(outlooks())
def test_there_are_three_ways_and_one_note_is_enough(outlook):
    offered = ways(replace(outlook, has_note=False))
    assert offered in ((), (Way.MEET, Way.MOVE, Way.NOTE))
    assert ways(replace(outlook, has_note=True)) == offered[:2]


def test_it_is_never_told_who():
    assert {field.type for field in fields(Outlook)} <= {int, bool, int | None, "int", "bool", "int | None"}


def test_a_circle_chooses_from_two_to_all_its_seats():
    assert list(may_be(5)) == [2, 3, 4, 5]
