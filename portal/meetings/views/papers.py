"""What is printed, handed over and said on arriving."""

from flask import request, url_for
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404
from portal.db import utcnow
from portal.jobs import chore
from portal.meetings.access.dates import meeting_or_404
from portal.meetings.access.meeting import one_meeting
from portal.meetings.access.papers import lines
from portal.meetings.forms.papers import ArrivalForm, HandoverForm
from portal.meetings.models.papers import ArrivalWord, Handed, Handover, forget_papers, may_hand_over
from portal.meetings.views.blueprint import bp
from portal.meetings.views.meeting import shown
from portal.web.errors import NotHere
from portal.web.page import go, page

chore(minutes=15, destroys=True)(forget_papers)


@bp.get("/c/<circle>/meetings/<meeting>/print")
def print_plan(circle: str, meeting: str) -> Response:
    """The plan as one page of paper. A place or a name is on it only where that was ticked."""
    seat = seat_or_404(circle)
    found = one_meeting(seat, meeting, utcnow())
    return page(
        "meetings/print_plan.html",
        seat=seat,
        next=found,
        plan=lines(seat, found.blocks, found.meeting.starts_at),
        with_place="place" in request.args,
        with_names="names" in request.args,
    )


@bp.post("/c/<circle>/meetings/<meeting>/handover")
def handover(circle: str, meeting: str) -> Response:
    """Hand something on to whoever facilitates next; with nothing in it, what was there is erased."""
    seat = seat_or_404(circle)
    found = meeting_or_404(seat, meeting)
    form = HandoverForm()
    if not form.validate_on_submit():
        if not may_hand_over(found, seat, utcnow()):
            raise NotHere
        return shown(seat, meeting, handover=form, status=422)
    Handover.write(found, seat, form.handed, utcnow())
    return go(url_for("meetings.show", circle=circle, meeting=meeting, _anchor="handover"))


@bp.post("/c/<circle>/meetings/<meeting>/handover/erase")
def erase_handover(circle: str, meeting: str) -> Response:
    seat = seat_or_404(circle)
    Handover.write(meeting_or_404(seat, meeting), seat, Handed(), utcnow())
    return go(url_for("meetings.show", circle=circle, meeting=meeting, _anchor="handover"))


@bp.post("/c/<circle>/meetings/<meeting>/arrival")
def arrival(circle: str, meeting: str) -> Response:
    """Say a word on arriving; with nothing in it, one's own is taken back."""
    seat = seat_or_404(circle)
    found = meeting_or_404(seat, meeting)
    form = ArrivalForm()
    if not form.validate_on_submit():
        return shown(seat, meeting, arrival=form, status=422)
    ArrivalWord.say(found, seat, form.said, utcnow())
    return go(url_for("meetings.show", circle=circle, meeting=meeting, _anchor="arrival"))
