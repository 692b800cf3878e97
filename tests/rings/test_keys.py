"""Who can open what, as people come, share, take back and go."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.db import db, new_id, utcnow
from portal.rings import (
    Audience,
    Closed,
    OwnKeys,
    ReadersChanged,
    Told,
    accept,
    audience,
    close,
    destroy,
    end_holder,
    invitation_keys,
)
from portal.rings.models import RINGS, TABLES, Epoch, Grant, Holder, Wrap
from tests.rings.factories import (
    Person,
    again,
    for_a_moment,
    make_circle,
    make_invitation,
    make_piece,
    opens,
    reads,
    take_seat,
)

PLACE = "meeting|1|plan"


def counted(act) -> list[str]:
    """The queries that `act` makes."""
    seen: list[str] = []
    hook = lambda event: seen.append(event.sql)  # noqa: E731
    db.query_hooks.append(hook)
    try:
        act()
    finally:
        db.query_hooks.remove(hook)
    return seen


def test_a_piece_that_is_shared_with_nobody_is_its_authors_alone():
    ana, bo = make_circle("ana", "bo")
    piece = make_piece(ana)
    assert audience(piece) == [Audience("author", "ana")]
    assert opens(ana, piece)
    assert not opens(bo, piece)


def test_everyone_who_sits_here_opens_what_is_shared_with_the_circle():
    ana, bo, cy = make_circle("ana", "bo", "cy")
    piece = make_piece(ana, to_circle=True)
    assert opens(bo, piece)
    assert opens(cy, piece)


def test_authors_open_their_own_pieces_without_a_seat():
    (ana,) = make_circle("ana")
    piece = make_piece(ana, to_circle=True)
    ana.leave()
    assert OwnKeys("ana", ana.private).piece_key(piece)


def test_a_newcomer_opens_the_whole_table_and_no_earlier_piece():
    (ana,) = make_circle("ana")
    before, sealed = make_piece(ana, to_circle=True), ana.seal_table(b"at the library", PLACE)
    bo = take_seat(ana, Person("bo"))
    assert reads(again(bo), sealed)
    assert not opens(bo, before)
    assert opens(bo, make_piece(ana, to_circle=True))


def test_an_author_opens_an_older_piece_to_those_who_came_later():
    (ana,) = make_circle("ana")
    piece = make_piece(ana, to_circle=True)
    bo = take_seat(ana, Person("bo"))
    ana.open_to_circle(piece)
    assert opens(bo, piece)


def test_a_piece_for_named_seats_is_closed_to_the_others():
    ana, bo, cy = make_circle("ana", "bo", "cy")
    piece = make_piece(ana, to=(bo,))
    assert opens(bo, piece)
    assert not opens(cy, piece)


def test_what_was_for_a_named_seat_goes_with_it():
    ana, bo = make_circle("ana", "bo")
    piece = make_piece(ana, to=(bo,))
    assert opens(bo, piece)
    end_holder(bo.holder)
    assert not opens(bo, piece)


def test_nothing_is_shared_when_one_of_those_named_has_left():
    ana, bo, cy = make_circle("ana", "bo", "cy")
    piece = make_piece(ana)
    end_holder(cy.holder)
    with pytest.raises(ReadersChanged):
        ana.open_to_seats(piece, [bo.holder, cy.holder])
    assert audience(piece) == [Audience("author", "ana")]


def test_an_invitation_cannot_be_named_as_a_reader():
    (ana,) = make_circle("ana")
    invitation, _ = make_invitation(ana)
    with pytest.raises(ReadersChanged):
        ana.open_to_seats(make_piece(ana), [invitation])


def test_only_the_author_opens_a_piece_to_others_or_takes_it_back():
    ana, bo = make_circle("ana", "bo")
    piece = make_piece(ana, to_circle=True)
    before = audience(piece)
    for act in (bo.open_to_circle, bo.withdraw, lambda piece: bo.open_to_seats(piece, [ana.holder])):
        with pytest.raises(Closed):
            act(piece)
    assert audience(piece) == before


def test_all_of_ones_own_pieces_are_taken_back_at_once_and_nobody_elses():
    ana, bo = make_circle("ana", "bo")
    own = [make_piece(ana, to_circle=True), make_piece(ana, to=(bo,)), make_piece(ana)]
    theirs, left_out = make_piece(bo, to_circle=True), make_piece(ana, to_circle=True)
    ana.withdraw_all([*own, theirs])
    assert [audience(piece) for piece in own] == [[Audience("author", "ana")]] * 3
    assert all(opens(ana, piece) for piece in (*own, theirs))
    assert opens(bo, left_out)


def test_what_was_taken_back_is_closed_to_everyone_else():
    ana, bo = make_circle("ana", "bo")
    piece = make_piece(ana, to_circle=True, to=(bo,))
    ana.withdraw(piece)
    assert audience(piece) == [Audience("author", "ana")]
    assert opens(ana, piece)
    assert not opens(bo, piece)


def test_a_destroyed_piece_opens_for_nobody():
    ana, bo = make_circle("ana", "bo")
    piece = make_piece(ana, to_circle=True)
    destroy(piece)
    assert audience(piece) == []
    assert not opens(ana, piece)
    assert not opens(bo, piece)


def test_one_who_left_opens_nothing_after_nor_before():
    ana, bo = make_circle("ana", "bo")
    before, sealed = make_piece(ana, to_circle=True), ana.seal_table(b"at the library", PLACE)
    bo.leave()
    after = make_piece(ana, to_circle=True)
    assert not opens(bo, before)
    assert not opens(bo, after)
    assert not reads(again(bo), sealed)


def test_whoever_leaves_begins_the_next_epoch_for_those_who_stay():
    ana, bo = make_circle("ana", "bo")
    ana.seal_table(b"an epoch for the two of us", PLACE)
    bo.leave()
    assert {Epoch.newest("c", ring).holders for ring in RINGS} == {f'["{ana.holder}"]'}
    assert opens(ana, make_piece(ana, to_circle=True))


def test_the_last_one_leaves_an_empty_ring():
    (ana,) = make_circle("ana")
    ana.leave()
    assert not Holder.select().exists()
    assert not Grant.select().exists()


@pytest.mark.parametrize("came", [make_invitation, lambda host: [take_seat(host, Person("bo")).holder]])
def test_one_who_came_and_went_before_anyone_wrote_still_ends_an_epoch(came):
    """They were given the newest table secret when they came, so nothing more may be sealed under it."""
    (ana,) = make_circle("ana")
    end_holder(came(ana)[0])
    assert ana.seal_table(b"at the library", PLACE)[:5] == b"\x01\x00\x00\x00\x02"


def test_leaving_twice_is_closed():
    _, bo = make_circle("ana", "bo")
    bo.leave()
    with pytest.raises(Closed):
        bo.leave()


def test_leaving_is_never_refused():
    ana, bo = make_circle("ana", "bo")
    Holder.update(tag=b"damaged").where(Holder.id == bo.holder).execute()
    bo.leave()
    assert [holder.id for holder in Holder.select()] == [ana.holder]


def test_a_seat_that_ended_while_it_wrote_is_closed():
    ana, bo = make_circle("ana", "bo")
    in_flight = again(bo)
    assert in_flight.proven()
    end_holder(bo.holder)
    with pytest.raises(Closed):
        in_flight.seal_table(b"at the library", PLACE)
    assert reads(ana, ana.seal_table(b"at the lake", PLACE))


def test_keys_that_were_opened_before_an_epoch_began_write_under_it():
    ana, bo = make_circle("ana", "bo")
    assert reads(bo, ana.seal_table(b"at the library", PLACE))
    take_seat(ana, Person("cy"))
    newest = ana.seal_table(b"at the lake", PLACE)
    assert bo.seal_table(b"in the garden", PLACE)[:5] == newest[:5]


def test_ending_a_holder_twice_is_one_end():
    ana, bo = make_circle("ana", "bo")
    end_holder(bo.holder)
    end_holder(bo.holder)
    assert [holder.id for holder in Holder.select()] == [ana.holder]


def test_an_invitation_opens_the_table_before_it_is_accepted():
    (ana,) = make_circle("ana")
    earlier = ana.seal_table(b"what we agreed", PLACE)
    invitation, token = make_invitation(ana)
    later = ana.seal_table(b"what we agreed since", PLACE)
    for sealed in (earlier, later):
        assert reads(invitation_keys("c", invitation, token), sealed)


def test_another_token_opens_nothing_and_takes_no_seat():
    (ana,) = make_circle("ana")
    sealed = ana.seal_table(b"what we agreed", PLACE)
    invitation, _ = make_invitation(ana)
    made_up, bo = secrets.token_bytes(20), Person("bo")
    assert not reads(invitation_keys("c", invitation, made_up), sealed)
    with pytest.raises(Closed):
        accept("c", invitation, made_up, new_id(), bo.id, bo.private)


def test_a_used_a_revoked_and_an_outdated_invitation_are_alike():
    (ana,) = make_circle("ana")
    used, revoked = make_invitation(ana), make_invitation(ana)
    outdated = make_invitation(ana, ends_at=utcnow() - timedelta(seconds=1))
    bo, cy = Person("bo"), Person("cy")
    accept("c", *used, new_id(), bo.id, bo.private)
    end_holder(revoked[0])
    sealed = ana.seal_table(b"what we agreed", PLACE)
    for invitation, token in (used, revoked, outdated):
        assert not reads(invitation_keys("c", invitation, token), sealed)
        with pytest.raises(Closed):
            accept("c", invitation, token, new_id(), cy.id, cy.private)


def test_a_refused_acceptance_burns_nothing():
    ana, bo = make_circle("ana", "bo")
    invitation, token = make_invitation(ana)
    before = {model: list(model.select().dicts()) for model in TABLES}
    with pytest.raises(Exception, match="UNIQUE"):
        accept("c", invitation, token, bo.holder, "bo", bo.private)
    assert {model: list(model.select().dicts()) for model in TABLES} == before
    cy = Person("cy")
    assert accept("c", invitation, token, new_id(), cy.id, cy.private).proven()


def test_an_invitation_goes_with_the_seat_that_made_it():
    ana, bo = make_circle("ana", "bo")
    invitation, token = make_invitation(bo)
    end_holder(bo.holder)
    with pytest.raises(Closed):
        accept("c", invitation, token, new_id(), "cy", Person("cy").private)
    assert reads(ana, ana.seal_table(b"at the library", PLACE))


def test_whoever_an_invitation_brought_stays_when_its_maker_leaves():
    ana, bo = make_circle("ana", "bo")
    cy = take_seat(bo, Person("cy"))
    bo.leave()
    assert opens(cy, make_piece(ana, to_circle=True))


def test_a_seat_whose_time_is_over_opens_and_is_granted_nothing():
    ana, bo = make_circle("ana", "bo")
    piece, sealed = make_piece(ana, to_circle=True), ana.seal_table(b"at the library", PLACE)
    over = Holder.get(Holder.id == bo.holder)
    over.ends_at = utcnow()
    over.tag_by(ana.proven()[-1])
    over.save()
    assert not opens(bo, piece)
    assert not reads(again(bo), sealed)
    assert not opens(bo, make_piece(ana, to_circle=True))
    with pytest.raises(Closed):
        bo.seal_table(b"at the lake", PLACE)


def test_an_invitation_that_ran_out_ends_an_epoch_and_alarms_nobody():
    (ana,) = make_circle("ana")
    invitation, token = make_invitation(ana, ends_at=utcnow() + timedelta(hours=72))
    held = ana.seal_table(b"at the library", PLACE)
    assert reads(invitation_keys("c", invitation, token), held)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=73), tick=False):
        assert not reads(invitation_keys("c", invitation, token), held)
        since = [ana.seal_table(b"at the lake", PLACE) for _ in range(3)]
    assert len({sealed[:5] for sealed in [held, *since]}) == 2
    assert not Told.select().exists()


def test_no_new_epoch_begins_while_the_same_people_sit_here():
    ana, bo = make_circle("ana", "bo")
    for keys in (ana, bo, ana):
        keys.seal_table(b"at the library", PLACE)
    assert [len(Epoch.of("c", ring)) for ring in RINGS] == [2, 2]  # the first, and one for the two of them


def test_several_texts_are_sealed_each_to_its_own_place():
    (ana,) = make_circle("ana")
    sealed = ana.seal_tables({"meeting|1|plan": b"draw", "meeting|1|place": b"library"})
    assert again(ana).open_table(sealed["meeting|1|place"], "meeting|1|place") == b"library"
    assert not reads(ana, sealed["meeting|1|place"], "meeting|1|plan")


def test_a_page_of_pieces_and_texts_takes_two_queries_and_opens_only_what_it_needs():
    ana, bo = make_circle("ana", "bo")
    pieces = [make_piece(ana, to_circle=True) for _ in range(10)]
    sealed = ana.seal_tables({f"meeting|{n}|plan": b"draw" for n in range(12)})
    keys = again(bo)

    def page():
        assert len(keys.piece_keys(pieces)) == 10
        assert all(keys.open_table(text, place) == b"draw" for place, text in sealed.items())

    assert len(counted(page)) == 2
    assert len(keys._opened) == 2  # the newest of each ring


def test_a_table_text_begins_with_its_suite_and_its_epoch():
    (ana,) = make_circle("ana")
    assert ana.seal_table(b"at the library", PLACE)[:5] == b"\x01\x00\x00\x00\x01"


def test_a_closed_circle_leaves_only_its_authors_their_pieces():
    ana, bo = make_circle("ana", "bo")
    make_circle("cy", owner="elsewhere")
    piece = make_piece(ana, to_circle=True, to=(bo,))
    close("c")
    assert opens(ana, piece)
    assert not opens(bo, piece)
    assert {holder.owner_id for holder in Holder.select()} == {"elsewhere"}
    assert not Wrap.select().where(Wrap.owner == "c").exists()


def test_what_failed_leaves_no_half_of_it_behind():
    ana, bo = make_circle("ana", "bo")
    with for_a_moment():
        bo.leave()
    assert opens(bo, make_piece(ana, to_circle=True))
