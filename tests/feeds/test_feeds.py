"""An address shows its person's dates, and nothing else, to whoever has it; when it is ended, to nobody."""

import logging
import re
from datetime import datetime, timedelta

import pytest
import time_machine

from portal.accounts.models.people import Person
from portal.accounts.tokens import lookup_of
from portal.db import db, new_id, rows, utcnow
from portal.feeds.models import Feed, FeedHolder, token_of, written_token
from portal.meetings.models.dates import Meeting
from portal.rings.models import Holder
from portal.web.errors import NotHere
from portal.web.language import catalogue
from tests.cast import enter, make_circle
from tests.feeds.reading import by_dateutil, by_icalendar, lines_of
from tests.meetings.conftest import set_series

GONE = "/feed/" + "a" * 26 + ".ics"


def read(client, path: str):
    answer = client.get(path)
    assert answer.status_code == 200
    return by_dateutil(answer.text)


def token_in(path: str) -> bytes:
    return token_of(path.split("/")[-1].removesuffix(".ics"))


def ahead(circle: str, now=None) -> list[Meeting]:
    now = now or utcnow()
    within = (Meeting.ends_at > now - timedelta(days=60)) & (Meeting.starts_at < now + timedelta(days=365))
    return list(Meeting.select().where((Meeting.circle == circle) & within).order_by(Meeting.starts_at))


def test_it_shows_every_date_of_the_coming_year_at_its_very_instant(ana, nobody, meetings, make, cast):
    path = make(ana)
    text = nobody.get(path).text
    assert len(meetings) >= 50
    meant = {(one.starts_at, one.ends_at) for one in ahead(cast.table)}
    for found in (by_dateutil(text), by_icalendar(text)):
        assert {(one.starts_at, one.ends_at) for one in found.values()} == meant
        assert {(one.title, one.place, one.status) for one in found.values()} == {("Appointment", "", "CONFIRMED")}


def test_it_goes_sixty_days_back_and_a_year_ahead_and_no_further(ana, nobody, make, cast):
    now = utcnow()
    set_series(cast["Ana"].seat(), now - timedelta(weeks=20))
    found = list(read(nobody, make(ana)).values())
    assert timedelta(days=52) <= now - min(one.ends_at for one in found) <= timedelta(days=60)
    assert timedelta(days=357) <= max(one.starts_at for one in found) - now <= timedelta(days=365)
    assert len(found) > 55


def test_it_says_nothing_of_the_table_its_people_or_its_place(ana, nobody, meetings, make):
    answer = nobody.get(make(ana))
    for word in ("Friday table", "Ana", "Bo", "library", "circle", meetings[0].id, "Elm Street", "localhost"):
        assert not re.search(rf"\b{word}\b", answer.text, re.IGNORECASE), word
    assert not {"DESCRIPTION", "ATTENDEE", "ORGANIZER", "LOCATION", "VALARM", "METHOD", "RRULE"} & {
        line.partition(":")[0] for line in lines_of(answer.text)
    }


def test_a_title_of_ones_own_stands_in_the_calendar_and_nowhere_in_clear(app, ana, nobody, meetings, make, home):
    path = make(ana, title="Kanarienvogel class")
    text = nobody.get(path).text
    assert {one.title for one in by_icalendar(text).values()} == {"Kanarienvogel class"}
    assert "X-WR-CALNAME:Kanarienvogel class" in lines_of(text)
    assert "Kanarienvogel class" in ana.get("/me/calendar").text
    feed = Feed.get()
    assert feed.sealed_title
    token = token_in(path)
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    for file in home.iterdir():
        if file.is_file():
            content = file.read_bytes()
            assert b"Kanarienvogel" not in content, file
            assert token not in content, file
            assert written_token(token).encode() not in content, file
            assert token.hex().encode() not in content, file


def test_an_address_whose_title_was_tampered_with_can_still_be_read_and_ended(ana, nobody, meetings, make):
    path = make(ana, title="Choir")
    Feed.update(sealed_title=b"\1" * 300, sealed_for_list=b"\1" * 300).execute()
    assert {one.title for one in read(nobody, path).values()} == {"Appointment"}
    assert ana.get("/me/calendar").status_code == 200
    assert ana.post(f"/me/calendar/{Feed.get().id}/end").status_code == 303
    assert Feed.select().count() == 0


def test_titles_are_all_of_one_length_in_the_database(ana, make):
    for title in ("A", "Ä" * 40):
        make(ana, title=title)
    assert len({len(bytes(feed.sealed_title)) for feed in Feed.select()}) == 1
    assert len({len(bytes(feed.sealed_for_list)) for feed in Feed.select()}) == 1


def test_it_speaks_the_language_of_its_person_whoever_asks(ana, nobody, meetings, make, cast):
    path = make(ana)
    Person.update(language="es").where(Person.id == cast["Ana"].id).execute()
    text = nobody.get(path, headers={"Accept-Language": "en"}).text
    assert {one.title for one in by_dateutil(text).values()} == {catalogue("es").ugettext("Appointment")}
    assert "Appointment" not in text


def test_a_moved_meeting_stays_the_same_event_and_counts_up(ana, nobody, meetings, make, cast):
    path, seat, moved = make(ana), cast["Ana"].seat(), meetings[2]
    before = read(nobody, path)
    uid = next(one.uid for one in before.values() if one.starts_at == moved.starts_at)
    moved.move(seat, moved.starts_at + timedelta(hours=3), moved.ends_at + timedelta(hours=4), 0, utcnow())
    after = by_icalendar(nobody.get(path).text)
    assert set(after) == set(before)
    assert after[uid].starts_at == moved.starts_at + timedelta(hours=3)
    assert after[uid].ends_at == moved.ends_at + timedelta(hours=4)
    assert after[uid].sequence > before[uid].sequence
    assert {one.sequence for key, one in after.items() if key != uid} == {0}


def test_a_skipped_meeting_is_cancelled_and_comes_back(ana, nobody, meetings, make, cast):
    path, seat, skipped = make(ana), cast["Ana"].seat(), meetings[1]
    uids = set(read(nobody, path))
    skipped.skip(seat, utcnow())
    found = read(nobody, path)
    off = [one for one in found.values() if one.status == "CANCELLED"]
    assert [one.starts_at for one in off] == [skipped.starts_at]
    assert off[0].sequence == 1
    assert set(found) == uids
    skipped.skip(seat, utcnow(), skipped=False)
    assert [(one.status, one.sequence) for one in read(nobody, path).values() if one.uid == off[0].uid] == [
        ("CONFIRMED", 2)
    ]


def test_a_change_of_the_whole_series_is_followed(ana, nobody, meetings, make, cast):
    path = make(ana)
    uids = set(read(nobody, path))
    set_series(cast["Ana"].seat(), utcnow(), days=11)
    found = read(nobody, path)
    assert {one.starts_at for one in found.values()} == {one.starts_at for one in ahead(cast.table)}
    assert not uids & set(found), "other days are other meetings"


def test_two_people_of_one_table_cannot_be_told_to_meet_by_their_events(ana, bo, nobody, meetings, make):
    hers, his = (set(read(nobody, make(client))) for client in (ana, bo))
    assert len(hers) == len(his) > 50
    assert not hers & his


def test_nor_by_the_second_at_which_their_table_agreed_on_them(ana, bo, nobody, meetings, make):
    hers, his = ([stamp_of(event) for event in events_in(nobody, make(client))] for client in (ana, bo))
    alike = sum(of_hers == of_his for of_hers, of_his in zip(hers, his, strict=True))
    assert len(hers) > 50 > 5 > alike, "what is the same for all would tell who meets one another"


def test_a_later_change_has_a_later_stamp_and_none_is_in_the_future(ana, nobody, meetings, make, cast):
    path, seat, now = make(ana), cast["Ana"].seat(), utcnow()
    stamps = []
    for hours in range(3):
        meetings[2].skip(seat, now + timedelta(hours=hours), skipped=hours != 1)
        (off,) = [one for one in events_in(nobody, path) if f"SEQUENCE:{hours + 1}\r" in one]
        stamps.append(stamp_of(off))
    assert sorted(set(stamps)) == stamps
    assert now - timedelta(days=1) < datetime.strptime(stamps[0], "%Y%m%dT%H%M%SZ") <= now


def events_in(client, path: str) -> list[str]:
    return client.get(path).text.split("BEGIN:VEVENT")[1:]


def stamp_of(event: str) -> str:
    return re.search(r"DTSTAMP:(\w+)", event)[1]


def test_it_shows_all_tables_or_the_one_that_was_chosen(app, nobody, meetings, make, cast):
    other = make_circle(cast["Ana"], name="The Monday table")
    set_series(cast["Ana"].seat(other), utcnow(), days=3)
    client = enter(app, "Ana")
    both, one = read(nobody, make(client)), read(nobody, make(client, which=other))
    assert {e.starts_at for e in one.values()} == {m.starts_at for m in ahead(other)}
    assert {e.starts_at for e in both.values()} == {
        m.starts_at for circle in (cast.table, other) for m in ahead(circle)
    }
    assert set(one) < set(both), "the same events under the same names"


def test_a_table_joined_later_is_among_all(app, ana, nobody, meetings, make, cast):
    path = make(ana)
    before = set(read(nobody, path))
    other = make_circle(cast["Ana"], name="The Monday table")
    set_series(cast["Ana"].seat(other), utcnow(), days=3)
    assert len(read(nobody, path)) > len(before)


def test_who_leaves_takes_its_dates_along_at_once(ana, nobody, meetings, make, cast):
    everywhere, here = make(ana), make(ana, which=cast.table)
    kept = make_circle(cast["Ana"], name="The Monday table")
    set_series(cast["Ana"].seat(kept), utcnow(), days=3)
    cast["Ana"].seat(cast.table).leave(take_back=False)
    assert {one.starts_at for one in read(nobody, everywhere).values()} == {one.starts_at for one in ahead(kept)}
    assert_gone(nobody, here)
    cast["Ana"].seat(kept).leave(take_back=False)
    answer = nobody.get(everywhere)
    assert by_dateutil(answer.text) == {}
    assert "TZID:America/Chicago" in answer.text, "an empty calendar is a whole one"


def test_it_ends_with_its_person(ana, nobody, meetings, make, cast):
    path = make(ana)
    Person.delete().where(Person.id == cast["Ana"].id).execute()
    assert_gone(nobody, path)


def test_it_ends_where_its_person_becomes_steward(ana, nobody, meetings, make, cast):
    path = make(ana)
    Person.update(is_steward=True).where(Person.id == cast["Ana"].id).execute()
    assert_gone(nobody, path)


def test_an_ended_address_answers_as_one_that_never_was(ana, nobody, meetings, make):
    path = make(ana)
    feed = Feed.get()
    assert ana.post(f"/me/calendar/{feed.id}/end").status_code == 303
    assert_gone(nobody, path)
    assert ana.post(f"/me/calendar/{feed.id}/end").status_code == 404, "a second tap finds nothing, and changes nothing"
    assert not Feed.select().exists()


def assert_gone(client, path: str) -> None:
    answers = [
        client.get(one) for one in (path, GONE, path.upper().replace("/FEED/", "/feed/").replace(".ICS", ".ics"))
    ]
    answers.append(client.get("/feed/nonsense.ics"))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert len({str(sorted(answer.headers)) for answer in answers}) == 1


@pytest.mark.parametrize("written", ["", "a", "A" * 26, "a" * 25 + "b", "a" * 27, "á" * 26, "a" * 32, "0" * 26])
def test_an_address_is_written_in_one_way_only(written):
    with pytest.raises(NotHere):
        assert token_of(written) is None


def test_the_address_is_long_and_only_a_hash_of_it_is_kept(ana, make):
    path = make(ana)
    token = token_in(path)
    assert len(token) == 16
    assert bytes(Feed.get().lookup) == lookup_of(token)
    stored = str(rows(Feed.select())) + str(rows(FeedHolder.select()))
    assert written_token(token) not in stored
    assert str(token) not in stored


def test_a_program_is_told_that_nothing_changed(ana, nobody, meetings, make, cast):
    path = make(ana)
    first = nobody.get(path)
    tag = first.headers["ETag"]
    assert nobody.get(path).headers["ETag"] == tag
    again = nobody.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.text) == (304, "")
    meetings[3].skip(cast["Ana"].seat(), utcnow())
    assert nobody.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_the_mark_of_its_state_is_made_with_the_address(ana, bo, nobody, make):
    """Two calendars of the very same words have two marks: from one in a log nobody can tell what was read."""
    tags = {nobody.get(make(client)).headers["ETag"] for client in (ana, ana)}
    assert len(tags) == 2


def test_it_is_sent_as_a_calendar_that_nobody_keeps(ana, nobody, meetings, make):
    path = make(ana)
    answer, head = nobody.get(path), nobody.head(path)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'inline; filename="calendar.ics"'
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Set-Cookie" not in answer.headers
    assert (head.status_code, head.data) == (200, b"")
    same = ("Content-Type", "ETag", "Content-Length", "Cache-Control")
    assert [head.headers[name] for name in same] == [answer.headers[name] for name in same]
    assert nobody.post(path).status_code == 405


def test_neither_a_session_nor_its_end_matters(app, ana, cy, stew, nobody, meetings, make):
    path = make(ana)
    asked = [client.get(path).text for client in (nobody, ana, cy, stew)]
    assert len(set(asked)) == 1
    ana.post("/sign-out")
    assert nobody.get(path).text == asked[0]


def test_the_address_is_in_no_line_of_the_log(ana, nobody, meetings, make, caplog):
    with caplog.at_level(logging.INFO):
        logging.getLogger("portal").addHandler(caplog.handler)
        path = make(ana)
        for each in (path, GONE):
            nobody.get(each, headers={"User-Agent": "Phone"})
        logging.getLogger("portal").removeHandler(caplog.handler)
    said = caplog.text
    assert "GET /feed/<token>.ics 200" in said
    assert "GET /feed/<token>.ics 404" in said
    assert path.split("/")[-1].removesuffix(".ics") not in said
    assert not re.search(r"/feed/[a-z2-7]{26}", said)
    line = next(one for one in said.splitlines() if "<token>.ics 200" in one)
    assert line.endswith("ms -"), "a program that asks is nobody"


def test_reading_writes_nothing_down(ana, nobody, meetings, make):
    path = make(ana)
    before = list(db.execute_sql("select * from feed").fetchall())
    changes = db.connection().total_changes
    nobody.get(path)
    assert db.connection().total_changes == changes
    assert list(db.execute_sql("select * from feed").fetchall()) == before


def test_without_places_it_holds_no_keys_at_all(ana, meetings, make):
    before = Holder.select().count()
    make(ana)
    assert Holder.select().count() == before
    assert not FeedHolder.select().exists()


def test_a_double_tap_makes_one_address_and_leads_to_it(ana, make):
    once = new_id()
    assert make(ana, once=once) == make(ana, once=once)
    assert Feed.select().count() == 1


def test_an_old_form_sent_again_does_not_bring_an_ended_address_back(ana, nobody, meetings, make):
    once = new_id()
    path = make(ana, once=once)
    ana.post(f"/me/calendar/{once}/end")
    with time_machine.travel(utcnow() + timedelta(seconds=2), tick=False):
        assert make(ana, once=once) != path
    assert_gone(nobody, path)


def test_one_person_has_five_addresses_at_most(ana, make):
    for _ in range(5):
        make(ana)
    answer = ana.post("/me/calendar/new", data={"once": new_id(), "which": "all", "what": "times", "title": "Choir"})
    assert answer.status_code == 409
    assert "Choir" in answer.text, "what was typed is kept"
    assert Feed.select().count() == 5
    assert "Make another" not in ana.get("/me/calendar").text


def test_a_year_of_weekly_dates_is_small(app, nobody, meetings, make, cast):
    size = len(nobody.get(make(enter(app, "Ana"))).data)
    assert size < 60_000
    for number in range(2):
        other = make_circle(cast["Ana"], name=f"Table {number}")
        set_series(cast["Ana"].seat(other), utcnow(), days=2 + number)
    three = len(nobody.get(make(enter(app, "Ana"))).data)
    assert three < 3 * size
