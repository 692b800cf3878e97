"""The lines of the help page in a steward's hands: tried, brought in, taken along and taken away."""

import html
import io
import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
import time_machine

from portal.db import db, utcnow
from portal.resources import shelf
from portal.resources.entries import pack
from portal.resources.models import HelpCheck
from portal.resources.pack import LARGEST
from portal.resources.received import received
from tests.cast import enter
from tests.conftest import every_table
from tests.resources.lists_for_tests import GOOD, ROW

LINE = "lifeline-988"
ENTRIES = {entry.key: entry for entry in pack(shelf.SHIPPED / "us.yaml").entries}


def check(stew, entry: str = LINE):
    return stew.post(f"/steward/help/lines/{entry}/check")


def shown(client, name: str = "988 Suicide &amp; Crisis Lifeline") -> str:
    page = client.get("/help").text
    begin = page.index(name)
    return page[begin : page.index("</li>", begin)]


def preview(stew, text: str = GOOD, name: str = "list.yaml"):
    return stew.post("/steward/help/import", data={"file": (io.BytesIO(text.encode()), name)})


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input id="(?:pack|was)" name="(pack|was)" type="hidden" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def keep(stew, text: str = GOOD):
    return stew.post("/steward/help/import/keep", data=hidden(preview(stew, text).text))


def rows() -> dict[str, list]:
    """But for the idle clocks."""
    tables = [model._meta.table_name for model in every_table() if model.__name__ != "Device"]
    return {table: db.execute_sql(f'select * from "{table}"').fetchall() for table in tables}  # noqa: S608


def test_nothing_says_checked_before_a_steward_of_this_portal_checked_it(nobody, stew):
    assert "Checked" not in nobody.get("/help").text
    assert "Not checked here yet." in stew.get("/steward/help").text


def test_a_check_stands_on_the_help_page_with_its_day_and_can_be_taken_back(app, nobody, cast):
    with time_machine.travel("2026-11-12 15:00:00Z", tick=False):
        stew = enter(app, "Stew")
        assert check(stew).location == f"/steward/help#{LINE}"
        assert "Checked here on 12 November 2026." in shown(nobody)
        assert nobody.get("/help").text.count("Checked here on") == 1
        assert "Take today’s check back" in stew.get("/steward/help").text
        stew.post(f"/steward/help/lines/{LINE}/check-again")
        assert "Checked" not in nobody.get("/help").text


def test_a_double_tap_is_one_check(stew):
    check(stew)
    check(stew)
    assert HelpCheck.select().count() == 1


def test_taking_todays_check_back_leaves_the_one_before(app, nobody, cast):
    HelpCheck.note(ENTRIES[LINE], date(2026, 11, 1))
    with time_machine.travel("2026-11-12 15:00:00Z", tick=False):
        stew = enter(app, "Stew")
        check(stew)
        assert "Checked here on 12 November 2026." in shown(nobody)
        stew.post(f"/steward/help/lines/{LINE}/check-again")
        assert "Checked here on 1 November 2026." in shown(nobody)


def test_the_day_is_that_of_the_place_not_of_the_computer(app, nobody, stew):
    """At three in the morning UTC it is still the evening before in America."""
    stew.post(
        "/steward/settings",
        data={"portal_name": "Oak", "language": "en", "zone": "America/Los_Angeles", "ages": "adults",
              "leave": "https://apnews.com/"},
    )  # fmt: skip
    with time_machine.travel("2026-11-12 03:00:00Z", tick=False):
        check(enter(app, "Stew"))
        assert "Checked here on 11 November 2026." in shown(nobody)


def test_the_steward_is_told_of_lines_never_checked_and_of_those_checked_long_ago(stew):
    lines = len(re.findall(r"I checked this today<", stew.get("/steward/help").text))
    assert lines > 40
    assert f"{lines} lines on the help page were not checked here" in stew.get("/steward").text
    HelpCheck.note(ENTRIES[LINE], utcnow().date() - timedelta(days=89))
    HelpCheck.note(ENTRIES["trans-lifeline"], utcnow().date() - timedelta(days=92))
    assert f"{lines - 1} lines on the help page" in stew.get("/steward").text
    assert stew.get("/steward/help").text.count("more than 90 days ago.") == 1


def test_a_line_changed_since_its_check_says_so_and_loses_its_date(nobody, stew):
    keep(stew)
    check(stew, "soup")
    assert "Checked here on" in shown(nobody, "Soup on Sundays")
    keep(stew, GOOD.replace("555-0100", "555-0199"))
    assert "Checked" not in shown(nobody, "Soup on Sundays")
    assert "and changed since." in stew.get("/steward/help").text


def test_the_page_says_what_checking_means_and_leads_to_number_and_source(stew):
    page = stew.get("/steward/help").text
    assert "To check a line is to try it." in page
    assert 'href="tel:988"' in page
    assert 'href="https://988lifeline.org/get-help/what-to-expect"' in page


def test_the_lines_that_wait_for_a_check_can_be_seen_alone(app, cast):
    with time_machine.travel("2026-11-12 15:00:00Z", tick=False):
        stew = enter(app, "Stew")
        for entry in ENTRIES:
            check(stew, entry)
    with time_machine.travel("2026-11-13 18:00:00Z", tick=False):
        stew = enter(app, "Stew")
        waiting = stew.get("/steward/help?waiting=1").text
        assert f'id="{LINE}"' not in waiting
        assert "Every line of this list is checked." in waiting
        assert f'id="{LINE}"' in stew.get("/steward/help").text


def test_whoever_goes_through_the_lines_that_wait_keeps_their_place_and_can_take_back(stew):
    waiting = stew.get("/steward/help?waiting=1").text
    button = f"/steward/help/lines/{LINE}/check?waiting=1"
    assert f'action="{button}"' in waiting
    assert stew.post(button).location == f"/steward/help?waiting=1#{LINE}"
    line = stew.get("/steward/help?waiting=1").text.partition(f'id="{LINE}"')[2].partition("</li>")[0]
    assert "Take today’s check back" in line
    back = re.search(r'action="([^"]+check-again[^"]*)"', line)[1]
    assert stew.post(back).location == f"/steward/help?waiting=1#{LINE}"
    assert not HelpCheck.select().exists()


def test_the_steward_is_led_to_the_lines_that_wait_and_need_not_hurry(stew):
    page = stew.get("/steward").text
    assert 'href="/steward/help?waiting=1"' in page
    assert "A few at a time is enough" in page


def test_a_line_that_is_not_there_cannot_be_checked(stew):
    assert check(stew, "atlantis").status_code == 404
    assert not HelpCheck.select().exists()


@pytest.mark.parametrize(("text", "name"), [(GOOD, "list.yaml"), (ROW, "list.csv")])
def test_a_list_is_shown_before_it_is_kept_and_looking_saves_nothing(app, stew, nobody, text, name):
    before, folder = rows(), app.config["PORTAL"].data_dir / "help"
    page = preview(stew, text, name)
    assert page.status_code == 200
    assert "Soup on Sundays" in page.text[page.text.index("<h2>New</h2>") :]
    assert rows() == before
    assert not folder.exists()
    assert "Soup on Sundays" not in nobody.get("/help").text


def test_a_pasted_list_is_read_as_well(stew):
    assert "Soup on Sundays" in stew.post("/steward/help/import", data={"pasted": GOOD}).text


def test_a_kept_list_is_on_the_help_page_at_once_beside_ours(stew, nobody):
    assert keep(stew).location == "/steward/help"
    page = nobody.get("/help").text
    assert "Soup on Sundays</b><span" in page
    assert "Elm Street</span>" in page
    assert 'href="tel:988"' in page
    spanish = nobody.get("/help", headers={"Accept-Language": "es"}).text
    assert "Sopa los domingos" in spanish


def test_the_preview_tells_apart_what_is_new_changed_the_same_and_gone(stew):
    line = GOOD.partition("entries:\n")[2]
    two = GOOD + line.replace("soup", "bread").replace("Soup on Sundays", "Bread") + line.replace(
        "soup", "tea").replace("Soup on Sundays", "Tea")  # fmt: skip
    keep(stew, two)
    page = preview(
        stew,
        GOOD.replace("555-0100", "555-0199")
        + line.replace("soup", "bread").replace("Soup on Sundays", "Bread")
        + line.replace("soup", "milk").replace("Soup on Sundays", "Milk"),
    ).text
    heads = ["<h2>New</h2>", "<h2>Changed</h2>", "<h2>Gone</h2>", "<h2>The same as before</h2>", "<form"]
    parts = {head: page[page.index(head) : page.index(after)] for head, after in pairwise(heads)}
    for head, name in zip(heads, ("Milk", "Soup on Sundays", "Tea", "Bread"), strict=False):
        assert [one for one in ("Milk", "Soup on Sundays", "Tea", "Bread") if one in parts[head]] == [name]
    assert "how to reach it." in parts["<h2>Changed</h2>"]
    assert "555-0100" in parts["<h2>Changed</h2>"], "what stands now can be compared"


def test_a_list_that_changes_nothing_has_nothing_to_keep(stew):
    keep(stew)
    page = preview(stew).text
    assert "There is nothing to keep." in page
    assert "Keep this list" not in page


def test_bad_rows_are_named_by_line_and_nothing_can_be_kept(stew):
    answer = preview(stew, GOOD.replace("555-0100", "call us"))
    assert answer.status_code == 422
    assert "Line 6:" in answer.text
    assert "“call us” is no number to call" in answer.text
    assert "Keep this list" not in answer.text


def test_a_key_that_another_list_uses_is_named_by_line(stew):
    answer = preview(stew, GOOD.replace("key: soup", f"key: {LINE}"))
    assert answer.status_code == 422
    assert "Line 3:" in answer.text
    assert "also stands in the list us." in answer.text


def test_nothing_chosen_and_too_much_chosen_are_said_in_words(stew):
    assert "Please choose a file, or paste the list below." in stew.post("/steward/help/import", data={}).text
    answer = preview(stew, GOOD + "#" * LARGEST)
    assert answer.status_code == 422
    assert "larger than 256 KB" in answer.text


def test_what_is_kept_is_read_again_with_the_same_eyes(stew, nobody):
    """The list goes to the browser and back: what comes back is a stranger's again."""
    for sent in (GOOD.replace("https://soup.example", "javascript:alert(1)"), "nonsense", "a: &a [*a]", ""):
        answer = stew.post("/steward/help/import/keep", data={"pack": sent, "was": ""})
        assert answer.location == "/steward/help/import"
    taken = GOOD.replace("key: soup", f"key: {LINE}")
    assert stew.post("/steward/help/import/keep", data={"pack": taken}).location == "/steward/help/import"
    assert "Soup on Sundays" not in nobody.get("/help").text


def test_words_that_look_like_markup_stay_words(stew, nobody):
    keep(stew, GOOD.replace("Anyone hungry.", "<script>alert(1)</script>"))
    assert "<script>alert" not in nobody.get("/help").text
    assert "&lt;script&gt;alert(1)" in nobody.get("/help").text


def test_of_two_stewards_the_second_sees_what_the_first_changed(stew, nobody):
    first = hidden(preview(stew).text)
    second = hidden(preview(stew, GOOD.replace("Soup on Sundays", "Bread")).text)
    stew.post("/steward/help/import/keep", data=first)
    answer = stew.post("/steward/help/import/keep", data=second)
    assert answer.status_code == 409
    assert "Somebody changed this list while you looked." in answer.text
    assert "Soup on Sundays" in nobody.get("/help").text
    assert stew.post("/steward/help/import/keep", data=hidden(answer.text)).status_code == 303
    assert "Bread" in nobody.get("/help").text


@pytest.mark.parametrize("kind", ["yaml", "csv"])
def test_a_list_taken_along_can_be_brought_in_again_and_is_the_same(stew, kind):
    file = stew.get(f"/steward/help/lists/us.{kind}")
    assert file.headers["Content-Disposition"] == f'attachment; filename="us.{kind}"'
    assert received(file.data).faults == ()
    assert "There is nothing to keep." in preview(stew, file.data.decode(), f"us.{kind}").text


def test_an_own_list_of_our_name_is_said_to_stand_in_for_ours(stew, nobody):
    ours = stew.get("/steward/help/lists/us.yaml").data.decode()
    changed = preview(stew, ours.replace("When minutes count.", "When seconds count."))
    assert "takes the place of the list that comes with the portal" in changed.text
    stew.post("/steward/help/import/keep", data=hidden(changed.text))
    assert "When seconds count." in nobody.get("/help").text
    assert stew.post("/steward/help/lists/us/remove").status_code == 303
    assert "When minutes count." in nobody.get("/help").text


def test_an_own_list_can_be_taken_away_and_ours_cannot(stew, nobody):
    keep(stew)
    assert "Take this list away" in stew.get("/steward/help").text
    assert stew.post("/steward/help/lists/elm-street/remove").status_code == 303
    assert "Soup on Sundays" not in nobody.get("/help").text
    for place in ("elm-street", "us", "atlantis"):
        assert stew.post(f"/steward/help/lists/{place}/remove").status_code == 404


def test_a_list_that_the_settings_ask_for_cannot_be_taken_away_under_them(app, stew, nobody):
    """The next start would stop for want of it."""
    keep(stew)
    lists, places = app.extensions["help"], app.extensions["help"].places
    lists.places = ("us", "elm-street")
    try:
        page = stew.get("/steward/help").text
        assert "The setting places names this list." in page
        assert "Take this list away" not in page
        assert stew.post("/steward/help/lists/elm-street/remove").status_code == 404
        assert "Soup on Sundays" in nobody.get("/help").text
    finally:
        lists.places = places


def test_a_list_broken_by_hand_is_named_on_the_stewards_page_while_help_goes_on(app, stew, nobody):
    keep(stew)
    nobody.get("/help")
    (app.config["PORTAL"].data_dir / "help" / "elm-street.yaml").write_text("broken: [", encoding="utf-8")
    page = stew.get("/steward/help").text
    assert "A list can’t be read" in page
    assert "elm-street.yaml, line" in page
    assert "Soup on Sundays" in nobody.get("/help").text


@pytest.mark.parametrize("reader", ["ana", "bo", "cy"])
def test_members_can_neither_look_nor_change(app, reader, request, stew):
    client, before = request.getfixturevalue(reader), rows()
    for path in ("/steward/help", "/steward/help/import", "/steward/help/lists/us.yaml", "/steward/help/lists/us.csv"):
        assert client.get(path).status_code == 404
    posts = ("import", "import/keep", f"lines/{LINE}/check", f"lines/{LINE}/check-again", "lists/us/remove")
    for path in posts:
        assert client.post(f"/steward/help/{path}", data={"pasted": GOOD, "pack": GOOD}).status_code == 404
    assert rows() == before
    assert not (app.config["PORTAL"].data_dir / "help").exists()


def test_help_stands_without_checks_when_the_database_is_away(app, stew):
    check(stew)
    client = app.test_client()
    db.close()
    path = app.config["PORTAL"].database
    for left in path.parent.glob("portal.db-*"):
        left.unlink()
    path.write_bytes(b"This is no database. " * 400)
    page = client.get("/help")
    assert page.status_code == 200
    assert 'href="tel:988"' in page.text
    assert "Checked" not in page.text
