"""The only place that turns what went wrong into a page. Needs no database, so that it stands when that is broken."""

import errno
from dataclasses import dataclass

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from peewee import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge, SecurityError
from werkzeug.wrappers import Response

from portal.errors import PortalError
from portal.web.errors import Busy, DiskFull, NotHere, PageGrewOld
from portal.web.forms import SECRET
from portal.web.headers import SAFE
from portal.web.language import lazy
from portal.web.typed import Sent

TELL_NOTHING = (404, 405)  # words on their way to what is no more are kept for their writer: accounts.access.not_here
MOST_FIELDS = 40  # that are given back; no form of ours has as many
WORDS = {
    400: (lazy("That could not be understood"), lazy("Something in the request was not whole. Go back and try again.")),
    403: (lazy("This is not open to you"), lazy("You are signed in, but this page is for someone else.")),
    404: (NotHere.title, NotHere.say),
    405: (lazy("This can’t be opened like that"), lazy("Use the button on the page that led here.")),
    413: (
        lazy("That is too large to send"),
        lazy(
            "Nothing was saved. Go back with your browser’s Back button: what you wrote is still there. "
            "Then choose a smaller picture, or share a long text in two parts."
        ),
    ),
    415: (lazy("This kind of file can’t be taken"), lazy("Pictures can be JPEG, PNG or WebP.")),
    422: (lazy("Something is missing"), lazy("Go back, look at what is marked, and send it again.")),
    500: (
        lazy("Something broke on our side"),
        lazy(
            "It was not you. We have written down where it broke, but nothing of what you wrote. Try again in a while."
        ),
    ),
}


@dataclass(frozen=True)
class KeptAt:
    """Where what was being sent is kept after all, and for how long: what the page says, and where its button leads."""

    say: str
    address: str


def typed() -> list[Sent]:
    """The words of the form that was being sent, to give back; none of a form that holds a passphrase or a code."""
    if request.method in SAFE:
        return []
    try:
        fields = list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        return []
    if len(fields) > MOST_FIELDS or any(name in SECRET for name, _ in fields):
        return []
    return [Sent(name, text) for name, text in fields if text and name != "csrf_token"]


def answer(status: int, title: object, say: object, *, gives_back: bool = True, kept: KeptAt | None = None) -> Response:
    """The error page. A request of htmx gets the page, too: its script then shows it whole."""
    form = typed() if gives_back else []
    sendable = bool(form) and status != 404
    body = render_template("error.html", title=title, say=say, status=status, typed=form, sendable=sendable, kept=kept)
    response = Response(body, status, content_type="text/html; charset=utf-8")
    if "HX-Request" in request.headers:
        response.headers["HX-Retarget"] = "body"
    return response


def named(error: PortalError, *, kept: KeptAt | None = None) -> Response:
    gives_back = error.gives_back and error.status not in TELL_NOTHING
    return answer(error.status, error.title, error.say, gives_back=gives_back, kept=kept)


def http(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):  # not our host name: no address can be built from it, so no page either
        return Response("The portal does not answer to this name.\n", 400, content_type="text/plain")
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    title, say = WORDS.get(status, WORDS[400] if status < 500 else WORDS[500])
    response = answer(status, title, say, gives_back=status not in TELL_NOTHING)
    if status == 405 and error.get_response().headers.get("Allow"):
        response.headers["Allow"] = error.get_response().headers["Allow"]
    return response


def storage(error: OSError) -> Response:
    """A file that cannot be written: the disk is full or read-only."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        raise error
    return named(DiskFull())


def database(error: OperationalError) -> Response:
    """SQLite tells a full or read-only disk and a busy database apart only by what it says."""
    words = str(error)
    if "full" in words or "readonly" in words:
        return named(DiskFull())
    if "locked" in words or "busy" in words:
        return named(Busy())
    raise error


def init_app(app: Flask) -> None:
    app.register_error_handler(PortalError, named)
    app.register_error_handler(CSRFError, lambda error: named(PageGrewOld()))
    app.register_error_handler(OperationalError, database)
    app.register_error_handler(OSError, storage)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(InternalServerError, http)
