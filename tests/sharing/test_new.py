"""Putting up a piece: kept for its author first, then read back, then perhaps shared."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from nacl.public import PrivateKey

from portal.accounts.models.people import Person
from portal.db import new_id, utcnow
from portal.media import worker
from portal.media.cleaned import MOST_BYTES
from portal.media.space import MEGABYTE
from portal.media.store import files
from portal.media.worker import clean
from portal.rings import Closed, OwnKeys, audience
from portal.sharing import views
from portal.sharing.forms import TEXT_LENGTH
from portal.sharing.models import Draft, Work
from portal.web.errors import NotHere
from tests.cast import PASSPHRASE
from tests.media.pictures_for_tests import encoded, located_jpeg, moving, plain
from tests.sharing.walls import POEM, fields, open_to_table, picture_fields, put_up, share


def send(client, cast, sent):
    answer = client.post(f"/c/{cast.table}/works/new", data=sent, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # the test client keeps a large body in a file
    return answer


def test_only_me_is_chosen_before_anyone_chooses(ana, cast):
    page = ana.get(f"/c/{cast.table}/works/new").text
    assert re.search(r'<input checked id="who-0" name="who" type="radio" value="me">', page)
    assert "The others at The Friday table" in page
    assert "Bo, as of today." in page


def test_a_piece_is_kept_for_its_author_alone(ana, bo, cast):
    work = put_up(ana, cast.table)
    assert "first of us to speak" in ana.get(f"/c/{cast.table}/works/{work}").text
    assert [one.kind for one in audience(work)] == ["author"]
    assert bo.get(f"/c/{cast.table}/works/{work}").status_code == 404
    assert "Water, later" not in bo.get(f"/c/{cast.table}/works").text


def test_every_end_of_line_is_kept(ana, cast):
    page = ana.get(f"/c/{cast.table}/works/{put_up(ana, cast.table)}").text
    verse = re.search(r'<div class="verse".*?</div>', page, re.S).group()
    assert re.findall(r"<span>(.*?)</span>", verse) == [line for line in POEM.split("\n") if line]
    assert verse.count("<p>") == 2


def test_choosing_the_table_leads_to_the_sentence_and_shares_nothing_yet(ana, bo, cast):
    answer = send(ana, cast, fields(who="circle"))
    assert answer.location.endswith("/share")
    work = answer.location.split("/")[-2]
    assert (
        "I, <b>Ana</b>, let <b>the others at The Friday table</b> read “Water, later”" in ana.get(answer.location).text
    )
    assert bo.get(f"/c/{cast.table}/works/{work}").status_code == 404
    assert open_to_table(ana, cast.table, work).status_code == 303
    assert "first of us to speak" in bo.get(f"/c/{cast.table}/works/{work}").text


def test_a_double_tap_makes_one_piece(ana, cast):
    sent = fields()
    assert send(ana, cast, sent).location == send(ana, cast, sent).location
    picture = picture_fields()
    first = send(ana, cast, picture).location
    assert send(ana, cast, {**picture_fields(), "once": picture["once"]}).location == first
    assert Work.select().count() == 2


def test_two_taps_at_the_same_moment_make_one_piece_that_opens(app, ana, cast):
    """The second comes while the first is being written: it finds the first one's row when it wants to save its own."""
    seat = cast["Ana"].seat()
    draft = Draft(new_id(), "Twice", picture=clean(encoded(plain((600, 400)))))
    with app.app_context():
        first = Work.write(seat, draft, 10**9, views.utcnow())
        second = Work.write(cast["Ana"].seat(), replace(draft, title="Again"), 10**9, views.utcnow())
    assert first.id == second.id
    assert Work.select().count() == 1
    for size in ("large", "small"):
        assert ana.get(f"/c/{cast.table}/works/{first.id}/{size}").status_code == 200
    assert len([path for path in files.folder.rglob("*") if path.is_file()]) == 2


def test_an_empty_page_comes_back_with_what_was_there(ana, cast):
    answer = send(ana, cast, fields(text="  \n ", title="A canary title", who="circle"))
    assert answer.status_code == 422
    assert 'value="A canary title"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert re.search(r'<input checked id="who-1"', answer.text)
    assert Work.select().count() == 0


def test_the_limit_is_said_before_it_bites_and_words_over_it_come_back(ana, cast):
    assert "100,000 characters" in ana.get(f"/c/{cast.table}/works/new").text
    long = "word " * (TEXT_LENGTH // 5)
    put_up(ana, cast.table, fields(text=long))
    answer = send(ana, cast, fields(text=long + "over"))
    assert answer.status_code == 422
    assert "4 characters too long" in answer.text
    assert long + "over" in answer.text


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (None, "Please choose a picture."),
        (b"%PDF-1.7", "JPEG, PNG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "JPEG, PNG or WebP"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC"),
        (moving("PNG"), "moving picture"),
        (encoded(plain((300, 300)), "PNG")[:-40], "could not be opened"),
        (b"\xff" * (MOST_BYTES + 1), "too large"),
    ],
)
def test_a_picture_that_cannot_be_taken_leaves_the_words_in_place(ana, cast, sent, says):
    data = picture_fields(sent or b"", title="A canary title", alt="A canary alt", text="A canary caption")
    if sent is None:
        del data["picture"]
    answer = send(ana, cast, data)
    assert answer.status_code == 422
    assert says in answer.text
    for words in ("A canary title", "A canary alt", "A canary caption"):
        assert words in answer.text
    assert Work.select().count() == 0


def test_a_portal_that_takes_larger_pictures_takes_them(app, ana, cast, monkeypatch):
    heavy = encoded(plain((600, 400))) + b"\0" * (13 * MEGABYTE)
    assert send(ana, cast, picture_fields(heavy)).status_code == 413
    monkeypatch.setitem(app.config, "PORTAL", replace(app.config["PORTAL"], upload_limit=20))
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 21 * MEGABYTE)
    assert send(ana, cast, picture_fields(heavy)).status_code == 303
    assert Work.get().words(OwnKeys(cast["Ana"].id, cast["Ana"].private).piece_key(Work.get().id)).large == [600, 400]


def test_a_picture_that_came_at_a_busy_moment_leaves_the_words_in_place(ana, cast):
    taken = [worker._in_line.acquire(blocking=False) for _n in range(1 + worker.WAITING)]
    try:
        answer = send(ana, cast, picture_fields(text="A canary caption"))
    finally:
        for _place in taken:
            worker._in_line.release()
    assert answer.status_code == 503
    assert "came at the same moment" in answer.text
    assert "A canary caption" in answer.text


def test_a_page_with_other_errors_asks_for_the_picture_again(ana, cast):
    answer = send(ana, cast, picture_fields(title="x" * 500))
    assert answer.status_code == 422
    assert "choose the picture again" in answer.text


def test_the_name_of_a_file_and_all_it_tells_are_dropped(ana, cast, home):
    work = put_up(ana, cast.table, picture_fields(located_jpeg()))
    page = ana.get(f"/c/{cast.table}/works/{work}").text
    assert "IMG_2041" not in page
    assert b"34.0522N" not in ana.get(f"/c/{cast.table}/works/{work}/large").data
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for canary in (b"IMG_2041", b"34.0522N", b"What was left", b"mother", b"two fruits"):
        assert canary not in kept
    assert not re.search(rb"RIFF.{4}WEBP", kept, re.DOTALL)


def test_no_room_on_the_disk_is_said_with_the_words_given_back(app, ana, cast):
    app.config["PORTAL"] = replace(app.config["PORTAL"], text_floor=10**9, picture_floor=10**9)
    try:
        for sent in (fields(text="A canary of words"), picture_fields(text="A canary of words")):
            answer = send(ana, cast, sent)
            assert answer.status_code == 507
            assert "A canary of words" in answer.text
    finally:
        app.config["PORTAL"] = replace(app.config["PORTAL"], text_floor=20, picture_floor=200)
    assert Work.select().count() == 0


def test_writing_is_still_kept_where_pictures_no_longer_are(app, ana, cast):
    app.config["PORTAL"] = replace(app.config["PORTAL"], picture_floor=10**9)
    try:
        assert send(ana, cast, picture_fields()).status_code == 507
        put_up(ana, cast.table)
    finally:
        app.config["PORTAL"] = replace(app.config["PORTAL"], picture_floor=200)


def test_a_table_keeps_pictures_up_to_its_quota_and_leaves_nothing_of_the_one_too_many(app, ana, cy, cast):
    one = put_up(ana, cast.table, picture_fields())
    size = Work.get_by_id(one).size
    app.config["PORTAL"] = replace(app.config["PORTAL"], circle_quota=size * 1.5 / 2**20)
    try:
        answer = send(ana, cast, picture_fields(text="A canary of words"))
        assert answer.status_code == 507
        assert "A canary of words" in answer.text
        assert len([path for path in files.folder.rglob("*") if path.is_file()]) == 2
        put_up(ana, cast.table)
        put_up(cy, cast.other_table, picture_fields())  # another table has room of its own
    finally:
        app.config["PORTAL"] = replace(app.config["PORTAL"], circle_quota=500)


def test_a_seat_that_ends_while_a_picture_is_made_ready_gets_404_and_the_piece_is_kept(ana, bo, cast, monkeypatch):
    def meanwhile(*sent):
        assert bo.post(f"/c/{cast.table}/people/leave", data={"works": "back"}).status_code == 303
        return clean(*sent)

    other_phone = bo.application.test_client()
    other_phone.post("/enter", data={"name": "Bo", "passphrase": PASSPHRASE})
    with monkeypatch.context() as moment:
        moment.setattr(views, "clean", meanwhile)
        assert send(other_phone, cast, picture_fields(who="circle")).status_code == 404
    things = other_phone.get("/me/things").text
    assert "What was left" in things
    work = re.search(r"/me/things/([a-z2-7]{26})", things).group(1)
    assert [one.kind for one in audience(work)] == ["author"]
    assert other_phone.get(f"/me/things/{work}/large").status_code == 200
    assert "What was left" not in ana.get(f"/c/{cast.table}/works").text


def test_a_table_that_closes_while_a_piece_is_written_leaves_it_with_its_writer(app, ana, cy, cast):
    seat = cast["Cy"].seat()
    seat.name, seat.about  # noqa: B018  the page was open before
    assert cy.post(f"/c/{cast.other_table}/people/leave", data={"works": "stay"}).status_code == 303
    with app.app_context(), pytest.raises(NotHere):
        Work.write(seat, Draft(new_id(), "Late", "words"), 10**9, views.utcnow())
    assert Work.get().circle_id is None
    assert "Late" in cy.get("/me/things").text


def test_a_form_from_elsewhere_with_no_id_is_given_one(ana, cast):
    put_up(ana, cast.table, fields(once="../../etc"))
    put_up(ana, cast.table, fields(once=""))
    assert Work.select().count() == 2


def test_a_form_needs_its_token(ana, csrf, cast):
    assert send(ana, cast, fields()).status_code == 400


def test_someone_else_sending_the_same_id_gets_a_piece_of_their_own(ana, bo, cast):
    sent = fields()
    assert put_up(ana, cast.table, dict(sent)) != put_up(bo, cast.table, dict(sent))


def test_a_shared_piece_stays_shared_when_it_is_sent_twice(ana, bo, cast):
    sent = fields()
    work = share(ana, cast.table, sent)
    assert put_up(ana, cast.table, sent) == work
    assert bo.get(f"/c/{cast.table}/works/{work}").status_code == 200


def test_words_sent_after_a_long_quiet_come_back_after_signing_in(ana, cast):
    sent = picture_fields(title="A canary title", text="A canary of words", who="circle")
    with time_machine.travel(utcnow() + timedelta(minutes=20)):
        answer = send(ana, cast, sent)
        assert answer.location.startswith("/enter?kept=1")
        answer = ana.post(answer.location, data={"name": "Ana", "passphrase": PASSPHRASE})
        page = ana.get(answer.location).text
    assert "A canary of words" in page
    assert 'value="A canary title"' in page
    assert 'type="file"' in page
    assert re.search(r'<input checked id="who-1"', page)
    assert sent["once"] in page


def test_a_piece_is_sealed_to_the_key_in_its_authors_hand_and_not_to_the_one_in_the_database(ana, cast):
    """Whoever can write to the database puts a key of their own in Ana's row."""
    thief = PrivateKey.generate()
    Person.update(public=bytes(thief.public_key)).where(Person.id == cast["Ana"].id).execute()
    work = put_up(ana, cast.table)
    with pytest.raises(Closed):
        OwnKeys(cast["Ana"].id, thief).piece_key(work)
    assert OwnKeys(cast["Ana"].id, cast["Ana"].private).piece_key(work)
