"""Words put through every form by a real browser are found nowhere in clear: not on the disk, not in a log, not in a
temporary folder; while the portal runs, after it was killed, and after it stopped."""

import io
import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

from flask import Flask
from PIL import Image

from portal.curriculum.shelf import read_guide
from portal.db import utcnow
from tests.journeys.conftest import (
    Phone,
    Served,
    arrive,
    begin_table,
    invite,
    meet_on,
    next_friday,
    set_up,
    write,
)

CANARY = "Kanarienvogel"  # in no word list, page or library
OWN_WORDS = f"{CANARY} under seven blankets"
# The forms that are not filled in here, because they carry a press of a button or a choice, and no words.
NO_WORDS = {
    "/c/<circle>/activities/<own>/bring-back",
    "/c/<circle>/activities/<own>/erase",
    "/c/<circle>/activities/<own>/take-away",
    "/c/<circle>/activities/keep",  # by the key of one in the guide; the list of them is sealed
    "/c/<circle>/activities/let-go",
    "/c/<circle>/meetings/<meeting>/as-we-are",
    "/c/<circle>/meetings/<meeting>/cannot-come",
    "/c/<circle>/meetings/<meeting>/coming",
    "/c/<circle>/meetings/<meeting>/give-back",
    "/c/<circle>/meetings/<meeting>/handover/erase",
    "/c/<circle>/meetings/<meeting>/held",
    "/c/<circle>/meetings/<meeting>/join",
    "/c/<circle>/meetings/<meeting>/later",
    "/c/<circle>/meetings/<meeting>/meet",
    "/c/<circle>/meetings/<meeting>/missing",
    "/c/<circle>/meetings/<meeting>/note/take-back",
    "/c/<circle>/meetings/<meeting>/move",
    "/c/<circle>/meetings/<meeting>/pass",
    "/c/<circle>/meetings/<meeting>/skip",
    "/c/<circle>/meetings/<meeting>/swap",
    "/c/<circle>/meetings/<meeting>/take",
    "/c/<circle>/meetings/<meeting>/there",
    "/c/<circle>/meetings/<meeting>/together",
    "/c/<circle>/meetings/<meeting>/usual",
    "/c/<circle>/meetings/<meeting>/willing",
    "/c/<circle>/meetings/least",
    "/c/<circle>/meetings/roles/<role>/rest",
    "/c/<circle>/meetings/roles/mine",
    "/c/<circle>/meetings/swaps/<swap>/accept",
    "/c/<circle>/meetings/swaps/<swap>/put-away",
    "/c/<circle>/meetings/swaps/<swap>/take-back",
    "/c/<circle>/meetings/series/<series>/end",
    "/c/<circle>/path/days",
    "/c/<circle>/path/lessons",
    "/c/<circle>/path/show",
    "/c/<circle>/path/<int:module>/<int:order>",
    "/c/<circle>/people/invitations/<invitation>/revoke",
    "/c/<circle>/people/leave",
    "/c/<circle>/people/missing",
    "/c/<circle>/people/written",
    "/c/<circle>/season",
    "/c/<circle>/season/again",
    "/c/<circle>/season/change",
    "/c/<circle>/season/close",
    "/c/<circle>/season/renew",
    "/c/<circle>/season/rest",
    "/c/<circle>/times/mine",
    "/c/<circle>/times/mine/take-back",
    "/c/<circle>/told",
    "/guide/letters",  # how large: in a cookie
    "/join/<token>/healer",
    "/guide/<int:module>/<int:order>/read",
    "/me/calendar/<feed>/end",
    "/me/devices/<device>/end",
    "/me/devices/end-all",
    "/me/guide/forget",
    "/me/guide/remember",
    "/me/kept/<kept>/erase",
    "/me/notices",
    "/me/notices/address",  # kept in clear, as the page says: a mail server must be told
    "/me/notices/forget",
    "/me/reflections/<reflection>/erase",
    "/me/settings",
    "/me/take",
    "/me/things/<work>/erase",
    "/me/things/<work>/erase-now",
    "/me/things/<work>/keep",
    "/me/things/<work>/take-back",
    "/confirm/<token>",
    "/off/<token>",
    "/sign-out",
    "/steward/help/import",  # lines that stand on the help page, for everyone
    "/steward/help/import/keep",
    "/steward/help/lines/<entry>/check",
    "/steward/help/lines/<entry>/check-again",
    "/steward/help/lists/<place>/remove",
    "/steward/mail",  # an address that is not kept
    "/steward/links/<link>/end",
    "/steward/people/<person>/start",
    "/steward/settings",  # what the place is called stands on every page, for everyone
}
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
            with suppress(FileNotFoundError):  # the portal goes on meanwhile, and closes and deletes
                if path.is_file():
                    yield str(path), path.read_bytes()
    if portal.process and portal.process.poll() is None:
        for handle in Path(f"/proc/{portal.process.pid}/fd").iterdir():
            with suppress(FileNotFoundError):
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


def test_nothing_that_people_write_is_kept_in_clear(phone, served, built):
    stew = phone(name="canary-stew")
    link = set_up(stew, served)
    ana = phone(name="canary-ana")
    words = arrive(ana, link, "Ana")
    table = begin_table(ana, f"{CANARY}-table", agreed=f"{CANARY}-agreed\n{CANARY}-agreed-too")
    fill_every_form(ana, table)
    meet(ana, served, table)
    be_quiet_while_writing(ana, served, table, words)
    be_refused(ana, served, table)
    newcomer = phone(name="canary-bo")
    their_link = invite(ana, table)
    their_words = arrive(newcomer, their_link, "Bo")
    assert f"{CANARY}-agreed-too" in newcomer.text()
    newcomer.fill("Your name at this table", f"{CANARY}-bo")
    newcomer.tab.get_by_label("I have read this, and I want to keep to it").check()
    newcomer.press("Take the seat")
    assert CANARY in newcomer.text()
    code = come_back_by_code(newcomer)

    assert forms_of(built) - forms_sent(built, stew, ana, newcomer) == NO_WORDS
    assert_nothing_in_clear(served)
    for secret in (words, their_words, code, their_link.rpartition("/")[2], link.rpartition("/")[2]):
        assert len(secret) > 20
        for name, content in bytes_of(served):
            assert secret.encode() not in content, name
    served.kill()
    assert_nothing_in_clear(served)
    served.start()
    newcomer.open(table)
    assert CANARY in newcomer.text(), "a killed portal forgets nothing and signs nobody out"
    served.stop()
    assert_nothing_in_clear(served)


def forms_of(app: Flask) -> set[str]:
    return {rule.rule for rule in app.url_map.iter_rules() if "POST" in rule.methods}


def forms_sent(app: Flask, *phones: Phone) -> set[str]:
    addresses = app.url_map.bind("localhost")
    sent = {path for phone in phones for path in phone.sent_to}
    return {addresses.match(path, method="POST", return_rule=True)[0].rule for path in sent}


def fill_every_form(ana: Phone, table: str) -> None:
    ana.open("/me/calendar/new")
    ana.fill("What each date is called", f"{CANARY}-dates")
    ana.press("Make the address")
    ana.open(f"{table}/about")
    ana.fill("One sentence about it", f"{CANARY}-sentence")
    ana.fill("Who is it for?", f"{CANARY}-whom")
    ana.press("Keep this")
    ana.open(f"{table}/people/name")
    ana.fill("Your name at this table", f"{CANARY}-ana")
    ana.press("Keep this")

    meet_on(ana, table, next_friday(), f"{CANARY}-where", f"https://example.org/{CANARY}-link")
    agree_anew(ana, table)
    ana.tab.get_by_role("link", name=re.compile("^Friday")).first.click()
    ana.open(ana.path + "/plan")
    ana.fill("Where", f"{CANARY}-other-where")
    ana.press("Add a block")
    ana.fill("In your own words, if you like", f"{CANARY}-block")
    ana.fill("Notes", f"{CANARY}-plan")
    ana.press("Save")
    ana.open(ana.path + "/note")
    ana.fill("The note", f"{CANARY}-note")
    ana.press("Put it there")
    ana.open(f"{table}/people/reach")
    ana.fill("How to reach me", f"{CANARY}-reach")
    ana.press("Keep this")

    ana.open(f"{table}/meetings/roles/new")
    ana.fill("What is it called?", f"{CANARY}-role")
    ana.fill("What does whoever holds it do?", f"{CANARY}-does")
    ana.press("Keep this")
    assert f"{CANARY}-role" in ana.text()
    ana.open(f"{table}/meetings/roles/timekeeper")
    ana.fill("What is it called?", f"{CANARY}-keeper")
    ana.press("Keep this")

    write_own_activity(ana, table)
    for question in ("/guide/2/3/reflection", f"/guide/1/questions/{next(iter(read_guide().module(1, 'en').prompts))}"):
        ana.open(question)
        ana.fill("Your words", f"{CANARY}-thought {question}")
        ana.press("Keep it for me")
    write(ana, table, f"{CANARY}-title", f"{CANARY}-short", share=True)
    write(ana, table, f"{CANARY}-title", f"{CANARY}-long " + "é " * 49_000)
    too_long(ana, table)
    put_up(ana, table, large_picture(), "image/jpeg")
    put_up(ana, table, f"<svg><!-- {CANARY}-svg --></svg>".encode() * 30_000, "image/svg+xml", refused=True)


def write_own_activity(ana: Phone, table: str) -> None:
    ana.open(f"{table}/activities/new")
    for question in (
        "What is it called?", "What is it for?", "Steps", "What it needs", "Set up", "Words to open", "Words to close",
        "A gentler variation", "What to watch for",
    ):  # fmt: skip
        ana.fill(question, f"{CANARY}-{question}")
    ana.fill("Minutes, at least", "10")
    ana.press("Keep this")
    assert f"{CANARY}-What is it for?" in ana.text()
    ana.open(f"{ana.path}/change")
    ana.fill("Steps", f"{CANARY}-other-steps")
    ana.press("Keep this")


def meet(ana: Phone, served: Served, table: str) -> None:
    """The next meeting begins: somebody arrives, and writes down what helps whoever facilitates after them."""
    ana.open(f"{table}/meetings")
    ana.tab.get_by_role("link", name=re.compile("^Friday")).first.click()
    assert f"{CANARY}-block" in ana.text()
    ana.tab.get_by_role("button", name=re.compile("^(Yes, I will|I’ll facilitate)$")).first.click()
    ana.tab.get_by_role("button", name="Give it back").wait_for()
    begun, ends = utcnow() - timedelta(minutes=5), utcnow() + timedelta(hours=1)
    with database(served) as opened:
        when = (str(begun), str(ends), ana.path.rpartition("/")[2])
        opened.execute("update meeting set starts_at = ?, ends_at = ? where id = ?", when)
    ana.open(ana.path)
    ana.fill("A word or a short line", f"{CANARY}-arriving")
    ana.press("Say it")
    ana.tab.get_by_text("Write something").click()
    for question in ("What to carry on with", "What to leave be", "What is good to know in practice"):
        ana.fill(question, f"{CANARY}-{question}")
    ana.press("Hand it on")
    assert f"{CANARY}-arriving" in ana.text()


def agree_anew(ana: Phone, table: str) -> None:
    """Give the series a name and another place, and add one meeting beside it."""
    ana.open(f"{table}/meetings")
    ana.tab.get_by_role("link", name=re.compile("^Change: ")).click()
    ana.tab.locator("summary").click()
    ana.fill("A name for these meetings", f"{CANARY}-name")
    ana.fill("The usual place", f"{CANARY}-where-else")
    ana.press("Look at the dates")
    ana.press("Change it like this")
    ana.open(f"{table}/meetings/add")
    ana.fill("The day", (next_friday() + timedelta(days=1)).isoformat())
    ana.fill("Where", f"{CANARY}-once")
    ana.press("Add it")
    assert ana.path == f"{table}/meetings"


def be_quiet_while_writing(ana: Phone, served: Served, table: str, words: str) -> None:
    """What is sent after the idle clock ran out is kept until its writer has signed in again."""
    start_writing(ana, table, f"{CANARY}-kept")
    with database(served) as opened:
        two_hours_ago = utcnow() - timedelta(hours=2)
        mine = "person_id = (select id from person where name = 'Ana')"
        opened.execute(f"update device set own_phone = 0, seen_at = ? where {mine}", (str(two_hours_ago),))  # noqa: S608
    ana.press("Keep it")
    assert "What you were writing is kept, sealed for you alone." in ana.text()
    with database(served) as opened:
        assert opened.execute("select count(*) from kept_form").fetchone() == (1,)
    assert_nothing_in_clear(served)
    ana.fill("Your name here", "Ana")
    ana.fill("Passphrase", words)
    ana.press("Sign in")
    assert ana.tab.get_by_label("Your words", exact=True).input_value() == f"{CANARY}-kept"
    ana.press("Keep it")
    assert f"{CANARY}-kept" in ana.text()


def be_refused(ana: Phone, served: Served, table: str) -> None:
    """Pages that say what went wrong give the words back, and leave nothing of them behind."""
    start_writing(ana, table, f"{CANARY}-old page")
    ana.tab.evaluate("for (const one of document.querySelectorAll('[name=csrf_token]')) one.value = 'old'")
    ana.press("Keep it")
    assert_given_back(ana, "This page had grown old", f"{CANARY}-old page")
    start_writing(ana, table, f"{CANARY}-broken page")
    with database(served) as opened:
        opened.execute("alter table work rename to nowhere")
    ana.press("Keep it")
    assert_given_back(ana, "Something broke on our side", f"{CANARY}-broken page")
    with database(served) as opened:
        opened.execute("alter table nowhere rename to work")
    assert "no such table" in served.log.read_text() or "OperationalError" in served.log.read_text()


def assert_given_back(ana: Phone, title: str, words: str) -> None:
    assert title in ana.text()
    assert words in [area.input_value() for area in ana.tab.get_by_role("textbox").all()]


def start_writing(ana: Phone, table: str, text: str) -> None:
    ana.open(f"{table}/works/new")
    ana.fill("Your words", text)


def database(served: Served) -> closing:
    return closing(sqlite3.connect(served.data / "portal.db", timeout=10, isolation_level=None))


def come_back_by_code(newcomer: Phone) -> str:
    """Lose the passphrase, come back with the code on paper, and change the words once more; returns the code."""
    newcomer.open("/me/code")
    newcomer.press("Show me a code")
    code = newcomer.tab.locator("p.words b").inner_text()
    newcomer.open("/lost")
    newcomer.fill("Your name here", "Bo")
    newcomer.fill("The code you printed or wrote down", code)
    choose_own_words(newcomer, OWN_WORDS, "Set the new passphrase")
    newcomer.open("/me/passphrase")
    newcomer.fill("The passphrase you use now", OWN_WORDS)
    choose_own_words(newcomer, f"{OWN_WORDS} once more", "Change it")
    assert newcomer.path == "/me/code"
    return code


def choose_own_words(phone: Phone, words: str, button: str) -> None:
    phone.tab.get_by_label(re.compile("^My own words")).check()
    phone.fill("Your own passphrase", words)
    phone.press(button)


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
