"""Which activities fit what a circle has tonight, which wish stands in the way, and an honest draw.

What an activity leaves open rules nothing out; only a flag, which somebody relies on, must be promised.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from portal.curriculum.pieces import ENERGIES, FAMILIES, FLAGS, MEETING_PLACES

OWN = "own:"  # before the id of one that a circle wrote itself, where one of the guide's stands with its key
NOTHING, FREE, SMALL = NEEDS = ("nothing", "free", "small")  # no things; things that cost nothing; a little money
ANY_NUMBER = (1, 20)  # people


@dataclass(frozen=True)
class Facts:
    """What is chosen by. A family or energy of "" is left open."""

    minutes: tuple[int, int]
    people: tuple[int, int] = ANY_NUMBER
    family: str = ""
    energy: str = ""
    place: tuple[str, ...] = MEETING_PLACES
    needs: str = NOTHING
    flags: frozenset[str] = field(default_factory=frozenset)

    @property
    def suits_any_number(self) -> bool:
        return self.people == ANY_NUMBER

    @property
    def costs(self) -> bool:
        return self.needs == SMALL


class Choosable(Protocol):
    @property
    def facts(self) -> Facts: ...


Thing = TypeVar("Thing", bound=Choosable)
Drawn = TypeVar("Drawn")

CAN = "can"  # the one name under which several may be wished for at once
CODES: dict[str, tuple[str, ...]] = {
    "minutes": ("5", "10", "15", "20", "30", "45", "60"),
    "people": tuple(str(number) for number in range(ANY_NUMBER[0], ANY_NUMBER[1] + 1)),
    "energy": ENERGIES,
    "needs": (NOTHING, FREE),
    "place": MEETING_PLACES,
    "family": FAMILIES,
    CAN: FLAGS,
}
MEETS: dict[str, Callable[[str, Facts], bool]] = {
    "minutes": lambda code, facts: facts.minutes[0] <= int(code),
    "people": lambda code, facts: facts.people[0] <= int(code) <= facts.people[1],
    "energy": lambda code, facts: facts.energy in ("", code),
    "needs": lambda code, facts: NEEDS.index(facts.needs) <= NEEDS.index(code),
    "place": lambda code, facts: code in facts.place,
    "family": lambda code, facts: facts.family in ("", code),
    CAN: lambda code, facts: code in facts.flags,
}


@dataclass(frozen=True)
class Wish:
    """One thing asked for, as it stands in an address."""

    name: str
    code: str

    def is_met_by(self, facts: Facts) -> bool:
        return MEETS[self.name](self.code, facts)


def wishes(asked: Iterable[tuple[str, str]]) -> tuple[Wish, ...]:
    """What of an address is a wish, in the order of the form; of two that exclude each other, the first."""
    found: dict[tuple[str, str], Wish] = {}
    for name, code in asked:
        if code in CODES.get(name, ()):
            found.setdefault((name, code if name == CAN else ""), Wish(name, code))
    order = list(CODES)
    return tuple(sorted(found.values(), key=lambda one: (order.index(one.name), CODES[one.name].index(one.code))))


def fitting(wished: Iterable[Wish], among: Iterable[Thing]) -> list[Thing]:
    """Those that meet every wish, in their order."""
    wished = tuple(wished)
    return [one for one in among if all(wish.is_met_by(one.facts) for wish in wished)]


def in_the_way(wished: Sequence[Wish], among: Sequence[Choosable]) -> list[tuple[Wish, int]]:
    """The wishes without which something would fit, each with how much; what brings most comes first.

    None where something fits already, and none where no single one of them is to blame.
    """
    if fitting(wished, among):
        return []
    without = [(one, len(fitting([other for other in wished if other != one], among))) for one in wished]
    return sorted(((one, count) for one, count in without if count), key=lambda found: -found[1])


def drawn(among: Sequence[Drawn], choose: Callable[[Sequence[Drawn]], Drawn] = secrets.choice) -> Drawn | None:
    """One of them, each with the same chance; None where there is none."""
    return choose(among) if among else None
