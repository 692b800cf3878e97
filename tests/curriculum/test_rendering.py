"""From Markdown to a page: nothing dangerous gets through, and footnotes lead to the sources."""

import pytest

from portal.curriculum.marks import curly
from portal.curriculum.rendering import rendered
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
