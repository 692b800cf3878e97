"""“Take my things”: what each room keeps that somebody made. A room adds its own by `gathers`."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

NAME_LENGTH = 60  # characters
UNFIT = re.compile(r"[^\w ()’'-]+")  # what some phone or computer would not take in a file's name


@dataclass(frozen=True)
class Thing:
    """One file of what is taken. `kind` is how its name ends; the instant is when it was made, naive UTC."""

    folder: str
    title: str
    kind: str
    made_at: datetime
    content: bytes

    @property
    def name(self) -> str:
        title = UNFIT.sub(" ", self.title)[:NAME_LENGTH].strip()
        return f"{self.folder}/{self.made_at:%Y-%m-%d} {title}".strip()


ROOMS: list[Callable[[], Iterable[Thing]]] = []


def gathers(do: Callable[[], Iterable[Thing]]) -> Callable[[], Iterable[Thing]]:
    """Have a room's things taken along: a function that yields those of whoever is signed in."""
    ROOMS.append(do)
    return do


def everything() -> Iterator[Thing]:
    return (thing for room in ROOMS for thing in room())
