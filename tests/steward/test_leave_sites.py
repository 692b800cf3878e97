from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.steward.leave_sites import LENGTH, OFFERED, completed, unfit


@pytest.mark.parametrize("address", [*OFFERED, "https://news.bbc.co.uk/sport?day=1#top", "https://ELM.example:8443/"])
def test_leave_may_lead_to_any_plain_site(address):
    assert unfit(address, "elm.example.org") is None


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://www.weather.gov/", "insecure"),
        ("HTTP://www.weather.gov/", "insecure"),
        ("javascript:alert(1)", "unclear"),
        ("https://", "unclear"),
        ("https://weather", "unclear"),
        ("https://192.168.1.4/", "unclear"),
        ("https://weather.gov@example.org/", "unclear"),
        ("https://weather.gov\\@example.org/", "unclear"),
        ("https://weather.gov/\r\nSet-Cookie: a=b", "unclear"),
        ("https://weather.gov/two words", "unclear"),
        ("//weather.gov/", "unclear"),
        ("", "unclear"),
        ("https://Elm.example.org/help", "ours"),
        ("https://weather.gov/" + "x" * LENGTH, "long"),
    ],
)
def test_leave_leads_nowhere_that_could_surprise(address, why):
    assert unfit(address, "elm.example.org") == why


@given(st.text(min_size=1, max_size=60).map(lambda rest: "https://" + rest) | st.text(max_size=60))
def test_what_is_taken_is_one_host_read_the_same_by_every_browser(address):
    if unfit(address, "elm.example.org") is None:
        parts = urlsplit(address)
        assert parts.scheme == "https"
        assert parts.username is None
        assert parts.hostname.isascii()
        assert address.isascii()
        assert address.isprintable()


def test_an_address_is_completed_as_people_write_it():
    assert completed(" weather.gov ") == "https://weather.gov"
    assert completed("http://weather.gov") == "http://weather.gov"
    assert completed("  ") == ""
