"""The help page, over rooms that know no database at all."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import StrictUndefined

from portal import paths
from portal.config import Settings
from portal.db import db
from portal.errors import Unfit
from portal.resources.views import bp
from portal.web import assets, filters, language
from tests.cast import enter


def open_help(**given) -> FlaskClient:
    """Only this room and its plumbing: no accounts, no tables, no folder of data."""
    app = Flask(__name__, template_folder=str(paths.TEMPLATES), static_folder=str(paths.STATIC))
    app.config["PORTAL"] = Settings(**given)
    app.jinja_env.undefined = StrictUndefined
    for plumbing in (language, assets, filters):
        plumbing.init_app(app)
    app.register_blueprint(bp)
    return app.test_client()


@pytest.fixture
def page() -> str:
    answer = open_help().get("/help")
    assert answer.status_code == 200
    return answer.text


def test_help_needs_neither_a_sign_in_nor_the_database(page):
    assert page.count("<h1") == 1
    assert "<title>Help · " in page


def test_it_says_that_these_are_neighbors_and_nobody_watches(page):
    assert "neighbors" in page
    assert "peer support, not a crisis or emergency service, and nobody watches this page" in page


def test_numbers_can_be_called_and_texted_with_one_tap(page):
    assert re.search(r'<a class="call" href="tel:988"', page)
    assert re.search(r'<a class="call" href="tel:18007997233"', page)
    assert re.search(r'<a class="call" href="sms:838255"', page)


def test_a_message_opens_with_its_word_in_it_on_every_kind_of_phone(page):
    """iOS wants “&body=”, Android “?body=”; both take “?&body=”."""
    assert 'href="sms:741741?&amp;body=HOME"' in page
    assert 'href="sms:988"' in page  # its word is only for Spanish
    spanish = open_help().get("/help", headers={"Accept-Language": "es"}).text
    assert 'href="sms:741741?&amp;body=HOLA"' in spanish
    assert 'href="sms:988?&amp;body=AYUDA"' in spanish
    assert 'href="sms:88788?&amp;body=START"' in spanish


def test_the_number_for_minutes_that_count_stands_before_all_else(page):
    assert (
        page.index("tel:911")
        < page.index('<p class="lead')
        < page.index('<nav class="contents"')
        < page.index('id="now"')
    )


def test_what_is_seen_first_are_numbers_and_who_may_see_that_they_were_called(page):
    """On a small phone little more than this stands above the fold: it must not be read to be used."""
    seen = page[page.index("<h1") : page.index('<p class="lead')]
    assert re.findall(r'href="tel:(\d+)"', seen) == ["911", "988", "18007997233"]
    assert "stay in this phone’s list and can show on its bill" in seen
    assert 'href="#phone"' in seen
    assert 'href="#yes"' in seen
    for place in re.findall(r'href="#([^"]+)"', seen):
        assert f'id="{place}"' in page


def test_danger_stands_before_tonight_and_tonight_before_morning(page):
    page = page[page.index("</nav>", page.index("<h1")) :]
    order = ['id="now"', "a voice tonight</h2>", "tel:988", "wait until morning</h2>"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)


def test_what_is_nearby_stands_beside_what_is_national_and_says_where_it_is(page):
    violence = page[page.index("Violence at home</h3>") : page.index("Sexual violence</h3>")]
    assert violence.index("tel:18007997233") < violence.index("tel:18009783600")
    assert "County Domestic Violence Hotline</b><span" in violence
    assert "Los Angeles County</span>" in violence


def test_every_part_can_be_jumped_to_and_every_jump_lands(page):
    asked = set(re.findall(r'href="#([^"]+)"', page[page.index("<h1") :]))
    ids = set(re.findall(r'id="([^"]+)"', page[page.index("<h1") :]))
    assert asked == ids
    assert len(re.findall(r'<h3 id="part-', page)) >= 15


def test_what_sends_nobody_stands_beside_911(page):
    danger = page[page.index('id="now"') : page.index('id="tonight"')]
    assert "Says that it sends nobody without your yes" in danger
    assert "Trans Lifeline</a>" in danger


def test_a_page_of_groups_is_not_said_to_send_the_police(page):
    meetings = page[page.index(">Alcoholics Anonymous (AA)</b>") : page.index(">Narcotics Anonymous (NA)</b>")]
    assert "Police" not in meetings
    assert 'href="https://www.na.org/" rel="noreferrer"' in meetings


def test_calls_show_on_bills_and_others_may_use_this_phone(page):
    slip = page[page.index('<section class="slip"') :]
    assert "If others use this phone" in slip
    assert "stay in the phone’s list and can show on its bill" in slip


def test_each_line_says_whether_police_may_come_and_where_we_read_it(page):
    tonight = page[page.index('id="tonight"') :]
    lifeline = tonight[tonight.index('href="tel:988"') : tonight.index('href="tel:18007997233"')]
    assert "may come without your yes" in lifeline
    assert "988lifeline.org</a> (page undated)" in lifeline
    assert "az911.gov</a> (14 July 2022)" in lifeline
    assert "hecked on" not in page


def test_no_address_on_the_page_tells_what_someone_looked_for(page):
    places = set(re.findall(r'id="([^"]*)"', page[page.index("<h1") :]))
    assert {place for place in places if not re.fullmatch(r"part-\d+", place)} == {
        "now",
        "tonight",
        "morning",
        "phone",
        "yes",
    }


def test_a_reader_of_spanish_gets_the_entries_in_spanish():
    page = open_help().get("/help", headers={"Accept-Language": "es"}).text
    assert "988 Línea de Prevención del Suicidio y Crisis" in page
    assert "enero de 2022" in page
    assert "AYUDA" in page


def test_a_portal_elsewhere_shows_no_list_of_los_angeles():
    page = open_help(places=("us",)).get("/help").text
    assert "Los Angeles" not in page
    assert "tel:911" in page


def test_a_place_that_is_not_there_stops_the_start():
    with pytest.raises(Unfit, match="no such place"):
        open_help(places=("us", "atlantis"))


@pytest.mark.parametrize("signed_in", [False, True])
def test_help_and_the_guide_stand_when_the_database_is_broken(app, cast, signed_in):
    """In the whole portal, for whoever comes: the file is cut short and overwritten under it."""
    client = enter(app, "Ana") if signed_in else app.test_client()
    db.close()
    path = app.config["PORTAL"].database
    for left in path.parent.glob("portal.db-*"):
        left.unlink()
    path.write_bytes(b"This is no database. " * 400)
    for address in ("/help", "/guide", "/guide/3/3"):
        answer = client.get(address)
        assert answer.status_code == 200
    assert "tel:988" in client.get("/help").text
