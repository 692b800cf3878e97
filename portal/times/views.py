"""Finding a time: what everyone's hours have in common, and one's own."""

from datetime import date, timedelta

from flask import Blueprint, flash, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404
from portal.db import utcnow
from portal.times.access import times_for
from portal.times.forms import DAYS, HoursForm, on_the_wall
from portal.times.models import Hours
from portal.times.week import Answer, Line, Week
from portal.web import filters
from portal.web.language import _, language
from portal.web.page import go, page

bp = Blueprint("times", __name__)

LENGTHS = (60, 90, 120, 150)  # minutes
USUAL = 90
ANY_LENGTH = range(15, 481)  # minutes; what a series may last
A_MONDAY = date(2026, 1, 5)


@bp.get("/c/<circle>/times")
def index(circle: str) -> Response:
    """Which times could work."""
    seat, minutes = seat_or_404(circle), asked_minutes()
    found = times_for(seat, minutes, utcnow())
    return page(
        "times/index.html",
        seat=seat,
        found=found,
        minutes=minutes,
        lengths=sorted({*LENGTHS, minutes}),
        lines=said(found.mine),
    )


def asked_minutes() -> int:
    """How long the meeting shall be; an address that was tampered with asks for the usual length."""
    minutes = request.args.get("minutes", type=int, default=USUAL)
    return minutes if minutes in ANY_LENGTH else USUAL


@bp.route("/c/<circle>/times/mine", methods=["GET", "POST"])
def mine(circle: str) -> Response:
    """Say which hours of the week can work, a few at a time; each is saved at once."""
    seat, zone = seat_or_404(circle), current_user.person.zone
    form = HoursForm()
    if form.validate_on_submit():
        Hours.mark(seat, zone, form.days, form.begins.data, form.ends.data, form.answer)
        is_out = form.answer is Answer.NO
        flash(_("Those hours are taken out.") if is_out else _("Saved. Add more, or look at what is proposed."))
        return go(url_for("times.mine", circle=circle))
    week = Hours.of(seat)
    form.offer(taking_back=week is not None)
    return page(
        "times/mine.html",
        status=form.status,
        seat=seat,
        form=form,
        days=[(form[name], day_name(day, "EEEEEE").capitalize(), day_name(day)) for day, name in enumerate(DAYS)],
        lines=said(week),
        zone=zone,
        said_in=week.zone if week and week.zone != zone else None,
    )


@bp.post("/c/<circle>/times/mine/take-back")
def take_back(circle: str) -> Response:
    Hours.take_back(seat_or_404(circle))
    flash(_("All your hours are erased here."))
    return go(url_for("times.index", circle=circle))


def said(week: Week | None) -> list[dict[str, object]]:
    """The lines of a week as words; `facts` fill the form that takes a line out again."""
    return [in_words(line) for line in week.lines()] if week else []


def in_words(line: Line) -> dict[str, object]:
    facts = {**{DAYS[day]: "y" for day in line.days}, "begins": line.begins, "ends": line.ends, "kind": "no"}
    return {
        "days": filters.first_letter_up(named(line.days)),
        "begins": on_the_wall(line.begins),
        "ends": on_the_wall(line.ends),
        "if_need_be": line.answer is Answer.IF_NEED_BE,
        "facts": facts,
    }


def named(days: tuple[int, ...]) -> str:
    """Monday to Friday; Tuesday and Saturday."""
    if len(days) == len(DAYS):
        return _("every day")
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return _("%(first)s to %(last)s", first=day_name(days[0]), last=day_name(days[-1]))
    return filters.listed([day_name(day) for day in days])


def day_name(day: int, pattern: str = "EEEE") -> str:
    return filters.written(A_MONDAY + timedelta(days=day), pattern, language())
