"""Taking one's things along: all of one's own, nothing of anyone else's, and nothing left behind on the disk."""

import io
import sqlite3
import zipfile
from contextlib import closing
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.packing import packed
from portal.accounts.taking import Thing
from tests.cast import PASSPHRASE, enter
from tests.media.pictures_for_tests import encoded, quarters
from tests.sharing.walls import fields, picture_fields, put_up, share

WHEN = datetime(2026, 11, 23, 18, 30)


def unpacked(pieces) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def taken(client) -> dict[str, bytes]:
    answer = client.post("/me/take", data={"current": PASSPHRASE})
    assert answer.mimetype == "application/zip"
    assert "no-store" in answer.headers["Cache-Control"]
    return unpacked([answer.data])


def thing(title: str, content: bytes = b"", kind: str = "txt") -> Thing:
    return Thing("Words", title, kind, WHEN, content)


@given(st.lists(st.tuples(st.text(max_size=90), st.binary(max_size=50)), max_size=8))
def test_whatever_things_are_called_each_is_in_the_file_once(given):
    files = unpacked(packed(thing(title, content) for title, content in given))
    assert sorted(files.values()) == sorted(content for _title, content in given)
    assert all(name.startswith("Words/2026-11-23") and name.count("/") == 1 for name in files)


def test_no_two_files_are_one_where_capitals_do_not_count():
    names = unpacked(packed([thing("Soup"), thing("soup"), thing("SOUP")]))
    assert len({name.casefold() for name in names}) == 3


@pytest.mark.parametrize("title", ["../../etc/passwd", "C:\\boot", "a/b", "con\x00", "..", "x" * 300])
def test_no_title_leads_out_of_the_folder(title):
    (name,) = unpacked(packed([thing(title)]))
    assert ".." not in name
    assert "\\" not in name
    assert len(name) < 100


@pytest.fixture
def ana_and_bo(app, cast):
    return enter(app, "Ana"), enter(app, "Bo")


def test_one_takes_ones_own_words_and_pictures_and_nobody_elses(ana_and_bo, cast):
    ana, bo = ana_and_bo
    share(ana, cast.table, fields(title="The soup", text="It was hot."))
    put_up(ana, cast.table, picture_fields(encoded(quarters((90, 60)))))
    share(bo, cast.table, fields(title="The bus", text="It was late."))
    files = taken(ana)
    assert any(b"It was hot." in content for content in files.values())
    assert not any(b"It was late." in content for content in files.values())
    assert any(name.endswith(".webp") and content[8:12] == b"WEBP" for name, content in files.items())


def test_what_one_wrote_in_the_guide_comes_along_with_its_question(ana_and_bo):
    ana, bo = ana_and_bo
    ana.post("/guide/2/3/reflection", data={"text": "A porch with a light."})
    (content,) = taken(ana).values()
    assert b"A porch with a light." in content
    assert b"?" in content.splitlines()[0]
    assert taken(bo) == {}


def test_what_is_being_erased_is_not_taken(ana_and_bo, cast):
    ana, _bo = ana_and_bo
    work = put_up(ana, cast.table, fields(title="The soup", text="It was hot."))
    ana.post(f"/me/things/{work}/erase")
    assert taken(ana) == {}


def test_the_page_says_that_the_file_is_not_locked(ana_and_bo):
    assert "The file is not locked." in ana_and_bo[0].get("/me/take").text


@pytest.mark.parametrize("said", [{}, {"current": ""}, {"current": "not my words at all"}])
def test_who_holds_an_unlocked_phone_takes_nothing_without_the_passphrase(ana_and_bo, cast, said):
    put_up(ana_and_bo[0], cast.table, fields(title="The soup", text="It was hot."))
    answer = ana_and_bo[0].post("/me/take", data=said)
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert "That is not the passphrase you use now." in answer.text


def test_nobody_takes_anything_without_signing_in(nobody):
    assert nobody.post("/me/take").status_code in (302, 303)


def test_one_file_at_a_time_is_packed_so_that_slow_phones_leave_threads_for_others(ana_and_bo, cast):
    ana, bo = ana_and_bo
    for _ in range(2):
        put_up(ana, cast.table)
    first = ana.post("/me/take", data={"current": PASSPHRASE})
    assert next(first.iter_encoded())
    assert bo.post("/me/take", data={"current": PASSPHRASE}).status_code == 503
    first.close()
    assert len(taken(bo)) == 0
    assert len(taken(ana)) == 2


def test_a_slow_phone_keeps_nothing_that_was_erased_from_being_destroyed(ana_and_bo, cast, home):
    """Whoever reads from the database while the file is taken would hold its log open for as long."""
    ana, _bo = ana_and_bo
    for _ in range(3):
        put_up(ana, cast.table)
    slow = ana.post("/me/take", data={"current": PASSPHRASE})
    assert next(slow.iter_encoded())
    with closing(sqlite3.connect(home / "portal.db", timeout=0)) as other:
        other.execute("update person set language = 'es'")
        other.commit()
        busy, *_pages = other.execute("pragma wal_checkpoint(truncate)").fetchone()
    slow.close()
    assert not busy
