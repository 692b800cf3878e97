"""What style sheets and templates keep to: the oldest browsers, the content policy, the first view's budget."""

import hashlib
import re

import pytest

from portal.paths import STATIC, TEMPLATES

SHEETS = sorted((STATIC / "css").glob("*.css"))
PAGES = sorted(TEMPLATES.rglob("*.html"))
OUR_SCRIPTS = sorted((STATIC / "js").glob("*.js"))
KEEPING = {"keep.js", "kept.js", "worker.js"}  # the guide, for reading without a network; tests/journeys opens them

sheets = pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
pages = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))


def rules(sheet) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)


@sheets
def test_nothing_in_a_sheet_knows_left_from_right(sheet):
    physical = re.findall(
        r"(?:margin|padding|border|scroll-padding|scroll-margin)-(?:left|right|top|bottom)\b"
        r"|[;{]\s*(?:left|right|top|bottom|width|height)\s*:"
        r"|(?:float|clear|text-align)\s*:\s*(?:left|right)",
        rules(sheet),
    )
    assert not physical


@sheets
def test_colors_and_sizes_of_type_stand_only_among_the_tokens(sheet):
    if sheet.name == "tokens.css":
        return
    text = re.sub(r"font: 20px var\(--serif\)", "", rules(sheet))  # units of the drawing, which scales as a whole
    assert not re.findall(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(", text)
    assert not re.findall(r"font-size: ?(?!var\(--t-)[^; ]+|font: ?(?!var\(--t-|inherit)[^; ]+", text)


@sheets
def test_every_token_that_is_used_exists(sheet):
    known = set(re.findall(r"(--[\w-]+):", (STATIC / "css" / "tokens.css").read_text()))
    assert set(re.findall(r"var\((--[\w-]+)", rules(sheet))) <= known


@sheets
def test_old_phones_understand_every_rule(sheet):
    """The floor is Safari 15.0, Chrome 90 and Firefox 91."""
    text = rules(sheet)
    assert not re.findall(r"light-dark\(|color-mix\(|:has\(|@layer|@container|@scope|@import", text)
    assert not re.findall(r"\(\s*(?:width|height)\s*[<>]|\d(?:dvh|svh|lvh)\b|\bfloat\b", text)
    depth = deepest = 0
    for sign in text:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        deepest = max(deepest, depth)
    assert depth == 0, "a brace is missing"
    assert deepest <= 2, "a rule is nested"


@sheets
def test_a_sheet_is_quiet_paint(sheet):
    assert not re.findall(r"box-shadow|text-shadow|gradient\(|backdrop-filter|animation|@keyframes|url\(", rules(sheet))


@sheets
def test_motion_happens_only_for_those_who_do_not_mind(sheet):
    moving = re.sub(r"@media \(prefers-reduced-motion: no-preference\) \{.*?\n\}", "", rules(sheet), flags=re.S)
    assert "transition" not in moving


@pages
def test_a_template_holds_no_style_and_no_script_of_its_own(page):
    markup = page.read_text()
    assert not re.findall(r"\sstyle\s*=|<style|\son\w+\s*=|javascript:|hx-on", markup)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", markup))
    assert not re.findall(r"<script[^>]*>[^<]", markup)


@pages
def test_a_template_asks_nothing_of_another_site(page):
    loaded = re.findall(
        r"<(?:link|script|img|source|iframe|use)[^>]*?(?:src|href)\s*=\s*[\"']\s*(?:https?:)?//", page.read_text()
    )
    assert not loaded


@pages
def test_a_template_imports_no_macro_that_it_never_calls(page):
    text = re.sub(r"{#.*?#}", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    imports = re.findall(r"{% from \"[^\"]+\" import (.*?)(?: with context)? %}", text)
    names = [name.split()[-1] for line in imports for name in line.split(",")]
    assert [name for name in names if not re.search(rf"\b{name}\(", text)] == []


@pytest.mark.parametrize("script", OUR_SCRIPTS, ids=lambda path: path.name)
def test_our_scripts_keep_nothing_in_the_browser(script):
    """But for the guide, in caches of its own, where somebody wants it kept."""
    code = re.sub(r"//.*", "", script.read_text())
    assert not re.findall(r"localStorage|sessionStorage|indexedDB|document\.cookie|eval\(|innerHTML", code)
    assert "caches" not in code or script.name in KEEPING


def test_what_others_wrote_is_what_they_published():
    """VERSIONS.txt names each vendored file with its version and, on the next line, its SHA-256."""
    vendor = STATIC / "vendor"
    named = dict(re.findall(r"^(\S+\.js) .*\n\s+([0-9a-f]{64})$", (vendor / "VERSIONS.txt").read_text(), flags=re.M))
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in vendor.glob("*.js")}
    assert named == found


def test_the_frame_of_the_circles_page_leaves_room_for_the_page():
    """First view at most 45 KB in 6 requests, nothing compressed: the page itself and these five."""
    frame = ["css/tokens.css", "css/base.css", "css/circles.css", "js/leave.js", "icon/panes.svg"]
    assert sum((STATIC / name).stat().st_size for name in frame) < 18 * 1024
