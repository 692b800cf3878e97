"""The portal of a test, answered to a real browser in which one of the cast is signed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

CHROMIUM = Path("/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium: this was not tried in a browser")


@contextmanager
def answered(app: Flask) -> Iterator[str]:
    """The address of the portal while it answers."""
    server = make_server("localhost", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.port}"
    finally:
        server.shutdown()
        thread.join(60)
        server.server_close()


@contextmanager
def chromium() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        found = tool.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@contextmanager
def tab_of(browser, address: str, client: FlaskClient) -> Iterator:
    """A page in a browser 360 px wide, signed in as whoever `client` is."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-US")
    cookie = client.get_cookie("portal")
    context.set_default_timeout(120_000)
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    yield context.new_page()
    context.close()
