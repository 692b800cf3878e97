"""The lessons that a circle takes together: sealed to the table, and nobody's progress shown but by their own word."""

from datetime import date

import pytest

from portal.curriculum.errors import PathChanged
from portal.curriculum.models.paths import Path, ShownProgress, Step, version
from portal.curriculum.models.study import Study
from portal.web.errors import NotHere
from tests.cast import make_person, take_seat

STEPS = (Step("nobody-comes", date(2027, 1, 8)), Step("ending-well"))


@pytest.fixture
def people(cast):
    return {name: cast[name].seat() for name in ("Ana", "Bo", "Cy")}


def choose(seat, steps=STEPS, seen=None):
    Path.choose(seat, steps, version(Path.of(seat)) if seen is None else seen)


def test_a_path_is_read_by_everyone_at_the_table_and_nobody_else(people):
    choose(people["Ana"])
    assert Path.of(people["Bo"]) == STEPS
    assert Path.of(people["Cy"]) == ()
    assert b"nobody" not in bytes(Path.get().sealed_steps)


def test_who_sits_down_later_reads_the_path(cast, people):
    choose(people["Ana"])
    newcomer = make_person("Ruth")
    take_seat(people["Ana"], newcomer)
    assert Path.of(newcomer.seat()) == STEPS


def test_two_who_change_it_at_once_do_not_undo_each_other(people):
    seen = version(Path.of(people["Ana"]))
    choose(people["Ana"], seen=seen)
    choose(people["Ana"], seen=seen)  # a double tap
    with pytest.raises(PathChanged):
        choose(people["Bo"], STEPS[1:], seen)
    assert Path.of(people["Bo"]) == STEPS


def test_with_no_lesson_there_is_no_path_any_more(people):
    choose(people["Ana"])
    choose(people["Bo"], ())
    assert not Path.select().exists()


def test_a_path_that_was_changed_from_outside_is_none_and_can_be_chosen_anew(people):
    choose(people["Ana"])
    Path.update(sealed_steps=b"\x01" + bytes(200)).execute()
    assert Path.of(people["Bo"]) == ()
    choose(people["Bo"])
    assert Path.of(people["Ana"]) == STEPS


def test_nobody_sees_how_far_one_is_until_one_says_so(people):
    choose(people["Ana"])
    Study.mark(people["Bo"].keys, "ending-well", read=True)
    assert ShownProgress.around(people["Ana"]) == {}
    ShownProgress.show(people["Bo"])
    assert ShownProgress.around(people["Ana"]) == {people["Bo"].id: {"ending-well"}}
    assert ShownProgress.around(people["Cy"]) == {}
    ShownProgress.hide(people["Bo"])
    assert ShownProgress.around(people["Ana"]) == {}
    assert not ShownProgress.select().exists()


def test_what_is_not_on_the_path_is_shown_to_nobody(people):
    choose(people["Ana"])
    for lesson in ("ending-well", "you-are-all-i-need"):
        Study.mark(people["Bo"].keys, lesson, read=True)
    ShownProgress.show(people["Bo"])
    assert ShownProgress.around(people["Ana"])[people["Bo"].id] == {"ending-well"}


def test_marks_made_later_follow_and_so_do_those_taken_back(people):
    choose(people["Ana"])
    ShownProgress.show(people["Bo"])
    for read in (True, False):
        Study.mark(people["Bo"].keys, "ending-well", read=read)
        ShownProgress.keep_up([people["Bo"], people["Cy"]])
        assert ("ending-well" in ShownProgress.around(people["Ana"])[people["Bo"].id]) == read
    assert ShownProgress.select().count() == 1


def test_who_leaves_is_seen_no_longer_and_may_change_nothing(people):
    choose(people["Ana"])
    ShownProgress.show(people["Bo"])
    bo = people["Bo"]
    bo.leave(take_back=False)
    assert not ShownProgress.select().exists()
    with pytest.raises(NotHere):
        choose(bo, (), version(STEPS))
