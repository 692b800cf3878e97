"""Who comes, as Ana, Bo and Ruth see it on their pages, and as Cy and Stew do not."""

import re
from datetime import timedelta

import pytest
import time_machine

from portal.db import utcnow, writing
from portal.meetings.models.dates import Meeting
from portal.meetings.models.least import KindNote, Least
from portal.meetings.models.pacts import CARE_HOLDER, Pact, Reach
from portal.meetings.models.presence import AWAY, MISSED, Absence, away_from
from portal.meetings.models.roles import Role
from portal.meetings.models.turns import FACILITATOR, Turn
from tests.cast import enter, make_person, take_seat
from tests.reading import words


@pytest.fixture
def member(people, begun):
    """Ruth, as one of the cast."""
    found = make_person("Ruth", zone="America/Chicago")
    take_seat(people["Ana"], found, begun)
    return found


@pytest.fixture
def ruth(app, member):
    return enter(app, "Ruth")


@pytest.fixture
def seat_of(cast, member):
    """A seat as its person's next request finds it."""
    return lambda name: member.seat() if name == "Ruth" else cast[name].seat()


def buttons(answer):
    """Which buttons post where."""
    return dict(re.findall(r'action="([^"]+)">(?:<input[^>]*>)*<button[^>]*>([^<]+)</button></form>', answer.text))


def pages(client, *paths):
    """What these addresses answer, but for the tokens in their forms, which tell the time."""
    return [re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", client.get(path).text) for path in paths]


# I can't come, I'm running late.


def test_one_tap_says_that_one_cannot_come_and_one_takes_it_back(ana, bo, table, at, upcoming):
    for _ in range(2):
        answer = bo.post(at(upcoming, "/cannot-come"), data={"back": f"{table}#coming"})
        assert (answer.status_code, answer.location) == (303, f"{table}#coming")
    for path in (table, at(upcoming)):
        assert "Bo can’t come this time." in words(ana.get(path))
        assert "You said that you can’t come." in words(bo.get(path))
        assert "I can come after all" in words(bo.get(path))
    for _ in range(2):
        assert bo.post(at(upcoming, "/coming")).location == f"{at(upcoming)}#coming"
    for client in (ana, bo):
        for path in (table, at(upcoming)):
            assert "Bo can’t come" not in words(client.get(path))
            assert "I can come after all" not in words(client.get(path))


def test_one_tap_says_that_one_comes_later_and_one_takes_it_back(ana, bo, table, at, upcoming):
    for _ in range(2):
        bo.post(at(upcoming, "/later"))
    for path in (table, at(upcoming)):
        assert "Bo comes a little later." in words(ana.get(path))
        assert "I’m on time after all" in words(bo.get(path))
    bo.post(at(upcoming, "/coming"))
    assert "a little later" not in words(ana.get(table))


def test_both_taps_stand_on_both_pages_and_ask_for_no_reason(app, cast, table, at, upcoming):
    with time_machine.travel(upcoming.starts_at - timedelta(hours=2), tick=False):
        bo = enter(app, "Bo")
        for path in (table, at(upcoming)):
            found = buttons(bo.get(path))
            assert found[at(upcoming, "/cannot-come")] == "I can’t come"
            assert found[at(upcoming, "/later")] == "I’m running late"
        assert not re.search(r"<textarea|type=\"text\"", bo.get(table).text)


def test_days_ahead_nobody_is_asked_whether_they_will_be_late(bo, table, at, upcoming):
    for path in (table, at(upcoming)):
        assert at(upcoming, "/cannot-come") in buttons(bo.get(path))
        assert at(upcoming, "/later") not in buttons(bo.get(path))


def test_it_can_be_said_of_any_meeting_to_come(ana, bo, at, meetings, table):
    bo.post(at(meetings[7], "/cannot-come"))
    assert "Bo can’t come this time." in words(ana.get(at(meetings[7])))
    assert "can’t come this time" not in words(ana.get(table))


def test_it_can_be_said_while_the_meeting_is_on_and_not_after_it(app, cast, table, at, upcoming):
    with time_machine.travel(upcoming.ends_at - timedelta(minutes=1), tick=False):
        ana, bo = enter(app, "Ana"), enter(app, "Bo")
        assert bo.post(at(upcoming, "/later")).status_code == 303
        assert "Bo comes a little later." in words(ana.get(table))
    with time_machine.travel(upcoming.ends_at, tick=False):
        answer = bo.post(at(upcoming, "/cannot-come"))
        assert answer.status_code == 409
        assert "This meeting is over" in answer.text
    assert away_from(upcoming.id) == set()


def test_who_holds_a_role_reads_beforehand_what_becomes_of_it_and_it_goes_on(ana, bo, table, at, upcoming, people):
    Turn.take(upcoming, people["Bo"], utcnow())
    before = "If you can’t come, what you have taken on goes on to the next person."
    assert before in words(bo.get(table))
    assert before not in words(ana.get(table))
    bo.post(at(upcoming, "/cannot-come"))
    assert "it has gone on to the next person." in words(bo.get(table))
    assert "Ana, would you facilitate?" in words(ana.get(table))
    assert not Turn.select().where((Turn.meeting == upcoming.id) & (Turn.role == FACILITATOR)).exists()


def test_the_chair_of_someone_away_stands_back(ana, bo, table, at, upcoming):
    assert 'class="chair away"' not in ana.get(table).text
    bo.post(at(upcoming, "/cannot-come"))
    assert ana.get(table).text.count('class="chair away"') == 1
    assert '<b>Bo</b> <span class="soft">can’t come this time' in ana.get(table).text


def test_on_a_skipped_meeting_nobody_is_asked_whether_they_come(bo, at, upcoming):
    Meeting.update(skipped=True).where(Meeting.id == upcoming.id).execute()
    assert "I can’t come" not in words(bo.get(at(upcoming)))


def test_a_button_leads_nowhere_outside(bo, at, upcoming):
    answer = bo.post(at(upcoming, "/cannot-come"), data={"back": "https://elsewhere.example"})
    assert answer.location == f"{at(upcoming)}#coming"


# After a meeting.


def test_afterwards_nobody_reads_who_was_away(ana, bo, ruth, table, at, meetings, member):
    last = meetings[3]
    before = pages(ana, at(last), table, f"{table}/meetings")
    Absence.put(last, member.seat().id, AWAY)
    assert pages(ana, at(last), table, f"{table}/meetings") == before
    assert "It is put down that you were not there. Only you see this." in words(ruth.get(at(last)))


def test_several_who_cannot_come_or_come_later_are_named_in_one_sentence(ana, bo, ruth, table, at, upcoming):
    for client, button in ((bo, "/cannot-come"), (ruth, "/cannot-come")):
        client.post(at(upcoming, button))
    assert "Bo and Ruth can’t come this time." in words(ana.get(table))
    for client in (bo, ruth):
        client.post(at(upcoming, "/later"))
    assert "Bo and Ruth come a little later." in words(ana.get(table))
    assert "Bo comes a little later." in words(ruth.get(table))


def test_anyone_puts_down_who_was_missing_and_the_form_tells_nothing(ana, bo, ruth, at, meetings, member):
    last, hers = meetings[3], {"who": member.seat().id, "was": "missed"}
    before = pages(ana, at(last)), pages(bo, at(last))
    assert "Somebody was missing without a word" in words(ana.get(at(last)))
    for _ in range(2):
        assert ana.post(at(last, "/missing"), data=hers).status_code == 303
    assert "Nobody reads who was missing." in words(ana.get(at(last))), "said once"
    assert (pages(ana, at(last)), pages(bo, at(last))) == before
    assert [one.kind for one in Absence.select()] == [MISSED]
    assert "I was there" in words(ruth.get(at(last)))
    for _ in range(2):
        ruth.post(at(last, "/there"))
    assert "I was there" not in words(ruth.get(at(last)))
    ana.post(at(last, "/missing"), data=hers)
    assert "I was there" not in words(ruth.get(at(last)))


def test_a_form_without_a_name_is_given_back(ana, at, meetings):
    answer = ana.post(at(meetings[3], "/missing"), data={"was": "missed"})
    assert answer.status_code == 422
    assert "Please choose one." in words(answer)


def test_older_meetings_ask_nothing_any_more(ana, at, meetings, people):
    assert "missing without a word" not in words(ana.get(at(meetings[1])))
    answer = ana.post(at(meetings[1], "/missing"), data={"who": people["Bo"].id, "was": "missed"})
    assert answer.status_code == 409
    assert Absence.select().count() == 0


# The absence pact.


@pytest.fixture
def missed_two(meetings, member):
    for meeting in meetings[2:4]:
        Absence.put(meeting, member.seat().id, MISSED)


CHOICES = [("nothing", set()), ("care", {"Bo"}), ("anyone", {"Ana", "Bo"}), ("Bo", {"Bo"})]


@pytest.mark.parametrize(("choice", "asked"), CHOICES)
def test_only_whom_the_choice_names_is_asked_and_all_others_see_the_same(
    ana, bo, ruth, table, at, upcoming, missed_two, people, seat_of, choice, asked
):
    Turn.create(meeting=upcoming.id, role=CARE_HOLDER, seat=people["Bo"].id)
    paths = (table, at(upcoming), f"{table}/meetings", f"{table}/people")
    before = {"Ana": pages(ana, *paths), "Bo": pages(bo, *paths)}
    wish = {"wish": seat_of("Bo").id if choice == "Bo" else choice}
    assert ruth.post(f"{table}/people/missing", data=wish).status_code == 303
    for name, client in (("Ana", ana), ("Bo", bo)):
        assert ("Would you write to Ruth?" in words(client.get(table))) == (name in asked)
        assert ("Would you write to Ruth?" in words(client.get(at(upcoming)))) == (name in asked)
        if name not in asked:
            assert pages(client, *paths) == before[name]
    assert "Would you write" not in words(ruth.get(table))


def test_who_is_to_write_reads_how_and_says_when_it_is_done(ana, bo, ruth, table, missed_two, seat_of):
    ruth.post(f"{table}/people/missing", data={"wish": "anyone"})
    assert "Ruth has not put down here how to be reached." in words(bo.get(table))
    ruth.post(f"{table}/people/reach", data={"lines": "Text me at 555 0100\n\nBest in the evening"})
    assert "Text me at 555 0100 Best in the evening" in words(bo.get(table))
    for _ in range(2):
        answer = bo.post(f"{table}/people/written", data={"who": seat_of("Ruth").id, "back": table})
        assert (answer.status_code, answer.location) == (303, table)
    for client in (ana, bo):
        assert "Would you write" not in words(client.get(table))


def test_being_asked_to_write_stands_under_the_right_heading(bo, ruth, table, at, upcoming, missed_two):
    ruth.post(f"{table}/people/missing", data={"wish": "anyone"})
    assert "<h3>Would you write to Ruth?</h3>" in bo.get(table).text
    assert "<h2>Would you write to Ruth?</h2>" in bo.get(at(upcoming)).text


def test_who_was_not_asked_gets_the_same_answer_and_changes_nothing(ana, bo, ruth, table, missed_two, seat_of):
    ruth.post(f"{table}/people/missing", data={"wish": seat_of("Bo").id})
    for who in (seat_of("Ruth").id, seat_of("Bo").id, "nobody", ""):
        assert ana.post(f"{table}/people/written", data={"who": who}).location == table
    assert "Would you write to Ruth?" in words(bo.get(table))


def test_ones_own_page_says_what_one_chose_and_changes_it_on_any_day(bo, ruth, table, at, upcoming, missed_two):
    own = f"{table}/people/missing"
    assert "If you miss two meetings in a row, nothing happens." in words(ruth.get(own))
    ruth.post(own, data={"wish": "care"})
    ruth.post(at(upcoming, "/cannot-come"))
    said = "If you miss two meetings in a row, the care-holder of the next one is asked to write you a few lines."
    for path in (own, table, at(upcoming)):
        assert said in words(ruth.get(path))
    assert f'href="{own}"' in ruth.get(table).text
    assert 'value="care" checked' in re.sub(
        r'checked (.*?) value="care"', r'\1 value="care" checked', ruth.get(own).text
    )
    ruth.post(own, data={"wish": "nothing"})
    assert "nothing happens" in words(ruth.get(own))


def test_where_the_person_named_has_left_it_says_so_to_who_named_them(ana, ruth, table, missed_two, seat_of, people):
    ruth.post(f"{table}/people/missing", data={"wish": seat_of("Bo").id})
    seat_of("Bo").leave(take_back=True)
    assert "You had named somebody who has left the table" in words(ruth.get(f"{table}/people/missing"))
    assert "Would you write" not in words(ana.get(table))


def test_where_nobody_is_asked_to_hold_care_the_page_says_so(ana, table, cast):
    rests = "This role rests at your table now, so nobody would be asked."
    assert rests not in words(ana.get(f"{table}/people/missing"))
    with writing():
        Role.rest(cast["Ana"].seat(), CARE_HOLDER, rests=True)
    assert rests in words(ana.get(f"{table}/people/missing"))


@pytest.mark.parametrize("wish", ["", "everyone", "a" * 26])
def test_a_choice_that_is_none_is_given_back(ruth, table, wish):
    answer = ruth.post(f"{table}/people/missing", data={"wish": wish})
    assert answer.status_code == 422
    assert "Please choose one." in words(answer)


def test_nobody_can_name_themselves(ruth, table, seat_of):
    assert ruth.post(f"{table}/people/missing", data={"wish": seat_of("Ruth").id}).status_code == 422
    assert Pact.select().count() == 0


# Ways to reach one another.


def test_ways_to_reach_someone_stand_beside_their_name_and_nowhere_else(ana, bo, cy, stew, table, cast):
    bo.post(f"{table}/people/reach", data={"lines": "Text me at 555 0100\nBest in the evening"})
    assert "Text me at 555 0100" in words(ana.get(f"{table}/people"))
    for client, path in ((ana, table), (ana, f"{table}/meetings"), (cy, f"/c/{cast.other_table}/people"), (stew, "/")):
        assert "555 0100" not in client.get(path).text
    assert "tel:" not in ana.get(f"{table}/people").text


def test_they_are_changed_and_taken_away_with_one_tap(ana, bo, table):
    bo.post(f"{table}/people/reach", data={"lines": "Text me"})
    assert "Text me</textarea>" in bo.get(f"{table}/people/reach").text
    bo.post(f"{table}/people/reach", data={"lines": "Call me"})
    assert "Call me" in words(ana.get(f"{table}/people"))
    for _ in range(2):
        assert bo.post(f"{table}/people/reach", data={"lines": ""}).status_code == 303
    assert "Call me" not in words(ana.get(f"{table}/people"))
    assert Reach.select().count() == 0


@pytest.mark.parametrize("typed", ["one\ntwo\nthree\nfour\nfive\nsix", "x" * 121])
def test_lines_stay_few_and_short_and_nothing_typed_is_lost(bo, table, typed):
    answer = bo.post(f"{table}/people/reach", data={"lines": typed})
    assert answer.status_code == 422
    assert typed in answer.text.replace("\r", "")
    assert Reach.select().count() == 0


# When fewer may come.


@pytest.fixture
def few(people, upcoming, member):
    """Of three who sit here two can come, and they wish to be three."""
    Least.agree(people["Ana"], 3, seen=None)
    Absence.put(upcoming, member.seat().id, AWAY)


ASKS = "You may be fewer this time than the number you set."


def test_below_the_circles_own_number_three_ways_are_offered_and_nobody_is_named(ana, bo, table, at, upcoming, few):
    for client in (ana, bo):
        for path in (table, at(upcoming)):
            page = client.get(path)
            assert ASKS in words(page)
            assert buttons(page)[at(upcoming, "/as-we-are")] == "We meet as those who can"
            assert f'href="{at(upcoming, "/move")}">Move it</a>' in page.text
            assert f'href="{at(upcoming, "/note")}">Send a kind note</a>' in page.text
            asked = words(page).partition(ASKS)[2].partition("I can’t come")[0]
            assert not re.search(r"Ruth|\d", asked)


def test_a_circle_without_a_number_is_asked_nothing(ana, table, few, people):
    Least.agree(people["Ana"], None, seen=3)
    assert ASKS not in words(ana.get(table))


def test_only_the_next_meeting_asks(ana, at, meetings, few, member):
    Absence.put(meetings[6], member.seat().id, AWAY)
    assert ASKS not in words(ana.get(at(meetings[6])))


def test_we_meet_as_those_who_can_settles_it_and_can_be_opened_again(ana, bo, table, at, upcoming, few):
    for _ in range(2):
        assert bo.post(at(upcoming, "/as-we-are"), data={"back": table}).status_code == 303
    assert ASKS not in words(ana.get(table))
    assert "You meet as those who can." in words(ana.get(table))
    for _ in range(2):
        ana.post(at(upcoming, "/as-we-are"), data={"stands": "no"})
    assert ASKS in words(bo.get(table))


def test_a_kind_note_is_proposed_changed_read_by_everyone_and_taken_back(ana, bo, table, at, upcoming, few):
    assert "We may be fewer this time, and that is all right." in ana.get(at(upcoming, "/note")).text
    assert ana.post(at(upcoming, "/note"), data={"words": "Tea is on.\nCome as you are."}).status_code == 303
    for path in (table, at(upcoming)):
        assert "Tea is on.<br>Come as you are." in bo.get(path).text
        assert "A note from Ana to everyone." in words(bo.get(path))
        assert "Send a kind note" not in words(bo.get(path))
    assert "There is a note already" in words(bo.get(at(upcoming, "/note")))
    assert "Come as you are." in ana.get(at(upcoming, "/note")).text
    bo.post(at(upcoming, "/note/take-back"))
    assert "Tea is on." in bo.get(table).text
    for _ in range(2):
        ana.post(at(upcoming, "/note/take-back"))
    assert "Tea is on." not in bo.get(table).text


def test_who_writes_a_note_second_sees_the_first_and_keeps_their_words(ana, bo, at, upcoming):
    ana.post(at(upcoming, "/note"), data={"words": "Tea is on."})
    answer = bo.post(at(upcoming, "/note"), data={"words": "Come as you are."})
    assert answer.status_code == 409
    assert "Tea is on." in answer.text
    assert "Come as you are.</textarea>" in answer.text
    assert KindNote.select().count() == 1


@pytest.mark.parametrize("typed", ["", "   ", "x" * 601])
def test_a_note_has_some_words_and_not_too_many(ana, at, upcoming, typed):
    assert ana.post(at(upcoming, "/note"), data={"words": typed}).status_code == 422
    assert KindNote.select().count() == 0


def test_a_note_is_gone_with_its_meeting(app, ana, at, upcoming):
    ana.post(at(upcoming, "/note"), data={"words": "Tea is on."})
    with time_machine.travel(upcoming.ends_at, tick=False):
        ana, bo = enter(app, "Ana"), enter(app, "Bo")
        assert "Tea is on." not in bo.get(at(upcoming)).text
        assert ana.get(at(upcoming, "/note")).location == at(upcoming)
        assert ana.post(at(upcoming, "/note"), data={"words": "Again"}).location == at(upcoming)


def test_anyone_sets_the_number_within_the_seats(ana, bo, table, cast):
    path = f"{table}/meetings/least"
    assert bo.post(path, data={"number": "4", "seen": "0"}).status_code == 303
    assert Least.of(cast.table) == 4
    for wrong in ("1", "8", "many", ""):
        assert ana.post(path, data={"number": wrong, "seen": "4"}).status_code == 422
    assert ana.post(path, data={"number": "0", "seen": "4"}).status_code == 303
    assert Least.of(cast.table) is None


def test_who_sets_the_number_second_is_shown_what_changed(ana, bo, table, cast):
    path = f"{table}/meetings/least"
    bo.post(path, data={"number": "4", "seen": "0"})
    answer = ana.post(path, data={"number": "5", "seen": "0"})
    assert answer.status_code == 409
    assert "now it is 4" in words(answer)
    assert re.search(r'<input checked[^>]*value="5"', answer.text)
    seen = re.search(r'name="seen" type="hidden" value="(\d)"', answer.text)[1]
    assert ana.post(path, data={"number": "5", "seen": seen}).status_code == 303
    assert Least.of(cast.table) == 5


# Nobody else.


POSTS = ["cannot-come", "later", "coming", "missing", "there", "as-we-are", "note", "note/take-back"]


@pytest.mark.parametrize("name", ["cy", "stew"])
def test_nobody_else_says_or_reads_anything_here(request, table, at, upcoming, few, name):
    client = request.getfixturevalue(name)
    paths = [at(upcoming, f"/{rest}") for rest in POSTS] + [
        f"{table}/{rest}" for rest in ("meetings/least", "people/missing", "people/reach", "people/written")
    ]
    for path in paths:
        assert client.post(path, data={"words": "x", "lines": "x", "wish": "anyone"}).status_code == 404, path
        assert client.get(path).status_code in (404, 405), path
    assert [one.kind for one in Absence.select()] == [AWAY]
    assert [model.select().count() for model in (Pact, Reach, KindNote)] == [0, 0, 0]


def test_a_meeting_of_another_table_is_not_there(cy, cast, upcoming):
    for rest in POSTS:
        assert cy.post(f"/c/{cast.other_table}/meetings/{upcoming.id}/{rest}").status_code == 404
