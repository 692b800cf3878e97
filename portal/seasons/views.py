"""The season: how far along it is, and writing down what the circle chose."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404
from portal.circles.models import Seat
from portal.db import utcnow
from portal.meetings.access.meeting import carrying
from portal.meetings.errors import CalendarChanged
from portal.meetings.models.dates import Meeting, Series
from portal.meetings.recurrence import instant, local
from portal.seasons.access import Standing, earlier, season_of, season_or_404
from portal.seasons.counting import Choice, Stage
from portal.seasons.errors import SeasonChanged
from portal.seasons.forms import WAS, CloseForm, NumberForm, RestForm
from portal.seasons.models import NUMBERS, Season, after_last, days_mark, goes, rested, to_skip
from portal.web import filters
from portal.web.fields import Day
from portal.web.forms import Form
from portal.web.language import _
from portal.web.page import go, page

bp = Blueprint("seasons", __name__)

LONGEST_REST = timedelta(days=366)
FEW = 6  # dates that stand open; the rest are folded


@bp.route("/c/<circle>/season", methods=["GET", "POST"])
def index(circle: str) -> Response:
    """How far along the season is; agree on its number of meetings; from the last one on, what can be chosen."""
    seat, now = seat_or_404(circle), utcnow()
    stands = season_of(seat, now)
    form = NumberForm(data={"number": stands.number} if stands else None)
    if stands and stands.stage is Stage.GOING:
        form.least = max(NUMBERS[0], stands.counted.nth)
    if not (form.validate_on_submit() and is_ahead(form, form.first, seat, now)):
        return shown(seat, stands, form, form.status)
    try:
        Season.agree(seat, form.number.data, form.seen.data or "", now, begins(form.first, seat))
    except SeasonChanged:
        return shown(seat, season_of(seat, now), form, SeasonChanged.status)
    flash(_("The season has %(number)s meetings.", number=form.number.data))
    return go(url_for("seasons.index", circle=circle))


def shown(seat: Seat, stands: Standing | None, form: NumberForm, status: int = 200) -> Response:
    form.seen.data = stands.seen if stands else ""
    late = status == SeasonChanged.status
    stage = stands.stage.name if stands else Stage.NONE.name
    facts: dict[str, Any] = {"season": stands, "stage": stage, "earlier": earlier(seat, stands, utcnow())}
    return page("seasons/index.html", status=status, seat=seat, form=form, late=late, **facts)


def late(seat: Seat, now: datetime) -> Response:
    """Somebody was quicker: what stands now, with nothing changed."""
    stands = season_of(seat, now)
    form = NumberForm(formdata=None, data={"number": stands.number} if stands else None)
    return shown(seat, stands, form, SeasonChanged.status)


@bp.get("/c/<circle>/season/choose")
def choose(circle: str) -> Response:
    """What can be chosen: earlier than agreed, or differently after all."""
    seat, now = seat_or_404(circle), utcnow()
    stands = season_or_404(seat, now)
    season = Season.of(circle) if stands.stage is Stage.RESTING else None
    skipped = rested(circle, season.chosen_at, now) if season else []
    return page("seasons/choose.html", seat=seat, season=stands, stage=stands.stage.name, skipped=skipped, few=FEW)


@bp.post("/c/<circle>/season/again")
def again(circle: str) -> Response:
    """Rest no more: meet on the dates that this rest skipped."""
    seat, now = seat_or_404(circle), utcnow()
    try:
        Season.rest_no_more(seat, request.form.get("seen", ""), now)
    except SeasonChanged:
        return late(seat, now)
    flash(_("You no longer rest. The season stands as it did before."))
    return go(url_for("seasons.index", circle=circle))


@bp.route("/c/<circle>/season/renew", methods=["GET", "POST"])
def renew(circle: str) -> Response:
    """Go on as it was."""
    return going_on(circle, Choice.RENEW, "seasons/renew.html")


@bp.route("/c/<circle>/season/change", methods=["GET", "POST"])
def change(circle: str) -> Response:
    """Go on, but otherwise."""
    return going_on(circle, Choice.CHANGE, "seasons/change.html")


def going_on(circle: str, choice: Choice, template: str) -> Response:
    seat, now = seat_or_404(circle), utcnow()
    stands = season_or_404(seat, now)
    form = NumberForm(data={"number": stands.number, "seen": stands.seen})
    if not (form.validate_on_submit() and is_ahead(form, form.first, seat, now)):
        return page(template, status=form.status, seat=seat, season=stands, form=form)
    try:
        first = begins(form.first, seat)
        Season.go_on(seat, choice, form.number.data, stands.last_begins, form.seen.data or "", now, first)
    except SeasonChanged:
        return late(seat, now)
    flash(_("A new season is agreed on."))
    return go(url_for("seasons.index", circle=circle))


@bp.route("/c/<circle>/season/rest", methods=["GET", "POST"])
def rest(circle: str) -> Response:
    """Rest until a day, after reading which meetings are skipped."""
    seat, now = seat_or_404(circle), utcnow()
    stands = season_or_404(seat, now)
    form = RestForm(data={"seen": stands.seen})
    told = None
    if form.validate_on_submit() and is_ahead(form, form.until, seat, now):
        until = begins(form.until, seat) or now
        told = to_skip(circle, until, now)
        if form.was.data:
            if done := settle(seat, lambda: Season.rest(seat, until, form.was.data, form.seen.data or "", now), now):
                return done
            return asking("seasons/rest.html", seat, form, told, CalendarChanged.status)
    return asking("seasons/rest.html", seat, form, told, form.status)


def settle(seat: Seat, do: Callable[[], None], now: datetime) -> Response | None:
    """Carry out what was said yes to. None where the dates are not those that the page told: nothing was done."""
    try:
        do()
    except SeasonChanged:
        return late(seat, now)
    except CalendarChanged:
        return None
    flash(_("What you chose is written down. You can choose differently at any time."))
    return go(url_for("seasons.index", circle=seat.circle_id))


def is_ahead(form: Form, field: Day, seat: Seat, now: datetime) -> bool:
    """Whether it is empty or a day of the coming year; says so where it is not."""
    today = local(now, seat.about.zone).date()
    if field.data and not today < field.data <= today + LONGEST_REST:
        form.refuse(field.name, _("Please choose a day of the coming year."))
    return not form.errors


def begins(field: Day, seat: Seat) -> datetime | None:
    """When that day begins where the table is."""
    return instant(datetime.combine(field.data, time()), seat.about.zone) if field.data else None


@bp.route("/c/<circle>/season/close", methods=["GET", "POST"])
def close(circle: str) -> Response:
    """Choose the last meeting of all, and read what goes and what stays."""
    seat, now = seat_or_404(circle), utcnow()
    stands = season_or_404(seat, now)
    meetings = {one.id: one for one in could_be_last(seat, now)}
    last_ones = offered(list(meetings.values()), has_met(seat, now), now)
    form = CloseForm(last_ones, data={"seen": stands.seen})
    told, gone = None, []
    if form.validate_on_submit():
        last = meetings.get(form.last.data)
        told = after_last(circle, last, now)
        gone = goes(told, circle, last.starts_at if last else now, now)
        if form.was.data:
            if done := settle(seat, lambda: Season.close(seat, last, form.was.data, form.seen.data or "", now), now):
                return done
            return asking("seasons/close.html", seat, form, told, CalendarChanged.status, **going(seat, gone, now))
    return asking("seasons/close.html", seat, form, told, form.status, **going(seat, gone, now))


def going(seat: Seat, gone: list[Meeting], now: datetime) -> dict[str, Any]:
    """What goes for good, by meeting: its plan, and somebody's yes."""
    of_series = {origin: carrying(seat, origin, now) for origin in {one.series.origin for one in gone}}
    carried = {one.id: of_series[one.series.origin].get(one.day) for one in gone}
    return {"gone": gone, "carried": {id: found for id, found in carried.items() if found}}


def could_be_last(seat: Seat, now: datetime) -> list[Meeting]:
    """What is on or comes, and is not skipped."""
    found = Meeting.select(Meeting, Series).join(Series).where((Meeting.circle == seat.circle_id) & ~Meeting.skipped)
    return list(found.where(Meeting.ends_at > now).order_by(Meeting.starts_at, Meeting.id))


def has_met(seat: Seat, now: datetime) -> bool:
    return (
        Meeting.select()
        .where((Meeting.circle == seat.circle_id) & ~Meeting.skipped & (Meeting.ends_at <= now))
        .exists()
    )


def offered(meetings: list[Meeting], has_met: bool, now: datetime) -> list[tuple[str, str]]:
    """What is ahead, and what has been; while a meeting is on, no earlier one can be the last."""
    ahead = [(one.id, filters.first_letter_up(filters.day(one.starts_at, one.series.zone))) for one in meetings]
    if not meetings:
        return [(WAS, _("The one that has been") if has_met else _("None: no date is set"))]
    return [(WAS, _("The one that has been")), *ahead] if has_met and meetings[0].starts_at > now else ahead


def asking(
    template: str, seat: Seat, form: RestForm | CloseForm, told: list[Meeting] | None, status: int, **more: Any
) -> Response:
    """The question; once it was answered, which dates that is about. Sending those back carries it out."""
    facts: dict[str, Any] = {"told": told, "mark": days_mark(told or []), "few": FEW, "again": status == 409, **more}
    return page(template, status=status, seat=seat, form=form, **facts)
