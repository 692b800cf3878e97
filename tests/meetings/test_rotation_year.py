"""Rotation in a year of a circle in which people come, go, are away, pass, need a partner and take over."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.meetings.rotation import Why, in_order, is_first_of
from portal.meetings.year import CALM, NAMES, ROLES, Chances, main, simulate, table, turns

LIVELY = Chances(joins=0.2, leaves=0.06, away=0.25, passes=0.25, takes=0.15, only_with_partner=0.25, not_now=0.2)


def chance(seed):
    return Random(seed)  # noqa: S311 -- a rehearsal, nothing secret


def of_any_year(law):
    """Test a law of a whole year on many. Only what made a year is shown where it fails: the year itself is long."""

    @settings(max_examples=150)
    @given(
        seed=st.integers(0, 2**32),
        chances=st.sampled_from([Chances(), LIVELY]),
        people=st.integers(2, 8),
        roles=st.integers(1, 4),
    )
    def holds(seed, chances, people, roles):
        law(simulate(chance(seed), chances, people=people, meetings=26, roles=ROLES[:roles]))

    holds.__name__, holds.__doc__ = law.__name__, law.__doc__
    return holds


def free(asking):
    """Who could have been asked for it and had no other role."""
    around = asking.role.around
    able = {one.seat for one in around if one.may_be_asked(is_first_of(around))}
    return able - set(asking.has) - set(asking.role.holders)


def askings(met, role):
    return [asking for asking in met.askings if asking.role.code == role]


@of_any_year
def test_nobody_is_asked_twice_before_someone_who_is_free(year):
    """What is told here is remembered by the test from meeting to meeting, not taken from what the rule is given."""
    for role in year[0].held:
        went_before = set()  # (who held it, who did not and has not since)
        for met in year:
            for asking in askings(met, role):
                assert not {(asking.suggestion.seat, one) for one in free(asking)} & went_before
            held = met.held[role]
            went_before = {(bo, ana) for bo, ana in went_before if ana not in held}
            went_before |= {(bo, ana) for bo in held for ana in set(met.seated) - set(held)}


@of_any_year
def test_who_is_free_waits_for_each_of_those_who_were_there_before_them_once_at_most(year):
    """However people join, leave, stay away, pass or take over."""
    for role in year[0].held:
        waited, before_them = Counter(), {}
        for met in year:
            others = len(met.seated) - 1
            for asking in askings(met, role):
                for one in free(asking) - set(asking.suggestion.seats) - set(met.held[role]):
                    waited[one] += not asking.passed
                    assert waited[one] <= before_them.setdefault(one, others)
            for one in {seat for asking in askings(met, role) for seat in asking.suggestion.seats} | {*met.held[role]}:
                waited[one], before_them[one] = 0, others


@of_any_year
def test_who_passed_is_asked_at_the_following_meeting_before_anyone_who_stood_behind(year):
    for met, following in pairwise(year):
        for role in met.held:
            passes = [asking for asking in askings(met, role) if asking.passed]
            behind = {asking.suggestion.seat: free(asking) - {asking.suggestion.seat} for asking in passes}
            for asking in askings(following, role):
                assert all(asking.suggestion.seat not in behind[one] for one in free(asking) & set(behind))


@of_any_year
def test_only_holding_moves_anyone_in_the_order_of_asking(year):
    """Not passing, not being away, not saying "not now", and nobody's coming or going."""
    for role in year[0].held:
        asked = [met for met in year if askings(met, role)]
        for met, following in pairwise(asked):
            held = {name for between in year if met.at <= between.at < following.at for name in between.held[role]}
            before, after = (row(askings(evening, role)[0], held) for evening in (met, following))
            assert [seat for seat in before if seat in after] == [seat for seat in after if seat in before]


def row(asking, but):
    return [one.seat for one in in_order(asking.role.around) if one.seat not in but]


@of_any_year
def test_nobody_is_asked_for_a_second_role_while_someone_else_is_free(year):
    for asking in (asking for met in year for asking in met.askings):
        others_are_free = free(asking) - {asking.suggestion.seat}
        assert not asking.has[asking.suggestion.seat] or not others_are_free


@of_any_year
def test_nobody_is_asked_at_their_first_meeting_and_the_convener_opens(year):
    for met, came in with_who_came_before(year):
        for asking in met.askings:
            opens = not came and (asking.suggestion.seat, asking.role.code) == (NAMES[0], ROLES[0])
            assert opens or came.issuperset(asking.suggestion.seats)


def with_who_came_before(year):
    """Each meeting with those at it who were there at an earlier one: remembered by the test, not by the rule."""
    came = set()
    for met in year:
        came &= set(met.seated)
        yield met, frozenset(came)
        came |= set(met.there)


@of_any_year
def test_who_needs_a_partner_is_never_asked_alone(year):
    for asking in (asking for met in year for asking in met.askings):
        asked = next(one for one in asking.role.around if one.seat == asking.suggestion.seat)
        if asked.only_with_partner and not asking.role.holders:
            partner = next(one for one in asking.role.around if one.seat == asking.suggestion.partner)
            assert partner.has_been
            assert partner.may_be_asked(is_first_of(asking.role.around))
            assert partner != asked
        else:
            assert asking.suggestion.partner is None


@of_any_year
def test_the_reason_is_a_fact_about_whoever_is_asked(year):
    held = {}
    for met, came in with_who_came_before(year):
        for asking in met.askings:
            asked = next(one for one in asking.role.around if one.seat == asking.suggestion.seat)
            last = held.get((asking.role.code, asked.seat))
            why = Why.OPENS if not came else Why.HELD_BEFORE if last else Why.NEVER_HELD
            since = {Why.OPENS: None, Why.HELD_BEFORE: last, Why.NEVER_HELD: asked.joined_at}[why]
            assert asking.suggestion == replace(asking.suggestion, seat=asked.seat, why=why, since=since)
        held |= {(role, name): met.at for role, names in met.held.items() for name in names}


@given(st.integers(2, 8), st.integers(1, 52))
def test_in_a_calm_year_turns_as_facilitator_differ_by_at_most_one(people, meetings):
    year = simulate(chance(0), CALM, people=people, meetings=meetings)
    counts = [turns(year)[ROLES[0], name] for name in NAMES[:people]]
    assert sum(counts) == meetings
    assert max(counts) - min(counts) <= 1


def test_the_same_seed_makes_the_same_year():
    assert simulate(chance(7)) == simulate(chance(7))
    assert simulate(chance(7)) != simulate(chance(8))


def test_a_role_is_held_by_somebody_who_is_there():
    for met in simulate(chance(3), LIVELY):
        assert {name for names in met.held.values() for name in names} <= set(met.there)


def test_the_table_tells_everybodys_turns():
    year = simulate(chance(0), CALM, people=2, meetings=3, roles=("facilitator", "scribe"))
    assert table(year).splitlines() == [
        "                there  facilitator       scribe",
        "Alma                3            2            1",
        "Ben                 3            1            1",
        "nobody                           0            1",
    ]


@pytest.mark.parametrize("arguments", [[], ["7"]])
def test_a_year_is_printed(monkeypatch, capsys, arguments):
    monkeypatch.setattr("sys.argv", ["year", *arguments])
    main()
    printed = capsys.readouterr().out
    assert printed.splitlines()[0].split() == ["there", *ROLES]
    assert "Alma" in printed
