"""A year of a circle, rehearsed: who holds which role how often where the rule of rotation is followed.

People come and go, are away, pass, answer "with a partner" or "not now", and take a role of their own accord. Names
and chances are invented. `python -m portal.meetings.year [seed]` prints everybody's turns.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from portal.meetings.rotation import Role, Standing, Suggestion, whom_to_ask

NAMES = ("Alma", "Ben", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "June", "Kofi", "Lena", "Milo", "Nell", "Omar")
ROLES = ("facilitator", "care-holder", "timekeeper", "scribe")
CEILING = 7  # people; a year that begins with more than these admits nobody
FIRST = datetime(2026, 1, 6, 18)
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Chances:
    """How likely things are: of each person at each meeting, but where another measure is named."""

    joins: float = 0.04  # somebody, before a meeting
    leaves: float = 0.01
    away: float = 0.12
    passes: float = 0.08  # when asked
    takes: float = 0.05  # somebody of their own accord, of each role at each meeting
    only_with_partner: float = 0.15  # of each role, when joining
    not_now: float = 0.15  # likewise


CALM = Chances(0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Member:
    name: str
    place: int
    joined_at: datetime
    rather_not: frozenset[str]  # roles
    only_with_partner: frozenset[str]


@dataclass(frozen=True)
class Asking:
    """One question to one person, with all that the rule knew, and whether they passed."""

    role: Role
    has: Counter[str]
    suggestion: Suggestion
    passed: bool


@dataclass(frozen=True)
class Met:
    """One meeting: who had a seat, who was there, every asking in turn, and who held what in the end."""

    at: datetime
    seated: tuple[str, ...]
    there: tuple[str, ...]
    askings: tuple[Asking, ...]
    held: dict[str, tuple[str, ...]]


@dataclass
class Evening:
    """What is known while the roles of one meeting are being taken."""

    at: datetime
    there: tuple[str, ...]
    holders: dict[str, list[str]]
    passed: set[tuple[str, str]] = field(default_factory=set)
    askings: list[Asking] = field(default_factory=list)


class Circle:
    def __init__(self, rng: Random, chances: Chances, roles: Sequence[str]) -> None:
        self.rng, self.chances, self.roles = rng, chances, roles
        self.members: dict[str, Member] = {}
        self.came = 0  # people so far
        self.been: set[str] = set()  # who was at a meeting
        self.turns: dict[tuple[str, str], tuple[datetime, bool]] = {}  # the last of each role and name; came along

    def happens(self, chance: float) -> bool:
        return self.rng.random() < chance

    def take_a_seat(self, at: datetime) -> None:
        not_now = frozenset(role for role in self.roles if self.happens(self.chances.not_now))
        partner = frozenset(role for role in self.roles if self.happens(self.chances.only_with_partner))
        name = NAMES[self.came]
        self.members[name] = Member(name, self.came, at, not_now, partner)
        self.came += 1

    def come_and_go(self, at: datetime) -> None:
        if len(self.members) < CEILING and self.came < len(NAMES) and self.happens(self.chances.joins):
            self.take_a_seat(at - timedelta(days=2))
        for name in list(self.members):
            if len(self.members) > 1 and self.happens(self.chances.leaves):
                del self.members[name]

    def meet(self, at: datetime) -> Met:
        there = tuple(name for name in self.members if not self.happens(self.chances.away))
        evening = Evening(at, there, {role: [] for role in self.roles})
        for role in self.roles:
            if there and self.happens(self.chances.takes):
                evening.holders[role].append(self.rng.choice(there))
        for role in self.roles:
            self.ask(evening, role)
        for role, names in evening.holders.items():
            self.turns |= {(role, name): (at, name != names[0]) for name in names}
        self.been |= set(there)
        held = {role: tuple(names) for role, names in evening.holders.items()}
        return Met(at, tuple(self.members), there, tuple(evening.askings), held)

    def ask(self, evening: Evening, code: str) -> None:
        """Ask one after another until the role is held, or there is nobody to ask and all hold it together."""
        while True:
            roles = {role: self.standings(evening, role) for role in self.roles}
            suggestion = whom_to_ask(roles.values()).get(code)
            if suggestion is None or suggestion.seat is None:
                return
            passed = self.happens(self.chances.passes)
            has = Counter(name for names in evening.holders.values() for name in names)
            evening.askings.append(Asking(roles[code], has, suggestion, passed))
            if passed:
                evening.passed.add((code, suggestion.seat))
            else:
                evening.holders[code].append(suggestion.seat)

    def standings(self, evening: Evening, role: str) -> Role:
        around = tuple(self.standing(member, evening, role) for member in self.members.values())
        return Role(role, around, tuple(evening.holders[role]))

    def standing(self, member: Member, evening: Evening, role: str) -> Standing:
        held_at, came_along = self.turns.get((role, member.name), (None, False))
        return Standing(
            member.name,
            member.place,
            member.joined_at,
            held_at,
            came_along,
            willing=role not in member.rather_not,
            only_with_partner=role in member.only_with_partner,
            expected=member.name in evening.there,
            passed=(role, member.name) in evening.passed,
            has_been=member.name in self.been,
            opens=member.place == 0,
        )


def simulate(
    rng: Random, chances: Chances = Chances(), *, people: int = 6, meetings: int = 52, roles: Sequence[str] = ROLES
) -> list[Met]:
    """Let a circle meet week by week. The same `rng` makes the same year."""
    circle = Circle(rng, chances, roles)
    for _ in range(people):
        circle.take_a_seat(FIRST - WEEK)
    year = []
    for number in range(meetings):
        at = FIRST + number * WEEK
        if number:
            circle.come_and_go(at)
        year.append(circle.meet(at))
    return year


def turns(year: Iterable[Met]) -> Counter[tuple[str, str]]:
    """How often each (role, name) was held."""
    return Counter((role, name) for met in year for role, names in met.held.items() for name in names)


def table(year: Sequence[Met]) -> str:
    """Everybody's turns in plain columns, and at how many meetings they were."""
    there = Counter(name for met in year for name in met.there)
    held, roles = turns(year), list(year[0].held) if year else []
    rows = [["", "there", *roles]]
    rows += [[name, str(there[name]), *(str(held[role, name]) for role in roles)] for name in NAMES if there[name]]
    rows += [["nobody", "", *(str(sum(not met.held[role] for met in year)) for role in roles)]]
    return "\n".join("".join(f"{cell:<8}" if n == 0 else f"{cell:>13}" for n, cell in enumerate(row)) for row in rows)


def main() -> None:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    print(table(simulate(Random(seed))))  # noqa: S311 -- a rehearsal, nothing secret


if __name__ == "__main__":
    main()
