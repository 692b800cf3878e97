"""Swapping turns: two people, two meetings, and nobody else knows."""

from datetime import timedelta

import pytest

from portal.circles.access import seats_of
from portal.db import utcnow, writing
from portal.meetings.access.turns import offers
from portal.meetings.errors import TurnChanged
from portal.meetings.models.dates import Meeting
from portal.meetings.models.turns import FACILITATOR, Swap, Turn, forget_passes
from portal.web.errors import NotHere
from tests.cast import make_person, take_seat
from tests.meetings.conftest import set_series
from tests.racing import at_once


def turn(meeting, seat, role=FACILITATOR):
    return Turn.get(Turn.matches(meeting.id, role) & (Turn.seat == seat.id))


@pytest.fixture
def ahead(meetings):
    """The two next meetings."""
    return meetings[4:6]


@pytest.fixture
def swap(people, ahead):
    """Ana facilitates the next meeting and would rather write at the one after it, as Bo does."""
    ana, bo = people["Ana"], people["Bo"]
    Turn.take(ahead[0], ana, utcnow())
    Turn.take(ahead[1], bo, utcnow(), role="scribe")
    Swap.offer(ana, turn(ahead[0], ana).id, turn(ahead[1], bo, "scribe").id, utcnow())
    return Swap.get()


def offered_to(seat):
    return [one.id for one in offers(seat, {one.id: one for one in seats_of(seat)}, utcnow())]


@pytest.fixture
def reading(app, bo):
    """Someone is signed in, as on every page."""
    with bo:
        bo.get("/")
        yield


def test_each_gets_what_the_other_had(people, ahead, swap):
    swap.accept(people["Bo"], utcnow())
    assert Turn.holders(ahead[0].id) == [people["Bo"].id]
    assert Turn.holders(ahead[1].id, "scribe") == [people["Ana"].id]
    assert Swap.select().count() == 0


def test_whoever_stands_in_for_a_second_holder_stays_the_second(people, ahead):
    ana, bo, now = people["Ana"], people["Bo"], utcnow()
    dee = take_seat(ana, make_person("Dee"), now - timedelta(weeks=5))
    Turn.take(ahead[0], dee, now)
    Turn.join(ahead[0], ana, now, beside=dee.id)
    Turn.take(ahead[1], bo, now)
    Swap.offer(ana, turn(ahead[0], ana).id, turn(ahead[1], bo).id, now)
    Swap.get().accept(bo, now)
    assert Turn.holders(ahead[0].id) == [dee.id, bo.id]
    assert turn(ahead[0], bo).came_along
    assert Turn.holders(ahead[1].id) == [ana.id]


def test_the_same_offer_twice_is_one(people, ahead, swap):
    Swap.offer(people["Ana"], swap.offered_id, swap.wanted_id, utcnow())
    assert Swap.select().count() == 1


def test_only_the_one_who_is_asked_can_say_yes(people, ahead, swap):
    with pytest.raises(NotHere):
        swap.accept(people["Ana"], utcnow())
    assert Turn.holders(ahead[0].id) == [people["Ana"].id]


@pytest.mark.parametrize("what", ["given back", "cannot come", "taken over", "left"])
def test_an_offer_goes_with_either_turn(people, ahead, swap, what):
    ana, bo, now = people["Ana"], people["Bo"], utcnow()
    if what == "given back":
        Turn.give_back(ahead[1], bo, now, "scribe")
    elif what == "cannot come":
        with writing():
            Turn.stand_down(ahead[0], ana)
    elif what == "taken over":
        Turn.take(ahead[0], bo, now, instead_of=ana.id)
    else:
        bo.leave(take_back=True)
    assert Swap.select().count() == 0


def test_an_offer_ends_when_one_of_the_meetings_begins_or_is_skipped(people, ahead, swap, reading):
    assert offered_to(people["Bo"]) == offered_to(people["Ana"]) == [swap.id]
    begins = ahead[0].starts_at
    with pytest.raises(TurnChanged):
        swap.accept(people["Bo"], begins)
    ahead[0].skip(people["Ana"], utcnow())
    assert offered_to(people["Bo"]) == offered_to(people["Ana"]) == []
    with pytest.raises(TurnChanged):
        swap.accept(people["Bo"], utcnow())
    forget_passes(begins - timedelta(minutes=1))
    assert Swap.select().count() == 1
    forget_passes(begins)
    assert Swap.select().count() == 0


def test_only_ones_own_turn_is_offered_for_somebody_elses_at_another_meeting(people, ahead, meetings, cast, begun):
    ana, bo, cy, now = people["Ana"], people["Bo"], cast["Cy"].seat(), utcnow()
    Turn.take(ahead[0], ana, now)
    Turn.take(ahead[0], bo, now, role="scribe")
    Turn.take(ahead[1], bo, now)
    Turn.take(meetings[0], bo, begun)
    Turn.take(ahead[1], ana, now, role="scribe")
    elsewhere = next(one for one in set_series(cy, begun, days=3) if one.starts_at > now)
    Turn.take(elsewhere, cy, now)
    own = turn(ahead[0], ana).id
    refused = {
        "the same meeting": (own, turn(ahead[0], bo, "scribe").id),
        "one's own": (own, turn(ahead[1], ana, "scribe").id),
        "not one's own": (turn(ahead[1], bo).id, own),
        "over": (own, turn(meetings[0], bo).id),
        "another table": (own, turn(elsewhere, cy).id),
        "nothing": (own, 10**6),
    }
    for what, (offered, wanted) in refused.items():
        with pytest.raises(TurnChanged):
            Swap.offer(ana, offered, wanted, now)
        assert Swap.select().count() == 0, what


def test_nobody_swaps_into_what_they_hold_already(people, ahead):
    ana, bo, now = people["Ana"], people["Bo"], utcnow()
    Turn.take(ahead[0], ana, now)
    Turn.take(ahead[1], bo, now)
    Turn.join(ahead[1], ana, now, beside=bo.id)
    with pytest.raises(TurnChanged):
        Swap.offer(ana, turn(ahead[0], ana).id, turn(ahead[1], bo).id, now)


def test_put_away_is_seen_by_whoever_put_it_away_alone(people, swap, reading):
    before = offers(people["Ana"], {one.id: one for one in seats_of(people["Ana"])}, utcnow())
    swap.lay_aside(people["Bo"])
    assert offered_to(people["Bo"]) == []
    assert offers(people["Ana"], {one.id: one for one in seats_of(people["Ana"])}, utcnow()) == before


def test_a_third_person_is_told_of_no_offer(people, swap, reading):
    dee = take_seat(people["Ana"], make_person("Dee"), utcnow() - timedelta(weeks=5))
    assert offered_to(dee) == []


def test_a_double_yes_swaps_once(people, ahead, swap):
    now = utcnow()
    told = at_once(*[lambda: swap.accept(people["Bo"], now)] * 2)
    assert told == ["NotHere", "done"]
    assert Turn.holders(ahead[0].id) == [people["Bo"].id]
    assert Turn.holders(ahead[1].id, "scribe") == [people["Ana"].id]


def test_who_gives_back_while_the_other_says_yes_is_left_with_one_of_the_two(people, ahead, swap):
    ana, bo, now = people["Ana"], people["Bo"], utcnow()
    told = at_once(lambda: swap.accept(bo, now), lambda: Turn.give_back(ahead[0], ana, now))
    held = (Turn.holders(ahead[0].id), Turn.holders(ahead[1].id, "scribe"))
    swapped, gave_back = ([bo.id], [ana.id]), ([], [bo.id])
    assert (held, told) in [(swapped, ["done", "done"]), (gave_back, ["NotHere", "done"])]


def test_meetings_that_were_moved_swap_like_any_other(people, ahead, swap):
    Meeting.update(starts_at=ahead[1].ends_at, ends_at=ahead[1].ends_at + timedelta(hours=1)).where(
        Meeting.id == ahead[0].id
    ).execute()
    swap.accept(people["Bo"], utcnow())
    assert Turn.holders(ahead[0].id) == [people["Bo"].id]
