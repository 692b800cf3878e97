"""Words put through every form by a real browser are found nowhere in clear: not on the disk, not in a log, not in a
temporary folder; while the portal runs, after it was killed, and after it stopped."""

import io
import random
import re
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from tests.journeys.conftest import Phone, Served, arrive, begin_table, invite, set_up
from tests.journeys.test_from_nothing import next_friday

CANARY = "Kanarienvogel"  # in no word list, page or library
SPOOLED = 700_000  # characters: over waitress's and Werkzeug's limits for keeping a body in memory


def large_picture() -> bytes:
    """Over 2 MB, so that it is over both limits, with canaries wherever a file can carry words."""
    noise = random.Random(1).randbytes(1200 * 900 * 3)  # noqa: S311
    image = Image.frombytes("RGB", (1200, 900), noise)
    exif = Image.Exif()
    exif[0x010E] = f"{CANARY}-exif"
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=95, exif=exif, comment=f"{CANARY}-comment".encode())
    return packed.getvalue() + f"{CANARY}-trailer".encode()


def bytes_of(portal: Served) -> Iterator[tuple[str, bytes]]:
    """Every file that the portal could have written, and those it has open though they have no name any more."""
    roots = [portal.data, portal.tmp(), portal.log, *Path("/dev/shm").glob("portal-*")]
    for root in roots:
        for path in [root, *root.rglob("*")] if root.is_dir() else [root]:
            if path.is_file():
                yield str(path), path.read_bytes()
    if portal.process and portal.process.poll() is None:
        for handle in Path(f"/proc/{portal.process.pid}/fd").iterdir():
            if handle.exists() and handle.is_file():
                yield f"{handle} -> {handle.readlink()}", handle.read_bytes()


def assert_nothing_in_clear(portal: Served) -> None:
    found = list(bytes_of(portal))
    assert any("portal.db" in name for name, _ in found)
    for name, content in found:
        assert CANARY.encode() not in content, name
        assert CANARY.encode("utf-16-le") not in content, name
        if "/media/" in name:
            assert b"WEBP" not in content[:64], name
            assert b"JFIF" not in content[:64], name


def test_nothing_that_people_write_is_kept_in_clear(phone, served):
    stew = phone(name="canary-stew")
    link = set_up(stew, served)
    ana = phone(name="canary-ana")
    words = arrive(ana, link, "Ana")
    table = begin_table(ana, f"{CANARY}-table")
    fill_every_form(ana, table)
    newcomer = phone(name="canary-bo")
    their_link = invite(ana, table)
    arrive(newcomer, their_link, "Bo")
    newcomer.fill("Your name at this table", f"{CANARY}-bo")
    newcomer.tab.get_by_label("I have read this, and I want to keep to it").check()
    newcomer.press("Take the seat")
    assert CANARY in newcomer.text()

    assert_nothing_in_clear(served)
    for secret in (words, their_link.rpartition("/")[2], link.rpartition("/")[2]):
        for name, content in bytes_of(served):
            assert secret.encode() not in content, name
    served.kill()
    assert_nothing_in_clear(served)
    served.start()
    newcomer.open(table)
    assert CANARY in newcomer.text(), "a killed portal forgets nothing and signs nobody out"
    served.stop()
    assert_nothing_in_clear(served)


def fill_every_form(ana: Phone, table: str) -> None:
    ana.open(f"{table}/about")
    ana.fill("One sentence about it", f"{CANARY}-sentence")
    ana.fill("Who is it for?", f"{CANARY}-whom")
    ana.press("Keep this")
    ana.open(f"{table}/people/name")
    ana.fill("Your name at this table", f"{CANARY}-ana")
    ana.press("Keep this")

    ana.open(f"{table}/meetings/series")
    ana.fill("The first date", next_friday().isoformat())
    ana.fill("Beginning at", "18:00")
    ana.fill("Where", f"{CANARY}-where")
    ana.fill("Link, if you meet on a screen", f"https://example.org/{CANARY}-link")
    ana.press("Save")
    ana.open(f"{table}/meetings")
    ana.tab.get_by_role("link", name=re.compile("^Friday")).first.click()
    ana.open(ana.path + "/plan")
    ana.fill("Where", f"{CANARY}-other-where")
    ana.fill("The plan", f"{CANARY}-plan")
    ana.press("Save")

    write(ana, table, f"{CANARY}-short", share=True)
    write(ana, table, f"{CANARY}-long " + "é " * 49_000, share=False)
    too_long(ana, table)
    put_up(ana, table, large_picture(), "image/jpeg")
    put_up(ana, table, f"<svg><!-- {CANARY}-svg --></svg>".encode() * 30_000, "image/svg+xml", refused=True)


def write(ana: Phone, table: str, text: str, *, share: bool) -> None:
    ana.open(f"{table}/works/new")
    ana.fill("Title, if it has one", f"{CANARY}-title")
    ana.fill("Your words", text)
    if share:
        ana.tab.get_by_label(re.compile("^The others at")).check()
    ana.press("Keep it")
    if share:
        ana.press("Yes, share it like this")


def too_long(ana: Phone, table: str) -> None:
    """A body over the limits of memory that is refused by the form: refused words must not be left behind either."""
    ana.open(f"{table}/works/new")
    ana.tab.evaluate(
        "([area, text]) => { document.querySelector(area).value = text }",
        ["textarea", f"{CANARY}-too-long " + "x" * SPOOLED],
    )
    ana.tab.get_by_role("button", name="Keep it").click()
    ana.tab.wait_for_load_state()
    assert "too long" in ana.text()
    assert CANARY in ana.tab.get_by_label("Your words", exact=True).input_value()


def put_up(ana: Phone, table: str, data: bytes, kind: str, *, refused: bool = False) -> None:
    ana.open(f"{table}/works/new?kind=picture")
    ana.tab.locator("input[type=file]").set_input_files({"name": f"{CANARY}.jpg", "mimeType": kind, "buffer": data})
    ana.fill("What is on it", f"{CANARY}-alt")
    ana.fill("A few words beside it, if you like", f"{CANARY}-caption")
    ana.tab.get_by_role("button", name="Keep it").click()
    ana.tab.get_by_text("Your permission for this piece" if not refused else "JPEG, PNG or WebP").first.wait_for()
