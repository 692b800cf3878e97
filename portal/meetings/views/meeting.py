"""One meeting: its page, and the plan for it."""

from dataclasses import asdict
from datetime import timedelta

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404, seats_of
from portal.circles.models import Seat
from portal.db import utcnow
from portal.meetings.access.dates import meeting_or_404
from portal.meetings.access.meeting import Next, next_meeting, one_meeting
from portal.meetings.access.papers import activity_choices, lines, papers
from portal.meetings.errors import PlanChanged
from portal.meetings.forms.papers import ArrivalForm, HandoverForm
from portal.meetings.forms.plan import STARTS, PlanForm
from portal.meetings.forms.turns import SettleForm
from portal.meetings.models.papers import Handed
from portal.meetings.models.plans import write_plan
from portal.meetings.models.turns import NOT_NOW, Willingness
from portal.meetings.plan import length
from portal.meetings.views.blueprint import bp
from portal.web.forms import trimmed
from portal.web.language import _
from portal.web.page import go, page


@bp.get("/c/<circle>/meetings/<meeting>")
def show(circle: str, meeting: str) -> Response:
    """One meeting: when, where, the plan, and who facilitates."""
    return shown(seat_or_404(circle), meeting)


def shown(
    seat: Seat,
    meeting_id: str,
    form: SettleForm | None = None,
    note: str = "",
    status: int = 200,
    handover: HandoverForm | None = None,
    arrival: ArrivalForm | None = None,
) -> Response:
    """The meeting's page. A form given was sent and is wrong; none of the others reads what was sent."""
    now = utcnow()
    found, around = one_meeting(seat, meeting_id, now), seats_of(seat)
    own = papers(seat, found.meeting, {one.id: one for one in around}, now)
    answers = Willingness.of(seat)
    return page(
        "meetings/show.html",
        ("turn",),
        status,
        seat=seat,
        next=found,
        plan=lines(seat, found.blocks, found.meeting.starts_at),
        free=minutes(found) - length(found.blocks),
        papers=own,
        answers=answers,
        not_asked=[one.role.name for one in found.turns.others if answers.get(one.role.code) == NOT_NOW],
        form=form or SettleForm(around, found.turns, None),
        handover=handover or HandoverForm(None, data=asdict(own.own or Handed())),
        arrival=arrival or ArrivalForm(None, data={"word": own.own_word}),
        note=note,
    )


def minutes(found: Next) -> int:
    """How long the meeting is."""
    return (found.meeting.ends_at - found.meeting.starts_at) // timedelta(minutes=1)


@bp.route("/c/<circle>/meetings/<meeting>/plan", methods=["GET", "POST"])
def plan(circle: str, meeting: str) -> Response:
    """Write down where this meeting is and how it may go."""
    seat = seat_or_404(circle)
    found = one_meeting(seat, meeting, utcnow())
    form = plan_form(seat, found)
    if form.is_submitted() and not form.saves:
        form.press()
    if not form.saves or not form.validate_on_submit():
        return planning(seat, found, form)
    try:
        text, seen = trimmed(form.text.data), form.seen.data or ""
        write_plan(meeting_or_404(seat, meeting), seat, form.where, text, seen, form.chosen, utcnow())
    except PlanChanged:
        form.seen.data = found.seen
        return planning(seat, found, form, status=409)
    flash(_("Saved. Everyone at this table can read it."))
    return go(url_for("meetings.show", circle=circle, meeting=meeting))


@bp.get("/c/<circle>/meetings/next/plan")
def next_plan(circle: str) -> Response:
    """The plan of the meeting that comes next, to put an activity in; where no date is set, how to set one."""
    seat = seat_or_404(circle)
    found = next_meeting(seat, utcnow())
    if found is None:
        flash(_("No meeting is set yet. Once there is one, its plan can take it in."))
        return go(url_for("meetings.index", circle=circle))
    return planning(seat, found, plan_form(seat, found, request.args.get("activity", "")))


def plan_form(seat: Seat, found: Next, activity: str = "") -> PlanForm:
    """The form with what stands; `activity` is chosen in it, and not put in yet."""
    stands = {"place": found.where.place, "link": found.where.link, "text": found.text, "seen": found.seen}
    offered = activity_choices(seat, utcnow())
    return PlanForm(found.blocks, minutes(found), offered, data={**stands, "activity": activity})


def planning(seat: Seat, found: Next, form: PlanForm, status: int = 0) -> Response:
    """The form; beside it what somebody else saved meanwhile (409)."""
    theirs = lines(seat, found.blocks, found.meeting.starts_at) if status else None
    status = status or form.status
    return page("meetings/plan.html", status=status, seat=seat, next=found, form=form, theirs=theirs, starts=STARTS)
