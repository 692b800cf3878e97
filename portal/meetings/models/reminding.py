"""Who is sent mail about a meeting: before it, when it is another's turn to be asked, and when its date changes.

All that is read for it is clear, so it needs nobody's keys. Whether and when a mail goes out, `notices` decides.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from peewee import chunked

from portal.circles.models import Circle, Seat, when_a_seat_ends
from portal.db import afterwards, forget_deleted, rows, writing
from portal.meetings.models.asking import suggestions
from portal.meetings.models.dates import ADDED, Meeting
from portal.meetings.models.presence import AWAY, Absence
from portal.notices.letters import ASKED, CHANGED, REMINDER
from portal.notices.models import Outbox, wanted

DAY = timedelta(days=1)
REMIND_AHEAD = 8 * DAY  # a weekly digest may be a week before the meeting, and this is done every hour
ASK_AHEAD = 7 * DAY
TELL_AHEAD = 14 * DAY
TOGETHER = 25  # circles in one transaction: other writers wait a moment only


class Ahead(NamedTuple):
    """A meeting to come."""

    id: str
    circle_id: str
    starts_at: datetime


class Seated(NamedTuple):
    id: str
    circle_id: str
    person_id: str


class Written(NamedTuple):
    """What stands in the outbox about a meeting for one person."""

    about: str
    person_id: str
    happens_at: datetime
    waits: bool


Told = dict[Ahead, set[str]]  # people by meeting
Whom = Callable[[Collection[str], datetime], Told]


def put_reminders(now: datetime) -> None:
    """Have everyone who is expected at a meeting reminded of it, and nobody else."""
    for some in every_circle():
        keep_to(REMINDER, to_remind, some, now)


def put_questions(now: datetime) -> None:
    """Have whoever is asked for a role at the next meeting told so, until they answer."""
    for some in every_circle():
        keep_to(ASKED, to_ask, some, now)


def every_circle() -> list[list[str]]:
    return list(chunked([id for (id,) in rows(Circle.select(Circle.id).order_by(Circle.id))], TOGETHER))


def keep_to(kind: str, whom: Whom, circle_ids: Collection[str], now: datetime) -> None:
    """Put what is missing in the outbox and take back what nobody needs. Looks first, and locks only if there is some.

    What was asked by mail once is not asked again, wherever the meeting moves.
    """
    if not any(left_to_do(kind, whom, circle_ids, now)):
        return
    with writing():
        missing, needless = left_to_do(kind, whom, circle_ids, now)
        for meeting, people in missing.items():
            Outbox.put_for(people, meeting.id, kind, meeting.starts_at, now)
        for about, person in needless:
            Outbox.cancel(about, kind, person)


def left_to_do(kind: str, whom: Whom, circle_ids: Collection[str], now: datetime) -> tuple[Told, list[tuple[str, str]]]:
    """Who has yet to be written to about each meeting; and about what whom no longer."""
    told = whom(circle_ids, now)
    stands = {(one.about, one.person_id): one for one in written(kind, circle_ids, now)}
    missing: Told = defaultdict(set)
    for meeting, people in told.items():
        for person in people:
            one = stands.pop((meeting.id, person), None)
            if one is None or (one.happens_at != meeting.starts_at and (one.waits or kind == REMINDER)):
                missing[meeting].add(person)
    return missing, [key for key, one in stands.items() if one.waits]


def written(kind: str, circle_ids: Collection[str], now: datetime) -> list[Written]:
    facts = (Outbox.about, Outbox.person, Outbox.happens_at, Outbox.still_to_send())
    found = Outbox.select(*facts).join(Meeting, on=(Outbox.about == Meeting.id))
    these = Meeting.circle.in_(circle_ids) & (Outbox.kind == kind) & (Outbox.drop_at > now)
    return [Written(*row) for row in rows(found.where(these))]


def to_remind(circle_ids: Collection[str], now: datetime) -> Told:
    """Everyone who wants it and sits in the circle, except who said that they cannot come."""
    coming = [one for one in ahead(circle_ids, now, REMIND_AHEAD) if one.starts_at > now]
    seated = seated_in({one.circle_id for one in coming})
    wish = wanted({one.person_id for one in seated}, REMINDER) if seated else set()
    away = away_of([one.id for one in coming]) if wish else set()
    return {
        meeting: {
            seat.person_id
            for seat in seated
            if seat.circle_id == meeting.circle_id and seat.person_id in wish and (meeting.id, seat.id) not in away
        }
        for meeting in coming
    }


def to_ask(circle_ids: Collection[str], now: datetime) -> Told:
    """Whoever wants it and is asked just now for a role at the circle's next meeting."""
    first: dict[str, Ahead] = {}
    for meeting in ahead(circle_ids, now, ASK_AHEAD):
        first.setdefault(meeting.circle_id, meeting)
    coming = {circle_id: meeting for circle_id, meeting in first.items() if meeting.starts_at > now}
    seated = seated_in(coming)
    wish = wanted({one.person_id for one in seated}, ASKED) if seated else set()
    told: Told = defaultdict(set)
    for circle_id in {seat.circle_id for seat in seated if seat.person_id in wish}:
        asked = {one.seat for one in suggestions(coming[circle_id].id, circle_id, now).values()}
        told[coming[circle_id]] |= {seat.person_id for seat in seated if seat.id in asked and seat.person_id in wish}
    return told


def ahead(circle_ids: Collection[str], now: datetime, until: timedelta) -> list[Ahead]:
    """The meetings that are on, or begin within that time, earliest first; not the skipped ones."""
    soon = (Meeting.ends_at > now) & (Meeting.starts_at <= now + until) & ~Meeting.skipped
    found = Meeting.select(Meeting.id, Meeting.circle, Meeting.starts_at).where(Meeting.circle.in_(circle_ids) & soon)
    return [Ahead(*row) for row in rows(found.order_by(Meeting.starts_at, Meeting.id))]


def seated_in(circle_ids: Collection[str]) -> list[Seated]:
    facts = (Seat.id, Seat.circle, Seat.person)
    return [Seated(*row) for row in rows(Seat.select(*facts).where(Seat.circle.in_(list(circle_ids))))]


def away_of(meeting_ids: Collection[str]) -> set[tuple[str, str]]:
    said = Absence.meeting.in_(meeting_ids) & (Absence.kind == AWAY)
    return set(rows(Absence.select(Absence.meeting, Absence.seat).where(said)))


def leave_in_peace(meeting: Meeting, seat: Seat) -> None:
    """Neither remind nor ask somebody who has said that they cannot come; of another date they still hear."""
    for kind in (REMINDER, ASKED):
        Outbox.cancel(meeting.id, kind, seat.person_id)


@when_a_seat_ends
def forget_mail(seat: Seat, take_back: bool) -> None:
    """Nothing more is sent about the circle to who leaves it, and nothing says that anything was."""
    here = Meeting.select(Meeting.id).where(Meeting.circle == seat.circle_id)
    if Outbox.delete().where((Outbox.person == seat.person_id) & Outbox.about.in_(here)).execute():
        afterwards(forget_deleted)


def dates_changed(circle_id: str, meeting_ids: Collection[str], now: datetime) -> None:
    """Plan anew what is sent about meetings that came, went, moved or were skipped, and tell of it, once for all.

    Dates that a series makes as time goes by, or with which it begins, are no change: `put_reminders` finds them.
    Must run inside the transaction in which they did.
    """
    gone = set(meeting_ids) - {id for (id,) in rows(Meeting.select(Meeting.id).where(Meeting.id.in_(meeting_ids)))}
    known = when_known(meeting_ids)
    near = [one for one in near_ones(meeting_ids, known, now) if gone or one.sequence or one.change == ADDED]
    for id in (gone & known.keys()) | {one.id for one in near if one.skipped}:
        Outbox.cancel(id)
    if near:
        keep_to(REMINDER, to_remind, [circle_id], now)
    changes = [(known[id], id, 0) for id in gone & known.keys() if known[id] > now]
    changes += [(one.starts_at, one.id, one.sequence) for one in near]
    if changes:
        first, about, version = min(changes)
        Outbox.put_for([one.person_id for one in seated_in([circle_id])], about, CHANGED, first, now, version=version)


def when_known(meeting_ids: Collection[str]) -> dict[str, datetime]:
    """When these were to begin, as far as somebody was to be told: of a meeting that has gone, nothing else says so."""
    return dict(rows(Outbox.select(Outbox.about, Outbox.happens_at).where(Outbox.about.in_(meeting_ids))))


def near_ones(meeting_ids: Collection[str], known: Collection[str], now: datetime) -> list[Meeting]:
    """Those that begin soon, or were to begin soon before they moved, and have not begun."""
    by_the_rule = Meeting.day.between((now - DAY).date(), (now + TELL_AHEAD).date())
    soon = (Meeting.starts_at <= now + TELL_AHEAD) | by_the_rule | Meeting.id.in_(list(known))
    facts = (Meeting.id, Meeting.starts_at, Meeting.skipped, Meeting.change, Meeting.sequence)
    return list(Meeting.select(*facts).where(Meeting.id.in_(meeting_ids) & soon & (Meeting.starts_at > now)))
