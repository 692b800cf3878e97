"""Nobody is asked for the first meeting at which they are there, whatever they missed before and whatever is erased."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import IntegrityError

from portal.circles.models import Seat
from portal.db import db
from portal.meetings.models.asking import suggestion
from portal.meetings.models.dates import Meeting
from portal.meetings.models.presence import AWAY, CAME, LATE, MISSED, Absence, StillNew, forget_absences
from portal.meetings.models.roles import FACILITATOR
from portal.meetings.models.turns import NOT_NOW, Turn, Willingness
from portal.meetings.rotation import Suggestion, Why
from tests.cast import make_person, take_seat


def after(meeting):
    return meeting.ends_at + timedelta(minutes=1)


@pytest.fixture
def ruth(people, meetings):
    """She sat down after the first meeting, and nobody else wishes to be asked."""
    for name in ("Ana", "Bo"):
        Willingness.say(people[name], NOT_NOW)
    return take_seat(people["Ana"], make_person("Ruth"), after(meetings[0]))


@pytest.fixture
def is_asked(meetings, ruth):
    """Whether she is asked for a meeting, by its number, when the one before it has just ended."""

    def ask(number):
        now = after(meetings[number - 1])
        return suggestion(meetings[number].id, ruth.circle_id, FACILITATOR, now).seat == ruth.id

    return ask


def through():
    return [one.through for one in StillNew.select()]


def test_who_missed_their_first_meeting_is_asked_for_their_second_and_not_for_their_first(meetings, ruth, is_asked):
    Absence.put(meetings[1], ruth.id, AWAY)
    assert not is_asked(2)
    assert is_asked(3)


def test_who_was_at_the_first_meeting_they_could_come_to_is_asked_for_the_next(is_asked):
    assert not is_asked(1)
    assert is_asked(2)


def test_who_said_that_they_cannot_come_and_came_all_the_same_was_there(meetings, ruth, is_asked):
    before = meetings[1].starts_at - timedelta(days=1)
    Absence.say(meetings[1], ruth, AWAY, before)
    Absence.say(meetings[1], ruth, None, before)
    assert is_asked(2)
    Absence.say(meetings[1], ruth, AWAY, before)
    assert not is_asked(2)
    Absence.put_down(meetings[1], ruth, ruth.id, CAME, after(meetings[1]))
    assert is_asked(2)


def test_who_came_later_was_there(meetings, ruth, is_asked):
    Absence.put(meetings[1], ruth.id, LATE)
    forget_absences(after(meetings[1]))
    assert is_asked(2)


def test_who_is_put_down_as_missing_was_not_there_until_that_is_put_right(people, meetings, ruth, is_asked):
    for kind, there in ((MISSED, False), (CAME, True)):
        Absence.put_down(meetings[1], people["Ana"], ruth.id, kind, after(meetings[1]))
        assert is_asked(2) == there


def test_who_held_something_at_a_meeting_was_there(people, meetings, ruth, is_asked):
    Absence.put(meetings[1], ruth.id, AWAY)
    held = {"scribe": [ruth.id]}
    Turn.settle(meetings[1], people["Ana"], held, after(meetings[1]))
    assert is_asked(2)
    Absence.put_down(meetings[1], people["Ana"], ruth.id, MISSED, after(meetings[1]))
    Turn.settle(meetings[1], people["Ana"], held, after(meetings[1]))
    assert not is_asked(2), "what stood there already tells nothing new"


def test_who_would_have_held_something_at_a_meeting_that_did_not_take_place_was_not_there(
    people, meetings, ruth, is_asked
):
    Absence.put(meetings[1], ruth.id, AWAY)
    Turn.settle(meetings[1], people["Ana"], {"scribe": [ruth.id]}, after(meetings[1]), met=False)
    Turn.settle(meetings[1], people["Ana"], {}, after(meetings[1]))
    assert not is_asked(2)


def test_who_sat_down_in_the_middle_of_a_meeting_has_their_first_still_ahead(people, meetings, is_asked, ruth):
    Seat.update(joined_at=meetings[1].starts_at + timedelta(minutes=10)).where(Seat.id == ruth.id).execute()
    assert not is_asked(2)
    assert is_asked(3)


def test_what_is_erased_makes_nobody_somebody_who_was_there(meetings, ruth, is_asked):
    for number in (1, 2, 3):
        Absence.put(meetings[number], ruth.id, AWAY)
    for number in (1, 2, 3, 3):
        forget_absences(after(meetings[number]))
        assert not is_asked(number + 1)
    assert through() == [meetings[1].starts_at]
    forget_absences(after(meetings[5]))
    assert not is_asked(4)
    assert is_asked(5), "she was at the fourth"


def test_it_is_forgotten_once_they_have_been_at_a_meeting_that_nobody_can_put_right(meetings, ruth, is_asked):
    Absence.put(meetings[1], ruth.id, AWAY)
    forget_absences(after(meetings[3]))
    assert through() == [meetings[1].starts_at]
    forget_absences(after(meetings[4]))
    assert (through(), Absence.select().count()) == ([], 0)
    assert is_asked(5)


def test_of_who_has_been_at_a_meeting_nothing_is_kept(meetings, people, ruth):
    for number in (2, 3):
        for one in (people["Bo"], ruth):
            Absence.put(meetings[number], one.id, AWAY)
    for number in (3, 4, 5, 6):
        forget_absences(after(meetings[number]))
        assert through() == []
    assert Absence.select().count() == 0


def test_a_chore_that_comes_weeks_too_late_still_finds_who_was_there(meetings, ruth, is_asked):
    Absence.put(meetings[2], ruth.id, AWAY)
    forget_absences(after(meetings[6]))
    assert through() == []
    assert is_asked(3)


def test_a_machine_that_dies_while_it_erases_has_erased_nothing_or_kept_what_is_needed(meetings, ruth):
    Absence.put(meetings[1], ruth.id, AWAY)
    db.execute_sql("CREATE TRIGGER dies BEFORE DELETE ON absence BEGIN SELECT RAISE(ABORT, 'dead'); END")
    with pytest.raises(IntegrityError):
        forget_absences(after(meetings[3]))
    assert (through(), Absence.select().count()) == ([], 1)


def test_a_skipped_meeting_is_nobodys_first_and_counts_if_it_took_place_after_all(people, meetings, ruth, is_asked):
    Absence.put(meetings[1], ruth.id, AWAY)
    Turn.settle(meetings[1], people["Ana"], {}, after(meetings[1]), met=False)
    forget_absences(after(meetings[1]))
    assert Absence.select().count() == 0
    Turn.settle(meetings[1], people["Ana"], {}, after(meetings[1]))
    assert not is_asked(2)
    assert is_asked(3)


def test_what_is_erased_later_of_an_earlier_meeting_takes_nothing_back(people, meetings, ruth, is_asked):
    for number in (1, 2):
        Absence.put(meetings[number], ruth.id, AWAY)
    Turn.settle(meetings[2], people["Ana"], {}, after(meetings[2]), met=False)
    forget_absences(after(meetings[2]))
    forget_absences(after(meetings[4]))
    assert (through(), Absence.select().count()) == ([meetings[2].starts_at], 0)
    Turn.settle(meetings[2], people["Ana"], {}, after(meetings[4]))
    assert not is_asked(3)
    assert is_asked(4)


def test_after_a_clock_that_was_wrong_they_are_asked_from_their_second_meeting_on(meetings, ruth, is_asked):
    Absence.put(meetings[1], ruth.id, AWAY)
    StillNew.put(ruth.id, meetings[-1].starts_at)
    forget_absences(after(meetings[1]))
    assert through() == [after(meetings[1])]
    assert not is_asked(2)
    assert is_asked(3)


def test_it_goes_with_the_seat(meetings, ruth):
    Absence.put(meetings[1], ruth.id, AWAY)
    forget_absences(after(meetings[3]))
    assert through() == [meetings[1].starts_at]
    ruth.leave(take_back=True)
    assert through() == []


def test_who_was_seen_here_before_all_this_was_kept_counts_as_before(meetings, ruth, is_asked):
    """What was erased before the upgrade cannot be known: everybody counts from the first meeting after they joined."""
    assert through() == []
    assert Absence.select().count() == 0
    assert [is_asked(number) for number in (1, 2)] == [False, True]


def test_a_meeting_to_which_nobody_came_leaves_the_first_to_whoever_began_the_table(people, meetings, begun):
    first, second = meetings[:2]
    for one in people.values():
        Absence.put(first, one.id, AWAY)
    chosen = suggestion(second.id, second.circle_id, FACILITATOR, after(first))
    assert chosen == Suggestion(people["Ana"].id, Why.OPENS)


WEEK = st.tuples(
    st.sampled_from([None, AWAY, LATE, MISSED, CAME]),  # what was said of her
    st.sampled_from([False, False, False, True]),  # whether it was skipped
    st.integers(0, 2),  # how often the chore came by after it
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(weeks=st.lists(WEEK, min_size=1, max_size=10))
def test_whatever_is_missed_skipped_and_erased_they_are_asked_from_their_second_meeting_on(
    meetings, ruth, is_asked, weeks
):
    """The test remembers whether she was there; the portal has to know it from what it kept."""
    Absence.delete().execute()
    StillNew.delete().execute()
    Meeting.update(skipped=False).execute()
    been = False
    for number, (kind, skipped, visits) in enumerate(weeks, start=1):
        Absence.put(meetings[number], ruth.id, kind)
        Meeting.update(skipped=skipped).where(Meeting.id == meetings[number].id).execute()
        for _ in range(visits):
            forget_absences(after(meetings[number]))
        been = been or (not skipped and kind not in (AWAY, MISSED))
        assert is_asked(number + 1) == been
