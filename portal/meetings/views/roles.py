"""What there is to hold at this table, and what one wishes to be asked for."""

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404
from portal.circles.models import Seat
from portal.db import utcnow
from portal.meetings.access.roles import RoleHere, all_roles, role_or_404
from portal.meetings.errors import RoleChanged, TooManyRoles
from portal.meetings.forms.roles import MyRolesForm, RoleForm
from portal.meetings.models.roles import MOST, Role, Words
from portal.meetings.models.turns import Willingness, rest_role
from portal.meetings.views.blueprint import bp
from portal.web.language import _
from portal.web.page import go, page


@bp.get("/c/<circle>/meetings/roles")
def roles(circle: str) -> Response:
    """What each role is for; anyone who sits here may change it."""
    seat = seat_or_404(circle)
    found = all_roles(seat)
    used = [one for one in found if not one.rests]
    resting = [one for one in found if one.rests]
    return page("meetings/roles.html", seat=seat, used=used, resting=resting, has_room=len(used) < MOST)


@bp.route("/c/<circle>/meetings/roles/new", methods=["GET", "POST"])
def new_role(circle: str) -> Response:
    """Add a role."""
    seat = seat_or_404(circle)
    form = RoleForm("")
    if not form.validate_on_submit():
        return page("meetings/role.html", seat=seat, role=None, form=form, theirs=None, status=form.status)
    try:
        Role.add(seat, form.words or Words("", ""), form.once_id)
    except TooManyRoles as many:
        form.refuse("name", many.say)
        return page("meetings/role.html", seat=seat, role=None, form=form, theirs=None, status=409)
    flash(_("The role is added. From now on people are asked for it in turn."))
    return go(url_for("meetings.roles", circle=circle))


@bp.route("/c/<circle>/meetings/roles/<role>", methods=["GET", "POST"])
def rename_role(circle: str, role: str) -> Response:
    """Call a role something else. Who comes second when two do so reads what stands there now."""
    seat = seat_or_404(circle)
    found = role_or_404(seat, role)
    form = RoleForm(role, data={"name": found.name, "does": found.does, "seen": found.seen})
    if not form.validate_on_submit():
        return page("meetings/role.html", seat=seat, role=found, form=form, theirs=None, status=form.status)
    try:
        Role.call(seat, role, form.words, form.seen.data or "")
    except RoleChanged:
        return changed_meanwhile(seat, role_or_404(seat, role), form)
    flash(_("Kept. Everyone at this table reads it like this now."))
    return go(url_for("meetings.roles", circle=circle))


def changed_meanwhile(seat: Seat, theirs: RoleHere, form: RoleForm) -> Response:
    form.seen.data = theirs.seen
    return page("meetings/role.html", seat=seat, role=theirs, form=form, theirs=theirs, status=409)


@bp.post("/c/<circle>/meetings/roles/<role>/rest")
def rest(circle: str, role: str) -> Response:
    """Let a role rest, or bring it back."""
    seat = seat_or_404(circle)
    found = role_or_404(seat, role)
    rests = request.form.get("answer") != "back"
    rest_role(seat, found.code, utcnow(), rests=rests)
    flash(_("This role rests now. You can bring it back below.") if rests else _("The role is back."))
    return go(url_for("meetings.roles", circle=circle))


@bp.route("/c/<circle>/meetings/roles/mine", methods=["GET", "POST"])
def my_roles(circle: str) -> Response:
    """What one wishes to be asked for: between this person and the rule."""
    seat = seat_or_404(circle)
    used = [one for one in all_roles(seat) if not one.rests]
    form = MyRolesForm(used, Willingness.of(seat))
    if not form.validate_on_submit():
        return page("meetings/my_roles.html", seat=seat, form=form, status=form.status)
    for code, answer in form.said.items():
        Willingness.say(seat, answer, code)
    flash(_("Kept. Only you can see it, and you can change it at any time."))
    return go(url_for("meetings.my_roles", circle=circle))
