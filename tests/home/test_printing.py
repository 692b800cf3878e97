"""On paper stands what a page says, without its doors: no Leave, no Help, no buttons."""

import pytest

from portal.db import utcnow
from tests.browsing import answered, chromium, needs_chromium, tab_of
from tests.cast import PASSPHRASE
from tests.meetings.conftest import set_series

pytestmark = needs_chromium
SHOWN = """(selector) => [...document.querySelectorAll(selector)].filter(
    (one) => one.getClientRects().length && getComputedStyle(one).visibility !== "hidden").length"""
# An explained word is a button on the screen, and text on paper.
DOORS = (".dado", "a[href='/leave']", ".skip", ".top nav", ".acts", "button:not(.term)")


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture
def tab(browser, app, ana, cast):
    with answered(app) as address, tab_of(browser, address, ana) as tab:
        tab.address = address
        yield tab


def shown(tab, selector: str) -> int:
    return tab.evaluate(SHOWN, selector)


def assert_prints_without_doors(tab) -> None:
    tab.emulate_media(media="screen")
    assert shown(tab, ".dado") == 1
    assert shown(tab, ".top nav") == 1
    tab.emulate_media(media="print")
    for selector in DOORS:
        assert shown(tab, selector) == 0, selector
    assert shown(tab, "h1") == 1


def test_a_meeting_prints_with_its_day_and_place_and_nothing_to_press(tab, cast):
    meeting = set_series(cast["Ana"].seat(), utcnow())[0]
    tab.goto(f"{tab.address}/c/{cast.table}/meetings/{meeting.id}")
    assert shown(tab, ".acts") > 0
    assert_prints_without_doors(tab)
    assert "The back room of the library" in tab.locator("main").inner_text()


def test_a_lesson_prints_as_text(tab):
    tab.goto(f"{tab.address}/guide/1/1")
    assert shown(tab, ".piece p") > 3
    assert_prints_without_doors(tab)
    assert shown(tab, ".piece p") > 3


def test_a_code_prints_in_its_frame_without_the_way_on(tab):
    tab.goto(f"{tab.address}/me/code")
    tab.get_by_label("The passphrase you use now").fill(PASSPHRASE)
    tab.get_by_role("button", name="Show me a code").click()
    tab.locator(".slip").wait_for()
    assert shown(tab, ".noprint") == 2
    assert_prints_without_doors(tab)
    assert shown(tab, ".noprint") == 0
    assert shown(tab, ".slip b") == 2
