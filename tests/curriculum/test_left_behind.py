"""What is erased in the guide leaves no byte behind, and what is shown tells nothing by its length."""

import pytest

from portal.curriculum.models.paths import Path, ShownProgress, Step, version
from portal.curriculum.models.reflections import Reflection, Thought
from portal.curriculum.models.study import Study
from portal.db import utcnow
from portal.rings.models import Wrap
from tests.cast import enter

QUESTION = Thought("lesson a", "What helped?", "The soup.")
LESSONS = ("nobody-comes", "ending-well", "you-are-all-i-need")


@pytest.fixture
def ana(cast):
    return cast["Ana"].seat()


@pytest.fixture
def on_disk(home):
    return lambda: b"".join(file.read_bytes() for file in home.glob("portal.db*"))


def mark(seat, *lessons: str) -> None:
    for lesson in lessons:
        Study.mark(seat.keys, lesson, read=True)


def test_of_a_reflection_that_was_erased_neither_words_nor_key_are_left(ana, on_disk):
    Reflection.write(ana.keys, QUESTION, "", utcnow())
    left = [bytes(Reflection.get().sealed_words)[-200:], bytes(Wrap.get().sealed_key)]
    assert all(sealed in on_disk() for sealed in left)
    Reflection.erase(ana.keys, QUESTION.prompt)
    assert not any(sealed in on_disk() for sealed in left)


def test_of_progress_that_is_shown_no_longer_nothing_is_left(ana, on_disk):
    ShownProgress.show(ana)
    sealed = bytes(ShownProgress.get().sealed_read)
    assert sealed[-200:] in on_disk()
    ShownProgress.hide(ana)
    assert sealed[-200:] not in on_disk()


def test_of_what_was_read_and_forgotten_nothing_is_left(ana, on_disk):
    mark(ana, *LESSONS)
    sealed = bytes(Study.get().sealed_progress)
    Study.forget(ana.keys)
    assert sealed[-200:] not in on_disk()


def test_who_shows_much_has_a_row_as_long_as_who_shows_little(cast, ana):
    Path.choose(ana, map(Step, LESSONS), version(()))
    mark(ana, *LESSONS)
    for seat in (ana, cast["Bo"].seat()):
        ShownProgress.show(seat)
    assert len({len(row.sealed_read) for row in ShownProgress.select()}) == 1


def test_looking_at_the_question_whether_to_forget_forgets_nothing(app, ana):
    mark(ana, *LESSONS)
    client = enter(app, "Ana")
    for look in (client.get, client.head, client.options):
        look("/me/guide/forget")
    assert Study.of(ana.keys).read == LESSONS
