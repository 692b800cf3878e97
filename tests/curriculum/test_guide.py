"""The guide that is shipped: every piece, in both languages, keeps the promises of its form."""

import re

import pytest

from portal.curriculum import checking, reading
from portal.curriculum.bodies import FOOTNOTE, WORKSHOP_HEADINGS, section
from portal.curriculum.pieces import COMPANY, LANGUAGES, MODULES, Exercise, Handout, Lesson
from portal.curriculum.shelf import GUIDE as FOLDER
from portal.curriculum.shelf import look_through
from portal.resources.entries import entries, everything
from portal.resources.shelf import SHIPPED as LISTS
from portal.resources.shelf import names

SHELF = look_through()
GUIDE = SHELF.guide
PIECES = [pytest.param(piece, id=f"{files.shelf}/{piece.key}") for files, piece in SHELF.found]
SHIPPED = [
    pytest.param(piece, text, id=f"{language}/{files.shelf}/{piece.key}")
    for files, piece in SHELF.found
    for language, text in piece.texts.items()
]
WORKSHOPS = [
    pytest.param(piece, text, id=f"{language}/{piece.key}")
    for piece in GUIDE.workshops.values()
    for language, text in piece.texts.items()
]


def says(faults) -> list[str]:
    return [fault.says for fault in faults]


def test_every_file_is_read():
    assert [str(fault) for fault in SHELF.faults] == []
    files = [path for files, _ in SHELF.found for path in files.all().values()]
    assert sorted(files) == sorted(FOLDER.rglob("*.md"))


@pytest.mark.parametrize("piece", PIECES)
def test_every_piece_is_whole_in_both_languages_and_cites_the_same_sources_in_both(piece):
    assert says(checking.of_translations(piece)) == []


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_module_has_a_title_and_a_purpose(module, language):
    assert GUIDE.modules[language][module].title
    assert reading.length(GUIDE.modules[language][module].purpose) <= 60


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_four_to_six_lessons_in_a_row(module):
    orders = [lesson.order for lesson in GUIDE.lessons_of(module)]
    assert 4 <= len(orders) <= 6
    assert orders == list(range(1, len(orders) + 1))


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_its_workshop(module):
    assert module in GUIDE.workshops


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_page_to_take_to_the_circle(module):
    assert module in GUIDE.to_the_circle


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_page_to_print(module):
    assert GUIDE.handout_of(module)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_three_exercises_and_one_for_each_company(module):
    exercises = GUIDE.exercises_of(module)
    assert len(exercises) >= 3
    assert {one for exercise in exercises for one in exercise.company} == set(COMPANY)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_four_questions_to_keep_the_same_in_both_languages(module):
    assert says(checking.of_prompts(GUIDE, module)) == []


@pytest.mark.parametrize(("piece", "text"), SHIPPED)
def test_it_is_neither_too_short_nor_too_long(piece, text):
    assert says(checking.of_length(piece, text)) == []


@pytest.mark.parametrize(("piece", "text"), SHIPPED)
def test_it_reads_easily(piece, text):
    assert says(checking.of_reading(text)) == []


@pytest.mark.parametrize(("piece", "text"), SHIPPED)
def test_someone_frightened_can_say_the_words_to_say(piece, text):
    assert says(checking.of_speech(text)) == []


@pytest.mark.parametrize(("piece", "text"), SHIPPED)
def test_no_telephone_number_but_911_and_988_and_no_name_that_tells_what_kind_of_room_this_is(piece, text):
    assert says(checking.of_privacy(text)) == []


@pytest.mark.parametrize(("piece", "text"), [one for one in SHIPPED if isinstance(one.values[0], Lesson)])
def test_a_lesson_opens_on_a_moment_gives_four_lines_to_say_and_names_danger(piece, text):
    assert says(checking.of_lesson(piece, text)) == []


@pytest.mark.parametrize(("piece", "text"), WORKSHOPS)
def test_every_step_of_a_session_says_its_minutes_and_they_add_up(piece, text):
    assert says(checking.of_session(piece, text)) == []
    assert 105 <= piece.minutes <= 135


@pytest.mark.parametrize(("piece", "text"), WORKSHOPS)
def test_a_session_has_a_break_and_words_to_open_and_close(piece, text):
    steps = checking.steps_of(section(text, WORKSHOP_HEADINGS, 2))
    assert any(re.search(r"\bbreak\b|\bdescanso\b|\bpausa\b", step, re.IGNORECASE) for step in steps)
    assert checking.to_say(section(text, WORKSHOP_HEADINGS, 1))
    assert checking.to_say(section(text, WORKSHOP_HEADINGS, 3))


@pytest.mark.parametrize(("piece", "text"), SHIPPED)
def test_the_steps_of_an_exercise_or_activity_fit_into_its_minutes(piece, text):
    assert isinstance(piece, Lesson) or says(checking.of_kind(piece, text)) == []


@pytest.mark.parametrize("exercise", [one for one in PIECES if isinstance(one.values[0], Exercise)])
def test_an_exercise_says_who_can_do_it(exercise):
    assert exercise.company


@pytest.mark.parametrize("piece", PIECES)
def test_every_source_that_is_named_is_cited(piece):
    cited = {found for text in piece.texts.values() for found in FOOTNOTE.findall(text.body)}
    assert not {source.id for source in piece.sources} - cited


@pytest.mark.parametrize("piece", PIECES)
def test_what_a_piece_points_to_is_there(piece):
    listed = {entry.key for entry in everything(entries(names(LISTS)))}
    assert says(checking.of_references(GUIDE, piece, listed)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_is_explained_is_explained_in_every_language(language):
    assert all(language in term for term in GUIDE.terms.values())


@pytest.mark.parametrize("handout", [one for one in PIECES if isinstance(one.values[0], Handout)])
def test_a_handout_and_its_lesson_know_each_other(handout):
    assert handout.module or GUIDE.lesson_named(handout.lesson).handout == handout.key
