"""Marked hours at rest: sealed to the table, one row a person, gone with their seat."""

from pathlib import Path

import pytest

from portal.circles.models import Seat
from portal.db import db
from portal.times.models import Hours, bound_to, packed
from portal.times.week import Answer, Week
from portal.vault import Unsealable
from portal.web.errors import NotHere
from tests.cast import make_person, take_seat
from tests.racing import at_once

NO, IF_NEED_BE, WORKS = Answer
LISBON = "Europe/Lisbon"
EVENING = (18 * 60, 21 * 60)


@pytest.fixture
def ana(cast):
    return cast["Ana"].seat()


@pytest.fixture
def bo(cast):
    return cast["Bo"].seat()


def test_everyone_at_the_table_opens_what_one_of_them_marked(ana, bo):
    Hours.mark(bo, LISBON, [1, 3], *EVENING, WORKS)
    assert Hours.around(ana) == {bo.id: Week(LISBON).marked([1, 3], *EVENING, WORKS)}
    assert Hours.of(bo) == Hours.around(ana)[bo.id]
    assert Hours.of(ana) is None


def test_another_table_finds_nothing(cast, bo):
    Hours.mark(bo, LISBON, [1], *EVENING, WORKS)
    assert Hours.around(cast["Cy"].seat()) == {}


def test_the_bytes_on_the_disk_tell_neither_hours_nor_zone_nor_how_much_was_marked(ana, bo):
    Hours.mark(bo, LISBON, [1], *EVENING, WORKS)
    little = bytes(Hours.get().sealed_marks)
    Hours.mark(bo, LISBON, range(7), 0, 24 * 60, IF_NEED_BE)
    much = bytes(Hours.get().sealed_marks)
    assert len(little) == len(much)
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = Path(db.database).read_bytes()
    for said in (little, much, raw):
        assert packed(Week(LISBON))[:20] not in said
        assert b"2" * 12 not in said
        assert b"1" * 48 not in said


def test_nobody_can_lay_one_persons_hours_on_anothers_seat(ana, bo):
    Hours.mark(bo, LISBON, [1], *EVENING, WORKS)
    Hours.create(seat=ana.id, sealed_marks=Hours.get().sealed_marks)
    assert set(Hours.around(ana)) == {bo.id}
    with pytest.raises(Unsealable):
        ana.keys.open_table(bytes(Hours.get().sealed_marks), bound_to(ana.id))


def test_hours_that_somebody_damaged_are_as_if_never_said_and_can_be_said_again(ana, bo):
    Hours.mark(bo, LISBON, [1], *EVENING, WORKS)
    Hours.update(sealed_marks=b"\x01" + b"x" * 60).execute()
    assert Hours.around(ana) == {}
    Hours.mark(bo, LISBON, [2], *EVENING, WORKS)
    assert Hours.around(ana)[bo.id].lines()[0].days == (2,)


def test_what_is_taken_back_leaves_no_row(bo):
    Hours.mark(bo, LISBON, [1], *EVENING, WORKS)
    Hours.take_back(bo)
    assert Hours.select().count() == 0
    Hours.take_back(bo)


def test_who_takes_out_the_last_hour_has_marked_nothing(bo):
    Hours.mark(bo, LISBON, [1], *EVENING, WORKS)
    Hours.mark(bo, LISBON, [1], *EVENING, NO)
    assert Hours.select().count() == 0


def test_someone_who_moved_keeps_their_hours_by_the_clock_of_the_new_place(bo):
    Hours.mark(bo, LISBON, [1], *EVENING, WORKS)
    Hours.mark(bo, "America/Chicago", [2], *EVENING, WORKS)
    assert Hours.of(bo) == Week("America/Chicago").marked([1, 2], *EVENING, WORKS)


def test_hours_go_with_the_seat(ana, bo):
    Hours.mark(bo, LISBON, [1], *EVENING, WORKS)
    Hours.mark(ana, LISBON, [1], *EVENING, WORKS)
    bo.leave(take_back=True)
    assert [row.seat_id for row in Hours.select()] == [ana.id]


def test_hours_outlast_the_keys_of_whoever_left(ana, bo, cast):
    """A new epoch begins when someone leaves; what was marked before opens for those who stay, and for who comes."""
    Hours.mark(ana, LISBON, [1], *EVENING, WORKS)
    bo.leave(take_back=True)
    newcomer = take_seat(ana, make_person("Dee"))
    Hours.mark(newcomer, LISBON, [2], *EVENING, WORKS)
    assert list(Hours.around(newcomer)) == [ana.id, newcomer.id]


def test_who_left_meanwhile_marks_nothing(bo):
    bo.leave(take_back=True)
    with pytest.raises(NotHere):
        Hours.mark(bo, LISBON, [1], *EVENING, WORKS)
    with pytest.raises(NotHere):
        Hours.take_back(bo)
    assert Hours.select().count() == 0


def test_one_person_on_two_devices_loses_neither_word(cast, app):
    """Each says another day at the same time."""

    def say(day: int):
        return lambda: Hours.mark(cast["Bo"].seat(), LISBON, [day], *EVENING, WORKS)

    assert at_once(*map(say, range(5))) == ["done"] * 5
    assert Hours.of(cast["Bo"].seat()).lines()[0].days == (0, 1, 2, 3, 4)


def test_a_seat_that_is_deleted_in_the_database_takes_its_hours_along(bo):
    Hours.mark(bo, LISBON, [1], *EVENING, WORKS)
    Seat.delete().where(Seat.id == bo.id).execute()
    assert Hours.select().count() == 0
