"""One meeting by itself: skipped, moved to another time, made longer or shorter, and put back."""

from datetime import datetime, timedelta

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404
from portal.circles.models import Seat
from portal.clocks import instant, local
from portal.db import utcnow
from portal.meetings.access.dates import meeting_or_404, shown_of
from portal.meetings.access.meeting import one_meeting
from portal.meetings.errors import TimeChanged
from portal.meetings.forms.dates import GONE_BY, MoveForm
from portal.meetings.models.dates import Meeting
from portal.meetings.recurrence import AHEAD
from portal.meetings.views.blueprint import bp
from portal.web.language import _
from portal.web.page import go, page

LONG = 10  # digits; no meeting is changed that often, and a far longer number cannot even be read


@bp.route("/c/<circle>/meetings/<meeting>/skip", methods=["GET", "POST"])
def skip(circle: str, meeting: str) -> Response:
    """Leave one meeting out, after reading what follows from it."""
    seat = seat_or_404(circle)
    found = meeting_or_404(seat, meeting)
    if request.method != "POST":
        return page("meetings/skip.html", seat=seat, next=one_meeting(seat, meeting, utcnow()))
    found.skip(seat, utcnow())
    return changed(circle, meeting)


def changed(circle: str, meeting: str) -> Response:
    """To the meeting, with what is left to do about its date."""
    flash(_("This meeting is changed, and everyone sees it here. Tell those who may not look in time."))
    return go(url_for("meetings.show", circle=circle, meeting=meeting))


@bp.post("/c/<circle>/meetings/<meeting>/meet")
def meet(circle: str, meeting: str) -> Response:
    """Meet after all on a day that was skipped."""
    seat = seat_or_404(circle)
    meeting_or_404(seat, meeting).skip(seat, utcnow(), skipped=False)
    return changed(circle, meeting)


@bp.route("/c/<circle>/meetings/<meeting>/move", methods=["GET", "POST"])
def move(circle: str, meeting: str) -> Response:
    """Put one meeting at another time, or make it longer or shorter. Once it has begun, its beginning stays."""
    seat, now = seat_or_404(circle), utcnow()
    found = meeting_or_404(seat, meeting)
    if request.method != "POST" and (found.skipped or found.ends_at <= now):
        return go(url_for("meetings.show", circle=circle, meeting=meeting))
    form = MoveForm(data=as_it_is(found))
    if found.starts_at <= now:
        return lengthened(seat, found, form, now)
    if not form.validate_on_submit():
        return asking(seat, found, form, now)
    starts_at = beginning(found, form)
    if not now < starts_at <= now + AHEAD:
        form.refuse("first", str(GONE_BY) if starts_at <= now else _("Please choose a day of the coming year."))
        return asking(seat, found, form, now)
    return moved(seat, found, form, starts_at, now)


def lengthened(seat: Seat, found: Meeting, form: MoveForm, now: datetime) -> Response:
    """The form without day and hour, for a meeting that has begun."""
    asked = form.first.data and form.at.data
    too_late = "first" in request.form and bool(asked) and beginning(found, form) != found.starts_at
    del form.first, form.at
    if too_late or not form.validate_on_submit():
        note = _("The meeting has begun meanwhile, so its beginning stays. You can still change how long it lasts.")
        return asking(seat, found, form, now, note if too_late else "")
    if found.starts_at + timedelta(minutes=form.minutes.data) <= now:
        form.refuse("minutes", _("By then it would be over already. Please give more minutes."))
        return asking(seat, found, form, now)
    return moved(seat, found, form, found.starts_at, now)


def moved(seat: Seat, found: Meeting, form: MoveForm, starts_at: datetime, now: datetime) -> Response:
    """Carry it out, unless another meeting is at that time and that has not been said, or somebody was quicker."""
    ends_at = starts_at + timedelta(minutes=form.minutes.data)
    other = Meeting.beside(found.circle_id, starts_at, ends_at, but=found.id)
    if other and form.overlap.data != other.id:
        form.overlap.data = other.id
        return asking(seat, found, form, now, other=other)
    try:
        found.move(seat, starts_at, ends_at, seen(form), now)
    except TimeChanged:
        theirs = meeting_or_404(seat, found.id)
        form.seen.data = str(theirs.sequence)
        return asking(seat, theirs, form, now, theirs=theirs)
    return changed(found.circle_id, found.id)


@bp.post("/c/<circle>/meetings/<meeting>/usual")
def usual(circle: str, meeting: str) -> Response:
    """Put a meeting back to the time of its series."""
    seat = seat_or_404(circle)
    meeting_or_404(seat, meeting).put_back(seat, utcnow())
    return changed(circle, meeting)


def as_it_is(found: Meeting) -> dict[str, object]:
    begins = local(found.starts_at, found.series.zone)
    minutes = (found.ends_at - found.starts_at) // timedelta(minutes=1)
    return {"first": begins.date(), "at": begins.time(), "minutes": minutes, "seen": str(found.sequence)}


def beginning(found: Meeting, form: MoveForm) -> datetime:
    """The instant that is meant. Where day and hour are left as they were, it is the same one on any night."""
    wall = datetime.combine(form.first.data, form.at.data)
    stands = local(found.starts_at, found.series.zone).replace(second=0, microsecond=0)
    return found.starts_at if wall == stands else instant(wall, found.series.zone)


def seen(form: MoveForm) -> int:
    text = form.seen.data or ""
    return int(text) if text.isdecimal() and len(text) < LONG else -1


def asking(
    seat: Seat,
    found: Meeting,
    form: MoveForm,
    now: datetime,
    note: str = "",
    *,
    theirs: Meeting | None = None,
    other: Meeting | None = None,
) -> Response:
    return page(
        "meetings/move.html",
        status=409 if theirs or note else form.status,
        seat=seat,
        meeting=shown_of(found, now),
        form=form,
        note=note,
        was_moved=theirs is not None,
        other=other and shown_of(other, now),
    )
