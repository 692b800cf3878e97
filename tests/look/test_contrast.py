"""Every pair of colors that meets on a page can be told apart, in daylight and by lamp (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re

import pytest

from portal.paths import STATIC, TEMPLATES

TOKENS = (STATIC / "css" / "tokens.css").read_text()
TEXT = 4.5
SHAPE = 3.0  # a border, an outline, a chair: whatever carries meaning without being text

PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "soft", "paint", "care") for ground in ("wall", "sheet")],
    ("on-fill", "fill", TEXT),
    ("on-dado", "dado", TEXT),
    ("on-light", "light", TEXT),
    ("soft", "glow", TEXT),  # the letter of someone away, where the light falls on that chair's place
    ("code", "on-code", 7.0),  # a QR code, read by a camera in a dim hall
    *[(line, ground, SHAPE) for line in ("edge", "fill", "paint", "care") for ground in ("wall", "sheet")],
    ("edge", "glow", SHAPE),
    ("fill", "glow", SHAPE),
    ("ink", "glow", SHAPE),  # the outline of the chair whose turn it is
]


def declared(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", css))


LIGHT = declared(TOKENS.split("@media")[0])
DARK = LIGHT | declared(TOKENS.split("prefers-color-scheme: dark", 1)[1].split("@media")[0])
PRINT = LIGHT | declared(TOKENS.split("@media print", 1)[1])


def luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(2 * digit for digit in color[1:])
    parts = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def test_the_measure_itself_knows_black_on_white():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", [LIGHT, DARK, PRINT], ids=["daylight", "lamp", "print"])
@pytest.mark.parametrize(("one", "other", "least"), PAIRS, ids=lambda part: str(part))
def test_what_is_laid_on_something_stands_out_from_it(scheme, one, other, least):
    assert contrast(scheme[one], scheme[other]) >= least


def test_the_browsers_own_bars_have_the_color_of_the_wall():
    layout = (TEMPLATES / "layout.html").read_text()
    bars = re.findall(r'name="theme-color" media="\(prefers-color-scheme: (light|dark)\)" content="(#\w+)"', layout)
    assert dict(bars) == {"light": LIGHT["wall"], "dark": DARK["wall"]}
