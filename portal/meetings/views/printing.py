"""The dates of the coming months on one page, for paper."""

from flask import request
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404
from portal.db import utcnow
from portal.meetings.access.season import MONTHS, season
from portal.meetings.views.blueprint import bp
from portal.web.page import page


@bp.get("/c/<circle>/meetings/print")
def season_sheet(circle: str) -> Response:
    """Dates and hours; names and places only where they are asked for: a sheet lies about."""
    seat = seat_or_404(circle)
    months = request.args.get("months", type=int, default=MONTHS[0])
    names, places = "names" in request.args, "places" in request.args
    months = months if months in MONTHS else MONTHS[0]
    found = season(seat, months, utcnow(), names=names, places=places)
    return page(
        "meetings/print.html", seat=seat, found=found, months=months, choices=MONTHS, names=names, places=places
    )
