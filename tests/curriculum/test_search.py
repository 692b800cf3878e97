"""Looking for a word in the guide."""

import logging
import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.curriculum.pieces import Piece
from portal.curriculum.queries import ENDINGS, LITTLE, PLAIN, asked_for, differs_by_one, folded, slip, stem_of
from portal.curriculum.search import FEW, MOST, MOST_NEAR, Entry, Index, beginning, excerpt, index, look, with_some
from portal.curriculum.shelf import read_guide
from portal.errors import Unfit
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
AS_IT_COMES = (  # a sentence, a slip of the finger, an accent left out, another form of the word
    ("en", "we are in conflict", "two-people-at-odds"),
    ("en", "two of us are figthing", "two-people-at-odds"),
    ("en", "I want to die", "someone-does-not-want-to-live"),
    ("en", "he doesn't want to live anymore", "someone-does-not-want-to-live"),
    ("en", "sucide", "someone-does-not-want-to-live"),
    ("en", "nobody came tonight", "nobody-comes"),
    ("en", "I am so tired", "the-tired-convener"),
    ("en", "how do we close the circle", "ending-well"),
    ("en", "he took photos of us", "a-photo-of-the-evening"),
    ("en", "am I a mandated reporter", "what-confidentiality-cannot-cover"),
    ("es", "estamos en conflicto", "two-people-at-odds"),
    ("es", "nos peleamos", "two-people-at-odds"),
    ("es", "se quiere matar", "someone-does-not-want-to-live"),
    ("es", "ya no quiero vivir", "someone-does-not-want-to-live"),
    ("es", "suisidio", "someone-does-not-want-to-live"),
    ("es", "llego borracho", "someone-comes-drunk"),
    ("es", "no vino nadie", "nobody-comes"),
    ("es", "murio una companera", "a-member-dies"),
    ("es", "se enamoraron", "two-in-love"),
    ("es", "cerrar el circulo", "ending-well"),
)


def read(text: str) -> Entry:
    """A piece with these words; which one it is does not matter."""
    return Entry(Piece(key="any", version=1, texts={}), text, ())


@pytest.fixture
def guide(tmp_path):
    return read_guide(write_guide(tmp_path))


@pytest.fixture
def small(tmp_path):
    return open_guide(write_guide(tmp_path))


def keys(guide, query, language="en") -> list[str]:
    """Of what has every word of the query."""
    return [found.piece.key for found in look(index(guide, language), query).found]


def near(guide, query, also=None, language="en") -> list[str]:
    return [found.piece.key for found in look(index(guide, language), query, also, language).near]


def test_accents_and_capitals_do_not_matter(guide):
    assert keys(guide, "AUTOBUS tárda", "es") == ["a-late-bus"]
    assert keys(guide, "autobu\u0301s", "es") == ["a-late-bus"]  # typed as a letter and its accent


def test_the_beginning_of_a_word_is_enough_and_its_middle_is_not(guide):
    assert "count-the-stops" in keys(guide, "cou")
    assert keys(guide, "ount") == []


def test_a_plural_finds_the_one_and_another_word_finds_the_same(guide):
    assert "wait-by-the-door" in keys(guide, "doors")
    also = {"séat": ["chair"]}

    def found(query):
        return [one.piece.key for one in look(index(guide, "en"), query, also).found]

    assert found("SEAT") == keys(guide, "chair")
    assert found("seats late") == keys(guide, "chair late")
    assert look(index(guide, "en"), "seat", also).found[0].match == "chair"


def test_every_other_word_is_one_that_the_guide_says():
    guide = read_guide()
    assert set(guide.also) == {"en", "es"}
    for language, also in guide.also.items():
        entries = index(guide, language)
        for word, others in also.items():
            assert all(look(entries, other).found for other in others), word
            assert look(entries, word, also).found, word


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_people_type_leads_to_the_page_for_it_among_the_first_three(language):
    guide = read_guide()
    entries = index(guide, language)
    for query, key in [(query, key) for spoken, query, key in FIRST_TYPED + AS_IT_COMES if spoken == language]:
        answer = look(entries, query, guide.also[language], language)
        assert key in [found.piece.key for found in [*answer.found, *answer.near][:3]], query


def test_a_steward_adds_words_to_search_by(tmp_path):
    own = tmp_path / "own"
    (own / "en").mkdir(parents=True)
    (own / "en/also.yaml").write_text("tram: [bus]", encoding="utf-8")
    guide = read_guide(write_guide(tmp_path / "ours"), own)
    assert guide.also == {"en": {"tram": ("bus",)}}
    (own / "en/also.yaml").write_text("tram: bus", encoding="utf-8")
    with pytest.raises(Unfit, match="line 1: a list is wanted"):
        read_guide(write_guide(tmp_path / "ours"), own)


def test_what_has_every_word_comes_before_what_has_some(guide):
    assert keys(guide, "late bus") == ["a-late-bus", "when-we-wait"]
    assert keys(guide, "late zebra") == []
    assert near(guide, "late zebra") == keys(guide, "late")
    assert not set(keys(guide, "late bus")) & set(near(guide, "late bus"))


def test_what_stands_in_few_pieces_says_more_than_what_stands_often_in_many():
    rare = replace(read(""), words=(Counter(), Counter(), Counter(["rare"])))
    often = [replace(read(""), words=(Counter(), Counter(), Counter(often=9))) for _ in range(10)]
    assert with_some(Index((*often, rare), ("often", "rare")), [["often"], ["rare"]])[0] is rare


def test_where_enough_have_every_word_nothing_else_stands_beside_them(guide):
    assert len(keys(guide, "wait")) >= FEW
    assert near(guide, "wait") == []


def test_little_words_say_nothing_unless_they_are_all_there_is():
    assert asked_for("We are in conflict", "en") == ["conflict"]
    assert asked_for("Estamos en conflicto", "es") == ["conflicto"]
    assert asked_for("who are you", "en") == ["who", "are", "you"]
    assert asked_for("we are in conflict", "fr") == ["we", "are", "in", "conflict"]
    assert all(word == folded(word) for words in LITTLE.values() for word in words)


@pytest.mark.parametrize("typed", ["chiar", "chaiir", "chaírr", "chaar", "hairc"])
def test_one_slip_of_the_finger_finds_the_word_and_two_do_not(guide, typed):
    assert bool(near(guide, typed)) == (typed != "hairc")
    assert keys(guide, typed) == []


def test_another_form_of_a_word_finds_it_and_other_words_for_it(guide):
    assert near(guide, "waiters") == []
    assert near(guide, "counted") == keys(guide, "count")
    assert set(near(guide, "perching", {"perches": ["chair"]})) == set(keys(guide, "chair"))
    assert stem_of("peleamos") == "pele"
    assert stem_of("dying") == ""


def test_no_ending_stands_before_a_longer_one_that_ends_with_it():
    for place, ending in enumerate(ENDINGS):
        assert not [longer for longer in ENDINGS[place + 1 :] if longer.endswith(ending)], ending


@given(st.text("abcñ", min_size=5, max_size=9), st.integers(0, 8), st.sampled_from("xyz"))
def test_a_letter_more_less_other_or_displaced_is_one_difference(word, place, letter):
    place %= len(word) - 1
    slips = {
        word[:place] + letter + word[place:],
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    }
    assert all(differs_by_one(one, word) for one in slips if len(one) >= 5)
    assert not differs_by_one(letter * 2 + word, word)


def test_of_two_words_that_are_as_near_the_one_that_begins_alike_is_meant():
    assert slip("later", ["eater", "laser"]) == "laser"
    assert slip("late", ["lane", "later"]) == ""  # too short to tell


def test_long_lists_are_cut_and_say_so(tmp_path):
    entries = index(read_guide(), "en")
    answer = look(entries, "the", None, "en")
    assert (len(answer.found), answer.count > MOST) == (MOST, True)
    assert len(look(entries, "evening zebra", None, "en").near) == MOST_NEAR


def test_what_is_found_says_under_which_heading_it_stands(small):
    page = small.get("/guide/search?q=chair").text
    place = re.search(r'<a href="(/guide/3/1)#(part-\d)" aria-label="([^:]+): When the bus is late"', page)
    lesson = small.get(place[1]).text
    assert f'<h2 id="{place[2]}">{place[3]}</h2>' in lesson
    under = lesson[lesson.index(f'id="{place[2]}"') :]
    assert under.index("chair") < under.index("<h2", 1)


@pytest.mark.parametrize(("query", "leads"), [("I want to die", True), ("sucide", True), ("tired", False)])
def test_words_of_a_danger_lead_to_help_first(app, query, leads):
    page = app.test_client().get(f"/guide/search?q={query}").text
    assert ("If a life may be in danger now, open Help first:" in page) == leads


def test_a_title_comes_before_a_text(guide):
    """“Wait” stands in the text of most pieces, in the title of one, and begins a word in the titles of three."""
    assert keys(guide, "wait")[:2] == ["wait-by-the-door", "when-we-wait"]
    assert set(keys(guide, "wait")) > {"an-evening-on-waiting", "a-late-bus"}


def test_all_kinds_of_pieces_are_found(guide):
    found = {type(one.piece).__name__ for query in ("wait", "count", "call", "breathe") for one in look(
        index(guide, "en"), query).found}  # fmt: skip
    assert found == {"Lesson", "Workshop", "Exercise", "ToTheCircle", "Activity", "Handout"}


def test_the_excerpt_shows_the_word_where_it_stands(guide):
    found = look(index(guide, "en"), "chair").found[0]
    assert (found.before[-5:], found.match, found.after[:1]) == ("your ", "chair", ".")


@pytest.mark.parametrize("query", ["", " ", "a", "?!", "é"])
def test_less_than_two_letters_are_too_few(guide, query):
    assert asked_for(query) == []
    assert keys(guide, query) == []


@given(st.text(max_size=300))
def test_whatever_is_typed_is_answered(query):
    words = asked_for(query, "en")
    assert len(words) <= 8
    assert excerpt(read("One line of text. " * 30), [[word] for word in words])


@given(st.text())
def test_folding_keeps_every_letter_in_its_place(text):
    assert len(folded(text)) == len(text)


@given(st.text(min_size=1, max_size=600), st.text(min_size=2, max_size=5))
def test_an_excerpt_is_a_stretch_of_the_text(text, word):
    found = excerpt(read(text), [[one] for one in asked_for(word)])
    whole = f"{found.before}{found.match}{found.after}"
    assert whole.removeprefix("… ").removesuffix(" …") in text or text in (found.before, found.after)


def test_of_several_places_that_have_as_many_words_the_first_is_shown():
    found = excerpt(read("A kettle sings. " + "Much else. " * 40 + "The kettle sings."), [["kettle"], ["sings"]])
    assert (found.before, found.match) == ("A ", "kettle")


def test_a_long_beginning_ends_between_words():
    assert beginning("word " * 100).endswith("word …")


def test_the_page_shows_the_note_and_the_word_in_its_place(small):
    page = small.get("/guide/search?q=chair").text
    assert '<a href="/guide/3/1">When the bus is late</a>' in page
    assert "About waiting, without details." in page
    assert "your <b>chair</b>." in page.replace("<em>", "").replace("</em>", "")


def test_it_is_said_before_anything_is_typed_that_the_browser_keeps_it(small):
    for page in (small.get("/guide").text, small.get("/guide/search?q=chair").text):
        assert "the history of this browser may keep it" in page
        assert page.index('aria-describedby="q-help"') < page.index('id="q-help"')


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
