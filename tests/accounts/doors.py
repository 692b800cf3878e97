"""What the tests of this room share: moving the clock, links, phones of one's own, codes on paper."""

import re
from datetime import timedelta

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.models.links import FirstLink
from portal.db import utcnow
from tests.cast import PASSPHRASE

NEW_WORDS = "lantern orchard ribbon moss"


def ahead(**amount):
    return time_machine.travel(utcnow() + timedelta(**amount), tick=False)


def healer_link() -> str:
    return "/join/" + FirstLink.make("healer", utcnow())


def own_phone(app: Flask, name: str) -> FlaskClient:
    client = app.test_client()
    answer = client.post("/enter", data={"name": name, "passphrase": PASSPHRASE, "own_phone": "y"})
    assert answer.status_code == 303
    return client


def code_in(page: str) -> str:
    return re.search(r'class="lead words"><b>([^<]+)</b>', page).group(1)


def code_of(client: FlaskClient) -> str:
    return code_in(client.post("/me/code", data={"current": PASSPHRASE}).text)
