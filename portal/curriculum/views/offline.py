"""The guide on a phone without a network: what is kept there, and the scripts that keep it.

A worker answers for the guide, the activities and Help alone, and holds only what everyone may read signed out.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache

from flask import current_app, jsonify, make_response, request, url_for
from werkzeug.wrappers import Response

from portal.accounts.models.portals import Portal
from portal.curriculum import access
from portal.curriculum.keeping import PhoneCopy, kilobytes, mark, mark_of_files
from portal.curriculum.pieces import MODULES
from portal.curriculum.views.blueprint import KEEPING, bp, is_open, letters_wanted
from portal.db import utcnow
from portal.paths import PACKAGE, STATIC, TEMPLATES
from portal.resources.access import checked_on, packs
from portal.web.assets import asset
from portal.web.headers import MAY_START_A_WORKER, POLICY_OF_A_WORKER
from portal.web.page import page

SCOPES = ("/guide", "/activities", "/help")  # of the worker: what lies elsewhere never passes through it
LOOKED_AT = 3600  # seconds for which a phone need not ask again whether something has changed
ASSETS = (
    "css/tokens.css",
    "css/base.css",
    "css/guide.css",
    "css/activities.css",
    "css/help.css",
    "icon/panes.svg",
    "js/leave.js",
    "js/kept.js",
    "js/keep.js",
)


@bp.app_context_processor
def kept_on() -> dict[str, date | None]:
    """The day that a page which is fetched to be kept says of itself."""
    return {"kept_on": utcnow().date() if KEEPING in request.headers else None}


@bp.get("/guide/keep")
def keep_on_phone() -> Response:
    size = kilobytes(len([*pages_kept()]) + len(ASSETS))
    response = page(
        "curriculum/keep_on_phone.html", kilobytes=size, letters_wanted=letters_wanted(), scopes=SCOPES, here="guide"
    )
    response.headers["Content-Security-Policy"] = MAY_START_A_WORKER
    return response


@bp.get("/guide/keep/away")
def away() -> Response:
    """What a phone shows without a network where the address is of the guide and not among what is kept."""
    return page("curriculum/away.html", here="guide")


@bp.get("/guide/keep.json")
def kept_list() -> Response:
    """What is kept, for whoever keeps it: the same for everyone. Nothing, where not everyone may read the guide."""
    found = phone_copy() if is_open() else PhoneCopy(())
    response = make_response(jsonify(fingerprint=found.fingerprint, paths=found.paths))
    response.headers["Cache-Control"] = f"public, max-age={LOOKED_AT}"
    response.set_etag(found.fingerprint)
    return response.make_conditional(request)


@bp.get("/guide/keep/worker.js")
def worker() -> Response:
    """The worker's script. The browser asks whether it has changed each time."""
    response = make_response((STATIC / "js" / "worker.js").read_bytes())
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Content-Security-Policy"] = POLICY_OF_A_WORKER
    response.add_etag()
    return response.make_conditional(request)


def phone_copy() -> PhoneCopy:
    """Everything, signed out: what the pages need first, then the page that can take it all away again."""
    library = current_app.extensions["guide"]
    settings = current_app.config["PORTAL"]
    shown = mark(mark_of_portal(library.folders), own_name(), str(settings.demo), repr(packs()))
    checked = mark(shown, repr(sorted(checked_on().items())))
    own = [(asset(name), "") for name in ASSETS]
    pages = [(path, checked if path == url_for("resources.show") else shown) for path in pages_kept()]
    return PhoneCopy((*own, *pages))


def own_name() -> str:
    """Asked straight: while the database is away, no list is better than one by which every phone renews every page."""
    found = Portal.select(Portal.name).first()
    return found.name if found else ""


@cache
def mark_of_portal(folders: tuple) -> str:
    """Of all that pages are made of. A process reads the guide once; so it does here."""
    return mark_of_files((PACKAGE, TEMPLATES, STATIC, *folders))


def pages_kept() -> Iterator[str]:
    yield url_for("curriculum.keep_on_phone")
    yield url_for("curriculum.away")
    yield url_for("resources.show")
    yield url_for("curriculum.index")
    for number in MODULES:
        yield from pages_of(number)
    yield url_for("curriculum.activities")
    for key in access.guide().activities:
        yield url_for("curriculum.activity", key=key)


def pages_of(number: int) -> Iterator[str]:
    guide = access.guide()
    yield url_for("curriculum.module", module=number)
    for lesson in guide.lessons_of(number):
        yield url_for("curriculum.lesson", module=number, order=lesson.order)
        if lesson.handout in guide.handouts:
            yield url_for("curriculum.handout", module=number, order=lesson.order)
    there = {
        "workshop": number in guide.workshops,
        "exercises": bool(guide.exercises_of(number)),
        "to_the_circle": number in guide.to_the_circle,
        "handout_of_module": guide.handout_of(number) is not None,
    }
    yield from (url_for(f"curriculum.{name}", module=number) for name, is_there in there.items() if is_there)
