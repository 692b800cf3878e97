"""Whose turn it is, as the tables keep it: yes, pass, not for a while, for another, given back, put right."""

from datetime import timedelta
from random import Random
from threading import Barrier, Thread

import pytest
from peewee import IntegrityError

from portal.circles.models import Seat
from portal.db import db, utcnow, writing
from portal.meetings.errors import AlreadyTaken, MeetingOver, NotOverYet, TurnChanged
from portal.meetings.models.asking import LATELY, pass_on, seats_around, suggestion, when_held
from portal.meetings.models.dates import Meeting
from portal.meetings.models.roles import BUILT_IN, FACILITATOR
from portal.meetings.models.turns import NOT_NOW, PARTNER, YES, Passed, Turn, Willingness, forget_passes
from portal.meetings.rotation import NOBODY, Suggestion, Why
from portal.web.errors import NotHere
from tests.cast import make_person, take_seat
from tests.meetings.conftest import set_series
from tests.racing import at_once


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


def test_a_pass_or_a_not_for_a_while_that_was_taken_back_is_gone_from_the_log_at_once(people, meetings, begun, home):
    first, second = meetings[:2]
    Turn.take(first, people["Ana"], begun)
    pass_on(second, people["Bo"], after(first))
    Turn.take(second, people["Bo"], after(first))
    assert Passed.select().count() == 0
    assert (home / "portal.db-wal").stat().st_size == 0
    Willingness.say(people["Bo"], NOT_NOW)
    Willingness.say(people["Bo"], YES)
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


def held_by_hand(circle, now):
    """When each seat last held each role, and whether beside another: read turn by turn."""
    told = {}
    for turn in Turn.select(Turn, Meeting).join(Meeting).where(Meeting.circle == circle).order_by(Meeting.starts_at):
        if turn.meeting.ends_at <= now and not turn.meeting.skipped:
            told[turn.seat_id, turn.role] = (turn.meeting.starts_at, turn.came_along)
    return told


def test_what_was_held_is_known_however_long_ago_and_asked_for_only_where_it_matters(people, meetings, cast):
    cy, now = cast["Cy"].seat(), utcnow()
    Turn.put(set_series(cy, now - timedelta(weeks=5), days=3)[0].id, FACILITATOR, [cy.id])
    rng = Random(7)  # noqa: S311
    codes = [FACILITATOR, "scribe"]
    long_ago = now - timedelta(weeks=90)
    Seat.update(joined_at=long_ago).where(Seat.circle == cast.table).execute()
    for week in range(80):
        starts_at = long_ago + timedelta(weeks=week)
        facts = {"day": starts_at.date(), "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
        meeting = Meeting.create(circle=cast.table, series=meetings[0].series_id, skipped=rng.random() < 0.2, **facts)
        if rng.random() < 0.05 or week == 0:
            names = rng.sample([people["Ana"].id, people["Bo"].id], k=rng.randint(1, 2))
            Turn.put(meeting.id, rng.choice(codes), names)
    seats = list(seats_around(circle_id=cast.table, now=now))
    told = held_by_hand(cast.table, now)
    assert {held_at < now - LATELY for held_at, _beside in told.values()} == {True, False}
    assert when_held(cast.table, seats, codes, set(), now) == told
    resting = {(people["Bo"].id, code, NOT_NOW) for code in codes}
    asked_for = {key: fact for key, fact in told.items() if key[0] == people["Ana"].id}
    assert when_held(cast.table, seats, codes, resting, now).items() >= asked_for.items()
    Turn.take(meetings[-1], people["Ana"], now)
    Turn.put(meetings[1].id, "scribe", [people["Bo"].id, people["Ana"].id])
    assert when_held(cast.table, seats, codes, set(), now) == held_by_hand(cast.table, now)


def test_a_skipped_meeting_is_nobodys_first(people, meetings, cast):
    newcomer = take_seat(people["Ana"], make_person("Ruth"), after(meetings[2]))
    been = {row[0]: bool(row[4]) for row in seats_around(circle_id=cast.table, now=utcnow())}
    assert been == {people["Ana"].id: True, people["Bo"].id: True, newcomer.id: True}
    meetings[3].skip(people["Ana"], meetings[2].ends_at)
    been = {row[0]: bool(row[4]) for row in seats_around(circle_id=cast.table, now=utcnow())}
    assert been == {people["Ana"].id: True, people["Bo"].id: True, newcomer.id: False}


# The other roles.


def whom(meeting, at):
    """Whom the rule asks for each role, by seat."""
    return {code: suggestion(meeting.id, meeting.circle_id, code, at).seat for code in BUILT_IN}


@pytest.fixture
def five(people, begun):
    """Five people who have sat here from the beginning."""
    more = [take_seat(people["Ana"], make_person(name), begun) for name in ("Dee", "Eli", "Fay")]
    return [people["Ana"], people["Bo"], *more]


@pytest.fixture
def second(five, meetings, begun):
    """The second meeting, with the first one just over, which Ana opened."""
    Turn.take(meetings[0], five[0], begun)
    return meetings[1]


def test_four_people_are_asked_for_four_roles(five, meetings, second):
    told = whom(second, after(meetings[0]))
    assert None not in told.values()
    assert len(set(told.values())) == 4


def test_the_first_meeting_has_a_facilitator_only(five, meetings, begun):
    told = whom(meetings[0], begun)
    assert told.pop(FACILITATOR) == five[0].id
    assert set(told.values()) == {None}


def test_every_verb_is_for_one_role_alone(five, meetings, second):
    now = after(meetings[0])
    asked_for_time = next(one for one in five if one.id == whom(second, now)["timekeeper"])
    before = whom(second, now)
    pass_on(second, asked_for_time, now, "timekeeper")
    assert whom(second, now)["timekeeper"] not in (None, asked_for_time.id)
    Turn.take(second, asked_for_time, now, role="timekeeper")
    assert Turn.holders(second.id, "timekeeper") == [asked_for_time.id]
    assert Turn.holders(second.id) == []
    Turn.give_back(second, asked_for_time, now, "timekeeper")
    Willingness.say(asked_for_time, NOT_NOW, "timekeeper")
    Passed.delete().execute()
    told = whom(second, now)
    assert told["timekeeper"] != asked_for_time.id
    assert told[FACILITATOR] == before[FACILITATOR]


def test_two_hold_a_role_together_and_no_third(five, meetings, begun):
    first, (a, b, c, *_rest) = meetings[0], five
    Turn.take(first, a, begun, role="scribe")
    Turn.join(first, b, begun, beside=a.id, role="scribe")
    Turn.join(first, b, begun, beside=a.id, role="scribe")
    assert Turn.holders(first.id, "scribe") == [a.id, b.id]
    with pytest.raises(AlreadyTaken) as told:
        Turn.join(first, c, begun, beside=a.id, role="scribe")
    assert told.value.holders == [a.id, b.id]
    with pytest.raises(AlreadyTaken):
        Turn.take(first, c, begun, role="scribe")
    Turn.take(first, c, begun, instead_of=a.id, role="scribe")
    assert Turn.holders(first.id, "scribe") == [c.id, b.id]


def test_nobody_is_left_alone_with_a_role_they_meant_to_share(people, meetings, begun):
    first = meetings[0]
    Turn.take(first, people["Ana"], begun)
    Turn.give_back(first, people["Ana"], begun)
    with pytest.raises(TurnChanged):
        Turn.join(first, people["Bo"], begun, beside=people["Ana"].id)
    assert Turn.holders(first.id) == []


def test_what_two_held_together_counts_for_both(five, meetings, second):
    now = after(meetings[0])
    Turn.take(second, five[1], now)
    Turn.join(second, five[2], now, beside=five[1].id)
    third = suggestion(meetings[2].id, meetings[2].circle_id, FACILITATOR, after(second))
    assert third.seat == five[3].id


def test_with_a_partner_one_is_asked_together_with_the_next(five, meetings, second):
    now = after(meetings[0])
    Willingness.say(five[1], PARTNER)
    chosen = suggestion(second.id, second.circle_id, FACILITATOR, now)
    assert (chosen.seat, chosen.partner) == (five[1].id, five[2].id)
    Turn.take(second, five[1], now)
    assert suggestion(second.id, second.circle_id, FACILITATOR, now).seat == five[2].id
    Turn.join(second, five[2], now, beside=five[1].id)
    assert suggestion(second.id, second.circle_id, FACILITATOR, now).seat is None


def test_who_cannot_come_gives_back_everything_and_has_passed_on_nothing(five, meetings, second):
    now = after(meetings[0])
    Turn.take(second, five[1], now)
    Turn.take(second, five[1], now, role="scribe")
    Turn.take(meetings[2], five[1], now)
    with writing():
        Turn.stand_down(second, five[1])
    assert [turn.meeting_id for turn in Turn.select().where(Turn.seat == five[1].id)] == [meetings[2].id]
    assert Passed.select().count() == 0


def test_every_role_is_put_right_afterwards_with_two_to_a_role_at_the_most(five, meetings, begun):
    first, names = meetings[0], [one.id for one in five]
    Turn.take(first, five[0], begun, role="scribe")
    Turn.settle(first, five[0], {FACILITATOR: names[1:4], "scribe": []}, after(first))
    assert Turn.holders(first.id) == names[1:3]
    assert Turn.holders(first.id, "scribe") == []


def test_of_two_who_join_at_the_same_moment_one_has_it(five, meetings, begun):
    first, (a, b, c, *_rest) = meetings[0], five
    Turn.take(first, a, begun)
    told = at_once(*[lambda seat=seat: Turn.join(first, seat, begun, beside=a.id) for seat in (b, c)])
    assert told == ["AlreadyTaken", "done"]
    assert len(Turn.holders(first.id)) == 2
