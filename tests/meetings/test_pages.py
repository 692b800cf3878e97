"""The pages of meetings, as Ana and Bo use them, and as Cy and Stew do not."""

import re
from datetime import date, time, timedelta

import pytest
from flask import g

from portal.circles.access import seats_of
from portal.clocks import local
from portal.db import utcnow
from portal.jobs import CHORES
from portal.meetings.access.dates import Row, first_ahead, next_dates
from portal.meetings.access.meeting import next_meeting
from portal.meetings.access.turns import turns_of
from portal.meetings.forms.dates import SeriesForm
from portal.meetings.models.dates import Meeting, Series
from portal.meetings.models.extending import extend_series
from portal.meetings.models.plans import write_plan
from portal.meetings.models.turns import NOT_NOW, Passed, Turn, Willingness
from portal.meetings.plan import Place
from portal.meetings.recurrence import Repeats
from tests.cast import take_seat
from tests.meetings.conftest import ZONE, set_series
from tests.reading import hidden, words


@pytest.fixture
def upcoming(meetings):
    """The next meeting; Ana held the first and the third, Bo the second and the fourth: Ana is asked."""
    return meetings[4]


@pytest.fixture(autouse=True)
def held(request, people, begun):
    if "meetings" in request.fixturenames:
        meetings = request.getfixturevalue("meetings")
        for meeting, name in zip(meetings[:4], ("Ana", "Bo", "Ana", "Bo"), strict=True):
            Turn.take(meeting, people[name], begun)


def holder(meeting):
    return next(iter(Turn.holders(meeting.id)), None)


SERIES = {"often": "weeks-1", "at": "18:00", "minutes": "90", "zone": ZONE, "place": "The library", "link": ""}


def series_of(seat):
    """What the table meets by; a test here has one series at most."""
    return next(iter(Series.of(seat.circle_id, utcnow())), None)


def change_of(table, seat):
    return f"{table}/meetings/series/{series_of(seat).origin}"


def a_day(days):
    return (local(utcnow(), ZONE).date() + timedelta(days=days)).isoformat()


# Setting when we meet.


def test_a_table_without_dates_is_invited_to_set_one(ana, table):
    assert "You have not set yet when you meet" in words(ana.get(f"{table}/meetings"))
    assert "When would you like to meet?" in words(ana.get(table))
    assert f'href="{table}/times"' in ana.get(table).text


def test_a_first_series_is_saved_at_once_and_shown_to_everyone(ana, bo, table):
    answer = ana.post(f"{table}/meetings/series", data={**SERIES, "first": a_day(3)})
    assert answer.status_code == 303
    assert "Every" in words(bo.get(f"{table}/meetings"))
    assert "The library" in words(bo.get(table))
    assert "18:00 to 19:30" in words(bo.get(table))


def test_a_change_is_shown_first_and_then_carried_out(ana, table, meetings, upcoming, people):
    Turn.take(upcoming, people["Bo"], utcnow())
    write_plan(upcoming, people["Bo"], Place("The park", ""), "Bring a blanket", seen="")
    changed = {**SERIES, "first": a_day(2), "at": "19:00"}
    shown = ana.post(change_of(table, people["Ana"]), data=changed)
    said = words(shown)
    assert shown.status_code == 200
    assert "Nothing is saved yet" in said
    assert "These dates go" in said
    assert "Its plan goes with it. Bo has said yes for it." in said
    assert series_of(people["Ana"]).at.hour == 18
    answer = ana.post(change_of(table, people["Ana"]), data=hidden(shown))
    assert answer.status_code == 303
    assert series_of(people["Ana"]).at.hour == 19
    assert not Meeting.select().where(Meeting.id == upcoming.id).exists()


def test_a_change_that_would_leave_no_date_at_all_is_refused(ana, table, meetings, people):
    answer = ana.post(change_of(table, people["Ana"]), data={**SERIES, "first": "2199-01-01"})
    assert answer.status_code == 422
    assert "No date of the coming year follows from this." in words(answer)


def test_a_yes_to_a_preview_that_grew_old_shows_the_new_one(ana, table, meetings, people):
    path = change_of(table, people["Ana"])
    shown = ana.post(path, data={**SERIES, "first": a_day(2)})
    set_series(people["Bo"], utcnow(), days=4)
    again = ana.post(path, data=hidden(shown))
    assert again.status_code == 409
    assert "Please look once more" in words(again)
    assert ana.post(path, data=hidden(again)).status_code == 303


def test_from_the_preview_one_can_go_back_to_the_form_with_all_that_was_typed(ana, table, meetings, people):
    path = change_of(table, people["Ana"])
    shown = ana.post(path, data={**SERIES, "first": a_day(2), "place": "At Bo’s"})
    form = ana.post(path, data={**hidden(shown), "again": "yes"})
    assert "At Bo’s</textarea>" in form.text
    assert f'value="{a_day(2)}"' in form.text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"first": ""}, "Please give a date."),
        ({"first": "next Friday"}, "Please give a date, such as 2026-03-06."),
        ({"at": "25:00"}, "Please give a time between 00:00 and 23:59, such as 18:00."),
        ({"at": ""}, "Please say when you begin."),
        ({"minutes": "long"}, "Please give a number of minutes, such as 90."),
        ({"minutes": "5"}, "Please choose 15 to 480 minutes."),
        ({"link": "javascript:alert(1)"}, "This is not an address of the web."),
        ({"first": "2199-01-01"}, "No date of the coming year follows from this."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(ana, table, wrong, says):
    answer = ana.post(f"{table}/meetings/series", data={**SERIES, "first": a_day(3), **wrong})
    assert answer.status_code == 422
    assert says in words(answer)
    assert answer.text.count('aria-invalid="true"') == 1
    assert "The library</textarea>" in answer.text
    assert Series.select().count() == 0


def test_a_form_kept_while_its_writer_signed_in_again_opens_with_its_words(app):
    with app.test_request_context():
        g.kept = {**SERIES, "first": "2026-03-06", "minutes": "75", "often": "weeks-2"}
        form = SeriesForm()
    assert (form.rule.first, form.rule.at, form.rule.minutes) == (date(2026, 3, 6), time(18), 75)
    assert (form.rule.repeats, form.rule.every) == (Repeats.WEEKS, 2)


# The list and one meeting.


def test_older_meetings_stand_on_pages_of_their_own(ana, table, people, begun):
    long_ago = begun - timedelta(weeks=40)
    set_series(people["Ana"], long_ago)
    extend_series(begun)
    newest = ana.get(f"{table}/meetings")
    older = re.search(r'href="([^"]+)">Earlier ones', newest.text)[1]
    pages = [page.text.partition('id="over"')[2] for page in (newest, ana.get(older))]
    shown = [set(re.findall(r"/meetings/(\w{26})", page)) for page in pages]
    assert len(shown[0]) == 26
    assert not shown[0] & shown[1]
    over = Meeting.select().where(Meeting.ends_at <= utcnow())
    assert shown[0] | shown[1] == {meeting.id for meeting in over}


@pytest.mark.parametrize("before", ["tomorrow", "9999-12-31T00:00:00+00:00", "0001-01-01"])
def test_an_address_that_was_tampered_with_is_no_error(ana, table, meetings, before):
    assert ana.get(f"{table}/meetings", query_string={"before": before}).status_code == 200


def test_the_list_shows_what_is_coming_and_who_held_what_has_been(bo, table, meetings):
    said = words(bo.get(f"{table}/meetings"))
    assert "Coming" in said
    assert "The dates after that" in said
    assert "What has been" in said
    assert "Ana facilitated" in said
    assert "You facilitated" in said


def test_times_stand_by_the_circles_clock_and_by_the_readers_where_it_differs(ana, bo, at, upcoming):
    assert "18:00 to 19:30 in Chicago." in words(ana.get(at(upcoming)))
    assert "Where you are" not in words(ana.get(at(upcoming)))
    assert "Where you are, in Lisbon" in words(bo.get(at(upcoming)))


def test_place_and_plan_are_written_by_anyone_and_read_by_everyone(ana, bo, at, upcoming):
    typed = {
        "place": "The park",
        "link": "meet.example/us",
        "text": "Tea.\nThen silence.\n\nThen <b>talk</b>.",
        "seen": "",
    }
    assert bo.post(at(upcoming, "/plan"), data=typed).status_code == 303
    page = ana.get(at(upcoming)).text
    assert "<p>Tea.<br>Then silence.</p><p>Then &lt;b&gt;talk&lt;/b&gt;.</p>" in page
    assert '<a href="https://meet.example/us" rel="noreferrer noopener">https://meet.example/us</a>' in page


def test_two_who_write_a_plan_at_once_lose_neither(ana, bo, at, upcoming):
    ana.post(at(upcoming, "/plan"), data={"place": "The park", "text": "Ana’s plan", "seen": ""})
    late = bo.post(at(upcoming, "/plan"), data={"place": "The park", "text": "Bo’s plan", "seen": ""})
    assert late.status_code == 409
    assert "Ana’s plan" in words(late)
    assert "Bo’s plan" in words(late)
    seen = re.search(r'name="seen" type="hidden" value="(\w+)"', late.text)[1]
    assert bo.post(at(upcoming, "/plan"), data={"text": "Both plans", "seen": seen}).status_code == 303
    assert "Both plans" in words(ana.get(at(upcoming)))


def test_a_plan_that_is_too_long_is_given_back_whole(ana, at, upcoming):
    answer = ana.post(at(upcoming, "/plan"), data={"text": "word " * 1700, "seen": ""})
    assert answer.status_code == 422
    assert "word " * 1600 in answer.text


def test_a_meeting_is_skipped_after_reading_what_follows_and_met_after_all(ana, bo, table, at, meetings, upcoming):
    assert "Nobody loses a turn" in words(ana.get(at(upcoming, "/skip")))
    assert ana.post(at(upcoming, "/skip")).status_code == 303
    assert "We do not meet on this day." in words(bo.get(at(upcoming)))
    assert "We do not meet on" in words(bo.get(table))
    assert "Ana, would you facilitate?" in words(ana.get(at(meetings[5])))
    assert bo.post(at(upcoming, "/meet")).status_code == 303
    assert "We do not meet" not in words(bo.get(table))


# Whose turn it is.


def test_the_person_asked_is_asked_by_name_and_told_why(ana, table, meetings, upcoming):
    said = words(ana.get(table))
    assert "Ana, would you facilitate?" in said
    assert "You have not held it since" in said
    assert "Passing needs no reason. Nobody counts, and nothing is kept." in said


def test_the_others_read_who_is_asked_and_nothing_about_themselves(bo, table, upcoming):
    said = words(bo.get(table))
    assert "Ana is asked to facilitate." in said
    assert "Ana has not held it since" in said
    assert "would you facilitate" not in said


def test_yes_is_said_on_the_tables_page_and_leads_back_to_it(ana, bo, table, at, upcoming):
    answer = ana.post(at(upcoming, "/accept"), data={"back": table})
    assert (answer.status_code, answer.location) == (303, table)
    assert "You facilitate." in words(ana.get(table))
    assert "Ana facilitates." in words(bo.get(table))


def test_a_button_leads_nowhere_outside(ana, at, upcoming):
    answer = ana.post(at(upcoming, "/accept"), data={"back": "//elsewhere.example"})
    assert answer.location == at(upcoming)


def test_a_pass_asks_the_next_person_and_shows_to_nobody(ana, bo, table, at, upcoming):
    before = ana.get(at(upcoming)).text
    ana.post(at(upcoming, "/pass"), data={"back": table})
    assert Passed.select().count() == 1
    assert "Bo, would you facilitate?" in words(bo.get(table))
    for client, path in ((ana, table), (bo, table), (ana, at(upcoming)), (bo, at(upcoming))):
        assert not re.search(r"passed|has passed|not for a while, so", words(client.get(path)))
    assert "would you facilitate" in before


def test_a_pass_and_not_for_a_while_give_the_others_the_same_page(ana, bo, table, at, upcoming, people):
    ana.post(at(upcoming, "/pass"))
    passed = (words(bo.get(table)), words(bo.get(at(upcoming))))
    Passed.delete().execute()
    ana.post(at(upcoming, "/willing"), data={"answer": "not_now"})
    assert Willingness.of(people["Ana"]) == {"facilitator": NOT_NOW}
    assert (words(bo.get(table)), words(bo.get(at(upcoming)))) == passed


@pytest.mark.parametrize(
    ("button", "facts", "says"),
    [
        ("/accept", {}, "You have said yes. You can give it back at any time."),
        ("/pass", {}, "It goes on to the next person. Nobody counts, and nothing is kept."),
        (
            "/willing",
            {"answer": "not_now"},
            "To be asked again, open “Meetings”, then “What I’d like to be asked for”.",
        ),
        ("/willing", {"answer": "yes"}, "You are asked again when it is your turn."),
        ("/give-back", {}, "You have given it back."),
    ],
)
def test_what_was_done_with_one_tap_is_said_once_where_the_button_stood(
    ana, bo, table, at, upcoming, button, facts, says
):
    if button == "/give-back":
        ana.post(at(upcoming, "/accept"), headers={"HX-Request": "true", "HX-Target": "turn"})
    assert ana.post(at(upcoming, button), data={**facts, "back": table}).location == table
    assert says in words(ana.get(table))
    assert says not in words(ana.get(table))
    assert says not in words(bo.get(table))


def test_the_changed_block_says_what_was_done_too(ana, table, at, upcoming):
    answer = ana.post(at(upcoming, "/accept"), headers={"HX-Request": "true", "HX-Target": "turn"})
    assert "You have said yes." in answer.text
    assert "You have said yes." not in words(ana.get(table)), "not once more on the next page"


def test_the_way_back_from_not_for_a_while_is_on_the_list_of_meetings(ana, table, meetings):
    assert f'href="{table}/meetings/roles/mine"' in ana.get(f"{table}/meetings").text


def test_the_day_on_the_tables_page_leads_to_the_meeting(bo, table, at, upcoming):
    assert re.search(rf'<time [^>]*><b><a href="{at(upcoming)}">', bo.get(table).text)


def test_one_meeting_alone_can_be_given_another_time_another_place_or_be_skipped(bo, at, upcoming):
    page = bo.get(at(upcoming)).text.partition("Change this meeting alone")[2]
    assert re.findall(r'<a class="button[^"]*" href="([^"]+)">([^<]+)</a>', page) == [
        (at(upcoming, "/move"), "Another day, hour or length"),
        (at(upcoming, "/plan#place"), "Another place"),
        (at(upcoming, "/skip"), "Skip this one"),
    ]
    assert 'id="place"' in bo.get(at(upcoming, "/plan")).text


def test_what_was_saved_of_one_meeting_is_said(ana, at, upcoming):
    ana.post(at(upcoming, "/skip"))
    assert "This meeting is changed, and everyone sees it here." in words(ana.get(at(upcoming)))
    assert "The plan" not in words(ana.get(at(upcoming))), "of a day that is skipped nobody asks for one"
    ana.post(at(upcoming, "/meet"))
    assert "This meeting is changed, and everyone sees it here." in words(ana.get(at(upcoming)))
    ana.post(at(upcoming, "/plan"), data={"do": "save", "place": "The park", "text": "A blanket"})
    assert "Saved. Everyone at this table can read it." in words(ana.get(at(upcoming)))


def test_only_oneself_reads_not_for_a_while_and_can_end_it(ana, bo, at, upcoming):
    ana.post(at(upcoming, "/willing"), data={"answer": "not_now"})
    assert "You said “not for a while”" in words(ana.get(at(upcoming)))
    assert "not for a while”, so" not in words(bo.get(at(upcoming)))
    ana.post(at(upcoming, "/willing"), data={"answer": "yes"})
    assert "Ana, would you facilitate?" in words(ana.get(at(upcoming)))


def test_someone_else_can_take_it_for_the_person_asked(bo, at, upcoming, people):
    assert "I’ll take it for Ana" in words(bo.get(at(upcoming)))
    bo.post(at(upcoming, "/accept"))
    assert holder(upcoming) == people["Bo"].id


def test_who_comes_second_reads_who_has_it(ana, bo, at, upcoming, people):
    bo.post(at(upcoming, "/accept"))
    late = ana.post(at(upcoming, "/accept"))
    assert late.status_code == 409
    assert "Bo has said yes already. Nothing is lost." in words(late)
    assert holder(upcoming) == people["Bo"].id


def test_it_is_taken_over_from_who_said_yes_after_a_word_about_it(ana, bo, at, upcoming, people):
    ana.post(at(upcoming, "/accept"))
    page = bo.get(at(upcoming, "/take"))
    assert "Take it over if the two of you have spoken about it" in words(page)
    assert hidden(page)["instead_of"] == people["Ana"].id
    assert bo.post(at(upcoming, "/take"), data=hidden(page)).status_code == 303
    assert holder(upcoming) == people["Bo"].id


def test_a_yes_can_be_given_back(ana, bo, table, at, upcoming):
    ana.post(at(upcoming, "/accept"))
    assert "Give it back" in words(ana.get(at(upcoming)))
    ana.post(at(upcoming, "/give-back"))
    assert "Bo, would you facilitate?" in words(bo.get(table))


def test_when_nobody_is_asked_anyone_can_say_yes(ana, bo, table, at, upcoming, people):
    ana.post(at(upcoming, "/pass"))
    bo.post(at(upcoming, "/pass"))
    assert "Nobody is down to facilitate yet." in words(ana.get(table))
    assert "I’ll facilitate" in words(ana.get(table))
    ana.post(at(upcoming, "/accept"))
    assert holder(upcoming) == people["Ana"].id


def test_a_later_meeting_asks_nobody_yet_but_takes_a_yes(ana, at, meetings, people):
    assert "Somebody is asked when the meeting before this one is over." in words(ana.get(at(meetings[6])))
    ana.post(at(meetings[6], "/accept"))
    assert holder(meetings[6]) == people["Ana"].id


def test_htmx_gets_the_changed_block_alone(ana, at, upcoming):
    answer = ana.post(at(upcoming, "/accept"), headers={"HX-Request": "true", "HX-Target": "turn"})
    assert answer.status_code == 200
    assert 'id="turn"' in answer.text
    assert "<html" not in answer.text
    assert "You facilitate." in answer.text


def test_only_a_page_that_loads_htmx_speaks_of_it(ana, table, at, upcoming):
    for path in (table, f"{table}/meetings", at(upcoming), at(upcoming, "/plan"), at(upcoming, "/skip")):
        text = ana.get(path).text
        assert ("hx-post" in text) == ("htmx.min.js" in text), path
    assert "hx-post" in ana.get(at(upcoming)).text


def test_htmx_too_is_told_who_has_it(ana, bo, at, upcoming):
    bo.post(at(upcoming, "/accept"))
    late = ana.post(at(upcoming, "/accept"), headers={"HX-Request": "true", "HX-Target": "turn"})
    assert (late.status_code, "Bo has said yes already" in late.text) == (200, True)


def test_who_held_what_is_put_right_afterwards(ana, bo, at, meetings, people):
    a, b = people["Ana"].id, people["Bo"].id
    page = ana.get(at(meetings[3]))
    assert "Who did what" in words(page)
    assert f'value="facilitator.{b}" selected' in page.text
    told = [f"facilitator.{a}", "", f"timekeeper.{b}", f"timekeeper.{a}"]
    assert bo.post(at(meetings[3], "/held"), data={"holders": told}).status_code == 303
    assert Turn.holders(meetings[3].id) == [a]
    assert Turn.holders(meetings[3].id, "timekeeper") == [b, a]
    assert "Ana facilitated. Timekeeper: Bo and Ana." in words(bo.get(at(meetings[3]).rpartition("/")[0]))
    bo.post(at(meetings[3], "/held"), data={"holders": told, "not_met": "y"})
    assert "We did not meet on this day." in words(ana.get(at(meetings[3])))
    bo.post(at(meetings[3], "/held"), data={"holders": ["", ""]})
    assert "Nobody is written down." in words(ana.get(at(meetings[3])))
    bo.post(at(meetings[3], "/held"), data={"holders": ["facilitator.together", ""]})
    assert "We held it together." in words(ana.get(at(meetings[3])))
    assert 'value="facilitator.together" selected' in ana.get(at(meetings[3])).text


def test_who_held_what_must_be_someone_here(ana, at, meetings, people, cast):
    for wrong in (f"facilitator.{cast['Cy'].seat().id}", f"nothing.{people['Ana'].id}", "facilitator"):
        answer = ana.post(at(meetings[3], "/held"), data={"holders": wrong})
        assert answer.status_code == 422
        assert "Please choose among the people at this table." in words(answer)


def test_a_meeting_under_way_is_still_the_next(ana, table, upcoming):
    now = utcnow()
    Meeting.update(starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=1)).where(
        Meeting.id == upcoming.id
    ).execute()
    assert "We are meeting now." in words(ana.get(table))


def test_the_next_meeting_is_found_however_many_are_skipped(bo, table, people, meetings):
    for meeting in meetings[4:10]:
        meeting.skip(people["Ana"], utcnow())
    with bo:
        bo.get(table)
        found = next_meeting(people["Bo"], utcnow())
    assert found.meeting.id == meetings[10].id
    assert found.left_out[0] == meetings[4].starts_at


def test_who_does_what_costs_six_queries_where_somebody_is_asked_and_two_where_nobody_is(
    bo, table, people, upcoming, caplog
):
    def queries(seat, row, *, is_next):
        caplog.clear()
        turns_of(seat, row, names, utcnow(), is_next=is_next)
        return len(caplog.records)

    with bo, caplog.at_level("DEBUG", "peewee"):
        bo.get(table)
        names = {one.id: one for one in seats_of(people["Bo"])}
        row = Row(*first_ahead(circle_id=people["Bo"].circle_id, now=utcnow())[0])
        assert queries(people["Bo"], row, is_next=True) == 6
        assert queries(people["Bo"], row, is_next=False) == 2


def test_the_first_page_says_when_each_table_meets_next_and_asks_once_for_all(cy, cast, begun, caplog):
    here, there = cast["Ana"].seat(), cast["Cy"].seat()
    own = take_seat(here, cast["Cy"])
    first, second, *_rest = [one for one in set_series(here, begun) if one.ends_at > utcnow()]
    first.skip(here, utcnow())
    other = next(one for one in set_series(there, begun, days=12) if one.ends_at > utcnow())
    assert words(cy.get("/")).count("18:00") == 2
    with cy, caplog.at_level("DEBUG", "peewee"):
        cy.get("/")
        caplog.clear()
        dates = next_dates([own.circle_id, there.circle_id], utcnow())
        assert len(caplog.records) == 1
    assert {circle: shown.id for circle, shown in dates.items()} == {
        own.circle_id: second.id,
        there.circle_id: other.id,
    }


def test_the_first_page_also_lists_a_table_without_a_date(cy, cast):
    assert "No meeting is set yet." in words(cy.get("/"))


def test_dates_are_kept_ahead_and_passes_forgotten_without_anyone_coming_by(app):
    assert {"portal.meetings.models.extending.extend_series", "portal.meetings.models.turns.forget_passes"} <= {
        chore.name for chore in CHORES
    }


# Whoever sits elsewhere.


def test_cy_and_stew_find_nothing(cy, stew, table, at, upcoming, meetings):
    reads = [
        f"{table}/meetings",
        f"{table}/meetings/series",
        at(upcoming),
        at(upcoming, "/plan"),
        at(upcoming, "/skip"),
    ]
    writes = [at(upcoming, f"/{verb}") for verb in ("accept", "pass", "give-back", "willing", "take", "held", "meet")]
    for client in (cy, stew):
        for path in reads:
            assert client.get(path).status_code == 404, path
        for path in [*writes, at(upcoming, "/skip"), at(upcoming, "/plan"), f"{table}/meetings/series"]:
            assert client.post(path, data={**SERIES, "first": a_day(3), "holder": "nobody"}).status_code == 404, path
    assert holder(upcoming) is None


def test_the_list_of_one_table_shows_no_date_of_another(ana, cast, table, begun):
    set_series(cast["Cy"].seat(), begun)
    said = words(ana.get(f"{table}/meetings"))
    assert "Coming" not in said
    assert "What has been" not in said
    assert "When would you like to meet?" in words(ana.get(table))


def test_a_meeting_of_another_table_is_not_found_through_ones_own(cy, cast, meetings, upcoming):
    own = f"/c/{cast.other_table}/meetings/{upcoming.id}"
    assert cy.get(own).status_code == 404
    for verb in ("accept", "pass", "give-back", "take", "held", "meet", "skip", "plan"):
        assert cy.post(f"{own}/{verb}", data={"holder": "nobody", "text": "", "seen": ""}).status_code == 404, verb
    assert holder(upcoming) is None
