"""Keeping the catalogue of words true: `python -m portal.locale` reads the code and templates and renews it.

What is new has an empty translation until somebody writes it; a test refuses a catalogue with one.
"""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from portal.paths import ASSETS, LOCALE

METHODS = [("portal/**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "lazy": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
OPTIONS = {"templates/**.html": {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}}
TRANSLATED = ("es",)
ONCE = datetime(2026, 1, 1, tzinfo=UTC)


def po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "messages.po"


def found() -> Catalog:
    """Every message that the code and the templates say."""
    template = Catalog(project="portal", charset="utf-8")
    said = extract_from_dir(ASSETS, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("Translators:",))
    for path, _line, message, comments, context in said:
        template.add(message, locations=[(path, 0)], auto_comments=comments, context=context)
    return template


def written(language: str) -> Catalog:
    path = po(language)
    if not path.exists():
        return Catalog(locale=language, project="portal", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def missing(catalog: Catalog) -> list[str]:
    """Messages without a translation, or with only one of two plural forms."""
    return [str(said.id) for said in catalog if said.id and not all(each(said.string))]


def each(string: object) -> tuple:
    return tuple(string) if isinstance(string, tuple | list) else (string,)


def compiled(catalog: Catalog) -> bytes:
    """The same bytes for the same words, whenever it is done: Babel would write the minute into them."""
    catalog.creation_date = ONCE
    packed = BytesIO()
    write_mo(packed, catalog)
    return packed.getvalue()


def renew(language: str) -> Catalog:
    """Take new messages in and old ones out, and compile the rest."""
    catalog = written(language)
    catalog.update(found(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    with po(language).open("wb") as file:
        write_po(file, catalog, width=120, sort_output=True, no_location=True, omit_header=True, ignore_obsolete=True)
    po(language).with_suffix(".mo").write_bytes(compiled(catalog))
    return catalog
