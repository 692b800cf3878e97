"""What may happen when somebody misses two meetings in a row: what they chose beforehand, and only that.

The rule counts what was said and keeps no tally: it looks at the last two meetings that took place since the person
sat down. It knows no names, and nothing follows from it but a line on the page of whom the choice names.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

IN_A_ROW = 2  # meetings: one miss is nobody's business


class Wish(Enum):
    NOTHING = "nothing"
    CARE = "care"  # a few lines from whoever holds care at the next meeting
    ANYONE = "anyone"  # a few lines from whoever takes it upon themselves
    NAMED = "named"  # a few lines from one person of the circle


@dataclass(frozen=True)
class Choice:
    """What one person chose. `answered` is the start of the last missed meeting about which somebody has written."""

    wish: Wish = Wish.NOTHING
    who: str = ""  # the seat of the person named
    answered: datetime | None = None


@dataclass(frozen=True)
class Held:
    """A meeting that took place. A skipped one is none."""

    id: str
    starts_at: datetime


@dataclass(frozen=True)
class Due:
    """Who is asked to write, and up to which meeting that answers it."""

    wish: Wish
    who: str
    through: datetime


def due(
    lately: Iterable[Held], missed: Container[str], joined_at: datetime, choice: Choice, around: Container[str]
) -> Due | None:
    """What is due for somebody who sat down at `joined_at`.

    `lately` are the meetings that took place, newest first; `missed` those they missed, by id; `around` the seats.
    """
    wish = what_holds(choice, around)
    since = [held for held in lately if held.starts_at >= joined_at][:IN_A_ROW]
    if wish is Wish.NOTHING or len(since) < IN_A_ROW or any(held.id not in missed for held in since):
        return None
    if choice.answered and since[-1].starts_at <= choice.answered:
        return None
    return Due(wish, choice.who if wish is Wish.NAMED else "", since[0].starts_at)


def what_holds(choice: Choice, around: Container[str]) -> Wish:
    """What somebody wished for, or nothing where the person they named has left."""
    if choice.wish is Wish.NAMED and choice.who not in around:
        return Wish.NOTHING
    return choice.wish


def asks(due: Due, reader: str, missing: str, caring: Container[str]) -> bool:
    """Whether it is for this reader to write. `caring` are the seats that hold care at the next meeting."""
    if reader == missing:
        return False
    return due.wish is Wish.ANYONE or reader == due.who or (due.wish is Wish.CARE and reader in caring)
