"""Where the chairs stand when a circle's room is drawn from above."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from math import cos, radians, sin
from typing import Literal
from unicodedata import combining, normalize

State = Literal["plain", "turn", "away", "free"]

CENTER = 170  # of the drawing, which is 340 units wide and high
RADIUS = 112  # from the center of the room to the middle of a chair
STEP_BACK = 13  # how much further the chair of someone away stands
TILTS = (0, 5, -4, 3, -5, 4, -3)  # degrees; people leave chairs a little askew


@dataclass(frozen=True)
class Sitter:
    """Who holds a seat: nobody's name where the seat is free. `says` is what the list adds to the name."""

    name: str
    state: State = "plain"
    says: str = ""
    you: bool = False


@dataclass(frozen=True)
class Chair:
    """A seat in the drawing. `bearing` counts degrees clockwise from the bottom; `angle` adds the chair's tilt."""

    name: str
    letter: str
    state: State
    says: str
    you: bool
    x: int
    y: int
    bearing: int
    angle: int


def around(sitters: Sequence[Sitter]) -> list[Chair]:
    """Set the chairs of `sitters`, who come in seat order: the reader's own nearest, the rest clockwise."""
    seated = from_the_reader(sitters)
    places = zip(seated, letters([sitter.name for sitter in seated]), cycle(TILTS), strict=False)
    return [chair(sitter, letter, 360 * k / len(seated), tilt) for k, (sitter, letter, tilt) in enumerate(places)]


def from_the_reader(sitters: Sequence[Sitter]) -> list[Sitter]:
    first = next((k for k, sitter in enumerate(sitters) if sitter.you), 0)
    return [*sitters[first:], *sitters[:first]]


def chair(sitter: Sitter, letter: str, bearing: float, tilt: int) -> Chair:
    radius = RADIUS + (STEP_BACK if sitter.state == "away" else 0)
    return Chair(
        sitter.name,
        letter,
        sitter.state,
        sitter.says,
        sitter.you,
        x=round(CENTER - radius * sin(radians(bearing))),
        y=round(CENTER + radius * cos(radians(bearing))),
        bearing=round(bearing),
        angle=round(bearing + tilt),
    )


def letters(names: Sequence[str]) -> list[str]:
    """The letter for each chair, from the shown name: one, or two where two people share it."""
    ones = [beginning(name, 1) for name in names]
    shared = {one for one, times in Counter(ones).items() if times > 1}
    return [beginning(name, 2) if one in shared else one for name, one in zip(names, ones, strict=True)]


def beginning(name: str, count: int) -> str:
    """The first `count` letters, each with its accents and vowel marks, the first one a capital."""
    marks: list[str] = []
    for sign in normalize("NFC", name.strip()):
        if combining(sign) and marks:
            marks[-1] += sign
        else:
            marks.append(sign)
    taken = marks[:count]
    return "".join([taken[0].upper(), *taken[1:]]).rstrip() if taken else ""
