"""From Markdown to a page: nothing dangerous gets through, and footnotes lead to the sources."""

from dataclasses import replace

import pytest
from markupsafe import Markup

from portal.curriculum.marks import curly
from portal.curriculum.pieces import Term, Text
from portal.curriculum.rendering import after_the_question, rendered
from portal.curriculum.shelf import read_guide
from tests.curriculum.small_guide import LESSON, write_guide


@pytest.fixture
def html(tmp_path) -> str:
    lesson = read_guide(write_guide(tmp_path, lesson=LESSON)).lesson(3, 1)
    return rendered(lesson.text("en"), lesson.sources)


def test_words_to_say_stand_in_a_quotation_with_marks_of_print(html):
    assert "<blockquote>\n<p>“Come in. We kept <em>your</em> chair.”</p>\n</blockquote>" in html


def test_a_footnote_leads_to_its_place_among_the_sources(html):
    assert '<sup><a href="#source-2" aria-label="Source 2" rel="noreferrer">2</a></sup> It passes.' in html
    assert 'href="#source-1"' in html


def test_html_and_scripts_in_a_file_do_not_reach_the_page(html):
    assert "<script" not in html
    assert "javascript:" not in html


def test_a_text_is_rendered_once(tmp_path):
    lesson = read_guide(write_guide(tmp_path)).lesson(3, 1)
    assert rendered(lesson.text("en"), lesson.sources) is rendered(lesson.text("en"), lesson.sources)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ('"Yes," she said.', "“Yes,” she said."),
        ("It's Bo's.", "It’s Bo’s."),
        ('("No.")', "(“No.”)"),
        ('- "¿Otra vez?". Sí.', "- “¿Otra vez?”. Sí."),
        ('**"Now"** and *"then"*', "**“Now”** and *“then”*"),
        ("She said \"he said 'no'\".", "She said “he said ‘no’”."),
    ],
)
def test_quotation_marks_become_those_of_print(typed, printed):
    assert curly(typed) == printed


TURN = Term("turn", "Your time to speak.")


def text(body: str) -> Text:
    return Text("en", 1, "A title", body)


def test_the_first_occurrence_of_a_word_opens_its_meaning():
    html = rendered(text("## My turn\n\nYour Turn, then *my turn*."), (), (TURN,))
    assert html.count('<button type="button" class="term"') == 1
    assert ">Turn</button>" in html
    assert "Your time to speak." in html
    assert '<h2 id="part-1">My turn</h2>' in html, "a heading stays as it is"


def test_no_word_is_explained_inside_another_or_inside_a_link():
    html = rendered(text("[a turn](https://example.org) and returns."), (), (TURN,))
    assert "popover" not in html


def test_several_words_are_each_explained_once():
    words = (TURN, Term("time", "What a clock shows."), Term("peer support", "Help among equals."))
    html = rendered(text("A turn takes time.\n\nPeer support takes time, and turns."), (), words)
    assert html.count('class="term"') == 3
    assert [f'id="word-{number}"' in html for number in (1, 2, 3)] == [True, True, True]


def test_a_meaning_cannot_bring_html_in():
    html = rendered(text("A turn."), (), (Term("turn", "<script>alert(1)</script>"),))
    assert "<script" not in html


def test_pieces_on_one_page_have_anchors_of_their_own(tmp_path):
    lesson = read_guide(write_guide(tmp_path)).lesson(3, 1)
    html = rendered(lesson.text("en"), lesson.sources, (), "3-1-")
    assert '<h3 id="3-1-part-1">The moment</h3>' in html
    assert 'href="#3-1-source-2"' in html


def test_a_lesson_parts_after_its_question(tmp_path):
    lesson = read_guide(write_guide(tmp_path)).lesson(3, 1)
    for language, question, after in (("en", "Who waited", "Where we stop"), ("es", "¿Quién te", "Hasta dónde")):
        said = lesson.text(language)
        before, rest = after_the_question(rendered(said, lesson.sources), said)
        assert question in before
        assert after not in before
        assert rest.startswith(f'<h2 id="part-6">{after}')


def test_a_lesson_in_a_language_whose_headings_we_do_not_know_parts_there_too(tmp_path):
    lesson = read_guide(write_guide(tmp_path)).lesson(3, 1)
    said = replace(lesson.text("es"), language="fr")
    before, rest = after_the_question(rendered(said, lesson.sources), said)
    assert "¿Quién te" in before
    assert rest.startswith('<h2 id="part-6">')


def test_a_text_without_that_heading_stays_whole():
    assert after_the_question(Markup("<p>One</p>"), text("One")) == ("<p>One</p>", "")


def test_an_everyday_word_is_explained_nowhere_in_the_text_for_it_may_mean_something_else_there():
    html = rendered(text("Pass the tea. A turn."), (), (Term("pass", "To give a turn on.", everyday=True), TURN))
    assert "To give a turn on." not in html
    assert html.count('class="term"') == 1
