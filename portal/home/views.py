"""The first page, and a table's own page: composed of what the rooms below offer."""

from dataclasses import dataclass

from flask import Blueprint, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.circles.access import Sitting, my_seats, seat_or_404, seats_of
from portal.circles.models import Agreement, Seat
from portal.circles.ring import Chair, Sitter, around
from portal.db import utcnow
from portal.home.access import news
from portal.meetings.access.dates import Shown, next_dates
from portal.meetings.access.meeting import next_meeting
from portal.meetings.access.presence import Presence
from portal.meetings.access.turns import Asking
from portal.rings import Told, opened_or
from portal.seasons.access import season_of
from portal.sharing.access import latest
from portal.web.language import _, ngettext
from portal.web.page import page

bp = Blueprint("home", __name__)

LATELY = 10  # works on a table's page
FIRST_RULES = 4  # of the agreement


@dataclass(frozen=True)
class MyTable:
    seat: Seat
    next: Shown | None


@bp.get("/")
def start() -> Response:
    """Signed out: what this is. Signed in: my tables, and straight on where there is only one."""
    if not current_user.is_authenticated:
        return page("home/welcome.html")
    person, seats = current_user.person, my_seats()
    if len(seats) == 1 and not person.is_healer:
        return redirect(url_for("home.circle", circle=seats[0].circle_id))
    dates = next_dates([seat.circle_id for seat in seats], utcnow())
    tables = [MyTable(seat, dates.get(seat.circle_id)) for seat in seats]
    return page("home/tables.html", person=person, tables=tables)


@bp.get("/c/<circle>")
def circle(circle: str) -> Response:
    """A table's page: when we meet, who facilitates, who is here, what was shared, what we agreed."""
    seat = seat_or_404(circle)
    now = utcnow()
    sitting, works = seats_of(seat), latest(seat, LATELY)
    coming = next_meeting(seat, now, sitting)
    rules = opened_or(None, Agreement.of(circle).opened, seat.keys)
    return page(
        "home/circle.html",
        seat=seat,
        next=coming,
        season=season_of(seat, now),
        told=Told.anything(circle),
        chairs=chairs(seat, sitting, coming.turn if coming else Asking(), coming.presence if coming else Presence()),
        works=works,
        news=news(seat, works, sitting, now),
        rules=None if rules is None else rules[:FIRST_RULES],
        more_rules=len(rules or ()) > FIRST_RULES,
    )


def chairs(seat: Seat, sitting: list[Sitting], turn: Asking, presence: Presence) -> list[Chair]:
    """Everyone around the room, the free seats after them; the light falls on whose turn it is."""
    whose = turn.holders or (turn.asked,)
    says = _("asked to facilitate")
    if turn.holders:
        says = _("facilitating next") if turn.is_yours and len(whose) == 1 else _("facilitates next")
    taken = [
        Sitter(one.name, "turn", says, one.is_you) if one in whose else comes_or_not(one, presence) for one in sitting
    ]
    return around([*taken, *free_chairs(seat.circle.seats, seat.circle.free_seats())])


def comes_or_not(one: Sitting, presence: Presence) -> Sitter:
    if one in presence.away:
        return Sitter(one.name, "away", _("can’t come this time"), one.is_you)
    return Sitter(one.name, says=_("comes a little later") if one in presence.late else "", you=one.is_you)


def free_chairs(seats: int, free: int) -> list[Sitter]:
    """The first one says how many there are, for the list."""
    if free < 1:
        return []
    counted = ngettext(
        "A free seat; you are %(taken)s of %(seats)s",
        "%(num)s free seats; you are %(taken)s of %(seats)s",
        free,
        taken=seats - free,
        seats=seats,
    )
    return [Sitter("", "free", counted), *[Sitter("", "free")] * (free - 1)]
