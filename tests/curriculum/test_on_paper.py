"""The guide on paper: no line of text is cut, neither between two pages nor at the edge of the paper.

What is proven: in the PDF that Chromium makes, each run of letters is drawn whole within the height that a page shows;
and laid out for paper, at the width of the page, nothing reaches over its edge. It says nothing of other browsers, or
of how well a page is filled.
"""

import re

import pytest

from portal.curriculum.shelf import look_through
from tests.browsing import answered, chromium, needs_chromium
from tests.paper import pages_of, runs

pytestmark = needs_chromium

GUIDE = look_through().guide
PAPERS = ("A4", "Letter")
PAPER = {"width": 672, "height": 900}  # what A4 leaves between its margins: 178 mm
TOO_WIDE = """() => [...document.querySelectorAll("main *")].filter(one => {
    const box = one.getBoundingClientRect()
    return box.width && (box.right > document.documentElement.clientWidth + 1 || box.left < -1)
}).map(one => one.outerHTML.slice(0, 80))"""
PIECES = [
    *(f"/guide/{one.module}/{one.order}" for one in GUIDE.lessons),
    *(f"/guide/{module}/workshop" for module in GUIDE.workshops),
    *(f"/guide/{module}/circle" for module in GUIDE.to_the_circle),
    *dict.fromkeys(f"/guide/{one.module}/exercises" for one in GUIDE.exercises),
    *(f"/activities/{key}" for key in GUIDE.activities),
]
HANDOUTS = [
    *(f"/guide/{one.module}/page" for one in GUIDE.handouts.values() if one.module),
    *(f"/guide/{one.module}/{one.order}/page" for one in GUIDE.lessons if one.handout in GUIDE.handouts),
]


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(built):
    with answered(built) as found:
        yield found


@pytest.fixture(scope="module", params=["en-US", "es-MX"])
def tab(browser, request):
    context = browser.new_context(locale=request.param, viewport=PAPER)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", [*PIECES, *HANDOUTS, "/guide", "/guide/1", "/guide/print"])
def test_no_line_is_cut(tab, address, path):
    tab.goto(address + path)
    tab.emulate_media(media="print")
    drawn = runs(tab.pdf(format="A4"))
    assert len(drawn) > 20
    assert not [run for run in drawn if run.is_cut()]
    assert not tab.evaluate(TOO_WIDE)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("path", HANDOUTS)
def test_a_handout_is_one_side(tab, address, path, paper):
    tab.goto(address + path)
    assert len(pages_of(tab.pdf(format=paper))) == 1


def test_letters_that_a_reader_made_large_are_whole_on_paper_too(browser, address):
    context = browser.new_context()
    context.add_cookies([{"name": "letters", "value": "largest.wide", "url": address}])
    tab = context.new_page()
    tab.goto(f"{address}/guide/1/1")
    drawn = runs(tab.pdf(format="A4"))
    assert max(run.size for run in drawn) > 16
    assert not [run for run in drawn if run.is_cut()]
    context.close()


def test_every_page_of_a_booklet_has_its_number(browser, address):
    """In the lower margin, where nothing else stands."""
    tab = browser.new_page()
    tab.goto(f"{address}/guide/1/print")
    pdf = tab.pdf(format="A4")
    pages = len(pages_of(pdf))
    assert pages > 5
    assert {run.page for run in runs(pdf) if run.y < 16 / 25.4 * 72} == set(range(1, pages + 1))


@pytest.mark.parametrize("paper", PAPERS)
def test_the_contents_of_the_whole_guide_are_one_side(tab, address, paper):
    tab.goto(f"{address}/guide/print")
    assert tab.evaluate("document.querySelectorAll('.contents a').length") > 60
    tab.evaluate("document.querySelectorAll('.booklet .part, .booklet .of-booklet').forEach(one => one.remove())")
    assert len(pages_of(tab.pdf(format=paper))) == 1


def test_a_booklet_leaves_out_what_can_be_pressed(browser, address):
    tab = browser.new_page()
    tab.goto(f"{address}/guide/1/print")
    tab.emulate_media(media="print")
    for hidden in (".dado", ".top nav", "form", "button.term", "details:not([open])"):
        assert not tab.locator(hidden).filter(visible=True).count(), hidden
    assert tab.get_by_role("navigation", name=re.compile("Contents")).is_visible()


def test_a_cut_line_would_be_seen(browser):
    """What cannot be broken is cut where it is longer than a page: so this test can fail."""
    tab = browser.new_page()
    lines = "<br>".join(f"Line {number} of many" for number in range(400))
    tab.set_content(f'<div style="overflow: hidden; contain: size; height: 5000px; line-height: 17.3px">{lines}</div>')
    drawn = runs(tab.pdf(format="A4"))
    assert [run for run in drawn if run.is_cut()]


def test_a_line_beyond_the_edge_would_be_seen(browser):
    tab = browser.new_page()
    tab.set_content('<main><p style="white-space: nowrap">' + "<i>word</i> <b>word</b> " * 200 + "</p></main>")
    assert tab.evaluate(TOO_WIDE)
