"""A real portal says nothing of a demo."""

import re


def test_a_real_portal_is_not_called_a_demo(ana, nobody, cast):
    for page in (ana.get(f"/c/{cast.table}"), nobody.get("/"), nobody.get("/nowhere")):
        assert not re.search(r"\bdemo\b", page.text)  # not within an id
