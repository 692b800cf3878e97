"""How far turns can come apart while the same people are there and willing: counted over every stretch of meetings."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.meetings.rotation import (
    FACILITATOR_WITHIN,
    OTHERS_WITHIN,
    SECOND_WITHIN,
    Role,
    Standing,
    in_order,
    suggest,
    whom_to_ask,
)

START = datetime(2026, 1, 2, 18)
YES, PARTNER, NOT_NOW = {}, {"only_with_partner": True}, {"willing": False}


def circle(orders, answers):
    """One role for each order, in which the seats (by number) wait for it; answers by role and seat, where not yes."""
    return [
        Role(
            f"role {number}",
            tuple(
                Standing(str(seat), seat, START, START + timedelta(days=order.index(seat)), **answers[number][seat])
                for seat in range(len(order))
            ),
        )
        for number, order in enumerate(orders)
    ]


def all_say_yes(orders):
    return circle(orders, [[YES] * len(order) for order in orders])


def meet(roles, meetings, ask=whom_to_ask) -> Iterator[list[tuple[str, ...]]]:
    """Who holds each role, meeting by meeting, where whoever is asked says yes."""
    at = START + timedelta(days=50)
    for _ in range(meetings):
        asked = ask(roles)
        at += timedelta(days=7)
        roles = [replace(role, around=tuple(held(one, asked[role.code], at) for one in role.around)) for role in roles]
        yield [asked[role.code].seats for role in roles]


def held(one, suggestion, at):
    if one.seat not in suggestion.seats:
        return one
    return replace(one, held_at=at, came_along=one.seat == suggestion.partner)


def apart(steps) -> int:
    """The most by which one person gets ahead of another over any stretch; `steps` are +1, 0, -1 for each meeting."""
    most = lead = 0
    for step in steps:
        lead = max(0, lead + step)
        most = max(most, lead)
    return most


def pairs(role):
    willing = [one.seat for one in role.around if one.willing]
    return [(one, other) for one in willing for other in willing if one != other]


def plain_apart(roles, held, number) -> int:
    """By how many turns of a role two who are willing come apart."""
    of = [evening[number] for evening in held]
    return max((apart((bo in now) - (ana in now) for now in of) for ana, bo in pairs(roles[number])), default=0)


def free_apart(roles, held, number) -> int:
    """The same, not counting what one held while the other had an earlier role."""

    def step(ana, bo, evening):
        free = not any(ana in earlier for earlier in evening[:number])
        return (bo in evening[number] and free) - (ana in evening[number])

    return max(
        (apart(step(ana, bo, evening) for evening in held) for ana, bo in pairs(roles[number])),
        default=0,
    )


@st.composite
def circles(draw, answers=(YES, PARTNER, NOT_NOW)):
    seats, count, answer = draw(st.integers(2, 8)), draw(st.integers(1, 6)), st.sampled_from(answers)
    orders = [draw(st.permutations(range(seats))) for _ in range(count)]
    return circle(orders, [[draw(answer) for _ in range(seats)] for _ in range(count)])


@given(circles())
def test_turns_as_facilitator_differ_by_at_most_one(roles):
    assert plain_apart(roles, list(meet(roles, 24)), 0) <= FACILITATOR_WITHIN


@given(circles())
def test_turns_of_the_other_roles_differ_by_at_most_one_where_one_was_free_for_them(roles):
    held = list(meet(roles, 24))
    assert all(free_apart(roles, held, number) <= OTHERS_WITHIN for number in range(1, len(roles)))


@pytest.mark.parametrize(("people", "roles"), [(2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (4, 1)])
def test_small_circles_keep_both_bounds_whatever_they_answer_and_however_they_begin(people, roles):
    """Every order and every answer; the first role's order is the seats' own, which only names the people."""
    own = tuple(range(people))
    bodies = product(permutations(own), repeat=roles - 1)
    answers = list(product(product([YES, PARTNER, NOT_NOW], repeat=people), repeat=roles))
    for orders, answer in product(bodies, answers):
        small = circle([own, *orders], answer)
        held = list(meet(small, 3 * people))
        assert plain_apart(small, held, 0) <= FACILITATOR_WITHIN
        assert all(free_apart(small, held, number) <= OTHERS_WITHIN for number in range(roles))


@pytest.mark.parametrize("people", range(2, 7))
def test_where_all_want_both_roles_the_second_stays_within_two(people):
    """Every order (of seven and eight, too, but not each time). From three on it is reached: no less would do."""
    own = tuple(range(people))
    found = set()
    for order in permutations(own):
        both = all_say_yes([own, order])
        found.add(plain_apart(both, list(meet(both, 4 * people)), 1))
    assert max(found) == (SECOND_WITHIN if people > 2 else 1)


def test_no_number_bounds_plain_turns_of_a_role_where_one_person_always_has_the_one_before():
    only_ana_facilitates = [[YES, NOT_NOW], [YES, YES]]
    roles = circle([(0, 1), (0, 1)], only_ana_facilitates)
    assert plain_apart(roles, list(meet(roles, 30)), 1) == 30


def test_nor_where_everybody_wants_everything():
    """Seven people and six roles that fell into step: with every seven weeks the sixth role comes further apart."""
    orders = ["0123456", "0256413", "6234105", "6425103", "1520634", "4315602"]
    roles = all_say_yes([tuple(map(int, order)) for order in orders])
    held = list(meet(roles, 700))
    assert plain_apart(roles, held, 5) > 20
    assert free_apart(roles, held, 5) <= OTHERS_WITHIN


@given(circles(answers=[YES]))
def test_others_hold_a_role_before_it_comes_round_to_the_same_person(roles):
    """n people, i-th role: n - i others in between."""
    people, held = len(roles[0].around), list(meet(roles, 30))
    for number in range(min(people, len(roles))):
        of = [evening[number][0] for evening in held]
        between = people - (number + 1)
        assert all(of[at] not in of[at + 1 : at + 1 + between] for at in range(len(of)))


def test_two_who_hold_it_together_keep_the_order_in_which_they_stood():
    """By seat order Bo (0) would come before Ana (1) after each turn together, and hold it twice as often."""
    roles = circle([(0, 1)], [[YES, PARTNER]])
    assert list(meet(roles, 4)) == [[("0",)], [("1", "0")], [("1", "0")], [("1", "0")]]

    def by_seat_order(roles):
        return whom_to_ask(
            [replace(r, around=tuple(replace(one, came_along=False) for one in r.around)) for r in roles]
        )

    assert plain_apart(roles, list(meet(roles, 20, by_seat_order)), 0) == 10


@given(circles())
def test_a_turn_together_counts_as_held_for_both(roles):
    at = START + timedelta(days=50)
    for role in roles:
        asked = suggest(role.around)
        later = [held(one, asked, at) for one in role.around]
        assert {one.seat for one in in_order(later)[len(later) - len(asked.seats) :]} == set(asked.seats)
