"""The absence pact and the ways to be reached, as the tables keep them."""

from datetime import timedelta

import pytest

from portal.circles.access import opened
from portal.circles.models import Seat
from portal.meetings.models.dates import Meeting
from portal.meetings.models.pacts import CARE_HOLDER, Pact, Reach, asked_of, joined_at
from portal.meetings.models.presence import AWAY, MISSED, Absence, forget_absences
from portal.meetings.models.turns import Turn
from portal.meetings.pact import Choice, Wish
from portal.web.errors import NotHere
from tests.cast import make_person, take_seat
from tests.racing import at_once


def after(meeting):
    return meeting.ends_at + timedelta(minutes=1)


def now_read(seat):
    """The same seat as its person's next request finds it, with the keys of all epochs until now."""
    return opened(Seat.get_by_id(seat.id), seat.keys.private)


def asked(seat, now):
    """The seats to which this one is asked to write."""
    return set(asked_of(now_read(seat), joined_at(seat.circle_id), now))


def miss(seat, *missed):
    for meeting in missed:
        Absence.put(meeting, seat.id, MISSED)


@pytest.fixture
def ruth(people, begun):
    return take_seat(people["Ana"], make_person("Ruth"), begun)


def test_who_chose_nothing_has_chosen_nothing(people):
    assert Pact.of(people["Bo"]) == Choice()


def test_a_choice_is_kept_changed_and_given_up(people):
    ana, bo = people["Ana"], people["Bo"]
    Pact.choose(bo, Wish.NAMED, ana.id)
    assert Pact.of(bo) == Choice(Wish.NAMED, ana.id)
    Pact.choose(bo, Wish.CARE, ana.id)
    assert Pact.of(bo) == Choice(Wish.CARE)
    Pact.choose(bo, Wish.NOTHING)
    assert Pact.of(bo) == Choice()
    assert Pact.of(ana) == Choice()


def test_every_choice_is_sealed_to_the_same_size(people):
    sizes = set()
    for wish, who in ((Wish.NOTHING, ""), (Wish.CARE, ""), (Wish.NAMED, people["Ana"].id)):
        Pact.choose(people["Bo"], wish, who)
        sealed = bytes(Pact.get().sealed_choice)
        assert wish.value.encode() not in sealed
        sizes.add(len(sealed))
    assert len(sizes) == 1


def test_nobody_names_themselves_or_someone_of_another_table(cast, people):
    for who in (people["Bo"].id, cast["Cy"].seat().id, "", "nobody"):
        with pytest.raises(NotHere):
            Pact.choose(people["Bo"], Wish.NAMED, who)
    assert Pact.of(people["Bo"]) == Choice()


def test_two_misses_ask_whom_the_choice_names_and_nobody_else(people, meetings, ruth):
    ana, bo, now = people["Ana"], people["Bo"], after(meetings[1])
    Pact.choose(ruth, Wish.NAMED, bo.id)
    miss(ruth, meetings[0])
    assert not any(asked(one, after(meetings[0])) for one in (ana, bo, ruth))
    miss(ruth, meetings[1])
    assert [asked(one, now) for one in (ana, bo, ruth)] == [set(), {ruth.id}, set()]


def test_saying_beforehand_that_one_cannot_come_counts_once_the_meeting_is_over(people, meetings, ruth):
    Pact.choose(ruth, Wish.ANYONE)
    for meeting in meetings[:2]:
        Absence.say(meeting, ruth, AWAY, meeting.starts_at)
    assert asked(people["Ana"], meetings[1].ends_at - timedelta(minutes=1)) == set()
    assert asked(people["Ana"], meetings[1].ends_at) == {ruth.id}


def test_a_skipped_meeting_does_not_count(people, meetings, ruth):
    Pact.choose(ruth, Wish.ANYONE)
    miss(ruth, meetings[0], meetings[1])
    Meeting.update(skipped=True).where(Meeting.id == meetings[1].id).execute()
    assert asked(people["Ana"], after(meetings[1])) == set()
    miss(ruth, meetings[2])
    assert asked(people["Ana"], after(meetings[2])) == {ruth.id}


def test_coming_once_clears_it(people, meetings, ruth):
    Pact.choose(ruth, Wish.ANYONE)
    miss(ruth, meetings[0], meetings[1])
    assert asked(people["Ana"], after(meetings[2])) == set()


def test_what_the_chore_deletes_is_not_needed(people, meetings, ruth):
    Pact.choose(ruth, Wish.ANYONE)
    miss(ruth, *meetings[:4])
    forget_absences(after(meetings[3]))
    assert asked(people["Ana"], after(meetings[3])) == {ruth.id}


def test_a_newcomer_has_missed_nothing_that_was_before_them(people, meetings):
    newcomer = take_seat(people["Ana"], make_person("Newcomer"), after(meetings[0]))
    Pact.choose(newcomer, Wish.ANYONE)
    miss(newcomer, meetings[0], meetings[1])
    assert asked(people["Ana"], after(meetings[1])) == set()


def test_the_care_holder_of_the_next_meeting_is_asked_whoever_that_is(people, meetings, ruth):
    ana, bo, now = people["Ana"], people["Bo"], after(meetings[1])
    Pact.choose(ruth, Wish.CARE)
    miss(ruth, meetings[0], meetings[1])
    assert not asked(ana, now) | asked(bo, now)
    Turn.create(meeting=meetings[2].id, role=CARE_HOLDER, seat=bo.id)
    assert [asked(one, now) for one in (ana, bo, ruth)] == [set(), {ruth.id}, set()]


def test_where_the_person_named_has_left_nobody_is_asked(people, meetings, ruth):
    Pact.choose(ruth, Wish.NAMED, people["Bo"].id)
    miss(ruth, meetings[0], meetings[1])
    people["Bo"].leave(take_back=True)
    assert asked(people["Ana"], after(meetings[1])) == set()
    assert Pact.of(now_read(ruth)).wish is Wish.NAMED


def test_one_who_has_written_ends_it_for_everyone_until_two_more_are_missed(people, meetings, ruth):
    ana, bo = people["Ana"], people["Bo"]
    Pact.choose(ruth, Wish.ANYONE)
    miss(ruth, *meetings[:4])
    for _ in range(2):
        Pact.written(now_read(bo), ruth.id, after(meetings[1]))
    assert not asked(ana, after(meetings[1])) | asked(bo, after(meetings[1]))
    assert asked(ana, after(meetings[2])) == set()
    assert asked(ana, after(meetings[3])) == {ruth.id}
    assert Pact.of(now_read(ruth)).wish is Wish.ANYONE


def test_another_choice_does_not_ask_again_for_what_was_answered(people, meetings, ruth):
    Pact.choose(ruth, Wish.ANYONE)
    miss(ruth, meetings[0], meetings[1])
    Pact.written(now_read(people["Bo"]), ruth.id, after(meetings[1]))
    Pact.choose(ruth, Wish.NAMED, people["Ana"].id)
    assert asked(people["Ana"], after(meetings[1])) == set()


def test_who_was_not_asked_cannot_end_it(people, meetings, ruth):
    Pact.choose(ruth, Wish.NAMED, people["Bo"].id)
    miss(ruth, meetings[0], meetings[1])
    for one in (people["Ana"], ruth):
        Pact.written(now_read(one), ruth.id, after(meetings[1]))
    assert asked(people["Bo"], after(meetings[1])) == {ruth.id}


def test_two_who_have_written_at_once_end_it_once(cast, people, meetings, ruth):
    Pact.choose(ruth, Wish.ANYONE)
    miss(ruth, meetings[0], meetings[1])

    def write(name):
        return lambda: Pact.written(cast[name].seat(), ruth.id, after(meetings[1]))

    assert at_once(write("Ana"), write("Bo")) == ["done", "done"]
    assert Pact.of(now_read(ruth)).answered == meetings[1].starts_at


def test_ways_to_reach_someone_are_for_the_people_of_their_table(cast, people):
    Reach.say(people["Bo"], ["Text me", "Best in the evening"])
    assert Reach.of(now_read(people["Ana"])) == {people["Bo"].id: ["Text me", "Best in the evening"]}
    assert Reach.of(now_read(people["Ana"]), whose=[people["Ana"].id]) == {}
    assert Reach.of(cast["Cy"].seat()) == {}
    assert b"evening" not in bytes(Reach.get().sealed_lines)


def test_ways_to_reach_someone_are_changed_and_taken_away(people):
    Reach.say(people["Bo"], ["Text me"])
    Reach.say(people["Bo"], ["Call me"])
    assert Reach.of(people["Bo"]) == {people["Bo"].id: ["Call me"]}
    for _ in range(2):
        Reach.say(people["Bo"], [])
    assert Reach.select().count() == 0


def test_with_the_seat_goes_what_its_person_said_of_themselves(people, meetings):
    Pact.choose(people["Bo"], Wish.ANYONE)
    Reach.say(people["Bo"], ["Text me"])
    Absence.say(meetings[4], people["Bo"], AWAY, after(meetings[0]))
    people["Bo"].leave(take_back=False)
    assert [table.select().count() for table in (Pact, Reach, Absence)] == [0, 0, 0]
    with pytest.raises(NotHere):
        Reach.say(people["Bo"], ["Text me"])
    assert Seat.select().where(Seat.circle == people["Ana"].circle_id).count() == 1
