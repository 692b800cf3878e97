"""Looking for a word in the guide."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.curriculum.search import PLAIN, asked_for, beginning, excerpt, folded, index, look
from portal.curriculum.shelf import read_guide
from portal.web.sheets import Unfit
from tests.curriculum.small_guide import LESSON, write_guide
from tests.curriculum.test_pages import SPANISH, open_guide

FIRST_TYPED = (
    ("en", "grief", "a-member-dies"),
    ("en", "abuse", "harm-to-someone-who-depends"),
    ("en", "overdose", "someone-comes-drunk"),
    ("en", "photos", "a-photo-of-the-evening"),
    ("en", "suicidal", "someone-does-not-want-to-live"),
    ("en", "zoom", "some-on-a-screen"),
    ("en", "loan", "money-gifts-and-rides"),
    ("es", "duelo", "a-member-dies"),
    ("es", "abuso", "harm-to-someone-who-depends"),
    ("es", "borracho", "someone-comes-drunk"),
    ("es", "fotos", "a-photo-of-the-evening"),
    ("es", "zoom", "some-on-a-screen"),
)


@pytest.fixture
def guide(tmp_path):
    return read_guide(write_guide(tmp_path))


@pytest.fixture
def small(tmp_path):
    return open_guide(write_guide(tmp_path))


def keys(guide, query, language="en") -> list[str]:
    return [found.piece.key for found in look(index(guide, language), query)]


def test_accents_and_capitals_do_not_matter(guide):
    assert keys(guide, "AUTOBUS tárda", "es") == ["a-late-bus"]
    assert keys(guide, "autobu\u0301s", "es") == ["a-late-bus"]  # typed as a letter and its accent


def test_the_beginning_of_a_word_is_enough_and_its_middle_is_not(guide):
    assert "count-the-stops" in keys(guide, "cou")
    assert keys(guide, "ount") == []


def test_a_plural_finds_the_one_and_another_word_finds_the_same(guide):
    assert "wait-by-the-door" in keys(guide, "doors")
    also = {"séat": ["chair"]}
    assert [found.piece.key for found in look(index(guide, "en"), "SEAT", also)] == keys(guide, "chair")
    assert [found.piece.key for found in look(index(guide, "en"), "seats late", also)] == keys(guide, "chair late")
    assert look(index(guide, "en"), "seat", also)[0].match == "chair"


def test_every_other_word_is_one_that_the_guide_says():
    """And the words that a frightened or tired reader types first lead to the lesson that was written for them."""
    guide = read_guide()
    for language, also in guide.also.items():
        entries = index(guide, language)
        for word, others in also.items():
            assert all(look(entries, other) for other in others), word
            assert look(entries, word, also), word
    for language, query, key in FIRST_TYPED:
        first = look(index(guide, language), query, guide.also[language])[:3]
        assert key in [found.piece.key for found in first], query


def test_a_steward_adds_words_to_search_by(tmp_path):
    own = tmp_path / "own"
    (own / "en").mkdir(parents=True)
    (own / "en/also.yaml").write_text("tram: [bus]", encoding="utf-8")
    guide = read_guide(write_guide(tmp_path / "ours"), own)
    assert guide.also == {"en": {"tram": ("bus",)}}
    (own / "en/also.yaml").write_text("tram: bus", encoding="utf-8")
    with pytest.raises(Unfit, match="line 1: a list is wanted"):
        read_guide(write_guide(tmp_path / "ours"), own)


def test_every_word_must_be_there(guide):
    assert keys(guide, "late bus") == ["a-late-bus", "when-we-wait"]
    assert keys(guide, "late zebra") == []


def test_a_title_comes_before_a_text(guide):
    """“Wait” stands in the text of most pieces, in the title of one, and begins a word in the titles of three."""
    assert keys(guide, "wait")[:2] == ["wait-by-the-door", "when-we-wait"]
    assert set(keys(guide, "wait")) > {"an-evening-on-waiting", "a-late-bus"}


def test_all_kinds_of_pieces_are_found(guide):
    found = {type(one.piece).__name__ for query in ("wait", "count", "call", "breathe") for one in look(
        index(guide, "en"), query)}  # fmt: skip
    assert found == {"Lesson", "Workshop", "Exercise", "ToTheCircle", "Activity", "Handout"}


def test_the_excerpt_shows_the_word_where_it_stands(guide):
    found = look(index(guide, "en"), "chair")[0]
    assert (found.before[-5:], found.match, found.after[:1]) == ("your ", "chair", ".")


@pytest.mark.parametrize("query", ["", " ", "a", "?!", "é"])
def test_less_than_two_letters_are_too_few(guide, query):
    assert asked_for(query) == []
    assert keys(guide, query) == []


@given(st.text(max_size=300))
def test_whatever_is_typed_is_answered(query):
    words = asked_for(query)
    assert len(words) <= 8
    assert excerpt("One line of text. " * 30, words)


@given(st.text())
def test_folding_keeps_every_letter_in_its_place(text):
    assert len(folded(text)) == len(text)


@given(st.text(min_size=1, max_size=600), st.text(min_size=2, max_size=5))
def test_an_excerpt_is_a_stretch_of_the_text(text, word):
    before, match, after = excerpt(text, asked_for(word))
    assert f"{before}{match}{after}".removeprefix("… ").removesuffix(" …") in text or text in (before, after)


def test_a_long_beginning_ends_between_words():
    assert beginning("word " * 100).endswith("word …")


def test_the_page_shows_the_note_and_the_word_in_its_place(small):
    page = small.get("/guide/search?q=chair").text
    assert '<a href="/guide/3/1">When the bus is late</a>' in page
    assert "About waiting, without details." in page
    assert "your <b>chair</b>." in page.replace("<em>", "").replace("</em>", "")


def test_a_title_never_tells_what_was_looked_for(small):
    assert "<title>Guide · " in small.get("/guide/search?q=suicide").text


@pytest.mark.parametrize(("query", "says"), [("a", "two letters or more"), ("zebra", "Nothing in the guide has these")])
def test_nothing_found_and_too_little_asked_are_said(small, query, says):
    answer = small.get(f"/guide/search?q={query}")
    assert answer.status_code == 200
    assert says in answer.text


def test_what_is_typed_stands_on_the_page_as_text_only(small):
    page = small.get("/guide/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in page
    assert 'value="&#34;&gt;&lt;script&gt;' in page


def test_a_reader_of_spanish_finds_spanish(small):
    page = small.get("/guide/search?q=silla", headers=SPANISH).text
    assert "Cuando el autobús se tarda" in page


def test_what_is_looked_for_is_in_no_log(app, caplog):
    logging.getLogger("portal").propagate = True
    with caplog.at_level(logging.DEBUG):
        app.test_client().get("/guide/search?q=kanarienvogel")
    logging.getLogger("portal").propagate = False
    assert "/guide/search" in caplog.text
    assert "kanarienvogel" not in caplog.text.lower()


def test_a_piece_without_a_translation_is_found_in_english(tmp_path):
    guide = read_guide(write_guide(tmp_path, lesson=LESSON, lesson_es=""))
    assert keys(guide, "late bus", "es")[0] == "a-late-bus"


def test_no_letter_that_somebody_sends_stays_in_memory():
    folded("".join(map(chr, range(0x4E00, 0x9FFF))))
    assert len(PLAIN) <= PLAIN.COMMON
