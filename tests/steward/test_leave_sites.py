from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.steward.leave_sites import LENGTH, OFFERED, completed, said, unfit

OURS = ("elm.example.org", "localhost")


@pytest.mark.parametrize("address", [*OFFERED, "https://news.bbc.co.uk/sport?day=1#top", "https://ELM.example:8443/"])
def test_leave_may_lead_to_any_plain_site(address):
    assert unfit(address, OURS) is None


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
    assert unfit(address, OURS) == why


@given(st.text(min_size=1, max_size=60).map(lambda rest: "https://" + rest) | st.text(max_size=60))
def test_what_is_taken_is_one_host_read_the_same_by_every_browser(address):
    if unfit(address, OURS) is None:
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


def test_an_address_is_said_without_what_nobody_says():
    assert [said(address) for address in OFFERED] == ["weather.gov", "wikipedia.org", "apnews.com"]
    assert said("https://tides.example.org:8443/today") == "tides.example.org"
