"""The laws of rotation, for any circle; and faults planted in the rule, each of which a law must notice."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from portal.meetings.rotation import NOBODY, Role, Standing, Suggestion, Why, in_order, suggest, whom_to_ask

START = datetime(2026, 1, 2, 18)


def day(number):
    return START + timedelta(days=number)


@st.composite
def standings(draw, place):
    joined = draw(st.integers(0, 6))
    held = draw(st.none() | st.integers(joined, 12))
    against = draw(st.sampled_from([{}, {}, {}, {"willing": False}, {"expected": False}, {"passed": True}]))
    partner = {
        "only_with_partner": draw(st.integers(0, 3)) == 0,
        "came_along": held is not None and draw(st.booleans()),
    }
    has_been = held is not None or draw(st.booleans())
    facts = {**against, **partner, "has_been": has_been}
    return Standing("abcdefg"[place], place, day(joined), None if held is None else day(held), **facts)


@st.composite
def tables(draw):
    """A circle of one to seven in any order, the first seat the convener's; some have not met before."""
    around = [draw(standings(place)) for place in range(draw(st.integers(1, 7)))]
    around[0] = replace(around[0], opens=True)
    if draw(st.integers(0, 5)) == 0:
        around = [replace(one, held_at=None, has_been=False) for one in around]
    return draw(st.permutations(around))


def asked(rule, around):
    seat = rule(around).seat
    return next((standing for standing in around if standing.seat == seat), None)


def able(around):
    return [one for one in around if one.willing and one.expected and not one.passed and one.has_been]


def is_new(around):
    """Nobody here has been at a meeting yet."""
    return [one.has_been for one in around] == [False] * len(around)


# Each law answers whether `rule` keeps it at this table.


def only_the_willing_and_expected_are_asked(rule, around):
    one = asked(rule, around)
    return one is None or (one.willing and one.expected)


def nobody_is_asked_twice_for_one_meeting(rule, around):
    one = asked(rule, around)
    return one is None or not one.passed


def nobody_is_asked_at_their_first_meeting(rule, around):
    one = asked(rule, around)
    return one is None or is_new(around) or one.has_been


def the_first_meeting_is_the_conveners(rule, around):
    one = asked(rule, around)
    return not is_new(around) or one is None or one.opens


def nobody_able_has_waited_longer(rule, around):
    one = asked(rule, around)
    if is_new(around) or one is None:
        return True
    return all((one.held_at or one.joined_at) <= (other.held_at or other.joined_at) for other in able(around))


def as_long(one, around):
    return [x for x in able(around) if (x.held_at or x.joined_at) == (one.held_at or one.joined_at)]


def who_came_along_waits_behind_who_was_asked(rule, around):
    one = asked(rule, around)
    if is_new(around) or one is None or not one.came_along:
        return True
    return all(other.came_along for other in as_long(one, around))


def ties_go_by_seat_order(rule, around):
    one = asked(rule, around)
    if is_new(around) or one is None:
        return True
    alike = [other for other in as_long(one, around) if other.came_along == one.came_along]
    return one.place == min(other.place for other in alike)


def somebody_is_asked_when_anybody_can_be(rule, around):
    if is_new(around):
        return True
    people = able(around)
    alone = len(people) == 1 and people[0].only_with_partner
    return (rule(around).seat is None) == (not people or alone)


def who_needs_a_partner_has_the_next_in_the_same_order_beside_them(rule, around):
    """And nobody else has one."""
    one = asked(rule, around)
    partner = rule(around).partner
    if is_new(around) or one is None or not one.only_with_partner:
        return partner is None
    without = [replace(other, only_with_partner=False, passed=other.passed or other is one) for other in around]
    return partner == rule(without).seat is not None


def only_holding_moves_anyone_in_the_order(rule, around):
    """Whoever passes, is away or says "not now" stands where they stood."""
    as_they_are, again = (
        [one.seat for one in in_order(table)]
        for table in (around, [replace(one, passed=True, expected=False, willing=False) for one in around])
    )
    return as_they_are == again


def it_matters_not_in_which_order_they_are_read(rule, around):
    return rule(around) == rule(list(reversed(around)))


def who_passes_is_asked_first_at_the_following_meeting(rule, around):
    """Whoever else holds this one, and however many pass after them."""
    around = [replace(one, passed=False) for one in around]
    one = asked(rule, around)
    if one is None or is_new(around):
        return True
    around = [replace(other, passed=other.seat == one.seat) for other in around]
    instead, meeting = rule(around).seats, day(19)
    after = [
        replace(other, passed=False, held_at=meeting if other.seat in instead else other.held_at) for other in around
    ]
    return rule(after).seat == one.seat


def turns_differ_by_at_most_one(rule, around):
    """Over any stretch of meetings with the same people, all of whom have been to one before."""
    around = [replace(one, passed=False, has_been=True) for one in around]
    meeting, holders = day(12), []
    for _ in range(2 * len(around) + 3):
        seats = rule(around).seats
        meeting += timedelta(days=7)
        held = {seat: {"held_at": meeting, "came_along": seat != seats[0]} for seat in seats}
        around = [replace(other, **held.get(other.seat, {})) for other in around]
        holders.append(seats)
    people = [one.seat for one in able(around)]
    ends = range(len(holders) + 1)
    stretches = [
        [sum(seat in seats for seats in holders[start:end]) for seat in people] for end in ends for start in range(end)
    ]
    return all(max(turns) - min(turns) <= 1 for turns in stretches if people)


LAWS = [
    only_the_willing_and_expected_are_asked,
    nobody_is_asked_twice_for_one_meeting,
    nobody_is_asked_at_their_first_meeting,
    the_first_meeting_is_the_conveners,
    nobody_able_has_waited_longer,
    who_came_along_waits_behind_who_was_asked,
    ties_go_by_seat_order,
    somebody_is_asked_when_anybody_can_be,
    who_needs_a_partner_has_the_next_in_the_same_order_beside_them,
    only_holding_moves_anyone_in_the_order,
    it_matters_not_in_which_order_they_are_read,
    who_passes_is_asked_first_at_the_following_meeting,
    turns_differ_by_at_most_one,
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_rotation_keeps_the_law(law):
    @given(tables())
    def holds(table):
        assert law(suggest, table)

    holds()


def changed(**how):
    """The rule, told something false about everyone."""
    return lambda around: suggest([replace(one, **{k: f(one) for k, f in how.items()}) for one in around])


SEARCH = settings(max_examples=5000, phases=[Phase.generate])  # any breach will do, not the smallest
FAULTS = {
    "asks those who would rather not": (changed(willing=lambda one: True), only_the_willing_and_expected_are_asked),
    "asks those who cannot come": (changed(expected=lambda one: True), only_the_willing_and_expected_are_asked),
    "asks again after a pass": (changed(passed=lambda one: False), nobody_is_asked_twice_for_one_meeting),
    "asks newcomers": (changed(has_been=lambda one: True), nobody_is_asked_at_their_first_meeting),
    "lets anyone open": (changed(opens=lambda one: True), the_first_meeting_is_the_conveners),
    "puts whoever never held it first": (
        changed(held_at=lambda one: one.held_at or datetime.min),
        nobody_able_has_waited_longer,
    ),
    "forgets when it was held": (changed(held_at=lambda one: None), turns_differ_by_at_most_one),
    "always starts from the first seat": (
        changed(held_at=lambda one: None, joined_at=lambda one: min(one.joined_at, START)),
        turns_differ_by_at_most_one,
    ),
    "settles a pair by seat order": (changed(came_along=lambda one: False), turns_differ_by_at_most_one),
    "asks alone whoever needs a partner": (
        changed(only_with_partner=lambda one: False),
        who_needs_a_partner_has_the_next_in_the_same_order_beside_them,
    ),
    "breaks ties as they come": (
        lambda around: suggest([replace(one, place=at) for at, one in enumerate(around)]),
        it_matters_not_in_which_order_they_are_read,
    ),
    "breaks ties backwards": (changed(place=lambda one: -one.place), ties_go_by_seat_order),
    "counts a pass as held": (
        changed(held_at=lambda one: day(99) if one.passed else one.held_at, passed=lambda one: False),
        somebody_is_asked_when_anybody_can_be,
    ),
    "asks nobody once someone passed": (
        lambda around: NOBODY if any(one.passed for one in around) else suggest(around),
        somebody_is_asked_when_anybody_can_be,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_breaks_a_law(fault):
    rule, law = FAULTS[fault]
    find(tables(), lambda table: not law(rule, table), settings=SEARCH)


def test_a_pass_that_counts_as_a_turn_would_break_the_law():
    """The rule has no memory, so this fault keeps one of its own."""
    passed_before = set()

    def rule(around):
        passed_before.update(one.seat for one in around if one.passed)
        around = [replace(one, held_at=day(12)) if one.seat in passed_before else one for one in around]
        return suggest(around)

    def broken(table):
        passed_before.clear()
        return not who_passes_is_asked_first_at_the_following_meeting(rule, table)

    find(tables(), broken, settings=SEARCH)


# A life of a circle: who comes, who goes, who passes, who takes it for another.


NOBODY_TAKES_IT = st.none()


@st.composite
def lives(draw, takers=NOBODY_TAKES_IT | st.sampled_from("abcdefg")):  # noqa: B008  it draws nothing yet
    """Per meeting: who joins or leaves before it, who is away, who passes, and whether someone takes it for another."""
    few = st.sets(st.sampled_from("abcdefg"), max_size=3)
    away = few | st.just(set("abcdefg"))
    return draw(st.lists(st.tuples(few, few, away, few, takers), min_size=5, max_size=40))


def live(life):
    """Yield (number, everyone at the table, the one asked, the one who held it) for each meeting."""
    around = {"a": Standing("a", 0, START, opens=True, has_been=False)}
    for number, (joins, leaves, away, passes, taker) in enumerate(life):
        now = day(7 * number)
        for seat in leaves - {"a"}:
            around.pop(seat, None)
        for seat in joins - leaves:
            new = Standing(seat, "abcdefg".index(seat), now - timedelta(days=1), has_been=False)
            around.setdefault(seat, new)
        table = [replace(one, passed=one.seat in passes, expected=one.seat not in away) for one in around.values()]
        chosen = suggest(table)
        holder = taker if taker in set(around) - away else chosen.seat
        yield number, table, chosen, holder
        for seat in set(around) - away:
            around[seat] = replace(around[seat], has_been=True)
        if holder:
            around[holder] = replace(around[holder], held_at=now)


@given(lives(NOBODY_TAKES_IT))
def test_nobody_facilitates_at_the_first_meeting_at_which_they_are_there(life):
    """But whoever began the circle, at the first meeting to which anybody comes. The test remembers who came."""
    came = set()
    for _, table, _, holder in live(life):
        assert holder is None or holder in came or (holder == "a" and not came & {one.seat for one in table})
        came = (came & {one.seat for one in table}) | {one.seat for one in table if one.expected}


@given(lives(NOBODY_TAKES_IT), st.integers(0, 8))
def test_who_missed_their_first_meetings_is_asked_before_anyone_who_joined_after_them(life, missed):
    """However many they missed: they count from when they joined, and from their second meeting on they are asked."""
    joined = [
        (joins | {"b"}, leaves - {"b"}, away - {"b"}, passes - {"b"}, None) for joins, leaves, away, passes, _ in life
    ]
    late = [(joins, leaves, away | {"b"}, passes, None) for joins, leaves, away, passes, _ in joined[:missed]]
    came = 0
    for _, table, chosen, _ in live(late + joined[missed:]):
        bo = next(one for one in table if one.seat == "b")
        assert chosen.seat != "b" or came
        if came and bo.held_at is None and chosen.seat:
            asked = next(one for one in table if one.seat == chosen.seat)
            assert asked.waiting_since <= bo.joined_at
        came += bo.expected


@given(lives())
def test_nobody_starves_however_people_come_and_go(life):
    """Seven seats: who never passes and never takes it is asked at the latest at the eighth meeting they come to."""
    waiting = Counter()
    for _, table, chosen, holder in live(life):
        here = {one.seat for one in table}
        for seat in set(waiting) - here:
            del waiting[seat]
        for one in table:
            if one.expected:
                waiting[one.seat] = 0 if one.seat in (chosen.seat, holder) or one.passed else waiting[one.seat] + 1
            assert waiting[one.seat] <= 8


@given(lives())
def test_taking_it_for_another_counts_as_held(life):
    before = None
    for _, table, chosen, holder in live(life):
        others = [one for one in table if one.seat != before and not one.passed and one.expected and one.has_been]
        if before and others:
            assert chosen.seat != before
        before = holder


@given(tables())
def test_the_reason_speaks_only_of_the_person_asked(table):
    chosen = suggest(table)
    one = asked(suggest, table)
    expected = {
        Why.OPENS: lambda: Suggestion(one.seat, Why.OPENS),
        Why.NEVER_HELD: lambda: Suggestion(one.seat, Why.NEVER_HELD, one.joined_at),
        Why.HELD_BEFORE: lambda: Suggestion(one.seat, Why.HELD_BEFORE, one.held_at),
        Why.NOBODY: lambda: Suggestion(None, Why.NOBODY),
    }
    assert replace(chosen, partner=None) == expected[chosen.why]()


def test_passing_looks_like_being_away_and_like_rather_not_and_like_finding_no_partner():
    ana = Standing("ana", 0, START, opens=True)
    answers = {
        suggest([replace(ana, **how)])
        for how in ({"passed": True}, {"expected": False}, {"willing": False}, {"only_with_partner": True})
    }
    assert answers == {NOBODY}


def test_whoever_comes_back_after_a_long_rest_is_next_once_and_then_takes_turns():
    ana, bo = Standing("ana", 0, START, held_at=day(7)), Standing("bo", 1, START, held_at=day(70))
    assert suggest([ana, bo]) == Suggestion("ana", Why.HELD_BEFORE, day(7))
    assert suggest([replace(ana, held_at=day(77)), bo]).seat == "bo"


def test_a_newcomer_is_asked_at_their_second_meeting_at_the_earliest():
    ana, new = Standing("ana", 0, START, held_at=day(7)), Standing("new", 1, day(6))
    assert suggest([ana, replace(new, has_been=False)]).seat == "ana"
    assert suggest([ana, new]) == Suggestion("new", Why.NEVER_HELD, day(6))


def test_the_conveners_meeting_is_nobodys_when_the_convener_passes():
    ana, bo = (Standing(name, place, START, has_been=False) for place, name in enumerate(["ana", "bo"]))
    assert suggest([replace(ana, opens=True, passed=True), bo]) == NOBODY


def test_a_meeting_to_which_nobody_came_was_not_the_first():
    """Whoever began the table opens the next one; who was there while they were away needs no opener."""
    ana, bo = (Standing(name, place, START, has_been=False) for place, name in enumerate(["ana", "bo"]))
    ana = replace(ana, opens=True)
    assert suggest([ana, bo]) == Suggestion("ana", Why.OPENS)
    assert suggest([ana, replace(bo, has_been=True)]) == Suggestion("bo", Why.NEVER_HELD, START)


# All roles of one meeting.

ANA, BO, CY = (Standing(seat, place, START, day(7 * place)) for place, seat in enumerate(["ana", "bo", "cy"]))


def role(code, *around, holders=()):
    return Role(code, around or (ANA, BO, CY), holders)


def asked_for(*roles):
    return {code: chosen.seats for code, chosen in whom_to_ask(roles).items()}


def test_the_facilitator_is_chosen_first_and_nobody_is_asked_for_a_second_role_while_someone_else_is_willing():
    roles = [role("facilitator"), role("care"), role("time")]
    assert asked_for(*roles) == {"facilitator": ("ana",), "care": ("bo",), "time": ("cy",)}
    assert asked_for(*reversed(roles)) == {"time": ("ana",), "care": ("bo",), "facilitator": ("cy",)}


def test_a_second_role_comes_before_none_and_a_third_after_everybodys_second():
    roles = [role(str(number)) for number in range(7)]
    assert [seat for (seat,) in asked_for(*roles).values()] == ["ana", "bo", "cy", "ana", "bo", "cy", "ana"]


def test_whoever_alone_is_willing_is_asked_for_a_second_role():
    others = (replace(BO, willing=False), replace(CY, willing=False))
    assert asked_for(role("facilitator"), role("care", ANA, *others)) == {"facilitator": ("ana",), "care": ("ana",)}


def test_whoever_has_said_yes_to_one_role_is_not_asked_for_another_while_someone_else_is_willing():
    """Even to a role that comes later in the order."""
    assert asked_for(role("facilitator"), role("time", holders=("ana",))) == {"facilitator": ("bo",)}


def test_nobody_is_asked_for_a_role_that_someone_took_over():
    assert asked_for(role("facilitator", holders=("cy",))) == {}
    with_partner = replace(CY, only_with_partner=True)
    assert asked_for(role("facilitator", ANA, BO, with_partner, holders=("cy", "bo"))) == {}


def test_a_partner_has_a_role_too():
    with_partner = replace(ANA, only_with_partner=True)
    asked = asked_for(role("facilitator", with_partner, BO, CY), role("care"))
    assert asked == {"facilitator": ("ana", "bo"), "care": ("cy",)}


def test_after_the_first_of_two_said_yes_the_next_is_asked_to_come_along_even_one_who_needs_a_partner_too():
    around = (replace(ANA, only_with_partner=True), replace(BO, only_with_partner=True), CY)
    chosen = whom_to_ask([role("facilitator", *around, holders=("ana",))])
    assert chosen == {"facilitator": Suggestion("bo", Why.HELD_BEFORE, day(7))}


def test_when_nobody_can_come_along_nobody_is_asked():
    around = (replace(ANA, only_with_partner=True), replace(BO, passed=True), replace(CY, expected=False))
    assert whom_to_ask([role("facilitator", *around, holders=("ana",))]) == {"facilitator": NOBODY}
    assert whom_to_ask([role("facilitator", *around)]) == {"facilitator": NOBODY}


def test_who_passes_on_one_role_may_be_asked_for_another():
    passed = replace(ANA, passed=True)
    assert asked_for(role("facilitator", passed, BO, CY), role("care")) == {"facilitator": ("bo",), "care": ("ana",)}


def test_at_the_circles_first_meeting_only_the_facilitators_role_is_given():
    new = tuple(replace(one, held_at=None, has_been=False) for one in (replace(ANA, opens=True), BO, CY))
    chosen = whom_to_ask([role("facilitator", *new), role("care", *new)])
    assert chosen == {"facilitator": Suggestion("ana", Why.OPENS), "care": NOBODY}


@given(st.lists(tables(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_it_matters_not_in_which_order_the_people_of_any_role_are_read(tables, rng):
    roles = [Role(str(number), tuple(around)) for number, around in enumerate(tables)]
    shuffled = [replace(each, around=tuple(rng.sample(each.around, len(each.around)))) for each in roles]
    assert whom_to_ask(roles) == whom_to_ask(shuffled)


@given(st.lists(tables(), min_size=1, max_size=4))
def test_what_is_decided_for_a_role_does_not_hang_on_the_roles_after_it(tables):
    roles = [Role(str(number), tuple(around)) for number, around in enumerate(tables)]
    assert whom_to_ask(roles).items() >= whom_to_ask(roles[:-1]).items()
