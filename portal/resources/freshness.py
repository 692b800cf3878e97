"""How long a check of an entry holds, and for which facts."""

import json
from dataclasses import asdict
from datetime import date, timedelta
from enum import Enum
from hashlib import sha256

from portal.resources.pack import Entry

HOLDS = timedelta(days=90)


class Freshness(Enum):
    UNCHECKED = "unchecked"
    OLD = "old"
    FRESH = "fresh"


def fingerprint(entry: Entry) -> str:
    """Of every fact that stands on the page: a check of other facts is none of these."""
    return sha256(json.dumps(asdict(entry), sort_keys=True).encode()).hexdigest()[:32]


def freshness(checked_on: date | None, today: date) -> Freshness:
    if checked_on is None:
        return Freshness.UNCHECKED
    return Freshness.OLD if today - checked_on > HOLDS else Freshness.FRESH
