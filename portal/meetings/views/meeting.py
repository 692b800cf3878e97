"""One meeting: its page, and the plan for it."""

from flask import url_for
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404, seats_of
from portal.circles.models import Seat
from portal.db import utcnow
from portal.meetings.access.dates import meeting_or_404
from portal.meetings.access.meeting import one_meeting
from portal.meetings.errors import PlanChanged
from portal.meetings.forms.plan import PlanForm
from portal.meetings.forms.turns import NOBODY, NOT_MET, SettleForm
from portal.meetings.models.plans import write_plan
from portal.meetings.models.turns import YES, Willingness
from portal.meetings.views.blueprint import bp
from portal.web.forms import trimmed
from portal.web.page import go, page


@bp.get("/c/<circle>/meetings/<meeting>")
def show(circle: str, meeting: str) -> Response:
    """One meeting: when, where, the plan, and who facilitates."""
    return shown(seat_or_404(circle), meeting)


def shown(seat: Seat, meeting_id: str, form: SettleForm | None = None, note: str = "", status: int = 200) -> Response:
    found = one_meeting(seat, meeting_id, utcnow())
    if form is None:
        form = SettleForm(seats_of(seat), data={"holder": settled(found.meeting.skipped, found.turn.holder)})
    willing = Willingness.of(seat) == YES
    return page("meetings/show.html", ("turn",), status, seat=seat, next=found, willing=willing, form=form, note=note)


def settled(skipped: bool, holder: object) -> str:
    return NOT_MET if skipped else getattr(holder, "id", NOBODY)


@bp.route("/c/<circle>/meetings/<meeting>/plan", methods=["GET", "POST"])
def plan(circle: str, meeting: str) -> Response:
    """Write down where this meeting is and how it may go."""
    seat = seat_or_404(circle)
    found = one_meeting(seat, meeting, utcnow())
    stands = {"place": found.where.place, "link": found.where.link, "text": found.text, "seen": found.seen}
    form = PlanForm(data=stands)
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return page("meetings/plan.html", status=status, seat=seat, next=found, form=form, theirs=None)
    try:
        write_plan(meeting_or_404(seat, meeting), seat, form.where, trimmed(form.text.data), form.seen.data or "")
    except PlanChanged:
        form.seen.data = found.seen
        return page("meetings/plan.html", status=409, seat=seat, next=found, form=form, theirs=found)
    return go(url_for("meetings.show", circle=circle, meeting=meeting))
