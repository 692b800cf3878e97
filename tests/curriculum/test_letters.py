"""How the letters of the guide look: set once on a phone, without an account."""

import re

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.curriculum.letters import SIZES, Letters, letters_in


@pytest.fixture
def nobody(app: Flask):
    return app.test_client()


def choose(client, back="/guide/3/1", **given):
    page = client.get(f"/guide/letters?back={back}").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    given |= {"csrf_token": token[1]} if token else {}
    return client.post(f"/guide/letters?back={back}", data=given)


def test_a_choice_leads_back_and_holds_on_every_page_of_the_guide_and_on_help(nobody):
    answer = choose(nobody, size="large", wide="y")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/guide/3/1")
    for path in ("/guide", "/guide/1", "/guide/3/1", "/guide/search", "/activities", "/guide/letters", "/help"):
        assert re.search(r'<html [^>]*class="large wide"', nobody.get(path).text), path


def test_elsewhere_the_letters_stay_as_they_are(nobody):
    """Only the guide's sheet knows larger ones."""
    choose(nobody, size="largest")
    assert "guide.css" not in nobody.get("/").text


def test_as_usual_is_a_choice_too(nobody):
    choose(nobody, size="largest", wide="y")
    choose(nobody, size="usual")
    assert not re.search(r"<html [^>]*class=", nobody.get("/guide").text)


def test_the_page_shows_what_is_chosen_now(nobody):
    choose(nobody, size="large", wide="y")
    page = nobody.get("/guide/letters").text
    assert re.search(r'<input [^>]*checked[^>]*value="large"|value="large"[^>]*checked', page)
    assert re.search(r'<input [^>]*checked[^>]*name="wide"|name="wide"[^>]*checked', page)


def test_the_cookie_says_how_large_and_nothing_else(nobody):
    cookie = choose(nobody, size="large").headers["Set-Cookie"]
    assert cookie.startswith("letters=large;")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere"])
def test_it_leads_to_no_other_site(nobody, back):
    assert choose(nobody, back=back, size="large").headers["Location"] == "/guide"


def test_a_size_that_is_not_offered_is_refused(nobody):
    assert choose(nobody, size="huge").status_code == 422


def test_reading_the_page_sets_no_size(nobody):
    assert "letters=" not in str(nobody.get("/guide/letters").headers)


def test_a_page_of_the_guide_sets_no_cookie_for_a_reader(nobody):
    assert "Set-Cookie" not in nobody.get("/guide/1/1").headers


@given(st.sampled_from(SIZES), st.booleans())
def test_what_a_cookie_carries_is_read_back(size, wide):
    assert letters_in(str(Letters(size, wide))) == Letters(size, wide)


@given(st.text())
def test_whatever_a_cookie_says_gives_only_known_words(cookie):
    assert set(letters_in(cookie).classes().split()) <= {"large", "largest", "wide"}
