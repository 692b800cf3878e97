"""From nothing to a sealed page on a phone: the whole way, as people walk it."""

import io
import re
from datetime import date

import pytest
from PIL import Image, ImageDraw

from tests.journeys.conftest import Phone, arrive, begin_table, invite, meet_on, next_friday, set_up, sit_down, write

POEM = "The kettle is the first of us to speak.\nIt says what it said yesterday:\nwait, then more."


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

    friday = next_friday()
    meet_on(ana, table, friday, "The back room of the library")
    say_yes_to_facilitating(ana, bo, table, friday)
    write(ana, table, "Water, later", POEM, share=True)
    read_it(bo, table)
    share_a_picture(bo, table)
    see_it(ana, table)
    take_it_back(bo, ana, table)
    nobody_else(phone, stew, table, javascript)
    leave_and_back(ana, table)


def say_yes_to_facilitating(ana: Phone, bo: Phone, table: str, friday: date) -> None:
    bo.open(table)
    assert "Ana is asked to facilitate." in bo.text()
    ana.open(table)
    assert f"Friday {friday.day} " in ana.text()
    assert "The back room of the library" in ana.text()
    ana.tab.get_by_role("button", name="Yes, I will", exact=True).click()
    ana.tab.get_by_text("You facilitate.").first.wait_for()
    ana.look()
    bo.open(table)
    assert f"Friday {friday.day} " in bo.text()
    assert "Ana facilitates." in bo.text()


def read_it(bo: Phone, table: str) -> None:
    bo.open(table)
    bo.follow_piece("Water, later")
    assert "wait, then more." in bo.text()
    assert bo.tab.get_by_role("button", name="Take it back now").count() == 0


def share_a_picture(bo: Phone, table: str) -> None:
    bo.open(f"{table}/works/new?kind=picture")
    bo.tab.locator("input[type=file]").set_input_files(
        {"name": "DCIM_secret_name.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    bo.fill("What is on it", "A dark bowl on a table")
    bo.fill("Title, if it has one", "What was left")
    bo.tab.get_by_label(re.compile("^The others at The Friday table")).check()
    bo.tab.get_by_role("button", name="Keep it", exact=True).click()
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


def take_it_back(bo: Phone, ana: Phone, table: str) -> None:
    bo.open(f"{table}/works")
    bo.follow_piece("What was left")
    source = bo.tab.locator("figure img").get_attribute("src")
    assert [whose.tab.request.get(whose.address + source).status for whose in (bo, ana)] == [200, 200]
    bo.press("Take it back now")
    assert [whose.tab.request.get(whose.address + source).status for whose in (bo, ana)] == [200, 404]
    ana.open(f"{table}/works")
    assert ana.tab.locator("img").count() == 0
    assert "Water, later" in ana.text()


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
    shown = re.sub(r'name="csrf_token" value="[^"]+"', "", ana.tab.content())
    for words in ("The Friday table", "The back room", "Water, later", "Ana"):
        assert words not in shown
    ana.tab.goto(ana.address + table)
    assert ana.path.startswith("/enter")
    assert ana.tab.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
