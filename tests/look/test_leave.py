"""Leave and its script in a real browser: the page is gone at once, Back does not bring it, nothing stays behind."""

from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask, render_template_string
from flask_wtf.csrf import CSRFProtect
from werkzeug.serving import make_server

from portal.config import Settings
from portal.paths import STATIC, TEMPLATES
from portal.web import assets, headers, language

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium: Leave was not tried in a browser")

ERROR = "{% extends 'layout.html' %}{% block title %}Wait{% endblock %}{% block text %}<h1>A moment</h1>{% endblock %}"
PAGE = (
    "{% extends 'layout.html' %}{% block title %}A page{% endblock %}{% block text %}<h1>A page</h1>"
    "<form hx-get='/broken'><label for='w'>Words</label><input id='w'><button>Try</button></form>{% endblock %}"
    "{% block scripts %}<script src=\"{{ asset('vendor/htmx.min.js') }}\" defer></script>{% endblock %}"
)


@pytest.fixture(scope="module")
def address():
    app = Flask("shell", static_folder=str(STATIC), template_folder=str(TEMPLATES))
    app.config.update(SECRET_KEY="for this test only", PORTAL=Settings())
    CSRFProtect(app)
    for plumbing in (headers, language, assets):
        plumbing.init_app(app)
    app.add_url_rule("/before", "before", lambda: "<title>Before</title>")
    app.add_url_rule("/leave", "leave", lambda: "<title>Weather</title>")
    app.add_url_rule("/broken", "broken", lambda: (render_template_string(ERROR), 503))
    app.add_url_rule("/page", "page", lambda: render_template_string(PAGE))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        yield tool.chromium.launch(executable_path=CHROMIUM, args=quiet)


@pytest.fixture
def tab(browser, address):
    context = browser.new_context(viewport={"width": 360, "height": 740})
    tab = context.new_page()
    tab.goto(f"{address}/before")
    tab.goto(f"{address}/page")
    yield tab
    context.close()


def test_leave_takes_the_pages_place_in_the_history(tab):
    tab.get_by_role("link", name="Leave").click()
    tab.wait_for_url("**/leave")
    tab.go_back()
    assert tab.title() == "Before"


def test_three_times_shift_leaves_even_while_typing(tab):
    tab.get_by_label("Words").focus()
    assert any(leaves_after_three(tab) for _try in range(5)), "a machine that stands still may be too slow for it once"


def leaves_after_three(tab) -> bool:
    from playwright.sync_api import TimeoutError as TooLate

    tab.keyboard.press("x")  # what was pressed before counts no more
    for _ in range(3):
        tab.keyboard.press("Shift")
    with suppress(TooLate):
        tab.wait_for_url("**/leave", timeout=10_000)
    return tab.url.endswith("/leave")


def test_capital_letters_do_not_leave(tab):
    tab.get_by_label("Words").focus()
    for letter in "ABCD":
        tab.keyboard.press(f"Shift+{letter}")
    tab.evaluate("new Promise(done => setTimeout(done, 200))")
    assert tab.get_by_label("Words").input_value() == "ABCD"


def test_shift_pressed_slowly_does_not_leave(tab):
    tab.keyboard.press("Shift")
    tab.keyboard.press("Shift")
    tab.evaluate("new Promise(done => setTimeout(done, 1600))")
    tab.keyboard.press("Shift")
    tab.evaluate("new Promise(done => setTimeout(done, 200))")
    assert tab.title() == "A page · Portal"


def test_htmx_runs_under_the_content_policy_and_leaves_nothing_in_the_browser(tab):
    """htmx alone would write each page's address into session storage."""
    assert tab.evaluate("htmx.config.historyCacheSize") == 0
    assert tab.evaluate("htmx.config.allowEval") is False
    assert tab.evaluate("sessionStorage.length + localStorage.length") == 0


def test_an_error_that_htmx_meets_is_shown_as_the_page_it_is_and_leave_still_leaves(tab):
    tab.get_by_role("button", name="Try").click()
    tab.get_by_role("heading", name="A moment").wait_for()
    assert tab.get_by_role("heading").count() == 1
    tab.get_by_role("link", name="Leave").click()
    tab.wait_for_url("**/leave")


def test_leave_is_a_plain_link_where_scripts_are_off(browser, address):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}/page")
    tab.get_by_role("link", name="Leave").click()
    assert tab.title() == "Weather"
    context.close()


@pytest.mark.parametrize("height", [740, 340])
def test_leave_and_help_can_be_hit_with_a_thumb(tab, height):
    """At 340 px, with a keyboard open or the text enlarged, they stand at the top instead."""
    tab.set_viewport_size({"width": 360, "height": height})
    for name in ("Leave", "Help"):
        box = tab.get_by_role("link", name=name).bounding_box()
        assert box["width"] >= 44
        assert box["height"] >= 44
        assert 0 <= box["y"] <= height - box["height"]
