"""How hard a text is to read, by counting what can be counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.curriculum.reading import ease, english_syllables, grade, length, prose, sentences, spanish_syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cat", 1),
        ("table", 2),
        ("late", 1),
        ("walked", 1),
        ("wanted", 2),
        ("Denise’s", 2),
        ("idea", 2),
        ("12", 2),
    ],
)
def test_english_syllables_are_estimated_from_letters(word, count):
    assert english_syllables(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [("casa", 2), ("quien", 1), ("guía", 2), ("poeta", 3), ("ciudad", 2), ("hoy", 1), ("leer", 2), ("día", 2)],
)
def test_spanish_syllables_part_strong_vowels(word, count):
    assert spanish_syllables(word) == count


def test_headings_marks_and_footnotes_are_not_read_aloud():
    assert prose('## A title\n\n> "Come *in*."[^a]\n\n- one\n- two.\n') == '"Come in." one. two.'


def test_blanks_to_fill_in_are_no_words():
    assert length("## Call\n\nOur line: ____________[^a]") == 3


@pytest.mark.parametrize(
    ("text", "count"), [("One. Two? Three!", 3), ('"Yes." Then no.', 2), ("At 5 p.m. we go.", 1), ("", 1)]
)
def test_sentences_end_where_a_new_one_begins(text, count):
    assert sentences(text) == count


def test_long_words_and_sentences_raise_the_grade_and_lower_the_ease():
    assert (
        grade("We sit. You talk. I wait.") < 1 < 12 < grade("Organizational participation necessitates communication.")
    )
    assert (
        ease("La casa. El pan. Ven a la mesa.")
        > 90
        > 20
        > ease("La organización participativa requiere comunicaciones.")
    )


@given(st.text(min_size=1))
def test_any_word_has_at_least_one_syllable(word):
    assert english_syllables(word) >= 1
    assert spanish_syllables(word) >= 1
