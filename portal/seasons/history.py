"""The seasons that a table has behind it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.circles.models import Seat
from portal.meetings.models.dates import Meeting, Series
from portal.seasons.access import Standing
from portal.seasons.counting import Choice, Gathering, Stage, count
from portal.seasons.models import Season


@dataclass(frozen=True)
class Past:
    """A season that is over: what was met of it, in order, and what was chosen then."""

    held: tuple[Gathering, ...]
    chosen: Choice | None


def earlier(seat: Seat, stands: Standing | None, now: datetime) -> list[Past]:
    """Newest first. Of the newest season of all only if what was chosen is done: before, the page tells of it."""
    seasons = list(Season.select().where(Season.circle == seat.circle_id).order_by(Season.made_at.desc()))
    over = seasons if stands and stands.stage is Stage.NONE else seasons[1:]
    if not over:
        return []
    facts = (Meeting.id, Meeting.starts_at, Meeting.ends_at, Series.zone)
    kept = Meeting.select(*facts).join(Series).where((Meeting.circle == seat.circle_id) & ~Meeting.skipped)
    rows: Any = kept.where(Meeting.ends_at <= now).tuples()
    met = [Gathering(*row) for row in rows]
    return [past(one, met, now) for one in over]


def past(season: Season, met: list[Gathering], now: datetime) -> Past:
    """What was closed counts up to its last meeting; anything else, up to when it was chosen."""
    chosen = Choice(season.chosen) if season.chosen else None
    stop = season.until if chosen is Choice.CLOSE else season.ended_at
    return Past(count(met, season.number, season.since, now, stop).held, chosen)
