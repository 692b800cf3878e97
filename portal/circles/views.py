"""Starting a table, inviting, sitting down and leaving."""

from datetime import datetime

from flask import Blueprint, current_app, flash, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.access import sign_in, signed_in
from portal.accounts.errors import LinkClosed
from portal.accounts.forms import NewPersonForm
from portal.accounts.tokens import lookup_of
from portal.circles.access import invitation_or_404, seat_or_404, seats_of
from portal.circles.errors import CircleFull, NotAHealer, SeatsTaken, StewardSitsNowhere
from portal.circles.forms import AboutForm, LeaveForm, MyNameForm, SitDownForm, StartForm
from portal.circles.models import Agreement, Circle, Invitation, Seat, token_of
from portal.circles.starter import rules, starter
from portal.db import utcnow
from portal.jobs import chore
from portal.rings import Closed, Told, opened_or
from portal.web.errors import NotHere
from portal.web.forms import trimmed
from portal.web.language import _, language
from portal.web.models import Try
from portal.web.page import go, page
from portal.web.qr import qr_svg

bp = Blueprint("circles", __name__)


@chore(minutes=5, destroys=True)
def forget_old_invitations(now: datetime) -> None:
    Invitation.forget_old(now)
    Seat.forget_links(now)


@bp.route("/c/new", methods=["GET", "POST"])
@signed_in
def start() -> Response:
    """Start a table."""
    person = current_user.person
    if person.is_steward:
        raise StewardSitsNowhere
    if not person.is_healer:
        raise NotAHealer
    proposed = {"language": language(), "zone": person.zone, "agreed": starter(language()), "my_name": person.name}
    form = StartForm(data=proposed)
    if not form.validate_on_submit():
        return page("circles/start.html", form=form, status=form.status)
    agreed, name = rules(form.agreed.data), trimmed(form.my_name.data)
    seat = Circle.begin(person, current_user.private, form.about, form.seats.data, agreed, name, utcnow())
    return go(url_for("circles.people", circle=seat.circle_id))


@bp.get("/c/<circle>/people")
def people(circle: str) -> Response:
    seat = seat_or_404(circle)
    sitting = seats_of(seat)
    names = {one.id: one.name for one in sitting}
    now = utcnow()
    invitations = Invitation.select().where((Invitation.circle == circle) & (Invitation.expires_at > now))
    return page(
        "circles/people.html",
        seat=seat,
        sitting=sitting,
        free=seat.circle.free_seats(),
        invitations=[(invitation, names.get(invitation.made_by_id)) for invitation in invitations],
    )


@bp.get("/c/<circle>/agreement")
def agreement(circle: str) -> Response:
    seat = seat_or_404(circle)
    found = Agreement.of(circle)
    agreed = opened_or(None, found.opened, seat.keys)
    return page("circles/agreement.html", seat=seat, rules=agreed, since=found.made_at)


@bp.route("/c/<circle>/about", methods=["GET", "POST"])
def about(circle: str) -> Response:
    """Change what the table is called and says of itself; anyone who sits there may."""
    seat = seat_or_404(circle)
    said = seat.about.said if seat.about.opens else {"zone": seat.about.zone, "language": seat.about.language}
    form = AboutForm(data={**said, "seats": seat.circle.seats})
    if form.validate_on_submit():
        try:
            seat.circle.change(seat.keys, form.about, form.seats.data)
        except SeatsTaken as taken:
            form.refuse("seats", taken.say)
        else:
            return go(url_for("circles.people", circle=circle))
    return page("circles/about.html", seat=seat, form=form, status=form.status)


@bp.route("/c/<circle>/people/name", methods=["GET", "POST"])
def rename(circle: str) -> Response:
    """Change the name one goes by at this table."""
    seat = seat_or_404(circle)
    name = opened_or(None, lambda: seat.name) if seat.about else None  # what says nothing of itself is nobody's seat
    form = MyNameForm(data={"my_name": name or ""})
    if not form.validate_on_submit():
        return page("circles/rename.html", seat=seat, form=form, opens=name is not None, status=form.status)
    seat.rename(trimmed(form.my_name.data))
    return go(url_for("circles.people", circle=circle))


@bp.post("/c/<circle>/told")
def put_away(circle: str) -> Response:
    """Put away what the table was told about keys that do not fit."""
    Told.put_away(seat_or_404(circle).circle_id)
    return go(url_for("home.circle", circle=circle))


@bp.post("/c/<circle>/people/invite")
def invite(circle: str) -> Response:
    made = seat_or_404(circle).invite(utcnow())
    return go(url_for("circles.invitation", circle=circle, invitation=made.id))


@bp.get("/c/<circle>/people/invitations/<invitation>")
def invitation(circle: str, invitation: str) -> Response:
    """The link and its square, for whoever made it; the others can only take it back."""
    seat = seat_or_404(circle)
    found = invitation_or_404(seat, invitation)
    if found.made_by_id != seat.id or found.expires_at <= utcnow():
        raise NotHere
    settings = current_app.config["PORTAL"]
    token = opened_or("", found.link, current_user.private)
    link = settings.address + url_for("circles.accept", token=token) if token else ""
    shown = {"link": link, "square": qr_svg(link) if link else "", "only_here": settings.is_only_here}
    return page("circles/invitation.html", seat=seat, invitation=found, **shown)


@bp.post("/c/<circle>/people/invitations/<invitation>/revoke")
def revoke(circle: str, invitation: str) -> Response:
    invitation_or_404(seat_or_404(circle), invitation).revoke()
    flash(_("The invitation is taken back. Its link opens nothing now."))
    return go(url_for("circles.people", circle=circle))


@bp.route("/c/<circle>/people/leave", methods=["GET", "POST"])
def leave(circle: str) -> Response:
    """Leave the table for good."""
    seat = seat_or_404(circle)
    form = LeaveForm()
    if not form.validate_on_submit():
        alone = seat.circle.seats - seat.circle.free_seats() == 1
        return page("circles/leave.html", seat=seat, form=form, alone=alone, status=form.status)
    seat.leave(take_back=form.works.data == "back")
    flash(_("You have left. What was only yours is still under “My things”."))
    return go("/")


@bp.route("/i/<token>", methods=["GET", "POST"])
def accept(token: str) -> Response:
    """An invitation. Opening it uses nothing up; it names nobody before the seat is taken."""
    try:
        invitation, secret = Invitation.read(token, utcnow())
    except LinkClosed:
        seat = seat_it_led_to(token)
        if seat is None:
            raise
        return go(url_for("home.circle", circle=seat.circle_id))
    if invitation.circle.is_full():
        raise CircleFull
    if not current_user.is_authenticated:
        return make_account(invitation, token)
    return sit_down(invitation, secret)


def seat_it_led_to(token: str) -> Seat | None:
    """The seat that the reader took with this very link, for a second tap on it."""
    if not current_user.is_authenticated:
        return None
    lookup = lookup_of(token_of(token))
    return Seat.get_or_none((Seat.came_by == lookup) & (Seat.person == current_user.id))


def make_account(invitation: Invitation, token: str) -> Response:
    """First a name and words. The seat is taken after the agreement was read, so this uses nothing up."""
    form = NewPersonForm()
    if not form.validate_on_submit():
        return page("circles/arrive.html", form=form, token=token, expires_at=invitation.expires_at, status=form.status)
    accounts = {"link": Try.key_of(current_app.config["SECRET_KEY"], "link", invitation.id)}
    Try.refuse_haste(accounts, utcnow())
    person, private = form.person()
    person.save(force_insert=True)
    Try.count(accounts, utcnow())  # a link is for one person: a third account may be a slip, a tenth is none
    sign_in(person, private, own_phone=form.own_phone.data, chose_words=True)
    return go(url_for("accounts.code", next=url_for("circles.accept", token=token)))


def sit_down(invitation: Invitation, secret: bytes) -> Response:
    """Read the agreement, say yes, take the seat."""
    person = current_user.person
    if person.is_steward:
        raise StewardSitsNowhere
    already = Seat.get_or_none((Seat.circle == invitation.circle_id) & (Seat.person == person.id))
    if already is not None:
        return go(url_for("home.circle", circle=already.circle_id))
    version, agreed = invitation.rules(secret)
    form = SitDownForm(data={"version": version, "my_name": person.name})
    if not form.validate_on_submit():
        return page("circles/sit_down.html", form=form, rules=agreed, status=form.status)
    name = trimmed(form.my_name.data)
    try:
        seat = invitation.accept(secret, person, current_user.private, name, form.affirmed, utcnow())
    except (LinkClosed, Closed):
        taken = Seat.get_or_none((Seat.came_by == invitation.lookup) & (Seat.person == person.id))
        if taken is None:
            raise
        seat = taken  # a double tap: the first of the two was let in
    return go(url_for("home.circle", circle=seat.circle_id))
