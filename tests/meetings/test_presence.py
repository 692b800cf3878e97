"""Who cannot come or comes later: what is said, by whom, until when, and how soon it is gone."""

from datetime import timedelta

import pytest
from peewee import IntegrityError

from portal.db import new_id
from portal.meetings.errors import LongOver, NotOverYet, TooLateToSay, TurnChanged
from portal.meetings.models.asking import suggestion
from portal.meetings.models.dates import Meeting
from portal.meetings.models.presence import (
    AWAY,
    CAME,
    LATE,
    MISSED,
    Absence,
    away_from,
    forget_absences,
    lately,
)
from portal.meetings.models.turns import FACILITATOR, Swap, Turn
from portal.web.errors import NotHere
from tests.cast import make_person, take_seat
from tests.racing import at_once


def after(meeting):
    return meeting.ends_at + timedelta(minutes=1)


def kinds(meeting):
    return {one.seat_id: one.kind for one in Absence.select().where(Absence.meeting == meeting.id)}


def test_who_cannot_come_is_away_from_that_meeting_and_no_other(people, meetings, begun):
    Absence.say(meetings[4], people["Bo"], AWAY, begun)
    assert away_from(meetings[4].id) == {people["Bo"].id}
    assert away_from(meetings[5].id) == set()


def test_who_comes_later_is_not_away(people, meetings, begun):
    Absence.say(meetings[4], people["Bo"], LATE, begun)
    assert away_from(meetings[4].id) == set()


def test_the_last_word_counts_and_saying_it_twice_changes_nothing(people, meetings, begun):
    for kind in (LATE, LATE, AWAY, AWAY):
        Absence.say(meetings[4], people["Bo"], kind, begun)
    assert kinds(meetings[4]) == {people["Bo"].id: AWAY}
    for _ in range(2):
        Absence.say(meetings[4], people["Bo"], None, begun)
    assert kinds(meetings[4]) == {}


def test_it_can_be_said_until_the_meeting_ends_and_no_longer(people, meetings):
    meeting = meetings[0]
    Absence.say(meeting, people["Bo"], LATE, meeting.ends_at - timedelta(seconds=1))
    with pytest.raises(TooLateToSay):
        Absence.say(meeting, people["Bo"], AWAY, meeting.ends_at)
    assert kinds(meeting) == {people["Bo"].id: LATE}


def test_who_has_left_says_nothing_more(people, meetings, begun):
    people["Bo"].leave(take_back=True)
    with pytest.raises(NotHere):
        Absence.say(meetings[4], people["Bo"], AWAY, begun)


def test_what_was_said_of_a_seat_goes_with_it(people, meetings, begun):
    Absence.say(meetings[4], people["Bo"], AWAY, begun)
    people["Bo"].leave(take_back=True)
    assert Absence.select().count() == 0


def test_nobody_is_put_down_before_the_meeting_is_over(people, meetings, begun):
    with pytest.raises(NotOverYet):
        Absence.put_down(meetings[0], people["Ana"], people["Bo"].id, MISSED, begun)


def test_only_the_last_two_meetings_that_took_place_can_be_put_right(people, meetings):
    now = after(meetings[3])
    Meeting.update(skipped=True).where(Meeting.id == meetings[2].id).execute()
    assert lately(meetings[0].circle_id, now) == [meetings[3].id, meetings[1].id]
    for long_over in (meetings[0], meetings[2]):
        with pytest.raises(LongOver):
            Absence.put_down(long_over, people["Ana"], people["Bo"].id, MISSED, now)


def test_someone_who_sat_down_later_was_not_missing(people, meetings):
    newcomer = take_seat(people["Ana"], make_person("Ruth"), after(meetings[0]))
    for nobody in (newcomer.id, new_id()):
        with pytest.raises(NotHere):
            Absence.put_down(meetings[0], people["Ana"], nobody, MISSED, after(meetings[0]))


def test_who_says_they_were_there_is_not_put_down_again(people, meetings):
    ana, bo, now = people["Ana"], people["Bo"], after(meetings[0])
    Absence.put_down(meetings[0], ana, bo.id, MISSED, now)
    Absence.put_down(meetings[0], bo, bo.id, CAME, now)
    Absence.put_down(meetings[0], ana, bo.id, MISSED, now)
    assert kinds(meetings[0]) == {bo.id: CAME}


def test_a_slip_can_be_put_right_by_anyone(people, meetings):
    ana, bo, now = people["Ana"], people["Bo"], after(meetings[0])
    for _ in range(2):
        Absence.put_down(meetings[0], ana, bo.id, MISSED, now)
    assert kinds(meetings[0]) == {bo.id: MISSED}
    for _ in range(2):
        Absence.put_down(meetings[0], ana, bo.id, CAME, now)
    assert kinds(meetings[0]) == {}


def test_what_the_pact_no_longer_needs_is_deleted(people, meetings):
    ana, bo = people["Ana"], people["Bo"]
    for meeting in meetings[:5]:
        Absence.put(meeting, bo.id, AWAY)
        Absence.put(meeting, ana.id, LATE)
    forget_absences(after(meetings[3]))
    left = {(one.meeting_id, one.kind) for one in Absence.select()}
    assert left == {(meetings[2].id, AWAY), (meetings[3].id, AWAY), (meetings[4].id, AWAY), (meetings[4].id, LATE)}


def test_of_a_skipped_meeting_nothing_is_kept(people, meetings):
    Absence.put(meetings[3], people["Bo"].id, AWAY)
    Meeting.update(skipped=True).where(Meeting.id == meetings[3].id).execute()
    forget_absences(after(meetings[3]))
    assert Absence.select().count() == 0


def test_where_a_circle_has_stopped_meeting_nothing_is_kept_for_ever(people, meetings):
    Absence.put(meetings[3], people["Bo"].id, AWAY)
    Meeting.delete().where(Meeting.starts_at > meetings[3].starts_at).execute()
    forget_absences(meetings[3].ends_at + timedelta(weeks=25))
    assert Absence.select().count() == 1
    forget_absences(meetings[3].ends_at + timedelta(weeks=27))
    assert Absence.select().count() == 0


def test_one_seat_has_one_word_for_a_meeting(people, meetings):
    Absence.create(meeting=meetings[4].id, seat=people["Bo"].id, kind=AWAY)
    with pytest.raises(IntegrityError):
        Absence.create(meeting=meetings[4].id, seat=people["Bo"].id, kind=LATE)


def test_two_taps_at_once_leave_one_word(cast, meetings, begun):
    def tap(name, kind):
        return lambda: Absence.say(meetings[4], cast[name].seat(), kind, begun)

    taps = [tap("Bo", AWAY), tap("Bo", AWAY), tap("Bo", LATE), tap("Ana", AWAY)]
    assert at_once(*taps) == ["done"] * 4
    assert len(kinds(meetings[4])) == 2


def test_who_cannot_come_lets_go_of_what_they_took_on_there_and_only_there(people, meetings, begun):
    for meeting in meetings[4:6]:
        Turn.take(meeting, people["Bo"], begun)
    Turn.stand_down(meetings[4], people["Bo"])
    assert [turn.meeting_id for turn in Turn.select()] == [meetings[5].id]


def test_who_cannot_come_is_not_asked_and_is_next_for_the_meeting_after_it(people, meetings):
    now = after(meetings[3])
    circle, ana = meetings[0].circle_id, people["Ana"].id
    assert suggestion(meetings[4].id, circle, FACILITATOR, now).seat == ana
    Absence.say(meetings[4], people["Ana"], AWAY, now)
    assert suggestion(meetings[4].id, circle, FACILITATOR, now).seat == people["Bo"].id
    assert suggestion(meetings[5].id, circle, FACILITATOR, now).seat == ana


def test_who_takes_something_on_comes_after_all(people, meetings, begun):
    ana, bo = people["Ana"], people["Bo"]
    for kind, left in ((AWAY, {}), (LATE, {bo.id: LATE})):
        Absence.say(meetings[4], bo, kind, begun)
        Turn.take(meetings[4], bo, begun)
        assert kinds(meetings[4]) == left
        Turn.stand_down(meetings[4], bo)
    Turn.take(meetings[4], ana, begun)
    Absence.say(meetings[4], bo, AWAY, begun)
    Turn.join(meetings[4], bo, begun, beside=ana.id)
    assert kinds(meetings[4]) == {}


def test_no_swap_puts_someone_in_charge_of_a_meeting_to_which_they_cannot_come(people, meetings, begun):
    ana, bo = people["Ana"], people["Bo"]
    Turn.take(meetings[4], ana, begun)
    Turn.take(meetings[5], bo, begun)
    own, theirs = (Turn.get(Turn.meeting == meeting.id).id for meeting in meetings[4:6])
    Swap.offer(ana, own, theirs, begun)
    Absence.say(meetings[5], ana, AWAY, begun)
    with pytest.raises(TurnChanged):
        Swap.get().accept(bo, begun)
    assert Turn.holders(meetings[5].id) == [bo.id]
