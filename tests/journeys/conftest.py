"""A portal served as a steward serves it, and phones with a real browser to visit it."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.ports import free_port

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).parent.parent.parent
WIDE = 360  # px
OWN = re.compile(r'[a-z2-7]{26}|name="csrf_token" value="[^"]+"')  # what differs where nothing else does
LOOKED_AT: set[tuple[str, str]] = set()  # axe takes longest of all, and says of the same page the same
PATIENCE = 120_000  # milliseconds before a test gives up
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SHOTS = os.environ.get("PORTAL_TEST_SHOTS")  # a folder for a picture of every page, to look at

if not CHROMIUM.exists() and os.environ.get("PORTAL_REQUIRE_BROWSER"):
    raise pytest.UsageError("The journeys need /usr/bin/chromium, and here none may be skipped.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not CHROMIUM.exists():
        for item in items:
            if "journeys" in str(item.path):
                item.add_marker(pytest.mark.skip(reason="no Chromium: this journey was not walked"))


@dataclass
class Served:
    """A portal in a process of its own, over a data folder that outlives it."""

    data: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.data.parent / "log"

    def start(self) -> "Served":
        """Serve, and wait until it answers."""
        own = {"PORTAL_DATA_DIR": str(self.data), "PORTAL_LISTEN": f"127.0.0.1:{self.port}", "TMPDIR": str(self.tmp())}
        environ = {name: text for name, text in os.environ.items() if not name.startswith("PORTAL_")}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal.commands", "serve"],
                cwd=ROOT, env={**environ, **own, "PYTHONUNBUFFERED": "1"}, stdout=log, stderr=log,
            )  # fmt: skip
        for _try in range(1200):
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=1).close()  # noqa: S310
                return self
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def tmp(self) -> Path:
        folder = self.data.parent / "tmp"
        folder.mkdir(exist_ok=True)
        return folder

    def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(60)

    def stop(self) -> None:
        assert self.process
        self.process.terminate()
        self.process.wait(60)

    def setup_link(self) -> str:
        return re.search(r"http://localhost:\d+(/setup/\S+)", self.log.read_text()).group(1)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    portal = Served(tmp_path / "instance").start()
    yield portal
    if portal.process and portal.process.poll() is None:
        portal.kill()


@pytest.fixture(scope="module")  # not longer: a second one in the same process, as tests/look has, is refused
def browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        found = tool.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


class Phone:
    """One person's phone: 360 px wide, with an eye on every page it opens."""

    def __init__(
        self,
        browser,
        address: str,
        *,
        javascript: bool = True,
        language: str = "en-US",
        scheme: str = "light",
        state: dict | None = None,  # the cookies of another phone
        name: str = "",
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": WIDE, "height": 740},
            java_script_enabled=javascript,
            locale=language,
            color_scheme=scheme,
            storage_state=state,
        )
        self.context.set_default_timeout(PATIENCE)
        self.tab = self.context.new_page()
        self.address, self.javascript, self.scheme, self.name = address, javascript, scheme, name
        self.seen = 0
        self.foreign: list[str] = []
        self.sent_to: set[str] = set()  # the paths that forms were posted to
        self.tab.on("request", self.note)

    def note(self, request) -> None:
        if request.method == "POST":
            self.sent_to.add(urlsplit(request.url).path)
        if not request.url.startswith(self.address) and not request.is_navigation_request():
            self.foreign.append(request.url)

    def open(self, path: str):
        answer = self.tab.goto(self.address + path if path.startswith("/") else path)
        self.look()
        return answer

    def press(self, name: str, exact: bool = True) -> None:
        self.tab.get_by_role("button", name=name, exact=exact).click()
        self.tab.wait_for_load_state()
        self.look()

    def follow(self, name: str) -> None:
        self.tab.get_by_role("link", name=name, exact=True).first.click()
        self.tab.wait_for_load_state()
        self.look()

    def follow_piece(self, title: str) -> None:
        """A piece's link says whose it is, too."""
        self.tab.get_by_role("link", name=re.compile(f"^{title}\\b")).click()
        self.tab.wait_for_load_state()
        self.look()

    def fill(self, label: str, words: str) -> None:
        self.tab.get_by_label(label, exact=True).fill(words)

    def text(self) -> str:
        return self.tab.locator("main").inner_text()

    @property
    def path(self) -> str:
        return self.tab.url.removeprefix(self.address)

    def look(self) -> None:
        """Axe finds nothing, nothing is wider than the phone, Help and Leave are there."""
        self.seen += 1
        if SHOTS:
            self.tab.screenshot(path=f"{SHOTS}/{self.name}-{self.seen:02}.png", full_page=True)
        assert self.tab.get_by_role("link", name=re.compile("^(Leave|Salir ya)$")).count() == 1, self.path
        if not self.javascript:
            return
        wide = self.tab.evaluate("document.documentElement.scrollWidth")
        assert wide <= WIDE, f"{self.path} is {wide} px wide"
        shape = self.scheme, OWN.sub("", self.tab.content())
        if shape not in LOOKED_AT:
            assert found_by_axe(self.tab) == [], self.path
            LOOKED_AT.add(shape)

    def close(self) -> None:
        assert self.foreign == [], "a page asked something of another site"
        self.context.close()


def found_by_axe(tab) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in Axe().run(tab).response["violations"]]


@pytest.fixture
def phone(browser, served):
    opened: list[Phone] = []

    def new(**given) -> Phone:
        opened.append(Phone(browser, served.address, **given))
        return opened[-1]

    yield new
    for each in opened:
        each.close()


def set_up(phone: Phone, served: Served) -> str:
    """From the first start to the first healer's link; returns its path."""
    phone.open(served.setup_link())
    phone.fill("What is this place called?", "Elm Street")
    phone.tab.get_by_label("In which time zone is it?").select_option("America/Chicago")
    phone.fill("What shall we call you here?", "Stew")
    phone.press("Open this place")
    phone.press("Show me a code")
    phone.follow("I have it on paper")
    phone.press("Make a link")
    return path_in(phone.tab.get_by_label("To copy and send").input_value())


def path_in(words: str) -> str:
    return re.search(r"http://localhost:\d+(/\S+)", words).group(1)


def arrive(phone: Phone, link: str, name: str) -> str:
    """Make an account behind a link; returns the five words that were offered."""
    phone.open(link)
    words = phone.tab.locator("b.words").inner_text()
    phone.fill("What shall we call you here?", name)
    phone.press("Go on")
    phone.press("Show me a code")
    phone.follow("I have it on paper")
    return words


def begin_table(phone: Phone, name: str = "The Friday table", agreed: str = "Anyone may pass.") -> str:
    """Start a table; returns its path."""
    phone.open("/c/new")
    phone.fill("What is your table called?", name)
    phone.fill("One sentence about it", "We meet because it is good to be met.")
    phone.fill("What you propose to agree on", agreed)
    phone.press("Begin")
    return re.match(r"/c/[a-z2-7]+", phone.path).group(0)


def invite(phone: Phone, table: str) -> str:
    phone.open(f"{table}/people")
    phone.press("Make a link")
    return path_in(phone.tab.get_by_label("To copy and send").input_value())


def sit_down(phone: Phone, link: str, name: str) -> str:
    """From a link to a seat; returns the passphrase."""
    words = arrive(phone, link, name)
    phone.fill("Your name at this table", name)
    phone.tab.get_by_label("I have read this, and I want to keep to it").check()
    phone.press("Take the seat")
    return words


def next_friday() -> date:
    """A Friday at least a week ahead. Ask once a test: at midnight on a Friday it is another one."""
    today = datetime.now(UTC).date()
    return today + timedelta(days=7 + (4 - today.weekday()) % 7)


def meet_on(phone: Phone, table: str, day: date, place: str, link: str = "") -> None:
    phone.open(f"{table}/meetings")
    phone.follow("Set when we meet")
    phone.fill("The first date", day.isoformat())
    phone.fill("Beginning at", "18:00")
    phone.fill("The usual place", place)
    phone.fill("Link, if you meet on a screen", link)
    phone.press("Save")
    assert phone.path == f"{table}/meetings"


def write(phone: Phone, table: str, title: str, text: str, *, share: bool = False) -> str:
    """Put up a text; returns the path of its page."""
    phone.open(f"{table}/works/new")
    phone.fill("Title, if it has one", title)
    phone.fill("Your words", text)
    if share:
        phone.tab.get_by_label(re.compile("^The others at ")).check()
    phone.press("Keep it")
    if share:
        assert "Is this what you want?" in phone.text()
        phone.press("Yes, share it like this")
    assert re.fullmatch(f"{table}/works/[a-z2-7]{{26}}", phone.path)
    return phone.path
