"""The guide on a phone: nothing wider than it, nothing that axe finds, and nothing that needs a script."""

import re

import pytest

from tests.browsing import answered, chromium, needs_chromium
from tests.journeys.conftest import WIDE, Phone

pytestmark = needs_chromium

PAGES = [
    "/guide",
    "/guide/1",
    "/guide/1/1",
    "/guide/1/4",
    "/guide/3/3",
    "/guide/1/workshop",
    "/guide/1/exercises",
    "/guide/1/circle",
    "/guide/1/page",
    "/guide/1/print",
    "/guide/search?q=tired",
    "/guide/search?q=zebra",
    "/guide/search?q=sucide",
    "/guide/search?q=nobody+cmae+again",
    "/guide/letters",
]
STOPS = "(el) => Math.round(el.getBoundingClientRect().top)"


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(built):
    built.config["WTF_CSRF_ENABLED"] = True
    with answered(built) as found:
        yield found


@pytest.fixture
def hold(browser, address):
    held = []

    def new(**given) -> Phone:
        held.append(Phone(browser, address, **given))
        return held[-1]

    yield new
    for phone in held:
        phone.close()


@pytest.mark.parametrize(("scheme", "language"), [("light", "en-US"), ("dark", "es-MX")])
def test_every_kind_of_page_is_whole_on_a_phone(hold, scheme, language):
    phone = hold(scheme=scheme, language=language)
    for path in PAGES:
        assert phone.open(path).status == 200, path


def test_the_largest_and_widest_letters_stay_within_the_phone(hold, address):
    phone = hold()
    phone.context.add_cookies([{"name": "letters", "value": "largest.wide", "url": address}])
    for path in PAGES:
        assert phone.open(path).status == 200, path


@pytest.mark.parametrize("javascript", [True, False])
def test_letters_are_set_once_and_hold(hold, javascript):
    phone = hold(javascript=javascript)
    phone.open("/guide/1/1")
    usual = letters(phone)
    phone.follow("Larger letters, more space")
    phone.tab.get_by_label("Largest").check()
    phone.tab.get_by_label("More space between letters").check()
    phone.press("Use these")
    assert phone.path == "/guide/1/1"
    assert letters(phone) > 1.3 * usual
    phone.open("/guide/3")
    assert letters(phone) > 1.3 * usual


def letters(phone: Phone) -> float:
    """The size of the text in pixels, as it is shown."""
    return float(phone.tab.locator(".lead").first.evaluate("el => getComputedStyle(el).fontSize").removesuffix("px"))


@pytest.mark.parametrize("javascript", [True, False])
def test_a_word_opens_its_meaning_where_it_stands(hold, javascript):
    phone = hold(javascript=javascript)
    phone.open("/guide/1/1")
    word = phone.tab.locator("button.term").first
    word.scroll_into_view_if_needed()
    place = word.evaluate(STOPS)
    meaning = phone.tab.locator(".meaning").first
    assert not meaning.is_visible()
    word.click()
    assert meaning.is_visible()
    assert word.evaluate(STOPS) == place, "the page did not move"
    box = meaning.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= WIDE
    meaning.get_by_role("button", name="Close").click()
    assert not meaning.is_visible()


def test_a_word_is_a_button_that_says_whether_it_is_open(hold):
    phone = hold()
    phone.open("/guide/1/1")
    word = phone.tab.locator("button.term").first
    name = word.inner_text()
    assert told(phone, name) == {"role": "button", "expanded": False}
    word.focus()
    phone.tab.keyboard.press("Enter")
    assert phone.tab.locator(".meaning").first.is_visible()
    assert told(phone, name) == {"role": "button", "expanded": True}
    phone.tab.keyboard.press("Escape")
    assert not phone.tab.locator(".meaning").first.is_visible()


def told(phone: Phone, name: str) -> dict:
    """What a screen reader is told of the word."""
    nodes = phone.context.new_cdp_session(phone.tab).send("Accessibility.getFullAXTree")["nodes"]
    (word,) = [one for one in nodes if one.get("name", {}).get("value") == name and one["role"]["value"] == "button"]
    expanded = [one["value"]["value"] for one in word["properties"] if one["name"] == "expanded"]
    return {"role": "button", "expanded": expanded[0] if expanded else None}


def test_the_headings_of_a_lesson_are_reached_from_its_fold(hold):
    phone = hold(javascript=False)
    phone.open("/guide/1/1")
    phone.tab.get_by_text("On this page").click()
    phone.follow("Where we stop")
    assert phone.path == "/guide/1/1#" + phone.tab.get_by_role("heading", name="Where we stop").get_attribute("id")


def test_a_word_is_searched_from_the_first_page(hold):
    phone = hold(javascript=False)
    phone.open("/guide")
    phone.tab.get_by_label("Search the guide, in your own words").fill("TÍRED")
    phone.press("Search")
    assert phone.tab.title().startswith("Guide")
    phone.tab.locator(".found a").first.click()
    phone.tab.wait_for_load_state()
    assert re.match(r"/(guide|activities)/", phone.path)
