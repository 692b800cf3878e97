"""The room seen from above: who sits where, and under which letter."""

from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.circles.ring import CENTER, RADIUS, STEP_BACK, Sitter, around, letters

NAMES = st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=12)


def table(*names: str, reader: str) -> list[Sitter]:
    return [Sitter(name, you=name == reader) for name in names]


def from_center(chair) -> float:
    return hypot(chair.x - CENTER, chair.y - CENTER)


def test_the_readers_own_chair_is_nearest_and_upright():
    own = around(table("Ana", "Bo", "Mina", reader="Mina"))[0]
    assert (own.name, own.x, own.y, own.bearing, own.angle) == ("Mina", CENTER, CENTER + RADIUS, 0, 0)


def test_the_others_follow_clockwise_in_seat_order():
    chairs = around(table("Ana", "Bo", "Mina", "Joan", reader="Bo"))
    assert [chair.name for chair in chairs] == ["Bo", "Mina", "Joan", "Ana"]
    bottom, left, top, right = chairs  # seen from above, clockwise from the bottom goes to the left
    assert left.x < bottom.x < right.x
    assert top.y < left.y == right.y < bottom.y


def test_someone_away_stands_a_step_back():
    here, away = around([Sitter("Ana", you=True), Sitter("Bo", "away")])
    assert (from_center(here), from_center(away)) == (RADIUS, RADIUS + STEP_BACK)


def test_a_room_without_a_reader_begins_with_the_first_seat():
    assert [chair.name for chair in around([Sitter("Ana"), Sitter("", "free")])] == ["Ana", ""]


def test_an_empty_room_has_no_chairs():
    assert around([]) == []


@given(NAMES)
def test_nobody_loses_their_chair_and_no_two_chairs_touch(names):
    chairs = around([Sitter(name) for name in names])
    assert [chair.name for chair in chairs] == names
    gaps = [hypot(a.x - b.x, a.y - b.y) for a in chairs for b in chairs if a is not b]
    assert all(gap > 52 for gap in gaps)  # the width of a chair with its back
    assert all(abs(chair.angle - chair.bearing) <= 5 for chair in chairs)


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["Mina", "Abel", ""], ["M", "A", ""]),
        (["Mina", "Mateo", "Abel"], ["Mi", "Ma", "A"]),
        (["ana", "Ángel", "Ale"], ["An", "Á", "Al"]),
        (["A\u0301ngel"], ["Á"]),
        (["مينا", "هابيل"], ["م", "ه"]),
        (["J", "Jo"], ["J", "Jo"]),
        (["  Bo  "], ["B"]),
        (["", ""], ["", ""]),
    ],
)
def test_a_chair_bears_one_letter_or_two_where_two_people_share_it(names, shown):
    assert letters(names) == shown


@given(NAMES)
def test_every_name_gets_a_letter(names):
    assert all(letters(names))
