"""What fits tonight, which wish to loosen, and a draw in which each has the same chance."""

from collections import Counter
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.curriculum.choosing import (
    CAN,
    CODES,
    FREE,
    NEEDS,
    NOTHING,
    SMALL,
    Facts,
    Wish,
    drawn,
    fitting,
    in_the_way,
    wishes,
)
from portal.curriculum.heads import ENERGIES, FAMILIES, FLAGS, MEETING_PLACES


@dataclass(frozen=True)
class Thing:
    facts: Facts


def spans(most):
    return st.tuples(st.integers(1, most), st.integers(1, most)).map(lambda pair: (min(pair), max(pair)))


things = st.builds(
    Thing,
    st.builds(
        Facts,
        minutes=spans(90),
        people=spans(20),
        family=st.sampled_from(["", *FAMILIES]),
        energy=st.sampled_from(["", *ENERGIES]),
        place=st.sampled_from([("together",), ("remote",), MEETING_PLACES]),
        needs=st.sampled_from(NEEDS),
        flags=st.frozensets(st.sampled_from(FLAGS)),
    ),
)
shelves = st.lists(things, max_size=12)
PATIENT = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
pairs = st.sampled_from([(name, code) for name, codes in CODES.items() for code in codes])
wished = st.lists(pairs, max_size=6).map(wishes)


@PATIENT
@given(wished, shelves)
def test_each_that_is_shown_meets_every_wish_and_each_that_meets_them_is_shown(asked, shelf):
    shown = fitting(asked, shelf)
    for thing in shelf:
        assert (thing in shown) == all(meets(wish, thing.facts) for wish in asked)


def meets(wish, facts):
    """The rule said once more, by hand."""
    match wish.name:
        case "minutes":
            return min(facts.minutes) <= int(wish.code)
        case "people":
            return int(wish.code) in range(facts.people[0], facts.people[1] + 1)
        case "energy":
            return not facts.energy or facts.energy == wish.code
        case "family":
            return not facts.family or facts.family == wish.code
        case "needs":
            return facts.needs == NOTHING or (wish.code == FREE and facts.needs != SMALL)
        case "place":
            return wish.code in facts.place
        case "can":
            return wish.code in facts.flags


@PATIENT
@given(wished, shelves, st.data())
def test_leaving_a_wish_out_loses_nothing(asked, shelf, data):
    if not asked:
        assert fitting(asked, shelf) == shelf
        return
    left_out = data.draw(st.sampled_from(asked))
    fewer = [one for one in asked if one != left_out]
    still = fitting(fewer, shelf)
    assert all(one in still for one in fitting(asked, shelf))


@PATIENT
@given(wished, shelves)
def test_more_time_or_more_things_lose_nothing(asked, shelf):
    before = fitting(asked, shelf)
    for name in ("minutes", "needs"):
        codes = CODES[name]
        for one in asked:
            if one.name == name:
                for wider in codes[codes.index(one.code) :]:
                    loosened = [Wish(name, wider) if other == one else other for other in asked]
                    assert all(thing in fitting(loosened, shelf) for thing in before)


@PATIENT
@given(wished, shelves)
def test_what_fits_keeps_the_order_of_the_shelf(asked, shelf):
    shown = iter(shelf)
    assert all(any(thing is other for other in shown) for thing in fitting(asked, shelf))


@PATIENT
@given(wished, shelves)
def test_a_wish_that_is_said_to_stand_in_the_way_does_and_no_other(asked, shelf):
    blamed = dict(in_the_way(asked, shelf))
    if fitting(asked, shelf):
        assert not blamed
        return
    for one in asked:
        without = fitting([other for other in asked if other != one], shelf)
        assert blamed.get(one, 0) == len(without)
    assert list(blamed.values()) == sorted(blamed.values(), reverse=True)


def test_the_wish_that_brings_most_comes_first():
    long = Facts((40, 60), flags=frozenset({"seated"}))
    standing = Facts((5, 10))
    shelf = [Thing(long), Thing(long), Thing(standing)]
    asked = wishes([("minutes", "10"), (CAN, "seated")])
    assert in_the_way(asked, shelf) == [(Wish("minutes", "10"), 2), (Wish(CAN, "seated"), 1)]


def test_what_a_circle_left_open_rules_nothing_out_but_a_flag_must_be_promised():
    open_in_all = Facts((10, 10))
    for name, codes in CODES.items():
        for code in codes:
            met = Wish(name, code).is_met_by(open_in_all)
            assert met == (name != CAN and (name, code) != ("minutes", "5")), (name, code)


@PATIENT
@given(st.lists(st.tuples(st.sampled_from([*CODES, "draw", "x"]), st.text(max_size=8) | st.sampled_from(FLAGS))))
def test_nonsense_in_an_address_is_no_wish(asked):
    for one in wishes(asked):
        assert one.code in CODES[one.name]


@PATIENT
@given(st.lists(pairs, max_size=9))
def test_several_flags_are_wished_for_at_once_and_of_everything_else_the_first(asked):
    found = wishes(asked)
    assert {one.code for one in found if one.name == CAN} == {code for name, code in asked if name == CAN}
    for name in set(CODES) - {CAN}:
        first = [code for other, code in asked if other == name][:1]
        assert [one.code for one in found if one.name == name] == first
    assert [one.name for one in found] == sorted((one.name for one in found), key=list(CODES).index)


def test_the_lot_is_drawn_once_among_all_that_fit_each_in_it_once():
    asked = []

    def choose(among):
        asked.append(list(among))
        return among[1]

    assert drawn(["a", "b", "c"], choose) == "b"
    assert asked == [["a", "b", "c"]]
    assert drawn([], choose) is None


def test_each_way_the_lot_can_fall_brings_another_one():
    among = list(range(38))
    fell = Counter(drawn(among, lambda these, n=n: these[n]) for n in among)
    assert fell == Counter(among)


def test_what_draws_by_itself_reaches_all_of_them():
    """By chance one of five is missed in 200 draws once in 10¹⁸ times."""
    assert {drawn("abcde") for _ in range(200)} == set("abcde")
