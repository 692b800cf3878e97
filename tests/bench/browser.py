"""What a browser fetches for a page, by its own count: headers and bodies as they came over the wire."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, sync_playwright

CHROMIUM = "/usr/bin/chromium"
PLAIN = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PHONE: Any = {"width": 360, "height": 740}


@dataclass(frozen=True)
class View:
    """One page as it was fetched, without people's pictures and without what the cache had."""

    bytes: int
    requests: int

    def __str__(self) -> str:
        return f"{self.bytes / 1000:.1f} KB, {self.requests} {'request' if self.requests == 1 else 'requests'}"


def views(address: str, cookies: str, *paths: str) -> list[View]:
    """The pages one after another, the first with an empty cache. `cookies` as in a Cookie header."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=PLAIN)
        context = browser.new_context(viewport=PHONE)
        pairs = (pair.partition("=") for pair in cookies.split("; "))
        context.add_cookies([{"name": name, "value": value, "url": address} for name, _, value in pairs])
        seen = [view(context, address, path) for path in paths]
        browser.close()
    return seen


def view(context: BrowserContext, address: str, path: str) -> View:
    page = context.new_page()
    wire = context.new_cdp_session(page)
    pictures, cached, sizes = set(), set(), {}

    def note_request(event: dict) -> None:
        if event.get("type") == "Image" and not event["request"]["url"].startswith(f"{address}/static/"):
            pictures.add(event["requestId"])

    wire.on("Network.requestWillBeSent", note_request)

    def note_answer(event: dict) -> None:
        if event["response"].get("fromDiskCache"):
            cached.add(event["requestId"])

    wire.on("Network.responseReceived", note_answer)
    wire.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
    wire.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    wire.send("Network.enable")
    answer = page.goto(address + path, wait_until="networkidle")
    if answer is None or answer.status != 200:
        raise RuntimeError(f"The browser could not open {path}.")
    page.close()
    counted = [size for request, size in sizes.items() if request not in pictures | cached]
    return View(round(sum(counted)), len(counted))
