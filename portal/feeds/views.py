"""One's addresses for calendars, what they answer, and one meeting as a file."""

from datetime import datetime

from flask import Blueprint, Response, current_app, flash, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from portal import vault
from portal.accounts.access import signed_in
from portal.circles.access import my_seats, seat_or_404
from portal.db import utcnow
from portal.feeds.access import AHEAD, BEHIND, event_of, events_of, my_feed_or_404, my_feeds
from portal.feeds.errors import TooManyFeeds
from portal.feeds.events import calendar as written_calendar
from portal.feeds.forms import FeedForm
from portal.feeds.models import MOST, Feed, written_token
from portal.meetings.access.dates import meeting_or_404, shown_of
from portal.web import language
from portal.web.errors import NotHere
from portal.web.language import _
from portal.web.page import go, page
from portal.web.qr import qr_svg

bp = Blueprint("feeds", __name__)


@bp.get("/feed/<token>.ics")
def calendar(token: str) -> AnyResponse:
    """What a calendar program reads. No session is asked for: who has the address may read it."""
    feed, secret = Feed.read(token)
    language.use(feed.person.language)
    now = utcnow()
    title = feed.title(secret) or usual_title()
    events = events_of(feed, secret, title, now)
    text = written_calendar(events, years(now), feed.person.zone, name=title)
    response = ics(text, "inline")
    response.set_etag(vault.mac(secret, "etag", text).hex())
    return response.make_conditional(request)


def usual_title() -> str:
    return _("Appointment")


def years(now: datetime) -> tuple[int, int]:
    return (now - BEHIND).year, (now + AHEAD).year


def ics(text: str, how: str) -> Response:
    """A calendar under a name that says nothing; without it, a program would take the address for a name."""
    response = Response(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'{how}; filename="calendar.ics"'
    return response


@bp.get("/me/calendar")
@signed_in
def index() -> AnyResponse:
    """The addresses one has made, and what each shows."""
    no_steward()
    zone, sits_somewhere = current_user.person.zone, bool(my_seats())
    known = {"most": MOST, "usual": usual_title(), "now": utcnow(), "zone": zone}
    return page("feeds/index.html", feeds=my_feeds(), sits_somewhere=sits_somewhere, **known)


def no_steward() -> None:
    """A steward sits nowhere, so there is nothing to show. Raises NotHere."""
    if current_user.person.is_steward:
        raise NotHere


@bp.route("/me/calendar/new", methods=["GET", "POST"])
@signed_in
def new() -> AnyResponse:
    """Make an address: for which dates, under what name, and whether it shows places."""
    no_steward()
    form = FeedForm(my_seats(), data={"which": request.args["circle"]} if "circle" in request.args else None)
    if not form.seats:
        return go(url_for("feeds.index"))
    if not form.validate_on_submit():
        return page("feeds/new.html", form=form, usual=usual_title(), status=form.status)
    person, private = current_user.person, current_user.private
    try:
        made = Feed.make(form.once.data, person, private, form.circle_id, form.named, form.places_of, utcnow())
    except TooManyFeeds as many:
        form.refuse("which", many.say)
        return page("feeds/new.html", form=form, usual=usual_title(), status=409)
    return go(url_for("feeds.show", feed=made.id))


@bp.get("/me/calendar/<feed>")
@signed_in
def show(feed: str) -> AnyResponse:
    """One of one's addresses: for a while after it was made it can be read here, and then no more."""
    mine, settings = my_feed_or_404(feed), current_app.config["PORTAL"]
    link = None
    if mine.feed.is_shown(utcnow()):
        link = settings.address + url_for("feeds.calendar", token=written_token(mine.token))
    square = qr_svg(link) if link else None
    return page(
        "feeds/show.html", mine=mine, usual=usual_title(), link=link, square=square, only_here=settings.is_only_here
    )


@bp.route("/me/calendar/<feed>/end", methods=["GET", "POST"])
@signed_in
def end(feed: str) -> AnyResponse:
    """End an address for good."""
    mine = my_feed_or_404(feed)
    if request.method != "POST":
        return page("feeds/end.html", mine=mine, usual=usual_title())
    mine.feed.end()
    flash(_("The address is ended. Nothing answers there any more."))
    return go(url_for("feeds.index"))


@bp.get("/c/<circle>/meetings/<meeting>/calendar")
def add(circle: str, meeting: str) -> AnyResponse:
    """What the file of one meeting says, before it is taken."""
    seat, now = seat_or_404(circle), utcnow()
    found = shown_of(meeting_or_404(seat, meeting), now)
    return page("feeds/add.html", seat=seat, meeting=found, usual=usual_title())


@bp.get("/c/<circle>/meetings/<meeting>/calendar.ics")
def one(circle: str, meeting: str) -> AnyResponse:
    """One meeting as a file: the same event as in its person's feeds. The place only where it is asked for."""
    seat = seat_or_404(circle)
    event = event_of(seat, meeting, usual_title(), with_place="place" in request.args)
    text = written_calendar([event], (event.starts_at.year, event.ends_at.year), event.zone)
    return ics(text, "attachment")
