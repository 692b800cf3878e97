"""The hours of somebody's week, by the clock on their own wall: which of them work, which only if need be."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import groupby

CELL = 30  # minutes: as finely as people say when they have time
DAY = 24 * 60 // CELL  # cells
WEEK = 7 * DAY


class Answer(IntEnum):
    """How an hour suits someone. Of several hours in a row, the least good one counts."""

    NO = 0
    IF_NEED_BE = 1
    WORKS = 2


@dataclass(frozen=True)
class Line:
    """The same hours on some days: what one line of a page says."""

    days: tuple[int, ...]  # Monday is 0
    begins: int  # minutes after midnight
    ends: int
    answer: Answer


@dataclass(frozen=True)
class Week:
    """A sign for each half hour from Monday, 0:00, on: the number of its answer. `zone` is an IANA name."""

    zone: str
    cells: str = "0" * WEEK

    def __post_init__(self) -> None:
        if len(self.cells) != WEEK or set(self.cells) - set("012"):
            raise ValueError("a week has 336 half hours, each with one of three answers")

    def marked(self, days: Iterable[int], begins: int, ends: int, answer: Answer) -> "Week":
        """The week with these hours said anew, in minutes after midnight; the other hours stay as they were."""
        cells = list(self.cells)
        for day in days:
            hours = slice(day * DAY + begins // CELL, day * DAY + ends // CELL)
            cells[hours] = str(int(answer)) * ((ends - begins) // CELL)
        return replace(self, cells="".join(cells))

    def answer(self, minute: int, minutes: int) -> Answer:
        """How it suits to meet from a minute of the week on, for so many minutes; Sunday night runs into Monday."""
        begins, ends = minute // CELL, -(-(minute + minutes) // CELL)
        return Answer(int(min((self.cells * 2)[begins:ends])))

    def is_empty(self) -> bool:
        return not self.cells.strip("0")

    def lines(self) -> list[Line]:
        """All that was marked, in the order of the week; days with the same hours stand together."""
        same: dict[tuple[int, int, Answer], list[int]] = {}
        for day in range(7):
            for stretch in self.stretches(day):
                same.setdefault(stretch, []).append(day)
        return [Line(tuple(days), *stretch) for stretch, days in same.items()]

    def stretches(self, day: int) -> list[tuple[int, int, Answer]]:
        found, at = [], 0
        for sign, cells in groupby(self.cells[day * DAY : (day + 1) * DAY]):
            ends = at + len(list(cells)) * CELL
            if sign != "0":
                found.append((at, ends, Answer(int(sign))))
            at = ends
        return found
