"""What the page offers when fewer may come than the circle's own least.

It takes numbers and gives ways to go on. It cannot blame or name anybody, because it is never told who.
"""

from dataclasses import dataclass
from enum import Enum, auto

LOWEST = 2  # one person alone is no meeting


class Way(Enum):
    MEET = auto()  # as those who can
    MOVE = auto()
    NOTE = auto()  # a few kind words to everyone


@dataclass(frozen=True)
class Outlook:
    """A coming meeting in numbers."""

    seated: int
    away: int  # said that they cannot come
    seats: int  # at the whole table
    least: int | None = None  # the circle's own number; none unless it sets one
    settled: bool = False  # they have said that they meet as those who can
    has_begun: bool = False
    has_note: bool = False


def is_short(outlook: Outlook) -> bool:
    """Whether fewer are expected than the circle's least. A least above the number of seats means all of them."""
    if outlook.least is None:
        return False
    return outlook.seated - outlook.away < min(outlook.least, outlook.seats)


def ways(outlook: Outlook) -> tuple[Way, ...]:
    """What is offered: nothing while enough are expected, once it is settled, or when people are together already."""
    if not is_short(outlook) or outlook.settled or outlook.has_begun:
        return ()
    return (Way.MEET, Way.MOVE) if outlook.has_note else (Way.MEET, Way.MOVE, Way.NOTE)


def may_be(seats: int) -> range:
    """The numbers that a circle can choose from."""
    return range(LOWEST, seats + 1)
