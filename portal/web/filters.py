"""Moments and days as a reader says them: in a zone, in the language of the page."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from flask import Flask
from markupsafe import Markup

from portal.web.language import language
from portal.web.typed import stanzas

DAY = {"en": "EEEE d MMMM", "es": "EEEE d 'de' MMMM"}
SHORT_DAY = {"en": "d MMMM", "es": "d 'de' MMMM"}
DATE = {"en": "d MMMM y", "es": "d 'de' MMMM 'de' y"}
CLOCK = {"en": "HH:mm", "es": "H:mm"}
SOUND_OF_I = re.compile(r"h?[ií](?![aeoáéó])|y(?![aeiouáéíóú])", re.IGNORECASE)


@cache
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(moment: datetime, zone_name: str) -> datetime:
    """A stored moment (naive UTC) as wall time in a zone."""
    return moment.replace(tzinfo=UTC).astimezone(zone(zone_name))


@lru_cache(2048)
def written(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=language)


def on_day(moment: datetime | date, zone_name: str | None, patterns: dict[str, str]) -> str:
    day = local(moment, zone_name or "UTC").date() if isinstance(moment, datetime) else moment
    return written(day, patterns[language()], language())


def day(moment: datetime | date, zone_name: str | None = None) -> str:
    """Friday 6 March."""
    said = on_day(moment, zone_name, DAY)
    return said[:1].upper() + said[1:] if language() == "en" else said


def short_day(moment: datetime | date, zone_name: str | None = None) -> str:
    """6 March."""
    return on_day(moment, zone_name, SHORT_DAY)


def full_date(moment: datetime | date, zone_name: str | None = None) -> str:
    """6 March 2026."""
    return on_day(moment, zone_name, DATE)


def clock(moment: datetime, zone_name: str) -> str:
    """18:00."""
    return on_the_wall(local(moment, zone_name).time(), CLOCK[language()], language())


@lru_cache(2048)
def on_the_wall(at: time, pattern: str, language: str) -> str:
    return format_time(at, pattern, locale=language)


def listed(names: Sequence[str]) -> str:
    """Ana, Bo and Cy. Spanish says “e” for “and” before the sound of i: Ana e Inés, but Ana y Ian."""
    said = format_list(names, locale=language())
    last = names[-1] if len(names) > 1 else ""
    if language() == "es" and SOUND_OF_I.match(last):
        return f"{said.removesuffix(f' y {last}')} e {last}"
    return said


def first_letter_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def paragraphs(text: str) -> Markup:
    """What a member wrote: blank lines part paragraphs, single ends of line are kept."""
    blocks = (Markup("<br>").join(stanza) for stanza in stanzas(text))  # joining escapes each line
    return Markup("").join(Markup("<p>{}</p>").format(block) for block in blocks)


def city(zone_name: str) -> str:
    """America/Mexico_City as people say it: Mexico City, Ciudad de México."""
    return named_city(zone_name, language())


@lru_cache(2048)
def named_city(zone_name: str, language: str) -> str:
    known = Locale(language).time_zones.get(zone_name, {})
    return known.get("city") or zone_name.rpartition("/")[2].replace("_", " ")


def init_app(app: Flask) -> None:
    for filter_ in (day, short_day, full_date, clock, paragraphs, city, first_letter_up, listed):
        app.jinja_env.filters[filter_.__name__] = filter_
