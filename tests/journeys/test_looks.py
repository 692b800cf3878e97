"""The pages as others see them: in Spanish, in the dark, and written from right to left."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.journeys.conftest import WIDE, Phone, Served, arrive, begin_table, meet_on, next_friday, set_up, write

PAGES = [
    "/c/{table}",
    "/c/{table}/works/new",
    "/c/{table}/works/new?kind=picture",
    "/c/{table}/works",
    "/c/{table}/works/{work}",
    "/c/{table}/meetings",
    "/c/{table}/meetings/series",
    "/c/{table}/people",
    "/c/{table}/agreement",
    "/me",
    "/help",
    "/guide",
    "/guide/1/1",
]
# What reaches over an edge of the screen, whichever edge that is; not what only a screen reader finds.
OVER_THE_EDGE = """wide => [...document.body.querySelectorAll("*")].filter(one => {
    const box = one.getBoundingClientRect()
    return one.checkVisibility({visibilityProperty: true}) && box.width > 1 && box.height > 1
        && box.bottom > 0 && (box.left < -1 || box.right > wide + 1)
}).map(one => one.outerHTML.slice(0, 120))"""


@dataclass
class Furnished:
    """A portal with Ana's table in it, and what signs her in."""

    served: Served
    state: dict
    paths: list[str]

    def speak(self, language: str) -> None:
        with sqlite3.connect(self.served.data / "portal.db", timeout=10) as database:
            database.execute("update person set language = ?", (language,))
        database.close()


@pytest.fixture(scope="module")
def furnished(browser, tmp_path_factory) -> Iterator[Furnished]:
    served = Served(tmp_path_factory.mktemp("looks") / "instance").start()
    stew, ana = Phone(browser, served.address), Phone(browser, served.address)
    arrive(ana, set_up(stew, served), "Ana")
    table = begin_table(ana)
    meet_on(ana, table, next_friday(), "The back room of the library")
    piece = write(ana, table, "Water, later", "The kettle is the first of us to speak.\nThen the stairs.")
    blanks = {"table": table.removeprefix("/c/"), "work": piece.rpartition("/")[2]}
    yield Furnished(served, ana.context.storage_state(), [path.format(**blanks) for path in PAGES])
    for phone in (stew, ana):
        phone.close()
    served.kill()


@pytest.fixture
def look(browser, furnished):
    opened = []

    def new(**given) -> Phone:
        opened.append(Phone(browser, furnished.served.address, state=furnished.state, **given))
        return opened[-1]

    yield new
    for phone in opened:
        phone.close()


def test_every_page_stands_in_spanish(furnished, look):
    furnished.speak("es")
    phone = look(language="es-MX", name="es")
    for path in furnished.paths:
        assert phone.open(path).status == 200, path
        assert phone.tab.evaluate("document.documentElement.lang") == "es", path
        assert phone.tab.get_by_role("link", name="Salir ya").count() == 1, path


def test_every_page_can_be_read_in_the_dark(furnished, look):
    furnished.speak("en")
    phone = look(scheme="dark", name="dark")
    for path in furnished.paths:
        assert phone.open(path).status == 200, path
        paper, ink = (
            phone.tab.evaluate(f"getComputedStyle(document.body).{what}.match(/\\d+/g).slice(0, 3).map(Number)")
            for what in ("backgroundColor", "color")
        )
        assert sum(paper) < 200 < 400 < sum(ink), f"{path}: {ink} on {paper}"


def test_from_right_to_left_nothing_reaches_over_the_edge(furnished, look):
    furnished.speak("en")
    phone = look(name="rtl")
    for path in furnished.paths:
        phone.open(path)
        phone.tab.evaluate("document.documentElement.dir = 'rtl'")
        assert phone.tab.evaluate("document.documentElement.scrollWidth") <= WIDE, path
        assert phone.tab.evaluate(OVER_THE_EDGE, WIDE) == [], path
