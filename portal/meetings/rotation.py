"""Who is asked to hold which role at the next meeting, and why.

For each role, the facilitator's first and then the others in the circle's order: the willing person, expected to be
there, who has gone longest since holding it. Nobody is asked for a second role while someone who has none is willing.
Only holding counts: a pass leaves no trace here, so whoever passes is still the next to be asked. Who answered "with a
partner" is asked together with the next in the same order, and it counts as held for both. Ties go by seat order, with
one exception: of two who held a role together, the one who came along waits behind the one who was asked. So it is a
row: the first, or the first two, go to its end as they stood. The rule keeps no score and knows no names.

What follows from it. Ana is *free* for a role while she is there, not for the first time, willing, and holds no other
role of that meeting.

*Within one.* Over any stretch of meetings at which whoever was asked held the role, Bo has it at most once more than
Ana, counting of his turns only those at meetings where she was free for it. Say he has it twice without her, and look
at what comes between. After the first time she has waited longer than he has. Free, she then stands before him: he
can hold it only if she does, and if they hold it together it is he who comes along, so she still stands before him.
This ends only when she holds it without him, or beside him as her second role: a turn of hers that counts none for
him. So between any two such turns of his there is one of hers. Nobody has another role when the facilitator is chosen:
turns as facilitator differ by at most one, with partners as without. To settle a pair by seat order would break this:
where Ana says "with a partner" and Bo sits before her, he would hold it every time and she every second time.

*Plain turns of the other roles know no bound*: who alone is willing to facilitate never keeps time; and even where all
of seven want all of six roles, the sixth can fall to whom the others leave it, again and again to the same. Where all
want two roles and nobody needs a partner, turns at the second differ by at most two: from each order in which two to
eight people can stand for it, meetings were counted until they repeat.

*Nobody waits for ever.* Whoever joins has waited less than Ana; whoever was away kept their place, before her or
behind, and so did she, who counts from when she joined though she is asked only once she has been at a meeting;
whoever holds the role, asked or not, goes behind her. So before she is asked, each of those who stood before
her when she last held it (or joined) holds it once at most at the meetings where she is free. Only who is asked each
time and never answers keeps others waiting; anyone may take the role.

*Not again and again.* Where all of n people are free for everything and nobody needs a partner, n - i others hold the
i-th role between two turns of one person: i - 1 people have the roles before it, and the n - i who are left and not
asked stand behind the one who is, so they have held it since.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

FACILITATOR_WITHIN = 1  # turns, of anyone else willing and there; proof above
OTHERS_WITHIN = 1  # the same, but not counting what others held while one had another role
SECOND_WITHIN = 2  # plain turns at the second role, where everybody wants both and nobody needs a partner


@dataclass(frozen=True)
class Standing:
    """What the rule may know of one seat, for one role and one meeting. Instants are naive UTC."""

    seat: str
    place: int  # seat order around the table; settles ties
    joined_at: datetime
    held_at: datetime | None = None  # start of the last meeting at which they held the role
    came_along: bool = False  # that time, as the partner of whoever was asked
    willing: bool = True
    only_with_partner: bool = False
    expected: bool = True  # at this meeting
    passed: bool = False  # on this meeting; earlier passes are not known to anyone
    has_been: bool = True  # at a meeting of this circle before this one
    opens: bool = False  # the circle's first meeting is theirs

    @property
    def waiting_since(self) -> datetime:
        return self.joined_at if self.held_at is None else self.held_at

    def may_be_asked(self, is_first: bool) -> bool:
        """Nobody is at their own first meeting; at the circle's first, only whoever opens it is."""
        knows_it = self.opens if is_first else self.has_been
        return knows_it and self.willing and self.expected and not self.passed


@dataclass(frozen=True)
class Role:
    """One role of one meeting: everybody's standing, and who has said yes, in the order in which they did."""

    code: str
    around: tuple[Standing, ...]
    holders: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        return bool(self.holders) and not self.wants_company

    @property
    def wants_company(self) -> bool:
        """Only one has said yes so far, who would rather not hold it alone."""
        return len(self.holders) == 1 and any(
            one.only_with_partner for one in self.around if one.seat == self.holders[0]
        )


class Why(Enum):
    OPENS = auto()  # the circle has not met before
    HELD_BEFORE = auto()  # `since` is when they last held the role
    NEVER_HELD = auto()  # `since` is when they joined
    NOBODY = auto()  # says the same whatever keeps people from it: a pass must not show


@dataclass(frozen=True)
class Suggestion:
    """One seat to ask, or none, and the reason: a fact about the person asked and about nobody else."""

    seat: str | None
    why: Why
    since: datetime | None = None
    partner: str | None = None  # who would hold it with them, where they answered "with a partner"

    @property
    def seats(self) -> tuple[str, ...]:
        return tuple(seat for seat in (self.seat, self.partner) if seat is not None)


NOBODY = Suggestion(None, Why.NOBODY)
NO_OTHER_ROLE: Mapping[str, int] = {}


def is_first_of(around: Iterable[Standing]) -> bool:
    """Whether this is the circle's first meeting: one to which nobody came was none."""
    return not any(one.has_been for one in around)


def whom_to_ask(roles: Iterable[Role]) -> dict[str, Suggestion]:
    """Choose for each role of one meeting, by its code, that still wants somebody. The facilitator's role comes first.

    The circle's first meeting has only a facilitator, because everybody else is new to it.
    """
    roles = list(roles)
    has = Counter(seat for role in roles for seat in role.holders)
    chosen = {}
    for role in roles:
        if role.is_settled:
            continue
        is_new_to_all = is_first_of(role.around) and role is not roles[0]
        asked = NOBODY if is_new_to_all else suggest(role.around, has, role.holders)
        has.update(asked.seats)
        chosen[role.code] = asked
    return chosen


def suggest(
    around: Collection[Standing], has: Mapping[str, int] = NO_OTHER_ROLE, beside: Collection[str] = ()
) -> Suggestion:
    """Choose whom to ask for one role. `has` tells how many roles of this meeting each seat has already.

    `beside` is who said yes to this one and wants company: whoever is asked then will not be alone.
    """
    is_first = is_first_of(around)
    able = [one for one in in_order(around, has) if one.may_be_asked(is_first) and one.seat not in beside]
    if not able:
        return NOBODY
    asked, *others = able
    if beside or not asked.only_with_partner:
        return _because(asked, is_first)
    return _because(asked, is_first, others[0].seat) if others else NOBODY


def in_order(around: Iterable[Standing], has: Mapping[str, int] = NO_OTHER_ROLE) -> list[Standing]:
    """Order everyone as they would be asked for one role, could they all be."""
    return sorted(around, key=lambda one: (has.get(one.seat, 0), one.waiting_since, one.came_along, one.place))


def _because(asked: Standing, is_first: bool, partner: str | None = None) -> Suggestion:
    if is_first:
        return Suggestion(asked.seat, Why.OPENS, None, partner)
    why = Why.NEVER_HELD if asked.held_at is None else Why.HELD_BEFORE
    return Suggestion(asked.seat, why, asked.waiting_since, partner)
