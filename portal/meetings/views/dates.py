"""The list of dates, and by what a circle meets again and again. A change is shown, date by date, before it is made."""

from collections.abc import Container
from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from portal.accounts.zones import zones
from portal.circles.access import seat_or_404
from portal.circles.models import Seat
from portal.clocks import local
from portal.db import new_id, utcnow
from portal.jobs import chore
from portal.meetings.access.dates import clashes, moved_by_hand, series_or_404
from portal.meetings.access.meeting import PAGE, carrying, coming, past
from portal.meetings.access.rhythm import rhythm, rhythms, said
from portal.meetings.errors import CalendarChanged
from portal.meetings.forms.dates import BREAKS, GONE_BY, AddForm, EndForm, SeriesForm, WhenForm, as_code
from portal.meetings.models.dates import Series, mark
from portal.meetings.models.extending import extend_series
from portal.meetings.recurrence import Change, Fate, Repeats, Rule
from portal.meetings.views.blueprint import bp
from portal.web import filters
from portal.web.forms import Form
from portal.web.language import _
from portal.web.page import go, page

FEW = 3  # dates of a preview that stand open
SOON = 6  # dates that stand open in the list; the rest are folded
A_MONTH_MAY_LACK = 28  # a later date than this is another one in some months

chore(minutes=6 * 60)(extend_series)


@bp.get("/c/<circle>/meetings")
def index(circle: str) -> Response:
    """What is coming, and what has been."""
    seat = seat_or_404(circle)
    now = utcnow()
    over = past(seat, now, before=earlier_than(now))
    return page(
        "meetings/index.html",
        seat=seat,
        rhythms=rhythms(seat, now),
        ahead=coming(seat, now),
        soon=SOON,
        over=over[:PAGE],
        older=over[PAGE - 1].meeting.starts_at.isoformat() if len(over) > PAGE else None,
    )


def earlier_than(now: datetime) -> datetime:
    """Where the list of past meetings begins; an address that was tampered with begins at its top."""
    asked = request.args.get("before", type=datetime.fromisoformat, default=now)
    return asked.replace(tzinfo=None)


@bp.route("/c/<circle>/meetings/series", methods=["GET", "POST"])
def series(circle: str) -> Response:
    """Agree to meet again and again: the first such series of a circle, or another one."""
    seat = seat_or_404(circle)
    return arranged(seat, None, SeriesForm(data={"zone": seat.about.zone} | asked_for()), "meetings/series.html")


@bp.route("/c/<circle>/meetings/series/<series>", methods=["GET", "POST"])
def change(circle: str, series: str) -> Response:
    """Meet at another time from now on."""
    seat = seat_or_404(circle)
    stands = series_or_404(seat, series)
    form = SeriesForm(data=proposed(seat, stands, utcnow()) | asked_for())
    return arranged(seat, stands, form, "meetings/series.html")


@bp.route("/c/<circle>/meetings/add", methods=["GET", "POST"])
def add(circle: str) -> Response:
    """Add one meeting by itself."""
    seat = seat_or_404(circle)
    held = next(iter(Series.of(circle, utcnow())), None)
    usual = {"zone": held.zone, "at": held.at, "minutes": held.minutes} if held else {"zone": seat.about.zone}
    return arranged(seat, None, AddForm(data=usual | asked_for()), "meetings/add.html")


def asked_for() -> dict[str, str]:
    """What the page that finds a time has found, or any other that leads here."""
    asked = {name: request.args[name] for name in ("first", "at", "minutes", "zone") if name in request.args}
    if asked.get("zone", "UTC") not in zones():
        del asked["zone"]
    return asked


def proposed(seat: Seat, stands: Series, now: datetime) -> dict[str, Any]:
    """What the form says at first: what holds now, counted from the next date."""
    usual, rule = stands.usual_place(seat), stands.rule
    first = counts_from(rule, now)
    gone = sum(1 for _day in rule.dates(rule.first, first - timedelta(days=1)))
    today = local(now, rule.zone).date()
    rests = [pair for pair in rule.rests if pair[1] >= today or first == rule.first][-len(BREAKS) :]
    breaks = {name: begin for name, (begin, _end) in zip(BREAKS, rests, strict=False)}
    ends = {f"{name}_to": end for name, (_begin, end) in zip(BREAKS, rests, strict=False)}
    until = rule.until if rule.until and rule.until >= first else None
    facts = {"first": first, "at": rule.at, "minutes": rule.minutes, "zone": rule.zone, "until": until}
    times = {"times": rule.times - gone} if rule.times else {}
    often = Repeats.LAST_WEEKDAY if rule.ordinal == -1 else rule.repeats
    called = {"name": stands.name(seat), "place": usual.place, "link": usual.link}
    return {"stands": stands.id, "often": as_code(often, rule.every), **facts, **times, **called, **breaks, **ends}


def counts_from(rule: Rule, now: datetime) -> date:
    """The next date, if the same ones follow from it; else the first one of all."""
    ahead = rule.ahead(now)
    if not ahead or (rule.repeats is Repeats.DATE and rule.first.day > A_MONTH_MAY_LACK):
        return rule.first
    return ahead[0]


def arranged(seat: Seat, stands: Series | None, form: WhenForm, template: str) -> Response:
    """Ask when; show what follows wherever that touches a date that stands; carry it out."""
    now = utcnow()
    if not form.validate_on_submit() or "again" in request.form:
        return asking(seat, stands, form, template, now)
    if made := Series.made(seat, form.once.data):
        if made.says(seat, form.rule, form.where, form.called):
            return agreed(seat, form)
        stands = Series.newest(seat.circle_id, made.origin) or made
        form.once.data, form.stands.data, form.seen.data = new_id(), stands.id, ""
    elif stands is None and (said_of := Series.made(seat, form.stands.data)):
        stands = Series.newest(seat.circle_id, said_of.origin)
    told = Series.preview(form.rule, now, stands)
    if all(change.fate is Fate.GOES for change in told):
        is_past = form.rule.repeats is Repeats.ONCE and form.rule.starts(form.rule.first) <= now
        no_date = _("No date of the coming year follows from this. Please choose another one.")
        form.refuse("first", str(GONE_BY) if is_past else no_date)
        return asking(seat, stands, form, template, now)
    clash = clashes(seat.circle_id, told, stands.origin if stands else "", now)
    seen = mark(told, stands)
    if form.seen.data != seen and (stands or clash):
        return preview(seat, stands, form, told, now, clash=clash)
    try:
        Series.agree(seat, form.rule, form.where, seen, now, stands=stands, name=form.called, once=form.once.data)
    except CalendarChanged:
        stands = stands and Series.newest(seat.circle_id, stands.origin)
        return preview(seat, stands, form, Series.preview(form.rule, now, stands), now, clash=clash)
    return agreed(seat, form)


def agreed(seat: Seat, form: WhenForm) -> Response:
    """To the list, with what has become of it."""
    if isinstance(form, AddForm):
        flash(_("%(day)s is in the list.", day=filters.first_letter_up(filters.day(form.rule.first))))
    else:
        flash(_("You meet like this: %(rhythm)s", rhythm=rhythm(form.rule)))
    return go(url_for("meetings.index", circle=seat.circle_id))


def asking(seat: Seat, stands: Series | None, form: WhenForm, template: str, now: datetime) -> Response:
    others = [] if stands or isinstance(form, AddForm) else rhythms(seat, now)
    facts: dict[str, Any] = {"others": others, "asked": asked_for(), "wants_break": "rest" in request.args}
    return page(template, status=form.status, seat=seat, series=stands, form=form, **facts)


@bp.route("/c/<circle>/meetings/series/<series>/end", methods=["GET", "POST"])
def end(circle: str, series: str) -> Response:
    """Meet by a series no more, from a day on."""
    seat, now = seat_or_404(circle), utcnow()
    stands = series_or_404(seat, series)
    today = local(now, stands.zone).date()
    form = EndForm(data={"since": next(iter(stands.rule.ahead(now)), today)})
    if stands.ended_at:
        return go(url_for("meetings.index", circle=circle))
    if not form.validate_on_submit() or "again" in request.form:
        return page("meetings/end.html", status=form.status, seat=seat, series=said(seat, stands, now), form=form)
    since = max(form.since.data, today)
    if stands.until and stands.until < since:
        return go(url_for("meetings.index", circle=circle))
    told = stands.ending(since, now)
    if form.seen.data != mark(told, stands):
        return preview(seat, stands, form, told, now)
    try:
        stands.end(seat, since, form.seen.data or "", now)
    except CalendarChanged:
        return preview(seat, stands, form, stands.ending(since, now), now)
    flash(_("These meetings end. What has been stays in the list."))
    return go(url_for("meetings.index", circle=circle))


def preview(
    seat: Seat,
    stands: Series | None,
    form: Form,
    told: list[Change],
    now: datetime,
    clash: Container[date] = frozenset(),
) -> Response:
    """What would become of each date. Sending it back with the mark of these dates carries it out.

    Where somebody was quicker, it also says what holds now.
    """
    origin = stands.origin if stands else ""
    carried, by_hand = carrying(seat, origin, now), moved_by_hand(origin, now)
    zone = form.rule.zone if isinstance(form, WhenForm) else (stands.zone if stands else "UTC")
    late = was_changed(stands, form)
    return page(
        "meetings/preview.html",
        status=409 if late else 200,
        seat=seat,
        told=by_fate(told, {Fate.GOES: {*carried, *by_hand}, Fate.STAYS: by_hand}),
        carrying=carried,
        by_hand=by_hand,
        clash=clash,
        until_now=usual_hours(stands, told) if stands else {},
        zones={fate.name: stands.zone if stands and fate is Fate.GOES else zone for fate in Fate},
        typed=typed(form) | {"seen": mark(told, stands), "stands": stands.id if stands else ""},
        theirs=said(seat, stands, now) if stands and late else None,
        late=late,
        becomes=rhythm(form.rule) if isinstance(form, SeriesForm) else "",
        ends=isinstance(form, EndForm),
        adds=stands is None,
    )


def usual_hours(stands: Series, told: list[Change]) -> dict[date, Change]:
    """When those dates are by the series as it stands that are to get another time."""
    rule, days = stands.rule, [change.day for change in told if change.fate is Fate.OTHER_TIME]
    return {day: Change(day, Fate.STAYS, rule.starts(day), rule.ends(day)) for day in days}


def was_changed(stands: Series | None, form: Form) -> bool:
    """Whether somebody changed the dates since the form was opened, or since the preview that was said yes to."""
    opened = form.stands.data if isinstance(form, WhenForm) else ""
    return bool(form.seen.data or (stands and (stands.ended_at or opened not in ("", None, stands.id))))


def typed(form: Form) -> dict[str, str]:
    sent = {name: text for name, text in request.form.items() if name in form and name != "csrf_token"}
    return sent | ({"once": form.once.data} if isinstance(form, WhenForm) else {})


def by_fate(told: list[Change], weighs: dict[Fate, set[date]]) -> dict[str, dict[str, list[Change]]]:
    """The dates of each fate: a few of them open, with every one of which there is more to say; the rest folded."""
    found = {}
    for fate in {change.fate for change in told}:
        dates = [change for change in told if change.fate is fate]
        more = [change for change in dates[FEW:] if change.day in weighs.get(fate, ())]
        found[fate.name] = {"open": dates[:FEW] + more, "folded": [one for one in dates[FEW:] if one not in more]}
    return found
