"""A table's own activities: written, changed, taken away and brought back; sealed to the table, and in its plans."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from flask import g

from portal.curriculum.choosing import OWN
from portal.curriculum.errors import OwnChanged
from portal.curriculum.forms.own import OwnForm
from portal.curriculum.models.own import UNDO, Described, OwnActivity, erase_due
from portal.db import db, new_id, utcnow
from portal.jobs import CHORES
from portal.meetings.models.plans import write_plan
from portal.meetings.plan import Block, Place
from portal.rings.models import Epoch
from portal.web.errors import NotHere
from tests.cast import take_seat
from tests.meetings.conftest import set_series
from tests.racing import at_once
from tests.reading import words

SPOONS = Described("Passing spoons", "1. Take a spoon.\n2. Pass it on.", (10, 15))
WHOLE = Described(
    title="A walk without words",
    steps="1. Go out.\n2. Come back.",
    minutes=(20, 30),
    aim="To be outside together.",
    family="body",
    energy="gentle",
    people=(2, 6),
    place=("together",),
    materials=("coats", "a <b>lantern</b>"),
    costs=True,
    flags=("no-touch", "outdoors"),
    set_up="Look at the sky.",
    opening="“We go slowly.”",
    closing="“We are back.”",
    gentler="Stand at the door.",
    watch="Curbs.",
)
TYPED = {
    "title": "A walk without words", "steps": "1. Go out.\r\n2. Come back.", "least": "20", "most": "30",
    "aim": "To be outside together.", "family": "body", "energy": "gentle", "people_least": "2", "people_most": "6",
    "together": "y", "materials": "coats\r\n\r\n a  <b>lantern</b>", "costs": "y", "no_touch": "y", "outdoors": "y",
    "set_up": "Look at the sky.", "opening": "“We go slowly.”", "closing": "“We are back.”",
    "gentler": "Stand at the door.", "watch": "Curbs.",
}  # fmt: skip
FEW = {"title": "Passing spoons", "steps": "Pass it on.", "least": "10"}


@pytest.fixture
def seat(cast):
    return cast["Ana"].seat()


@pytest.fixture
def spoons(seat):
    return OwnActivity.write(seat, SPOONS, new_id())


@pytest.fixture
def at(table, spoons):
    return lambda rest="": f"{table}/activities/{spoons.id}{rest}"


def fields(answer):
    """What the form on a page would send again."""
    form = answer.text.partition('<form method="post"')[2].partition("</form>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]+>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if 'type="checkbox"' not in tag or " checked" in tag:
            found[name[1]] = unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\r?\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(text)
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        selected = re.search(r'<option selected value="([^"]*)"', options)
        found[name] = selected[1] if selected else ""
    return found


def stands(seat, own):
    return OwnActivity.find(seat, own.id, utcnow()).words


# Writing.


def test_with_a_name_steps_and_minutes_it_is_written_and_everyone_at_the_table_reads_it(ana, bo, table):
    answer = ana.post(f"{table}/activities/new", data=FEW)
    assert answer.status_code == 303
    page = bo.get(answer.location)
    assert "Passing spoons" in words(page)
    assert "Pass it on." in words(page)
    assert "Passing spoons" in words(bo.get(f"{table}/activities"))


def test_all_that_is_written_is_kept_shown_and_given_back_to_change(ana, table, seat):
    there = ana.post(f"{table}/activities/new", data=TYPED).location
    assert OwnActivity.find(seat, there.rpartition("/")[2], utcnow()).words == WHOLE
    page = words(ana.get(there))
    for text in ("20 to 30", "2 to 6", "in one room", "gentle", "coats; a <b>lantern</b>", "a little"):
        assert text in page
    assert "without touch, outdoors" in page
    for heading in ("Set up", "Words to open", "Steps", "Words to close", "A gentler variation", "What to watch for"):
        assert heading in page
    form = ana.get(f"{there}/change")
    again = fields(form)
    ours = ("seen", "once", "csrf_token", "drawn")
    assert {name: text for name, text in again.items() if text and name not in ours} == {
        **{name: text.replace("\r\n", "\n") for name, text in TYPED.items()},
        "materials": "coats\na <b>lantern</b>",
    }
    assert ana.post(f"{there}/change", data=again).status_code == 303
    assert OwnActivity.find(seat, there.rpartition("/")[2], utcnow()).words == WHOLE


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"title": " "}, "Please fill this in."),
        ({"steps": ""}, "Please fill this in."),
        ({"least": ""}, "such as 20"),
        ({"least": "a while"}, "Please give a number, such as 12."),
        ({"least": "0"}, "Please choose 1 to 240."),
        ({"most": "5"}, "This is less than “at least”."),
        ({"people_least": "4", "people_most": "2"}, "This is less than “at least”."),
        ({"people_most": "21"}, "Please choose 1 to 20."),
        ({"title": "x" * 121}, "one character too long"),
    ],
)
def test_what_is_wrong_is_marked_and_nothing_typed_is_lost(ana, table, wrong, says):
    answer = ana.post(f"{table}/activities/new", data={**TYPED, **wrong})
    assert answer.status_code == 422
    assert says in words(answer)
    assert answer.text.count('aria-invalid="true"') == 1
    again = fields(answer)
    for name, text in {**TYPED, **wrong}.items():
        assert again[name].replace("\r\n", "\n") == text.replace("\r\n", "\n"), name
    assert OwnActivity.select().count() == 0


def test_words_kept_while_their_writer_signed_in_again_are_given_back(ana, at, app):
    kept = {**TYPED, "least": "a while", "people_most": ""}
    with app.test_request_context():
        g.kept = kept
        form = OwnForm()
        assert (form.title.data, form.steps.data) == (TYPED["title"], TYPED["steps"])
        assert [field.name for field in form.flags if field.data] == ["no_touch", "outdoors"]
        assert form.family.data == "body"
        assert form.people_least.data == 2
        assert form.people_most.data is None


def test_a_full_form_can_be_given_back_by_an_error_page(ana, table, csrf):
    every = {"remote": "y", "seated": "y", "camera_off": "y", "no_reading": "y", "one_hand": "y", "seen": "x"}
    answer = ana.post(f"{table}/activities/new", data={**TYPED, **every, "once": new_id(), "csrf_token": "old"})
    assert answer.status_code == 400
    assert "Look at the sky." in answer.text
    assert '<input type="hidden" name="energy" value="gentle">' in answer.text
    assert '<input type="hidden" name="one_hand" value="y">' in answer.text


def test_a_double_tap_writes_it_once(ana, table):
    once = fields(ana.get(f"{table}/activities/new"))["once"]
    first, second = (ana.post(f"{table}/activities/new", data={**FEW, "once": once}) for _ in range(2))
    assert first.location == second.location
    assert OwnActivity.select().count() == 1


def test_the_same_form_sent_again_with_other_words_loses_none(ana, table):
    once = fields(ana.get(f"{table}/activities/new"))["once"]
    for steps in ("Pass it on.", "Pass it on, twice."):
        there = ana.post(f"{table}/activities/new", data={**FEW, "steps": steps, "once": once}).location
        assert steps in words(ana.get(there))
    assert OwnActivity.select().count() == 2


def test_a_double_tap_at_the_same_moment_writes_it_once(cast):
    seats, id = (cast["Ana"].seat(), cast["Ana"].seat()), new_id()
    done = at_once(*(lambda seat=seat: OwnActivity.write(seat, SPOONS, id) for seat in seats))
    assert done == ["done", "done"]
    assert OwnActivity.select().count() == 1


def test_the_id_of_another_tables_activity_gives_one_of_our_own(cast, cy, spoons):
    answer = cy.post(f"/c/{cast.other_table}/activities/new", data={**FEW, "once": spoons.id})
    assert answer.status_code == 303
    assert spoons.id not in answer.location
    assert OwnActivity.select().count() == 2


@pytest.mark.parametrize("once", ["", "a", "../" * 9, "A" * 26, "a" * 5000])
def test_what_no_form_of_ours_sends_as_an_id_is_none(ana, table, once):
    there = ana.post(f"{table}/activities/new", data={**FEW, "once": once}).location
    assert re.fullmatch(f"{table}/activities/[a-z2-7]{{26}}", there)


def test_everything_in_it_is_sealed(seat):
    own = OwnActivity.write(seat, WHOLE, new_id())
    row = db.execute_sql("select * from own_activity").fetchone()
    clear = [value for value in row if not isinstance(value, bytes)]
    assert sorted(map(str, clear)) == sorted([own.id, seat.circle_id, "None"])
    assert len(OwnActivity.write(seat, SPOONS, new_id()).sealed_words) == len(own.sealed_words)


def test_the_filter_covers_the_tables_own(ana, table, seat, spoons):
    OwnActivity.write(seat, WHOLE, new_id())
    listed = words(ana.get(f"{table}/activities?minutes=10"))
    assert "Passing spoons" in listed
    assert "A walk without words" not in listed
    listed = words(ana.get(f"{table}/activities?can=outdoors&family=body"))
    assert "A walk without words" in listed
    assert "Passing spoons" not in listed


def test_it_can_be_kept_at_hand_too(ana, bo, table, spoons, at):
    assert ana.post(f"{table}/activities/keep", data={"what": spoons.code}).location == at()
    page = bo.get(f"{table}/activities").text
    assert page.index("Kept by this table") < page.index("Passing spoons")
    assert page.count("Passing spoons") == 1
    assert f'action="{table}/activities/let-go"' in bo.get(at()).text


def test_a_table_without_its_own_says_so(ana, table):
    assert "Your table has written none of its own yet." in words(ana.get(f"{table}/activities"))


# Two people, and time.


def test_two_who_change_one_at_once_lose_neither(ana, bo, at, seat, spoons):
    hers, his = fields(ana.get(at("/change"))), fields(bo.get(at("/change")))
    assert ana.post(at("/change"), data={**hers, "steps": "Ana’s steps"}).status_code == 303
    late = bo.post(at("/change"), data={**his, "title": "Bo’s title", "steps": "Bo’s <i>steps", "seated": "y"})
    assert late.status_code == 409
    slip = late.text.partition('class="slip"')[2].partition("</section>")[0]
    assert "Ana’s steps" in slip
    again = fields(late)
    assert (again["title"], again["steps"], again["seated"]) == ("Bo’s title", "Bo’s <i>steps", "y")
    assert stands(seat, spoons).steps == "Ana’s steps"
    assert bo.post(at("/change"), data=again).status_code == 303
    assert stands(seat, spoons).steps == "Bo’s <i>steps"


def test_of_two_changes_at_the_same_moment_one_is_kept_and_one_is_told(cast, spoons):
    ana, bo = cast["Ana"].seat(), cast["Bo"].seat()
    changed = Described("Changed", "x", (1, 1))
    done = at_once(
        lambda: spoons.change(ana, changed, spoons.mark),
        lambda: OwnActivity.get_by_id(spoons.id).change(bo, changed, spoons.mark),
    )
    assert done == ["OwnChanged", "done"]
    assert stands(ana, spoons) == changed


def test_what_was_taken_away_while_somebody_wrote_comes_back_with_their_words(ana, bo, at, seat, spoons):
    his = fields(bo.get(at("/change")))
    ana.post(at("/take-away"))
    late = bo.post(at("/change"), data={**his, "steps": "Bo’s steps"})
    assert late.status_code == 409
    assert "Somebody took it away while you wrote" in words(late)
    assert fields(late)["steps"] == "Bo’s steps"
    assert bo.post(at("/change"), data=fields(late)).status_code == 303
    assert OwnActivity.get_by_id(spoons.id).hidden_at is None
    assert stands(seat, spoons).steps == "Bo’s steps"


def test_what_was_erased_while_somebody_wrote_is_kept_as_a_new_one(ana, bo, table, at, seat, spoons):
    his = fields(bo.get(at("/change")))
    ana.post(at("/take-away"))
    ana.post(at("/erase"))
    late = bo.post(at("/change"), data={**his, "steps": "Bo’s steps"})
    assert late.status_code == 409
    assert "It was erased while you wrote" in words(late)
    assert f'action="{table}/activities/new"' in late.text
    there = bo.post(f"{table}/activities/new", data=fields(late)).location
    assert "Bo’s steps" in words(ana.get(there))


@pytest.mark.parametrize("who_goes", ["it", "they"])
def test_what_is_erased_at_the_same_moment_is_given_back_only_to_who_sits_there(
    bo, cast, at, spoons, monkeypatch, who_goes
):
    his, change = fields(bo.get(at("/change"))), OwnActivity.change

    def late(own, *given):
        if who_goes == "it":
            OwnActivity.delete().execute()
        else:
            cast["Bo"].seat().leave(take_back=False)
        change(own, *given)

    monkeypatch.setattr(OwnActivity, "change", late)
    answer = bo.post(at("/change"), data={**his, "steps": "Bo’s steps"})
    assert (answer.status_code, "Bo’s steps" in answer.text) == ((409, True) if who_goes == "it" else (404, False))


def test_taken_away_it_is_out_of_sight_at_once_and_anyone_can_bring_it_back(ana, bo, table, at, seat, spoons):
    for _ in range(2):
        assert ana.post(at("/take-away")).status_code == 303
    listed = words(bo.get(f"{table}/activities"))
    assert "“Passing spoons” was taken away." in listed
    assert "Written by this table" not in listed
    assert "Anyone here can bring it back until" in words(bo.get(at()))
    for _ in range(2):
        assert bo.post(at("/bring-back")).status_code == 303
    assert "Written by this table" in words(ana.get(f"{table}/activities"))


def test_after_ten_minutes_nobody_brings_it_back_and_no_byte_is_left(ana, at, seat, spoons, home):
    now = utcnow()
    sealed = bytes(spoons.sealed_words)
    spoons.take_away(seat, now)
    erase_due(now + UNDO - timedelta(seconds=1))
    assert OwnActivity.select().count() == 1
    with time_machine.travel(now + UNDO + timedelta(seconds=1), tick=False):
        for rest in ("", "/change"):
            assert ana.get(at(rest)).status_code == 404, "the clock decides before any chore has been by"
        assert ana.post(at("/bring-back")).status_code == 404
    erase_due(now + UNDO)
    assert OwnActivity.select().count() == 0
    assert sealed[-200:] not in b"".join(file.read_bytes() for file in home.glob("portal.db*"))


def test_what_stood_there_before_a_change_is_gone_even_sealed(seat, spoons, home):
    before = bytes(spoons.sealed_words)
    spoons.change(seat, WHOLE, spoons.mark)
    assert before[-200:] not in b"".join(file.read_bytes() for file in home.glob("portal.db*"))


def test_what_was_brought_back_meanwhile_is_not_erased(seat, spoons):
    spoons.erase(seat)
    assert OwnActivity.select().count() == 1


def test_the_chore_that_erases_waits_for_a_steady_clock(app):
    assert [chore.destroys for chore in CHORES if chore.do is erase_due] == [True]


# Who reads it.


def test_a_newcomer_reads_what_was_written_before_they_came(cast, cy, table, seat, spoons):
    take_seat(seat, cast["Cy"])
    later = OwnActivity.write(seat, WHOLE, new_id())
    assert Epoch.select().where(Epoch.owner == cast.table).count() > 2, "their coming began a new epoch"
    assert "Pass it on." in words(cy.get(f"{table}/activities/{spoons.id}"))
    assert "Come back." in words(cy.get(f"{table}/activities/{later.id}"))


def test_one_that_does_not_open_keeps_nobody_from_the_others(ana, table, at, seat, spoons):
    broken = OwnActivity.create(circle=seat.circle_id, sealed_words=b"\x01\x00\x00\x00\x01" + b"x" * 100)
    moved = OwnActivity.create(circle=seat.circle_id, sealed_words=spoons.sealed_words)
    assert words(ana.get(f"{table}/activities")).count("Passing spoons") == 1
    for own in (broken, moved):
        assert ana.get(f"{table}/activities/{own.id}").status_code == 404


def test_cy_and_stew_find_nothing_of_it(cast, cy, stew, table, at, spoons):
    before = bytes(spoons.sealed_words)
    for client in (cy, stew):
        for path in (at(), at("/change"), f"{table}/activities/new"):
            assert client.get(path).status_code == 404
        for rest in ("/change", "/take-away", "/bring-back", "/erase"):
            assert client.post(at(rest), data=TYPED).status_code == 404
        assert client.post(f"{table}/activities/new", data=TYPED).status_code == 404
    elsewhere = f"/c/{cast.other_table}/activities"
    assert cy.get(f"{elsewhere}/{spoons.id}").status_code == 404
    assert cy.post(f"{elsewhere}/keep", data={"what": spoons.code}).status_code == 404
    assert OwnActivity.select().count() == 1
    assert bytes(OwnActivity.get().sealed_words) == before


def test_who_left_meanwhile_changes_nothing(cast, spoons):
    bo = cast["Bo"].seat()
    bo.leave(take_back=False)
    for change in (
        lambda: spoons.change(bo, WHOLE, spoons.mark),
        lambda: spoons.take_away(bo, utcnow()),
        lambda: OwnActivity.write(bo, WHOLE, new_id()),
    ):
        with pytest.raises(NotHere):
            change()
    assert OwnActivity.get().mark == spoons.mark


def test_when_the_circle_ends_its_activities_end_with_it(cast, spoons):
    cast["Bo"].seat().leave(take_back=False)
    cast["Ana"].seat().leave(take_back=False)
    assert OwnActivity.select().count() == 0


# In a plan.


@pytest.fixture
def upcoming(seat):
    return next(one for one in set_series(seat, utcnow()) if one.starts_at > utcnow())


@pytest.fixture
def meeting(table, upcoming):
    return lambda rest="": f"{table}/meetings/{upcoming.id}{rest}"


def test_from_a_meeting_there_is_a_way_to_an_activity_that_names_the_way_back_above_its_text(ana, table, meeting):
    """For whoever facilitates in ten minutes: three taps, and none of them far down a page."""
    assert f'href="{table}/activities"' in ana.get(meeting()).text
    assert 'href="/activities/care-label"' in ana.get(f"{table}/activities").text
    page = ana.get("/activities/care-label").text
    assert page.index('href="#table"') < page.index("<h2") < page.index('id="table"')
    assert page.index('id="table"') < page.index("/meetings/next/plan")


def test_the_next_plan_opens_with_the_activity_chosen(ana, table, upcoming, spoons):
    for page, code in ((f"{table}/activities/{spoons.id}", spoons.code), ("/activities/the-creased-page",) * 2):
        code = code.removeprefix("/activities/")
        link = re.search(r'href="([^"]*/meetings/next/plan[^"]*)"', ana.get(page).text)[1]
        answer = ana.get(unescape(link).partition("#")[0])
        assert answer.status_code == 200
        assert f'<option selected value="{code}">' in answer.text
        assert f'action="{table}/meetings/{upcoming.id}/plan"' in answer.text


def test_without_a_meeting_the_way_into_a_plan_leads_to_the_dates(ana, table):
    answer = ana.get(f"{table}/meetings/next/plan?activity=the-creased-page")
    assert (answer.status_code, answer.location) == (303, f"{table}/meetings")
    assert "No meeting is set yet." in words(ana.get(answer.location))


def put(answer, code):
    return {**fields(answer), "do": "put", "activity": code}


def test_an_activity_of_the_tables_own_stands_in_the_plan_and_on_paper(ana, bo, meeting, spoons, at):
    typed = ana.post(meeting("/plan"), data=put(ana.get(meeting("/plan")), spoons.code))
    assert fields(typed)["0-what"] == spoons.code
    assert fields(typed)["0-minutes"] == "10"
    assert ana.post(meeting("/plan"), data={**fields(typed), "do": "save"}).status_code == 303
    page = bo.get(meeting())
    assert "Passing spoons" in words(page)
    assert f'href="{at()}"' in page.text
    assert "Passing spoons" in words(bo.get(meeting("/print")))


def test_who_meets_without_a_leader_finds_how_it_is_done(ana, meeting, seat, upcoming, spoons, at):
    blocks = (Block.of(spoons.code, 20), Block.of("guide:the-creased-page", 30))
    write_plan(upcoming, seat, Place("", ""), "", "", blocks)
    page = ana.get(meeting("/together"))
    assert "Passing spoons" in words(page)
    assert f'href="{at()}"' in page.text
    assert 'href="/activities/the-creased-page"' in page.text


def test_one_that_was_taken_away_is_missed_kindly_and_stays_in_the_plan(ana, meeting, seat, upcoming, spoons):
    write_plan(upcoming, seat, Place("", ""), "", "", (Block.of(spoons.code, 20, "With soup"),))
    spoons.take_away(seat, utcnow())
    page = words(ana.get(meeting()))
    assert "An activity of your own stood here that was taken away." in page
    assert "With soup" in page
    assert "Passing spoons" not in page
    again = fields(ana.get(meeting("/plan")))
    assert again["0-what"] == spoons.code
    assert ana.post(meeting("/plan"), data={**again, "do": "save"}).status_code == 303
    spoons.bring_back(seat)
    assert "Passing spoons" in words(ana.get(meeting()))


def test_another_tables_activity_never_shows_its_name_in_our_plan(cast, ana, meeting, seat, upcoming):
    theirs = OwnActivity.write(cast["Cy"].seat(), WHOLE, new_id())
    write_plan(upcoming, seat, Place("", ""), "", "", (Block.of(theirs.code, 20),))
    assert "A walk without words" not in words(ana.get(meeting()))


def test_the_choice_shows_favorites_first_then_our_own_then_families_each_once(ana, table, meeting, spoons):
    ana.post(f"{table}/activities/keep", data={"what": "the-next-small-thing"})
    select = re.search(r'<select[^>]*name="activity".*?</select>', ana.get(meeting("/plan")).text, re.DOTALL)[0]
    labels = re.findall(r'<optgroup label="([^"]*)"', select)
    assert labels[:2] == ["Kept by this table", "Written by this table"]
    assert set(labels[2:]) <= {"To open", "To talk and listen", "To write", "To make", "To play", "For the body",
                               "To be quiet", "To close"}  # fmt: skip
    codes = re.findall(r'<option (?:selected )?value="([^"]*)"', select)
    assert codes[:2] == ["the-next-small-thing", spoons.code]
    assert len(codes) == len(set(codes))


def test_the_code_of_an_own_activity_survives_packing():
    block = Block.of(f"{OWN}{'a' * 26}", 20, "x")
    assert Block.of(block.what, block.minutes, block.words) == block
    assert OwnChanged.status == 409
