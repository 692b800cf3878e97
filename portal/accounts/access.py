"""Who is here: the device of this request, and the pages that ask for one."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Blueprint, current_app, g, request, session, url_for
from flask.sansio.app import App
from flask_login import LoginManager, current_user, login_user, logout_user
from nacl.public import PrivateKey
from peewee import DatabaseError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from portal.accounts import drawn
from portal.accounts.errors import SealBroken
from portal.accounts.models.devices import Device, SignedIn
from portal.accounts.models.kept import Fields, Kept, KeptForm
from portal.accounts.models.people import Person
from portal.accounts.models.portals import Portal
from portal.accounts.sessions import SHARED_LASTS, Idle, State, state
from portal.db import utcnow
from portal.errors import PortalError
from portal.vault import Unsealable
from portal.web import error_pages, language
from portal.web.error_pages import KeptAt
from portal.web.errors import NotHere
from portal.web.filters import clock
from portal.web.forms import SECRET
from portal.web.headers import host_of
from portal.web.language import _
from portal.web.page import go, local

SIGN_IN = "/enter"
JUST_NOW = timedelta(minutes=15)
NEVER_KEPT = ("csrf_token", "drawn", *SECRET)


class SignInFirst(PortalError):
    """Whoever is not signed in is led to the sign-in page and back, whether or not the page exists."""


def idle() -> Idle:
    settings = current_app.config["PORTAL"]
    return Idle(timedelta(minutes=settings.idle_minutes), timedelta(days=settings.own_phone_days))


def person_of(token: str) -> SignedIn | None:
    """The person whose device holds this cookie token, while the device may still open something.

    What was about to be said to somebody is said to nobody who sees that screen after them.
    """
    found = awake(token)
    if found is None:
        session.pop("_flashes", None)
    return found


def awake(token: str) -> SignedIn | None:
    device = Device.by_token(token)
    if device is None:
        return None
    now = utcnow()
    found = state(device.began_at, device.seen_at, device.own_phone, idle(), now)
    if found is State.OVER:
        device.end()
        return None
    if found is State.QUIET or device.sealed_private is None:
        device.go_quiet()
        g.quiet_device = device if device.vouches_for_its_person(token) else None
        return None
    device.seen(now)
    g.person_id = device.person.id
    return SignedIn(device, token)


def sign_in(person: Person, private: PrivateKey, own_phone: bool, *, chose_words: bool = False) -> None:
    """Begin a device for this request's browser, under a new session; whoever was signed in on it is signed out."""
    end_this_device()
    token = Device.begin(person, private, device_label(), own_phone, utcnow())
    session.permanent = own_phone
    session["chose_words"] = chose_words
    device = Device.by_token(token)
    assert device is not None  # noqa: S101  it was made a line above
    login_user(SignedIn(device, token))


def end_this_device() -> None:
    """Signed in or gone quiet: the row goes, and with it the right to keep a late form."""
    for device in (getattr(current_user, "device", None), g.get("quiet_device")):
        if device is not None:
            device.end()
    logout_user()
    session.clear()


def has_just_chosen_words() -> bool:
    """Whether the reader typed their words a moment ago, so that they need not type them again for a code."""
    return session.get("chose_words", False) and utcnow() - current_user.device.began_at < JUST_NOW


def device_label() -> str:
    """What the list of devices calls this one: the kind of machine, nothing finer."""
    agent = request.headers.get("User-Agent", "")
    kinds = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux")
    return next((kind for kind in kinds if kind in agent), "")


def speak_their_language() -> None:
    """The person's language, else the browser's, else the portal's."""
    if request.endpoint == "static":
        return
    with suppress(DatabaseError):  # Help and the error pages stand when the database does not
        if current_user.is_authenticated:
            language.use(current_user.person.language)
        elif not language.is_asked_for():
            language.use(Portal.current().language)


def give_back_what_was_kept() -> None:
    """After a sign-in that interrupted a form, the form's page opens with the words in it."""
    if request.method == "GET" and "kept" in request.args and current_user.is_authenticated:
        found = KeptForm.take(current_user.id, request.path, current_user.private, utcnow())
        g.kept, g.kept_until = (found.fields, found.until) if found else (None, None)


def let_go_of_what_was_kept(response: Response) -> Response:
    """A form that went through is no longer needed."""
    if request.method == "POST" and response.status_code in (204, 303) and current_user.is_authenticated:
        KeptForm.let_go(current_user.id, request.path, current_user.private, utcnow())
    return response


def drawn_mark() -> str:
    """What a form of this page carries, so that words sent with it are known to have been on their way."""
    with suppress(DatabaseError):  # error pages stand when the database does not
        if current_user.is_authenticated:
            return drawn.mark(current_app.config["SECRET_KEY"], current_user.id, g.get("sits_at", ""), utcnow().date())
    return ""


def was_drawn_for_its_sender() -> bool:
    """Whether this form stood on a page of the reader's own: of a table where they sit, or sat when it was drawn."""
    table = (request.view_args or {}).get("circle", "")
    if table and g.get("sits_at") == table:
        return True
    secret, today = current_app.config["SECRET_KEY"], utcnow().date()
    return drawn.was_drawn(request.form.getlist("drawn"), secret, current_user.id, table, today)


def not_here(error: NotHere) -> Response:
    """The same answer as ever; who had a right to what was there when it was drawn learns where their words are.

    Raised while somebody sends a form, it means that a seat ended meanwhile, or what the form was about went. For
    everyone else nothing is kept, and nothing differs from what never was.
    """
    if error.leads_to:
        return error_pages.named(error, kept=KeptAt("", error.leads_to))
    if request.method == "GET" and g.get("kept"):
        return error_pages.named(error, kept=where_kept(g.kept_until))
    fields = words_on_their_way()
    if not fields:
        return error_pages.named(error)
    with suppress(DatabaseError):  # such as on a full disk: then the page itself holds them
        until = KeptForm.set_aside(current_user.id, current_user.private, fields, utcnow())
        if until is not None:
            return error_pages.named(error, kept=where_kept(until))
    return error_pages.answer(error.status, error.title, error.say)


def words_on_their_way() -> Fields:
    """The fields of a form with words in it that was drawn for its sender; none of any other."""
    if request.method != "POST" or not current_user.is_authenticated:
        return {}
    try:
        fields = fields_sent()
    except RequestEntityTooLarge:
        return {}
    return fields if Kept(fields).words and was_drawn_for_its_sender() else {}


def fields_sent() -> Fields:
    """What may be kept of a form: no passphrase, no code, no mark of ours."""
    return {name: said if said[1:] else said[0] for name, said in request.form.lists() if name not in NEVER_KEPT}


def where_kept(until: datetime) -> KeptAt:
    zone = current_user.person.zone
    say = _(
        "What you wrote is not lost: it is kept for you alone until %(time)s, and erased then.", time=clock(until, zone)
    )
    if any(file.filename for file in request.files.values()):
        say += " " + _("The picture is not kept here; it is still where you chose it.")
    return KeptAt(say, url_for("accounts.kept"))


def to_sign_in() -> Response:
    """Lead to the sign-in page and back; what a quiet device was sending is sealed to its person first."""
    back_to = request.full_path.rstrip("?") if request.method == "GET" else form_page()
    quiet = g.get("quiet_device")
    if request.method == "POST" and quiet is not None and keep_typed(quiet, back_to):
        return go(f"{SIGN_IN}?kept=1&next={quote(back_to + '?kept=1')}")
    return go(f"{SIGN_IN}?next={quote(back_to)}" + ("&quiet=1" if quiet else ""))


def keep_typed(device: Device, page: str) -> bool:
    fields = fields_sent()
    if utcnow() - device.seen_at > SHARED_LASTS or not any(fields.values()):
        return False
    return KeptForm.keep(device.person, page, fields, utcnow())


def form_page() -> str:
    """The page that holds the form being sent: this address where it can be opened, else the one it came from."""
    if request.url_rule and "GET" in (request.url_rule.methods or ()):
        return request.path
    came_from = request.referrer or ""
    return (local(urlsplit(came_from).path) if host_of(came_from) == request.host else None) or "/"


def signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def guarded(*args: Any, **given: Any) -> Any:
        if not current_user.is_authenticated:
            raise SignInFirst
        return view(*args, **given)

    return guarded


def steward_only(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    @signed_in
    def guarded(*args: Any, **given: Any) -> Any:
        if not current_user.person.is_steward:
            raise NotHere
        return view(*args, **given)

    return guarded


def what_every_page_knows() -> dict[str, Any]:
    try:
        person = current_user.person if current_user.is_authenticated else None
        portal = Portal.current()
    except DatabaseError:
        person = portal = None
    return {
        "portal": portal,
        "signed_in": person is not None,
        "is_steward": bool(person and person.is_steward),
    }


def init_app(app: App) -> None:
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)  # it would ask the database for every page, error pages too
    manager.session_protection = None  # phones change their address all day
    manager._session_identifier_generator = lambda: ""  # it would put a hash of address and browser in the cookie
    manager.user_loader(person_of)


def guard(bp: Blueprint) -> None:
    bp.record_once(lambda state: init_app(state.app))
    bp.before_app_request(speak_their_language)
    bp.before_app_request(give_back_what_was_kept)
    bp.after_app_request(let_go_of_what_was_kept)
    bp.app_errorhandler(SignInFirst)(lambda error: to_sign_in())
    bp.app_errorhandler(NotHere)(not_here)
    bp.app_errorhandler(Unsealable)(lambda error: error_pages.named(SealBroken()))
    bp.app_context_processor(what_every_page_knows)
    bp.app_template_global("drawn_mark")(drawn_mark)
