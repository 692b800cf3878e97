"""A year of dates kept ahead of every circle: rows that are missing, and clocks that a law has moved since."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import SqliteDatabase, chunked

from portal.db import db, writing
from portal.meetings.models.dates import CLOCKS, Meeting, Series
from portal.meetings.models.listeners import tell
from portal.meetings.recurrence import Change, Fate, changes

TOGETHER = 50  # series extended in one transaction: one sync of the disk for all, and writers wait a moment only


def extend_series(now: datetime) -> None:
    """Keep a year of meetings ahead for every circle. Touches clear columns only, so it needs no keys."""
    holding: Any = Series.select(Series.id).where(Series.ended_at.is_null()).order_by(Series.id).tuples()
    for some in chunked([id for (id,) in holding], TOGETHER):
        extend_some(some, now)


def extend_some(ids: list[str], now: datetime) -> None:
    """Look first at what these series are short of, and take the lock only if there is something to do."""
    if not any(told or over for _, told, over in overdue(ids, now)):
        return
    with writing():
        found = list(overdue(ids, now))
        coming = [(series, change) for series, told, _ in found for change in told if change.fate is Fate.COMES]
        new = Meeting.add(coming, now)
        ids_of = defaultdict(list)
        for (series, _change), id in zip(coming, new, strict=True):
            ids_of[series.circle_id].append(id)
        for series, told, over in found:
            if late := [change for change in told if change.fate is Fate.OTHER_TIME]:
                series.carry_out(late, now, CLOCKS)
            if over:
                Series.update(ended_at=now).where(Series.id == series.id).execute()
        for circle_id, added in ids_of.items():
            tell(circle_id, added)


def overdue(ids: list[str], now: datetime) -> Iterable[tuple[Series, list[Change], bool]]:
    """Of each of these series that holds: what is to be done about its dates, and whether it has come to its end."""
    holding = Series.select().where(Series.id.in_(ids) & Series.ended_at.is_null())
    held: Any = holding if isinstance(db, SqliteDatabase) or not db.in_transaction() else holding.for_update()
    found: list[Series] = list(held)
    standing = Meeting.calendars([series.origin for series in found], now)
    for series in found:
        told = changes(standing[series.origin], series.rule, now)
        yield series, [one for one in told if one.fate in (Fate.COMES, Fate.OTHER_TIME)], not series.has_more(now)
