"""The absence pact: only what somebody chose beforehand happens, and only after two misses in a row."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.meetings.pact import Choice, Due, Held, Wish, asks, due, what_holds

BEGAN = datetime(2026, 1, 9, 18)
AROUND = ["ana", "bo", "cy", "ruth"]
RUTH = "ruth"
SOMETHING = [Wish.CARE, Wish.ANYONE, Wish.NAMED]


def meetings(count):
    """Held every week; the newest first, as the rule takes them."""
    return [Held(f"m{n}", BEGAN + timedelta(weeks=n)) for n in range(count)][::-1]


def chosen(wish, who="bo"):
    return Choice(wish, who if wish is Wish.NAMED else "")


held = st.integers(0, 8).map(meetings)
missed = st.sets(st.sampled_from([f"m{n}" for n in range(8)]))
joined = st.integers(-1, 8).map(lambda n: BEGAN + timedelta(weeks=n, hours=-1))
choices = st.builds(
    Choice,
    st.sampled_from(Wish),
    st.sampled_from(["", *AROUND]),
    st.none() | st.integers(0, 8).map(lambda n: BEGAN + timedelta(weeks=n)),
)
around = st.sets(st.sampled_from(AROUND))


@given(held, missed, joined, around, st.none() | st.just(BEGAN))
def test_who_chose_nothing_is_never_asked_after(held, missed, joined, around, answered):
    assert due(held, missed, joined, Choice(answered=answered), around) is None


@given(held, missed, joined, choices, around)
def test_what_is_due_is_what_was_chosen_and_nothing_else(held, missed, joined, choice, around):
    found = due(held, missed, joined, choice, around)
    if found:
        assert found.wish is choice.wish is not Wish.NOTHING
        assert found.who == (choice.who if choice.wish is Wish.NAMED else "")


@given(held, missed, joined, choices, around)
def test_whoever_came_to_one_of_the_last_two_is_not_asked_after(held, missed, joined, choice, around):
    if any(one.id not in missed for one in held[:2]):
        assert due(held, missed, joined, choice, around) is None


@given(held, joined, choices, around)
def test_one_miss_is_nobodys_business(held, joined, choice, around):
    for one in held:
        assert due(held, {one.id}, joined, choice, around) is None


@given(st.integers(2, 8), st.sampled_from(SOMETHING))
def test_two_misses_in_a_row_are_enough(count, wish):
    held = meetings(count)
    assert due(held, {held[0].id, held[1].id}, BEGAN, chosen(wish), AROUND) == Due(
        wish, chosen(wish).who, held[0].starts_at
    )


@given(held, missed, joined, choices, around)
def test_a_meeting_before_somebody_sat_down_is_none_of_theirs(held, missed, joined, choice, around):
    theirs = [one for one in held if one.starts_at >= joined]
    found = due(held, missed, joined, choice, around)
    assert found == due(theirs, missed, joined, choice, around)
    if len(theirs) < 2:
        assert found is None


@given(held, missed, joined, choices, around)
def test_coming_once_clears_it(held, missed, joined, choice, around):
    later = Held("later", BEGAN + timedelta(weeks=20))
    assert due([later, *held], missed, joined, choice, around) is None


@given(held, missed, joined, choices)
def test_where_the_person_named_has_left_nothing_happens(held, missed, joined, choice):
    named = replace(choice, wish=Wish.NAMED, who="bo")
    assert due(held, missed, joined, named, {"ana", "ruth"}) is None
    assert what_holds(named, {"ana", "ruth"}) is Wish.NOTHING


@given(st.integers(2, 8), st.sampled_from(SOMETHING))
def test_once_somebody_has_written_it_is_over_until_two_more_are_missed(count, wish):
    held, choice = meetings(count), chosen(wish)
    missed = {one.id for one in held}
    first = due(held, missed, BEGAN, choice, AROUND)
    answered = replace(choice, answered=first.through)
    assert due(held, missed, BEGAN, answered, AROUND) is None
    one, two = (Held(f"more {n}", BEGAN + timedelta(weeks=20 + n)) for n in range(2))
    assert due([one, *held], {*missed, one.id}, BEGAN, answered, AROUND) is None
    again = due([two, one, *held], {*missed, one.id, two.id}, BEGAN, answered, AROUND)
    assert again == replace(first, through=two.starts_at)


@given(st.sampled_from(SOMETHING), st.sampled_from(AROUND), st.sets(st.sampled_from(AROUND)))
def test_nobody_is_asked_to_write_to_themselves(wish, who, caring):
    assert not asks(Due(wish, who, BEGAN), RUTH, RUTH, caring)


@pytest.mark.parametrize(
    ("wish", "asked"), [(Wish.NAMED, {"bo"}), (Wish.CARE, {"cy"}), (Wish.ANYONE, {"ana", "bo", "cy"})]
)
def test_only_whom_the_wish_names_is_asked(wish, asked):
    found = Due(wish, chosen(wish).who, BEGAN)
    assert {one for one in AROUND if asks(found, one, RUTH, {"cy"})} == asked


def test_where_nobody_holds_care_yet_nobody_is_asked():
    assert not any(asks(Due(Wish.CARE, "", BEGAN), one, RUTH, set()) for one in AROUND)
