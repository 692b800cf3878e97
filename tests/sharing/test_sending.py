"""Sending a picture from a real page: words say how far it is, and nothing that was typed is lost on the way."""

import re

import pytest

from portal.sharing.models import Work
from tests.browsing import answered, chromium, needs_chromium, tab_of
from tests.media.pictures_for_tests import encoded, quarters

pytestmark = needs_chromium
MEBIBYTE = 1024 * 1024
PARTS = [
    "Sending…",
    "Sending… about a quarter is there.",
    "Sending… about half is there.",
    "Sending… most of it is there.",
    "It has arrived and is being made ready.",
]
BROKEN = (
    "The connection broke, and nothing was kept. Your words and the picture are still here: press the button again."
)


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture
def tab(browser, app, ana, cast):
    """The page on which Ana puts up a picture, with her words already in it."""
    with answered(app) as address, tab_of(browser, address, ana) as tab:
        tab.goto(f"{address}/c/{cast.table}/works/new?kind=picture")
        tab.get_by_label("Title, if it has one").fill("What was left")
        tab.get_by_label("What is on it").fill("A bowl with two fruits.")
        tab.get_by_label("A few words beside it, if you like").fill("My mother’s bowl.")
        yield tab


def choose(tab, picture: bytes) -> None:
    sent = {"name": "bowl.jpg", "mimeType": "image/jpeg", "buffer": picture}
    tab.get_by_label("The picture").set_input_files(sent)


def heavy(size: int) -> bytes:
    """A picture of about so many bytes: what stands after the end of a JPEG is dropped on arrival."""
    return encoded(quarters((400, 300))) + b"x" * size


def keep(tab):
    button = tab.get_by_role("button", name="Keep it")
    button.click()
    return button


def words_still_there(tab) -> bool:
    labels = ("Title, if it has one", "What is on it", "A few words beside it, if you like")
    written = [tab.get_by_label(label).input_value() for label in labels]
    return written == ["What was left", "A bowl with two fruits.", "My mother’s bowl."]


def listen(tab, button) -> list[tuple[str, bool]]:
    """Every sentence that the line for it says from now on, also on a page that is left meanwhile.

    With each, whether the button could be pressed then.
    """
    said: list[tuple[str, bool]] = []
    tab.expose_function("heard", lambda words, pressable: said.append((words, pressable)))
    button.evaluate(
        "button => { const line = document.querySelector('#sending');"
        " new MutationObserver(() => heard(line.textContent, !button.disabled)).observe(line, {childList: true}); }"
    )
    return said


def test_words_say_how_far_the_picture_is(tab, cast):
    choose(tab, heavy(2 * MEBIBYTE))
    heard = listen(tab, tab.get_by_role("button", name="Keep it"))
    line = tab.context.new_cdp_session(tab)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": MEBIBYTE}
    line.send("Network.emulateNetworkConditions", slow)
    keep(tab)
    tab.wait_for_url(re.compile(r"/works/[a-z2-7]{26}$"))
    said = [words for words, _pressable in heard]
    assert not any(pressable for _words, pressable in heard)
    assert said == [words for words in PARTS if words in said], "each once, and in this order"
    assert (said[0], said[-1]) == (PARTS[0], PARTS[-1])
    assert len(said) > 2, "a busy machine may skip a quarter, not all three"
    assert "My mother’s bowl." in tab.locator("main").inner_text()
    assert Work.select().count() == 1


def test_a_file_that_is_too_heavy_is_said_before_anything_is_sent(tab):
    posts = []
    tab.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    choose(tab, heavy(12 * MEBIBYTE))
    button = keep(tab)
    tab.get_by_text("This file is over 12 MB.").wait_for()
    assert posts == []
    assert words_still_there(tab)
    choose(tab, heavy(0))
    button.click()
    tab.wait_for_url(re.compile(r"/works/[a-z2-7]{26}$"))
    assert len(posts) == 1


def test_a_connection_that_breaks_keeps_the_words_and_the_picture_for_another_try(tab):
    choose(tab, heavy(0))
    tab.route("**/works/new", lambda route: route.abort("connectionreset"))
    button = keep(tab)
    tab.get_by_text(BROKEN).wait_for()
    assert button.is_enabled()
    assert words_still_there(tab)
    assert Work.select().count() == 0
    tab.unroute("**/works/new")
    button.click()
    tab.wait_for_url(re.compile(r"/works/[a-z2-7]{26}$"))
    assert Work.select().count() == 1


def test_what_the_server_refuses_is_shown_beside_the_words(tab):
    choose(tab, b"%PDF-1.7")
    keep(tab)
    tab.get_by_text("Pictures can be JPEG, PNG or WebP").first.wait_for()
    assert words_still_there(tab)
    assert tab.url.endswith("kind=picture")
    assert Work.select().count() == 0


def test_sent_twice_after_a_break_on_the_way_back_it_is_still_one_piece(tab):
    """The piece arrived, but the phone never heard so."""
    choose(tab, heavy(0))

    def lose_the_answer(route) -> None:
        route.fetch()
        route.abort("connectionreset")

    tab.route("**/works/new", lose_the_answer)
    button = keep(tab)
    tab.get_by_text(BROKEN).wait_for()
    tab.unroute("**/works/new")
    button.click()
    tab.wait_for_url(re.compile(r"/works/[a-z2-7]{26}$"))
    assert Work.select().count() == 1
