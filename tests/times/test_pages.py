"""The pages on which a table finds a time, as Ana and Bo use them, and as Cy and Stew do not."""

import re
from datetime import datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import g

from portal.accounts.models.people import Person
from portal.times.forms import HoursForm
from portal.times.models import Hours
from portal.times.week import Answer, Week
from tests.browsing import answered, chromium, needs_chromium, tab_of
from tests.cast import make_person, take_seat
from tests.reading import words

NO, IF_NEED_BE, WORKS = Answer
CHICAGO, LISBON = "America/Chicago", "Europe/Lisbon"
NOW = datetime(2026, 11, 23, 15)  # a Monday morning in Chicago
WORKDAYS = {day: "y" for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
EVENINGS = {**WORKDAYS, "begins": "1080", "ends": "1260", "kind": "works"}


@pytest.fixture(autouse=True)
def at_a_known_moment():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def seats(cast):
    return {name: cast[name].seat() for name in ("Ana", "Bo")}


@pytest.fixture
def says(seats):
    def say(name, zone, days, begins, ends, answer=WORKS):
        Hours.mark(seats[name], zone, days, begins * 60, ends * 60, answer)

    return say


def proposed(answer):
    """The headings of what is proposed."""
    return re.findall(r'<h3 id="time-\d">(.*?)</h3>', answer.text)


# What is proposed.


def test_where_nobody_has_marked_anything_one_button_leads_on(ana, table):
    said = words(ana.get(f"{table}/times"))
    assert "Mark my hours" in said
    assert "Without marked hours" not in said
    assert "For how long?" not in said


def test_where_only_i_have_marked_hours_it_says_what_comes_next(ana, table, says):
    says("Ana", CHICAGO, [1], 18, 21)
    answer = ana.get(f"{table}/times")
    assert "Times are proposed as soon as a second person has marked hours." in words(answer)
    assert "Tuesday 18:00 to 21:00" in words(answer)
    assert not proposed(answer)


def test_who_has_marked_nothing_sees_who_has_and_is_asked_for_no_reason(bo, table, says):
    says("Ana", CHICAGO, [1], 18, 21)
    said = words(bo.get(f"{table}/times"))
    assert "Marked so far: Ana." in said
    assert "Mark my hours" in said
    assert "18:00" not in said, "another's hours are not shown as a list"


def test_a_time_that_suits_both_stands_in_two_clocks(ana, bo, table, says):
    says("Ana", CHICAGO, [3], 17, 20)
    says("Bo", LISBON, [3], 23, 24)
    says("Bo", LISBON, [4], 0, 2)
    for client in (ana, bo):
        answer = client.get(f"{table}/times")
        assert proposed(answer) == ["Thursday, 17:00 to 18:30"]
        assert "It suits everyone." in words(answer)
        assert "It can begin as late as 18:30 and still suit the same people." in words(answer)
    assert "Where you are, in Lisbon: Thursday" not in words(ana.get(f"{table}/times"))
    assert "Where you are, in Lisbon, that is 23:00 to 0:30." in words(bo.get(f"{table}/times")).replace(
        "00:30", "0:30"
    )


def test_a_time_on_another_day_where_the_reader_is_names_that_day(bo, table, says):
    says("Ana", CHICAGO, [3], 18, 20)
    says("Bo", LISBON, [4], 0, 2)
    assert "Where you are, in Lisbon: Friday, 00:00 to 01:30." in words(bo.get(f"{table}/times"))


def test_who_can_only_if_need_be_and_whose_hours_it_is_outside_is_said(ana, table, says, seats):
    dee = take_seat(seats["Ana"], make_person("Dee"))
    says("Ana", CHICAGO, [3], 18, 20)
    says("Bo", CHICAGO, [3], 18, 20, IF_NEED_BE)
    Hours.mark(dee, CHICAGO, [5], 600, 900, WORKS)
    said = words(ana.get(f"{table}/times"))
    assert "The closest there are" in said
    assert "It suits Ana. If need be: Bo. Outside the hours of Dee." in said


def test_who_never_marks_anything_is_named_once_and_without_blame(ana, table, says, seats):
    take_seat(seats["Ana"], make_person("Dee"))
    says("Ana", CHICAGO, [3], 18, 20)
    says("Bo", CHICAGO, [3], 18, 20)
    said = words(ana.get(f"{table}/times"))
    assert "It suits Ana and Bo." in said
    assert "It suits everyone." not in said
    assert "Without marked hours: Dee. That is fine. Nobody has to, and a word to the others does as well." in said


def test_hours_without_anything_in_common_say_what_could_help(ana, table, says):
    says("Ana", CHICAGO, [3], 18, 20)
    says("Bo", CHICAGO, [4], 18, 20)
    answer = ana.get(f"{table}/times")
    assert "No two of you have an hour in common yet that is long enough." in words(answer)
    assert not proposed(answer)


def test_a_clock_change_that_leads_out_of_someones_hours_is_told(ana, table, says):
    says("Ana", CHICAGO, [3], 11, 14)
    says("Bo", LISBON, [3], 17, 19)
    said = words(ana.get(f"{table}/times?minutes=120"))
    assert (
        "From 18 March to 25 March, when clocks have changed, it is an hour earlier for Bo, outside their hours."
        in said
    )


@pytest.mark.parametrize(("asked", "begins"), [("60", 2), ("120", 1), ("75", 1), ("9999", 1), ("long", 1), ("", 1)])
def test_the_length_is_chosen_in_the_address(ana, table, says, asked, begins):
    says("Ana", CHICAGO, [2], 18, 19)
    says("Bo", CHICAGO, [2], 18, 19)
    says("Ana", CHICAGO, [4], 18, 20)
    says("Bo", CHICAGO, [4], 18, 20)
    answer = ana.get(f"{table}/times?minutes={asked}")
    assert len(proposed(answer)) == begins
    assert f'value="{asked if asked in ("60", "75", "120") else 90}" selected' in answer.text


def test_no_more_than_a_few_times_are_proposed(ana, table, says):
    for day in range(7):
        says("Ana", CHICAGO, [day], 12, 20)
        says("Bo", CHICAGO, [day], 12 + day // 2, 20)
    assert len(proposed(ana.get(f"{table}/times"))) == 5


def test_a_proposal_leads_to_the_form_that_sets_when_the_table_meets(ana, table, says):
    says("Ana", CHICAGO, [3], 18, 20)
    says("Bo", CHICAGO, [3], 18, 20)
    answer = ana.get(f"{table}/times?minutes=60")
    link = urlsplit(unescape(re.search(r'href="([^"]+)" aria-describedby="time-1"', answer.text)[1]))
    assert link.path == f"{table}/meetings/series"
    assert parse_qs(link.query) == {"at": ["18:00"], "first": ["2026-11-26"], "minutes": ["60"], "zone": [CHICAGO]}
    assert ana.get(link.path + "?" + link.query).status_code == 200


# One's own hours.


def test_hours_are_said_a_few_at_a_time_and_each_is_kept(bo, table, seats):
    answer = bo.post(f"{table}/times/mine", data=EVENINGS)
    assert (answer.status_code, answer.location) == (303, f"{table}/times/mine")
    bo.post(f"{table}/times/mine", data={"saturday": "y", "begins": "600", "ends": "1440", "kind": "need"})
    assert Hours.of(seats["Bo"]) == (
        Week(LISBON).marked(range(5), 1080, 1260, WORKS).marked([5], 600, 1440, IF_NEED_BE)
    )
    said = words(bo.get(f"{table}/times/mine"))
    assert "Monday to Friday 18:00 to 21:00" in said
    assert "Saturday 10:00 to 24:00, if need be" in said


def test_pressing_twice_is_saying_it_once(bo, table):
    for _twice in range(2):
        assert bo.post(f"{table}/times/mine", data=EVENINGS).status_code == 303
    assert words(bo.get(f"{table}/times/mine")).count("18:00 to 21:00") == 1


def test_a_line_can_be_taken_out_and_the_rest_stays(bo, table, seats):
    bo.post(f"{table}/times/mine", data=EVENINGS)
    bo.post(f"{table}/times/mine", data={"sunday": "y", "begins": "0", "ends": "120", "kind": "works"})
    form = re.search(r"<form[^>]*>((?:(?!</form>).)*Take out Sunday.*?)</form>", bo.get(f"{table}/times/mine").text)[1]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert bo.post(f"{table}/times/mine", data=fields).status_code == 303
    assert Hours.of(seats["Bo"]) == Week(LISBON).marked(range(5), 1080, 1260, WORKS)


def test_everything_can_be_taken_back(bo, table):
    bo.post(f"{table}/times/mine", data=EVENINGS)
    assert "Take all my hours back" in words(bo.get(f"{table}/times/mine"))
    assert bo.post(f"{table}/times/mine/take-back").location == f"{table}/times"
    assert Hours.select().count() == 0
    assert bo.post(f"{table}/times/mine/take-back").status_code == 303


def test_who_has_marked_nothing_is_not_asked_what_to_take_back(bo, table):
    said = words(bo.get(f"{table}/times/mine"))
    assert "They don’t, after all" not in said
    assert "Take" not in said.replace("take it back", "")


@pytest.mark.parametrize(
    ("wrong", "says_so"),
    [
        ({day: "" for day in WORKDAYS}, "Please tick at least one day."),
        ({"ends": "1080"}, "This ends before it begins."),
        ({"begins": "1260", "ends": "60"}, "This ends before it begins."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_what_was_chosen_stays(bo, table, wrong, says_so):
    data = {name: value for name, value in {**EVENINGS, "kind": "need", **wrong}.items() if value}
    answer = bo.post(f"{table}/times/mine", data=data)
    assert answer.status_code == 422
    assert says_so in words(answer)
    assert answer.text.count('aria-invalid="true"') == 1
    assert re.search(r"<input[^>]*checked[^>]*value=\"need\"", answer.text)
    assert len(re.findall(r"<input[^>]*checked[^>]*type=\"checkbox\"", answer.text)) == sum(
        day in data for day in WORKDAYS
    )
    assert Hours.select().count() == 0


@pytest.mark.parametrize(
    "broken",
    [{"begins": "17"}, {"ends": "99999"}, {"begins": "soon"}, {"kind": "gladly"}, {"ends": ""}, {"begins": "-30"}],
)
def test_an_answer_that_no_page_of_ours_offers_is_refused_and_marks_nothing(bo, table, broken):
    assert bo.post(f"{table}/times/mine", data={**EVENINGS, **broken}).status_code == 422
    assert Hours.select().count() == 0


def test_a_form_kept_while_its_writer_signed_in_again_opens_as_it_was(app):
    with app.test_request_context():
        g.kept = {"tuesday": "y", "sunday": "y", "begins": "600", "ends": "1440", "kind": "need"}
        form = HoursForm()
        assert (form.days, form.begins.data, form.ends.data, form.answer) == ([1, 6], 600, 1440, IF_NEED_BE)


@pytest.mark.parametrize(("language", "short", "name"), [("en", "Mo", "Monday"), ("es", "Lu", "Lunes")])
def test_a_day_is_two_letters_to_the_eye_and_its_whole_name_to_the_ear(bo, table, cast, language, short, name):
    Person.update(language=language).where(Person.id == cast["Bo"].id).execute()
    page = bo.get(f"{table}/times/mine").text
    assert re.search(rf'<input aria-label="{name}"[^>]*><span aria-hidden="true">{short}</span>', page)


def test_who_moved_is_told_by_which_clock_their_hours_are(bo, table, cast):
    bo.post(f"{table}/times/mine", data=EVENINGS)
    assert "These are by the clock in" not in words(bo.get(f"{table}/times/mine"))
    Person.update(zone=CHICAGO).where(Person.id == cast["Bo"].id).execute()
    assert "These are by the clock in Lisbon." in words(bo.get(f"{table}/times/mine"))
    bo.post(f"{table}/times/mine", data=EVENINGS)
    assert "These are by the clock in" not in words(bo.get(f"{table}/times/mine"))


# Others.


@pytest.mark.parametrize("name", ["cy", "stew"])
def test_at_another_table_and_for_the_steward_there_is_nothing(request, name, table, says):
    says("Bo", LISBON, [1], 18, 21)
    client = request.getfixturevalue(name)
    for path in (f"{table}/times", f"{table}/times?minutes=60", f"{table}/times/mine"):
        assert client.get(path).status_code == 404
    for path in (f"{table}/times/mine", f"{table}/times/mine/take-back"):
        assert client.post(path, data=EVENINGS).status_code == 404
    assert Hours.select().count() == 1


def test_signed_out_one_is_led_to_sign_in(nobody, table):
    assert nobody.get(f"{table}/times").location.startswith("/enter?next=")


# In a browser.


@needs_chromium
def test_on_a_small_phone_hours_are_marked_and_a_time_is_found_without_javascript(app, ana, table, says):
    says("Bo", LISBON, range(7), 0, 24)
    with answered(app) as address, chromium() as browser, tab_of(browser, address, ana) as signed_in:
        state = signed_in.context.storage_state()
        context = browser.new_context(
            viewport={"width": 360, "height": 740}, locale="en-US", java_script_enabled=False, storage_state=state
        )
        tab = context.new_page()
        tab.goto(f"{address}{table}/times")
        tab.get_by_role("link", name="Mark my hours").click()
        for day in ("Tuesday", "Thursday"):
            tab.get_by_label(day).check()
        tab.get_by_label("From").select_option("18:00")
        tab.get_by_label("To", exact=True).select_option("19:30")
        assert not small(tab), "a thumb needs 44 px"
        tab.get_by_role("button", name="Save these hours").click()
        tab.get_by_role("link", name="Look at what is proposed").wait_for()
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360
        tab.get_by_role("link", name="Look at what is proposed").click()
        tab.wait_for_url("**/times")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360
        assert tab.get_by_role("heading", level=3).all_inner_texts() == [
            "Tuesday, 18:00 to 19:30",
            "Thursday, 18:00 to 19:30",
        ]
        context.close()


def small(tab) -> list[str]:
    """What is to be pressed and is lower or narrower than a thumb."""
    pressed = tab.locator("main label:has(input), main button, main select, main .more a").all()
    boxes = [(one.inner_text(), one.bounding_box()) for one in pressed]
    assert len(boxes) > 10
    return [f"{text}: {box}" for text, box in boxes if box["height"] < 43.5 or box["width"] < 43.5]
