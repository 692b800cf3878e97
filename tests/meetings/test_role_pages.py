"""Roles as Ana, Bo, Dee and Eve see them on their pages; what is one person's alone, nobody else's page tells."""

import re
from datetime import timedelta

import pytest

from portal.circles.access import seats_of
from portal.db import utcnow
from portal.meetings.access.dates import Row, first_ahead
from portal.meetings.access.turns import turns_of
from portal.meetings.models.dates import Meeting, Series
from portal.meetings.models.plans import write_plan
from portal.meetings.models.presence import Absence
from portal.meetings.models.roles import BUILT_IN, Role, Words
from portal.meetings.models.turns import NOT_NOW, PARTNER, YES, Passed, Swap, Together, Turn, Willingness, rest_role
from portal.meetings.plan import Block, Kind, Place
from tests.cast import enter, make_person, take_seat
from tests.reading import words

BLOCK = {"HX-Request": "true", "HX-Target": "turn"}


@pytest.fixture
def seats(people, begun):
    """Four who have sat here from the beginning, in this order."""
    return {**people, **{name: take_seat(people["Ana"], make_person(name), begun) for name in ("Dee", "Eve")}}


@pytest.fixture
def upcoming(seats, meetings):
    """Nobody has held anything yet, so each is asked for one role: Ana facilitates, Bo cares, Dee times, Eve writes."""
    return meetings[4]


@pytest.fixture
def dee(app, seats):
    return enter(app, "Dee")


@pytest.fixture
def eve(app, seats):
    return enter(app, "Eve")


@pytest.fixture
def soon(upcoming):
    """The next meeting begins in five hours."""
    begins = utcnow() + timedelta(hours=5)
    hours = {"starts_at": begins, "ends_at": begins + timedelta(minutes=90)}
    Meeting.update(**hours).where(Meeting.id == upcoming.id).execute()
    return upcoming


def seen_by(client, table, path):
    """All that says who does what: the table's page, and that part of the meeting's page."""
    next_one = client.get(table).text.partition('id="next"')[2].partition('id="works"')[0]
    return without_tokens(next_one + client.get(path, headers=BLOCK).text)


def without_tokens(text):
    """The tokens of forms tell the time."""
    return re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", text)


# Being asked.


def test_each_of_four_is_asked_for_one_role_and_told_what_it_is(ana, bo, dee, eve, table, upcoming):
    questions = {
        "Ana, would you facilitate?": ana,
        "Bo, would you look after us?": bo,
        "Dee, would you keep time?": dee,
        "Eve, would you write for us?": eve,
    }
    for question, client in questions.items():
        page = client.get(table)
        assert question in words(page)
        assert page.text.count('class="slip"') == 1
        assert words(page).count("would you") == 1
    assert "Never what people tell about themselves." in words(eve.get(table))
    assert "You have not held it yet" in words(eve.get(table))


def test_all_other_roles_asked_of_one_person_stand_on_one_slip(ana, table, upcoming, seats):
    for name in ("Bo", "Dee", "Eve"):
        for code in BUILT_IN:
            Willingness.say(seats[name], NOT_NOW, code)
    page = ana.get(table)
    assert words(page).count("Ana, would you") == 4
    assert page.text.count('class="slip"') == 2
    assert words(page).count("Passing needs no reason.") == 1


def test_a_yes_on_the_tables_page_is_for_that_role_and_leads_back(bo, ana, table, at, upcoming, seats):
    answer = bo.post(at(upcoming, "/accept"), data={"role": "care_holder", "back": table})
    assert (answer.status_code, answer.location) == (303, table)
    assert Turn.holders(upcoming.id, "care_holder") == [seats["Bo"].id]
    assert Turn.holders(upcoming.id) == []
    assert "Care-holder Bo" in words(ana.get(table))
    assert "Care-holder You" in words(bo.get(table))


def test_the_light_falls_on_whoever_facilitates_alone(bo, table, at, upcoming):
    bo.post(at(upcoming, "/accept"), data={"role": "care_holder"})
    page = bo.get(table).text
    assert page.count('class="mark"') == 1
    assert "asked to facilitate" in page


def test_who_comes_second_reads_who_has_it_and_may_hold_it_too(ana, bo, dee, at, upcoming, seats):
    bo.post(at(upcoming, "/accept"), data={"role": "scribe"})
    late = ana.post(at(upcoming, "/accept"), data={"role": "scribe"})
    assert late.status_code == 409
    assert "Bo has said yes already. Nothing is lost." in words(late)
    assert "Hold it together, or take it" in words(late)
    offered = ana.get(at(upcoming, "/take?role=scribe"))
    assert "Hold it with Bo" in words(offered)
    ana.post(at(upcoming, "/join"), data={"role": "scribe", "beside": seats["Bo"].id})
    assert Turn.holders(upcoming.id, "scribe") == [seats["Bo"].id, seats["Ana"].id]
    third = dee.post(at(upcoming, "/join"), data={"role": "scribe", "beside": seats["Bo"].id})
    assert (third.status_code, "Ana and Bo have said yes already." in words(third)) == (409, True)


def test_two_who_facilitate_are_both_named_and_both_in_the_light(ana, bo, dee, table, at, upcoming, seats):
    ana.post(at(upcoming, "/accept"))
    bo.post(at(upcoming, "/join"), data={"beside": seats["Ana"].id})
    assert "Ana and Bo facilitate." in words(dee.get(table))
    assert "You and Bo facilitate." in words(ana.get(table))
    assert dee.get(table).text.count('class="chair turn"') == 2


def test_a_role_nobody_has_is_not_found(ana, at, upcoming):
    for verb in ("accept", "join", "pass", "give-back", "willing", "take"):
        assert ana.post(at(upcoming, f"/{verb}"), data={"role": "nothing"}).status_code == 404, verb
    assert Turn.select().count() == Passed.select().count() == Willingness.select().count() == 0


def test_the_list_says_on_one_line_who_held_what(ana, table, meetings, seats):
    Turn.put(meetings[2].id, "facilitator", [seats["Bo"].id, seats["Dee"].id])
    Turn.put(meetings[2].id, "timekeeper", [seats["Ana"].id])
    assert "Bo and Dee facilitated. Timekeeper: you." in words(ana.get(f"{table}/meetings"))


# What is one person's alone.


def test_a_pass_a_rest_and_an_absence_look_the_same_to_others(ana, dee, table, at, upcoming, seats):
    """Who cannot come is said in a place of its own; who does what tells none of the three."""
    path, bo = at(upcoming), seats["Bo"]

    def block(client):
        return without_tokens(client.get(path, headers=BLOCK).text)

    before = block(ana)
    Passed.note(upcoming.id, "care_holder", bo.id)
    passed = [block(client) for client in (ana, dee)]
    Passed.delete().execute()
    Willingness.say(bo, NOT_NOW, "care_holder")
    assert [block(client) for client in (ana, dee)] == passed != [before, before]
    Willingness.delete().execute()
    for code in BUILT_IN:
        Passed.note(upcoming.id, code, bo.id)
    passed = [block(client) for client in (ana, dee)]
    Passed.delete().execute()
    Absence.say(upcoming, bo, "away", utcnow())
    assert [block(client) for client in (ana, dee)] == passed


def test_nobody_else_sees_that_somebody_would_like_a_partner(ana, bo, dee, eve, table, at, upcoming, seats):
    """Before their yes nobody does, after it only whoever is asked to join. Here keeping time is the last role; what
    follows for the roles after it is the rule's, and says as little as any other answer about why."""
    path = at(upcoming)
    rest_role(seats["Ana"], "scribe", utcnow(), rests=True)
    before = [seen_by(client, table, path) for client in (ana, bo, eve)]
    Willingness.say(seats["Dee"], PARTNER, "timekeeper")
    assert [seen_by(client, table, path) for client in (ana, bo, eve)] == before
    assert "You wished for a partner: Eve would be asked to hold it with you." in words(dee.get(table))
    dee.post(path + "/accept", data={"role": "timekeeper"})
    assert "Dee has said yes and would like to hold it with somebody." in words(eve.get(table))
    others = [seen_by(client, table, path) for client in (ana, bo)]
    Willingness.delete().execute()
    assert [seen_by(client, table, path) for client in (ana, bo)] == others


def test_a_page_is_not_even_handed_who_wants_company(ana, seats, upcoming):
    """Templates decide how, not whether."""
    Willingness.say(seats["Dee"], PARTNER, "timekeeper")

    def timekeeping(name):
        names = {one.id: one for one in seats_of(seats[name])}
        row = Row(*first_ahead(circle_id=upcoming.circle_id, now=utcnow())[0])
        return turns_of(seats[name], row, names, utcnow(), is_next=True).of("timekeeper")

    with ana:
        ana.get("/")
        assert timekeeping("Dee").partner.name == "Eve"
        assert [timekeeping(name).partner for name in ("Ana", "Bo", "Eve")] == [None, None, None]
        Turn.take(upcoming, seats["Dee"], utcnow(), role="timekeeper")
        asked = {name: timekeeping(name).asked for name in ("Ana", "Bo", "Dee", "Eve")}
        assert asked.pop("Eve").name == "Eve"
        assert set(asked.values()) == {None}


def test_the_partner_says_yes_beside_whoever_asked_for_company(ana, bo, dee, eve, table, at, upcoming, seats):
    Willingness.say(seats["Dee"], PARTNER, "timekeeper")
    dee.post(at(upcoming, "/accept"), data={"role": "timekeeper"})
    clients = {"Ana": ana, "Bo": bo, "Eve": eve}
    name = next(one for one, client in clients.items() if "Yes, together with Dee" in words(client.get(table)))
    clients[name].post(at(upcoming, "/join"), data={"role": "timekeeper", "beside": seats["Dee"].id, "back": table})
    assert Turn.holders(upcoming.id, "timekeeper") == [seats["Dee"].id, seats[name].id]
    assert f"You and {name}" in words(dee.get(table))


def test_what_one_wishes_to_be_asked_for_is_on_ones_own_page_alone(ana, bo, table, upcoming, seats):
    mine = f"{table}/meetings/roles/mine"
    sent = {"answers": ["facilitator.yes", "care_holder.not_now", "timekeeper.partner", "scribe.yes"]}
    assert bo.post(mine, data=sent).status_code == 303
    assert Willingness.of(seats["Bo"]) == {"care_holder": NOT_NOW, "timekeeper": PARTNER}
    chosen = re.findall(r'value="([a-z_.]+)" selected', bo.get(mine).text)
    assert chosen == sent["answers"]
    assert set(re.findall(r'value="[a-z_]+\.([a-z_]+)" selected', ana.get(mine).text)) == {YES}
    wrong = bo.post(mine, data={"answers": ["nothing.yes"]})
    assert (wrong.status_code, "Please choose one." in words(wrong)) == (422, True)
    bo.post(mine, data={"answers": ["care_holder.yes", "timekeeper.yes"]})
    assert Willingness.select().count() == 0


def test_roles_that_one_said_not_for_a_while_to_are_named_to_oneself_with_the_way_back(bo, dee, table, at, upcoming):
    says = "You said “not for a while” to this, so you are not asked for it: Care-holder and Scribe."
    for role in ("care_holder", "scribe"):
        bo.post(at(upcoming, "/willing"), data={"answer": "not_now", "role": role})
    assert says in words(bo.get(at(upcoming)))
    assert f'href="{table}/meetings/roles/mine">Change this' in bo.get(at(upcoming)).text
    assert "You said" not in words(dee.get(at(upcoming)))


@pytest.fixture
def swap(seats, meetings, upcoming):
    """Ana facilitates the next meeting and would rather write at the one after it, as Bo does."""
    later = meetings[5]
    Turn.take(upcoming, seats["Ana"], utcnow())
    Turn.take(later, seats["Bo"], utcnow(), role="scribe")
    return later


def offer(ana, at, upcoming, later):
    wanted = Turn.get(Turn.meeting == later.id).id
    return ana.post(at(upcoming, "/swap"), data={"role": "facilitator", "wanted": wanted})


def test_a_turn_is_offered_and_the_other_swaps(ana, bo, table, at, upcoming, swap, seats):
    assert "Bo on" in words(ana.get(at(upcoming, "/swap?role=facilitator")))
    assert offer(ana, at, upcoming, swap).status_code == 303
    assert "You offered Bo to swap" in words(ana.get(at(upcoming)))
    assert "Ana offers to swap turns with you." in words(bo.get(table))
    assert "Ana offers to swap turns with you" in words(bo.get(at(swap)))
    assert bo.post(f"{table}/meetings/swaps/{Swap.get().id}/accept").status_code == 303
    assert Turn.holders(upcoming.id) == [seats["Bo"].id]
    assert Turn.holders(swap.id, "scribe") == [seats["Ana"].id]


def test_nobody_else_sees_an_offer_nor_answers_it(ana, dee, table, at, upcoming, swap):
    before = [seen_by(dee, table, at(meeting)) for meeting in (upcoming, swap)]
    offer(ana, at, upcoming, swap)
    assert [seen_by(dee, table, at(meeting)) for meeting in (upcoming, swap)] == before
    for verb in ("accept", "put-away", "take-back"):
        assert dee.post(f"{table}/meetings/swaps/{Swap.get().id}/{verb}").status_code == 404, verb
    for verb in ("accept", "put-away"):
        assert ana.post(f"{table}/meetings/swaps/{Swap.get().id}/{verb}").status_code == 404, verb


def test_who_made_an_offer_cannot_tell_whether_it_was_put_away(ana, bo, table, at, upcoming, swap):
    offer(ana, at, upcoming, swap)
    before = [seen_by(ana, table, at(meeting)) for meeting in (upcoming, swap)]
    assert bo.post(f"{table}/meetings/swaps/{Swap.get().id}/put-away").status_code == 303
    assert "offers to swap" not in words(bo.get(table))
    assert [seen_by(ana, table, at(meeting)) for meeting in (upcoming, swap)] == before
    assert ana.post(f"{table}/meetings/swaps/{Swap.get().id}/take-back").status_code == 303
    assert Swap.select().count() == 0


def test_an_offer_that_no_longer_fits_says_so(ana, bo, at, upcoming, swap, seats):
    wanted = Turn.get(Turn.meeting == swap.id).id
    Turn.give_back(swap, seats["Bo"], utcnow(), "scribe")
    answer = ana.post(at(upcoming, "/swap"), data={"role": "facilitator", "wanted": wanted})
    assert answer.status_code == 422
    assert Swap.select().count() == 0
    assert "nothing to swap" in words(bo.get(at(upcoming, "/swap")))
    assert "there is no turn to swap with" in words(ana.get(at(upcoming, "/swap")))


# Nobody leads it.


def test_a_day_before_the_page_offers_to_hold_it_together(ana, bo, dee, table, at, soon):
    assert "You can also hold it together." in words(dee.get(table))
    assert "We hold it together" in words(dee.get(at(soon, "/together")))
    assert dee.post(at(soon, "/together")).status_code == 303
    for client in (ana, bo, dee):
        said = words(client.get(table))
        assert "We hold this one together: nobody leads it." in said
        assert "would you" not in said
        assert "is asked" not in said
    assert "Ask somebody after all" in words(bo.get(at(soon, "/together")))
    bo.post(at(soon, "/together"), data={"answer": "ask"})
    assert "Ana, would you facilitate?" in words(ana.get(table))


def test_earlier_the_script_can_be_read_and_people_are_still_asked(ana, dee, table, at, upcoming):
    assert "hold it together" not in words(dee.get(table))
    page = dee.get(at(upcoming, "/together"))
    assert "Step by step" in words(page)
    assert "<button" not in page.text.partition('<main class="page"')[2]
    answer = dee.post(at(upcoming, "/together"))
    assert (answer.status_code, "people are asked to facilitate" in words(answer)) == (409, True)
    assert Together.select().count() == 0


def test_a_yes_ends_holding_it_together(ana, dee, table, at, soon):
    dee.post(at(soon, "/together"))
    assert "I’ll facilitate" in words(ana.get(at(soon)))
    ana.post(at(soon, "/accept"))
    assert "Ana facilitates." in words(dee.get(table))


def test_the_script_names_nobody_and_adds_up_to_the_meeting(dee, at, soon, seats):
    page = dee.get(at(soon, "/together"))
    assert sum(int(minutes) for minutes in re.findall(r"(\d+) min<", page.text)) == 90
    assert not [name for name in seats if re.search(rf"\b{name}\b", words(page))]
    blocks = (Block(Kind.CHECK_IN, 30), Block(Kind.FREE, 60, "Walk by the river\nTwo by two."))
    write_plan(soon, seats["Ana"], Place("", ""), "", "", blocks)
    page = dee.get(at(soon, "/together"))
    assert "Walk by the river Two by two." in words(page)
    assert sum(int(minutes) for minutes in re.findall(r"(\d+) min<", page.text)) == 90


# The table's own roles.


def test_a_role_is_added_renamed_let_rest_and_brought_back(ana, bo, table, at, upcoming):
    roles = f"{table}/meetings/roles"
    typed = {"name": "Hearth", "does": "Makes tea.", "once": "a" * 26}
    for _ in range(2):
        assert ana.post(f"{roles}/new", data=typed).status_code == 303
    assert words(bo.get(roles)).count("Hearth") == 1
    assert "Hearth" in words(bo.get(at(upcoming)))
    bo.post(f"{roles}/timekeeper", data={"name": "Clock", "does": "Rings.", "seen": ""})
    assert "Clock" in words(ana.get(at(upcoming)))
    assert "Timekeeper" not in words(ana.get(at(upcoming)))
    ana.post(f"{roles}/{'a' * 26}/rest", data={"answer": "rest"})
    assert "Resting Hearth" in words(bo.get(roles))
    assert "Hearth" not in words(bo.get(at(upcoming)))
    bo.post(f"{roles}/{'a' * 26}/rest", data={"answer": "back"})
    assert "Hearth" in words(ana.get(at(upcoming)))


def test_a_renamed_role_is_asked_for_by_its_name(ana, dee, table, upcoming):
    ana.post(f"{table}/meetings/roles/facilitator", data={"name": "Door", "does": "", "seen": ""})
    assert "Ana, would you take this on: Door?" in words(ana.get(table))
    assert "Door: Ana is asked." in words(dee.get(table))


def test_a_name_left_empty_gives_one_of_the_four_its_own_back(ana, table, upcoming):
    roles = f"{table}/meetings/roles"
    ana.post(f"{roles}/scribe", data={"name": "Pen", "does": "Draws.", "seen": ""})
    seen = re.search(r'name="seen" type="hidden" value="(\w+)"', ana.get(f"{roles}/scribe").text)[1]
    assert ana.post(f"{roles}/scribe", data={"name": "", "does": "", "seen": seen}).status_code == 303
    assert Role.select().count() == 0


def test_two_who_rename_at_once_lose_neither(ana, bo, table, upcoming):
    path = f"{table}/meetings/roles/scribe"
    ana.post(path, data={"name": "Pen", "does": "Draws.", "seen": ""})
    late = bo.post(path, data={"name": "Quill", "does": "Sings.", "seen": ""})
    assert late.status_code == 409
    assert "Pen" in words(late)
    assert 'value="Quill"' in late.text
    assert "Sings." in late.text
    seen = re.search(r'name="seen" type="hidden" value="(\w+)"', late.text)[1]
    assert bo.post(path, data={"name": "Quill", "does": "Sings.", "seen": seen}).status_code == 303
    assert "Quill" in words(ana.get(f"{table}/meetings/roles"))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"name": " "}, "Please fill this in."), ({"name": "x" * 41}, "too long"), ({"does": "x" * 301}, "too long")],
)
def test_what_is_wrong_with_a_role_is_said_and_nothing_typed_is_lost(ana, table, wrong, says):
    answer = ana.post(f"{table}/meetings/roles/new", data={"name": "Hearth", "does": "Makes tea.", **wrong})
    assert answer.status_code == 422
    assert says in words(answer)
    assert ("Makes tea." if "name" in wrong else "Hearth") in answer.text
    assert Role.select().count() == 0


def test_a_ninth_role_is_refused_with_its_words_kept(ana, table):
    for number in range(4):
        ana.post(f"{table}/meetings/roles/new", data={"name": f"Role {number}", "does": ""})
    assert "Add a role" not in words(ana.get(f"{table}/meetings/roles"))
    answer = ana.post(f"{table}/meetings/roles/new", data={"name": "Ninth", "does": "Too many."})
    assert answer.status_code == 409
    assert "Let one rest first." in words(answer)
    assert 'value="Ninth"' in answer.text


# Whoever sits elsewhere.


def test_cy_and_stew_find_nothing(ana, cy, stew, table, at, upcoming, swap):
    offer(ana, at, upcoming, swap)
    roles = f"{table}/meetings/roles"
    reads = [
        roles,
        f"{roles}/new",
        f"{roles}/mine",
        f"{roles}/scribe",
        at(upcoming, "/together"),
        at(upcoming, "/swap"),
    ]
    writes = [f"{table}/meetings/swaps/{Swap.get().id}/{verb}" for verb in ("accept", "put-away", "take-back")]
    writes += [f"{roles}/scribe/rest", at(upcoming, "/join"), at(upcoming, "/together"), *reads[1:]]
    for client in (cy, stew):
        for path in reads:
            assert client.get(path).status_code == 404, path
        for path in writes:
            assert client.post(path, data={"name": "Mine", "does": "", "seen": "", "wanted": "1"}).status_code in (
                404,
                405,
            )
    assert (Swap.select().count(), Role.select().count()) == (1, 0)


def test_what_is_ones_own_table_does_not_open_another(ana, cy, cast, table, at, upcoming, swap):
    offer(ana, at, upcoming, swap)
    own = f"/c/{cast.other_table}/meetings"
    for verb in ("together", "swap", "join"):
        assert cy.post(f"{own}/{upcoming.id}/{verb}", data={"wanted": "1"}).status_code == 404, verb
    for verb in ("accept", "put-away", "take-back"):
        assert cy.post(f"{own}/swaps/{Swap.get().id}/{verb}").status_code == 404, verb


def test_what_one_role_is_called_is_not_the_name_of_another(ana, table, people):
    Role.call(people["Ana"], "scribe", Words("Pen", "Writes"), "")
    assert "Pen" in words(ana.get(f"{table}/meetings/roles"))
    Role.update(code="timekeeper").execute()
    shown = ana.get(f"{table}/meetings/roles")
    assert shown.status_code == 200
    assert "Pen" not in words(shown)
    assert "Timekeeper" in words(shown)


def test_words_that_were_tampered_with_close_no_page(ana, table, at, upcoming, people):
    Role.call(people["Ana"], "scribe", Words("Pen", "Writes"), "")
    Role.add(people["Ana"], Words("Tea", "Boils"), "c" * 26)
    Role.update(sealed_words=b"\1" * 300).execute()
    Series.update(sealed_name=b"\1" * 300).execute()
    for page in (table, f"{table}/meetings/roles", at(upcoming)):
        assert ana.get(page).status_code == 200
    shown = words(ana.get(f"{table}/meetings/roles"))
    assert "Scribe" in shown
    assert "Tea" not in shown
