"""Where a table's season stands, and those behind it, as its people read them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from portal.circles.models import Seat
from portal.db import Prepared
from portal.meetings.models.dates import Meeting, Series
from portal.seasons.counting import Choice, Chosen, Count, Farewell, Gathering, Stage, count, farewell, stage
from portal.seasons.models import ChosenBefore, Season, seen_as
from portal.web.errors import NotHere

IN_A_ROW = 20  # strokes of the drawing; more would be too thin on a small phone


@Prepared
def newest(circle_id: str) -> Any:
    """The circle's newest season, with the meetings since then that are not skipped: as many as a season of its has."""
    others = Season.alias()
    made_at = others.select(fn.MAX(others.made_at)).where(others.circle == circle_id)
    begun = (Meeting.circle == Season.circle) & (Meeting.ends_at > Season.since) & (Meeting.starts_at >= Season.since)
    facts = (Season.id, Season.number, Season.since, Season.chosen, Season.ended_at, Season.until, Season.last)
    found = Season.select(*facts, Meeting.id, Meeting.starts_at, Meeting.ends_at, Series.zone)
    found = found.join(Meeting, JOIN.LEFT_OUTER, on=(begun & ~Meeting.skipped))
    found = found.join(Series, JOIN.LEFT_OUTER, on=(Meeting.series == Series.id))
    newest = (Season.circle == circle_id) & (Season.made_at == made_at)
    largest = others.select(fn.COALESCE(fn.MAX(others.number), 0)).where(others.circle == circle_id)
    return found.where(newest).order_by(Meeting.starts_at, Meeting.id).limit(largest)


@dataclass(frozen=True)
class Stroke:
    """One meeting in the drawing, at the middle of its stroke."""

    x: int
    y: int
    look: str  # held, next, or nothing


@dataclass(frozen=True)
class Standing:
    counted: Count
    stage: Stage
    until: datetime | None
    seen: str
    closed: Farewell | None = None  # where the circle chose to close

    @property
    def number(self) -> int:
        return self.counted.number

    @property
    def is_next_last(self) -> bool:
        return self.counted.nth == self.number

    @property
    def last_begins(self) -> datetime | None:
        return self.counted.last.starts_at if self.counted.last else None

    @property
    def strokes(self) -> list[Stroke]:
        held = len(self.counted.held)
        looks = ["held"] * held + ["next"] * bool(self.counted.next) + [""] * self.number
        places = [(10 + 20 * (n % IN_A_ROW), 15 + 30 * (n // IN_A_ROW)) for n in range(self.number)]
        return [Stroke(x, y, look) for (x, y), look in zip(places, looks, strict=False)]

    @property
    def height(self) -> int:
        return 30 * ((self.number - 1) // IN_A_ROW + 1)

    @property
    def width(self) -> int:
        return max(320, 20 * min(self.number, IN_A_ROW))


def season_of(seat: Seat, now: datetime) -> Standing | None:
    """The newest season of the reader's table. One query; three where they chose to close."""
    rows = newest(circle_id=seat.circle_id)
    if not rows:
        return None
    id, number, since, code, ended_at, until, last = rows[0][:7]
    meetings = [
        Gathering(*facts) for *_season, id_, starts, ends, zone in rows if (facts := (id_, starts, ends, zone))[0]
    ]
    counted = count(meetings, number, since, now, ended_at)
    chosen = Choice(code) if code else None
    closed = farewell(very_last(seat.circle_id), until, ends_now(last)) if chosen is Choice.CLOSE else None
    stands = stage(chosen, until, counted, now, closed)
    return Standing(counted, stands, until, seen_as(id, number, code, until), closed)


def ends_now(meeting_id: str | None) -> datetime | None:
    """When a meeting ends, if it is still to take place or did; it may have been moved."""
    found = Meeting.get_or_none((Meeting.id == meeting_id) & ~Meeting.skipped) if meeting_id else None
    return found.ends_at if found else None


def very_last(circle_id: str) -> Gathering | None:
    """The last meeting that the circle has and that is not skipped, wherever it was moved to."""
    found = Meeting.select(Meeting.id, Meeting.starts_at, Meeting.ends_at, Series.zone).join(Series)
    standing = found.where((Meeting.circle == circle_id) & ~Meeting.skipped)
    last = standing.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(1).tuples().first()
    return Gathering(*last) if last else None


def season_or_404(seat: Seat, now: datetime) -> Standing:
    """The season about which something is chosen. Raises NotHere where none was agreed on."""
    found = season_of(seat, now)
    if found is None:
        raise NotHere
    return found


@dataclass(frozen=True)
class Past:
    """A season that is over: what was met of it, and what was chosen about it, each in order."""

    held: tuple[Gathering, ...]
    choices: tuple[Chosen, ...]


def earlier(seat: Seat, stands: Standing | None, now: datetime) -> list[Past]:
    """Newest first. Of the newest season of all only if what was chosen is done: before, the page tells of it.

    But where it was closed after something else was chosen, the page tells of closing alone.
    """
    seasons = list(Season.select().where(Season.circle == seat.circle_id).order_by(Season.made_at.desc()))
    if not seasons:
        return []
    before = ChosenBefore.of(seat.circle_id)
    told = (Stage.NONE, Stage.CLOSED) if seasons[0].id in before else (Stage.NONE,)
    over = seasons if stands and stands.stage in told else seasons[1:]
    if not over:
        return []
    facts = (Meeting.id, Meeting.starts_at, Meeting.ends_at, Series.zone)
    standing = Meeting.select(*facts).join(Series).where((Meeting.circle == seat.circle_id) & ~Meeting.skipped)
    rows: Any = standing.where(Meeting.ends_at <= now).tuples()
    met = [Gathering(*row) for row in rows]
    return [past(one, before.get(one.id, []), met, now) for one in over]


def past(season: Season, before: list[Chosen], met: list[Gathering], now: datetime) -> Past:
    """What was closed counts up to its last meeting; anything else, up to when it was chosen."""
    chosen = Choice(season.chosen) if season.chosen else None
    stop = season.until if chosen is Choice.CLOSE else season.ended_at
    last = [Chosen(chosen, season.chosen_at)] if chosen else []
    return Past(count(met, season.number, season.since, now, stop).held, (*before, *last))
