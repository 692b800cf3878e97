"""The plan of a meeting: what is packed comes back, blocks are fitted fairly, and only an address is a link."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.meetings.plan import (
    IN_GUIDE,
    MOST_BLOCKS,
    STEP,
    Block,
    Kind,
    Place,
    Plan,
    as_link,
    beginnings,
    can_fit,
    fitted,
    length,
    pack_place,
    pack_plan,
    unpack_place,
    unpack_plan,
)

places = st.builds(Place, st.text(), st.text())
whats = st.sampled_from([kind.value for kind in Kind]) | st.text("abc-", min_size=1).map(lambda key: IN_GUIDE + key)
blocks = st.builds(Block.of, whats, st.integers(1, 480), st.text())
blocks_of_a_plan = st.lists(blocks, max_size=MOST_BLOCKS).map(tuple)
plans = st.builds(Plan, st.none() | places, st.text(), blocks_of_a_plan)
lasts = st.integers(15, 480)  # minutes of a meeting


@given(plans, places)
def test_what_is_packed_comes_back(plan, place):
    assert unpack_plan(pack_plan(plan)) == plan
    assert unpack_place(pack_place(place)) == place


@given(st.none() | places, st.text())
def test_a_plan_from_before_there_were_blocks_opens_as_it_was(where, text):
    old = {"where": where and {"place": where.place, "link": where.link}, "text": text}
    assert unpack_plan(json.dumps(old).encode()) == Plan(where, text)


def test_what_a_block_is_must_be_known():
    assert Block.of("guide:the-creased-page", 20) == Block(Kind.ACTIVITY, 20, activity="the-creased-page")
    with pytest.raises(ValueError, match="nap"):
        Block.of("nap", 20)


@given(blocks_of_a_plan, lasts)
def test_fitted_blocks_fill_the_meeting_in_their_order_and_keep_everything_but_their_minutes(given, minutes):
    assume(can_fit(given, minutes))
    after = fitted(given, minutes)
    assert length(after) == minutes
    assert [replace(block, minutes=0) for block in after] == [replace(block, minutes=0) for block in given]
    assert all(block.minutes >= STEP for block in after)


@given(blocks_of_a_plan, lasts)
def test_fitted_blocks_are_multiples_of_five_but_for_one_where_the_meeting_is_none(given, minutes):
    assume(can_fit(given, minutes))
    odd = [block for block in fitted(given, minutes) if block.minutes % STEP]
    assert len(odd) == (1 if minutes % STEP else 0)


@given(blocks_of_a_plan, lasts)
def test_of_two_blocks_the_longer_stays_the_longer(given, minutes):
    assume(can_fit(given, minutes))
    pairs = zip(given, fitted(given, minutes), strict=True)
    for (one, one_fitted), (other, other_fitted) in combinations(pairs, 2):
        if one.minutes > other.minutes:
            assert one_fitted.minutes >= other_fitted.minutes
        elif one.minutes < other.minutes:
            assert one_fitted.minutes <= other_fitted.minutes


@given(blocks_of_a_plan, st.integers(3, 95).map(lambda steps: steps * STEP))
def test_five_minutes_more_make_no_block_shorter(given, minutes):
    assume(can_fit(given, minutes))
    before, after = fitted(given, minutes), fitted(given, minutes + STEP)
    assert all(then.minutes >= now.minutes for now, then in zip(before, after, strict=True))


@given(st.lists(st.integers(1, 20).map(lambda steps: Block(Kind.FREE, steps * STEP)), min_size=1, max_size=MOST_BLOCKS))
def test_what_fits_already_stays_as_it_is(given):
    assert fitted(given, length(given)) == tuple(given)


@given(blocks_of_a_plan, lasts)
def test_fitting_once_more_changes_nothing(given, minutes):
    assume(can_fit(given, minutes))
    assert fitted(fitted(given, minutes), minutes) == fitted(given, minutes)


@pytest.mark.parametrize(("number", "minutes"), [(0, 90), (4, 15), (11, 54)])
def test_where_there_is_no_room_for_every_block_nothing_is_fitted(number, minutes):
    given = [Block(Kind.FREE, 10)] * number
    assert not can_fit(given, minutes)
    with pytest.raises(ValueError, match="five minutes"):
        fitted(given, minutes)


@given(st.lists(blocks, min_size=1), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_each_block_begins_when_the_one_before_it_ends(given, starts_at):
    begins = beginnings(given, starts_at)
    ends = [begin + timedelta(minutes=block.minutes) for begin, block in zip(begins, given, strict=True)]
    assert begins[0] == starts_at
    assert ends[-1] == starts_at + timedelta(minutes=length(given))
    assert [begin for _, begin in pairwise(begins)] == ends[:-1]


def test_a_plan_at_the_usual_place_follows_it_when_it_changes():
    usual = Place("The library", "")
    assert Plan.over(usual, Place("The library", ""), "Tea first").where is None
    assert Plan.over(usual, Place("", ""), "").where == Place("", "")


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        ("https://meet.example/our-room", "https://meet.example/our-room"),
        ("http://meet.example", "http://meet.example"),
        (" meet.example/our-room ", "https://meet.example/our-room"),
        ("meet.example:8443/room", "https://meet.example:8443/room"),
        ("javascript:alert(1)", None),
        ("JavaScript://meet.example/%0aalert(1)", None),
        ("data:text/html,hello", None),
        ("mailto:bo@meet.example", None),
        ("ftp://meet.example/room", None),
        ("//meet.example", None),
        ("at Bo’s", None),
        ("https://", None),
        ("https://[broken", None),
        ("https://meet.example/a room", None),
    ],
)
def test_only_an_address_of_the_web_is_a_link(typed, link):
    assert as_link(typed) == link
