"""The guide that is shipped: every piece, in both languages, keeps the promises of its form."""

import re

import pytest

from portal.curriculum.pieces import LANGUAGES, MODULES, Handout, Lesson, Piece, Text
from portal.curriculum.shelf import FOOTNOTE, headings, read_guide
from portal.resources.entries import PLACES, entries, everything
from tests.curriculum import reading

GUIDE = read_guide()
SHIPPED = [
    pytest.param(piece, text, id=f"{language}/{piece.key}")
    for piece in GUIDE.pieces()
    for language, text in piece.texts.items()
]
MOST_IN_A_TRANSLATION = {Lesson: 1200, Handout: 400}


def room(piece: Piece, text: Text) -> tuple[int, int]:
    """The fewest and the most words for its kind."""
    least, most = {Lesson: (500, 1000), Handout: (200, 350)}.get(type(piece), (200, 400))
    return least, most if text.language == "en" else MOST_IN_A_TRANSLATION.get(type(piece), most)


def said(body: str) -> list[str]:
    """The lines to say: each quotation, without its marks."""
    return [line[1:].strip().strip('"') for line in body.splitlines() if line.startswith(">") and line[1:].strip()]


def part(body: str, number: int) -> str:
    """The text under the heading of this number."""
    places = [offset for offset, _ in headings(body)] + [len(body)]
    return body[places[number] : places[number + 1]].partition("\n")[2]


@pytest.mark.parametrize("piece", [pytest.param(piece, id=piece.key) for piece in GUIDE.pieces()])
def test_every_piece_is_whole_in_both_languages(piece):
    assert all(piece.lacks(language) == "" for language in LANGUAGES)


def test_every_module_has_a_lesson_and_a_purpose_in_both_languages():
    for number in MODULES:
        assert GUIDE.of_module(number), number
        assert all(GUIDE.modules[language][number].purpose for language in LANGUAGES)


@pytest.mark.parametrize(("piece", "text"), SHIPPED)
def test_it_is_neither_too_short_nor_too_long(piece, text):
    least, most = room(piece, text)
    assert least <= reading.length(text.body) <= most


@pytest.mark.parametrize(("piece", "text"), SHIPPED)
def test_it_reads_easily(piece, text):
    if text.language == "en":
        assert reading.grade(text.body) <= reading.HARDEST_GRADE
    else:
        assert reading.ease(text.body) >= reading.LEAST_EASE


@pytest.mark.parametrize(("piece", "text"), SHIPPED)
def test_someone_frightened_can_say_the_words_to_say(piece, text):
    for line in said(text.body):
        assert reading.length(line) <= 40, line
        assert all(reading.length(sentence) <= 20 for sentence in re.split(r"(?<=[.?!])\s+", line)), line


@pytest.mark.parametrize(("piece", "text"), [one for one in SHIPPED if isinstance(one.values[0], Lesson)])
def test_a_lesson_gives_four_lines_to_say_and_a_short_summary(piece, text):
    assert len(said(part(text.body, 1))) >= 4
    assert reading.length(text.summary) <= 25
    assert 60 <= reading.length(part(text.body, 0)) <= 150


@pytest.mark.parametrize(("piece", "text"), SHIPPED)
def test_no_telephone_number_but_911_and_988_stands_in_a_text(piece, text):
    assert not re.findall(r"\d{3}-\d{3,}|\d{5,}|\b[2-8]11\b", text.body)


@pytest.mark.parametrize("lesson", [pytest.param(one, id=one.key) for one in GUIDE.lessons])
def test_both_languages_rest_on_the_same_sources(lesson):
    cited = {language: set(FOOTNOTE.findall(text.body)) for language, text in lesson.texts.items()}
    assert cited["en"] == cited["es"]


def test_what_a_piece_points_to_in_help_is_listed_there():
    listed = {entry.key for entry in everything(entries(sorted(path.stem for path in PLACES.glob("*.yaml"))))}
    assert {key for piece in GUIDE.pieces() for key in piece.help} <= listed


def test_no_name_for_outside_tells_what_kind_of_room_this_is():
    telling = re.compile(r"circ|círc|heal|san(a|ación)|suicid|viol|abus|crisis|grief|duelo|trauma", re.IGNORECASE)
    names = [text.outside for piece in GUIDE.pieces() for text in piece.texts.values()]
    assert not [name for name in names if telling.search(name)]


def test_a_handout_and_its_lesson_know_each_other():
    for handout in GUIDE.handouts.values():
        assert GUIDE.named(handout.lesson).handout == handout.key


def test_a_life_at_risk_is_named_in_the_note_and_neutral_outside():
    for lesson in GUIDE.lessons:
        for text in lesson.texts.values() if lesson.danger else ():
            assert text.content_note
            assert text.outside != text.title
