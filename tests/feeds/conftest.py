"""Addresses of the cast, made on the pages as people make them."""

import re
from collections.abc import Callable

import pytest

from portal.db import new_id, utcnow
from tests.meetings.conftest import set_series

Maker = Callable[..., str]


@pytest.fixture
def meetings(cast):
    """Meetings every week from ten days on, at six in the evening in Chicago, in the back room of the library."""
    return set_series(cast["Ana"].seat(), utcnow())


@pytest.fixture
def make() -> Maker:
    """Make an address; returns its path."""

    def made(client, **given) -> str:
        answer = client.post("/me/calendar/new", data={"once": new_id(), "which": "all", "what": "times", **given})
        assert answer.status_code == 303, answer.text
        return address_on(client.get(answer.location).text)

    return made


def address_on(page: str) -> str:
    return re.search(r"/feed/[a-z2-7]{26}\.ics", page)[0]
