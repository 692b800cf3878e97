"""The plan of an evening is one page of paper, with nothing on it that can be pressed."""

import re

import pytest

from portal.meetings.forms.plan import STARTS
from portal.meetings.models.plans import write_plan
from portal.meetings.plan import Block, Place
from tests.browsing import answered, chromium, needs_chromium, tab_of

pytestmark = needs_chromium
PLACE = Place("The back room of the library, 40 Elm Street; the side door is open from 17:45.", "")


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.mark.parametrize("start", STARTS)
def test_a_plan_is_one_page_of_paper(browser, app, ana, cast, meetings, people, start):
    blocks = tuple(Block(kind, minutes, str(words)) for kind, minutes, words in STARTS[start].blocks)
    write_plan(meetings[4], people["Ana"], PLACE, "Abel brings the tea.\n" * 3, "", blocks)
    with answered(app) as address, tab_of(browser, address, ana) as tab:
        tab.goto(f"{address}/c/{cast.table}/meetings/{meetings[4].id}/print?place=yes&names=yes")
        for paper in ("A4", "Letter"):
            pages = re.findall(rb"/Type\s*/Page\b", tab.pdf(format=paper))
            assert len(pages) == 1, paper
        tab.emulate_media(media="print")
        for hidden in ("form", "main a", ".dado", ".top nav"):
            assert not tab.locator(hidden).filter(visible=True).count(), hidden
        assert tab.get_by_text("the side door is open").is_visible()
