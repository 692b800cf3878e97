"""Places stand in a calendar only for who asked for that; the address then opens them, and nothing else."""

import hashlib
import json
import re

import pytest
from nacl.public import PrivateKey

from portal.circles.models import Agreement, Circle, Invitation, written_token
from portal.circles.models import token_of as invitation_token_of
from portal.db import db, new_id, utcnow
from portal.feeds.models import Feed, FeedHolder, places_secret, token_of
from portal.meetings.models.dates import Meeting
from portal.meetings.models.plans import write_plan
from portal.meetings.plan import Place
from portal.rings import Closed, ReadersChanged, Told, accept, invitation_keys
from portal.rings.models import TABLE, WORKS, Epoch, Grant, Holder, Wrap
from portal.vault import Unsealable, derive, pair, unseal
from tests.cast import enter, make_circle, make_person, take_seat
from tests.feeds.reading import by_dateutil, by_icalendar, lines_of
from tests.meetings.conftest import set_series
from tests.sharing.walls import share

LIBRARY = "The back room of the library"


@pytest.fixture
def path(ana, meetings, make) -> str:
    """Ana's address with places."""
    return make(ana, what="places")


def token_in(path: str) -> bytes:
    return token_of(path.split("/")[-1].removesuffix(".ics"))


def places(client, path: str) -> set[str]:
    return {one.place for one in by_dateutil(client.get(path).text).values()}


def write_elsewhere(cast, meeting: Meeting, where: Place, name: str = "Ana", text: str = "") -> None:
    write_plan(meeting, cast[name].seat(), where, text, "")


def test_the_usual_place_stands_there_and_one_of_its_own_where_there_is_one(nobody, path, meetings, cast):
    write_elsewhere(cast, meetings[1], Place("Bo’s kitchen, 3 Elm Street; ring twice", ""))
    for read in (by_dateutil, by_icalendar):
        found = {one.starts_at: one.place for one in read(nobody.get(path).text).values()}
        assert found.pop(meetings[1].starts_at) == "Bo’s kitchen, 3 Elm Street; ring twice"
        assert set(found.values()) == {LIBRARY}


def test_a_link_stands_for_the_place_where_there_is_no_other(nobody, path, meetings, cast):
    write_elsewhere(cast, meetings[1], Place("", "https://example.org/room"))
    write_elsewhere(cast, meetings[2], Place("The park", "https://example.org/room"))
    text = nobody.get(path).text
    assert {"LOCATION:https://example.org/room", "LOCATION:The park", "URL:https://example.org/room"} <= set(
        lines_of(text)
    )


def test_a_plan_is_opened_for_its_place_alone(nobody, path, meetings, cast):
    write_elsewhere(cast, meetings[1], Place("The park", ""), text="Bring the blue candle")
    text = nobody.get(path).text
    assert "The park" in text
    assert "candle" not in text


def test_only_what_was_chosen_is_shown(app, nobody, meetings, make, cast):
    other = make_circle(cast["Ana"], name="The Monday table")
    set_series(cast["Ana"].seat(other), utcnow(), usual=Place("The boat house", ""))
    client = enter(app, "Ana")
    assert places(nobody, make(client, which=other, what="places")) == {"The boat house"}
    assert places(nobody, make(client, what="places")) == {"The boat house", LIBRARY}
    assert places(nobody, make(client)) == {""}


def test_of_a_table_joined_later_an_older_address_shows_only_when(nobody, path, cast):
    other = make_circle(cast["Ana"], name="The Monday table")
    set_series(cast["Ana"].seat(other), utcnow(), usual=Place("The boat house", ""))
    assert places(nobody, path) == {LIBRARY, ""}


def test_an_epoch_that_begins_later_is_granted_to_it_as_to_an_invitation(nobody, path, meetings, cast):
    """Somebody comes and goes; what is written then is still read, and the circle is told of nothing."""
    di = make_person("Di")
    take_seat(cast["Ana"].seat(), di).leave(take_back=False)
    write_elsewhere(cast, meetings[1], Place("The park", ""), name="Bo")
    assert Epoch.newest(cast.table, TABLE).number > 1
    assert places(nobody, path) == {LIBRARY, "The park"}
    assert not Told.select().exists()


def test_a_table_does_not_begin_an_epoch_for_every_word_while_somebody_has_an_address(path, meetings, cast):
    write_elsewhere(cast, meetings[1], Place("The park", ""))
    number = Epoch.newest(cast.table, TABLE).number
    for meeting in meetings[2:6]:
        write_elsewhere(cast, meeting, Place("The pond", ""), name="Bo")
    assert Epoch.newest(cast.table, TABLE).number == number


def test_it_holds_grants_of_the_table_and_none_of_the_works(path, ana, cast):
    share(ana, cast.table)
    holder = FeedHolder.get()
    assert {grant.ring for grant in Grant.select().where(Grant.holder == holder.id)} == {TABLE}
    assert holder.id not in json.loads(Epoch.newest(cast.table, WORKS).holders)


def test_one_that_is_ended_is_granted_nothing_any_more(ana, nobody, path, meetings, cast):
    holder, token = FeedHolder.get().id, token_in(path)
    ana.post(f"/me/calendar/{Feed.get().id}/end")
    assert nobody.get(path).status_code == 404
    assert not Holder.select().where(Holder.id == holder).exists()
    assert not Grant.select().where(Grant.holder == holder).exists()
    number = Epoch.newest(cast.table, TABLE).number
    write_elsewhere(cast, meetings[1], Place("The park", ""), name="Bo")
    assert Epoch.newest(cast.table, TABLE).number == number + 1, "what is written from now on is under a new secret"
    assert cannot_open(cast.table, holder, token, Meeting.get_by_id(meetings[1].id))


def cannot_open(circle: str, holder: str, token: bytes, meeting: Meeting) -> bool:
    try:
        keys = invitation_keys(circle, holder, places_secret(token))
        keys.open_table(bytes(meeting.sealed_plan), f"meeting|{meeting.id}|plan")
    except (Closed, Unsealable):
        return True
    return False


def test_an_old_copy_of_the_database_gives_an_ended_address_nothing_new(ana, path, meetings, cast):
    kept, holder = (
        list(Grant.select().where(Grant.holder == FeedHolder.get().id)),
        Holder.get_by_id(FeedHolder.get().id),
    )
    token = token_in(path)
    ana.post(f"/me/calendar/{Feed.get().id}/end")
    write_elsewhere(cast, meetings[1], Place("The park", ""))
    holder.invited_by = None
    holder.save(force_insert=True)
    for grant in kept:
        Grant.insert(**{**grant.__data__, "id": None}).execute()
    assert cannot_open(cast.table, holder.id, token, Meeting.get_by_id(meetings[1].id))


def test_it_goes_with_the_seat(nobody, path, meetings, cast):
    other = make_circle(cast["Ana"], name="The Monday table")
    holder = FeedHolder.get().id
    cast["Ana"].seat(cast.table).leave(take_back=False)
    assert not Holder.select().where(Holder.id == holder).exists()
    assert not Grant.select().where(Grant.holder == holder).exists()
    assert not FeedHolder.select().exists()
    assert LIBRARY not in nobody.get(path).text
    assert Circle.get_by_id(other)
    write_elsewhere(cast, meetings[1], Place("The park", ""), name="Bo")
    assert not Told.select().exists()


def test_the_last_one_to_leave_takes_a_table_with_its_addresses(nobody, path, bo, make, cast):
    make(bo, what="places", which=cast.table)
    for name in ("Ana", "Bo"):
        cast[name].seat(cast.table).leave(take_back=False)
    assert not Circle.select().where(Circle.id == cast.table).exists()
    assert not FeedHolder.select().exists()
    assert not Holder.select().where(Holder.owner == cast.table).exists()


def test_its_token_takes_no_seat(app, nobody, cy, path, cast):
    """Neither by its address nor by any other way of writing what follows from it."""
    seats = cast["Ana"].seat().circle.free_seats()
    token = token_in(path)
    for secret in (token, places_secret(token), places_secret(token)[:20], token + bytes(4)):
        written = written_token(secret)
        for client in (nobody, cy):
            answer = client.get(f"/i/{written}")
            assert answer.status_code == 404
            assert answer.text == client.get("/i/" + "a" * 32).text
    assert cast["Ana"].seat().circle.free_seats() == seats


def test_not_even_one_who_writes_an_invitation_into_the_database_takes_a_seat_with_it(cy, path, cast):
    """The keys of its holder come from more bytes than an invitation's address can say."""
    holder, secret = FeedHolder.get().id, places_secret(token_in(path))
    assert bytes(Holder.get_by_id(holder).public) == bytes(pair(secret).public_key)
    for written in (secret, secret[:20], token_in(path)):
        assert invitation_token_of(written_token(written)) != secret
    row = {"id": holder, "circle": cast.table, "made_by": cast["Ana"].seat().id, "expires_at": "2099-01-01 00:00:00"}
    sitting = cast["Ana"].seat().circle.free_seats()
    for number, token in enumerate((secret, secret[:20], token_in(path))):
        Invitation.delete().execute()
        Invitation.insert(**row, lookup=bytes([number]), sealed_token=b"").execute()
        for lookup in (derive(token, "lookup"), derive(secret, "lookup")):
            Invitation.update(lookup=hashlib.sha256(lookup).digest()).execute()
            answer = cy.post(
                f"/i/{written_token(token)}", data={"version": 1, "my_name": "Cy", "affirmed": "y", "yes": "y"}
            )
            assert answer.status_code in (404, 409), answer.status_code
    assert cast["Ana"].seat().circle.free_seats() == sitting
    with pytest.raises(Closed):
        accept(cast.table, holder, secret[:20], new_id(), "thief", PrivateKey.generate())


def test_the_pages_of_the_table_stay_shut_to_it(nobody, path, meetings, cast):
    written = path.split("/")[-1].removesuffix(".ics")
    for address in (f"/c/{cast.table}", f"/c/{cast.table}/meetings/{meetings[0].id}", f"/c/{cast.table}/agreement"):
        for asked in (address, f"{address}?token={written}"):
            answer = nobody.get(asked, headers={"Authorization": f"Bearer {written}", "Cookie": f"portal={written}"})
            assert answer.status_code == 303, asked
    assert nobody.get(f"/join/{written}").status_code == 404
    assert nobody.get(f"/setup/{written}").status_code == 404


def test_what_is_shared_at_the_table_stays_shut_to_its_keys(ana, path, meetings, cast):
    work = share(ana, cast.table)
    keys = invitation_keys(cast.table, FeedHolder.get().id, places_secret(token_in(path)))
    assert not hasattr(keys, "piece_key")
    wrap = Wrap.get((Wrap.piece == work) & (Wrap.kind == "ring"))
    assert keys._secret(WORKS, wrap.number) is None
    for (ring, number), _sealed in keys._grants().items():
        with pytest.raises(Unsealable):
            unseal(derive(keys._secret(ring, number), "content"), bytes(wrap.sealed_key), wrap.place())


def test_who_is_here_and_how_many_links_are_open_does_not_change(app, ana, path, make, cast):
    def people() -> str:
        page = ana.get(f"/c/{cast.table}/people").text
        return re.sub(r'name="csrf_token" value="[^"]+"', "", page)  # another one each second

    free, before = cast["Ana"].seat().circle.free_seats(), people()
    for _ in range(3):
        make(ana, what="places")
    assert people() == before
    assert cast["Ana"].seat().circle.free_seats() == free
    assert not Invitation.select().exists()
    for _ in range(10):
        cast["Ana"].seat().invite(utcnow())


def test_nobody_can_share_a_piece_with_an_address(ana, path, cast):
    work = share(ana, cast.table)
    keys = cast["Ana"].seat().keys
    with pytest.raises(ReadersChanged):
        keys.open_to_seats(work, [FeedHolder.get().id])


def test_a_holder_slipped_in_under_an_address_opens_nothing(nobody, ana, make, meetings, cast):
    """A thief who may write gives a feed of times a holder of their own: nobody admitted it."""
    path = make(ana)
    secret = places_secret(token_in(path))
    id = new_id()
    Holder.create(id=id, owner=cast.table, public=bytes(pair(secret).public_key), rings="table")
    FeedHolder.create(id=id, feed=Feed.get().id, seat=cast["Ana"].seat().id)
    write_elsewhere(cast, meetings[1], Place("The park", ""))
    assert places(nobody, path) == {""}
    assert {row.what for row in Told.select()} == {"key"}


@pytest.mark.parametrize("harm", [lambda sealed: sealed[:1] + bytes(80), lambda sealed: sealed[:-1] + b"?"])
def test_a_place_that_does_not_open_leaves_the_date(nobody, path, meetings, cast, harm):
    """Under an epoch that there is not, and with a byte changed."""
    write_elsewhere(cast, meetings[1], Place("The park", ""))
    sealed = bytes(Meeting.get_by_id(meetings[1].id).sealed_plan)
    Meeting.update(sealed_plan=harm(sealed)).where(Meeting.id == meetings[1].id).execute()
    found = {one.starts_at: one.place for one in by_dateutil(nobody.get(path).text).values()}
    assert found[meetings[1].starts_at] == ""
    assert found[meetings[2].starts_at] == LIBRARY


def test_places_and_titles_are_nowhere_in_clear(ana, nobody, meetings, make, cast, home):
    write_elsewhere(cast, meetings[1], Place("Kanarienvogel lane", ""))
    path = make(ana, what="places", title="Kanarienvogel")
    assert "Kanarienvogel lane" in nobody.get(path).text
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    for file in home.iterdir():
        if file.is_file():
            assert b"Kanarienvogel" not in file.read_bytes(), file


def test_an_address_needs_the_yes_of_every_ring_or_is_not_made(ana, meetings, cast):
    """Where a ring does not fit, nothing is made at all, and the circle is told."""
    Epoch.update(proof=b"x" * 16).where(Epoch.ring == TABLE).execute()
    answer = ana.post("/me/calendar/new", data={"once": new_id(), "which": "all", "what": "places"})
    assert answer.status_code == 409
    assert not Feed.select().exists()
    assert not FeedHolder.select().exists()
    assert Told.select().exists()


def test_the_agreement_needs_more_than_the_address(nobody, path, cast):
    """The table ring opens it; the address, which opens the table ring, has no page that shows it."""
    text = nobody.get(path).text
    rules = Agreement.of(cast.table).opened(cast["Ana"].seat().keys)
    assert not any(rule in text for rule in rules)
    assert not re.search(r"\b(Ana|Bo)\b", text)
