"""The guide's pages, over rooms that know no database at all."""

import itertools
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_login import LoginManager
from jinja2 import StrictUndefined

from portal import paths
from portal.config import Settings
from portal.curriculum.access import Library
from portal.curriculum.shelf import look_through
from portal.curriculum.views import bp
from portal.resources.views import bp as resources
from portal.web import assets, error_pages, filters, language
from tests.curriculum.small_guide import LESSON_ES, write_guide


def open_guide(folder=None) -> FlaskClient:
    """Only this room and what it stands on; over the shipped guide unless `folder` holds another."""
    app = Flask(__name__, template_folder=str(paths.TEMPLATES), static_folder=str(paths.STATIC))
    app.config["PORTAL"] = Settings()
    app.jinja_env.undefined = StrictUndefined
    for plumbing in (language, assets, filters, error_pages):
        plumbing.init_app(app)
    LoginManager(app).user_loader(lambda _: None)  # nobody is signed in, and nobody is looked up
    app.register_blueprint(resources)
    app.register_blueprint(bp)
    if folder:
        app.extensions["guide"] = Library((folder,))
    return app.test_client()


@pytest.fixture
def small(tmp_path) -> FlaskClient:
    return open_guide(write_guide(tmp_path))


BEHIND = LESSON_ES.replace("translates: 2", "translates: 1")
MISSING = "This piece is not in your language yet. Here it is in English."
OUTDATED = "The English has changed since this was translated. Until the translation follows, here it is in English."
SPANISH = {"Accept-Language": "es"}
LESSONS = [(lesson.module, lesson.order) for lesson in look_through().guide.lessons]


def test_the_guide_lists_six_modules_with_the_note_of_each_lesson(small):
    page = small.get("/guide").text
    assert page.count("<h2") == 6
    assert page.count("<h1") == 1
    assert '<a href="/guide/3/1">When the bus is late</a>' in page
    assert "About waiting, without details." in page


@pytest.mark.parametrize("place", LESSONS)
@pytest.mark.parametrize("spoken", ["en", "es"])
def test_every_shipped_lesson_opens_with_one_heading(place, spoken):
    module, order = place
    answer = open_guide().get(f"/guide/{module}/{order}", headers={"Accept-Language": spoken})
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert "[^" not in answer.text


def test_neither_the_title_nor_the_address_gives_a_topic_away(small):
    page = small.get("/guide/3/1").text
    assert "<title>A late bus · " in page
    assert small.get("/guide/a-late-bus").status_code == 404


def test_a_lesson_without_a_name_for_outside_is_called_the_guide():
    assert "<title>Guide · " in open_guide().get("/guide/5/1").text


def test_danger_leads_to_help_before_the_text_and_the_note_stands_before_it_too(small):
    page = small.get("/guide/3/1").text
    main = page[page.index("<main") :]
    assert main.index('href="/help"') < main.index("Before you read.") < main.index("The moment</h2>")


def test_it_says_that_nobody_sees_how_far_you_have_come(small):
    assert (
        "About 6 minutes to read. There is no test, and nobody sees how far you have come unless you show it."
        in small.get("/guide/3/1").text
    )


def test_words_are_explained_on_tap_without_a_script(small):
    page = small.get("/guide/3/1").text
    assert "<summary>Words used here</summary>" in page
    assert "Your time to speak." in page


def test_sources_say_their_kind_and_how_much_was_read(small):
    page = small.get("/guide/3/1").text
    assert '<li id="source-1">Evidence.' in page
    assert "Only its summary was read." in page
    assert "2024-05" in page


def test_a_lesson_links_what_exists_and_leaves_out_what_does_not(small):
    page = small.get("/guide/3/1").text
    assert 'href="/activities/count-the-stops"' in page
    assert 'href="/guide/3/1/page"' in page
    assert 'href="tel:911"' in page
    assert "no-such-lesson" not in page


def test_activities_and_handouts_open(small):
    assert "Count the stops" in small.get("/activities/count-the-stops").text
    handout = small.get("/guide/3/1/page").text
    assert "<title>One page about buses · " in handout
    assert "_____" in handout


def test_a_part_has_its_page_with_all_that_belongs_to_it(small):
    page = small.get("/guide/3").text
    for address in ("3/1", "3/workshop", "3/exercises#exercise-1", "3/circle", "3/page", "3/print", "2", "4"):
        assert f'href="/guide/{address}"' in page, address
    for words in ("Part 3", "About waiting, without details.", "Who waits?", "What this part rests on"):
        assert words in page
    assert page.count("<h1") == 1


def test_a_part_without_lessons_says_so(small):
    page = small.get("/guide/2").text
    assert "No lesson here yet." in page
    assert "/guide/2/workshop" not in page


@pytest.mark.parametrize(
    ("path", "title", "says"),
    [
        ("/guide/3/workshop", "Guide", ("An evening about waiting", "4 to 9", "chairs; a clock", "We wait.")),
        ("/guide/3/exercises", "Guide, part 3", ("Wait by the door", "alone, in a pair", "4 to 8", "a door")),
        ("/guide/3/circle", "Guide", ("When we wait for someone", "How long we wait.")),
        ("/guide/3/page", "A page for the bag", ("A page for the bag", "Breathe.")),
    ],
)
def test_what_belongs_to_a_part_opens_under_a_neutral_title(small, path, title, says):
    page = small.get(path).text
    assert f"<title>{title} · " in page
    assert page.count("<h1") == 1
    for words in says:
        assert words in page


def test_a_booklet_holds_every_piece_under_the_name_it_has_outside(small):
    page = small.get("/guide/3/print").text
    for words in ("A late bus", "An evening about waiting", "Wait by the door", "When we wait", "A page for the bag"):
        numbers = re.findall(rf">(3\.\d+) {words}", page)
        assert len(numbers) == 2, "in the contents and above the piece"
        assert numbers[0] == numbers[1], "on paper it is found by its number"
    assert '<a href="#3-1-piece">3.1 A late bus</a>' in page
    assert 'href="#3-1-source-1"' in page
    assert 'id="3-1-source-1"' in page
    assert "popover" not in page


def test_the_whole_guide_is_a_booklet_too(small):
    page = small.get("/guide/print").text
    assert all(f"{number}. Part {number}" in page for number in range(1, 7))
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_lesson_has_a_table_of_its_headings(small):
    page = small.get("/guide/3/1").text
    assert "<summary>On this page</summary>" in page
    assert '<a href="#part-6">Where we stop</a>' in page
    assert '<h2 id="part-6">Where we stop</h2>' in page


@pytest.mark.parametrize(
    "path",
    [
        "/guide/3/2",
        "/guide/9/1",
        "/activities/nothing",
        "/guide/0/0",
        "/guide/3/2/page",
        "/guide/7",
        "/guide/0/print",
        "/guide/2/workshop",
        "/guide/2/exercises",
        "/guide/2/circle",
        "/guide/2/page",
    ],
)
def test_what_is_not_there_is_answered_kindly(small, path):
    answer = small.get(path)
    assert answer.status_code == 404
    assert "There is nothing to see at this address" in answer.text


def test_before_and_after_lead_through_the_modules():
    guide = open_guide()
    for here, there in itertools.pairwise(f"/guide/{module}/{order}" for module, order in LESSONS):
        assert f'After this: <a href="{there}"' in guide.get(here).text
        assert f'Before this: <a href="{here}"' in guide.get(there).text


@pytest.mark.parametrize(("text", "says"), [("", MISSING), (BEHIND, OUTDATED)])
def test_a_missing_or_outdated_translation_falls_back_to_english_and_says_so(tmp_path, text, says):
    page = open_guide(write_guide(tmp_path, lesson_es=text)).get("/guide/3/1", headers=SPANISH).text
    assert '<h1 lang="en">When the bus is late</h1>' in page
    assert language.catalogue("es").ugettext(says) in page


def test_a_reader_of_spanish_reads_spanish(small):
    page = small.get("/guide/3/1", headers=SPANISH).text
    assert "Cuando el autobús se tarda" in page
    assert "“Pasa. Te guardamos la silla.”" in page
    assert 'aria-label="Fuente 2"' in page


def test_larger_letters_hold_on_help_too(nobody):
    nobody.set_cookie("letters", "largest.wide")
    assert 'class="largest wide"' in nobody.get("/help").text
    assert 'href="/guide/letters?back=/help"' in nobody.get("/help").text
