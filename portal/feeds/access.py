"""What an address shows to whoever asks it, and what its person reads of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from flask_login import current_user

from portal.circles.access import my_seats
from portal.circles.models import Seat
from portal.db import Prepared
from portal.feeds.events import Event, stamp, uid
from portal.feeds.models import Feed, FeedHolder, places_secret
from portal.meetings.models.dates import Meeting, Series
from portal.meetings.models.opening import open_usual_place
from portal.meetings.models.plans import open_plan
from portal.meetings.plan import Place
from portal.rings import TableKeys, invitation_keys
from portal.web.errors import NotHere
from portal.web.filters import listed

BEHIND, AHEAD = timedelta(days=60), timedelta(days=365)
LONG_AGO = datetime(2020, 1, 1)  # when dates were made of which nobody wrote it down


class Dated(NamedTuple):
    """What is read of a meeting and its series; what is sealed only where somebody may open it."""

    circle: str
    id: str
    starts_at: datetime
    ends_at: datetime
    skipped: bool
    changed_at: datetime | None
    sequence: int
    zone: str
    agreed_at: datetime | None
    series: str
    sealed_plan: bytes | None = None
    sealed_usual_place: bytes = b""

    def event(self, person_id: str, title: str, where: Place) -> Event:
        changed = max(self.changed_at or LONG_AGO, self.agreed_at or LONG_AGO)
        times = (
            self.starts_at,
            self.ends_at,
            self.zone,
            stamp(changed, person_id, self.id),
            self.sequence,
            self.skipped,
        )
        place = where.place or where.link
        return Event(uid(person_id, self.id), *times, title, place, where.link if where.place else "")


CLEAR = (
    *(Meeting.circle, Meeting.id, Meeting.starts_at, Meeting.ends_at, Meeting.skipped, Meeting.changed_at),
    *(Meeting.sequence, Series.zone, Series.agreed_at, Series.id),
)
SEALED = (*CLEAR, Meeting.sealed_plan, Series.sealed_usual_place)


@Prepared
def dates_of(circle_ids: list[str], since: datetime, until: datetime) -> Any:
    return dates(circle_ids, since, until, CLEAR)


@Prepared
def dates_and_places_of(circle_ids: list[str], since: datetime, until: datetime) -> Any:
    return dates(circle_ids, since, until, SEALED)


def dates(circle_ids: list[str], since: datetime, until: datetime, columns: Iterable[Any]) -> Any:
    within = Meeting.circle.in_(circle_ids) & (Meeting.ends_at > since) & (Meeting.starts_at < until)
    found = Meeting.select(*columns).join(Series).where(within)
    return found.order_by(Meeting.starts_at, Meeting.id)


@Prepared
def sits_at(person: str) -> Any:
    return Seat.select(Seat.circle).where(Seat.person == person)


@Prepared
def holders_of(feed: str) -> Any:
    return FeedHolder.select(FeedHolder.id, Seat.circle).join(Seat).where(FeedHolder.feed == feed)


class Places:
    """The places of one table, opened by a seat or by a feed's own keys; nothing else is read with them."""

    def __init__(self, keys: TableKeys) -> None:
        self.keys = keys
        self._usual: dict[str, Place] = {}

    def of(self, row: Dated) -> Place:
        """No place where it does not open: the date is right without it."""
        own = open_plan(self, row.id, row.sealed_plan).where if row.sealed_plan is not None else None
        return own or self._usual_of(row)

    def _usual_of(self, row: Dated) -> Place:
        if row.series not in self._usual:
            self._usual[row.series] = open_usual_place(self, row.series, row.sealed_usual_place)
        return self._usual[row.series]


def events_of(feed: Feed, token: bytes, title: str, now: datetime) -> list[Event]:
    """The dates of a feed, from sixty days back to a year ahead, as far as its person sits where they are."""
    circles = [circle for (circle,) in sits_at(person=feed.person_id) if feed.circle_id in (None, circle)]
    if not circles:
        return []
    places = {
        circle: Places(invitation_keys(circle, id, places_secret(token))) for id, circle in holders_of(feed=feed.id)
    }
    ask = dates_and_places_of if places else dates_of
    found = [Dated(*row) for row in ask(circle_ids=circles, since=now - BEHIND, until=now + AHEAD)]
    return [row.event(feed.person_id, title, where(places.get(row.circle), row)) for row in found]


def where(places: Places | None, row: Dated) -> Place:
    return places.of(row) if places else Place()


@Prepared
def one_date(circle: str, meeting: str) -> Any:
    return Meeting.select(*SEALED).join(Series).where((Meeting.circle == circle) & (Meeting.id == meeting))


def event_of(seat: Seat, meeting_id: str, title: str, *, with_place: bool) -> Event:
    """One meeting of a seat's circle, as its person's feed says it. Raises NotHere."""
    found = one_date(circle=seat.circle_id, meeting=meeting_id)
    if not found:
        raise NotHere
    row = Dated(*found[0])
    return row.event(seat.person_id, title, where(Places(seat.keys) if with_place else None, row))


@dataclass(frozen=True)
class Mine:
    """An address of the reader's, as they are told of it; names are those of their own tables."""

    feed: Feed
    title: str
    table: str | None  # None: wherever they sit
    with_places: list[str]

    @property
    def places_at(self) -> str:
        return listed(self.with_places)

    @cached_property
    def token(self) -> bytes:
        return self.feed.token(current_user.private)


def my_feeds() -> list[Mine]:
    """The oldest first."""
    found = Feed.select().where(Feed.person == current_user.id).order_by(Feed.made_at, Feed.id)
    names = {seat.circle_id: seat.about.name for seat in my_seats()}
    return [mine(feed, names) for feed in found]


def my_feed_or_404(feed_id: str) -> Mine:
    found = Feed.get_or_none((Feed.id == feed_id) & (Feed.person == current_user.id))
    if found is None:
        raise NotHere
    return mine(found, {seat.circle_id: seat.about.name for seat in my_seats()})


def mine(feed: Feed, names: dict[str, str]) -> Mine:
    opened = [names[circle] for _id, circle in holders_of(feed=feed.id) if circle in names]
    table = names.get(feed.circle_id, "") if feed.circle_id else None
    return Mine(feed, feed.title_for_list(current_user.private), table, sorted(opened))
