"""Which thread answers whom: one at a time, and nobody waits for somebody else's passphrase, picture or disk."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.answering import OneAtATime
from portal.db import afterwards, db, writing
from portal.waiting import waiting_elsewhere
from tests.in_line import NEVER, PATIENCE, ask, came


@pytest.fixture
def threads():
    """Make threads that answer; they end with the test."""
    made: list[OneAtATime] = []

    def four(held_up: float = NEVER) -> OneAtATime:
        dispatcher = OneAtATime(held_up)
        dispatcher.set_thread_count(4)
        made.append(dispatcher)
        return dispatcher

    yield four
    for each in made:
        each.shutdown()


class Door:
    """Something that a request waits for, and that tells when one has begun to."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def wait(self) -> None:
        self.reached.set()
        self.open.wait(PATIENCE)

    def wait_elsewhere(self) -> None:
        with waiting_elsewhere():
            self.wait()


def test_one_is_answered_after_the_other_and_each_once(threads):
    four, at_work, most, answered = threads(), [], [], []

    def page(number: int) -> None:
        at_work.append(number)
        most.append(len(at_work))
        threading.Event().wait(0.001)  # lets others run, as a query does
        at_work.remove(number)
        answered.append(number)

    asked = [ask(four, lambda n=n: page(n)) for n in range(100)]
    assert all(came(each) for each in asked)
    assert answered == list(range(100)), "who came first is answered first"
    assert max(most) == 1


def test_while_one_waits_elsewhere_others_are_answered(threads):
    four, door = threads(), Door()
    slow = ask(four, door.wait_elsewhere)
    assert door.reached.wait(PATIENCE)
    assert all(came(ask(four, lambda: None)) for _ in range(5))
    assert not slow.done.is_set()
    door.open.set()
    assert came(slow)


def test_those_already_in_line_are_answered_when_one_begins_to_wait(threads):
    four, first, door = threads(), Door(), Door()

    def sign_in() -> None:
        first.wait()
        door.wait_elsewhere()

    slow = ask(four, sign_in)
    assert first.reached.wait(PATIENCE)
    page = ask(four, lambda: None)
    assert not page.done.wait(0.05), "somebody else is being answered"
    first.open.set()
    assert came(page)
    assert not slow.done.is_set()
    door.open.set()


def test_who_comes_while_the_only_one_answering_waits_elsewhere_is_not_left_to_whoever_watched_the_line(threads):
    """The watcher of a line that is empty by now looks again only after a while: here, never."""
    four, first, door = threads(), Door(), Door()
    ask(four, first.wait)
    assert first.reached.wait(PATIENCE)
    ask(four, door.wait_elsewhere)
    while not four.watched:
        threading.Event().wait(0.001)
    first.open.set()
    assert door.reached.wait(PATIENCE)
    assert came(ask(four, lambda: None))
    door.open.set()


def test_three_may_wait_elsewhere_and_the_fourth_thread_goes_on(threads):
    four, doors = threads(), [Door() for _ in range(3)]
    for door in doors:
        ask(four, door.wait_elsewhere)
        assert door.reached.wait(PATIENCE)
    assert all(came(ask(four, lambda: None)) for _ in range(20))
    for door in doors:
        door.open.set()


def test_whoever_is_held_up_without_a_word_holds_up_nobody_for_long(threads):
    four, doors = threads(held_up=0.01), [Door() for _ in range(3)]
    for door in doors:
        ask(four, door.wait)
        assert door.reached.wait(PATIENCE)
    pages = [ask(four, lambda: None) for _ in range(20)]
    assert all(came(page) for page in pages)
    for door in doors:
        door.open.set()


def test_nor_do_two_who_are_held_up_one_after_the_other_while_a_third_is_in_line_already(threads):
    """Whoever watches the line begins the second; somebody must then watch that one."""
    four, doors = threads(held_up=0.2), [Door(), Door()]
    for door in doors:
        ask(four, door.wait)
    assert came(ask(four, lambda: None))
    for door in doors:
        door.open.set()


def test_who_waited_elsewhere_counts_again_when_they_are_back(threads):
    four, there, back = threads(), Door(), Door()

    def upload() -> None:
        there.wait_elsewhere()
        back.wait()

    ask(four, upload)
    assert there.reached.wait(PATIENCE)
    there.open.set()
    assert back.reached.wait(PATIENCE)
    page = ask(four, lambda: None)
    assert not page.done.wait(0.05)
    back.open.set()
    assert came(page)


def test_a_request_that_breaks_ends_no_thread(threads):
    four = threads()

    def broken() -> None:
        raise SystemExit

    assert all(came(ask(four, broken)) for _ in range(6))
    assert came(ask(four, lambda: None))


@given(st.lists(st.sampled_from(["page", "elsewhere", "held up"]), max_size=40), st.integers(1, 5))
def test_nobody_is_forgotten(kinds, how_many):
    ways = {
        "page": lambda: None,
        "elsewhere": lambda: wait_a_moment(elsewhere=True),
        "held up": lambda: wait_a_moment(elsewhere=False),
    }
    dispatcher = OneAtATime(held_up=0.001)
    dispatcher.set_thread_count(how_many)
    try:
        asked = [ask(dispatcher, ways[kind]) for kind in kinds]
        assert all(came(each) for each in asked)
    finally:
        dispatcher.shutdown()
    assert not dispatcher.threads


def wait_a_moment(*, elsewhere: bool) -> None:
    if elsewhere:
        with waiting_elsewhere():
            threading.Event().wait(0.002)
    else:
        threading.Event().wait(0.002)


def test_at_the_end_all_threads_go_and_who_was_still_in_line_is_told(threads):
    four, door = threads(), Door()
    ask(four, door.wait)
    assert door.reached.wait(PATIENCE)
    left = ask(four, lambda: None)
    door.open.set()
    four.shutdown()
    assert not four.threads
    assert left.done.is_set() or left.cancelled


@pytest.mark.parametrize("when", ["while it is written", "when the log is emptied"])
def test_a_write_that_waits_for_the_disk_lets_pages_be_answered(threads, app, when):
    four, door = threads(), Door()

    def write() -> None:
        with writing():
            if when == "while it is written":
                door.wait()
            else:
                afterwards(door.wait)
        db.close()

    slow = ask(four, write)
    assert door.reached.wait(PATIENCE)
    assert came(ask(four, lambda: None))
    assert not slow.done.is_set()
    door.open.set()
    assert came(slow)


def test_waiting_elsewhere_is_nothing_special_outside_a_thread_that_answers():
    with waiting_elsewhere():
        pass
    with pytest.raises(ZeroDivisionError), waiting_elsewhere():
        1 / 0  # noqa: B018
