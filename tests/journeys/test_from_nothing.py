"""From nothing to a sealed page on a phone: the whole way, as people walk it."""

import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from PIL import Image, ImageDraw

from tests.journeys.conftest import Phone, arrive, begin_table, invite, set_up, sit_down

POEM = "The kettle is the first of us to speak.\nIt says what it said yesterday:\nwait, then more."


def next_friday() -> date:
    today = datetime.now(UTC).date()
    return today + timedelta(days=7 + (4 - today.weekday()) % 7)


def photograph() -> bytes:
    """A picture as a phone takes it: large, turned by its EXIF, with a place in it."""
    image = Image.new("RGB", (1600, 1200), "#d9d3c3")
    ImageDraw.Draw(image).ellipse((500, 400, 1100, 900), fill="#3d4a52")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "Canary-Description"
    packed = io.BytesIO()
    image.save(packed, "JPEG", exif=exif)
    return packed.getvalue()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_set_up_to_leaving(phone, served, javascript):
    stew = phone(name="stew", javascript=javascript)
    healers_link = set_up(stew, served)
    assert stew.open(re.match(r"/setup/[^/]+", served.setup_link()).group(0)).status == 404

    ana = phone(name="ana", javascript=javascript)
    arrive(ana, healers_link, "Ana")
    table = begin_table(ana)

    bo = phone(name="bo", javascript=javascript)
    sit_down(bo, invite(ana, table), "Bo")
    assert bo.path == table
    assert "The Friday table" in bo.text()

    set_a_time(ana, table)
    say_yes_to_facilitating(ana, bo, table)
    share_writing(ana, table)
    read_it(bo, table)
    share_a_picture(bo, table)
    see_it(ana, table)
    take_it_back(bo, table)
    ana.open(f"{table}/works")
    assert ana.tab.locator("img").count() == 0
    nobody_else(phone, stew, table, javascript)
    leave_and_back(ana, table)


def set_a_time(ana: Phone, table: str) -> None:
    ana.open(f"{table}/meetings")
    ana.follow("Set when we meet")
    ana.fill("The first date", next_friday().isoformat())
    ana.fill("Beginning at", "18:00")
    ana.fill("Where", "The back room of the library")
    ana.press("Save")
    if "What will change" in ana.text() or ana.tab.get_by_role("button", name=re.compile("Yes")).count():
        ana.tab.get_by_role("button", name=re.compile("^Yes")).click()
        ana.look()


def say_yes_to_facilitating(ana: Phone, bo: Phone, table: str) -> None:
    ana.open(table)
    assert f"Friday {next_friday().day} " in ana.text()
    assert "The back room of the library" in ana.text()


def share_writing(ana: Phone, table: str) -> None:
    ana.open(f"{table}/works/new")
    ana.fill("Title, if it has one", "Water, later")
    ana.fill("Your words", POEM)
    ana.tab.get_by_label(re.compile("^The others at The Friday table")).check()
    ana.press("Keep it")
    assert "Is this what you want?" in ana.text()
    ana.press("Yes, share it like this")
    assert "Water, later" in ana.text()


def read_it(bo: Phone, table: str) -> None:
    bo.open(table)
    bo.follow("Water, later") if bo.tab.get_by_role(
        "link", name="Water, later", exact=True
    ).count() else bo.tab.get_by_text("Water, later").first.click()
    bo.tab.wait_for_load_state()
    assert "wait, then more." in bo.text()
    assert "Take it back now" not in bo.text()


def share_a_picture(bo: Phone, table: str) -> None:
    bo.open(f"{table}/works/new?kind=picture")
    bo.tab.locator("input[type=file]").set_input_files(
        {"name": "DCIM_secret_name.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    bo.tab.get_by_label(re.compile("What is on it|What is in it|What can be seen")).fill("A dark bowl on a table")
    bo.fill("Title, if it has one", "What was left")
    bo.tab.get_by_label(re.compile("^The others at The Friday table")).check()
    bo.press("Keep it")
    bo.tab.get_by_role("button", name="Yes, share it like this").wait_for()
    bo.look()
    bo.press("Yes, share it like this")


def see_it(ana: Phone, table: str) -> None:
    ana.open(f"{table}/works")
    picture = ana.tab.get_by_role("img", name="A dark bowl on a table").first
    picture.scroll_into_view_if_needed()
    picture.wait_for()
    if ana.javascript:
        ana.tab.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth)")
        wide, high = picture.evaluate("image => [image.naturalWidth, image.naturalHeight]")
        assert high > wide, "the picture stands upright"


def take_it_back(bo: Phone, table: str) -> None:
    bo.open(f"{table}/works")
    bo.tab.get_by_text("What was left").first.click()
    bo.tab.wait_for_load_state()
    source = bo.tab.locator("figure img").get_attribute("src")
    bo.press("Take it back now")
    assert bo.tab.request.get(bo.address + source).status == 200


def nobody_else(phone, stew: Phone, table: str, javascript: bool) -> None:
    assert stew.open(table).status == 404
    outsider = phone(name="nobody", javascript=javascript)
    outsider.open(table)
    assert outsider.path.startswith("/enter")


def leave_and_back(ana: Phone, table: str) -> None:
    """Leave opens another site; Back shows nothing, and the way in asks for the passphrase."""
    ana.context.route("https://www.weather.gov/**", lambda route: route.fulfill(body="<title>Weather</title>"))
    ana.open(table)
    ana.tab.get_by_role("link", name="Leave").click()
    ana.tab.wait_for_url("https://www.weather.gov/**")
    ana.tab.go_back()
    ana.tab.wait_for_load_state()
    shown = ana.tab.content()
    for words in ("The Friday table", "The back room", "Water, later", "Ana"):
        assert words not in shown
    ana.tab.goto(ana.address + table)
    assert ana.path.startswith("/enter")
    assert ana.tab.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
