"""Two people change one ring in two processes, interleaved at every commit: the laws hold after every order."""

from itertools import permutations

import pytest

from portal.db import db
from portal.rings import Told
from portal.rings.models import RINGS, Epoch, Grant, Holder
from tests.rings import other_process as other
from tests.rings.factories import Backup, Person, again, for_a_moment, make_circle, make_invitation, opens, reads
from tests.rings.other_process import ENDED, PLACE, Process, keys_of, seat_of

ONE, TWO = "one", "two"
ORDERS = sorted(set(permutations([ONE, ONE, TWO, TWO])))  # no change here has more than two transactions


@pytest.fixture(scope="module")
def processes():
    both = {ONE: Process(), TWO: Process()}
    yield both
    for process in both.values():
        process.stop()


@pytest.fixture(params=ORDERS, ids="-".join)
def order(request):
    return request.param


@pytest.fixture
def together(order, processes):
    """Do two things, transaction by transaction in the order given, and answer what came of each."""

    def act(first, its_facts, second, their_facts):
        db.close()
        processes[ONE].begin(db.database, first, its_facts)
        processes[TWO].begin(db.database, second, their_facts)
        for name in order:
            if processes[name].state != ENDED:
                processes[name].go_on()
        assert all(process.state == ENDED for process in processes.values()), "more transactions than the order has"
        return processes[ONE].answer, processes[TWO].answer

    return act


@pytest.fixture
def circle():
    """Ana and Bo at the table, with a text there and nothing due."""
    ana, bo = make_circle("ana", "bo")
    return ana, bo, ana.seal_table(b"at the library", PLACE)


def check_the_ring(*seated) -> None:
    """Those who sit here prove the ring, open all of it and write for one another; nobody else holds a grant."""
    assert {holder.id for holder in Holder.select() if holder.holds("works")} == {keys.holder for keys in seated}
    assert {grant.holder_id for grant in Grant.select()} <= {holder.id for holder in Holder.select()}
    for writer in seated:
        sealed = again(writer).seal_table(b"what is next", PLACE)
        assert all(reads(again(keys), sealed, PLACE) for keys in seated)
    numbers = [[epoch.number for epoch in Epoch.of("c", ring)] for ring in RINGS]
    assert numbers[0] == numbers[1] == list(range(1, len(numbers[0]) + 1))
    assert not Told.select().exists()


def test_of_two_who_take_one_invitation_one_takes_the_seat(circle, together):
    ana, bo, _ = circle
    invited = make_invitation(ana)
    cy, di = Person("cy"), Person("di")
    answers = together(
        other.take_a_seat, (*invited, cy.id, bytes(cy.private)), other.take_a_seat, (*invited, di.id, bytes(di.private))
    )
    taken = [answer for answer in answers if answer != "Closed"]
    assert len(taken) == 1
    check_the_ring(ana, bo, keys_of(taken[0]))


def test_of_two_who_take_one_invitation_at_the_same_moment_one_takes_the_seat(circle, processes):
    ana, *_ = circle
    for _ in range(10):
        invited, answers = make_invitation(ana), []
        db.close()
        for process in processes.values():
            process.begin(db.database, other.take_a_seat, (*invited, "cy", bytes(Person("cy").private)))
        for process in processes.values():
            process.pipe.send("go")
        for process in processes.values():
            answers.append(process.pipe.recv()[1])
        assert answers.count("Closed") == 1


def test_an_invitation_is_taken_or_goes_with_its_maker(circle, together):
    ana, bo, sealed = circle
    invited, cy = make_invitation(bo), Person("cy")
    taken, left = together(other.take_a_seat, (*invited, cy.id, bytes(cy.private)), other.leave, (seat_of(bo), sealed))
    assert left is None
    check_the_ring(ana, *([] if taken == "Closed" else [keys_of(taken)]))


def test_what_is_shared_while_someone_leaves_is_closed_to_them_afterwards(circle, together, order):
    ana, bo, sealed = circle
    backup = Backup.of(bo.holder)
    piece, left = together(other.write, (seat_of(ana), sealed), other.leave, (seat_of(bo), sealed))
    assert left is None
    assert opens(ana, piece)
    assert not opens(bo, piece)
    check_the_ring(ana)
    with for_a_moment():
        backup.restore()
        assert opens(bo, piece) == (order[:2] == (ONE, ONE)), "an old copy opens it only if it was shared before"


def test_whoever_leaves_while_they_write_shares_it_before_or_not_at_all(circle, together):
    ana, bo, sealed = circle
    piece, left = together(other.write, (seat_of(bo), sealed), other.leave, (seat_of(bo), sealed))
    assert left is None
    assert piece == "Closed" or opens(ana, piece)
    check_the_ring(ana)


def test_a_text_written_while_someone_leaves_is_written_before_or_without_them(circle, together):
    ana, bo, sealed = circle
    backup = Backup.of(bo.holder)
    text, left = together(other.write_at_the_table, (seat_of(ana), sealed), other.leave, (seat_of(bo), sealed))
    assert left is None
    assert reads(again(ana), text, PLACE)
    assert not reads(again(bo), text, PLACE)
    later = again(ana).seal_table(b"in the garden", PLACE)
    with for_a_moment():
        backup.restore()
        assert not reads(again(bo), later, PLACE)
    check_the_ring(ana)


def test_no_invitation_outlives_the_seat_that_makes_it_while_it_leaves(circle, together):
    ana, bo, sealed = circle
    together(other.invite, (seat_of(bo), sealed), other.leave, (seat_of(bo), sealed))
    assert [holder.id for holder in Holder.select()] == [ana.holder]
    check_the_ring(ana)


def test_an_invitation_made_while_another_leaves_opens_the_table(circle, together):
    ana, bo, sealed = circle
    invited, left = together(other.invite, (seat_of(ana), sealed), other.leave, (seat_of(bo), sealed))
    assert left is None
    cy = Person("cy")
    check_the_ring(ana, keys_of(other.take_a_seat(*invited, cy.id, bytes(cy.private))))


def test_a_seat_that_is_ended_while_others_share_opens_nothing(circle, together):
    ana, bo, sealed = circle
    piece, _ = together(other.write, (seat_of(ana), sealed), other.end, (bo.holder,))
    assert opens(ana, piece)
    assert not opens(bo, piece)
    check_the_ring(ana)


def test_two_who_leave_at_once_both_leave(circle, together):
    ana, bo, sealed = circle
    assert together(other.leave, (seat_of(ana), sealed), other.leave, (seat_of(bo), sealed)) == (None, None)
    assert not Holder.select().exists()
    assert not Grant.select().exists()


def test_two_who_write_after_someone_came_begin_one_epoch(circle, together):
    ana, bo, sealed = circle
    before = len(Epoch.of("c", "works"))
    cy = Person("cy")
    seat = other.take_a_seat(*make_invitation(ana), cy.id, bytes(cy.private))
    pieces = together(other.write, (seat_of(ana), sealed), other.write, (seat_of(bo), sealed))
    assert len(Epoch.of("c", "works")) == before + 1
    assert all(opens(keys, piece) for keys in (ana, bo, keys_of(seat)) for piece in pieces)
