"""Who can open a piece, and what they get."""

from datetime import timedelta

import pytest
import time_machine

from portal.accounts.models.devices import Device
from portal.db import utcnow
from portal.media.store import files
from portal.sharing.access import PAGE
from portal.sharing.models import Work
from tests.cast import PASSPHRASE, make_circle, make_person, take_seat
from tests.media.pictures_for_tests import encoded, plain
from tests.sharing.walls import fields, open_to_table, picture_fields, put_up, share


def addresses(circle: str, work: str) -> list[str]:
    return [f"/c/{circle}/works/{work}{rest}" for rest in ("", "/large", "/small", "/share")]


def test_a_shared_picture_is_seen_by_the_others_in_two_sizes(ana, bo, cast):
    work = share(ana, cast.table, picture_fields())
    page = bo.get(f"/c/{cast.table}/works/{work}").text
    assert f'src="/c/{cast.table}/works/{work}/large" width="1600" height="1200" alt="A bowl with two fruits."' in page
    assert f'src="/c/{cast.table}/works/{work}/small" width="480" height="360"' in bo.get(f"/c/{cast.table}/works").text
    sizes = [len(bo.get(f"/c/{cast.table}/works/{work}/{size}").data) for size in ("large", "small")]
    assert sizes[0] > sizes[1] > 0


def test_a_picture_can_be_taken_for_nothing_else(ana, cast):
    work = put_up(ana, cast.table, picture_fields())
    answer = ana.get(f"/c/{cast.table}/works/{work}/small")
    assert answer.data[:4] == b"RIFF"
    assert answer.mimetype == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    names = {ana.get(f"/c/{cast.table}/works/{work}/small").headers["Content-Disposition"] for _n in range(2)}
    assert len(names) == 2
    assert all(name.startswith('inline; filename="') and work not in name for name in names)


def test_outsiders_get_the_answer_for_what_is_not_there(ana, bo, cy, stew, cast):
    shared = share(ana, cast.table, picture_fields())
    for client in (cy, stew):
        nothing = client.get(f"/c/{'a' * 26}/works/{'b' * 26}")
        for address in (*addresses(cast.table, shared), f"/c/{cast.table}/works", f"/c/{cast.table}/works/new"):
            answer = client.get(address)
            assert answer.status_code == 404
            assert answer.text == nothing.text
        assert client.post(f"/c/{cast.table}/works/new", data=fields()).text == nothing.text
    assert Work.select().count() == 1


def test_a_piece_written_late_in_the_evening_keeps_its_day_everywhere(ana, cast):
    with time_machine.travel("2026-03-07T04:30:00Z", tick=False):  # half past ten on the sixth in Chicago
        Device.update(began_at=utcnow(), seen_at=utcnow()).execute()
        work = put_up(ana, cast.table)
        for address in (f"/c/{cast.table}/works", f"/c/{cast.table}/works/{work}", "/me/things", f"/me/things/{work}"):
            assert "6 March 2026" in ana.get(address).text, address


def test_a_piece_is_found_under_its_own_table_only(ana, cy, cast):
    work = share(ana, cast.table)
    for address in addresses(cast.other_table, work):
        assert cy.get(address).status_code == 404


def test_who_sits_at_two_tables_finds_each_piece_at_its_own(app, ana, cast):
    with app.app_context():
        take_seat(cast["Cy"].seat(), cast["Ana"])
    work = share(ana, cast.table, picture_fields())
    for address in addresses(cast.other_table, work):
        assert ana.get(address).status_code == 404
    assert work not in ana.get(f"/c/{cast.other_table}/works").text


def test_what_is_for_its_author_alone_looks_to_others_like_nothing(ana, bo, cast):
    mine = put_up(ana, cast.table, picture_fields())
    for address in addresses(cast.table, mine):
        answer = bo.get(address)
        assert answer.status_code == 404
        assert answer.text == bo.get(f"/c/{cast.table}/works/{'b' * 26}").text


def test_nobody_is_led_to_the_sign_in_page_and_learns_nothing(nobody, ana, cast):
    shared = share(ana, cast.table)
    for work in (shared, "b" * 26):
        assert nobody.get(f"/c/{cast.table}/works/{work}").status_code == 303
        assert nobody.get(f"/c/{cast.table}/works/{work}/small").location.startswith("/enter")


def test_nobody_but_its_author_may_open_a_piece_to_more_people(ana, bo, cast):
    work = share(ana, cast.table)
    assert bo.get(f"/c/{cast.table}/works/{work}/share").status_code == 404
    assert bo.post(f"/c/{cast.table}/works/{work}/share", data={"named": ""}).status_code == 404


def test_a_newcomer_sees_nothing_from_before_until_its_author_opens_it_again(app, ana, cast):
    old = share(ana, cast.table, picture_fields(title="An old bowl"))
    Work.update(shared_at=utcnow() - timedelta(days=1)).execute()
    with app.app_context():
        dora = make_person("Dora")
        take_seat(cast["Ana"].seat(), dora)
    client = app.test_client()
    client.post("/enter", data={"name": "Dora", "passphrase": PASSPHRASE})
    for address in addresses(cast.table, old):
        assert client.get(address).status_code == 404
    assert "An old bowl" not in client.get(f"/c/{cast.table}/works").text
    new = share(ana, cast.table, fields(title="A new poem"))
    assert client.get(f"/c/{cast.table}/works/{new}").status_code == 200
    assert "Open it to them, too" in ana.get(f"/c/{cast.table}/works/{old}").text
    open_to_table(ana, cast.table, old)
    assert client.get(f"/c/{cast.table}/works/{old}/large").status_code == 200
    assert "Open it to them, too" not in ana.get(f"/c/{cast.table}/works/{old}").text


def test_what_one_cannot_open_takes_no_room_on_the_wall(app, ana, bo, cast):
    """Someone who left and came back finds their own old piece first, not a page of closed ones before it."""
    mine = put_up(bo, cast.table)
    bo.post(f"/c/{cast.table}/people/leave", data={"works": "stay"})
    for n in range(PAGE + 1):
        share(ana, cast.table, fields(title=f"Piece {n}"))
    with app.app_context():
        take_seat(cast["Ana"].seat(), cast["Bo"])
    Work.update(stands_at=utcnow() - timedelta(days=1)).where(Work.id == mine).execute()
    page = bo.get(f"/c/{cast.table}/works").text
    assert mine in page
    assert "Older ones" not in page


def test_sharing_asks_again_when_someone_sat_down_meanwhile(app, ana, bo, cast):
    work = put_up(ana, cast.table)
    address = f"/c/{cast.table}/works/{work}/share"
    bos_seat = cast["Bo"].seat().id
    with app.app_context():
        take_seat(cast["Ana"].seat(), make_person("Dora"))
    answer = ana.post(address, data={"named": bos_seat})
    assert answer.status_code == 409
    assert "nothing is shared yet" in answer.text
    assert "Bo and Dora" in answer.text
    assert bo.get(f"/c/{cast.table}/works/{work}").status_code == 404
    assert open_to_table(ana, cast.table, work).status_code == 303


def test_a_seat_that_ended_before_the_yes_shares_nothing(ana, bo, cast):
    work = put_up(bo, cast.table)
    other_phone = bo.application.test_client()
    other_phone.post("/enter", data={"name": "Bo", "passphrase": PASSPHRASE})
    bo.post(f"/c/{cast.table}/people/leave", data={"works": "stay"})
    assert open_without_looking(other_phone, cast, work).status_code == 404
    assert ana.get(f"/c/{cast.table}/works/{work}").status_code == 404
    assert other_phone.get(f"/me/things/{work}").status_code == 200


def open_without_looking(client, cast, work):
    return client.post(f"/c/{cast.table}/works/{work}/share", data={"named": cast["Ana"].seat().id})


def test_a_tables_page_shows_what_is_shared_and_nothing_that_is_for_one_alone(ana, bo, cast):
    share(ana, cast.table, fields(title="For the table"))
    put_up(ana, cast.table, fields(title="For me alone"))
    for client in (ana, bo):
        page = client.get(f"/c/{cast.table}").text
        assert "For the table" in page
        assert "For me alone" not in page
    assert "For me alone" in ana.get(f"/c/{cast.table}/works").text


def test_only_the_author_sees_the_slip(ana, bo, cast):
    work = share(ana, cast.table)
    assert "Your permission for this piece" in ana.get(f"/c/{cast.table}/works/{work}").text
    assert "Your permission" not in bo.get(f"/c/{cast.table}/works/{work}").text


def test_the_wall_turns_its_pages_without_losing_or_repeating_a_piece(ana, bo, cast):
    titles = [f"Piece {n:02}" for n in range(2 * PAGE + 3)]
    for n, title in enumerate(titles):
        (share if n % 3 else put_up)(ana, cast.table, fields(title=title))  # every third stays with its author
    for client, expected in ((ana, titles), (bo, [title for n, title in enumerate(titles) if n % 3])):
        seen, address = [], f"/c/{cast.table}/works"
        while address:
            page = client.get(address).text
            seen += [line.split("<br>")[0] for line in page.split('">') if line.startswith("Piece ")]
            found = page.partition("/works?older=")[2].partition('"')[0]
            address = f"/c/{cast.table}/works?older={found}" if found else ""
        assert sorted(seen) == expected


@pytest.mark.parametrize("older", ["x", "20260101000000", "99999999999999.aaaaaaaaaaaaaaaaaaaaaaaaaa", "0.0", "é"])
def test_a_made_up_page_number_is_no_error(ana, cast, older):
    assert ana.get(f"/c/{cast.table}/works", query_string={"older": older}).status_code == 200


def test_a_file_that_a_restore_did_not_bring_back_counts_as_erased(ana, cast):
    work = put_up(ana, cast.table, picture_fields())
    files.erase(f"{work}-large")
    assert ana.get(f"/c/{cast.table}/works/{work}/large").status_code == 404
    assert ana.get(f"/c/{cast.table}/works/{work}").status_code == 200


def test_a_damaged_piece_does_not_close_the_wall(ana, cast):
    damaged, _ = (put_up(ana, cast.table, fields(title=title)) for title in ("Damaged", "Whole"))
    work = Work.get_by_id(damaged)
    Work.update(sealed_words=bytes(work.sealed_words)[:-1] + b"?").where(Work.id == damaged).execute()
    assert "Whole" in ana.get(f"/c/{cast.table}/works").text
    assert ana.get(f"/c/{cast.table}/works/{damaged}").status_code == 404


def test_files_swapped_on_the_disk_open_for_nobody(ana, cast):
    one, other = (put_up(ana, cast.table, picture_fields(encoded(plain((40, size))))) for size in (30, 20))
    files.write(f"{one}-large", files.read(f"{other}-large"))
    files.write(f"{one}-small", files.read(f"{one}-large"))
    for size in ("large", "small"):
        assert ana.get(f"/c/{cast.table}/works/{one}/{size}").status_code == 404


def test_markup_in_a_piece_is_shown_as_it_was_typed(ana, cast):
    work = put_up(ana, cast.table, fields(title="<b>loud</b>", text="<script>alert(1)</script>"))
    page = ana.get(f"/c/{cast.table}/works/{work}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;loud&lt;/b&gt;" in page


def test_no_page_title_says_what_a_piece_is_called(ana, cast):
    work = share(ana, cast.table, fields(title="Canary"))
    for address in (f"/c/{cast.table}/works/{work}", f"/c/{cast.table}/works/{work}/share", f"/me/things/{work}"):
        title = ana.get(address).text.partition("<title>")[2].partition("</title>")[0]
        assert title
        assert "Canary" not in title


def test_reading_ones_own_costs_the_same_however_many_tables_one_sits_at(ana, cast, caplog):
    work = put_up(ana, cast.table)

    def queries():
        ana.get(f"/me/things/{work}")
        caplog.clear()
        assert "Nobody but you can open this." in ana.get(f"/me/things/{work}").text
        return len(caplog.records)

    with caplog.at_level("DEBUG", "peewee"):
        at_one = queries()
        for name in ("The Monday table", "The Tuesday table"):
            make_circle(cast["Ana"], name=name)
        assert queries() == at_one
