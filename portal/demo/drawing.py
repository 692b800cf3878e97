"""Pictures that the demo draws itself, in memory: five quiet motifs, each one a little different every time."""

import io
from collections.abc import Callable, Sequence
from math import cos, pi, sin
from random import Random

from PIL import Image, ImageDraw

WIDE, HIGH = 1000, 750  # px, as they are kept
FINE = 2  # drawn this much larger, then shrunk: Pillow's own edges are jagged
GRAIN = 0.05  # how much of the paper shows through the paint
STEPS = 12  # points drawn between two that are given

Point = tuple[float, float]
Shape = Sequence[Point]


class Sheet:
    """A sheet of paper, 1,000 units wide and 750 high."""

    def __init__(self, paper: str, rng: Random) -> None:
        self.rng = rng
        self.unit = WIDE * FINE / 1000
        self.image = Image.new("RGB", (WIDE * FINE, HIGH * FINE), paper)
        self.pen = ImageDraw.Draw(self.image)

    def cut(self, color: str, shape: Shape, by: float = 0) -> None:
        """Lay down a piece of paper; `by` is how unsteady the scissors are."""
        self.pen.polygon(self.scaled(self.shaken(shape, by)), fill=color)

    def paint(self, color: str, shape: Shape, by: float = 0) -> None:
        """Lay down a rounded patch of paint through these points."""
        self.cut(color, smooth(self.shaken(shape, by), closed=True))

    def line(self, color: str, shape: Shape, width: float, by: float = 0) -> None:
        """Draw along these points with a round brush."""
        points = self.scaled(smooth(self.shaken(shape, by), closed=False))
        self.pen.line(points, fill=color, width=round(width * self.unit), joint="curve")
        for x, y in (points[0], points[-1]):
            self.dot(color, (x / self.unit, y / self.unit), width / 2)

    def dot(self, color: str, at: Point, radius: float) -> None:
        (x, y), r = at, radius
        self.pen.ellipse(self.scaled([(x - r, y - r), (x + r, y + r)]), fill=color)

    def shaken(self, shape: Shape, by: float) -> list[Point]:
        return [(x + self.rng.uniform(-by, by), y + self.rng.uniform(-by, by)) for x, y in shape]

    def scaled(self, shape: Shape) -> list[Point]:
        return [(x * self.unit, y * self.unit) for x, y in shape]

    def finished(self) -> bytes:
        """The picture as a PNG, with the grain of the paper in it."""
        image = self.image.reduce(FINE)
        grain = Image.frombytes("L", (WIDE // 2, HIGH // 2), self.rng.randbytes(WIDE * HIGH // 4))
        image = Image.blend(image, grain.resize(image.size, Image.Resampling.BILINEAR).convert("RGB"), GRAIN)
        out = io.BytesIO()
        image.save(out, "PNG", compress_level=1)
        return out.getvalue()


def smooth(shape: Shape, closed: bool) -> list[Point]:
    """A curve through all points (Catmull and Rom's)."""
    ends = [shape[-1], *shape, shape[0], shape[1]] if closed else [shape[0], *shape, shape[-1]]
    curve = [
        (bend(a[0], b[0], c[0], d[0], step / STEPS), bend(a[1], b[1], c[1], d[1], step / STEPS))
        for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False)
        for step in range(STEPS)
    ]
    return curve if closed else [*curve, shape[-1]]


def bend(a: float, b: float, c: float, d: float, t: float) -> float:
    return b + t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))) / 2


def bowl(rng: Random) -> Sheet:
    """Cut paper: a dark bowl on a table, with fruit."""
    wall, table, inside, outside = rng.choice(
        [
            ("#d9d3c3", "#b9a98c", "#64747a", "#3d4a52"),
            ("#dfd6cc", "#a98f7f", "#7c7480", "#4a4254"),
            ("#d3d6c8", "#a7a58a", "#6f7d6c", "#3f4c42"),
        ]
    )
    sheet = Sheet(wall, rng)
    sheet.cut(table, [(0, 480), (320, 462), (680, 474), (1000, 456), (1000, 750), (0, 750)], by=5)
    middle = rng.uniform(460, 540)
    sheet.cut(inside, oval(middle, 388, 300, 44), by=2)
    count = rng.choice([2, 3, 3])
    colors = rng.sample(["#b4553a", "#cf8f3f", "#8d8a4a", "#a8474b", "#c9a64d"], count)
    for place, color in enumerate(colors):
        at = middle + (place - (count - 1) / 2) * rng.uniform(125, 145)
        fruit(sheet, color, at, rng.uniform(318, 346), rng.uniform(74, 92))
    rim = [(middle - 300 * cos(turn), 388 + 44 * sin(turn)) for turn in steps(0, pi)]
    belly = [(middle + 300 * cos(turn), 388 + 236 * sin(turn)) for turn in steps(0, pi)]
    sheet.cut(outside, [*rim, *belly], by=3)
    sheet.cut(outside, [(middle - 96, 600), (middle + 96, 600), (middle + 112, 640), (middle - 112, 640)], by=4)
    return sheet


def fruit(sheet: Sheet, color: str, x: float, y: float, r: float) -> None:
    sheet.paint(color, oval(x, y, r, 1.05 * r), by=4)
    lean = sheet.rng.uniform(-18, 18)
    sheet.line("#3b3324", [(x, y - r + 6), (x + lean / 3, y - r - 16), (x + lean, y - r - 34)], 7)


def hills(rng: Random) -> Sheet:
    """Gouache: hills one behind the other, under a pale sun."""
    sky, sun, *layers = rng.choice(
        [
            ("#aebfc6", "#f0e2b6", "#93a49c", "#7d8f86", "#5c6f64", "#4d5f55", "#2d3a35"),
            ("#cdb9a8", "#f3e3c3", "#ad9a95", "#8f7f82", "#6f6370", "#544b5c", "#332f3d"),
            ("#c3c7b4", "#f1e9c9", "#a3ab90", "#87927a", "#6a7861", "#4f5d4c", "#313b33"),
        ]
    )
    sheet = Sheet(sky, rng)
    sheet.dot(sun, (rng.uniform(560, 800), rng.uniform(150, 230)), rng.uniform(58, 76))
    for depth, color in enumerate(layers):
        top = 300 + 88 * depth
        ridge = [(x, top + rng.uniform(-58, 58) * (1 - depth / 9)) for x in range(-125, 1126, 125)]
        sheet.cut(color, [*smooth(ridge, closed=False), (1100, 760), (-100, 760)])
    branch(sheet, "#20261f", (rng.uniform(150, 320), 730), -pi / 2, 108, 15, 4)
    return sheet


def kettle(rng: Random) -> Sheet:
    """Brush and ink: a kettle on the stove, with steam."""
    paper, ink, wash = rng.choice([("#ece6d8", "#2c2a33", "#c3bcae"), ("#e6e7e0", "#23323a", "#b4bfbe")])
    sheet = Sheet(paper, rng)
    sheet.paint(wash, [(330, 430), (400, 350), (520, 325), (640, 352), (706, 440), (690, 590), (350, 590)], by=9)
    sheet.line(ink, [(346, 598), (328, 500), (356, 404), (440, 348), (520, 334)], 11, by=3)
    sheet.line(ink, [(520, 334), (610, 346), (680, 400), (712, 496), (694, 598)], 14, by=3)
    sheet.line(ink, [(340, 600), (520, 608), (700, 600)], 13, by=3)
    sheet.line(ink, [(452, 344), (520, 322), (590, 342)], 9, by=2)
    sheet.dot(ink, (520, 306), 17)
    sheet.line(ink, [(384, 384), (372, 250), (450, 172), (592, 170), (668, 250), (658, 384)], 13, by=4)
    sheet.line(ink, [(706, 470), (768, 440), (800, 380), (834, 352)], 13, by=3)
    sheet.line(ink, [(700, 540), (790, 500), (836, 430), (862, 366)], 11, by=3)
    for wisp in range(3):
        steam(sheet, wash, 850 + 18 * wisp, 330 - 14 * wisp)
    sheet.line(ink, [(120, 668), (420, 660), (700, 672), (900, 662)], 8, by=4)
    return sheet


def steam(sheet: Sheet, color: str, x: float, y: float) -> None:
    sway = sheet.rng.uniform(16, 34)
    rise = [(x + sway * sin(step * 1.3) + 5 * step, y - 48 * step) for step in range(6)]
    sheet.line(color, rise, 9, by=4)


def window(rng: Random) -> Sheet:
    """Chalk: a six-paned window at the end of the day, with a plant on its sill."""
    wall, cloth, frame, far, near, light = rng.choice(
        [
            ("#cfc7bb", "#ded8cc", "#6d5a52", "#9fb0b8", "#71857f", "#f0deb0"),
            ("#bfb7bd", "#a797a1", "#54434f", "#3f4a63", "#2c3347", "#e9c877"),
            ("#d4cdb9", "#c2a98b", "#7a6a4f", "#b7c3b4", "#86977f", "#f4e7c0"),
        ]
    )
    sheet = Sheet(wall, rng)
    sheet.cut(far, [(270, 90), (730, 90), (730, 560), (270, 560)])
    roofs = [(270, 430), (350, 380), (430, 428), (520, 428), (520, 372), (610, 372), (670, 410), (730, 396)]
    sheet.cut(near, [*roofs, (730, 560), (270, 560)], by=6)
    for _ in range(rng.choice([1, 2])):
        x, y = rng.choice([300, 448, 552, 640]), rng.uniform(452, 490)
        sheet.cut(light, [(x, y), (x + 34, y), (x + 34, y + 44), (x, y + 44)], by=2)
    for x in (270, 423, 577, 730):
        sheet.line(frame, [(x, 84), (x, 320), (x, 566)], 20 if x in (270, 730) else 11, by=2)
    for y in (90, 325, 560):
        sheet.line(frame, [(264, y), (500, y), (736, y)], 11 if y == 325 else 20, by=2)
    for edge, fall in ((270, -1), (730, 1)):
        hem = [(edge + fall * 190, 668), (edge + fall * 130, 682), (edge + fall * 60, 664), (edge - fall * 10, 676)]
        sheet.cut(cloth, [(edge - fall * 46, 40), (edge + fall * 150, 40), *hem], by=6)
    sheet.line(frame, [(90, 44), (500, 38), (910, 44)], 14, by=2)
    sheet.cut(frame, [(220, 572), (780, 572), (796, 610), (204, 610)], by=3)
    plant(sheet, rng.uniform(330, 400))
    return sheet


def plant(sheet: Sheet, x: float) -> None:
    for turn in steps(pi * 1.1, pi * 1.9)[::3]:
        length = sheet.rng.uniform(100, 170)
        tip = (x + length * cos(turn), 500 + length * sin(turn))
        bow = (x + length * 0.5 * cos(turn), 500 + length * 0.75 * sin(turn))
        sheet.line("#51654a", [(x, 505), bow, tip], 13, by=4)
    sheet.cut("#a4603f", [(x - 58, 492), (x + 58, 492), (x + 44, 580), (x - 44, 580)], by=3)


def tree(rng: Random) -> Sheet:
    """Ink and gouache: one tree in a field, in leaf."""
    sky, field, trunk, *leaves = rng.choice(
        [
            ("#d5d9d3", "#9aa287", "#3a332c", "#6f7f54", "#8b9663", "#a5a86f"),
            ("#dcd3c4", "#b09a72", "#3b2f2a", "#b4703a", "#c98f45", "#9c5638"),
            ("#cfd5db", "#a9ada4", "#35363b", "#b98c96", "#d0a9ad", "#e0c4c2"),
        ]
    )
    sheet = Sheet(sky, rng)
    sheet.cut(
        field, [*smooth([(-20, 600), (300, 572), (700, 592), (1020, 566)], closed=False), (1020, 760), (-20, 760)]
    )
    tips = branch(sheet, trunk, (rng.uniform(460, 540), 640), -pi / 2, 168, 34, 6)
    for x, y in tips:
        for _ in range(4):
            at = (x + rng.gauss(0, 24), y + rng.gauss(0, 20))
            sheet.dot(rng.choice(leaves), at, rng.uniform(7, 17))
    return sheet


def branch(sheet: Sheet, color: str, at: Point, turn: float, length: float, width: float, left: int) -> list[Point]:
    """Draw a branch with all that grows from it; returns the tips."""
    tip = (at[0] + length * cos(turn), at[1] + length * sin(turn))
    bow = ((at[0] + tip[0]) / 2 + sheet.rng.uniform(-6, 6), (at[1] + tip[1]) / 2)
    sheet.line(color, [at, bow, tip], max(width, 2.5))
    if left == 0:
        return [tip]
    spread = sheet.rng.uniform(0.32, 0.5)
    turns = [turn - spread, turn + spread] if left < 3 else [turn - spread, turn + 0.1, turn + spread]
    return [
        found
        for each in turns
        for found in branch(sheet, color, tip, each, length * sheet.rng.uniform(0.66, 0.78), width * 0.62, left - 1)
    ]


def oval(x: float, y: float, across: float, down: float) -> list[Point]:
    return [(x + across * cos(turn), y + down * sin(turn)) for turn in steps(0, 2 * pi)[:-1]]


def steps(start: float, end: float) -> list[float]:
    """Angles from one to the other, evenly apart."""
    return [start + (end - start) * step / 18 for step in range(19)]


MOTIFS: dict[str, Callable[[Random], Sheet]] = {
    "bowl": bowl,
    "hills": hills,
    "kettle": kettle,
    "window": window,
    "tree": tree,
}


def draw(motif: str, seed: int) -> bytes:
    """A picture as a phone would send it. The same seed draws the same picture."""
    return MOTIFS[motif](Random(f"{motif} {seed}")).finished()  # noqa: S311  nothing here is a secret
