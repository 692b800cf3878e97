"""What a table makes of its roles: other names, more of them, some that rest."""

from datetime import timedelta

import pytest

from portal.db import new_id, utcnow
from portal.meetings.access.roles import all_roles
from portal.meetings.errors import RoleChanged, RoleRests, TooManyRoles
from portal.meetings.models.asking import suggestion
from portal.meetings.models.roles import BUILT_IN, FACILITATOR, MOST, Role, Words, in_use
from portal.meetings.models.turns import Passed, Turn, rest_role
from portal.web.errors import NotHere
from tests.racing import at_once

HEARTH = Words("Hearth", "Makes the tea and opens the door.")


def add(seat, words=HEARTH):
    role_id = new_id()
    Role.add(seat, words, role_id)
    return role_id


def called(seat):
    return {role.code: role.name for role in all_roles(seat)}


def seen(seat, code):
    return next(role.seen for role in all_roles(seat) if role.code == code)


def rest(seat, code, *, rests=True):
    rest_role(seat, code, utcnow(), rests=rests)


def test_a_table_that_changed_nothing_has_four_roles_and_no_row(people, cast):
    assert in_use(cast.table) == list(BUILT_IN) == [FACILITATOR, "care_holder", "timekeeper", "scribe"]
    assert Role.select().count() == 0
    for role in all_roles(people["Bo"]):
        assert 40 < len(str(role.does)) < 200, "each says in a sentence or two what its holder does"


def test_everyone_reads_the_new_name_and_the_other_roles_keep_theirs(people):
    Role.call(people["Ana"], "timekeeper", Words("Clock", "Rings the bell."), seen="")
    assert called(people["Bo"])["timekeeper"] == "Clock"
    assert called(people["Bo"])["scribe"] == "Scribe"
    assert Role.select().count() == 1


def test_what_a_role_is_called_is_sealed_and_tells_nothing_by_its_length(people):
    for code, name in (("scribe", "A"), ("timekeeper", "Waldhornbläserin mit sehr langem Namen")):
        Role.call(people["Ana"], code, Words(name, "Waldhorn" * 30), seen="")
    short, long = (bytes(role.sealed_words) for role in Role.select().order_by(Role.code))
    assert len(short) == len(long)
    assert b"Waldhorn" not in short + long


def test_a_role_that_has_its_first_words_again_needs_no_row(people):
    Role.call(people["Ana"], "scribe", HEARTH, seen="")
    Role.call(people["Bo"], "scribe", None, seen=seen(people["Bo"], "scribe"))
    assert Role.select().count() == 0
    assert called(people["Ana"])["scribe"] == "Scribe"


def test_who_renames_second_is_told_and_overwrites_nothing(people):
    before = seen(people["Bo"], "scribe")
    Role.call(people["Ana"], "scribe", HEARTH, seen=before)
    with pytest.raises(RoleChanged):
        Role.call(people["Bo"], "scribe", Words("Pen", ""), seen=before)
    assert called(people["Bo"])["scribe"] == "Hearth"


def test_an_added_role_stands_last_and_is_asked_for_like_the_others(people, meetings, begun):
    code = add(people["Ana"])
    assert in_use(people["Ana"].circle_id)[-1] == code
    assert called(people["Bo"])[code] == "Hearth"
    Turn.take(meetings[0], people["Ana"], begun)
    after = meetings[0].ends_at + timedelta(minutes=1)
    for role in ("care_holder", "timekeeper", "scribe"):
        Turn.take(meetings[1], people["Ana"], after, role=role)
    assert suggestion(meetings[1].id, meetings[1].circle_id, code, after).seat == people["Bo"].id


def test_the_same_form_sent_twice_makes_one_role(people):
    once = new_id()
    for _ in range(2):
        Role.add(people["Ana"], HEARTH, once)
    assert len(in_use(people["Ana"].circle_id)) == 5


def test_there_are_eight_roles_at_the_most_and_one_that_rests_makes_room(people):
    added = [add(people["Ana"]) for _ in range(4)]
    with pytest.raises(TooManyRoles):
        add(people["Bo"])
    rest(people["Ana"], added[0])
    fifth = add(people["Bo"])
    with pytest.raises(TooManyRoles):
        rest(people["Ana"], added[0], rests=False)
    assert in_use(people["Ana"].circle_id)[-1] == fifth
    assert len(in_use(people["Ana"].circle_id)) == MOST


def test_of_two_who_add_the_eighth_at_once_one_is_told(people):
    for _ in range(3):
        add(people["Ana"])
    assert at_once(*[lambda seat=seat: add(seat) for seat in people.values()]) == ["TooManyRoles", "done"]


def test_a_role_that_rests_frees_what_is_ahead_and_keeps_what_has_been(people, meetings, begun):
    Turn.take(meetings[0], people["Bo"], begun, role="scribe")
    Turn.take(meetings[4], people["Bo"], begun, role="scribe")
    Passed.note(meetings[4].id, "scribe", people["Ana"].id)
    rest(people["Ana"], "scribe")
    assert Turn.holders(meetings[0].id, "scribe") == [people["Bo"].id]
    assert Turn.holders(meetings[4].id, "scribe") == []
    assert Passed.select().count() == 0
    assert suggestion(meetings[4].id, meetings[4].circle_id, "scribe", utcnow()).seat is None
    with pytest.raises(RoleRests):
        Turn.take(meetings[4], people["Bo"], utcnow(), role="scribe")
    rest(people["Bo"], "scribe", rests=False)
    assert Role.select().count() == 0
    Turn.take(meetings[4], people["Bo"], utcnow(), role="scribe")


def test_a_role_of_ones_own_rests_with_its_words(people):
    code = add(people["Ana"])
    rest(people["Ana"], code)
    assert code not in in_use(people["Ana"].circle_id)
    assert called(people["Bo"])[code] == "Hearth"
    rest(people["Bo"], code, rests=False)
    assert in_use(people["Ana"].circle_id)[-1] == code


def test_facilitating_is_renamed_and_never_rests(people):
    Role.call(people["Ana"], FACILITATOR, HEARTH, seen="")
    rest(people["Ana"], FACILITATOR)
    assert in_use(people["Ana"].circle_id)[0] == FACILITATOR
    assert called(people["Bo"])[FACILITATOR] == "Hearth"


def test_one_table_neither_sees_nor_changes_the_roles_of_another(people, cast):
    cy = cast["Cy"].seat()
    theirs = add(cy)
    assert theirs not in called(people["Ana"])
    with pytest.raises(NotHere):
        Role.call(people["Ana"], theirs, Words("Mine", ""), seen=seen(cy, theirs))
    with pytest.raises(NotHere):
        rest(people["Ana"], theirs)
    assert called(cy)[theirs] == "Hearth"


def test_a_seat_that_ended_meanwhile_changes_no_role(people):
    bo = people["Bo"]
    bo.leave(take_back=True)
    for change in (lambda: add(bo), lambda: Role.call(bo, "scribe", HEARTH, ""), lambda: rest(bo, "scribe")):
        with pytest.raises(NotHere):
            change()
    assert Role.select().count() == 0
