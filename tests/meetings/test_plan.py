"""The plan of a meeting: what is packed comes back, and only a link people can follow is a link."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.meetings.plan import Place, Plan, as_link, pack_place, pack_plan, unpack_place, unpack_plan

places = st.builds(Place, st.text(), st.text())
plans = st.builds(Plan, st.none() | places, st.text())


@given(plans, places)
def test_what_is_packed_comes_back(plan, place):
    assert unpack_plan(pack_plan(plan)) == plan
    assert unpack_place(pack_place(place)) == place


def test_a_plan_at_the_usual_place_follows_it_when_it_changes():
    usual = Place("The library", "")
    assert Plan.over(usual, Place("The library", ""), "Tea first").where is None
    assert Plan.over(usual, Place("", ""), "").where == Place("", "")


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        ("https://meet.example/our-room", "https://meet.example/our-room"),
        ("http://meet.example", "http://meet.example"),
        (" meet.example/our-room ", "https://meet.example/our-room"),
        ("meet.example:8443/room", "https://meet.example:8443/room"),
        ("javascript:alert(1)", None),
        ("JavaScript://meet.example/%0aalert(1)", None),
        ("data:text/html,hello", None),
        ("mailto:bo@meet.example", None),
        ("ftp://meet.example/room", None),
        ("//meet.example", None),
        ("at Bo’s", None),
        ("https://", None),
        ("https://[broken", None),
        ("https://meet.example/a room", None),
    ],
)
def test_only_an_address_of_the_web_is_a_link(typed, link):
    assert as_link(typed) == link
