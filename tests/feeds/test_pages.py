"""The pages on which somebody makes an address, reads it for a while and ends it; and one meeting as a file."""

import re
from datetime import timedelta

import pytest
import time_machine

from portal.db import new_id, utcnow
from portal.feeds.models import Feed
from tests.cast import enter, make_circle, make_person
from tests.feeds.conftest import address_on
from tests.feeds.reading import by_dateutil, by_icalendar, lines_of

PLACE = "The back room of the library"


def send(client, **given):
    return client.post("/me/calendar/new", data={"once": new_id(), "which": "all", "what": "times", **given})


@pytest.fixture
def feed(ana, meetings, make) -> Feed:
    make(ana, title="Choir")
    return Feed.get()


def test_before_the_first_there_is_one_button_and_what_others_see(ana):
    page = ana.get("/me/calendar").text
    assert "Make an address" in page
    assert "looks over your shoulder" in page
    assert "every few hours" in page


def test_who_sits_nowhere_reads_why_there_is_nothing(app, ana):
    make_person("Di")
    client = enter(app, "Di")
    page = client.get("/me/calendar").text
    assert "You sit at no table yet" in page
    assert "Make an address" not in page
    assert client.get("/me/calendar/new").status_code == 303
    assert send(client).status_code == 303
    assert not Feed.select().exists()


def test_times_alone_are_chosen_unless_somebody_chooses_more_and_may_read_what_follows(ana):
    page = ana.get("/me/calendar/new").text
    assert re.search(r"<input checked[^>]*value=\"times\"", page)
    assert not re.search(r"<input checked[^>]*value=\"places\"", page)
    for word in ("lock screen", "share with family", "company", "somebody’s home", "called back"):
        assert word in page


def test_from_a_table_its_own_dates_are_chosen_and_from_anywhere_else_nothing_strange(ana, cast):
    page = ana.get(f"/me/calendar/new?circle={cast.table}").text
    assert re.search(rf"<input checked[^>]*value=\"{cast.table}\"", page)
    assert cast.other_table not in ana.get(f"/me/calendar/new?circle={cast.other_table}").text


def test_the_address_is_shown_for_a_quarter_of_an_hour_with_a_square_and_the_way_to_use_it(ana, meetings):
    answer = send(ana)
    page = ana.get(answer.location).text
    assert address_on(page)
    assert '<svg role="img"' in page
    for word in ("iPhone", "Android", "Google", "computer"):
        assert word in page
    with time_machine.travel(utcnow() + timedelta(minutes=14), tick=False):
        assert address_on(ana.get(answer.location).text) == address_on(page)
    with time_machine.travel(utcnow() + timedelta(minutes=16), tick=False):
        later = ana.get(answer.location).text
        assert "/feed/" not in later
        assert "not shown any more" in later
        assert "See the address" not in ana.get("/me/calendar").text
    with time_machine.travel(utcnow() - timedelta(days=1), tick=False):
        assert "/feed/" not in ana.get(answer.location).text, "a clock that was wrong shows nothing again"


def test_the_list_says_what_each_shows_and_never_the_address(ana, meetings, make, cast):
    paths = [make(ana), make(ana, which=cast.table, what="places", title="Choir")]
    page = ana.get("/me/calendar").text
    assert "Your dates at every table where you sit. Each is called “Appointment”." in page
    assert (
        "Your dates at “The Friday table”. Each is called “Choir”. It shows when and, at The Friday table, where."
        in page
    )
    assert "/feed/" not in page
    assert not any(path in page for path in paths)


def test_it_is_ended_only_after_a_question(ana, feed, nobody):
    ask = f"/me/calendar/{feed.id}/end"
    assert "End this address?" in ana.get(ask).text
    assert Feed.select().exists(), "opening the question ends nothing"
    answer = ana.post(ask, follow_redirects=True)
    assert "The address is ended." in answer.text
    assert not Feed.select().exists()


@pytest.mark.parametrize("what", ["", "/end"])
def test_nobody_else_finds_it(bo, cy, stew, nobody, feed, what):
    path = f"/me/calendar/{feed.id}{what}"
    for client in (bo, cy, stew):
        answer, made_up = client.get(path), client.get(f"/me/calendar/{'a' * 26}{what}")
        assert (answer.status_code, answer.text) == (404, made_up.text)
        if what:
            assert client.post(path).status_code == 404
        assert "Choir" not in client.get("/me/calendar").text
    assert nobody.get(path).location.startswith("/enter")
    assert Feed.select().exists()


def test_a_steward_makes_none_for_anybody(stew, cast):
    for path in ("/me/calendar", "/me/calendar/new"):
        assert stew.get(path).status_code == 404
    assert send(stew).status_code == 404
    assert send(stew, which=cast.table, what="places").status_code == 404
    assert "/me/calendar" not in stew.get("/me").text
    assert not Feed.select().exists()


def test_nobody_makes_one_for_a_table_where_they_do_not_sit(cy, nobody, meetings, cast):
    assert send(cy, which=cast.table).status_code == 422
    assert send(cy, which=new_id()).status_code == 422
    assert send(nobody).location.startswith("/enter")
    assert not Feed.select().exists()


def test_who_knows_the_id_of_a_form_gets_an_address_of_their_own(bo, feed):
    answer = send(bo, once=feed.id)
    assert answer.status_code == 303
    assert feed.id not in answer.location
    assert Feed.get_by_id(feed.id).person_id == feed.person_id
    assert Feed.select().count() == 2


@pytest.mark.parametrize(
    ("title", "said"),
    [("x" * 41, "1 character too long"), ("Healing circle", "“Healing” could tell"), ("Duelo", "“Duelo” could tell")],
)
def test_a_title_is_short_and_tells_nothing(ana, title, said):
    answer = send(ana, title=title)
    assert answer.status_code == 422
    assert said.replace("1 character", "one character") in answer.text
    assert title in answer.text
    assert not Feed.select().exists()


def test_the_ways_to_it_stand_where_people_look(ana, meetings, cast):
    assert "/me/calendar" in ana.get("/me").text
    assert f"/me/calendar/new?circle={cast.table}" in ana.get(f"/c/{cast.table}/meetings").text
    page = f"/c/{cast.table}/meetings/{meetings[0].id}"
    assert f"{page}/calendar" in ana.get(page).text
    assert f"{page}/calendar.ics" in ana.get(f"{page}/calendar").text


def test_one_meeting_is_a_file_without_a_place_unless_it_is_asked_for(ana, meetings, cast):
    path = f"/c/{cast.table}/meetings/{meetings[0].id}/calendar.ics"
    answer = ana.get(path)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="calendar.ics"'
    assert answer.headers["Cache-Control"] == "no-store"
    for read in (by_dateutil, by_icalendar):
        (found,) = read(answer.text).values()
        assert (found.starts_at, found.ends_at) == (meetings[0].starts_at, meetings[0].ends_at)
        assert (found.title, found.place) == ("Appointment", "")
    (found,) = by_dateutil(ana.get(f"{path}?place=1").text).values()
    assert found.place == PLACE
    assert not any(line.startswith(("X-WR", "REFRESH", "METHOD")) for line in lines_of(answer.text))


def test_the_file_and_the_feed_speak_of_one_event(ana, nobody, meetings, make, cast):
    (found,) = by_dateutil(ana.get(f"/c/{cast.table}/meetings/{meetings[0].id}/calendar.ics").text).values()
    assert by_dateutil(nobody.get(make(ana)).text)[found.uid] == found


def test_the_file_of_a_meeting_is_for_who_sits_there(ana, bo, cy, stew, nobody, meetings, cast):
    other = make_circle(cast["Ana"], name="The Monday table")
    for what in ("calendar", "calendar.ics"):
        path = f"/c/{cast.table}/meetings/{meetings[0].id}/{what}"
        assert ana.get(path).status_code == bo.get(path).status_code == 200
        for client in (cy, stew):
            assert client.get(path).status_code == 404
        assert nobody.get(path).location.startswith("/enter")
        assert ana.get(f"/c/{other}/meetings/{meetings[0].id}/{what}").status_code == 404
        assert ana.get(f"/c/{cast.table}/meetings/{new_id()}/{what}").status_code == 404
