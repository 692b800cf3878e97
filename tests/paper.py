"""Where the text of a PDF stands, as far as Chromium writes one: enough to see a line that is cut.

A line of text that a page break cuts through is drawn on both pages and clipped on each. So each run of glyphs is read
with the place it is drawn at and the area that is clipped to then; nothing is known of which letters they are.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]  # left, bottom, right, top, in points from the lower left of the paper

ONE: Matrix = (1, 0, 0, 1, 0, 0)
ABOVE, BELOW = 0.66, 0.2  # of the size of the letters: what most of them reach above and below their line
OBJECT = re.compile(rb"^(\d+) 0 obj\n(.*?)^endobj", re.MULTILINE | re.DOTALL)
TOKEN = re.compile(rb"\[|\]|<<|>>|<[0-9A-Fa-f\s]*>|\((?:\\.|[^\\()])*\)|/[^\s/<>\[\]()]+|[^\s/<>\[\]()]+")


@dataclass(frozen=True)
class Run:
    """Letters drawn from one place on."""

    page: int
    x: float
    y: float
    size: float
    clip: Box

    def is_cut(self) -> bool:
        """Part of its height is seen and part is not."""
        low, high = self.y - BELOW * self.size, self.y + ABOVE * self.size
        seen = min(high, self.clip[3]) - max(low, self.clip[1])
        return 0.02 * self.size < seen < (ABOVE + BELOW) * self.size - 0.5


def pages_of(pdf: bytes) -> list[bytes]:
    """The drawing of each page."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    pages = [body for body in objects.values() if re.search(rb"/Type\s*/Page\b", body)]
    numbers = [re.search(rb"/Contents (\d+) 0 R", body) for body in pages]
    return [stream(objects[int(found[1])]) for found in numbers if found]


def stream(body: bytes) -> bytes:
    drawn = body[re.search(rb"stream\r?\n", body).end() :]
    return zlib.decompressobj().decompress(drawn) if b"/FlateDecode" in body else drawn


def runs(pdf: bytes) -> list[Run]:
    return [run for number, drawing in enumerate(pages_of(pdf), 1) for run in runs_of(number, drawing)]


def runs_of(page: int, drawing: bytes) -> Iterator[Run]:
    state: dict = {"ctm": ONE, "clip": (-9e9, -9e9, 9e9, 9e9), "size": 0.0}
    kept: list[dict] = []
    line = here = ONE
    path: list[Box] = []
    given: list[bytes] = []
    for token in TOKEN.findall(drawing):
        if re.match(rb"[-+.\d/<(\[\]]", token):
            given.append(token)
            continue
        numbers = [float(one) for one in given if re.fullmatch(rb"[-+]?[\d.]+(?:[eE][-+]?\d+)?", one)]
        match token:
            case b"q":
                kept.append(dict(state))
            case b"Q":
                state = kept.pop()
            case b"cm":
                state["ctm"] = times(tuple(numbers), state["ctm"])
            case b"re":
                path.append(box(numbers, state["ctm"]))
            case b"W" | b"W*" if len(path) == 1:
                state["clip"] = both(state["clip"], path[0])
            case b"n" | b"f" | b"f*" | b"S" | b"B":
                path = []
            case b"m" | b"l" | b"c":
                path.append((-9e9, -9e9, 9e9, 9e9))
            case b"BT":
                line = here = ONE
            case b"Tf":
                state["size"] = numbers[-1]
            case b"Tm":
                line = here = tuple(numbers)
            case b"Td":
                line = here = times((1, 0, 0, 1, *numbers), line)
            case b"Tj" | b"TJ":
                whole = times(here, state["ctm"])
                yield Run(page, whole[4], whole[5], state["size"] * abs(whole[3]), state["clip"])
        given = []


def times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def box(rectangle: list[float], matrix: Matrix) -> Box:
    x, y, wide, high = rectangle
    corners = [times((1, 0, 0, 1, x + right * wide, y + up * high), matrix)[4:] for right in (0, 1) for up in (0, 1)]
    return (
        min(corner[0] for corner in corners), min(corner[1] for corner in corners),
        max(corner[0] for corner in corners), max(corner[1] for corner in corners),
    )  # fmt: skip


def both(one: Box, other: Box) -> Box:
    return (max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]))
