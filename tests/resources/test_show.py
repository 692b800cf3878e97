"""The help page, over rooms that know no database at all."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import StrictUndefined

from portal import paths
from portal.config import Settings
from portal.db import db
from portal.resources.views import bp
from portal.web import assets, filters, language
from portal.web.sheets import Unfit
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
    assert re.search(r'<a class="call" href="sms:741741"', page)


def test_danger_stands_before_tonight_and_the_country_before_the_county(page):
    order = ["in danger now", "tel:911", "a voice tonight</h2>", "wait until morning</h2>", 'id="us-ca-los-angeles"']
    places = [page.index(words) for words in order]
    assert places == sorted(places)


def test_calls_show_on_bills_and_others_may_use_this_phone(page):
    slip = page[page.index('<section class="slip">') :]
    assert "If others use this phone" in slip
    assert "stay in the phone’s list and can show on its bill" in slip


def test_each_line_says_whether_police_may_come_and_where_we_read_it(page):
    lifeline = page[page.index('href="tel:988"') : page.index('href="tel:18007997233"')]
    assert "may come without your yes" in lifeline
    assert "988lifeline.org</a> (page undated)" in lifeline
    assert "az911.gov</a> (14 July 2022)" in lifeline
    assert "hecked on" not in page


def test_no_address_on_the_page_tells_what_someone_looked_for(page):
    places = set(re.findall(r'id="([^"]*)"', page[page.index("<h1") :]))
    assert places == {"now", "tonight", "morning", "us-ca-los-angeles"}


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
