"""Walking through the portal as a reader would: from link to link, and form to form."""

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from flask.testing import FlaskClient

from portal.web.page import local

ELSEWHERE = re.compile(r"^/(leave|static|healthz|readyz)\b|^/guide/.|/(large|small)$")
ID = re.compile(r"[a-z2-7]{26}")
ALIKE = 2  # of the pages that differ only in what they are about, so many are opened


@dataclass
class Input:
    name: str
    kind: str
    given: dict[str, str]
    value: str = ""
    label: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    action: str
    method: str
    inputs: list[Input] = field(default_factory=list)


class Reader(HTMLParser):
    """The forms of a page, with what each field is called on it, and its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.labels: dict[str, str] = {}
        self.label: str | None = None
        self.area: Input | None = None
        self.feed(text)
        for form in self.forms:
            for each in form.inputs:
                each.label = " ".join(self.labels.get(each.given.get("id", ""), "").split())

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "label":
            self.label = given.get("for")
        elif tag == "option" and self.forms:
            self.option(given)
        elif tag in ("input", "textarea", "select") and self.forms and "name" in given:
            kind = given.get("type", "text") if tag == "input" else tag
            self.forms[-1].inputs.append(Input(given["name"], kind, given, given.get("value", "")))
            self.area = self.forms[-1].inputs[-1] if tag == "textarea" else None

    def option(self, given: dict[str, str]) -> None:
        select = self.forms[-1].inputs[-1]
        select.options.append(given.get("value", ""))
        if "selected" in given or not select.value:
            select.value = given.get("value", "")

    def handle_endtag(self, tag):
        if tag == "label":
            self.label = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data):
        if self.label is not None:
            self.labels[self.label] = self.labels.get(self.label, "") + data
        if self.area is not None:
            self.area.value += data


def forms_in(page: str) -> list[Form]:
    return Reader(page).forms


def walk(client: FlaskClient, *starts: str) -> dict[str, str]:
    """Every page that links lead to from these, by its address; of the guide only the first shelf."""
    pages: dict[str, str] = {}
    waiting, seen, alike = deque(starts), set(starts), Counter[str]()
    while waiting:
        path = waiting.popleft()
        alike[ID.sub("*", path)] += 1
        if alike[ID.sub("*", path)] > ALIKE:
            continue
        answer = client.get(path)
        if answer.status_code in (301, 302, 303):
            links = [answer.location]
        elif answer.mimetype == "text/html":
            pages[path] = answer.text
            links = Reader(answer.text).links
        else:
            continue
        for link in links:
            there = urljoin(path, link).partition("#")[0]
            if local(there) and not ELSEWHERE.search(there) and there not in seen:
                seen.add(there)
                waiting.append(there)
    return pages
