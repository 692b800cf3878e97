"""Whoever can write to the database but holds no secret gains nothing, and the circle is told."""

import secrets

import pytest
from nacl.public import PrivateKey

from portal.db import new_id
from portal.rings import Closed, Refused, SeatKeys, Told, accept, end_holder
from portal.rings.models import RINGS, TABLE, WORKS, Epoch, Grant, Holder, Ring, Wrap, begin
from portal.vault import Unsealable, derive, pair, seal_to, unseal
from tests.rings.factories import (
    Backup,
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


def told() -> set[str]:
    return {row.what for row in Told.select()}


def refuses(act, error=(Refused, Closed)) -> bool:
    try:
        act()
    except error:
        return True
    return False


def forge_root(owner: str) -> None:
    """Rebuild a whole ring over secrets of the thief's own; everyone's pins stay, for only they can make them."""
    holders = list(Holder.select().where(Holder.owner == owner))
    Grant.delete().execute()
    Epoch.delete().execute()
    begin(owner, holders)


def slip_in_epoch(owner: str, ring: str, known: bytes) -> Epoch:
    """An epoch whose secret the thief knows, granted to everyone as the one before it was."""
    newest = Epoch.newest(owner, ring)
    given = {"owner": owner, "ring": ring, "number": newest.number + 1, "holders": newest.holders}
    public = bytes(pair(known).public_key)
    epoch = Epoch.create(**given, public=public, proof=secrets.token_bytes(16))
    for holder in Holder.select().where(Holder.owner == owner):
        Grant.give(holder, ring, epoch.number, known)
    return epoch


def slip_in_key(owner: str, private: PrivateKey, **given) -> SeatKeys:
    values = {"rings": " ".join(RINGS), "public": bytes(private.public_key), "tag": secrets.token_bytes(16)} | given
    holder = Holder.create(id=new_id(), owner=owner, **values)
    return SeatKeys(owner, holder.id, "thief", private)


def test_a_key_slipped_in_is_granted_nothing():
    ana, bo = make_circle("ana", "bo")
    thief = slip_in_key("c", PrivateKey.generate())
    piece = make_piece(ana, to_circle=True)
    sealed = ana.seal_table(b"at the library", PLACE)
    assert not opens(thief, piece)
    assert not reads(again(thief), sealed)
    assert opens(bo, piece)
    assert told() == {"key"}


def test_a_tag_copied_from_a_member_admits_nobody_else():
    ana, bo = make_circle("ana", "bo")
    ana.seal_table(b"at the library", PLACE)
    thief = slip_in_key("c", PrivateKey.generate(), tag=Holder.get(Holder.id == bo.holder).tag)
    assert not opens(thief, make_piece(ana, to_circle=True))


def test_a_members_key_cannot_be_swapped_for_the_thiefs():
    ana, bo = make_circle("ana", "bo")
    thief = PrivateKey.generate()
    Holder.update(public=bytes(thief.public_key)).where(Holder.id == bo.holder).execute()
    piece = make_piece(ana, to_circle=True)
    assert not opens(SeatKeys("c", bo.holder, "thief", thief), piece)
    assert refuses(lambda: make_piece(ana, to=(bo,)), Exception)
    assert told() == {"key"}


def test_a_member_whose_own_key_was_swapped_cannot_write():
    (ana,) = make_circle("ana")
    Holder.update(public=bytes(PrivateKey.generate().public_key)).execute()
    assert refuses(lambda: ana.seal_table(b"at the library", PLACE))
    assert told() == {"key"}


def test_an_end_date_cannot_be_moved():
    ana, bo = make_circle("ana", "bo")
    Holder.update(ends_at="2099-01-01 00:00:00").where(Holder.id == bo.holder).execute()
    assert not opens(bo, make_piece(ana, to_circle=True))
    assert told() == {"key"}


def test_an_invitation_cannot_be_widened_to_the_works():
    (ana,) = make_circle("ana")
    invitation, token = make_invitation(ana)
    Holder.update(rings=" ".join(RINGS)).where(Holder.id == invitation).execute()
    piece = make_piece(ana, to_circle=True)
    assert not Grant.select().where((Grant.holder == invitation) & (Grant.ring == WORKS)).exists()
    assert not opens(SeatKeys("c", invitation, "thief", pair(token)), piece)


@pytest.mark.parametrize("ring", RINGS)
def test_nothing_is_sealed_under_an_epoch_that_was_slipped_in(ring):
    nothing_is_sealed_under_a_known_secret(ring)


def nothing_is_sealed_under_a_known_secret(ring: str = TABLE) -> None:
    ana, _ = make_circle("ana", "bo")
    ana.seal_table(b"so that no epoch is due", PLACE)
    known = secrets.token_bytes(32)
    slip_in_epoch("c", ring, known)
    piece = ""
    try:
        sealed = again(ana).seal_table(b"at the library", PLACE)
        assert refuses(lambda: unseal(derive(known, "content"), sealed[:1] + sealed[5:], place(sealed)), Unsealable)
        piece = make_piece(again(ana), to_circle=True)
    except Refused:
        pass
    for wrap in Wrap.select().where((Wrap.piece == piece) & (Wrap.kind == "ring")):
        key = derive(known, "content")
        assert refuses(lambda wrap=wrap, key=key: unseal(key, wrap.sealed_key, wrap.place()), Unsealable)
    assert told() == {"epoch"}


def place(sealed: bytes) -> str:
    return f"{PLACE}|c|{TABLE}|{int.from_bytes(sealed[1:5], 'big')}"


def test_an_epoch_that_hides_a_holder_is_refused():
    """A thief who knows no secret cannot change whom an epoch says it was for, to put off the next one."""
    ana, bo = make_circle("ana", "bo")
    ana.seal_table(b"at the library", PLACE)
    end_holder(bo.holder)
    for epoch in [Epoch.newest("c", ring) for ring in RINGS]:
        epoch.holders = f'["{ana.holder}"]'
        epoch.save()
    assert refuses(lambda: again(ana).seal_table(b"elsewhere", PLACE))
    assert told() == {"epoch"}


def test_the_public_half_of_an_epoch_cannot_be_swapped():
    """What is sealed to a ring from outside would go to the thief."""
    (ana,) = make_circle("ana")
    Epoch.update(public=bytes(PrivateKey.generate().public_key)).execute()
    assert refuses(lambda: ana.seal_table(b"at the library", PLACE))


def test_the_root_cannot_be_swapped():
    ana, bo = make_circle("ana", "bo")
    forge_root("c")
    for keys in (ana, bo):
        assert refuses(lambda keys=keys: make_piece(keys, to_circle=True))
        assert refuses(lambda keys=keys: keys.seal_table(b"at the library", PLACE))
    assert told() == {"root"}


def test_an_open_invitation_cannot_be_swapped_either():
    (ana,) = make_circle("ana")
    invitation, token = make_invitation(ana)
    forge_root("c")
    bo = Person("bo")
    assert refuses(lambda: accept("c", invitation, token, new_id(), bo.id, bo.private))
    assert told() == {"root"}


def test_taking_the_newest_epoch_away_is_noticed():
    ana, bo = make_circle("ana", "bo")
    ana.seal_table(b"at the library", PLACE)
    end_holder(bo.holder)
    ana.seal_table(b"at the lake", PLACE)
    for ring in RINGS:
        Epoch.newest("c", ring).delete_instance()
    assert refuses(lambda: again(ana).seal_table(b"in the garden", PLACE))
    assert told() == {"key"}


@pytest.mark.parametrize("left_on_their_own", [True, False])
def test_yesterdays_grants_open_nothing_of_today(left_on_their_own):
    yesterdays_grants_open_nothing_of_today(left_on_their_own)


def yesterdays_grants_open_nothing_of_today(left_on_their_own: bool = False) -> None:
    ana, bo = make_circle("ana", "bo")
    before = make_piece(ana, to_circle=True)
    backup = Backup.of(bo.holder)
    bo.leave() if left_on_their_own else end_holder(bo.holder)
    after, sealed = make_piece(ana, to_circle=True), again(ana).seal_table(b"at the lake", PLACE)
    with for_a_moment():
        backup.restore()
        assert opens(bo, before)
        assert not opens(bo, after)
        assert not reads(again(bo), sealed)


def test_a_text_moved_to_another_row_or_circle_is_refused():
    (ana,) = make_circle("ana")
    (elsewhere,) = make_circle("ana", owner="elsewhere")
    sealed = ana.seal_table(b"at the library", PLACE)
    for keys, moved_to in ((ana, "meeting|2|plan"), (ana, "meeting|1|place"), (elsewhere, PLACE)):
        assert not reads(keys, sealed, moved_to)
    assert reads(ana, sealed)


def test_a_text_relabelled_with_another_epoch_is_refused():
    (ana,) = make_circle("ana")
    sealed = ana.seal_table(b"at the library", PLACE)
    take_seat(ana, Person("bo"))
    ana.seal_table(b"a later epoch", PLACE)
    relabelled = sealed[:1] + (2).to_bytes(4, "big") + sealed[5:]
    assert not reads(ana, relabelled)


def test_a_wrap_moved_to_another_piece_opens_nothing():
    """Otherwise what is written next in that piece would be sealed under a key that others have."""
    (ana,) = make_circle("ana")
    shared, private = make_piece(ana, to_circle=True), make_piece(ana)
    Wrap.delete().where(Wrap.piece == private).execute()
    Wrap.update(piece=private).where(Wrap.piece == shared).execute()
    assert not opens(ana, private)


def test_a_wrap_moved_to_another_owner_opens_nothing():
    ana, bo = make_circle("ana", "bo")
    shared = make_piece(ana, to_circle=True)
    (cy,) = make_circle("cy", owner="elsewhere")
    Wrap.update(owner="elsewhere", number=1).where((Wrap.piece == shared) & (Wrap.kind == "ring")).execute()
    assert not opens(cy, shared)
    assert not opens(bo, shared)


def test_a_grant_moved_to_another_epoch_is_refused():
    (ana,) = make_circle("ana")
    take_seat(ana, Person("bo"))
    ana.seal_table(b"a later epoch", PLACE)
    mine = (Grant.holder == ana.holder) & (Grant.ring == TABLE)
    first = Grant.get(mine & (Grant.number == 1))
    Grant.update(sealed_secret=first.sealed_secret).where(mine & (Grant.number == 2)).execute()
    assert refuses(lambda: again(ana).seal_table(b"at the library", PLACE))


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b[:40] + bytes([b[40] ^ 1]) + b[41:], lambda b: b""])
def test_a_damaged_text_is_refused(change):
    (ana,) = make_circle("ana")
    sealed = ana.seal_table(b"at the library", PLACE)
    assert not reads(ana, change(sealed))


def test_an_unknown_suite_is_refused():
    (ana,) = make_circle("ana")
    sealed = ana.seal_table(b"at the library", PLACE)
    with pytest.raises(Unsealable, match="suite"):
        ana.open_table(b"\x02" + sealed[1:], PLACE)


def test_a_wrap_that_a_thief_made_lets_nobody_in():
    ana, bo = make_circle("ana", "bo")
    piece = make_piece(ana)
    for number in (1, 2):
        wrap = Wrap(piece=piece, kind="ring", owner="c", number=number, sealed_key=secrets.token_bytes(73))
        wrap.put()
    wrap = Wrap(piece=piece, kind="seat", who=bo.holder, owner="c")
    wrap.sealed_key = seal_to(bytes(bo.private.public_key), b"", "elsewhere")
    wrap.put()
    assert not opens(bo, piece)
    assert opens(ana, piece)


def test_what_was_refused_is_told_although_nothing_else_was_kept():
    (ana,) = make_circle("ana")
    forge_root("c")
    with pytest.raises(Refused):
        make_piece(ana, to_circle=True)
    assert [(row.owner, row.what) for row in Told.select()] == [("c", "root")]
    assert not Wrap.select().exists()


def test_the_same_thing_is_told_once():
    ana, _ = make_circle("ana", "bo")
    slip_in_key("c", PrivateKey.generate())
    for _ in range(3):
        ana.seal_table(b"at the library", PLACE)
    assert Told.select().count() == 1


def test_one_owner_cannot_be_started_twice():
    make_circle("ana")
    with pytest.raises(Exception, match="UNIQUE"):
        make_circle("cy")
    assert Ring.select().count() == 1
