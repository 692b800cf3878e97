"""What a steward does after set-up, and that nobody else can."""

import re
from datetime import timedelta

import pytest

from portal.accounts.models.links import FirstLink
from portal.accounts.models.portals import Portal
from portal.accounts.neutral import telling_word
from portal.circles.models import Circle
from portal.db import new_id, utcnow
from tests.cast import PASSPHRASE, make_person

PAGES = ("/steward", "/steward/invite", "/steward/people", "/steward/settings")
CHANGES = ("/steward/invite", "/steward/links/x/end", "/steward/people/x/start", "/steward/settings")
LINK = re.compile(r"http://localhost:8080(/join/[\w-]+)")


def invited(stew) -> str:
    return LINK.search(stew.post("/steward/invite").text)[1]


def close_addresses(stew) -> list[str]:
    return re.findall(r'action="(/steward/links/\w+/end)"', stew.get("/steward").text)


@pytest.mark.parametrize("reader", ["ana", "bo", "cy"])
def test_members_find_nothing_there(reader, request):
    client = request.getfixturevalue(reader)
    assert {client.get(path).status_code for path in PAGES} == {404}
    assert {client.post(path).status_code for path in CHANGES} == {404}
    assert not FirstLink.select().exists()


def test_whoever_is_signed_out_is_led_to_the_door(nobody):
    for path in PAGES:
        assert nobody.get(path).location.startswith("/enter?next=/steward")
    assert {nobody.post(path).status_code for path in CHANGES} == {303}
    assert not FirstLink.select().exists()


def test_the_titles_say_nothing_to_a_passer_by(stew):
    pages = [stew.get(path).text for path in PAGES] + [stew.post("/steward/invite").text]
    titles = [re.search(r"<title>(.*)</title>", page)[1] for page in pages]
    assert [telling_word(title) for title in titles] == [None] * len(pages)


def test_no_page_shows_a_table_or_who_sits_where(stew, cast):
    shown = "".join(stew.get(path).text for path in PAGES)
    for secret in (cast.table, cast.other_table, "Friday", "Sunday", "We meet because"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("tables", "says"), [(4, "a few tables"), (5, "There are 5 tables"), (12, "There are 12 tables")]
)
def test_the_number_of_tables_is_said_only_from_five_on(stew, tables, says):
    for _ in range(tables - Circle.select().count()):
        Circle.create(id=new_id(), seats=7, convener=new_id(), began_at=utcnow(), sealed_about=b"")
    page = stew.get("/steward").text
    assert says in page
    assert f"{tables} tables" in page or tables < 5


def test_an_invitation_is_a_link_a_square_and_words_to_send(stew, nobody):
    page = stew.post("/steward/invite").text
    path = LINK.search(page)[1]
    words = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1]
    assert path in words
    assert telling_word(words) is None
    assert '<svg role="img"' in page
    assert "style=" not in page
    assert nobody.get(path).status_code == 200


def test_the_link_is_shown_once_and_then_only_that_it_is_open(stew):
    path = invited(stew)
    for shown in ("/steward", "/steward/invite"):
        assert path.removeprefix("/join/") not in stew.get(shown).text
    assert len(close_addresses(stew)) == 1


def test_asking_for_the_page_makes_no_link(stew):
    stew.get("/steward/invite")
    assert not FirstLink.select().exists()


def test_an_address_that_no_phone_can_reach_is_pointed_out(stew):
    assert "base_url" in stew.post("/steward/invite").text


def test_a_closed_link_opens_nothing(stew, nobody):
    kept, closed = invited(stew), invited(stew)
    assert stew.post(close_addresses(stew)[0]).location == "/steward"
    assert sorted(nobody.get(path).status_code for path in (kept, closed)) == [200, 404]
    assert len(close_addresses(stew)) == 1


def test_closing_a_link_that_was_used_says_that_there_is_nothing(stew, nobody):
    path = invited(stew)
    address = close_addresses(stew)[0]
    assert nobody.post(path, data={"name": "Dora", "which": "own", "passphrase": PASSPHRASE}).status_code == 303
    assert stew.post(address).status_code == 404


def test_a_set_up_link_is_not_a_stewards_to_close(stew):
    FirstLink.make("setup", utcnow())
    assert close_addresses(stew) == []
    assert stew.post(f"/steward/links/{FirstLink.get().id}/end").status_code == 404


def test_links_that_ran_out_are_no_longer_listed(stew):
    FirstLink.make("healer", utcnow() - timedelta(days=15))
    assert close_addresses(stew) == []


def test_a_person_may_start_a_table_when_the_steward_says_so_and_it_can_be_taken_back(stew, cast):
    bo = f"/steward/people/{cast['Bo'].id}/start"
    assert stew.post(bo, data={"may": "yes", "page": "1"}).location == "/steward/people?page=1"
    assert cast["Bo"].person.is_healer
    stew.post(bo, data={"may": "no", "page": "1"})
    assert not cast["Bo"].person.is_healer


def test_taking_it_back_leaves_the_tables_as_they_are(stew, ana, cast):
    stew.post(f"/steward/people/{cast['Ana'].id}/start", data={"may": "no"})
    assert ana.get(f"/c/{cast.table}/people").status_code == 200


def test_a_steward_can_start_no_table_and_nobody_can_be_made_up(stew, cast):
    for person in (cast["Stew"].id, new_id()):
        assert stew.post(f"/steward/people/{person}/start", data={"may": "yes"}).status_code == 404
    assert not cast["Stew"].person.is_healer


def test_people_are_listed_with_the_month_they_came_and_nothing_finer(stew, cast):
    day = cast["Ana"].person.joined_on
    page = stew.get("/steward/people").text
    assert all(name in page for name in ("Ana", "Bo", "Cy", "Stew"))
    assert f"Came in {day:%B %Y}." in page
    assert day.isoformat() not in page


def test_a_long_list_goes_on_over_several_pages(stew):
    for number in range(60):
        make_person(f"Person {number:02}")
    first, second = stew.get("/steward/people").text, stew.get("/steward/people?page=2").text
    names = re.findall(r"<b>(Person \d\d)</b>", first) + re.findall(r"<b>(Person \d\d)</b>", second)
    assert names == [f"Person {number:02}" for number in range(60)]
    assert 'href="/steward/people?page=2"' in first
    assert "page=3" not in second
    for odd in ("0", "-1", "x", "9" * 40):
        assert stew.get(f"/steward/people?page={odd}").status_code == 200


def test_settings_change_every_page_and_where_leave_leads(stew, nobody):
    sent = {
        "portal_name": "Oak Corner",
        "language": "es",
        "zone": "Europe/Lisbon",
        "ages": "adults",
        "leave": "own",
        "leave_own": "https://www.example.org/tides",
    }
    assert stew.post("/steward/settings", data=sent).location == "/steward"
    assert "Oak Corner</title>" in nobody.get("/enter").text
    assert nobody.get("/leave").location == "https://www.example.org/tides"
    again = stew.get("/steward/settings").text
    assert 'value="https://www.example.org/tides"' in again
    assert re.search(r'checked[^>]*value="own"', again)


def test_settings_that_would_not_do_are_given_back_and_change_nothing(stew):
    sent = {"portal_name": "Grief on Oak", "language": "en", "zone": "UTC", "ages": "adults", "leave": "own"}
    answer = stew.post("/steward/settings", data={**sent, "leave_own": "tides"})
    assert answer.status_code == 422
    assert 'value="Grief on Oak"' in answer.text
    assert 'value="tides"' in answer.text
    assert Portal.current().name == "Elm Street"
