"""The guide's files: a whole one is read, and whatever does not fit is named by file, line and fault."""

import pytest

from portal.curriculum.shelf import read_guide
from portal.errors import Unfit
from tests.curriculum.small_guide import (
    ACTIVITY,
    EXERCISE,
    HANDOUT,
    LESSON,
    LESSON_ES,
    MODULE_HANDOUT,
    TO_THE_CIRCLE,
    WORKSHOP,
    write_guide,
)


def test_a_whole_guide_is_read_in_both_languages(tmp_path):
    guide = read_guide(write_guide(tmp_path))
    lesson = guide.lesson(3, 1)
    assert lesson.text("en").title == "When the bus is late"
    assert lesson.text("es").title == "Cuando el autobús se tarda"
    assert guide.modules["es"][3].title == "Parte 3"
    assert guide.terms["turn"]["es"].word == "turno"
    assert [piece.key for piece in guide.pieces()] == [
        "a-late-bus",
        "an-evening-on-waiting",
        "wait-by-the-door",
        "when-we-wait",
        "count-the-stops",
        "one-page-about-buses",
        "one-page-for-waiting",
    ]


def test_what_belongs_to_a_module_is_found_by_its_number(tmp_path):
    guide = read_guide(write_guide(tmp_path))
    assert guide.workshops[3].minutes == 40
    assert guide.to_the_circle[3].key == "when-we-wait"
    assert [one.company for one in guide.exercises_of(3)] == [("alone", "pair")]
    assert guide.handout_of(3).key == "one-page-for-waiting"
    assert guide.module(3, "es").prompts == {"first": "Who waits?"}


def test_a_missing_translation_gives_the_english(tmp_path):
    lesson = read_guide(write_guide(tmp_path, lesson_es="")).lesson(3, 1)
    assert lesson.lacks("es") == "missing"
    assert lesson.text("es").language == "en"


def test_a_translation_made_from_an_older_version_gives_the_english(tmp_path):
    behind = LESSON_ES.replace("translates: 2", "translates: 1")
    lesson = read_guide(write_guide(tmp_path, lesson_es=behind)).lesson(3, 1)
    assert lesson.lacks("es") == "behind"
    assert lesson.text("es").language == "en"


@pytest.mark.parametrize(
    ("was", "is_now", "line", "says"),
    [
        ("minutes: 6\n", "", 2, "“minutes” is missing"),
        ("minutes: 6", "minutes: soon", 11, "a whole number from 1 to 60"),
        ("minutes: 6", "minuets: 6", 11, "“minuets” is not known here"),
        ("content_note: About waiting, without details.\n", "", 2, "“content_note” is missing"),
        ("outside: A late bus\n", "", 2, "“outside” is missing"),
        ("module: 3", "module: 7", 6, "from 1 to 6"),
        ("kind: lesson", "kind: lecture", 3, "“lecture” is not one of: lesson"),
        ("lang: en", "lang: es", 4, "“es” is not one of: en"),
        ("key: a-late-bus", "key: a-fast-bus", 2, "the file is a-late-bus.md"),
        ("terms: [turn]", "terms: [twist]", 14, "“twist” is not explained in terms.yaml"),
        ('as_of: "2024-05", ', "", 21, "a fact needs its date"),
        ("read: abstract", "read: quickly", 20, "“quickly” is not one of"),
        ("[^law]", "[^lore]", 31, "[^lore] is not among the sources"),
        ("## Words to say", "## Words", 23, "the heading “Words to say” is missing"),
        ("## The moment", "## Before\n\n## The moment", 23, "the first headings are “The moment” and “Words to say”"),
        ("## What this rests on", "## What this rests on\n\n## More", 51, "the last headings are"),
        ("---\n## The", "## The", 1, "a head is wanted first"),
    ],
)
def test_a_lesson_that_does_not_fit_is_named_by_line_and_fault(tmp_path, was, is_now, line, says):
    assert was in LESSON
    write_guide(tmp_path, lesson=LESSON.replace(was, is_now))
    with pytest.raises(Unfit) as refused:
        read_guide(tmp_path)
    assert f"en/lessons/a-late-bus.md, line {line}: " in str(refused.value)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("was", "is_now", "line", "says"),
    [
        ("summary: Qué decir cuando alguien llega una hora tarde.\n", "", 2, "“summary” is missing"),
        ("outside: Un autobús tarde\n", "", 2, "“outside” is missing"),
        ("translates: 2", "translates: 3", 4, "version 3 is not written yet"),
        ("translates: 2", "translates: 2\nminutes: 6", 5, "“minutes” is not known here"),
        ("content_note: Sobre esperar, sin detalles.", 'content_note: ""', 8, "needs it in words"),
        ("[^law]", "[^ley]", 18, "[^ley] is not among the sources"),
        ("## El momento", "## The moment", 10, "the heading “El momento” is missing"),
    ],
)
def test_a_translation_holds_all_the_words_and_no_facts(tmp_path, was, is_now, line, says):
    assert was in LESSON_ES
    write_guide(tmp_path, lesson_es=LESSON_ES.replace(was, is_now))
    with pytest.raises(Unfit) as refused:
        read_guide(tmp_path)
    assert f"es/lessons/a-late-bus.md, line {line}: " in str(refused.value)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("file", "text", "was", "is_now", "line", "says"),
    [
        ("workshops/an-evening-on-waiting", WORKSHOP, "minutes: 40", "minutes: [40, 50]", 9, "a whole number from 30"),
        ("workshops/an-evening-on-waiting", WORKSHOP, "people: [4, 9]\n", "", 2, "“people” is missing"),
        ("workshops/an-evening-on-waiting", WORKSHOP, "## The session", "## Steps", 15, "“The session” is missing"),
        ("exercises/wait-by-the-door", EXERCISE, "with: [alone", "with: [lonely", 11, "“lonely” is not one of: alone"),
        ("exercises/wait-by-the-door", EXERCISE, "order: 1\n", "", 2, "“order” is missing"),
        ("to-the-circle/when-we-wait", TO_THE_CIRCLE, "summary: What", "aim: What", 8, "“aim” is not known here"),
        (
            "handouts/one-page-for-waiting",
            MODULE_HANDOUT,
            "module: 3",
            "lesson: a-late-bus\nmodule: 3",
            2,
            "exactly one",
        ),
        ("handouts/one-page-for-waiting", MODULE_HANDOUT, "module: 3\n", "", 2, "exactly one"),
    ],
)
def test_every_other_kind_is_checked_as_well(tmp_path, file, text, was, is_now, line, says):
    assert was in text
    path = write_guide(tmp_path) / f"en/{file}.md"
    path.write_text(text.replace(was, is_now), encoding="utf-8")
    with pytest.raises(Unfit) as refused:
        read_guide(tmp_path)
    assert f"en/{file}.md, line {line}: " in str(refused.value)
    assert says in str(refused.value)


def test_a_module_cannot_have_two_workshops(tmp_path):
    write_guide(tmp_path)
    other = WORKSHOP.replace("key: an-evening-on-waiting", "key: another-evening")
    (tmp_path / "en/workshops/another-evening.md").write_text(other, encoding="utf-8")
    with pytest.raises(Unfit, match="has this place in the module, too"):
        read_guide(tmp_path)


def test_headings_out_of_order_are_refused(tmp_path):
    steps, close = ACTIVITY.index("## Steps"), ACTIVITY.index("## Words to close")
    gentler = ACTIVITY.index("## A gentler")
    turned = ACTIVITY[:steps] + ACTIVITY[close:gentler] + ACTIVITY[steps:close] + ACTIVITY[gentler:]
    with pytest.raises(Unfit, match="“Steps” is wanted here, before “Words to close”"):
        read_guide(write_guide(tmp_path, activity=turned))


def test_two_lessons_cannot_have_one_place(tmp_path):
    write_guide(tmp_path)
    other = LESSON.replace("key: a-late-bus", "key: an-early-bus")
    (tmp_path / "en/lessons/an-early-bus.md").write_text(other, encoding="utf-8")
    with pytest.raises(Unfit, match="has this place in the module, too"):
        read_guide(tmp_path)


def test_a_translation_of_nothing_is_refused(tmp_path):
    write_guide(tmp_path)
    (tmp_path / "en/lessons/a-late-bus.md").unlink()
    with pytest.raises(Unfit, match=r"there is no en/lessons/a-late-bus\.md"):
        read_guide(tmp_path)


def test_a_handout_is_always_neutral_from_outside(tmp_path):
    with pytest.raises(Unfit, match="“outside” is missing"):
        read_guide(write_guide(tmp_path, handout=HANDOUT.replace("outside: One page about buses\n", "")))
