"""Every address of the portal, with real things behind it, as each of the cast finds it.

Ana sits at the table and made what is there, Bo sits beside her, Cy belongs elsewhere, Stew runs the portal, nobody is
signed out.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from flask import Flask

from portal.accounts.models.devices import Device
from portal.circles.models import Seat
from portal.db import db, new_id, utcnow
from tests.cast import enter
from tests.conftest import every_table
from tests.things import HER_FEED, NOWHERE, Things, addresses, filled, nothing, real_things

FILES = {  # what is no page
    "/large": "image/webp",
    "/small": "image/webp",
    ".ics": "text/calendar",
    ".yaml": "application/yaml",
    ".csv": "text/csv",
    ".json": "application/json",
    ".js": "text/javascript",
}
TELLING = re.compile(r"\b(circle|healing|heal|trauma|grief|crisis|c[ií]rculo|sanaci[oó]n|duelo)\b", re.IGNORECASE)
HTMX = {"HX-Request": "true", "HX-Target": "next_meeting"}


@pytest.fixture
def there(app, ana, cast) -> Things:
    return real_things(app, ana, cast)


class Page(HTMLParser):
    """What a test asks of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.feed(text)
        self.title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)[1].strip()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag in ("script", "img", "iframe", "link", "source"):
            self.loaded.append(given.get("src") or given.get("href") or "")
        if "style" in given or tag == "style" or any(name.startswith("on") for name in given):
            self.inline.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "label" and "for" in given:
            self.labels.add(given["for"])


def assert_kind(text: str, where: str) -> None:
    page = Page(text)
    assert page.headings.count(1) == 1, f"{where} has {page.headings.count(1)} main headings"
    assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False)), f"{where} skips a heading"
    assert "/help" in page.links, where
    assert "/leave" in page.links, where
    assert page.title, where
    assert not TELLING.search(page.title), f"{where} is titled {page.title}"
    assert not page.inline, f"{where} has inline {page.inline}"
    assert all(address.startswith("/") for address in page.loaded), f"{where} loads {page.loaded}"
    assert len(page.ids) == len(set(page.ids)), f"{where} uses an id twice"


def test_the_things_behind_the_addresses_are_real(app, there):
    """Where every address leads to nothing, nothing is tested."""
    inside = addresses(app, there, circle=True, method="GET")
    assert len(inside) >= 20
    assert not [path for path in inside + addresses(app, there, circle=True, method="POST") if NOWHERE in path]


def test_every_page_of_a_table_is_whole_for_who_made_what_is_there(app, ana, there):
    for path in addresses(app, there, circle=True, method="GET"):
        answer = ana.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        if path.endswith(tuple(FILES)):
            assert answer.mimetype in FILES.values(), path
        else:
            assert_kind(answer.text, path)


def test_who_sits_beside_her_finds_all_but_what_is_hers_alone(app, bo, there, cast):
    table = f"/c/{cast.table}"
    shared, hers = (f"{table}/works/{work}" for work in there["work"])
    invitation, take = f"{table}/people/invitations/", f"{table}/meetings/{there['meeting'][0]}/take"
    for path in addresses(app, there, circle=True, method="GET"):
        answer = bo.get(path)
        if path == take:  # he holds it himself
            assert answer.status_code == 303, path
        elif path.startswith((hers, invitation)) or path == f"{shared}/share":
            assert answer.status_code == 404, path
        else:
            assert answer.status_code == 200, f"{path}: {answer.status_code}"
    assert bo.post(f"{invitation}{NOWHERE}/revoke").status_code == 404


NOT_THERE = {"Ana": {"/setup", "/steward"}, "Bo": {"/setup", "/steward"}, "Cy": {"/setup", "/steward"}}
NOT_THERE |= {"Stew": {"/setup", "/me/calendar"}, "nobody": {"/setup"}}
NOT_OPEN = {
    "Bo": {"/c/new"},
    "Stew": {"/c/new", "/i"},
}  # said in words: only a healer starts a table, a steward sits nowhere
LED_ON = {
    "Ana": {"/enter", "/i"},
    "Bo": {"/", "/enter", "/i"},
    "Cy": {"/enter"},
    "Stew": {"/enter"},
    "nobody": {"/c/new", "/me", "/steward"},
}


def expected(name: str, path: str) -> int:
    """How an address outside the tables answers that person; of Ana's things, nobody else finds one."""
    hers = "/me/things/", f"/me/calendar/{HER_FEED}", "/me/reflections/", "/me/kept/"
    if name == "nobody" and path.startswith("/guide/") and ("/questions/" in path or path.endswith("/reflection")):
        return 303  # the question stands in the guide for everyone; to keep words, one signs in
    if path.startswith(hers) and name not in ("Ana", "nobody"):
        return 404
    for status, places in ((404, NOT_THERE), (403, NOT_OPEN), (303, LED_ON)):
        if any(path == place or (place != "/" and path.startswith(place + "/")) for place in places.get(name, ())):
            return status
    return 200


@pytest.mark.parametrize("name", ["nobody", "Ana", "Bo", "Cy", "Stew"])
def test_outside_the_tables_every_page_is_whole_for_everyone(app, there, request, name):
    client = request.getfixturevalue(name.lower())
    for path in addresses(app, there, circle=False, method="GET"):
        answer = client.get(path)
        status = 303 if answer.status_code == 302 else answer.status_code
        assert status == expected(name, path), f"{path} for {name}: {answer.status_code}"
        if status != 303 and not path.endswith(tuple(FILES)):
            assert_kind(answer.text, f"{path} for {name}")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["a page", "a fragment"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_no_address_of_a_table_answers_anyone_else(app, nobody, cy, stew, cast, there, method, headers):
    asked = [
        (real, unreal)
        for rule in app.url_map.iter_rules()
        if method in rule.methods and "circle" in rule.arguments
        for real in filled(rule, there)
        for unreal in filled(rule, nothing(there))
    ]
    assert len(asked) >= 15
    before = everything()
    for real, unreal in asked:
        for name, client in (("Cy", cy), ("Stew", stew)):
            found, lacking = (client.open(path, method=method, headers=headers) for path in (real, unreal))
            assert found.status_code == lacking.status_code == 404, f"{method} {real} for {name}: {found.status_code}"
            assert found.text == lacking.text, f"{method} {real} for {name}"
            assert found.content_length == lacking.content_length, f"{method} {real} for {name}"
        for path in (real, unreal):
            answer = nobody.open(path, method=method, headers=headers)
            led_to = answer.headers.get("HX-Redirect" if headers else "Location", "")
            assert answer.status_code == (204 if headers else 303), f"{method} {path}: {answer.status_code}"
            assert led_to.startswith("/enter?next=/"), f"{method} {path}"
    assert everything() == before, "a refusal changes nothing"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_steward_with_a_seat_slipped_in_finds_nothing(app, stew, cast, there, method):
    row = {"id": new_id(), "circle": cast.table, "person": cast["Stew"].id, "place": 9, "joined_at": utcnow()}
    Seat.insert(**row, affirmed=1, sealed_name=b"x" * 60).execute()
    lacking = stew.get(f"/c/{NOWHERE}")
    for path in addresses(app, there, circle=True, method=method):
        answer = stew.open(path, method=method)
        assert answer.status_code == 404, f"{method} {path}: {answer.status_code}"
        assert answer.text == ("" if method == "HEAD" else lacking.text), path


def test_a_page_asked_for_by_htmx_is_whole_or_one_of_its_blocks(app, ana, there):
    for path in addresses(app, there, circle=True, method="GET"):
        for target in ("next_meeting", "turn", "nothing"):
            answer = ana.get(path, headers={"HX-Request": "true", "HX-Target": target})
            assert answer.status_code == 200, path
            if not path.endswith(tuple(FILES)):
                whole, block = "</html>" in answer.text, f'id="{target}"' in answer.text
                assert whole or block, f"{path} gives neither the page nor {target}"


def everything() -> dict[str, list]:
    """Every row, but for what looking itself moves: the idle clocks, and each one's own sealed last look and place."""
    moved = ("Device", "LastLook", "Study")
    tables = [model._meta.table_name for model in every_table() if model.__name__ not in moved]
    return {table: db.execute_sql(f'select * from "{table}"').fetchall() for table in tables}  # noqa: S608


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_asking_for_a_page_changes_nothing(app, nobody, ana, bo, cy, stew, there, method):
    before = everything()
    assert {"meeting", "work", "invitation", "turn"} <= {table for table, found in before.items() if found}
    for circle in (True, False):
        for path in addresses(app, there, circle=circle, method="GET"):
            for client in (nobody, ana, bo, cy, stew):
                client.open(path, method=method)
    assert everything() == before


def test_only_the_steward_has_the_stewards_pages(app, nobody, ana, bo, cy, stew, there):
    before = everything()
    asked = {m: addresses(app, there, circle=False, method=m, begins="/steward") for m in ("GET", "POST")}
    assert len(asked["GET"]) >= 4
    assert len(asked["POST"]) >= 4
    for method, paths in asked.items():
        for path in paths:
            for client in (ana, bo, cy):
                assert client.open(path, method=method).status_code == 404, path
            assert nobody.open(path, method=method).location.startswith("/enter"), path
    assert everything() == before
    assert {stew.get(path).status_code for path in asked["GET"]} == {200}


def test_what_is_ones_own_changes_for_nobody_else(app, nobody, bo, cy, stew, there):
    before = everything()
    devices = [device.id for device in Device.select()]
    asked = addresses(app, there, circle=False, method="POST", begins="/me/")
    hers = [*there["work"], *there["device"], *there["reflection"], HER_FEED]
    asked = [path for path in asked if any(str(thing) in path for thing in hers)]
    assert len(asked) >= 10
    for path in asked:
        for client in (bo, cy, stew):
            assert client.post(path).status_code == 404, path
        assert nobody.post(path).location.startswith("/enter"), path
    assert everything() == before
    assert [device.id for device in Device.select()] == devices


def pages(app: Flask, there: Things, clients: dict) -> Iterator[tuple[str, str]]:
    """Each page that opens for one of these, with its address."""
    everywhere = [path for circle in (True, False) for path in addresses(app, there, circle=circle, method="GET")]
    for name, client in clients.items():
        for path in everywhere:
            answer = client.get(path)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                yield f"{path} for {name}", answer.text


def test_every_form_that_posts_carries_its_token(app, there, csrf):
    """Signed in while no token was asked for, each reads the pages as they are with tokens."""
    clients = {"nobody": app.test_client(), **{name: signed_in(app, name) for name in ("Ana", "Bo", "Stew")}}
    found = 0
    for where, text in pages(app, there, clients):
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL | re.IGNORECASE):
            assert re.search(r'name="csrf_token"[^>]* value="[^"]{20,}"', form), f"{where}: {form[:200]}"
            found += 1
    assert found >= 60


def signed_in(app: Flask, name: str):
    """`csrf` is on: switch it off for the moment of signing in."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = enter(app, name)
    app.config["WTF_CSRF_ENABLED"] = True
    return client


def test_every_field_has_its_label(app, there, nobody, ana, bo, stew):
    found = 0
    for where, text in pages(app, there, {"nobody": nobody, "Ana": ana, "Bo": bo, "Stew": stew}):
        labels = Page(text).labels
        wrapped = "".join(re.findall(r"<label\b.*?</label>", text, re.DOTALL))
        for field in re.findall(r"<(?:input|textarea|select)\b[^>]*>", text):
            if 'type="hidden"' in field:
                continue
            named = re.search(r'id="([^"]+)"', field)
            labelled = field in wrapped or "aria-label" in field or (named and named[1] in labels)
            assert labelled, f"{where}: {field}"
            found += 1
    assert found >= 60
