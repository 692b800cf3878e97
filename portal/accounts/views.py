"""Signing in and out, and the pages about oneself."""

import threading
import weakref
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime

from flask import Blueprint, current_app, flash, redirect, request, stream_with_context, url_for
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from portal.accounts import access
from portal.accounts.access import end_this_device, has_just_chosen_words, sign_in, signed_in
from portal.accounts.errors import WrongWords
from portal.accounts.forms import ChangeWordsForm, CodeForm, LostForm, NewPersonForm, SettingsForm, SignInForm
from portal.accounts.models.devices import Device
from portal.accounts.models.kept import Kept, KeptForm
from portal.accounts.models.links import FirstLink
from portal.accounts.models.people import Person
from portal.accounts.models.portals import Portal
from portal.accounts.names import folded
from portal.accounts.networks import network
from portal.accounts.sessions import State, state
from portal.accounts.taking import Thing, everything, gathers
from portal.db import new_id, utcnow, writing
from portal.jobs import chore
from portal.web.errors import Busy, NotHere
from portal.web.forms import trimmed
from portal.web.language import _
from portal.web.models import Try
from portal.web.page import go, local, page

bp = Blueprint("accounts", __name__)
access.guard(bp)

PACKED = 1  # files at a time: a slow phone holds a thread for as long as it takes one
_packing = threading.Semaphore(PACKED)
KNOWN_FOR = 365 * 24 * 3600  # seconds; the cookie says only that somebody signed in here before


@chore(minutes=5)
def end_old_sessions(now: datetime) -> None:
    Device.end_old(access.idle(), now)


@chore(minutes=5, destroys=True)
def forget_old_forms(now: datetime) -> None:
    FirstLink.forget_old(now)
    KeptForm.forget_old(now)
    Try.forget_old(now)


def known_devices() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known-device")


def known_person(name: str) -> tuple[str, str] | None:
    """Who signed in by this name on this device of their own, and the device's mark; None where nobody did."""
    try:
        person, named, mark = known_devices().loads(request.cookies.get("known", ""))
    except (BadSignature, ValueError):
        return None
    return (person, mark) if named == folded(name) else None


def tries_for(name: str) -> dict[str, str]:
    """Under which keys wrong tries count: for a name from one network, for the name from anywhere, for the network.

    A person's own device has a count of its own, so that nobody else's tries keep them out.
    """
    secret, known, here = current_app.config["SECRET_KEY"], known_person(name), network(request.remote_addr or "")
    if known is not None:
        return {"device": Try.key_of(secret, "device", known[1])}
    return {
        "name": Try.key_of(secret, "name", f"{folded(name)}|{here}"),
        "anywhere": Try.key_of(secret, "anywhere", folded(name)),
        "address": Try.key_of(secret, "address", here),
    }


@bp.route("/enter", methods=["GET", "POST"])
def enter() -> Response:
    """Sign in."""
    then = local(request.args.get("next")) or "/"
    if current_user.is_authenticated and request.method == "GET":
        return redirect(then)
    form = SignInForm()
    if not form.validate_on_submit():
        return page("accounts/enter.html", form=form, status=form.status)
    name, passphrase = trimmed(form.name.data), form.passphrase.data or ""
    tries = tries_for(name)
    Try.refuse_haste(tries, utcnow())
    known = known_person(name)
    try:
        person, private = Person.come_in(name, passphrase, only=known[0] if known else None)
    except WrongWords as wrong:
        Try.count(tries, utcnow())
        form.refuse("passphrase", wrong.say)
        return page("accounts/enter.html", form=form, status=form.status)
    Try.succeeded(tries)
    person.raise_cost(passphrase, private)
    sign_in(person, private, own_phone=form.own_phone.data)
    return remember_device(go(then), person) if form.own_phone.data else go(then)


def remember_device(response: Response, person: Person) -> Response:
    """On a person's own phone, others' wrong tries elsewhere must never keep them out. Leave clears this, too."""
    mark = known_devices().dumps([person.id, person.folded, new_id()])
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie("known", mark, max_age=KNOWN_FOR, httponly=True, secure=secure, samesite="Lax", path="/enter")
    return response


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
    return signed_out(_("You are signed out."))


@bp.route("/lost", methods=["GET", "POST"])
def lost() -> Response:
    """Come back with the recovery code and choose new words."""
    form = LostForm()
    if not form.validate_on_submit():
        return page("accounts/lost.html", form=form, status=form.status)
    name = trimmed(form.name.data)
    tries = tries_for(name)
    Try.refuse_haste(tries, utcnow())
    try:
        person, private = Person.come_back(name, form.code.data or "")
    except WrongWords:
        Try.count(tries, utcnow())
        form.refuse("code", _("Name and code don’t fit together. Check both; capital letters and spaces don’t matter."))
        return page("accounts/lost.html", form=form, status=form.status)
    person.change_passphrase(form.chosen, private)
    sign_in(person, private, own_phone=form.own_phone.data, chose_words=True)
    flash(_("Your new passphrase is set, and every device is signed out. Your code is used up: print a new one."))
    return go(url_for("accounts.code"))


@bp.route("/join/<token>", methods=["GET", "POST"])
def join(token: str) -> Response:
    """A healer's link: make an account. Opening it uses nothing up."""
    link = FirstLink.read("healer", token, utcnow())
    if current_user.is_authenticated:
        return page("accounts/join_signed_in.html", token=token)
    form = NewPersonForm()
    if not form.validate_on_submit():
        return page("accounts/join.html", form=form, expires_at=link.expires_at, status=form.status)
    person, private = form.person(is_healer=True)
    with writing():
        link.use_up()
        person.save(force_insert=True)
    sign_in(person, private, own_phone=form.own_phone.data, chose_words=True)
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


@bp.get("/me")
@signed_in
def me() -> Response:
    return page("accounts/me.html", person=current_user.person)


@bp.get("/me/kept")
@signed_in
def kept() -> Response:
    """Words that could not be sent, to copy, to go on with or to erase."""
    zone = current_user.person.zone
    return page("accounts/kept.html", kept=all_that_is_kept(), most=KeptForm.MOST, zone=zone)


def all_that_is_kept() -> list[Kept]:
    return KeptForm.all_of(current_user.id, current_user.private, utcnow())


@bp.route("/me/kept/<kept>/erase", methods=["GET", "POST"])
@signed_in
def erase_kept(kept: str) -> Response:
    """Ask once, then erase for good."""
    found = next((one for one in all_that_is_kept() if one.id == kept), None)
    if found is None:
        raise NotHere
    if request.method != "POST":
        return page("accounts/erase_kept.html", kept=found)
    KeptForm.erase(current_user.id, found, current_user.private, utcnow())
    flash(_("It is erased."))
    return go(url_for("accounts.kept"))


@gathers
def kept_words() -> Iterator[Thing]:
    """What could not be sent, as long as it is kept."""
    for one in all_that_is_kept():
        if one.words:
            sent_at = one.until - KeptForm.LASTS
            yield Thing(_("What could not be sent"), "", "txt", sent_at, "\n\n".join(one.words).encode())


@bp.route("/me/take", methods=["GET", "POST"])
@signed_in
def take() -> Response:
    """What is in the file with everything one made, and what to think of before taking it.

    Whoever holds an unlocked phone must not carry all of it away without the passphrase.
    """
    form, needs_words = CodeForm(), not has_just_chosen_words()
    if not form.validate_on_submit() or (needs_words and not said_their_words(form)):
        return page("accounts/take.html", status=form.status, form=form, needs_words=needs_words)
    from portal.accounts.packing import packed  # brings zipfile in, which no start should wait for

    if not _packing.acquire(blocking=False):
        raise Busy
    turn = ExitStack()
    turn.callback(_packing.release)
    response = Response(stream_with_context(to_the_end(packed(everything()), turn)), mimetype="application/zip")
    response.call_on_close(turn.close)
    weakref.finalize(response, turn.close)  # also where something breaks before it is sent
    response.headers["Content-Disposition"] = f'attachment; filename="my-things-{utcnow():%Y-%m-%d}.zip"'
    return response


def to_the_end(pieces: Iterator[bytes], turn: ExitStack) -> Iterator[bytes]:
    with turn:
        yield from pieces


@bp.route("/me/code", methods=["GET", "POST"])
@signed_in
def code() -> Response:
    """Show a recovery code, once. A new one ends the one before it.

    It opens everything for good, so whoever holds an unlocked phone must not get one without the passphrase.
    """
    then = local(request.args.get("next"))
    person, form = current_user.person, CodeForm()
    needs_words = not has_just_chosen_words()
    if not form.validate_on_submit() or (needs_words and not said_their_words(form)):
        asked = {"person": person, "form": form, "needs_words": needs_words}
        return page("accounts/code.html", status=form.status, code=None, then=then, **asked)
    shown = person.new_code(current_user.private)
    return page("accounts/code.html", person=person, code=shown, then=then)


def said_their_words(form: ChangeWordsForm | CodeForm) -> bool:
    """Whether the passphrase used now was given; marks the form where it was not. Raises TooManyTries and Busy."""
    tries = {"person": Try.key_of(current_app.config["SECRET_KEY"], "person", current_user.id)}
    Try.refuse_haste(tries, utcnow())
    if current_user.person.knows(form.current.data or ""):
        return True
    Try.count(tries, utcnow())
    form.refuse("current", _("That is not the passphrase you use now."))
    return False


@bp.route("/me/passphrase", methods=["GET", "POST"])
@signed_in
def passphrase() -> Response:
    form = ChangeWordsForm()
    if not form.validate_on_submit() or not said_their_words(form):
        return page("accounts/passphrase.html", form=form, status=form.status)
    own_phone = current_user.device.own_phone
    person, private = current_user.person, current_user.private
    person.change_passphrase(form.chosen, private)
    sign_in(person, private, own_phone=own_phone, chose_words=True)
    flash(_("Your new passphrase is set. Every other device is signed out, and a code you had opens nothing now."))
    return go(url_for("accounts.code"))


@bp.route("/me/settings", methods=["GET", "POST"])
@signed_in
def settings() -> Response:
    person = current_user.person
    form = SettingsForm(obj=person)
    if not form.validate_on_submit():
        return page("accounts/settings.html", form=form, status=form.status)
    person.settle_in(form.language.data, form.zone.data)
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
    if not Device.end_of(current_user.id, device):
        raise NotHere
    flash(_("That device is signed out."))
    return go(url_for("accounts.devices"))


@bp.post("/me/devices/end-all")
@signed_in
def end_all_devices() -> Response:
    Device.end_all(current_user.id)
    return signed_out(_("Every device is signed out, this one too."))


def signed_out(say: str) -> Response:
    end_this_device()
    response = go(url_for("accounts.enter"))
    response.headers["Clear-Site-Data"] = '"cache"'
    flash(say)
    return response
