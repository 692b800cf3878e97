"""Setting the portal up, once, and looking after it: never after what people share in it."""

from flask import current_app, flash, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.access import sign_in, steward_only
from portal.accounts.models.links import FirstLink
from portal.accounts.models.people import Person
from portal.accounts.models.portals import Portal
from portal.circles.models import Circle
from portal.db import utcnow
from portal.resources.access import unchecked
from portal.steward import models
from portal.steward.counts import sayable
from portal.steward.forms import PlaceForm, SetUpForm, zone_of_this_machine
from portal.steward.leave_sites import OFFERED, said
from portal.steward.views.blueprint import bp
from portal.web.filters import on_day
from portal.web.language import _, language
from portal.web.page import go, page
from portal.web.qr import qr_svg

ON_ONE_PAGE = 50  # people
MOST_PAGES = 1000  # a larger number in the address would not fit the database's integers
MONTH = {"en": "MMMM y", "es": "MMMM 'de' y"}


@bp.route("/setup/<token>", methods=["GET", "POST"])
def set_up(token: str) -> Response:
    """The first page of a new portal: what it is like, and who runs it. Opening it uses nothing up."""
    link = models.open_set_up_link(token, utcnow())
    form = SetUpForm(data=first_answers())
    if not form.validate_on_submit():
        return page("steward/set_up.html", form=form, status=form.status)
    models.prepare_portal()
    person, private = form.person(is_steward=True, language=form.language.data, zone=form.zone.data)
    models.claim(link, person, form.answers, utcnow())
    models.link_file(current_app.config["PORTAL"]).unlink(missing_ok=True)
    sign_in(person, private, own_phone=False, chose_words=True)
    return go(url_for("accounts.code", next=url_for("steward.invite")))


def first_answers() -> dict[str, str]:
    start = {"portal_name": Portal().name, "language": language(), "zone": zone_of_this_machine()}
    return {**start, "ages": "adults", "leave": OFFERED[0]}


@bp.get("/steward")
@steward_only
def show() -> Response:
    """The portal at a glance, without anything that people wrote."""
    return page(
        "steward/show.html",
        tables=sayable(Circle.select().count()),
        leave_site=said(Portal.current().leave_to),
        links=models.open_healer_links(utcnow()),
        unchecked=unchecked(),
    )


@bp.route("/steward/invite", methods=["GET", "POST"])
@steward_only
def invite() -> Response:
    """A link for someone who will start a table. Asking makes it, and it is shown this once."""
    if request.method != "POST":
        return page("steward/invite.html")
    now = utcnow()
    settings = current_app.config["PORTAL"]
    address = settings.address + url_for("accounts.join", token=FirstLink.make("healer", now))
    return page(
        "steward/link.html",
        address=address,
        square=qr_svg(address),
        only_here=settings.is_only_here,
        expires_at=now + models.HEALER_LINK_LASTS,
    )


@bp.post("/steward/links/<link>/end")
@steward_only
def end_link(link: str) -> Response:
    models.end_healer_link(link)
    flash(_("That link is closed. Whoever opens it reads that it is."))
    return go(url_for("steward.show"))


@bp.get("/steward/people")
@steward_only
def people() -> Response:
    """Who has an account. Who sits where is not for a steward to see."""
    number = min(max(1, request.args.get("page", 1, int)), MOST_PAGES)
    found = list(Person.select().order_by(Person.folded, Person.id).paginate(number, ON_ONE_PAGE))
    joined = [(person, on_day(person.joined_on, None, MONTH)) for person in found]
    more = Person.select().count() > number * ON_ONE_PAGE
    return page("steward/people.html", people=joined, number=number, more=more, me=current_user.id)


@bp.post("/steward/people/<person>/start")
@steward_only
def let_start(person: str) -> Response:
    may = request.form.get("may") == "yes"
    models.let_start_tables(person, may=may)
    if may:
        flash(_("This person may start a table now."))
    else:
        flash(_("This person can’t start another table now. The tables they sit at stay as they are."))
    return go(url_for("steward.people", page=request.form.get("page", 1, int)))


@bp.route("/steward/settings", methods=["GET", "POST"])
@steward_only
def settings() -> Response:
    form = PlaceForm.about(Portal.current())
    if not form.validate_on_submit():
        return page("steward/settings.html", form=form, status=form.status)
    Portal.update(**form.answers).where(Portal.id == 1).execute()
    flash(_("Kept. Every page shows it from now on."))
    return go(url_for("steward.show"))
