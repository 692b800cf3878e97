"""Putting pieces on a wall as people do: through the form."""

import io
import re

from flask.testing import FlaskClient

from portal.db import new_id
from tests.media.pictures_for_tests import encoded, quarters

POEM = "The kettle is the first of us to speak.\nIt says what it said yesterday:\n\nI have put out two cups again."


def fields(**given) -> dict:
    return {"once": new_id(), "kind": "writing", "title": "Water, later", "text": POEM, "who": "me", **given}


def picture_fields(data: bytes | None = None, **given) -> dict:
    sent = encoded(quarters((2000, 1500))) if data is None else data
    file = (io.BytesIO(sent), "IMG_2041 Canary street 5.jpg")
    words = {"title": "What was left", "text": "My mother’s bowl.", "alt": "A bowl with two fruits."}
    return fields(**{"kind": "picture", "picture": file, **words, **given})


def put_up(client: FlaskClient, circle: str, sent: dict | None = None) -> str:
    """Keep a piece for its author alone; returns its id."""
    answer = client.post(f"/c/{circle}/works/new", data=sent or fields(), content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return re.search(r"/works/([a-z2-7]{26})", answer.location).group(1)


def open_to_table(client: FlaskClient, circle: str, work: str):
    """Say yes to the sentence that is read back."""
    address = f"/c/{circle}/works/{work}/share"
    read_back = client.get(address).text
    named = re.search(r'name="named" type="hidden" value="([^"]*)"', read_back).group(1)
    return client.post(address, data={"named": named})


def share(client: FlaskClient, circle: str, sent: dict | None = None) -> str:
    work = put_up(client, circle, sent)
    assert open_to_table(client, circle, work).status_code == 303
    return work
