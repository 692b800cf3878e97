"""The dates, one meeting, when a circle meets, and whose turn it is."""

from collections.abc import Callable, Container
from datetime import date, datetime

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404, seats_of
from portal.circles.models import Seat
from portal.db import utcnow
from portal.jobs import chore
from portal.meetings.access import PAGE, carrying, coming, meeting_or_404, one_meeting, past
from portal.meetings.errors import AlreadyTaken, CalendarChanged, PlanChanged
from portal.meetings.forms import NOBODY, NOT_MET, PlanForm, SeriesForm, SettleForm
from portal.meetings.models import NOT_NOW, YES, Meeting, Series, Willingness, extend_series, forget_passes, mark
from portal.meetings.recurrence import Change, Fate
from portal.web import filters
from portal.web.forms import trimmed
from portal.web.language import _, language
from portal.web.page import go, local, page

bp = Blueprint("meetings", __name__)

FEW = 3  # dates of a preview that stand open
SOON = 6  # dates that stand open in the list; the rest are folded

chore(minutes=6 * 60)(extend_series)
chore(minutes=15)(forget_passes)


@bp.get("/c/<circle>/meetings")
def index(circle: str) -> Response:
    """What is coming, and what has been."""
    seat = seat_or_404(circle)
    now = utcnow()
    over = past(seat, now, before=earlier_than(now))
    series = Series.of(circle)
    return page(
        "meetings/index.html",
        seat=seat,
        series=series,
        rhythm=series and rhythm(series),
        ahead=coming(seat, now),
        soon=SOON,
        over=over[:PAGE],
        older=over[PAGE - 1].meeting.starts_at.isoformat() if len(over) > PAGE else None,
    )


def earlier_than(now: datetime) -> datetime:
    """Where the list of past meetings begins; an address that was tampered with begins at its top."""
    asked = request.args.get("before", type=datetime.fromisoformat, default=now)
    return asked.replace(tzinfo=None)


def rhythm(series: Series) -> dict[str, str]:
    """The day of the week and the time of day, as words."""
    begins = series.rule.starts(series.first_on)
    return {
        "weekday": filters.written(series.first_on, "EEEE", language()),
        "time": filters.clock(begins, series.zone),
        "city": filters.city(series.zone),
    }


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
        meeting_or_404(seat, meeting).write_plan(seat, form.where, trimmed(form.text.data), form.seen.data or "")
    except PlanChanged:
        form.seen.data = found.seen
        return page("meetings/plan.html", status=409, seat=seat, next=found, form=form, theirs=found)
    return go(url_for("meetings.show", circle=circle, meeting=meeting))


@bp.route("/c/<circle>/meetings/<meeting>/skip", methods=["GET", "POST"])
def skip(circle: str, meeting: str) -> Response:
    """Leave one meeting out, after reading what follows from it."""
    seat = seat_or_404(circle)
    found = meeting_or_404(seat, meeting)
    if request.method != "POST":
        return page("meetings/skip.html", seat=seat, next=one_meeting(seat, meeting, utcnow()))
    found.skip(seat, utcnow())
    return go(url_for("meetings.show", circle=circle, meeting=meeting))


@bp.post("/c/<circle>/meetings/<meeting>/meet")
def meet(circle: str, meeting: str) -> Response:
    """Meet after all on a day that was skipped."""
    seat = seat_or_404(circle)
    meeting_or_404(seat, meeting).skip(seat, utcnow(), skipped=False)
    return go(url_for("meetings.show", circle=circle, meeting=meeting))


# When we meet.


@bp.route("/c/<circle>/meetings/series", methods=["GET", "POST"])
def series(circle: str) -> Response:
    """Set when a circle meets; a change is first shown, date by date."""
    seat = seat_or_404(circle)
    now = utcnow()
    stands = Series.of(circle)
    form = SeriesForm(data=proposed(seat, stands, now))
    if not form.validate_on_submit() or "again" in request.form:
        return page("meetings/series.html", seat=seat, series=stands, form=form, status=422 if form.errors else 200)
    told = Series.preview(seat, form.rule, now)
    if all(change.fate is Fate.GOES for change in told):
        form.refuse("first", _("No date of the next half-year follows from this. Please choose an earlier one."))
        return page("meetings/series.html", seat=seat, series=stands, form=form, status=422)
    if stands and form.seen.data != mark(told):
        return preview(seat, stands, form, told, now)
    try:
        Series.agree(seat, form.rule, form.where, mark(told), now)
    except CalendarChanged:
        return preview(seat, Series.of(circle), form, Series.preview(seat, form.rule, now), now)
    return go(url_for("meetings.index", circle=circle))


def proposed(seat: Seat, stands: Series | None, now: datetime) -> dict[str, object]:
    """What the form says at first: what holds now, counted from the next date."""
    if stands is None:
        return {"zone": seat.about.zone}
    usual, rule = stands.usual_place(seat), stands.rule
    first = next(iter(rule.ahead(now)), rule.first)
    facts = {"weeks": rule.weeks, "first": first, "at": rule.at, "minutes": rule.minutes, "zone": rule.zone}
    return {**facts, "place": usual.place, "link": usual.link}


def preview(seat: Seat, stands: Series | None, form: SeriesForm, told: list[Change], now: datetime) -> Response:
    """What would become of each date. Sending it back with the mark of these dates carries it out."""
    own = {name: text for name, text in request.form.items() if name in form and name not in ("csrf_token", "seen")}
    carried = carrying(seat, now)
    return page(
        "meetings/preview.html",
        seat=seat,
        told=by_fate(told, carried),
        carrying=carried,
        zones={fate.name: stands.zone if stands and fate is Fate.GOES else form.rule.zone for fate in Fate},
        typed={**own, "seen": mark(told)},
        note=_("The dates were changed while you read. Please look once more.") if form.seen.data else "",
    )


def by_fate(told: list[Change], carried: Container[date]) -> dict[str, dict[str, list[Change]]]:
    """The dates of each fate: a few of them open, with every one that would take something along; the rest folded."""
    found = {}
    for fate in {change.fate for change in told}:
        dates = [change for change in told if change.fate is fate]
        weighs = [change for change in dates[FEW:] if fate is Fate.GOES and change.day in carried]
        found[fate.name] = {"open": dates[:FEW] + weighs, "folded": [one for one in dates[FEW:] if one not in weighs]}
    return found


# Whose turn it is.


@bp.post("/c/<circle>/meetings/<meeting>/accept")
def accept(circle: str, meeting: str) -> Response:
    """Say yes to facilitating, asked or not."""
    return say(circle, meeting, lambda found, seat, now: found.take(seat, now))


@bp.post("/c/<circle>/meetings/<meeting>/pass")
def pass_on(circle: str, meeting: str) -> Response:
    return say(circle, meeting, lambda found, seat, now: found.pass_on(seat, now))


@bp.post("/c/<circle>/meetings/<meeting>/give-back")
def give_back(circle: str, meeting: str) -> Response:
    return say(circle, meeting, lambda found, seat, now: found.give_back(seat, now))


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
        return say(circle, meeting, lambda it, own, now: it.take(own, now, instead_of=request.form.get("instead_of")))
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
    found.settle(seat, None if chosen in (NOBODY, NOT_MET) else chosen, utcnow(), met=chosen != NOT_MET)
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
