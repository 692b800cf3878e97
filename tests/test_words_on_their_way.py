"""A seat that ended while its write was in flight gets 404, and its text is kept, sealed to its writer."""

import io
import re
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from nacl.public import PrivateKey
from peewee import OperationalError
from werkzeug.test import TestResponse

from portal.accounts.access import NEVER_KEPT
from portal.accounts.models.kept import Kept, KeptForm
from portal.circles import access
from portal.circles.models import Seat
from portal.db import db, utcnow, writing
from portal.meetings.models.dates import Meeting
from portal.meetings.models.turns import Turn
from portal.web.forms import SECRET
from portal.web.typed import Sent
from tests.accounts.doors import ahead, own_phone
from tests.cast import PASSPHRASE, Cast
from tests.journeys.test_nothing_in_clear import NO_WORDS
from tests.things import NOWHERE, Things, addresses, real_things
from tests.walking import Form, forms_in

CANARY = "Kanarienvogel"
TYPED = ("text", "textarea")
ANSWERS = {
    "link": f"https://example.org/{CANARY}",
    "times": "",
    "minutes": "60",
    "least": "5",
    "most": "20",
    "at": "18:00",
}
BUTTONS = {  # that the journey does press
    "/c/<circle>/meetings/<meeting>/accept",
    "/c/<circle>/people/invite",
    "/c/<circle>/works/<work>/share",
}
WRITING = "/c/<circle>/works/new"
CHANGE = "/c/<circle>/meetings/series/<series>"
KEPT = "What you wrote is not lost"

Forms = dict[str, tuple[str, dict[str, str]]]  # by the rule of its address: where it goes, and what is sent


@pytest.fixture
def there(app: Flask, ana: FlaskClient, cast: Cast) -> Things:
    """The things behind every address; and a meeting that Ana facilitates, which has just begun."""
    things, host = real_things(app, ana, cast), cast["Ana"].seat()
    begun = Turn.get(Turn.role == "scribe").meeting
    Turn.take(begun, host, utcnow())
    hours = {"starts_at": utcnow() - timedelta(minutes=5), "ends_at": utcnow() + timedelta(hours=1)}
    Meeting.update(**hours).where(Meeting.id == begun.id).execute()
    things["meeting"].append(begun.id)
    KeptForm.delete().execute()
    return things


def filled(form: Form) -> dict[str, str]:
    """Words in every box, and a day that is to come; the rest as the page gave it."""
    data: dict[str, str] = {}
    for each in form.inputs:
        if each.kind in TYPED:
            data[each.name] = f"{CANARY} {each.name}"
        elif each.kind == "date" and each.name == "first":
            data[each.name] = each.value or (utcnow() + timedelta(days=20)).date().isoformat()
        elif each.kind != "checkbox" and (each.kind != "radio" or "checked" in each.given):
            data[each.name] = each.value
        if each.name in ANSWERS:
            data[each.name] = ANSWERS[each.name]
    return data


def rule_of(app: Flask, path: str) -> str:
    return app.url_map.bind("localhost").match(path, method="POST", return_rule=True)[0].rule


@pytest.fixture
def forms(app: Flask, ana: FlaskClient, there: Things) -> Forms:
    """Every form with a box for words on a page of Ana's table, as she would send it."""
    found: Forms = {}
    for path, form in posting(app, ana, there):
        to = (form.action or path).partition("?")[0]
        rule = rule_of(app, to)
        if "<circle>" in rule and any(each.kind in TYPED for each in form.inputs):
            found.setdefault(rule, (to, filled(form)))
    return found | {CHANGE: looked_over(ana, *found[CHANGE])}


def looked_over(ana: FlaskClient, path: str, data: dict[str, str]) -> tuple[str, dict[str, str]]:
    """What is sent once one has looked at the dates that follow: only that changes any."""
    form = next(one for one in forms_in(ana.post(path, data=data).text) if one.method == "post")
    return path, {each.name: each.value for each in form.inputs}


@pytest.fixture
def afresh(home: Path, forms: Forms, tmp_path: Path) -> Callable[[], None]:
    """Puts the database back to where it is now."""
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(home / "portal.db", tmp_path / "portal.db")

    def back() -> None:
        db.close()
        for left in home.glob("portal.db-*"):
            left.unlink()
        shutil.copy(tmp_path / "portal.db", home / "portal.db")

    return back


def kept_of(cast: Cast, name: str) -> list[Kept]:
    return KeptForm.all_of(cast[name].id, cast[name].private, utcnow())


def leave(cast: Cast, name: str = "Ana") -> None:
    cast[name].seat(cast.table).leave(take_back=False)


def sits(cast: Cast) -> bool:
    return Seat.select().where(Seat.person == cast["Ana"].id).exists()


# At which moment of the sending the seat ends.


def before_it_is_sent(go: Callable[[], None], _patch: pytest.MonkeyPatch) -> None:
    go()


def when_the_page_has_found_it(go: Callable[[], None], patch: pytest.MonkeyPatch) -> None:
    find = access.opened

    def found(seat: Seat, private: PrivateKey) -> Seat:
        seat = find(seat, private)
        go()
        return seat

    patch.setattr(access, "opened", found)


def before_the_first_write(go: Callable[[], None], patch: pytest.MonkeyPatch) -> None:
    begin = db.atomic

    def writing(*kind: str) -> Any:
        if kind:
            go()
        return begin(*kind)

    patch.setattr(db, "atomic", writing)


MOMENTS = (before_it_is_sent, when_the_page_has_found_it, before_the_first_write)


def leaving(cast: Cast) -> Callable[[], None]:
    """Ends Ana's seat when it is first called."""
    seats = [cast["Ana"].seat(cast.table)]

    def go() -> None:
        if seats:
            seats.pop().leave(take_back=False)

    return go


def test_no_form_that_takes_words_at_a_table_is_left_out(app, forms):
    posted = {one.rule for one in app.url_map.iter_rules() if "POST" in one.methods and "circle" in one.arguments}
    assert set(forms) == posted - NO_WORDS - BUTTONS


def test_while_the_seat_is_there_each_is_taken_and_no_address_or_cookie_tells_a_word_of_it(ana, forms, afresh, cast):
    for rule, (path, data) in forms.items():
        answer = ana.post(path, data=data)
        assert (answer.status_code, CANARY in answer.location) == (303, False), rule
        with ana.session_transaction() as cookie:
            assert CANARY not in str(dict(cookie)), rule
        assert not kept_of(cast, "Ana"), rule
        afresh()


@pytest.mark.parametrize("alone", [False, True], ids=["the_table_goes_on", "the_table_closes"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_words_of_a_seat_that_ended_meanwhile_are_kept_for_their_writer(
    ana, forms, afresh, cast, monkeypatch, moment, alone
):
    for rule, (path, data) in forms.items():
        if alone:
            leave(cast, "Bo")
        moment(leaving(cast), monkeypatch)
        answer = ana.post(path, data=data)
        monkeypatch.undo()
        assert (answer.status_code, sits(cast)) == (404, False), rule
        if (rule, moment) == (WRITING, before_the_first_write):
            assert_kept_as_a_piece(ana, answer, cast)
        else:
            (kept,) = kept_of(cast, "Ana")
            assert kept.fields.items() >= {name: text for name, text in data.items() if CANARY in text}.items(), rule
            assert KEPT in answer.text, rule
            assert CANARY in ana.get("/me/kept").text, rule
        afresh()


def assert_kept_as_a_piece(ana: FlaskClient, answer: TestResponse, cast: Cast) -> None:
    """Among its author's own things, for good, and not a second time."""
    assert "it is kept for you alone, under “My things”" in answer.text
    assert 'href="/me/things"' in answer.text
    assert CANARY in ana.get("/me/things").text
    assert not kept_of(cast, "Ana")


def test_what_the_form_was_about_has_gone_and_the_words_are_kept_too(ana, cast):
    path = f"/c/{cast.table}/meetings/{NOWHERE}/note"
    assert ana.get(path).status_code == 404
    answer = ana.post(path, data={"words": f"{CANARY} note"})
    assert (answer.status_code, KEPT in answer.text) == (404, True)
    assert [one.words for one in kept_of(cast, "Ana")] == [[f"{CANARY} note"]]


def test_outside_the_tables_too(ana, bo, there, cast):
    """Such as erasing something on one phone while another is about to change it."""
    (form,) = (one for one in forms_in(ana.get("/me/calendar/new").text) if one.method == "post")
    mark = {each.name: each.value for each in form.inputs}["drawn"]
    answer = ana.post(f"/me/reflections/{NOWHERE}/erase", data={"text": CANARY, "drawn": mark})
    assert KEPT in answer.text
    assert bo.post(f"/me/reflections/{NOWHERE}/erase", data={"text": CANARY, "drawn": mark}).status_code == 404
    assert not kept_of(cast, "Bo"), "Ana’s mark is not his"


# Who never sat there.


def test_for_whoever_never_sat_there_nothing_is_kept_and_nothing_differs_from_nothing(
    app, cy, stew, nobody, forms, cast
):
    his = forms_in(cy.get(f"/c/{cast.other_table}/people/name").text)[0]
    own_mark = next(each.value for each in his.inputs if each.name == "drawn")
    for path, data in forms.values():
        for client, name in ((cy, "Cy"), (stew, "Stew")):
            nowhere = path.replace(cast.table, NOWHERE)
            for marked in (data, data | {"drawn": own_mark}, data | {"drawn": ""}, data | {"drawn": "x" * 32}):
                answer = client.post(path, data=marked)
                assert answer.status_code == 404, path
                assert answer.text == client.post(nowhere, data=marked).text, path
                assert CANARY not in answer.text
                assert not kept_of(cast, name), path
        assert nobody.post(path, data=data).location.startswith("/enter")
    assert not KeptForm.select().where(KeptForm.person != cast["Ana"].id).exists()


def test_no_error_page_makes_a_mark_for_whoever_never_sat_there(app, cy, cast):
    path, data = f"/c/{cast.table}/people/name", {"my_name": CANARY}
    app.config["WTF_CSRF_ENABLED"] = True
    old = cy.post(path, data={**data, "csrf_token": "old"})
    app.config["WTF_CSRF_ENABLED"] = False
    marks = [each.value for form in forms_in(old.text) for each in form.inputs if each.name == "drawn"]
    assert old.status_code == 400
    assert KEPT not in cy.post(path, data={**data, "drawn": marks}).text
    assert not kept_of(cast, "Cy")


def test_a_mark_is_of_one_reader_at_one_table_and_ends_with_the_next_day(app, cast, rename):
    phone, (path, data) = own_phone(app, "Ana"), rename
    leave(cast)
    with ahead(days=2):
        assert KEPT not in phone.post(path, data=data).text
    with ahead(hours=20):
        assert KEPT in phone.post(path, data=data).text
        elsewhere = path.replace(cast.table, cast.other_table)
        assert KEPT not in phone.post(elsewhere, data=data).text
        assert KEPT not in phone.post(path, data={**data, "drawn": ""}).text


def posting(app: Flask, ana: FlaskClient, there: Things) -> Iterator[tuple[str, Form]]:
    """Every form that posts on Ana's pages, with the page's address."""
    for path in [one for circle in (True, False) for one in addresses(app, there, circle=circle, method="GET")]:
        answer = ana.get(path)
        for form in forms_in(answer.text) if answer.mimetype == "text/html" else ():
            if form.method == "post":
                yield path, form


def test_every_form_with_a_box_for_words_carries_the_mark_once_and_a_button_none(app, ana, there):
    for path, form in posting(app, ana, there):
        names = [each.name for each in form.inputs]
        if not set(names) & set(SECRET):
            typed = any(each.kind in TYPED for each in form.inputs)
            alone = all(each.kind == "hidden" for each in form.inputs)
            assert names.count("drawn") in ((1,) if typed else (0,) if alone else (0, 1)), path


def test_what_nobody_types_is_taken_for_nobodys_words(app, ana, there):
    for path, form in posting(app, ana, there):
        for each in form.inputs:
            if each.kind in ("hidden", "checkbox", "radio", "select") and each.name not in NEVER_KEPT:
                assert not Sent(each.name, each.value or "x").is_typed, f"{path}: {each.name}"


def test_who_is_signed_out_gets_no_mark(nobody):
    assert 'name="drawn"' not in nobody.get("/enter").text


# What is said and done with them.


@pytest.fixture
def rename(ana, cast) -> tuple[str, dict[str, str]]:
    """The form in which Ana says by which name she goes at her table."""
    path = f"/c/{cast.table}/people/name"
    return path, filled(next(one for one in forms_in(ana.get(path).text) if one.method == "post"))


@pytest.fixture
def ended(ana, cast, rename) -> Callable[[dict], TestResponse]:
    """Sends a name for Ana’s seat, which has ended."""
    path, data = rename
    leave(cast)
    return lambda given: ana.post(path, data={**data, **given})


def test_they_are_sealed_and_say_not_even_where_they_were_typed(ended, cast):
    ended({"my_name": f"{CANARY} of the corner"})
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    row = db.execute_sql("select * from kept_form").fetchone()
    assert cast.table not in str(row)
    assert CANARY.encode() not in Path(db.database).read_bytes()


def test_a_double_tap_keeps_them_once_and_other_words_beside_them(ended, cast):
    for name in ("One", "One", "Two"):
        assert KEPT in ended({"my_name": name}).text
    assert sorted(one.words[0] for one in kept_of(cast, "Ana")) == ["One", "Two"]


def test_two_taps_at_one_moment_keep_them_once(cast):
    """The second comes while the first is under way."""
    ana, now = cast["Ana"], utcnow()

    def tap() -> None:
        with suppress(OperationalError):  # on a machine that stands still for five seconds, it waits no longer
            KeptForm.set_aside(ana.id, ana.private, {"text": CANARY}, now)
        db.close()

    second = threading.Thread(target=tap)
    with writing():
        KeptForm.set_aside(ana.id, ana.private, {"text": CANARY}, now)
        second.start()
        second.join(0.3)
    second.join(60)
    assert len(kept_of(cast, "Ana")) == 1


def test_sent_again_later_they_are_kept_no_longer_than_they_were(ended):
    first = ended({"my_name": "One"})
    with ahead(minutes=10):
        assert until(ended({"my_name": "One"})) == until(first)
        assert until(ended({"my_name": "Two"})) != until(first)


def until(answer: TestResponse) -> str:
    (said,) = re.findall(r"until (\d\d:\d\d)", answer.text)
    return said


def test_at_most_five_stay_the_newest(ended, cast):
    for number in range(7):
        with ahead(seconds=number):
            ended({"my_name": f"name {number}"})
    assert [one.words[0] for one in kept_of(cast, "Ana")] == [f"name {number}" for number in (6, 5, 4, 3, 2)]


def test_a_form_without_words_is_not_kept(ana, cast):
    pressed = {"role": "scribe", "back": f"/c/{cast.table}#next"}
    assert KEPT not in ana.post(f"/c/{cast.table}/meetings/{NOWHERE}/pass", data=pressed).text
    assert KEPT not in ana.post(f"/c/{cast.table}/meetings/{NOWHERE}/note", data={"words": "  \n "}).text
    assert not KeptForm.select().exists()


def test_their_writer_reads_copies_and_erases_them(ana, bo, ended, cast):
    text = "\nA line that begins late.\n<b>And</b> ends."
    answer = ended({"my_name": text})
    page = answer.text
    assert 'href="/me/kept"' in page
    listed = ana.get("/me/kept").text
    assert until(answer) in listed
    assert "readonly>\n\nA line that begins late.\n&lt;b&gt;And&lt;/b&gt; ends.</textarea>" in listed
    (kept,) = kept_of(cast, "Ana")
    erase = f"/me/kept/{kept.id}/erase"
    assert bo.get(erase).status_code == bo.post(erase).status_code == 404
    assert "A line that begins late." in ana.get(erase).text
    assert kept_of(cast, "Ana"), "looking at the question erases nothing"
    assert ana.post(erase).location == "/me/kept"
    assert not KeptForm.select().exists()
    assert "Nothing is kept here now." in ana.get("/me/kept").text
    assert ana.post(erase).status_code == 404


def test_by_its_time_each_is_closed_even_before_it_is_erased(app, ended, cast):
    phone = own_phone(app, "Ana")
    ended({"my_name": CANARY})
    with ahead(hours=7, minutes=59):
        assert CANARY in phone.get("/me/kept").text
    with ahead(hours=8, minutes=1):
        assert CANARY not in phone.get("/me/kept").text
        assert KeptForm.select().count() == 1, "erasing waits for a steady clock"


def test_on_a_full_disk_the_page_itself_gives_them_back(ended):
    db.execute_sql("pragma query_only = 1")
    try:
        answer = ended({"my_name": CANARY})
    finally:
        db.execute_sql("pragma query_only = 0")
    assert answer.status_code == 404
    assert re.search(rf"<textarea[^>]*readonly>\s*{CANARY}</textarea>", answer.text)
    assert "Copy it before you go on." in answer.text
    assert "Send it again" not in answer.text


def test_a_page_that_had_grown_old_before_the_seat_ended_loses_no_words_either(app, ana, cast, rename):
    """The first try comes without a good token; what its page sends again comes after the seat ended."""
    path, data = rename
    app.config["WTF_CSRF_ENABLED"] = True
    old = ana.post(path, data={**data, "csrf_token": "old"})
    app.config["WTF_CSRF_ENABLED"] = False
    leave(cast)
    sent = [(each.name, each.value) for form in forms_in(old.text) for each in form.inputs]
    assert KEPT in ana.post(path, data={name: [text for key, text in sent if key == name] for name, _ in sent}).text


def test_who_was_signed_out_and_whose_seat_ended_then_is_told_where_their_words_are(ana, cast):
    path = f"/c/{cast.table}/people/name"
    with ahead(minutes=20):
        led = ana.post(path, data={"my_name": CANARY})
        leave(cast)
        back = ana.post(led.location, data={"name": "Ana", "passphrase": PASSPHRASE})
        answer = ana.get(back.location)
        assert (answer.status_code, KEPT in answer.text) == (404, True)
        assert CANARY in ana.get("/me/kept").text


def test_a_picture_is_said_not_to_be_among_them(ana, cast):
    path = f"/c/{cast.table}/works/new"
    data = filled(next(one for one in forms_in(ana.get(f"{path}?kind=picture").text) if one.method == "post"))
    leave(cast)
    sent = {**data, "picture": (io.BytesIO(b"no picture"), "bowl.jpg")}
    answer = ana.post(path, data=sent, content_type="multipart/form-data")
    assert "The picture is not kept here; it is still where you chose it." in answer.text
    assert "bowl" not in str(kept_of(cast, "Ana"))


def test_they_are_among_what_one_takes_along(ana, ended):
    ended({"my_name": CANARY})
    taken = zipfile.ZipFile(io.BytesIO(ana.post("/me/take", data={"current": PASSPHRASE}).data))
    names = [name for name in taken.namelist() if name.startswith("What could not be sent/")]
    assert [taken.read(name) for name in names] == [CANARY.encode()]
