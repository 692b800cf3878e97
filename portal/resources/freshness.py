"""How long a check of an entry holds, and for which facts."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import Enum
from hashlib import sha256

from portal.resources.pack import Entry

HOLDS = timedelta(days=90)


class Freshness(Enum):
    UNCHECKED = "unchecked"
    CHANGED = "changed"  # since it was checked
    OLD = "old"
    FRESH = "fresh"


@dataclass(frozen=True)
class Check:
    state: Freshness
    on: date | None = None

    @property
    def holds(self) -> bool:
        return self.state is Freshness.FRESH

    def is_todays(self, today: date) -> bool:
        """Whether it was done today, so that it can still be taken back."""
        return self.holds and self.on == today


def fingerprint(entry: Entry) -> str:
    """Of every fact that stands on the page: a check of other facts is none of these."""
    return sha256(json.dumps(asdict(entry), sort_keys=True).encode()).hexdigest()[:32]


def look(entry: Entry, latest: Mapping[tuple[str, str], date], today: date) -> Check:
    """What the checks, by entry and fingerprint, say of the entry as it now reads."""
    on = latest.get((entry.key, fingerprint(entry)))
    if on:
        return Check(Freshness.OLD if today - on > HOLDS else Freshness.FRESH, on)
    before = [day for (key, _facts), day in latest.items() if key == entry.key]
    return Check(Freshness.CHANGED, max(before)) if before else Check(Freshness.UNCHECKED)
