"""Who is asked to hold a role at the next meeting, and why.

The willing member, expected to be there, who has gone longest since holding the role. Only holding counts: a pass
leaves no trace here, so whoever passes is still the next to be asked. The rule keeps no score and knows no names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto


@dataclass(frozen=True)
class Standing:
    """What the rule may know of one seat, for one role and one meeting. Instants are naive UTC."""

    seat: str
    place: int  # seat order around the table; settles ties
    joined_at: datetime
    held_at: datetime | None = None  # start of the last meeting at which they held the role
    willing: bool = True
    expected: bool = True  # at this meeting; nobody can say yet that they will be away
    passed: bool = False  # on this meeting; earlier passes are not known to anyone
    opens: bool = False  # the circle's first meeting is theirs

    @property
    def waiting_since(self) -> datetime:
        return self.joined_at if self.held_at is None else self.held_at

    @property
    def may_be_asked(self) -> bool:
        return self.willing and self.expected and not self.passed


class Why(Enum):
    OPENS = auto()  # the circle has not met before
    HELD_BEFORE = auto()  # `since` is when they last held the role
    NEVER_HELD = auto()  # `since` is when they joined
    NOBODY = auto()  # says the same whether people passed, are away or would rather not: a pass must not show


@dataclass(frozen=True)
class Suggestion:
    """One seat to ask, or none, and the reason: a fact about the person asked and about nobody else."""

    seat: str | None
    why: Why
    since: datetime | None = None


NOBODY = Suggestion(None, Why.NOBODY)


def suggest(around: Iterable[Standing], last_met: datetime | None) -> Suggestion:
    """Choose whom to ask. `last_met` is the start of the meeting before this one, None before the circle's first."""
    able = [standing for standing in around if standing.may_be_asked]
    if last_met is None:
        return _opening(able)
    able = [standing for standing in able if _has_met(standing, last_met)]
    if not able:
        return NOBODY
    asked = min(able, key=lambda standing: (standing.waiting_since, standing.place))
    why = Why.NEVER_HELD if asked.held_at is None else Why.HELD_BEFORE
    return Suggestion(asked.seat, why, asked.waiting_since)


def _opening(able: list[Standing]) -> Suggestion:
    """Ask whoever opens. Everyone else would be at their first meeting, and nobody is asked at that."""
    openers = sorted((standing for standing in able if standing.opens), key=lambda standing: standing.place)
    return Suggestion(openers[0].seat, Why.OPENS) if openers else NOBODY


def _has_met(standing: Standing, last_met: datetime) -> bool:
    return standing.joined_at <= last_met
