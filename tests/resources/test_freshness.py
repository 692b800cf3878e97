"""A check holds for these facts and for ninety days."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from portal.resources import shelf
from portal.resources.entries import pack
from portal.resources.freshness import Check, Freshness, fingerprint, look
from portal.resources.pack import Entry, Reach, Source

TODAY = date(2026, 11, 23)
ENTRY = next(entry for entry in pack(shelf.SHIPPED / "us.yaml").entries if entry.key == "trans-lifeline")
OTHER = {
    "key": "another",
    "name": {"en": "A", "es": "B"},
    "for_whom": {"en": "A", "es": "B"},
    "reach": Reach(phone="555-0100"),
    "place": "elsewhere",
    "kinds": ("crisis",),
    "hours": None,
    "languages": ("es",),
    "cost": "free",
    "sends": "unknown",
    "own_words": "",
    "sends_note": None,
    "reports": None,
    "note": {"en": "A", "es": "B"},
    "sources": (Source("https://line.example", "2026"),),
}


def checked(entry: Entry, day: date) -> dict:
    return {(entry.key, fingerprint(entry)): day}


@pytest.mark.parametrize(
    ("ago", "state"), [(0, Freshness.FRESH), (90, Freshness.FRESH), (91, Freshness.OLD), (-1, Freshness.FRESH)]
)
def test_a_check_holds_for_ninety_days(ago, state):
    day = TODAY - timedelta(days=ago)
    assert look(ENTRY, checked(ENTRY, day), TODAY) == Check(state, day)


def test_what_was_never_checked_says_so():
    assert look(ENTRY, {}, TODAY) == Check(Freshness.UNCHECKED)
    assert look(ENTRY, {("another", fingerprint(ENTRY)): TODAY}, TODAY) == Check(Freshness.UNCHECKED)


@pytest.mark.parametrize("fact", [one.name for one in fields(Entry) if one.name != "key"])
def test_a_line_changed_since_its_check_counts_as_unchecked_whatever_changed(fact):
    changed = replace(ENTRY, **{fact: OTHER[fact]})
    assert changed != ENTRY
    assert look(changed, checked(ENTRY, TODAY), TODAY) == Check(Freshness.CHANGED, TODAY)
    assert not look(changed, checked(ENTRY, TODAY), TODAY).holds


def test_a_line_put_back_as_it_was_has_its_check_again():
    latest = checked(ENTRY, TODAY) | checked(replace(ENTRY, cost="free"), TODAY - timedelta(days=200))
    assert look(ENTRY, latest, TODAY).holds


def test_the_fingerprint_is_the_same_in_every_process():
    """It is kept for months: its way of being made may change only with a migration that ends all checks."""
    entry = replace(ENTRY, **OTHER)
    assert fingerprint(entry) == fingerprint(replace(entry))
    assert fingerprint(entry) == "3b520c27ae069e3c72a2c4651f00c81c"
