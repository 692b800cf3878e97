"""Help as it is printed for the wall, and read on a phone without a script."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browsing import answered, chromium, needs_chromium
from tests.paper import pages_of, runs

pytestmark = needs_chromium
SHEETS = 2  # printed on both sides


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.mark.parametrize("language", ["en-US", "es-MX"])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_all_of_help_fits_on_two_sheets_and_no_line_is_cut(app, browser, language, paper):
    with answered(app) as address, browser.new_context(locale=language) as context:
        tab = context.new_page()
        tab.goto(f"{address}/help")
        pdf = tab.pdf(format=paper)
    assert len(pages_of(pdf)) <= 2 * SHEETS
    drawn = runs(pdf)
    assert drawn
    assert not [run for run in drawn if run.is_cut()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_help_is_whole_without_a_script_at_any_width(app, browser, scheme, width):
    options = {"java_script_enabled": False, "color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    with answered(app) as address, browser.new_context(**options) as context:
        tab = context.new_page()
        tab.goto(f"{address}/help")
        first = tab.locator("a[href='tel:911']").first.bounding_box()
        assert first["y"] + first["height"] < 800, "the number for minutes that count is seen without scrolling"
        tab.get_by_role("link", name="Grief", exact=True).click()
        assert tab.locator("h3", has_text="Grief").bounding_box()["y"] < 800


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_listening_reader_meets_nothing_in_the_way(app, browser, scheme):
    options = {"bypass_csp": True, "color_scheme": scheme, "viewport": {"width": 360, "height": 800}}
    with answered(app) as address, browser.new_context(**options) as context:
        tab = context.new_page()
        tab.goto(f"{address}/help")
        assert [found["id"] for found in Axe().run(tab).response["violations"]] == []
        assert tab.evaluate("document.documentElement.scrollWidth") == 360
