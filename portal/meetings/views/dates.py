"""The list of dates, and when a circle meets."""

from collections.abc import Container
from datetime import date, datetime

from flask import request, url_for
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404
from portal.circles.models import Seat
from portal.db import utcnow
from portal.jobs import chore
from portal.meetings.access.dates import meeting_or_404
from portal.meetings.access.meeting import PAGE, carrying, coming, one_meeting, past
from portal.meetings.errors import CalendarChanged
from portal.meetings.forms.dates import SeriesForm
from portal.meetings.models.dates import Series, extend_series, mark
from portal.meetings.recurrence import Change, Fate
from portal.meetings.views.blueprint import bp
from portal.web import filters
from portal.web.language import _, language
from portal.web.page import go, page

FEW = 3  # dates of a preview that stand open
SOON = 6  # dates that stand open in the list; the rest are folded

chore(minutes=6 * 60)(extend_series)


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
