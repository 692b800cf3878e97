"""Signing in and out, and the pages about oneself."""

from datetime import datetime

from flask import Blueprint, current_app, flash, g, make_response, redirect, request, session, url_for
from flask_login import current_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer
from nacl.public import PrivateKey
from werkzeug.wrappers import Response

from portal.accounts import access
from portal.accounts.access import sign_in, signed_in
from portal.accounts.errors import WrongWords
from portal.accounts.forms import ChangeWordsForm, LostForm, NewPersonForm, SettingsForm, SignInForm
from portal.accounts.models import Device, FirstLink, KeptForm, Person, Portal
from portal.accounts.sessions import State, state
from portal.db import utcnow, writing
from portal.jobs import chore
from portal.web.errors import NotHere, TooManyTries
from portal.web.forms import trimmed
from portal.web.language import _, language, ngettext
from portal.web.models import Try
from portal.web.page import go, local, page

bp = Blueprint("accounts", __name__)
access.guard(bp)

KNOWN_FOR = 365 * 24 * 3600  # seconds; the cookie says only that somebody signed in here before


@chore(minutes=5)
def end_old_sessions(now: datetime) -> None:
    Device.end_old(access.idle(), now)
    FirstLink.forget_old(now)
    KeptForm.forget_old(now)
    Try.forget_old(now)


def known_device() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known-device")


def tries_for(name: str) -> dict[str, str]:
    """Under which keys wrong tries count. A device that signed in as this name before has a count of its own."""
    secret = current_app.config["SECRET_KEY"]
    named = Try.key_of(secret, "name", name.casefold().strip())
    try:
        if known_device().loads(request.cookies.get("known", "")) == named:
            return {"device": Try.key_of(secret, "device", named)}
    except BadSignature:
        pass
    return {"name": named, "address": Try.key_of(secret, "address", network(request.remote_addr or ""))}


def network(address: str) -> str:
    """An address as it counts: of the newer kind, one household holds a whole /64."""
    return ":".join(address.split(":")[:4]) if ":" in address else address


def wait_your_turn(tries: dict[str, str]) -> None:
    """Raises TooManyTries, saying how long."""
    seconds = Try.seconds_to_wait(tries, utcnow())
    if seconds > 0:
        minutes = max(1, round(seconds / 60))
        raise TooManyTries(
            ngettext(
                "There were many tries that did not fit. Nothing is locked: wait a minute, then try again.",
                "There were many tries that did not fit. Nothing is locked: wait %(num)s minutes, then try again.",
                minutes,
            )
        )


@bp.route("/enter", methods=["GET", "POST"])
def enter() -> Response:
    """Sign in."""
    then = local(request.args.get("next")) or "/"
    if current_user.is_authenticated and request.method == "GET":
        return redirect(then)
    form = SignInForm()
    if not form.validate_on_submit():
        return page("accounts/enter.html", form=form, status=422 if form.errors else 200)
    name, passphrase = trimmed(form.name.data), form.passphrase.data or ""
    tries = tries_for(name)
    wait_your_turn(tries)
    try:
        person, private = Person.come_in(name, passphrase)
    except WrongWords as wrong:
        Try.failed(tries, utcnow())
        form.refuse("passphrase", wrong.say)
        return page("accounts/enter.html", form=form, status=422)
    Try.succeeded(tries)
    person.raise_cost(passphrase, private)
    sign_in(person, private, own_phone=form.own_phone.data)
    return remember_device(go(then), name, form.own_phone.data)


def remember_device(response: Response, name: str, own_phone: bool) -> Response:
    """On a person's own phone, others' wrong tries elsewhere must never keep them out."""
    if own_phone:
        mark = known_device().dumps(Try.key_of(current_app.config["SECRET_KEY"], "name", name.casefold().strip()))
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(
            "known", mark, max_age=KNOWN_FOR, httponly=True, secure=secure, samesite="Lax", path="/enter"
        )
    return response


def end_this_device() -> None:
    """Signed in or gone quiet: the row goes, and with it the right to keep a late form."""
    for device in (getattr(current_user, "device", None), g.get("quiet_device")):
        if device is not None:
            device.delete_instance()
    logout_user()
    session.clear()


@bp.get("/leave")
def leave() -> Response:
    """Quick exit: a plain link, so that it works everywhere. Ends the session and goes to the neutral site."""
    end_this_device()
    response = redirect(Portal.current().leave_to, 303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies"'  # never storage: that would delete an offline guide
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.post("/sign-out")
def sign_out() -> Response:
    end_this_device()
    response = go(url_for("accounts.enter"))
    response.headers["Clear-Site-Data"] = '"cache"'
    flash(_("You are signed out."))
    return response


@bp.route("/lost", methods=["GET", "POST"])
def lost() -> Response:
    """Come back with the recovery code and choose new words."""
    form = LostForm()
    if not form.validate_on_submit():
        return page("accounts/lost.html", form=form, status=422 if form.errors else 200)
    name = trimmed(form.name.data)
    tries = tries_for(name)
    wait_your_turn(tries)
    try:
        person, private = Person.come_back(name, form.code.data or "")
    except WrongWords:
        Try.failed(tries, utcnow())
        form.refuse("code", _("Name and code don’t fit together. Check both; capital letters and spaces don’t matter."))
        return page("accounts/lost.html", form=form, status=422)
    person.change_passphrase(form.chosen, private)
    sign_in(person, private, own_phone=False)
    flash(
        _(
            "Your new passphrase is set, and every other device is signed out. Your code on paper still works; "
            "if others may have seen it, make a new one."
        )
    )
    return go(url_for("accounts.code"))


@bp.route("/join/<token>", methods=["GET", "POST"])
def join(token: str) -> Response:
    """A healer's link: make an account. Opening it uses nothing up."""
    link = FirstLink.read("healer", token, utcnow())
    if current_user.is_authenticated:
        return page("accounts/join_signed_in.html", token=token)
    form = NewPersonForm()
    if not form.validate_on_submit():
        return page("accounts/join.html", form=form, expires_at=link.expires_at, status=422 if form.errors else 200)
    person, private = new_person(form, is_healer=True)
    with writing():
        link.use_up()
        person.save(force_insert=True)
    sign_in(person, private, own_phone=False)
    return go(url_for("accounts.code", next="/"))


@bp.post("/join/<token>/healer")
@signed_in
def become_healer(token: str) -> Response:
    """Someone with an account follows a healer's link: no second account is needed."""
    link = FirstLink.read("healer", token, utcnow())
    if current_user.person.is_steward:
        return go(url_for("accounts.join", token=token))
    with writing():
        link.use_up()
        Person.update(is_healer=True).where(Person.id == current_user.id).execute()
    flash(_("You can now start a table of your own."))
    return go("/")


def new_person(form: NewPersonForm, **given: object) -> tuple[Person, PrivateKey]:
    """Whoever filled in the form, not yet saved, in the language they read it in and the portal's zone."""
    mine = {"language": language(), "zone": Portal.current().zone, **given}
    return Person.prepare(trimmed(form.name.data), form.chosen, utcnow().date(), **mine)


@bp.get("/me")
@signed_in
def me() -> Response:
    return page("accounts/me.html", person=current_user.person)


@bp.route("/me/code", methods=["GET", "POST"])
@signed_in
def code() -> Response:
    """Show a recovery code, once. A new one ends the one before it."""
    then = local(request.args.get("next"))
    shown = current_user.person.new_code(current_user.private) if request.method == "POST" else None
    return page("accounts/code.html", person=current_user.person, code=shown, then=then)


@bp.route("/me/passphrase", methods=["GET", "POST"])
@signed_in
def passphrase() -> Response:
    form = ChangeWordsForm()
    if not form.validate_on_submit():
        return page("accounts/passphrase.html", form=form, status=422 if form.errors else 200)
    tries = tries_for(current_user.person.name)
    wait_your_turn(tries)
    own_phone = current_user.device.own_phone
    person, private = current_user.person, current_user.private
    if not person.knows(form.current.data or ""):
        Try.failed(tries, utcnow())
        form.refuse("current", _("That is not the passphrase you use now."))
        return page("accounts/passphrase.html", form=form, status=422)
    person.change_passphrase(form.chosen, private)
    sign_in(person, private, own_phone=own_phone)
    flash(_("Your new passphrase is set. Every other device is signed out."))
    return go(url_for("accounts.me"))


@bp.route("/me/settings", methods=["GET", "POST"])
@signed_in
def settings() -> Response:
    person = current_user.person
    form = SettingsForm(obj=person)
    if not form.validate_on_submit():
        return page("accounts/settings.html", form=form, status=422 if form.errors else 200)
    Person.update(language=form.language.data, zone=form.zone.data).where(Person.id == person.id).execute()
    return go(url_for("accounts.me"))


@bp.get("/me/devices")
@signed_in
def devices() -> Response:
    """Where this person is signed in; a device that went quiet opens nothing any more, so it is not among them."""
    now, idle = utcnow(), access.idle()
    mine = Device.select().where(Device.person == current_user.id).order_by(Device.seen_at.desc())
    found = [one for one in mine if state(one.began_at, one.seen_at, one.own_phone, idle, now) is State.OPEN]
    return page("accounts/devices.html", devices=found, this=current_user.device.id, zone=current_user.person.zone)


@bp.post("/me/devices/<device>/end")
@signed_in
def end_device(device: str) -> Response:
    mine = (Device.id == device) & (Device.person == current_user.id)
    if Device.delete().where(mine).execute() != 1:
        raise NotHere
    flash(_("That device is signed out."))
    return go(url_for("accounts.devices"))


@bp.post("/me/devices/end-all")
@signed_in
def end_all_devices() -> Response:
    Device.delete().where(Device.person == current_user.id).execute()
    logout_user()
    session.clear()
    response = make_response(go(url_for("accounts.enter")))
    response.headers["Clear-Site-Data"] = '"cache"'
    flash(_("Every device is signed out, this one too."))
    return response
