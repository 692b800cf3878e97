"""The guide kept on a phone, in a real browser: read without a network, private pages left alone, taken off again."""

import re
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from portal.curriculum.pieces import GUIDE
from tests.journeys.conftest import Phone, Served, arrive, begin_table, set_up

KEPT = "The guide is kept on this phone"
HEALER = "Philomena"
SECRET = "Only the soup helped, and the man next door brought it."
LEFT = """async () => {
    const found = {caches: {}, workers: [], storage: localStorage.length + sessionStorage.length};
    found.databases = (await indexedDB.databases()).length;
    for (const one of await navigator.serviceWorker.getRegistrations()) found.workers.push(new URL(one.scope).pathname);
    for (const name of await caches.keys()) {
        const cache = await caches.open(name), pages = found.caches[name] = {};
        for (const {url} of await cache.keys())
            pages[url.replace(location.origin, "")] = await (await cache.match(url)).text();
    }
    return found;
}"""

WORKING = """async () => {
    const all = await navigator.serviceWorker.getRegistrations();
    return all.length === 3 && all.every(({active}) => active && active.state === "activated");
}"""


def keep(phone: Phone) -> None:
    phone.open("/guide/keep")
    phone.tab.get_by_role("button", name="Keep it on this phone").click()
    said(phone, KEPT)
    until(lambda: phone.tab.evaluate(WORKING))
    phone.look()


def said(phone: Phone, words: str) -> None:
    phone.tab.get_by_role("status").filter(has_text=words).wait_for()


def left(phone: Phone) -> dict:
    """All that this browser holds for the portal."""
    return phone.tab.evaluate(LEFT)


def whole(phone: Phone) -> dict[str, str]:
    """The kept pages by address, with nothing else beside them."""
    (pages,) = left(phone)["caches"].values()
    return pages


def fails(phone: Phone, path: str) -> str:
    """What the browser itself says of an address that it cannot open."""
    from playwright.sync_api import Error

    with pytest.raises(Error) as error:
        phone.tab.goto(phone.address + path)
    return str(error.value)


@dataclass
class Place:
    """A portal with a healer, her table, and what she wrote beside a lesson."""

    served: Served
    table: str
    words: str


@pytest.fixture(scope="module")
def place(browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    served = Served(tmp_path_factory.mktemp("kept") / "instance").start()
    stew, healer = Phone(browser, served.address), Phone(browser, served.address)
    words = arrive(healer, set_up(stew, served), HEALER)
    table = begin_table(healer, "The Thursday lanterns", agreed="Nobody has to speak.")
    healer.open("/guide/1/1/reflection")
    healer.tab.locator("main textarea").fill(SECRET)
    healer.press("Keep it for me")
    stew.close()
    healer.close()
    yield Place(served, table, words)
    served.kill()


@pytest.fixture
def new(browser, place: Place) -> Iterator[Callable[..., Phone]]:
    opened: list[Phone] = []

    def phone(**given) -> Phone:
        opened.append(Phone(browser, place.served.address, **given))
        return opened[-1]

    yield phone
    for each in opened:
        each.close()


@pytest.fixture
def reader(new) -> Phone:
    """Nobody in particular, signed out."""
    return new(name="reader")


@pytest.fixture
def healer(new, place: Place) -> Phone:
    healer = new(name="healer")
    healer.tab.goto(f"{healer.address}/enter")
    healer.fill("Your name here", HEALER)
    healer.fill("Passphrase", place.words)
    healer.tab.locator("main form button").first.click()
    healer.tab.wait_for_url("**/")
    go(healer, "/guide/1/1")
    assert SECRET in healer.tab.content()
    return healer


def go(phone: Phone, path: str) -> str:
    """Open it; what the page says."""
    phone.tab.goto(phone.address + path)
    return phone.text()


def read_everything(phone: Phone) -> None:
    """A lesson, what stands beside it, an activity, Help; and kind words for what takes the network."""
    for path in ("/guide", "/guide/1", "/guide/1/1", "/guide/1/workshop", "/help", "/guide/keep", "/activities"):
        assert "Kept on this phone on" in go(phone, path), path
        assert SECRET not in phone.tab.content(), path
    phone.tab.locator("main a[href^='/activities/']").first.click()
    phone.tab.wait_for_url("**/activities/*")
    assert "Kept on this phone on" in phone.text()
    for path in ("/guide/search?q=soup", "/activities?minutes=20", "/guide/print", "/guide/letters"):
        assert "This needs the network" in go(phone, path), path
    phone.look()


def until(holds: Callable[[], bool], seconds: int = 120) -> None:
    for _try in range(seconds * 5):
        if holds():
            return
        time.sleep(0.2)
    raise AssertionError("it did not come to be")


class Narrow:
    """A network that brings so many answers and no more until it is opened: what comes midway stays midway."""

    def __init__(self, phone: Phone, answers: int = 30) -> None:
        self.tab, self.left = phone.tab, answers
        self.held: list = []
        self.tab.route("**", self.pass_on)

    def pass_on(self, route) -> None:
        self.left -= 1
        if self.left < 0:
            self.held.append(route)
        else:
            route.continue_()

    def open(self) -> None:
        for route in self.held:
            route.continue_()
        self.tab.unroute("**")


def test_a_kept_guide_is_read_when_the_network_is_gone_and_private_pages_are_not(healer: Phone, place: Place):
    keep(healer)
    healer.context.set_offline(True)
    read_everything(healer)
    for path in ("/", "/me", "/me/guide", place.table, "/guide/1/1/reflection"):
        assert "ERR_INTERNET_DISCONNECTED" in fails(healer, path), path
    healer.context.set_offline(False)
    go(healer, "/guide/1/1")
    assert SECRET in healer.tab.content(), "with the network, the page is her own again"


def test_a_kept_guide_is_read_when_the_portal_is_down(reader: Phone, place: Place):
    keep(reader)
    place.served.stop()
    try:
        read_everything(reader)
        for path in ("/enter", place.table):
            assert "ERR_CONNECTION_REFUSED" in fails(reader, path), path
    finally:
        place.served.start()


def test_a_network_that_brings_nothing_is_not_waited_for_without_end(reader: Phone, place: Place):
    keep(reader)
    place.served.stop()
    try:
        with socket.create_server(("127.0.0.1", place.served.port)):
            assert "Kept on this phone on" in go(reader, "/help")
    finally:
        place.served.start()


def test_nothing_of_anyone_is_kept_though_it_was_turned_on_signed_in(healer: Phone, place: Place):
    keep(healer)
    for path in ("/guide/1/1", "/guide", "/activities", "/help", "/me", "/me/guide", place.table):
        answer = healer.tab.goto(healer.address + path)  # what passes by with the network is not kept either
        assert answer.from_service_worker == path.startswith(("/guide", "/activities", "/help")), path
    found = left(healer)
    assert sorted(found["workers"]) == ["/activities", "/guide", "/help"]
    assert (found["storage"], found["databases"]) == (0, 0)
    pages = whole(healer)
    assert len(pages) > 100
    for path, text in pages.items():
        assert re.match(r"/(static/.*\?v=|guide|activities|help)", path), path
        for word in (HEALER, "lanterns", SECRET, "csrf_token", "/sign-out", 'href="/me"'):
            assert word not in text, f"{path} has {word}"


def test_taking_it_off_leaves_nothing_even_without_a_network(reader: Phone):
    keep(reader)
    reader.context.set_offline(True)
    reader.open("/guide/keep")
    reader.press("Take it off this phone")
    said(reader, "It is off this phone")
    reader.look()
    assert left(reader) == {"caches": {}, "workers": [], "storage": 0, "databases": 0}
    assert "ERR_INTERNET_DISCONNECTED" in fails(reader, "/guide")
    reader.context.set_offline(False)
    go(reader, "/guide")
    go(reader, "/help")
    assert left(reader) == {"caches": {}, "workers": [], "storage": 0, "databases": 0}


def test_taking_it_off_in_one_tab_ends_what_another_is_bringing_in(reader: Phone):
    asked: list[str] = []
    reader.tab.on("request", lambda request: asked.append(request.url))
    reader.open("/guide/keep")
    network = Narrow(reader)
    reader.tab.get_by_role("button", name="Keep it on this phone").click()
    said(reader, "pages are here.")
    other = reader.context.new_page()
    other.goto(f"{reader.address}/guide/keep")
    other.get_by_role("button", name="Take it off this phone").click()
    until(lambda: not left(reader)["caches"])
    network.open()
    other.get_by_role("status").filter(has_text="It is off this phone").wait_for()
    said(reader, "Nothing is kept on this phone now")
    assert len(asked) < 90, "it went on to the end"
    assert left(reader) == {"caches": {}, "workers": [], "storage": 0, "databases": 0}


def test_reading_alone_keeps_nothing(reader: Phone):
    for path in ("/guide", "/guide/1/1", "/help", "/guide/keep"):
        go(reader, path)
    assert left(reader) == {"caches": {}, "workers": [], "storage": 0, "databases": 0}


def test_leave_takes_the_person_away_and_not_the_guide(healer: Phone):
    keep(healer)
    healer.tab.route("https://**", lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html"))
    for path in ("/me", "/guide/1/1", "/guide/1/2"):
        go(healer, path)
    healer.tab.get_by_role("link", name="Leave").click()
    healer.tab.wait_for_url("https://**")
    assert healer.context.cookies(healer.address) == []
    for _back in range(2):
        healer.tab.go_back()
        assert SECRET not in healer.tab.content()
        assert HEALER not in healer.tab.content()
    healer.context.set_offline(True)
    assert "Kept on this phone on" in go(healer, "/guide/1/1")
    assert len(whole(healer)) > 100


def test_the_language_and_letters_are_those_of_who_turned_it_on(healer: Phone):
    speak(healer, "es")
    try:
        go(healer, "/guide/letters")
        healer.tab.locator("input[value=large]").check()
        healer.tab.locator("main form button").first.click()
        healer.tab.wait_for_url("**/guide")
        healer.open("/guide/keep")
        healer.tab.locator("[data-do=keep]").click()
        healer.tab.locator("[data-do=remove]").wait_for()
    finally:
        speak(healer, "en")
    for path, text in whole(healer).items():
        if not path.startswith("/static/") and not path.endswith(".json"):
            assert '<html lang="es"' in text, path
            assert path == "/help" or re.search(r'<html [^>]*class="large"', text), path
    healer.open("/guide/keep")
    (before,) = left(healer)["caches"]
    healer.press("Keep it anew, in the language and letters of this page")
    until(lambda: before not in left(healer)["caches"])
    assert '<html lang="en"' in whole(healer)["/help"]


def speak(phone: Phone, language: str) -> None:
    go(phone, "/me/settings")
    phone.tab.locator("select[name=language]").select_option(language)
    phone.tab.locator("main form button").first.click()
    phone.tab.wait_for_url("**/me")


def test_a_new_version_is_brought_in_while_somebody_reads_and_never_half_of_it(reader: Phone, changed: Callable):
    keep(reader)
    (before,) = left(reader)["caches"]
    changed()
    assert reader.tab.evaluate(HALF) == "AbortError"
    assert sorted(len(pages) > 100 for pages in left(reader)["caches"].values()) == [False, True]
    reader.context.set_offline(True)
    assert "Lanterns" not in go(reader, "/guide/1/1")
    reader.context.set_offline(False)
    reader.context.new_cdp_session(reader.tab).send("Network.clearBrowserCache")  # an hour later: it asks for the list
    go(reader, "/guide/1")
    until(lambda: before not in left(reader)["caches"])
    pages = whole(reader)
    assert "Lanterns for everyone" in pages["/guide/1/1"]
    assert len(pages) > 100
    reader.context.set_offline(True)
    assert "Lanterns for everyone" in go(reader, "/guide/1/1")


HALF = """async () => {
    const stop = new AbortController();
    const tell = (done) => { if (done === 20) stop.abort(); };
    return kept.renew(null, {fresh: true, tell, signal: stop.signal}).catch((error) => error.name);
}"""


@pytest.fixture
def changed(place: Place) -> Iterator[Callable[[], None]]:
    """Change a lesson as a steward does it: a file over ours, and a new start."""
    (shipped,) = (GUIDE / "en" / "lessons").glob("you-are-all-i-need.md")
    own = place.served.data / "guide" / "en" / "lessons" / shipped.name

    def change() -> None:
        own.parent.mkdir(parents=True)
        text = shipped.read_text(encoding="utf-8")
        own.write_text(re.sub(r"^title: .*$", "title: Lanterns for everyone", text, flags=re.MULTILINE), "utf-8")
        start_anew()

    def start_anew() -> None:
        place.served.stop()
        place.served.start()

    yield change
    shutil.rmtree(place.served.data / "guide")
    start_anew()


@pytest.fixture
def closed(place: Place) -> Iterator[Callable[[], None]]:
    """Keep the guide to those who have an account, as a steward does it."""
    settings = place.served.data / "portal.toml"

    def start_anew(words: str) -> None:
        settings.write_text(words, "utf-8")
        place.served.stop()
        place.served.start()

    yield lambda: start_anew("guide_open = false")
    start_anew("")


def test_a_phone_lets_go_of_a_guide_that_is_no_longer_for_everyone(reader: Phone, closed: Callable[[], None]):
    keep(reader)
    closed()
    reader.context.new_cdp_session(reader.tab).send("Network.clearBrowserCache")
    go(reader, "/help")
    until(lambda: not left(reader)["caches"])


def test_it_can_be_stopped_and_goes_on_where_it_was(reader: Phone):
    asked: list[str] = []
    reader.tab.on("request", lambda request: asked.append(request.url))
    reader.open("/guide/keep")
    network = Narrow(reader)
    reader.tab.get_by_role("button", name="Keep it on this phone").click()
    said(reader, "pages are here.")
    reader.press("Stop for now")
    said(reader, "Part of it is here")
    network.open()
    found = left(reader)
    assert found["workers"] == []
    (part,) = found["caches"].values()
    assert 10 <= len(part) < 100
    asked.clear()
    reader.open("/guide/keep")
    said(reader, "Part of it is here")
    reader.look()
    reader.press("Keep it on this phone")
    said(reader, KEPT)
    again = [path for path in part if path in {url.replace(reader.address, "") for url in asked}]
    assert [path for path in again if not path.startswith(("/static/", "/guide/keep"))] == []


def test_the_portal_is_asked_for_two_pages_at_a_time(reader: Phone):
    reader.open("/guide/keep")
    network = Narrow(reader)
    reader.tab.get_by_role("button", name="Keep it on this phone").click()
    said(reader, "pages are here.")
    until(lambda: reader.tab.wait_for_timeout(100) or len(network.held) == 2)
    reader.tab.wait_for_timeout(500)
    assert len(network.held) == 2, "no third while there is no answer"
    network.open()
    said(reader, KEPT)


def test_a_phone_without_room_says_so_and_keeps_nothing(reader: Phone):
    session = reader.context.new_cdp_session(reader.tab)
    session.send("Storage.overrideQuotaForOrigin", {"origin": reader.address, "quotaSize": 300_000})
    reader.open("/guide/keep")
    reader.tab.get_by_role("button", name="Keep it on this phone").click()
    said(reader, "There is not enough room on this phone")
    reader.look()
    assert left(reader) == {"caches": {}, "workers": [], "storage": 0, "databases": 0}


def test_a_browser_that_lets_nothing_be_kept_says_so(reader: Phone):
    blocked = 'CacheStorage.prototype.open = () => Promise.reject(new DOMException("no", "SecurityError"))'
    reader.context.add_init_script(blocked)
    reader.open("/guide/keep")
    reader.tab.get_by_role("button", name="Keep it on this phone").click()
    said(reader, "This browser does not let pages keep anything")
    reader.look()


def test_a_network_that_goes_away_meanwhile_is_named(reader: Phone):
    reader.open("/guide/keep")
    network = Narrow(reader)
    reader.tab.get_by_role("button", name="Keep it on this phone").click()
    said(reader, "pages are here.")
    reader.context.set_offline(True)
    network.open()
    said(reader, "stopped answering")
    reader.context.set_offline(False)
    reader.press("Keep it on this phone")
    said(reader, KEPT)


@pytest.mark.parametrize("how", ["without JavaScript", "at an address that is not safe"])
def test_a_phone_that_cannot_do_it_is_shown_the_way_to_paper(new, how):
    reader = new(name="paper", javascript=how != "without JavaScript")
    reader.context.add_init_script("delete Navigator.prototype.serviceWorker")
    reader.open("/guide/keep")
    assert "This phone cannot keep it from here" in reader.text()
    assert reader.tab.locator("#keeping").is_hidden()
    paper = reader.tab.get_by_role("link", name="The whole guide as a booklet to print")
    assert paper.get_attribute("href") == "/guide/print"
