"""`portal guide check`, as a writer uses it."""

import pytest
from click.testing import CliRunner

from portal.commands import main
from portal.curriculum import access
from portal.curriculum.pieces import GUIDE
from tests.curriculum.small_guide import LESSON, WORKSHOP, write_guide


@pytest.fixture
def guide(tmp_path, monkeypatch):
    """A small guide in the place of the shipped one."""
    monkeypatch.setattr(access, "GUIDE", write_guide(tmp_path / "shipped"))
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "kept"))
    return tmp_path / "shipped"


def check(*words):
    return CliRunner().invoke(main, ["guide", "check", *map(str, words)])


def test_each_piece_is_told_with_its_words_sentences_and_level(guide):
    said = check()
    assert "en/lessons/a-late-bus.md: 66 words, " in said.output
    assert "in a sentence, grade " in said.output
    assert "in a sentence, ease " in said.output
    assert "module 2: there is no lesson." in said.output
    assert said.exit_code == 1


def test_only_what_is_asked_for_is_told(guide):
    said = check(guide / "en" / "workshops")
    assert "an-evening-on-waiting.md" in said.output
    assert "a-late-bus.md" not in said.output
    assert "module 2" not in said.output


def test_a_fault_is_told_with_its_line(guide):
    path = guide / "en" / "workshops" / "an-evening-on-waiting.md"
    path.write_text(WORKSHOP.replace("Set the chairs.", "Call 555-1234."), encoding="utf-8")
    assert "    line 17: 555-1234 looks like a telephone number." in check(path).output


def test_a_file_that_cannot_be_read_does_not_hide_the_others(guide):
    path = guide / "en" / "lessons" / "a-late-bus.md"
    path.write_text(LESSON.replace("minutes: 6", "minutes: soon"), encoding="utf-8")
    said = check()
    assert "a-late-bus.md, line 11: a whole number from 1 to 60" in said.output
    assert "an-evening-on-waiting.md: " in said.output
    assert said.exit_code == 1


def test_a_good_piece_ends_with_status_0():
    """Of the shipped guide, which the other tests prove."""
    said = check(GUIDE / "en" / "lessons" / "nobody-comes.md")
    assert "nobody-comes.md: " in said.output
    assert "Nothing wrong was found." in said.output
    assert said.exit_code == 0


def test_what_a_steward_wrote_is_checked_too(guide, tmp_path):
    own = tmp_path / "kept" / "guide" / "en" / "workshops"
    own.mkdir(parents=True)
    (own / "an-evening-on-waiting.md").write_text(WORKSHOP.replace("minutes: 40", "minutes: 45"), encoding="utf-8")
    said = check(own)
    assert "kept/guide/en/workshops/an-evening-on-waiting.md: " in said.output
    assert "the steps of the session take 40 minutes together, not 45." in said.output
