"""What a circle keeps at hand. Which activity it is stands in what is sent, never in an address."""

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404
from portal.circles.models import Seat
from portal.curriculum.access import guide
from portal.curriculum.choosing import OWN
from portal.curriculum.models.favorites import KeptActivities
from portal.curriculum.models.own import OwnActivity
from portal.curriculum.views.blueprint import bp
from portal.db import utcnow
from portal.web.errors import NotHere
from portal.web.language import _
from portal.web.page import go


@bp.post("/c/<circle>/activities/keep")
def keep(circle: str) -> Response:
    """Keep an activity at hand for everyone here."""
    seat = seat_or_404(circle)
    code = sent_code(seat)
    KeptActivities.keep(seat, code)
    flash(_("It is kept: for this table it stands first now."))
    return go(page_of(seat, code))


@bp.post("/c/<circle>/activities/let-go")
def let_go(circle: str) -> Response:
    """Keep it no longer."""
    seat = seat_or_404(circle)
    code = sent_code(seat)
    KeptActivities.let_go(seat, code)
    flash(_("It no longer stands first. It is still here."))
    return go(page_of(seat, code))


def sent_code(seat: Seat) -> str:
    """The activity that a button was about. Raises NotHere."""
    code = request.form.get("what", "")
    if code.startswith(OWN):
        return OwnActivity.find(seat, code.removeprefix(OWN), utcnow()).code
    if code not in guide().activities:
        raise NotHere
    return code


def page_of(seat: Seat, code: str) -> str:
    """The activity's own page, where the button stands."""
    if code.startswith(OWN):
        return url_for("curriculum.own", circle=seat.circle_id, own=code.removeprefix(OWN))
    return url_for("curriculum.activity", key=code)
