"""Roles at one meeting, as the people of one table see them: with names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.circles.access import Sitting
from portal.circles.models import Seat
from portal.db import Prepared
from portal.meetings.access.dates import Row
from portal.meetings.models.turns import FACILITATOR, Turn, suggestion
from portal.meetings.recurrence import local
from portal.meetings.rotation import Why


@dataclass(frozen=True)
class Asking:
    """A role at one meeting: who said yes, else who is asked and why. Never who passed."""

    holder: Sitting | None = None
    asked: Sitting | None = None
    why: Why | None = None
    since: datetime | None = None
    long_ago: bool = False  # in another year than the meeting, so that the year must be said

    @property
    def is_yours(self) -> bool:
        return self.holder is not None and self.holder.is_you

    @property
    def asks_you(self) -> bool:
        return self.asked is not None and self.asked.is_you


def holders(meeting_ids: Iterable[str], role: str = FACILITATOR) -> dict[str, str]:
    """Who said yes to a role at each of these meetings: their seats. One query."""
    return dict(turns_at(meetings=list(meeting_ids), role=role))


@Prepared
def turns_at(meetings: list[str], role: str) -> Any:
    return Turn.select(Turn.meeting, Turn.seat).where(Turn.meeting.in_(meetings) & (Turn.role == role))


def asking(seat: Seat, row: Row, names: dict[str, Sitting], now: datetime) -> Asking:
    holder = holders([row.id]).get(row.id)
    if holder in names:
        return Asking(names[holder])
    chosen = suggestion(row.id, seat.circle_id, FACILITATOR, now)
    long_ago = chosen.since is not None and local(chosen.since, row.zone).year != local(row.starts_at, row.zone).year
    return Asking(None, names.get(chosen.seat or ""), chosen.why, chosen.since, long_ago)
