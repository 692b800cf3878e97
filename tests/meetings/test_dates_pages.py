"""The pages on which a table agrees when it meets, as Ana and Bo use them, and as Cy and Stew do not."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from flask import g

from portal.clocks import local
from portal.db import utcnow
from portal.meetings.access.dates import changes_since, rhythm_changed
from portal.meetings.access.rhythm import bounds, rhythm
from portal.meetings.forms.dates import SeriesForm
from portal.meetings.models.dates import Meeting, Series
from portal.meetings.models.turns import Turn
from portal.meetings.plan import Place
from portal.meetings.recurrence import Repeats, Rule
from portal.web import language
from tests.meetings.conftest import LIBRARY, ZONE, agree, set_series, weekly
from tests.meetings.test_pages import SERIES, a_day, change_of, series_of
from tests.reading import hidden, words

NEW = "/meetings/series"


@pytest.fixture
def seat(people):
    return people["Ana"]


@pytest.fixture
def change(table, meetings, seat):
    return change_of(table, seat)


def saturday(weeks=1):
    today = local(utcnow(), ZONE).date()
    return today + timedelta(days=(5 - today.weekday()) % 7 + 7 * weeks)


def filled(page):
    """What a form says when it is opened, by name."""
    found = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page.text))
    chosen = re.findall(r'<select[^>]*name="(\w+)".*?<option selected value="([^"]*)"', page.text, re.DOTALL)
    written = re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s*([^<]*)<', page.text)
    return found | dict(chosen) | dict(written)


# How it is said.


TUESDAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"repeats": Repeats.WEEKS}, "Every Tuesday at 18:00, by the clock in Chicago."),
        ({"repeats": Repeats.WEEKS, "every": 3}, "Every 3 weeks on Tuesday at 18:00, by the clock in Chicago."),
        ({"repeats": Repeats.WEEKDAY}, "Every second Tuesday of the month at 18:00, by the clock in Chicago."),
        (
            {"repeats": Repeats.WEEKDAY, "first": date(2026, 3, 31)},
            "Every last Tuesday of the month at 18:00, by the clock in Chicago.",
        ),
        (
            {"repeats": Repeats.LAST_WEEKDAY, "first": date(2026, 3, 31), "every": 2},
            "Every 2 months, on the last Tuesday at 18:00, by the clock in Chicago.",
        ),
        ({"repeats": Repeats.DATE}, "Every month on day 10 at 18:00, by the clock in Chicago."),
        (
            {"repeats": Repeats.DATE, "first": date(2026, 3, 31)},
            "Every month on day 31 at 18:00, by the clock in Chicago. In a shorter month, on its last day.",
        ),
        ({"repeats": Repeats.ONCE}, "Once, on Tuesday 10 March at 18:00, by the clock in Chicago."),
    ],
)
def test_every_rhythm_is_said_in_one_sentence(app, given, says):
    facts = {"every": 1, "first": TUESDAY, "at": time(18), "zone": ZONE, "minutes": 90} | given
    with app.test_request_context():
        language.use("en")
        assert rhythm(Rule(**facts)) == says


def test_beside_it_stand_its_beginning_its_end_and_its_breaks(app):
    rests = ((date(2026, 1, 1), date(2026, 1, 9)), (date(2026, 8, 1), date(2026, 8, 31)))
    rule = weekly(TUESDAY, until=date(2026, 12, 18), rests=rests)
    with app.test_request_context():
        language.use("en")
        assert bounds(rule, date(2026, 3, 1)) == [
            "From 10 March 2026 on.",
            "The last day for it is 18 December 2026.",
            "We rest from 1 August to 31 August 2026.",
        ]
        assert bounds(rule, date(2026, 10, 1)) == ["The last day for it is 18 December 2026."]


# Several series.


def test_a_second_series_stands_beside_the_first(ana, bo, table, meetings):
    page = ana.get(table + NEW)
    assert "This comes beside what you have." in words(page)
    art = {**SERIES, "often": "weekday-1", "first": saturday().isoformat(), "at": "14:00", "name": "Art afternoon"}
    assert ana.post(table + NEW, data=art).status_code == 303
    said = words(bo.get(f"{table}/meetings"))
    assert "at 18:00, by the clock in Chicago." in said
    assert re.search(r"Art afternoon Every \w+ Saturday of the month at 14:00", said)
    assert re.search(r"Saturday \d+ \w+ Art afternoon 14:00 to 15:30", said)


def test_a_table_with_one_rhythm_reads_no_name_beside_its_dates(bo, table, meetings):
    assert "Art" not in words(bo.get(f"{table}/meetings"))


def test_a_form_that_is_sent_twice_makes_one_series(ana, table, seat):
    once = hidden(ana.get(table + NEW))
    form = {**SERIES, "first": a_day(3), "once": once["once"]}
    assert [ana.post(table + NEW, data=form).status_code for _ in range(2)] == [303, 303]
    assert Series.select().count() == 1


def test_who_goes_back_and_sends_something_else_changes_what_they_made(ana, table, seat):
    once = hidden(ana.get(table + NEW))["once"]
    ana.post(table + NEW, data={**SERIES, "first": a_day(3), "once": once})
    shown = ana.post(table + NEW, data={**SERIES, "first": a_day(3), "at": "19:00", "once": once})
    assert "These get another time" in words(shown)
    assert "You have another meeting then." not in words(shown)
    assert shown.status_code == 200
    assert ana.post(table + NEW, data=hidden(shown)).status_code == 303
    assert (len(Series.of(seat.circle_id, utcnow())), series_of(seat).at.hour) == (1, 19)


def test_a_made_up_one_time_id_is_replaced(app):
    with app.test_request_context(method="POST", data={**SERIES, "once": "../etc"}):
        assert re.fullmatch("[a-z2-7]{26}", SeriesForm().once.data)


def test_a_one_time_id_that_another_table_used_makes_a_series_of_ones_own(ana, cy, cast, table, seat):
    theirs = set_series(cast["Cy"].seat(), utcnow())[0].series_id
    assert ana.post(table + NEW, data={**SERIES, "first": a_day(3), "once": theirs}).status_code == 303
    assert series_of(seat).id != theirs
    assert Series.get_by_id(theirs).circle_id == cast.other_table


def test_a_series_that_falls_together_with_another_is_shown_before_it_is_saved(ana, table, meetings):
    same = {**SERIES, "first": meetings[6].day.isoformat(), "at": "18:30"}
    shown = ana.post(table + NEW, data=same)
    assert shown.status_code == 200
    assert "of these days you have another meeting at that time. You can have both." in words(shown)
    assert ana.post(table + NEW, data=hidden(shown)).status_code == 303
    assert Meeting.select().where(Meeting.day == meetings[6].day).count() == 2


def test_what_another_page_found_stands_in_the_form(ana, table, change):
    asked = "?at=19:30&first=2026-12-04&minutes=120&zone=Europe/Lisbon"
    for path in (table + NEW, change):
        said = filled(ana.get(path + asked))
        assert {name: said[name] for name in ("at", "first", "minutes", "zone")} == {
            "at": "19:30", "first": "2026-12-04", "minutes": "120", "zone": "Europe/Lisbon"
        }  # fmt: skip


@pytest.mark.parametrize(
    "asked", ["?at=noon", "?first=soon", "?minutes=many", "?zone=Nowhere/Else", "?first=9999-12-31"]
)
def test_an_address_that_was_tampered_with_opens_the_form_all_the_same(ana, table, asked):
    assert ana.get(table + NEW + asked).status_code == 200


def test_the_page_that_finds_a_time_is_offered_where_one_is_set(ana, table, cast):
    assert f'href="/c/{cast.table}/times"' in ana.get(table + NEW).text


def test_it_is_offered_on_the_list_of_meetings_before_and_after_one_is_set(ana, table, begun, seat):
    assert ana.get(f"{table}/meetings").text.count(f'href="{table}/times"') == 1
    set_series(seat, begun)
    assert ana.get(f"{table}/meetings").text.count(f'href="{table}/times"') == 1


def test_what_was_agreed_is_read_back_above_the_list(ana, table, meetings):
    free = meetings[5].day + timedelta(days=1)
    ana.post(f"{table}/meetings/add", data={**SERIES, "first": free.isoformat()})
    assert re.search(rf"{free:%A} \d+ \w+ is in the list\.", words(ana.get(f"{table}/meetings")))
    ana.post(table + NEW, data={**SERIES, "first": (free + timedelta(days=1)).isoformat(), "at": "08:00"})
    assert f"You meet like this: Every {free + timedelta(days=1):%A} at 08:00" in words(ana.get(f"{table}/meetings"))


# The rarer questions.


def test_breaks_an_end_and_another_clock_are_asked_for_on_the_same_page(ana, table, seat):
    rare = {"rest_1": a_day(20), "rest_1_to": a_day(40), "until": a_day(100), "zone": "Europe/Lisbon"}
    assert ana.post(table + NEW, data={**SERIES, "first": a_day(3), **rare}).status_code == 303
    rule = series_of(seat).rule
    assert [(begin.isoformat(), end.isoformat()) for begin, end in rule.rests] == [(a_day(20), a_day(40))]
    assert (rule.until.isoformat(), rule.zone) == (a_day(100), "Europe/Lisbon")


def test_a_break_is_two_taps_from_the_list(ana, table, change, meetings):
    link = re.search(r'href="([^"]+)" aria-label="A break: [^"]+"', ana.get(f"{table}/meetings").text)[1]
    assert link == f"{change}?rest=yes#breaks"
    assert '<details class="fold" open>' in ana.get(link).text
    assert 'id="breaks"' in ana.get(link).text
    assert '<details class="fold" open>' not in ana.get(change).text


def test_a_place_told_in_several_lines_is_kept_as_one(ana, table, seat):
    ana.post(table + NEW, data={**SERIES, "first": a_day(3), "place": " The library,\r\n  by the garden door "})
    assert series_of(seat).usual_place(seat).place == "The library, by the garden door"


def test_breaks_stand_in_the_form_with_room_for_one_more_and_an_emptied_line_takes_one_back(ana, table, seat):
    first = {"rest_1": a_day(20), "rest_1_to": a_day(40)}
    ana.post(table + NEW, data={**SERIES, "first": a_day(3), **first})
    page = ana.get(change_of(table, seat))
    assert '<details class="fold" open>' in page.text
    assert filled(page)["rest_1"] == a_day(20)
    assert 'name="rest_2"' in page.text
    assert 'name="rest_3"' not in page.text
    shown = ana.post(change_of(table, seat), data={**SERIES, "first": a_day(3), "rest_1": "", "rest_1_to": ""})
    ana.post(change_of(table, seat), data=hidden(shown))
    assert series_of(seat).rule.rests == ()


def test_the_rarer_questions_are_folded_where_they_have_no_answer(ana, table):
    assert '<details class="fold">' in ana.get(table + NEW).text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"rest_1": "x"}, "Please give a date, such as 2026-03-06."),
        ({"rest_1": "2027-08-01"}, "Please give the first day of the break and its last."),
        ({"rest_1_to": "2027-08-01"}, "Please give the first day of the break and its last."),
        ({"rest_2": "2027-08-09", "rest_2_to": "2027-08-01"}, "This is before the break begins."),
        ({"rest_1": "2027-08-09", "rest_1_to": "2029-08-01"}, "A break can last a year."),
        ({"until": "2020-01-01"}, "This is before the first date."),
        ({"times": "0"}, "Please choose 1 to 500 meetings."),
        ({"times": "many"}, "Please give a number, such as 12."),
        ({"times": "3", "until": "2099-01-01"}, "Please give a last day or a number of meetings, not both."),
        ({"often": "last-1", "first": "2027-03-02"}, "The first date is not the last such weekday of its month."),
        ({"first": "9999-12-31"}, "Please give a date, such as 2026-03-06."),
        ({"name": "x" * 41}, "This is one character too long."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(ana, table, wrong, says):
    answer = ana.post(table + NEW, data={**SERIES, "first": a_day(3), **wrong})
    assert answer.status_code == 422
    assert says in words(answer)
    assert "The library</textarea>" in answer.text
    assert answer.text.count('aria-invalid="true"') == 1
    assert (
        not {"until", "times", "rest_1", "rest_2", "name"} & set(wrong) or '<details class="fold" open>' in answer.text
    )
    assert Series.select().count() == 0


def test_all_that_is_wrong_is_said_at_once(ana, table):
    wrong = {"first": "", "rest_1": "2027-08-09", "rest_1_to": "2027-08-01", "rest_2": "2027-09-01"}
    said = words(ana.post(table + NEW, data={**SERIES, **wrong}))
    for says in ("Please give a date.", "This is before the break begins.", "Please give the first day of the break"):
        assert says in said


@pytest.mark.parametrize("often", ["weeks-0", "weeks-9", "once-1", "years-1", ""])
def test_only_what_is_offered_can_be_chosen(ana, table, often):
    assert ana.post(table + NEW, data={**SERIES, "first": a_day(3), "often": often}).status_code == 422


def test_a_series_of_so_many_meetings_asks_for_those_that_are_left(ana, table, seat, begun):
    agree(seat, weekly(local(begun, ZONE).date() + timedelta(days=10), times=12), begun)
    page = filled(ana.get(change_of(table, seat)))
    assert page["times"] == "8"
    shown = ana.post(
        change_of(table, seat), data={**SERIES, "first": page["first"], "times": "8", "place": LIBRARY.place}
    )
    assert "These dates go" not in words(shown)
    assert "These are new" not in words(shown)


def test_the_31st_stays_the_31st_when_the_form_is_opened_in_a_short_month(ana, table, seat):
    agree(seat, Rule(Repeats.DATE, 1, date(2026, 1, 31), time(18), ZONE, 90), datetime(2026, 1, 1))
    page = filled(ana.get(change_of(table, seat)))
    shown = ana.post(change_of(table, seat), data={**SERIES, "often": "date-1", "first": page["first"]})
    assert "These dates go" not in words(shown)


# A change, and two who change at once.


def test_the_form_opens_with_what_holds_now(ana, change, meetings):
    said = filled(ana.get(change))
    upcoming = next(one for one in meetings if one.starts_at > utcnow())
    assert (said["first"], said["at"], said["minutes"]) == (upcoming.day.isoformat(), "18:00", "90")
    assert (said["often"], said["zone"], said["place"]) == ("weeks-1", ZONE, LIBRARY.place)


def test_who_was_slower_is_shown_what_holds_now_and_loses_nothing(ana, bo, change, meetings, seat):
    page = hidden(ana.get(change))
    theirs = {
        **SERIES,
        "first": meetings[5].day.isoformat(),
        "at": "17:00",
        "place": "At Bo’s",
        **hidden(bo.get(change)),
    }
    bo.post(change, data=hidden(bo.post(change, data=theirs)))
    mine = {**SERIES, "first": meetings[5].day.isoformat(), "at": "20:00", "place": "The park", **page}
    late = ana.post(change, data=mine)
    assert late.status_code == 409
    said = words(late)
    assert "This is what holds now." in said
    assert "at 17:00" in said
    assert "At Bo’s" in said
    assert series_of(seat).at.hour == 17
    assert hidden(late)["place"] == "The park"
    assert ana.post(change, data=hidden(late)).status_code == 303
    assert (series_of(seat).at.hour, series_of(seat).usual_place(seat)) == (20, Place("The park", ""))


def test_a_change_of_place_alone_is_not_lost_to_who_was_slower(ana, bo, change, meetings, seat):
    """No date differs, and still the second is shown what the first one wrote."""
    same = {**SERIES, "first": meetings[5].day.isoformat()}
    opened = [hidden(client.get(change)) for client in (ana, bo)]
    bo.post(change, data=hidden(bo.post(change, data={**same, "place": "At Bo’s", **opened[1]})))
    late = ana.post(change, data={**same, "place": "The park", **opened[0]})
    assert (late.status_code, "At Bo’s" in words(late)) == (409, True)


def test_a_change_that_is_sent_twice_is_carried_out_once(ana, change, meetings, seat):
    form = {**SERIES, "first": a_day(2), **hidden(ana.get(change))}
    yes = hidden(ana.post(change, data=form))
    assert [ana.post(change, data=yes).status_code for _ in range(2)] == [303, 303]
    assert Series.select().count() == 2


def test_the_preview_says_what_was_moved_by_hand_and_leaves_it_there(ana, change, meetings, seat):
    moved = meetings[9]
    starts_at = moved.starts_at + timedelta(hours=26)
    moved.move(seat, starts_at, starts_at + timedelta(minutes=60), 0, utcnow())
    form = {**SERIES, "first": meetings[5].day.isoformat(), "at": "19:00"}
    shown = ana.post(change, data=form)
    assert "You moved this one by hand. It stays there." in words(shown)
    ana.post(change, data=hidden(shown))
    assert Meeting.get_by_id(moved.id).starts_at == starts_at
    gone = ana.post(change, data={**form, "first": a_day(2)})
    assert "You moved this one by hand. It goes, too." in words(gone)


def test_the_preview_of_another_zone_shows_the_hours_of_its_clock(ana, change, meetings):
    shown = words(ana.post(change, data={**SERIES, "first": meetings[5].day.isoformat(), "zone": "Europe/Madrid"}))
    assert "You would meet like this:" in shown
    assert "at 18:00, by the clock in Madrid." in shown
    assert re.search(
        r"These get another time \w+ \d+ \w+, 18:00 to 19:30 Until now: 18:00 to 19:30 in Chicago\.", shown
    )


def test_the_preview_says_beside_a_new_hour_what_it_was_until_now(ana, change, meetings):
    shown = words(ana.post(change, data={**SERIES, "first": meetings[5].day.isoformat(), "at": "19:15"}))
    assert re.search(r", 19:15 to 20:45 Until now: 18:00 to 19:30\. ", shown)


# Ending.


def test_the_end_of_a_series_is_shown_first_and_then_carried_out(ana, bo, table, change, meetings, seat):
    Turn.take(meetings[8], seat, utcnow())
    since = meetings[7].day.isoformat()
    assert "at 18:00, by the clock in Chicago." in words(ana.get(f"{change}/end"))
    shown = ana.post(f"{change}/end", data={"since": since})
    said = words(shown)
    assert "These dates go" in said
    assert "You have said yes for it." in said
    assert Meeting.select().where(Meeting.id == meetings[8].id).exists()
    assert [ana.post(f"{change}/end", data=hidden(shown)).status_code for _ in range(2)] == [303, 303]
    assert [row.id for row in Meeting.select().order_by(Meeting.day)] == [one.id for one in meetings[:7]]
    assert "The last day for it is" in words(bo.get(f"{table}/meetings"))


def test_an_end_today_takes_the_series_off_the_page_and_leaves_what_has_been(ana, table, change, meetings):
    shown = ana.post(f"{change}/end", data={"since": "2020-01-01"})
    ana.post(f"{change}/end", data=hidden(shown))
    said = words(ana.get(f"{table}/meetings"))
    assert "You have not set yet when you meet" in said
    assert "What has been" in said
    assert Meeting.select().count() == 4
    assert Series.get().until == local(utcnow(), ZONE).date() - timedelta(days=1)


def test_from_the_end_one_can_go_back_to_the_day(ana, change, meetings):
    shown = ana.post(f"{change}/end", data={"since": meetings[7].day.isoformat()})
    assert meetings[7].day.isoformat() in ana.post(f"{change}/end", data={**hidden(shown), "again": "yes"}).text


def test_an_end_without_a_day_is_asked_again(ana, change):
    assert ana.post(f"{change}/end", data={"since": ""}).status_code == 422


def test_dates_that_changed_before_the_end_are_shown_once_more(ana, change, meetings, people):
    shown = ana.post(f"{change}/end", data={"since": meetings[7].day.isoformat()})
    set_series(people["Bo"], utcnow(), days=4)
    again = ana.post(f"{change}/end", data=hidden(shown))
    assert (again.status_code, "Please look once more." in words(again)) == (409, True)


def test_whoever_changes_what_was_ended_meanwhile_reads_that_and_may_begin_it_again(ana, change, meetings, seat):
    form = {**SERIES, "first": meetings[6].day.isoformat(), "until": "", **hidden(ana.get(change))}
    ana.post(f"{change}/end", data=hidden(ana.post(f"{change}/end", data={"since": "2020-01-01"})))
    late = ana.post(change, data=form)
    assert late.status_code == 409
    assert "Somebody ended these meetings. If you go on, they begin again as you wrote it." in words(late)
    assert ana.post(change, data=hidden(late)).status_code == 303
    assert series_of(seat) is not None


# One more meeting.


def test_a_single_meeting_is_added_and_stands_by_itself(ana, bo, table, meetings, seat):
    add = f"{table}/meetings/add"
    said = filled(ana.get(add))
    assert (said["at"], said["minutes"]) == ("18:00", "90")
    free = meetings[5].day + timedelta(days=1)
    form = {**SERIES, "first": free.isoformat(), "at": "10:00", **hidden(ana.get(add))}
    assert [ana.post(add, data=form).status_code for _ in range(2)] == [303, 303]
    made = Meeting.get(Meeting.day == free)
    assert "10:00 to 11:30 in Chicago." in words(bo.get(f"{table}/meetings/{made.id}"))
    assert len(Series.of(seat.circle_id, utcnow())) == 1


def test_a_single_meeting_beside_another_is_said_and_allowed(ana, table, meetings):
    form = {**SERIES, "first": meetings[6].day.isoformat(), "at": "19:00"}
    shown = ana.post(f"{table}/meetings/add", data=form)
    assert "On one of these days you have another meeting at that time." in words(shown)
    assert "Save it like this" in words(shown), "nothing that stands changes"
    assert ana.post(f"{table}/meetings/add", data=hidden(shown)).status_code == 303
    assert Meeting.select().where(Meeting.day == meetings[6].day).count() == 2


def test_no_meeting_is_added_in_the_past(ana, table):
    answer = ana.post(f"{table}/meetings/add", data={**SERIES, "first": a_day(-2)})
    assert (answer.status_code, Series.select().count()) == (422, 0)
    assert "The library</textarea>" in answer.text


def test_a_single_meeting_is_changed_on_its_own_page_and_not_as_a_series(ana, table, seat):
    ana.post(f"{table}/meetings/add", data={**SERIES, "first": a_day(5)})
    assert ana.get(f"{table}/meetings/series/{Series.get().origin}").status_code == 404


# Since one was here.


def test_what_changed_since_is_told_with_how(ana, table, meetings, people):
    since, now = utcnow() - timedelta(minutes=1), utcnow()
    meetings[6].skip(people["Bo"], now)
    later = meetings[8].starts_at + timedelta(hours=1)
    meetings[8].move(people["Bo"], later, later + timedelta(hours=1), 0, now)
    with ana:
        ana.get(table)
        told = [(shown.id, how) for shown, how in changes_since(people["Ana"].circle_id, since, now)]
        assert changes_since(people["Ana"].circle_id, now, now) == []
    assert told == [(meetings[6].id, "skipped"), (meetings[8].id, "moved")]
    assert not rhythm_changed(people["Ana"].circle_id, since)
    set_series(people["Bo"], now, days=4)
    assert rhythm_changed(people["Ana"].circle_id, since)
    with ana:
        ana.get(table)
        assert changes_since(people["Ana"].circle_id, since, now) == []


# On paper.


def test_the_printed_dates_name_nobody_and_no_place_unless_asked(ana, table, meetings, people):
    Turn.take(meetings[5], people["Bo"], utcnow())
    sheet = f"{table}/meetings/print"
    plain = ana.get(sheet).text.partition('class="sheet"')[2]
    assert "Bo" not in plain
    assert "library" not in plain
    assert plain.count('<th scope="row">') == 26
    names = ana.get(f"{sheet}?names=yes").text.partition('class="sheet"')[2]
    assert ("Bo" in names, "library" in names) == (True, False)
    places = ana.get(f"{sheet}?places=yes").text.partition('class="sheet"')[2]
    assert ("<td>Bo" in places, places.count("library")) == (False, 1)


def test_a_place_that_differs_stands_beside_its_date(ana, table, meetings, seat):
    art = weekly(meetings[4].day + timedelta(days=8), at=time(10))  # the twelfth is near enough in any three months
    agree(seat, art, utcnow(), usual=Place("The studio", ""), name="Art afternoon")
    sheet = ana.get(f"{table}/meetings/print?places=yes&months=3").text.partition('class="sheet"')[2]
    assert (sheet.count("library"), sheet.count("studio")) == (13, 12)
    assert "Art afternoon" not in sheet


@pytest.mark.parametrize("asked", ["?months=99", "?months=x", "?names=&places="])
def test_the_printed_dates_stand_any_address(ana, table, asked):
    assert ana.get(f"{table}/meetings/print{asked}").status_code == 200


def test_a_table_without_dates_prints_that(ana, table):
    assert "No date is set." in words(ana.get(f"{table}/meetings/print"))


# Elsewhere.


def test_cy_and_stew_find_none_of_it(cy, stew, table, change, meetings):
    for client in (cy, stew):
        for path in (table + NEW, change, f"{change}/end", f"{table}/meetings/add"):
            assert client.get(path).status_code == 404, path
            sent = client.post(path, data={**SERIES, "first": a_day(3), "since": a_day(3)})
            assert sent.status_code == 404, path
        assert client.get(f"{table}/meetings/print").status_code == 404
    assert Series.select().count() == 1


def test_a_series_of_another_table_is_not_found_through_ones_own(cy, cast, meetings, seat):
    own = f"/c/{cast.other_table}/meetings/series/{series_of(seat).origin}"
    assert [cy.get(path).status_code for path in (own, f"{own}/end")] == [404, 404]


def test_a_form_kept_while_its_writer_signed_in_again_keeps_its_breaks(app):
    with app.test_request_context():
        g.kept = {**SERIES, "first": "2026-03-06", "rest_1": "2026-08-01", "rest_1_to": "2026-08-31", "times": "12"}
        form = SeriesForm()
    assert form.rule.rests == ((date(2026, 8, 1), date(2026, 8, 31)),)
    assert form.rule.times == 12
