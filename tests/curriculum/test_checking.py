"""What the check of the guide finds, each on a piece that was whole before."""

import pytest

from portal.curriculum import checking
from portal.curriculum.shelf import read_guide
from tests.curriculum.small_guide import EXERCISE, LESSON, MODULE_HANDOUT, WORKSHOP, write_guide


def found(guide, piece) -> str:
    return " ".join(fault.says for fault in checking.faults(piece, piece.text("en")))


@pytest.mark.parametrize(
    ("was", "is_now", "says"),
    [
        ("(29 minutes)", "(30 minutes)", "the steps of the session take 41 minutes together, not 40"),
        ("Rise. (1 minute)", "Rise.", "step 3 of the session does not end with its minutes"),
        ("Rise. (1 minute)", "Rise (1 minute) slowly.", "step 3 of the session does not end with its minutes"),
        ("Set the chairs.", "Call 555-1234.", "555-1234 looks like a telephone number"),
        ("materials:", "outside: A grief night\nmaterials:", "“grief” in “A grief night” tells what kind of place"),
        ("We wait.", "We wait " + "and wait " * 10 + "here.", "a sentence to say has 23 words"),
        ("Do not hurry.", "Organizational participation necessitates communication. " * 9, "; 7.5 or below is wanted"),
    ],
)
def test_what_is_wrong_with_a_workshop_is_named(tmp_path, was, is_now, says):
    assert was in WORKSHOP
    guide = read_guide(write_guide(tmp_path, workshop=WORKSHOP.replace(was, is_now)))
    assert says in found(guide, guide.workshops[3])


def test_a_whole_session_is_only_too_short(tmp_path):
    guide = read_guide(write_guide(tmp_path))
    assert found(guide, guide.workshops[3]) == "54 words; 700 to 1300 are wanted."


@pytest.mark.parametrize(("minutes", "wrong"), [(3, True), (4, False), (8, False), (9, True)])
def test_the_steps_of_an_exercise_keep_to_its_span(tmp_path, minutes, wrong):
    changed = EXERCISE.replace("Wait. (4 minutes)", f"Wait. ({minutes} minutes)")
    guide = read_guide(write_guide(tmp_path, exercise=changed))
    assert ("the steps take" in found(guide, guide.exercises[0])) == wrong


def test_a_lesson_needs_a_moment_and_four_lines_to_say(tmp_path):
    guide = read_guide(write_guide(tmp_path, lesson=LESSON))
    assert "the moment has" in found(guide, guide.lessons[0])
    assert "fewer than four lines to say" in found(guide, guide.lessons[0])


def test_a_quotation_over_several_lines_is_one_line_to_say():
    assert checking.to_say('Say:\n\n> "One\n> two."\n\n   > "Three."\n>\n> "Four."') == [
        (2, "One two."),
        (5, "Three."),
        (7, "Four."),
    ]


def test_what_a_module_lacks_is_said(tmp_path):
    guide = read_guide(write_guide(tmp_path))
    lacking = " ".join(fault.says for fault in checking.of_module(guide, 3))
    assert "1 exercises; 3 or more" in lacking
    assert "no exercise with “circle”" in lacking
    assert "1 prompts in es; 4 or more" in lacking
    assert "workshop" not in lacking
    assert "there is no lesson." in [fault.says for fault in checking.of_module(guide, 2)]


def test_what_points_nowhere_is_named(tmp_path):
    guide = read_guide(write_guide(tmp_path))
    says = [fault.says for fault in checking.of_references(guide, guide.lessons[0], helps=set())]
    assert says == [
        "it names the lesson “no-such-lesson”, which is not there.",
        "it names the help entry “emergency-911”, which is not there.",
    ]


def test_a_translation_that_is_missing_is_named(tmp_path):
    guide = read_guide(write_guide(tmp_path, module_handout=MODULE_HANDOUT))
    assert [fault.says for fault in checking.of_translations(guide.handout_of(3))] == ["the words in es are missing."]
