"""A circle's activities: those it keeps at hand, those it wrote itself, then the guide's."""

from flask import flash, g, url_for
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404
from portal.circles.models import Seat
from portal.curriculum import naming
from portal.curriculum.errors import OwnChanged
from portal.curriculum.forms.own import OwnForm, as_typed
from portal.curriculum.models.favorites import KeptActivities
from portal.curriculum.models.own import UNDO, OwnActivity, erase_due
from portal.curriculum.views.blueprint import bp
from portal.curriculum.views.listed import Group, by_family, chosen, of_guide, own_line
from portal.db import utcnow
from portal.jobs import chore
from portal.web.errors import NotHere
from portal.web.language import _
from portal.web.page import go, page

chore(minutes=1, destroys=True)(erase_due)


@bp.get("/c/<circle>/activities")
def ours(circle: str) -> Response:
    """What this table keeps at hand stands first, then its own, then the rest of the guide."""
    seat = seat_or_404(circle)
    written = OwnActivity.all_of(seat, utcnow())
    found = chosen(groups(seat, [one for one in written if not one.hidden_at]))
    away = [one for one in written if one.hidden_at]
    return page(
        "curriculum/activities.html",
        **found,
        naming=naming,
        seat=seat,
        seats=[],
        away=away,
        has_own=len(written) > len(away),
    )


def groups(seat: Seat, written: list[OwnActivity]) -> list[Group]:
    everything = {one.code: one for one in [*map(own_line, written), *of_guide()]}
    kept = [everything.pop(code) for code in KeptActivities.of(seat) if code in everything]
    own = [everything.pop(one.code) for one in written if one.code in everything]
    named = [Group(_("Kept by this table"), kept), Group(_("Written by this table"), own)]
    return [*(group for group in named if group.activities), *by_family(everything.values())]


@bp.route("/c/<circle>/activities/new", methods=["GET", "POST"])
def write_own(circle: str) -> Response:
    """Write down an activity of one's own table."""
    seat = seat_or_404(circle)
    form = OwnForm()
    if not form.validate_on_submit():
        return writing_it(seat, form)
    own = OwnActivity.write(seat, form.described, form.once_id)
    return go(url_for("curriculum.own", circle=circle, own=own.id))


@bp.get("/c/<circle>/activities/<own>")
def own(circle: str, own: str) -> Response:
    """One that the table wrote itself; for ten minutes also one that was taken away, to bring it back."""
    seat = seat_or_404(circle)
    found = OwnActivity.find(seat, own, utcnow())
    until = found.hidden_at + UNDO if found.hidden_at else None
    keeps = found.code in KeptActivities.of(seat)
    return page("curriculum/own.html", seat=seat, own=found, until=until, keeps=keeps, naming=naming)


@bp.route("/c/<circle>/activities/<own>/change", methods=["GET", "POST"])
def change_own(circle: str, own: str) -> Response:
    """Write it anew. Who comes second when two do so reads what stands there now, and keeps what they typed."""
    seat = seat_or_404(circle)
    try:
        found = OwnActivity.find(seat, own, utcnow())
    except NotHere:
        return erased_meanwhile(seat_or_404(circle))  # who no longer sits here gets no page of the table
    form = OwnForm(data=None if g.get("kept") else {**as_typed(found.words), "seen": found.mark})
    if not form.validate_on_submit():
        return writing_it(seat, form, found)
    try:
        found.change(seat, form.described, form.seen.data or "")
    except OwnChanged as late:
        return changed_meanwhile(seat, own, form, late)
    except NotHere:
        return erased_meanwhile(seat_or_404(circle))
    return go(url_for("curriculum.own", circle=circle, own=own))


def changed_meanwhile(seat: Seat, own_id: str, form: OwnForm, late: OwnChanged) -> Response:
    theirs = OwnActivity.find(seat, own_id, utcnow())
    form.seen.data = theirs.mark
    return writing_it(seat, form, theirs, late)


def erased_meanwhile(seat: Seat) -> Response:
    """Words sent for one that is no more are given back, to be kept as a new one. Raises NotHere where none were."""
    form = OwnForm()
    if not form.validate_on_submit():
        raise NotHere
    return writing_it(seat, form, late=OwnChanged())


def writing_it(seat: Seat, form: OwnForm, own: OwnActivity | None = None, late: OwnChanged | None = None) -> Response:
    """The form; beside it what somebody else did meanwhile."""
    status = late.status if late else form.status
    return page("curriculum/write.html", status=status, seat=seat, form=form, own=own, naming=naming, late=late)


@bp.post("/c/<circle>/activities/<own>/take-away")
def take_away(circle: str, own: str) -> Response:
    """Out of sight at once, gone in ten minutes."""
    seat = seat_or_404(circle)
    OwnActivity.find(seat, own, utcnow()).take_away(seat, utcnow())
    return go(url_for("curriculum.own", circle=circle, own=own))


@bp.post("/c/<circle>/activities/<own>/bring-back")
def bring_back(circle: str, own: str) -> Response:
    seat = seat_or_404(circle)
    OwnActivity.find(seat, own, utcnow()).bring_back(seat)
    flash(_("It is back, as it was."))
    return go(url_for("curriculum.own", circle=circle, own=own))


@bp.post("/c/<circle>/activities/<own>/erase")
def erase_own(circle: str, own: str) -> Response:
    """Before the ten minutes are over, for good."""
    seat = seat_or_404(circle)
    OwnActivity.find(seat, own, utcnow()).erase(seat)
    flash(_("It is erased."))
    return go(url_for("curriculum.ours", circle=circle))
