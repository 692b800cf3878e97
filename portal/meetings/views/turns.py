"""Whose turn it is."""

from collections.abc import Callable
from datetime import datetime

from flask import request, url_for
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404, seats_of
from portal.circles.models import Seat
from portal.db import utcnow
from portal.jobs import chore
from portal.meetings.access.dates import meeting_or_404
from portal.meetings.access.meeting import one_meeting
from portal.meetings.errors import AlreadyTaken
from portal.meetings.forms.turns import NOBODY, NOT_MET, SettleForm
from portal.meetings.models.dates import Meeting
from portal.meetings.models.turns import NOT_NOW, YES, Turn, Willingness, forget_passes
from portal.meetings.views.blueprint import bp
from portal.meetings.views.meeting import shown
from portal.web.language import _
from portal.web.page import go, local, page

chore(minutes=15)(forget_passes)


@bp.post("/c/<circle>/meetings/<meeting>/accept")
def accept(circle: str, meeting: str) -> Response:
    """Say yes to facilitating, asked or not."""
    return say(circle, meeting, lambda found, seat, now: Turn.take(found, seat, now))


@bp.post("/c/<circle>/meetings/<meeting>/pass")
def pass_on(circle: str, meeting: str) -> Response:
    return say(circle, meeting, lambda found, seat, now: Turn.pass_on(found, seat, now))


@bp.post("/c/<circle>/meetings/<meeting>/give-back")
def give_back(circle: str, meeting: str) -> Response:
    return say(circle, meeting, lambda found, seat, now: Turn.give_back(found, seat, now))


@bp.post("/c/<circle>/meetings/<meeting>/willing")
def willing(circle: str, meeting: str) -> Response:
    """Not for a while; or ask me again."""
    answer = NOT_NOW if request.form.get("answer") == NOT_NOW else YES
    return say(circle, meeting, lambda found, seat, now: Willingness.say(seat, answer))


@bp.route("/c/<circle>/meetings/<meeting>/take", methods=["GET", "POST"])
def take(circle: str, meeting: str) -> Response:
    """Take it for someone who has said yes and cannot."""
    seat = seat_or_404(circle)
    found = one_meeting(seat, meeting, utcnow())
    if request.method == "POST":
        return say(
            circle, meeting, lambda it, own, now: Turn.take(it, own, now, instead_of=request.form.get("instead_of"))
        )
    if found.turn.holder is None or found.turn.is_yours or found.meeting.is_over:
        return go(url_for("meetings.show", circle=circle, meeting=meeting))
    return page("meetings/take.html", seat=seat, next=found)


@bp.post("/c/<circle>/meetings/<meeting>/held")
def settle(circle: str, meeting: str) -> Response:
    """Put right who facilitated."""
    seat = seat_or_404(circle)
    found = meeting_or_404(seat, meeting)
    form = SettleForm(seats_of(seat))
    if not form.validate_on_submit():
        return shown(seat, meeting, form, status=422)
    chosen = form.holder.data
    Turn.settle(found, seat, None if chosen in (NOBODY, NOT_MET) else chosen, utcnow(), met=chosen != NOT_MET)
    return go(url_for("meetings.show", circle=circle, meeting=meeting))


def say(circle: str, meeting: str, verb: Callable[[Meeting, Seat, datetime], None]) -> Response:
    """Do what a button says; then the changed block, or back to the page on which it stood.

    Who comes second when two say yes at once reads who has it.
    """
    seat = seat_or_404(circle)
    try:
        verb(meeting_or_404(seat, meeting), seat, utcnow())
    except AlreadyTaken as taken:
        return answered(seat, meeting, note=has_said_yes(seat, taken.holder))
    return answered(seat, meeting)


def has_said_yes(seat: Seat, holder: str) -> str:
    name = next((one.name for one in seats_of(seat) if one.id == holder), None)
    return _("%(name)s has said yes already. Nothing is lost.", name=name) if name else str(AlreadyTaken.say)


def answered(seat: Seat, meeting: str, note: str = "") -> Response:
    is_block = request.headers.get("HX-Target") == "turn"
    if is_block or note:
        return shown(seat, meeting, note=note, status=200 if is_block else 409)
    return go(local(request.form.get("back")) or url_for("meetings.show", circle=seat.circle_id, meeting=meeting))
