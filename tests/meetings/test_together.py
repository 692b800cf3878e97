"""Meetings that nobody leads: when they can be held together, and a script whose minutes add up."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.meetings.errors import AlreadyTaken, NotYetTogether
from portal.meetings.models.asking import suggestion
from portal.meetings.models.roles import FACILITATOR
from portal.meetings.models.turns import Together, Turn
from portal.meetings.plan import Block, Kind, length
from portal.meetings.together import USUAL, script

LENGTHS = st.integers(min_value=15, max_value=480)  # minutes, as a series may have them
BLOCKS = st.lists(st.builds(Block, st.sampled_from(Kind), st.integers(5, 120)), max_size=11)


@given(BLOCKS, LENGTHS)
def test_the_minutes_of_a_script_add_up_to_the_meeting(planned, minutes):
    assert length(script(planned, minutes)) == minutes


@given(BLOCKS.filter(bool), LENGTHS)
def test_a_plan_that_has_room_is_the_script(planned, minutes):
    if 5 * len(planned) <= minutes:
        assert [block.kind for block in script(planned, minutes)] == [block.kind for block in planned]


def test_without_a_plan_an_hour_and_a_half_is_as_usual():
    assert script((), 90) == USUAL


def asked(meeting, at):
    return suggestion(meeting.id, meeting.circle_id, FACILITATOR, at).seat


@pytest.fixture
def soon(meetings, people, begun):
    """The first meeting, and an hour less than a day before it."""
    return meetings[0], meetings[0].starts_at - timedelta(hours=23)


def test_it_is_held_together_only_from_a_day_before(people, soon):
    meeting, at = soon
    with pytest.raises(NotYetTogether):
        Together.hold(meeting, people["Bo"], at - timedelta(hours=2))
    assert asked(meeting, at) == people["Ana"].id
    Together.hold(meeting, people["Bo"], at)
    Together.hold(meeting, people["Bo"], at)
    assert asked(meeting, at) is None


def test_a_yes_ends_it_and_so_does_asking_again(people, soon):
    meeting, at = soon
    Together.hold(meeting, people["Bo"], at)
    Together.ask_again(meeting, people["Ana"], at)
    assert asked(meeting, at) == people["Ana"].id
    Together.hold(meeting, people["Bo"], at)
    Turn.take(meeting, people["Bo"], at, role="timekeeper")
    assert Together.select().count() == 1, "keeping time is no leading"
    Turn.take(meeting, people["Bo"], at)
    assert Together.select().count() == 0
    with pytest.raises(AlreadyTaken):
        Together.hold(meeting, people["Ana"], at)


def test_a_meeting_held_together_was_nobodys_turn(people, meetings, soon):
    meeting, at = soon
    Together.hold(meeting, people["Bo"], at)
    after = meeting.ends_at + timedelta(minutes=1)
    told = suggestion(meetings[1].id, meetings[1].circle_id, FACILITATOR, after)
    assert told.since == people["Ana"].joined_at


def test_that_it_was_held_together_is_put_right_afterwards(people, meetings, begun):
    first, after = meetings[0], meetings[0].ends_at
    Turn.take(first, people["Ana"], begun)
    Turn.settle(first, people["Bo"], {FACILITATOR: []}, after, together=True)
    assert Together.select().count() == 1
    Turn.settle(first, people["Bo"], {FACILITATOR: [people["Ana"].id]}, after, together=True)
    assert Together.select().count() == 0, "who led it led it"
