"""Every address of the portal, as nobody, as Cy, who belongs elsewhere, and as Stew, who runs it."""

import re
from html.parser import HTMLParser

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal.db import db
from tests.conftest import every_table

NOWHERE = "a" * 26  # the id of nothing
NOT_PAGES = {"/static/<path:filename>", "/healthz", "/readyz", "/leave"}
TELLING = re.compile(r"\b(circle|healing|heal|trauma|grief|crisis|c[ií]rculo|sanaci[oó]n|duelo)\b", re.IGNORECASE)


def rules(app: Flask, *, circle: bool, method: str) -> list[str]:
    """The addresses that take `method`, inside a circle or outside; other blanks are filled with nothing's id."""
    found = []
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.rule not in NOT_PAGES and ("circle" in rule.arguments) == circle:
            found.append(filled(rule))
    return sorted(found)


def filled(rule: Rule) -> str:
    def blank(found: re.Match[str]) -> str:
        choices, name = found["choices"], found["name"]
        return "{circle}" if name == "circle" else choices.split(",")[0].strip() if choices else NOWHERE

    return re.sub(r"<(?:\w+(?:\((?P<choices>[^)]*)\))?:)?(?P<name>\w+)>", blank, rule.rule)


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


def test_outside_circles_every_page_is_whole_for_everyone(app, nobody, ana, cy, stew):
    for name, client in (("nobody", nobody), ("Ana", ana), ("Cy", cy), ("Stew", stew)):
        for path in rules(app, circle=False, method="GET"):
            answer = client.get(path)
            assert answer.status_code in (200, 303, 302, 403, 404), f"{path} for {name}: {answer.status_code}"
            if answer.status_code not in (302, 303):
                assert_kind(answer.text, f"{path} for {name}")


def test_every_page_of_a_table_is_whole_for_who_sits_there(app, ana, cast):
    seen = []
    for path in rules(app, circle=True, method="GET"):
        answer = ana.get(path.format(circle=cast.table))
        assert answer.status_code in (200, 404), f"{path}: {answer.status_code}"
        assert answer.status_code == 200 or NOWHERE in path, f"{path} is not there for Ana"
        assert_kind(answer.text, path)
        seen.append(answer.status_code)
    assert seen.count(200) >= 8


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_address_of_a_table_answers_anyone_else(app, nobody, cy, stew, cast, method):
    there = rules(app, circle=True, method=method)
    assert len(there) >= 5
    for path in there:
        for client in (cy, stew):
            real = client.open(path.format(circle=cast.table), method=method)
            nothing = client.open(path.format(circle=NOWHERE), method=method)
            assert real.status_code == nothing.status_code == 404, f"{method} {path}: {real.status_code}"
            assert real.text == nothing.text, path
        asked = [nobody.open(path.format(circle=circle), method=method) for circle in (cast.table, NOWHERE)]
        assert all((answer.location or "").startswith("/enter") for answer in asked), f"{path} {asked}"


def test_fragments_are_refused_like_pages(app, cy, stew, cast):
    for path in rules(app, circle=True, method="GET"):
        for client in (cy, stew):
            answer = client.get(
                path.format(circle=cast.table), headers={"HX-Request": "true", "HX-Target": "next_meeting"}
            )
            assert answer.status_code == 404, path


def test_a_page_asked_for_by_htmx_is_whole_or_one_of_its_blocks(app, ana, cast):
    for path in rules(app, circle=True, method="GET"):
        for target in ("next_meeting", "turn", "nothing"):
            answer = ana.get(path.format(circle=cast.table), headers={"HX-Request": "true", "HX-Target": target})
            assert answer.status_code in (200, 404), path


def everything() -> dict[str, list]:
    """Every row, but for the idle clocks."""
    tables = [model._meta.table_name for model in every_table() if model.__name__ != "Device"]
    return {table: db.execute_sql(f'select * from "{table}"').fetchall() for table in tables}  # noqa: S608


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_asking_about_a_page_changes_nothing(app, ana, stew, cast, method):
    before = everything()
    for circle in (True, False):
        for path in rules(app, circle=circle, method="GET"):
            for client in (ana, stew):
                client.open(path.format(circle=cast.table), method=method)
    assert everything() == before


def test_reading_pages_changes_nothing(app, ana, stew, cast):
    before = everything()
    for circle in (True, False):
        for path in rules(app, circle=circle, method="GET"):
            for client in (ana, stew):
                client.get(path.format(circle=cast.table))
    assert everything() == before


def test_only_the_steward_has_the_stewards_pages(app, nobody, ana, cy):
    stewards = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/steward")]
    assert stewards
    for rule in stewards:
        method = "POST" if "POST" in rule.methods else "GET"
        for client in (ana, cy):
            assert client.open(filled(rule), method=method).status_code == 404, rule.rule
        assert nobody.open(filled(rule), method=method).location.startswith("/enter"), rule.rule


def test_every_form_that_posts_carries_its_token(app, ana, cast, csrf):
    for path in [p.format(circle=cast.table) for p in rules(app, circle=True, method="GET")] + rules(
        app, circle=False, method="GET"
    ):
        text = ana.get(path).text
        forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL | re.IGNORECASE)
        assert all('name="csrf_token"' in form for form in forms), path


def test_every_field_has_its_label(app, ana, nobody, cast):
    for client, paths in (
        (ana, [p.format(circle=cast.table) for p in rules(app, circle=True, method="GET")]),
        (nobody, rules(app, circle=False, method="GET")),
    ):
        for path in paths:
            text = client.get(path).text
            page = Page(text)
            for field in re.findall(r"<(?:input|textarea|select)\b[^>]*>", text):
                if (
                    'type="hidden"' in field
                    or 'type="radio"' in field
                    or 'type="checkbox"' in field
                    or "aria-label" in field
                ):
                    continue
                named = re.search(r'id="([^"]+)"', field)
                assert named, f"{path}: {field}"
                assert named[1] in page.labels, f"{path}: {field}"
