"""Instants and what the clocks on the wall show, for every room.

A night on which the clocks change is settled as RFC 5545 does (3.3.5): a time the clocks jump over is kept as many
minutes later as they jump; of a time that comes twice the first is meant.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def instant(wall: datetime, zone: str) -> datetime:
    """Naive UTC of a naive wall time. Python's `fold=0` is the rule stated above, for the gap and for the overlap."""
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC).replace(tzinfo=None)


def local(moment: datetime, zone: str) -> datetime:
    """Naive wall time in a zone of an instant in naive UTC."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
