"""The help page: open to everyone, signed out too, and without the database."""

from collections.abc import Iterable
from urllib.parse import quote

from babel.lists import format_list
from flask import Blueprint
from werkzeug.wrappers import Response

from portal.resources import access
from portal.resources.pack import PROMISES, UNDATED, Entry, Reach, Source, first_day, site_of
from portal.resources.sections import Section, arranged
from portal.web.filters import written
from portal.web.language import _, language, lazy
from portal.web.page import page

bp = Blueprint("resources", __name__)
bp.record_once(lambda state: access.load(state.app))

AGE = {4: "y", 7: "MMMM y", 10: "d MMMM y"}  # by the length of the date: as exact as the source is
AGE_ES = {4: "y", 7: "MMMM 'de' y", 10: "d 'de' MMMM 'de' y"}
FIRST_SEEN = ("emergency", "crisis", "violence")  # before anything is read
SPOKEN = {"en": lazy("English"), "es": lazy("Spanish"), "asl": lazy("sign language (ASL)")}


@bp.get("/help")
def show() -> Response:
    packs = access.packs()
    groups = arranged(packs)
    sections = [section for group in groups.values() for section in group]
    return page(
        "resources/show.html",
        groups=groups,
        quick=[found for kind in FIRST_SEEN if (found := first(kind, sections))],
        nearby={pack.place: pack.name for pack in packs[1:]},
        promising=[(entry, section) for section in sections for entry in section.entries if entry.sends in PROMISES],
        checked_on=access.checked_on(),
    )


def first(kind: str, sections: Iterable[Section]) -> tuple[Entry, Section] | None:
    """The first number of this kind, with the section where more of them stand."""
    found = ((entry, one) for one in sections if one.kind == kind for entry in one.entries if entry.reach.phone)
    return next(found, None)


bp.record_once(lambda state: state.app.extensions.setdefault("draw_ahead", []).append(show))


@bp.app_template_filter()
def age(source: Source) -> str:
    """The source's own date in words, as exact as it is."""
    if source.date == UNDATED:
        return _("page undated")
    patterns = AGE_ES if language() == "es" else AGE
    return written(first_day(source.date), patterns[len(source.date)], language())


@bp.app_template_filter()
def site(address: str) -> str:
    """The address as people say it."""
    return site_of(address)


@bp.app_template_filter()
def digits(number: str) -> str:
    return number.replace("-", "")


@bp.app_template_filter()
def message(reach: Reach) -> str:
    """A link that opens a message to the number, with its word already in it.

    “?&body=” is what both kinds of phone understand: iOS wants “&body=”, Android “?body=”.
    """
    words = reach.text_word or {}
    word = words.get(language()) or words.get("en")
    return f"sms:{digits(reach.text)}" + (f"?&body={quote(word)}" if word else "")


@bp.app_template_filter()
def said_together(parts: list[str]) -> str:
    return ", ".join(part for part in parts if part)


@bp.app_template_filter()
def spoken(entry: Entry) -> str:
    """The languages of a line in a sentence; nothing where no source names them."""
    names = [str(SPOKEN[code]) for code in entry.languages if code in SPOKEN]
    if not names:
        return ""
    said = format_list(names, locale=language())
    if "interpreters" in entry.languages:
        return _("In %(languages)s; interpreters for other languages.", languages=said)
    return _("In %(languages)s.", languages=said)


@bp.app_template_filter()
def apart(sources: tuple[Source, ...]) -> list[Source]:
    """One of each site and date: that is all the page says of a source."""
    return list({(source.site, source.date): source for source in reversed(sources)}.values())[::-1]
