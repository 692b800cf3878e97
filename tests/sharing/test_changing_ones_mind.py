"""Taking back, erasing and bringing back: the author's own, at any time, also after leaving the table."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
import time_machine

from portal.db import db, new_id, utcnow
from portal.media.store import files
from portal.rings import audience
from portal.rings.models import Wrap
from portal.sharing import views
from portal.sharing.models import UNDO, Draft, Work, seats_beside
from tests.cast import take_seat
from tests.sharing.walls import fields, open_to_table, picture_fields, put_up, share

WAYS = ("take-back", "erase", "keep", "erase-now")


def seen(client, circle: str, work: str) -> set[int]:
    return {client.get(f"/c/{circle}/works/{work}{rest}").status_code for rest in ("", "/large", "/small")}


def test_what_is_taken_back_is_refused_at_the_next_request_small_picture_too(ana, bo, cast):
    work = share(ana, cast.table, picture_fields())
    assert seen(bo, cast.table, work) == {200}
    assert ana.post(f"/me/things/{work}/take-back").status_code == 303
    assert seen(bo, cast.table, work) == {404}
    assert work not in bo.get(f"/c/{cast.table}/works").text
    assert seen(ana, cast.table, work) == {200}
    assert [one.kind for one in audience(work)] == ["author"]


def test_the_author_stays_on_the_page_they_were_reading(ana, cast):
    work = share(ana, cast.table)
    page = f"/c/{cast.table}/works/{work}"
    assert ana.post(f"/me/things/{work}/take-back", data={"back": page}).location == page
    assert (
        ana.post(f"/me/things/{work}/take-back", data={"back": "//elsewhere.example"}).location == f"/me/things/{work}"
    )


def test_taking_back_twice_and_sharing_again_are_both_fine(ana, bo, cast):
    work = share(ana, cast.table)
    for _n in range(2):
        assert ana.post(f"/me/things/{work}/take-back").status_code == 303
    assert "Nobody but you can open this." in ana.get(f"/c/{cast.table}/works/{work}").text
    open_to_table(ana, cast.table, work)
    assert bo.get(f"/c/{cast.table}/works/{work}").status_code == 200


def test_nobody_else_can_change_a_piece(bo, cy, stew, ana, cast):
    work = share(ana, cast.table)
    for client in (bo, cy, stew):
        nothing = client.post(f"/me/things/{'b' * 26}/erase")
        for way in WAYS:
            answer = client.post(f"/me/things/{work}/{way}")
            assert (answer.status_code, answer.text) == (404, nothing.text)
        for address in (f"/me/things/{work}", f"/me/things/{work}/small"):
            assert client.get(address).status_code == 404
    assert bo.get(f"/c/{cast.table}/works/{work}").status_code == 200


def test_no_link_changes_anything(ana, cast):
    work = share(ana, cast.table)
    for way in WAYS:
        assert ana.get(f"/me/things/{work}/{way}").status_code == 405


def test_erasing_hides_at_once_and_can_be_undone_as_it_was(ana, bo, cast):
    work = share(ana, cast.table, picture_fields())
    answer = ana.post(f"/me/things/{work}/erase")
    assert seen(bo, cast.table, work) == seen(ana, cast.table, work) == {404}
    assert work not in ana.get(f"/c/{cast.table}/works").text
    assert "Bring it back" in ana.get(answer.location).text
    assert "Being erased" in ana.get("/me/things").text
    ana.post(f"/me/things/{work}/keep")
    assert seen(bo, cast.table, work) == {200}


def test_a_second_tap_on_erase_does_not_start_the_ten_minutes_again(ana, cast):
    work = put_up(ana, cast.table)
    start = utcnow()
    with time_machine.travel(start, tick=False):
        ana.post(f"/me/things/{work}/erase")
    with time_machine.travel(start + timedelta(minutes=9), tick=False):
        ana.post(f"/me/things/{work}/erase")
    assert Work.get_by_id(work).hidden_at == start


def test_after_ten_minutes_it_is_gone_and_not_before(ana, cast):
    work, other = put_up(ana, cast.table, picture_fields()), put_up(ana, cast.table)
    now = utcnow()
    Work.get_by_id(work).hide(now)
    assert Work.erase_due(now + UNDO - timedelta(seconds=1)) == 0
    assert Work.erase_due(now + UNDO) == 1
    assert [one.id for one in Work.select()] == [other]
    assert ana.get(f"/me/things/{work}").status_code == 404
    assert ana.post(f"/me/things/{work}/keep").status_code == 404


@pytest.mark.parametrize("way", ["now", "in ten minutes"])
def test_what_is_erased_leaves_no_byte_behind(ana, cast, home, way):
    work = share(ana, cast.table, picture_fields())
    row = Work.get_by_id(work)
    pieces = [bytes(row.sealed_words), *(files.read(f"{work}-{size}") for size in ("large", "small"))]
    pieces += [bytes(wrap.sealed_key) for wrap in Wrap.select().where(Wrap.piece == work)]
    canaries = [piece[at : at + 16] for piece in pieces for at in (30, len(piece) // 2, len(piece) - 16)]
    assert all(canary in everything(home) for canary in canaries)
    ana.post(f"/me/things/{work}/erase")
    if way == "now":
        assert ana.post(f"/me/things/{work}/erase-now").location == "/me/things"
    else:
        views.erase_due(utcnow() + UNDO)
    left = everything(home)
    assert not [canary for canary in canaries if canary in left]
    assert work.encode() not in left
    assert Wrap.select().where(Wrap.piece == work).count() == 0


def test_a_reader_in_the_way_only_puts_off_the_emptying_of_the_log(ana, cast, home):
    work = put_up(ana, cast.table)
    sealed = bytes(Work.get_by_id(work).sealed_words)[30:46]
    db.execute_sql("PRAGMA busy_timeout = 20")
    with closing(sqlite3.connect(home / "portal.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM work").fetchone()
        Work.get_by_id(work).hide(utcnow())
        views.erase_due(utcnow() + UNDO)
        assert sealed in everything(home)
    views.erase_due(utcnow() + UNDO)
    assert sealed not in everything(home)


def everything(home) -> bytes:
    return b"\0".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_erasing_now_is_only_for_what_is_being_erased(ana, cast):
    work = put_up(ana, cast.table)
    assert ana.post(f"/me/things/{work}/erase-now").status_code == 404
    assert Work.select().count() == 1


def test_an_erasing_that_was_cut_short_is_done_again(ana, cast):
    work = put_up(ana, cast.table, picture_fields())
    ana.post(f"/me/things/{work}/erase")
    files.erase(f"{work}-large")
    Work.erase_due(utcnow() + UNDO)
    assert Work.select().count() == 0


def test_leaving_a_table_with_all_one_shared_closes_it_there_and_keeps_it_for_its_author(ana, bo, cast):
    work = share(bo, cast.table, picture_fields())
    bo.post(f"/c/{cast.table}/people/leave", data={"works": "back"})
    assert seen(ana, cast.table, work) == {404}
    assert bo.get(f"/c/{cast.table}/works/{work}").status_code == 404
    assert bo.get(f"/me/things/{work}/large").status_code == 200
    assert "Nobody but you can open this." in bo.get(f"/me/things/{work}").text


def test_leaving_with_many_pieces_asks_the_database_no_more_often_than_with_one(cast, caplog):
    """It holds the write lock, so everyone else waits meanwhile."""
    now = utcnow()

    def asked(name, others, pieces):
        seat = cast[name].seat(cast.table)
        for _n in range(pieces):
            work = Work.write(seat, Draft(new_id(), "Water", "Two cups."), quota=0, now=now)
            work.share(seat, others, now)
        caplog.clear()
        with caplog.at_level("DEBUG", "peewee"):
            seat.leave(take_back=True)
        return len(caplog.records)

    host = cast["Ana"].seat(cast.table)
    others = frozenset({host.id})
    once = asked("Bo", others, pieces=1)
    take_seat(host, cast["Bo"])
    kept = Work.write(host, Draft(new_id(), "Bread", "One loaf."), quota=0, now=now)
    kept.share(host, seats_beside(host), now)
    assert asked("Bo", others, pieces=50) == once
    assert Work.select().where(Work.shared_at.is_null()).count() == 51
    assert Wrap.select().where(Wrap.kind != "author").count() == 1
    assert [one.kind for one in audience(kept.id)] == ["author", "ring"]


def test_what_stays_behind_can_be_taken_back_after_leaving(ana, bo, cast):
    work, late = share(bo, cast.table), share(bo, cast.table, fields(title="Another"))
    bo.post(f"/c/{cast.table}/people/leave", data={"works": "stay"})
    assert seen(ana, cast.table, work) >= {200}
    page = bo.get(f"/me/things/{work}").text
    assert "Those who sat with you when you shared it may still open it" in page
    assert "a table you have left" in bo.get("/me/things").text
    bo.post(f"/me/things/{work}/take-back")
    bo.post(f"/me/things/{late}/erase")
    assert ana.get(f"/c/{cast.table}/works/{work}").status_code == 404
    assert ana.get(f"/c/{cast.table}/works/{late}").status_code == 404


def test_a_table_that_closes_leaves_each_author_their_own(cy, cast):
    work = put_up(cy, cast.other_table, picture_fields())
    cy.post(f"/c/{cast.other_table}/people/leave", data={"works": "stay"})
    assert cy.get(f"/me/things/{work}/small").status_code == 200
    cy.post(f"/me/things/{work}/erase")
    cy.post(f"/me/things/{work}/erase-now")
    assert Work.select().count() == 0
