"""Whose turn it is, as the tables keep it: yes, pass, not for a while, for another, given back, put right."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from peewee import IntegrityError

from portal.circles.models import Seat
from portal.db import db, utcnow, writing
from portal.meetings.errors import AlreadyTaken, MeetingOver, NotOverYet
from portal.meetings.models.asking import ever_held, pass_on, suggestion
from portal.meetings.models.dates import Meeting
from portal.meetings.models.roles import FACILITATOR
from portal.meetings.models.turns import NOT_NOW, YES, Passed, Turn, Willingness, forget_passes
from portal.meetings.rotation import NOBODY, Suggestion, Why
from portal.web.errors import NotHere
from tests.cast import make_person, take_seat
from tests.meetings.conftest import set_series


def asked(meeting, at):
    """The seat that would be asked for this meeting if `at` were now."""
    return suggestion(meeting.id, meeting.circle_id, FACILITATOR, at).seat


def after(meeting):
    return meeting.ends_at + timedelta(minutes=1)


def test_the_first_meeting_is_the_conveners_and_the_second_is_the_others(people, meetings, begun):
    first, second = meetings[0], meetings[1]
    assert suggestion(first.id, first.circle_id, FACILITATOR, begun) == Suggestion(people["Ana"].id, Why.OPENS)
    Turn.take(first, people["Ana"], begun)
    chosen = suggestion(second.id, second.circle_id, FACILITATOR, after(first))
    assert chosen == Suggestion(people["Bo"].id, Why.NEVER_HELD, people["Bo"].joined_at)
    Turn.take(second, people["Bo"], after(first))
    third = suggestion(meetings[2].id, first.circle_id, FACILITATOR, after(second))
    assert third == Suggestion(people["Ana"].id, Why.HELD_BEFORE, first.starts_at)


def test_nobody_else_is_asked_for_the_first_meeting_when_the_convener_passes(people, meetings, begun):
    pass_on(meetings[0], people["Ana"], begun)
    assert asked(meetings[0], begun) is None


def test_when_the_convener_passes_on_the_first_meeting_nobody_else_is_asked_at_their_first(people, meetings, begun):
    first = meetings[0]
    pass_on(first, people["Ana"], begun)
    assert suggestion(first.id, first.circle_id, FACILITATOR, begun) == NOBODY


def test_a_yes_counts_as_held_only_once_the_meeting_is_over(people, meetings, begun):
    first, second, third = meetings[:3]
    Turn.take(first, people["Ana"], begun)
    during = first.starts_at + timedelta(minutes=5)
    assert suggestion(second.id, second.circle_id, FACILITATOR, during).why is Why.OPENS
    assert asked(second, after(first)) == people["Bo"].id
    Turn.take(second, people["Bo"], after(first))
    Turn.take(meetings[3], people["Ana"], after(second))
    assert asked(third, after(second)) == people["Ana"].id


def test_a_yes_can_still_be_said_while_the_meeting_is_on(people, meetings):
    Turn.take(meetings[0], people["Bo"], meetings[0].starts_at + timedelta(minutes=5))
    assert Turn.holders(meetings[0].id) == [people["Bo"].id]


def test_who_passes_is_next_for_the_following_meeting(people, meetings, begun):
    first, second, third = meetings[:3]
    Turn.take(first, people["Ana"], begun)
    assert asked(second, after(first)) == people["Bo"].id
    pass_on(second, people["Bo"], after(first))
    assert asked(second, after(first)) == people["Ana"].id
    Turn.take(second, people["Ana"], after(first))
    forget_passes(after(second))
    assert asked(third, after(second)) == people["Bo"].id


def test_a_pass_is_gone_when_the_meeting_is_over_and_from_the_log_too(people, meetings, begun, app, home):
    first, second = meetings[:2]
    Turn.take(first, people["Ana"], begun)
    pass_on(second, people["Bo"], after(first))
    forget_passes(after(first))
    assert Passed.select().count() == 1
    forget_passes(after(second))
    assert Passed.select().count() == 0
    assert (home / "portal.db-wal").stat().st_size == 0


def test_only_who_is_asked_can_pass(people, meetings, begun):
    pass_on(meetings[0], people["Bo"], begun)
    assert Passed.select().count() == 0


def test_when_everybody_passes_nobody_is_asked_and_anybody_may_still_say_yes(people, meetings, begun):
    first, second = meetings[:2]
    Turn.take(first, people["Ana"], begun)
    pass_on(second, people["Bo"], after(first))
    pass_on(second, people["Ana"], after(first))
    assert asked(second, after(first)) is None
    Turn.take(second, people["Bo"], after(first))
    assert Turn.holders(second.id) == [people["Bo"].id]
    assert [row.seat_id for row in Passed.select()] == [people["Ana"].id]


def test_not_for_a_while_stands_until_they_say_otherwise(people, meetings, begun):
    first, second, third = meetings[:3]
    Turn.take(first, people["Ana"], begun)
    Willingness.say(people["Bo"], NOT_NOW)
    assert asked(second, after(first)) == people["Ana"].id
    assert asked(third, after(second)) == people["Ana"].id
    Willingness.say(people["Bo"], YES)
    assert asked(third, after(second)) == people["Bo"].id


def test_passing_and_not_for_a_while_look_the_same_from_outside(people, meetings, begun):
    first, second = meetings[:2]
    Turn.take(first, people["Ana"], begun)
    pass_on(second, people["Bo"], after(first))
    passed = suggestion(second.id, second.circle_id, FACILITATOR, after(first))
    Passed.delete().execute()
    Willingness.say(people["Bo"], NOT_NOW)
    assert suggestion(second.id, second.circle_id, FACILITATOR, after(first)) == passed


def test_taking_it_for_another_counts_as_held(people, meetings, begun):
    first, second, third = meetings[:3]
    Turn.take(first, people["Bo"], begun)
    assert asked(second, after(first)) == people["Ana"].id
    Turn.take(second, people["Bo"], after(first))
    assert asked(third, after(second)) == people["Ana"].id


def test_giving_it_back_asks_the_next_person_and_costs_nothing(people, meetings, begun):
    first, second, third = meetings[:3]
    Turn.take(first, people["Ana"], begun)
    Turn.take(second, people["Bo"], after(first))
    Turn.give_back(second, people["Bo"], after(first))
    assert Turn.holders(second.id) == []
    assert asked(second, after(first)) == people["Ana"].id
    assert asked(third, after(second)) == people["Bo"].id


def test_nobody_gives_back_what_another_holds(people, meetings, begun):
    Turn.take(meetings[0], people["Ana"], begun)
    Turn.give_back(meetings[0], people["Bo"], begun)
    assert Turn.holders(meetings[0].id) == [people["Ana"].id]
    assert Passed.select().count() == 0


def test_who_says_yes_second_is_told_who_has_it(people, meetings, begun):
    Turn.take(meetings[0], people["Bo"], begun)
    with pytest.raises(AlreadyTaken) as told:
        Turn.take(meetings[0], people["Ana"], begun)
    assert told.value.holders == [people["Bo"].id]
    assert Turn.holders(meetings[0].id) == [people["Bo"].id]


def test_saying_yes_twice_is_one_yes(people, meetings, begun):
    Turn.take(meetings[0], people["Bo"], begun)
    Turn.take(meetings[0], people["Bo"], begun)
    assert Turn.select().count() == 1


def test_it_is_taken_over_only_from_the_person_one_spoke_with(people, meetings, begun):
    Turn.take(meetings[0], people["Ana"], begun)
    with pytest.raises(AlreadyTaken):
        Turn.take(meetings[0], people["Bo"], begun, instead_of="somebody else")
    Turn.take(meetings[0], people["Bo"], begun, instead_of=people["Ana"].id)
    assert Turn.holders(meetings[0].id) == [people["Bo"].id]


def test_of_two_who_say_yes_at_the_same_moment_one_has_it(people, meetings, begun):
    ready, outcomes = Barrier(2), []

    def say_yes(seat):
        ready.wait()
        try:
            Turn.take(meetings[0], seat, begun)
            outcomes.append("yes")
        except AlreadyTaken:
            outcomes.append("told")
        finally:
            db.close()

    threads = [Thread(target=say_yes, args=(seat,)) for seat in people.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["told", "yes"]
    assert Turn.select().count() == 1


def test_the_database_itself_holds_nobody_to_a_role_twice(people, meetings):
    facts = {"meeting": meetings[0].id, "role": FACILITATOR, "seat": people["Ana"].id}
    Turn.create(**facts)
    with pytest.raises(IntegrityError), writing():
        Turn.create(**facts)


def test_a_skipped_meeting_was_held_by_nobody(people, meetings, begun):
    first, second, third = meetings[:3]
    Turn.take(first, people["Ana"], begun)
    Turn.take(second, people["Bo"], after(first))
    second.skip(people["Ana"], after(first))
    assert asked(third, after(second)) == people["Bo"].id
    assert Turn.holders(second.id) == [people["Bo"].id]


def test_a_circle_that_skipped_its_first_meeting_still_has_it_before_it(people, meetings, begun):
    meetings[0].skip(people["Ana"], begun)
    chosen = suggestion(meetings[1].id, meetings[1].circle_id, FACILITATOR, after(meetings[0]))
    assert chosen == Suggestion(people["Ana"].id, Why.OPENS)


def test_who_held_it_can_be_put_right_afterwards(people, meetings, begun):
    first, second = meetings[:2]
    Turn.take(first, people["Ana"], begun)
    Turn.settle(first, people["Ana"], {FACILITATOR: [people["Bo"].id]}, after(first))
    assert asked(second, after(first)) == people["Ana"].id
    Turn.settle(first, people["Bo"], {FACILITATOR: []}, after(first))
    assert Turn.holders(first.id) == []
    Turn.settle(first, people["Bo"], {FACILITATOR: [people["Ana"].id]}, after(first), met=False)
    assert Turn.holders(first.id) == []
    assert suggestion(second.id, second.circle_id, FACILITATOR, after(first)).why is Why.OPENS


def test_only_a_seat_of_this_table_can_have_held_it(people, meetings, cast):
    with pytest.raises(NotHere):
        Turn.settle(meetings[0], people["Ana"], {FACILITATOR: [cast["Cy"].seat().id]}, after(meetings[0]))


def test_nothing_is_asked_of_a_meeting_that_is_over_nor_settled_before_it_is(people, meetings, begun):
    ana, late = people["Ana"], after(meetings[0])
    for verb in (Turn.take, pass_on, Turn.give_back, Meeting.skip):
        with pytest.raises(MeetingOver):
            verb(meetings[0], ana, late)
    with pytest.raises(NotOverYet):
        Turn.settle(meetings[0], ana, {FACILITATOR: [ana.id]}, begun)


def test_a_yes_goes_with_the_seat(people, meetings, begun):
    Turn.take(meetings[0], people["Bo"], begun)
    people["Bo"].leave(take_back=True)
    assert Turn.holders(meetings[0].id) == []
    assert asked(meetings[0], begun) == people["Ana"].id


def test_a_seat_that_ended_meanwhile_changes_nothing(people, meetings, begun):
    bo = people["Bo"]
    Seat.get(Seat.id == bo.id)
    bo.leave(take_back=True)
    for verb in (Turn.take, pass_on, Meeting.skip):
        with pytest.raises(NotHere):
            verb(meetings[0], bo, begun)
    with pytest.raises(NotHere):
        Willingness.say(bo, NOT_NOW)
    with pytest.raises(NotHere):
        set_series(bo, begun)


def test_a_meeting_that_went_with_its_date_answers_like_one_that_never_was(people, meetings, begun):
    Meeting.delete().where(Meeting.id == meetings[0].id).execute()
    with pytest.raises(NotHere):
        Turn.take(meetings[0], people["Ana"], begun)


def test_a_newcomer_is_not_asked_at_their_first_meeting(people, meetings, begun):
    now = utcnow()
    for meeting, name in zip(meetings[:4], ("Ana", "Bo", "Ana", "Bo"), strict=True):
        Turn.take(meeting, people[name], begun)
    newcomer = take_seat(people["Ana"], make_person("Dee"), now)
    upcoming = meetings[4]
    Willingness.say(people["Ana"], NOT_NOW)
    Willingness.say(people["Bo"], NOT_NOW)
    assert asked(upcoming, now) is None
    assert asked(meetings[5], after(upcoming)) == newcomer.id


def test_one_table_does_not_see_the_turns_of_another(people, meetings, begun, cast):
    cy = cast["Cy"].seat()
    theirs = set_series(cy, begun, days=3)[0]
    Turn.take(theirs, cy, begun)
    assert theirs.ends_at < meetings[0].starts_at
    chosen = suggestion(meetings[0].id, meetings[0].circle_id, FACILITATOR, meetings[0].starts_at)
    assert chosen == Suggestion(people["Ana"].id, Why.OPENS)


def test_a_prepared_query_answers_each_asker_like_the_query_itself(people, meetings, begun, cast):
    cy = cast["Cy"].seat()
    Turn.take(set_series(cy, begun, days=3)[0], cy, begun)
    Turn.take(meetings[0], people["Bo"], begun)
    for circle in (cast.table, cast.other_table, cast.table):
        asked_for = {"circle_id": circle, "now": utcnow()}
        told = sorted(ever_held(**asked_for))
        # The last column is a subquery, whose type Peewee itself does not know.
        assert [row[:7] for row in told] == [row[:7] for row in sorted(ever_held.build(**asked_for).tuples())]
        assert all(row[7] < utcnow() for row in told)
